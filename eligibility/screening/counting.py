"""Counting outcomes, losses and candidates, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    counting = Counting(books, policy, vocabulary, attrition=attrition)
    for chunk in chunks:
        for judged in counting.add(chunk):
            if list_ is not None:
                list_.add(candidates_of(judged, chunk.ids, outcomes))
    return counting.screening(list_.listed if list_ is not None else None)


class Counting:
    """Trials over all chunks so far. What it counts is a row of sums, which another of the same trials can take."""

    def __init__(self, books: Sequence[Rulebook], policy: Policy, vocabulary: Vocabulary, *, attrition: bool) -> None:
        """Has met no patient yet."""
        self._program = Program(books, Bench(vocabulary, policy))
        self._tallies = [_Tally(trial, self._program, attrition) for trial in self._program.trials]
        self.patients, self.days = 0, set[date | None]()

    def add(self, chunk: Chunk) -> Iterator[Judged]:
        """The patients of a chunk; what each trial makes of them."""
        self.patients += len(chunk.ids)
        self.days.update(chunk.days)
        run = Run(Desk(self._program.bench, chunk))
        for tally in self._tallies:
            yield tally.add(run)

    def sums(self) -> list[int]:
        """All that was counted, in an order that only the trials and `attrition` decide."""
        effort = self._program.bench.effort
        by_tree = [int(id(asked) in effort.by_tree) for asked in self._program.asked]
        found = [self.patients, effort.compared, effort.shared, effort.single, effort.read, *by_tree]
        for tally in self._tallies:
            found += tally.sums()
        return found

    def take(self, sums: Sequence[int]) -> None:
        """What was counted elsewhere counts here too."""
        effort, rest = self._program.bench.effort, iter(sums)
        self.patients += next(rest)
        effort.compared, effort.shared = effort.compared + next(rest), effort.shared + next(rest)
        effort.single, effort.read = effort.single + next(rest), effort.read + next(rest)
        effort.by_tree |= {id(asked) for asked in self._program.asked if next(rest)}
        for tally in self._tallies:
            tally.take(rest)

    def screening(self, listed: int | None) -> Screening:
        """The result; `listed` is how long the list of candidates is."""
        effort, policy = self._program.bench.effort, self._program.bench.policy
        (day,) = self.days if len(self.days) == 1 else (None,)
        return Screening(
            patients=self.patients,
            as_of=day.isoformat() if day else None,
            trials=tuple(tally.screened() for tally in self._tallies),
            policy=policy,
            work=Work(
                self._program.leaves, effort.compared, effort.shared, effort.single, len(effort.by_tree), effort.read
            ),
            listed=listed,
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

    def sums(self) -> list[int]:
        return [*self._counts.values(), *(self._losses.sums() if self._losses else ())]

    def take(self, sums: Iterator[int]) -> None:
        for outcome in ORDER:
            self._counts[outcome] += next(sums)
        if self._losses is not None:
            self._losses.take(sums)

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


def candidates_of(judged: Judged, ids: Sequence[str], outcomes: frozenset[Outcome]) -> list[Candidate]:
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
