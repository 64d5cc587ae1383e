"""That there is nothing to list: what a record says so of, on which day, and what beside it speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from eligibility.patients.dates import When
from eligibility.patients.patient import LIST_OF, Finding, FindingKind
from eligibility.patients.record import UNDATED, Event

# HL7 IPS absent-unknown codes, and SNOMED CT "No known allergy".
_LISTS = {
    "no-known-allergies": "allergies", "716186003": "allergies", "no-known-problems": "conditions",
    "no-known-medications": "medications", "no-known-procedures": "procedures",
}  # fmt: skip


class NothingKnown:
    """The lists of one patient that are said to be empty."""

    def __init__(self) -> None:
        """Nothing is said yet."""
        self._said: dict[str, list[When | None]] = {}
        self._doubted: set[str] = set()

    def take(self, row: Event) -> bool:
        """Whether this entry of a list says that there is nothing to list; it is kept with its day."""
        lists = [_LISTS[item.code] for item in row.concept.codings if item.code in _LISTS]
        if not lists or row.status != "active":
            return False
        self._said.setdefault(lists[0], []).append(row.seen or row.onset or row.abatement)
        return True

    def doubt(self, *facts: FindingKind) -> None:
        """Something of this kind is in the record and cannot be read, so that nobody knows that there is nothing."""
        self._doubted.update(LIST_OF[fact] for fact in facts)

    def add(self, other: NothingKnown) -> None:
        """What another says that turned out to be of the same patient."""
        for listed, moments in other._said.items():
            self._said.setdefault(listed, []).extend(moments)
        self._doubted |= other._doubted

    def lists(self, findings: Iterable[Finding], day: date | None) -> Iterator[str]:
        """The lists that are empty on the day of judging: said so on that day, or on none, and nothing against it."""
        filled = {LIST_OF[row.fact] for row in findings if row.status != "refuted"} | self._doubted
        for listed, moments in self._said.items():
            if listed not in filled and any(when is None or _is_of(day, when) for when in moments):
                yield listed


def _is_of(day: date | None, when: When) -> bool:
    return day is not None and when != UNDATED and when.last.date() == day
