"""Where a trial loses its patients: counted chunk by chunk, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from eligibility.reports.screening import Attrition, Relaxation
from eligibility.rules.notation import notation
from eligibility.screening.loosening import loosened
from eligibility.verdicts.by_columns import ForCohort, Judged
from eligibility.verdicts.columns.logic import Run
from eligibility.verdicts.columns.planes import Plane, count, everybody
from eligibility.verdicts.columns.program import Program, Step, TrialSteps

# A looser limit is named when it wins at least this share of what dropping the criterion would win.
_WORTH = 0.5
_NUMBERS = ("passed", "failed", "lacking", "freed", "remaining", "only_here")


@dataclass(slots=True)
class _Counts:
    """One criterion that binds a cohort, with looser forms of it and what each of them would gain."""

    step: Step
    looser: Sequence[Step]
    passed: int = 0
    failed: int = 0
    lacking: int = 0
    freed: int = 0
    remaining: int = 0
    only_here: int = 0
    gained: list[int] = field(default_factory=list)

    def sums(self) -> list[int]:
        """All numbers, in this order."""
        return [*(getattr(self, name) for name in _NUMBERS), *self.gained]

    def take(self, sums: Iterator[int]) -> None:
        """What `sums` gave elsewhere counts here too."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + next(sums))
        self.gained = [mine + next(sums) for mine in self.gained]


class Losses:
    """The losses of one trial, over all chunks so far."""

    def __init__(self, trial: TrialSteps, program: Program) -> None:
        """Makes the looser criteria ready too."""
        self._patients = 0
        self._trial = trial
        self._cohorts = [
            (name, [_counts(trial.steps[place], program) for place in places]) for name, places in trial.cohorts
        ]

    def add(self, judged: Judged, run: Run) -> None:
        """What one chunk loses."""
        self._patients += judged.size
        everyone = everybody(judged.size)
        for cohort, (_, rows) in zip(judged.cohorts, self._cohorts, strict=True):
            self._add(cohort, rows, everyone, run)

    def _add(self, cohort: ForCohort, rows: list[_Counts], everyone: Plane, run: Run) -> None:
        once, twice = np.zeros_like(everyone), np.zeros_like(everyone)
        for line, row in zip(cohort.lines, rows, strict=True):
            failed = line.failed & everyone
            twice |= once & failed
            once |= failed
            row.remaining += count(everyone & ~once)
            row.passed += count(line.passed & everyone)
            row.failed += count(failed)
            row.lacking += count(line.lacking & everyone)
            row.freed += 0 if line.freed is None else count(line.freed & everyone)
        for line, row in zip(cohort.lines, rows, strict=True):
            only = line.failed & once & ~twice & everyone
            lost = count(only)
            row.only_here += lost
            if lost:
                for place, step in enumerate(row.looser):
                    row.gained[place] += count(only & ~run.line(step, self._trial.book.trial.id).failed)

    def sums(self) -> list[int]:
        """All that was counted, which `take` of another for the same trial takes."""
        return [self._patients, *(number for _, rows in self._cohorts for row in rows for number in row.sums())]

    def take(self, sums: Iterator[int]) -> None:
        """What was counted elsewhere counts here too; as many numbers are taken as there are."""
        self._patients += next(sums)
        for _, rows in self._cohorts:
            for row in rows:
                row.take(sums)

    def attrition(self) -> tuple[Attrition, ...]:
        """The losses, criterion by criterion of each cohort."""
        return tuple(_row(name, row, self._patients) for name, rows in self._cohorts for row in rows)

    def relaxations(self) -> tuple[Relaxation, ...]:
        """What dropping or loosening one criterion gains, the most first; the smallest loosening that is worth it."""
        found = [one for name, rows in self._cohorts for row in rows for one in _relaxations(name, row)]
        return tuple(sorted(found, key=lambda one: -one.gained))


def _counts(step: Step, program: Program) -> _Counts:
    criterion = step.line.criterion
    steps = [program.step(step.line.with_rule(rule)) for rule in loosened(step.line.rule, criterion.side)]
    return _Counts(step, steps, gained=[0] * len(steps))


def _row(name: str | None, row: _Counts, patients: int) -> Attrition:
    criterion = row.step.line.criterion
    return Attrition(
        cohort=name,
        id=criterion.id,
        side=criterion.side,
        text=criterion.text,
        notation=notation(row.step.line.rule),
        passed=row.passed,
        failed=row.failed,
        unresolved=patients - row.passed - row.failed - row.freed,
        lacking=row.lacking,
        not_applicable=row.freed,
        remaining=row.remaining,
        only_here=row.only_here,
    )


def _relaxations(name: str | None, row: _Counts) -> list[Relaxation]:
    if not row.only_here:
        return []
    id = row.step.line.criterion.id
    found = [Relaxation(name, id, None, row.only_here)]
    pairs = list(zip(row.looser, row.gained, strict=True))
    enough = next((pair for pair in pairs if pair[1] >= row.only_here * _WORTH), None)
    best = enough or max(pairs, key=lambda pair: pair[1], default=None)
    if best is not None and best[1]:
        found.append(Relaxation(name, id, notation(best[0].line.rule), best[1]))
    return found
