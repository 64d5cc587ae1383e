"""The noun: two versions of a trial's rules side by side, and which patients' verdicts they turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.rules.revision import Change
from eligibility.verdicts.verdict import CriterionVerdict, TrialVerdict


@dataclass(frozen=True, slots=True)
class Flip:
    """A patient whose verdict is another by the new rules."""

    patient: str
    before: TrialVerdict
    after: TrialVerdict

    @property
    def turns(self) -> bool:
        """Whether the outcome is another, and not only the result of a criterion."""
        return self.before.outcome != self.after.outcome

    def rows(self, changes: tuple[Change, ...]) -> Iterator[tuple[CriterionVerdict | None, CriterionVerdict | None]]:
        """The criteria whose result is another; None where there is no such criterion before, or after."""
        was = {row.criterion.id: row for row in self.before.criteria}
        now = {row.criterion.id: row for row in self.after.criteria}
        for change in changes:
            earlier = was.get(change.before.criterion.id) if change.before else None
            later = now.get(change.after.criterion.id) if change.after else None
            if (earlier and earlier.result) != (later and later.result):
                yield earlier, later


@dataclass(frozen=True, slots=True)
class TrialDiff:
    """A trial's lines before and after; `missing` says in which of the two it is not at all."""

    trial: str
    changes: tuple[Change, ...] = ()
    flips: tuple[Flip, ...] = ()
    patients: int | None = None
    missing: str = ""

    def count(self, kind: str) -> int:
        """How many lines are of this kind of change."""
        return sum(change.kind == kind for change in self.changes)
