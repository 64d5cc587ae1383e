"""Counting outcomes, losses and candidates, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from eligibility.population.chunk import Chunk
from eligibility.reports.screening import Screened, Screening, Work
from eligibility.rules.rulebook import Rulebook
from eligibility.screening.attrition import Losses
from eligibility.screening.candidates import Candidate, Candidates
from eligibility.verdicts.by_columns import Judged, judge_trial_columns
from eligibility.verdicts.columns.leaf_planes import Bench, Desk
from eligibility.verdicts.columns.logic import Run
from eligibility.verdicts.columns.planes import count, unpacked
from eligibility.verdicts.columns.program import Program, TrialSteps
from eligibility.verdicts.outcome import ORDER
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Outcome
from eligibility.vocabulary.tables import Vocabulary


def counted(
    books: Sequence[Rulebook],
    chunks: Iterable[Chunk],
    policy: Policy,
    vocabulary: Vocabulary,
    *,
    attrition: bool,
    list_: Candidates | None,
    outcomes: frozenset[Outcome],
) -> Screening:
    """What the trials make of all chunks; who has one of `outcomes` joins the list, where there is one."""
    program = Program(books, Bench(vocabulary, policy))
    tallies = [_Tally(trial, program, attrition) for trial in program.trials]
    patients, days = 0, set[date | None]()
    for chunk in chunks:
        patients += len(chunk.ids)
        days.update(chunk.days)
        run = Run(Desk(program.bench, chunk))
        for tally in tallies:
            judged = tally.add(run)
            if list_ is not None:
                list_.add(_candidates(judged, chunk.ids, outcomes))
    effort = program.bench.effort
    (day,) = days if len(days) == 1 else (None,)
    return Screening(
        patients=patients,
        as_of=day.isoformat() if day else None,
        trials=tuple(tally.screened() for tally in tallies),
        policy=policy,
        work=Work(program.leaves, effort.compared, effort.shared, effort.single, len(effort.by_tree), effort.read),
        listed=list_.listed if list_ is not None else None,
    )


class _Tally:
    """One trial over all chunks so far."""

    def __init__(self, trial: TrialSteps, program: Program, attrition: bool) -> None:
        self._trial = trial
        self._counts: dict[Outcome, int] = dict.fromkeys(ORDER, 0)
        self._losses = Losses(trial, program) if attrition else None

    def add(self, run: Run) -> Judged:
        judged = judge_trial_columns(self._trial, run)
        for outcome in ORDER:
            self._counts[outcome] += count(judged.outcome(outcome))
        if self._losses is not None:
            self._losses.add(judged, run)
        return judged

    def screened(self) -> Screened:
        book, losses = self._trial.book, self._losses
        return Screened(
            book.trial.id,
            book.trial.title,
            book.trial.status,
            book.digest,
            self._counts,
            losses.attrition() if losses else (),
            losses.relaxations() if losses else (),
        )


def _candidates(judged: Judged, ids: Sequence[str], outcomes: frozenset[Outcome]) -> list[Candidate]:
    """The patients of one chunk that a trial may take, in the order of the file."""
    found = np.full(judged.size, -1)
    for place, outcome in enumerate(ORDER):
        if outcome in outcomes:
            found[unpacked(judged.outcome(outcome), judged.size)] = place
    rows = np.flatnonzero(found >= 0)
    if not rows.size:
        return []
    scores, best, trial = judged.scores, judged.best, judged.trial.book.trial.id
    names = [cohort.cohort for cohort in judged.cohorts]
    return [
        (
            ids[row],
            trial,
            ORDER[found[row]],
            None if np.isnan(scores[row]) else float(scores[row]),
            names[0 if best is None else best[row]],
        )
        for row in rows.tolist()
    ]
