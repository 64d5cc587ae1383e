"""What a user may decide about judging: how old facts may be, and what absence means."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from eligibility.patients.patient import LISTS


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices that are not in a rule; printed with every report.

    `measurement_days` and `scale_days` are how old a value may be where the text gives no window; `lasting` gives
    other variables their own number of days. `assume_absent` names lists (`conditions` …) in which what is not found
    counts as no, and words of the vocabulary (`dialysis`, `corticosteroid`) that count as no, with all their kinds,
    where nothing of them is recorded; a word says nothing of allergies to it. `table_ranges` lets a reference range
    of the vocabulary stand in for the patient's own.
    """

    measurement_days: int = 90
    scale_days: int = 180
    lasting: tuple[tuple[str, int], ...] = (("birth_weight", 45_000), ("height", 365))
    assume_absent: frozenset[str] = frozenset()
    table_ranges: bool = False

    def days(self, variable: str, *, scale: bool, own: int | None = None) -> int:
        """The greatest age in days a value of this variable may have without a window of its own.

        `own` is what its table gives it, for what hardly changes (a gene of a tumour); the user's number goes first.
        """
        for name, days in self.lasting:
            if name == variable:
                return days
        if own is not None:
            return own
        return self.scale_days if scale else self.measurement_days

    def lines(self, used: Container[str] | None = None) -> Iterator[str]:
        """The policy in plain sentences; the package's own days only for the variables `used` (None: for all)."""
        yield f"measurements count for {self.measurement_days} days, scales for {self.scale_days}"
        for name, days in self.lasting:
            if used is None or name in used or (name, days) not in DEFAULT.lasting:
                yield f"{name} counts for {days} days"
        for name in sorted(self.assume_absent):
            known = name in LISTS
            yield (
                f"what is not in the {name} is assumed absent"
                if known
                else f"{_said(name)} not recorded is assumed absent"
            )
        if self.table_ranges:
            yield "reference ranges of the vocabulary stand in where the patient's own is missing"


def _said(key: str) -> str:
    return key.replace("_", " ")


DEFAULT = Policy()
