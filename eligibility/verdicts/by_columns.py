"""The engine of populations: many patients at once, in planes of bits; proven equal to the tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from eligibility.patients.patient import Answer
from eligibility.population.people import People
from eligibility.rules.rule import Rule
from eligibility.verdicts.columns.leaf_planes import Bench, Desk
from eligibility.verdicts.columns.logic import Lined, Run
from eligibility.verdicts.columns.planes import Plane, everybody, packed, unpacked
from eligibility.verdicts.columns.program import Program, TrialSteps
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.outcome import ORDER, score_of_counts
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Missing, Outcome, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[np.int64]

ELIGIBLE, POTENTIAL, UNDETERMINED, INELIGIBLE = ORDER


@dataclass(frozen=True)
class ForCohort:
    """A trial as its criteria bind one cohort: the planes of the four outcomes, which hold everybody once."""

    cohort: str | None
    outcomes: dict[Outcome, Plane]
    lines: Sequence[Lined]
    factual: Sequence[bool]
    size: int

    @cached_property
    def codes(self) -> NDArray[np.int64]:
        """The place of each patient's outcome in the order of outcomes."""
        found = np.full(self.size, ORDER.index(INELIGIBLE))
        for place, outcome in enumerate(ORDER[:-1]):
            found[unpacked(self.outcomes[outcome], self.size)] = place
        return found

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """The score of each patient, NaN where there is none."""
        asked = [line for line, factual in zip(self.lines, self.factual, strict=True) if factual]
        passed, lacking = (_tally(planes, self.size) for planes in _passed_and_lacking(asked))
        table = _score_table(len(asked))
        found = table[passed, lacking]
        found[self.codes == ORDER.index(INELIGIBLE)] = 0.0
        return found

    @cached_property
    def ranks(self) -> NDArray[np.float64]:
        """The columns by which the best cohort is found: the smallest row is the best."""
        passed = _tally([line.passed for line in self.lines], self.size)
        open_ = _tally([_open(line) for line in self.lines], self.size)
        scores = np.where(np.isnan(self.scores), -1.0, self.scores)
        return np.stack((self.codes.astype(np.float64), -scores, -passed.astype(np.float64), open_.astype(np.float64)))


@dataclass(frozen=True)
class Judged:
    """One trial for the patients of one chunk; with several cohorts each patient is in the best one for them."""

    trial: TrialSteps
    size: int
    cohorts: Sequence[ForCohort]

    @cached_property
    def best(self) -> NDArray[np.intp] | None:
        """The place of each patient's cohort, None where there is one."""
        if len(self.cohorts) == 1:
            return None
        best, ranks = np.zeros(self.size, np.intp), self.cohorts[0].ranks
        for place, cohort in enumerate(self.cohorts[1:], 1):
            better, same = np.zeros(self.size, np.bool_), np.ones(self.size, np.bool_)
            for mine, least in zip(cohort.ranks, ranks, strict=True):
                better |= same & (mine < least)
                same &= mine == least
            best[better] = place
            ranks = np.where(better, cohort.ranks, ranks)
        return best

    def outcome(self, outcome: Outcome) -> Plane:
        """Who has this outcome."""
        if self.best is None:
            return self.cohorts[0].outcomes[outcome]
        found = np.zeros_like(self.cohorts[0].outcomes[outcome])
        for place, cohort in enumerate(self.cohorts):
            found |= cohort.outcomes[outcome] & packed(self.best == place)
        return found

    @property
    def scores(self) -> NDArray[np.float64]:
        """The score of each patient, NaN where there is none."""
        if self.best is None:
            return self.cohorts[0].scores
        return np.stack([cohort.scores for cohort in self.cohorts])[self.best, np.arange(self.size)]


def judge_trial_columns(trial: TrialSteps, run: Run) -> Judged:
    """One trial for all patients of a chunk."""
    everyone = everybody(run.desk.size)
    lines = [run.line(step, trial.book.trial.id) for step in trial.steps]
    cohorts = []
    for cohort, places in trial.cohorts:
        bound = [lines[place] for place in places]
        outcomes = _outcomes(bound, everyone, empty=not trial.steps)
        factual = [trial.steps[place].factual for place in places]
        cohorts.append(ForCohort(cohort, outcomes, bound, factual, run.desk.size))
    return Judged(trial, run.desk.size, cohorts)


def _outcomes(lines: Sequence[Lined], everyone: Plane, *, empty: bool) -> dict[Outcome, Plane]:
    failed, lacking, passed = np.zeros_like(everyone), np.zeros_like(everyone), everyone.copy()
    for line in lines:
        failed |= line.failed
        lacking |= line.lacking
        passed &= line.passed if line.freed is None else line.passed | line.freed
    failed &= everyone
    lacking = everyone & ~failed if empty else lacking & ~failed & everyone
    passed &= ~(failed | lacking)
    open_ = everyone & ~(failed | lacking | passed)
    return {ELIGIBLE: passed, POTENTIAL: open_, UNDETERMINED: lacking, INELIGIBLE: failed}


def judge_columns(rule: Rule, facts: Facts, policy: Policy, answer: Answer | None = None) -> Verdict:
    """What holds of one rule for one patient; of an unknown verdict only whether a fact is missing or a person asked.

    Where a person's `answer` is given, the criterion passes when the rule is met.
    """
    program = Program([], Bench(facts.vocabulary, policy))
    patient = facts.patient
    desk = Desk(program.bench, People([patient]))
    answered = None
    if answer is not None:
        from eligibility.population.chunk import Answered

        answered = Answered()
        answered.take(0, answer)
    found = Run(desk).planes(program.node(rule), answered)
    if found.met[0] & 1:
        return Verdict("met")
    if found.not_met[0] & 1:
        return Verdict("not_met")
    return Verdict("unknown", (), (Missing("", "missing" if found.lacking[0] & 1 else "judgement"),))


def _passed_and_lacking(lines: Sequence[Lined]) -> tuple[list[Plane], list[Plane]]:
    return [line.passed for line in lines], [line.lacking for line in lines]


def _open(line: Lined) -> Plane:
    """Who is neither passed nor failed nor freed."""
    decided = line.passed | line.failed
    return ~(decided if line.freed is None else decided | line.freed)


def _tally(planes: Sequence[Plane], size: int) -> Counts:
    """In how many of the planes each patient is."""
    found = np.zeros(size, np.int64)
    for plane in planes:
        found += unpacked(plane, size)
    return found


def _score_table(most: int) -> NDArray[np.float64]:
    """The score for so many criteria passed (row) and so many that lack a fact (column)."""
    rows = [[score_of_counts(passed, lacking) for lacking in range(most + 1)] for passed in range(most + 1)]
    return np.array([[np.nan if score is None else score for score in row] for row in rows])
