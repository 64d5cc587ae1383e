"""What a file of patients held and how it was understood: the noun, and counting over many patients."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from eligibility.errors import Fault
from eligibility.patients.patient import Item, Patient

_MOST_FAULTS = 1000
_LISTS = ("conditions", "treatments", "procedures", "allergies", "states")
_LIST_OF = {
    "condition": "conditions", "treatment": "treatments", "procedure": "procedures", "allergy": "allergies",
    "state": "states",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """One patient in numbers: how many facts of each list."""

    patient: Patient
    facts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """All patients of a file: their number, the facts of each list, the items of all of them, the most frequent first.

    `faults` are the entries that could not be read (at most 1,000; `faulty` counts all), `passed_over` the kinds of
    entries that are not about eligibility.
    """

    patients: int
    facts: tuple[tuple[str, int], ...]
    items: tuple[Item, ...]
    faults: tuple[Fault, ...]
    faulty: int
    passed_over: tuple[tuple[str, int], ...]

    @property
    def understood(self) -> tuple[Item, ...]:
        """The items with a word."""
        return tuple(item for item in self.items if item.word is not None)

    @property
    def not_understood(self) -> tuple[Item, ...]:
        """The items without one."""
        return tuple(item for item in self.items if item.word is None)


def summary(patient: Patient) -> Summary:
    """The numbers of one patient."""
    counted = Counter(_LIST_OF[row.fact] for row in patient.findings)
    rows = [("results", len(patient.measurements)), ("levels of scales", len(patient.grades))]
    return Summary(patient, (*rows, *((name, counted[name]) for name in _LISTS)))


def survey(patients: Iterable[Patient]) -> Survey:
    """What is counted over patients, as they come; none of them is kept."""
    number, faulty = 0, 0
    facts: Counter[str] = Counter()
    items: Counter[Item] = Counter()
    passed_over: Counter[str] = Counter()
    faults: list[Fault] = []
    for patient in patients:
        number += 1
        facts.update(dict(summary(patient).facts))
        for item in patient.items:
            items[replace(item, count=0)] += item.count
        passed_over.update(dict(patient.passed_over))
        faulty += len(patient.faults)
        faults += patient.faults[: _MOST_FAULTS - len(faults)]
    ranked = sorted(items.items(), key=lambda pair: (-pair[1], pair[0].said, pair[0].unit))
    return Survey(
        patients=number,
        facts=tuple(facts.items()),
        items=tuple(replace(item, count=count) for item, count in ranked),
        faults=tuple(faults),
        faulty=faulty,
        passed_over=tuple(passed_over.most_common()),
    )
