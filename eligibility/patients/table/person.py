"""Who the rows of one patient are of: birth, age, sex and race, each said in any of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from eligibility.patients.births import births_of_age
from eligibility.patients.dates import When
from eligibility.patients.intake import Intake
from eligibility.patients.patient import StatedAge
from eligibility.patients.profile.values import read_age
from eligibility.patients.record import UNDATED, Person
from eligibility.patients.table.cells import moment, whole
from eligibility.patients.table.headings import Role

PERSONAL: Final[tuple[Role, ...]] = ("birth", "age", "sex", "race", "died")


class Who:
    """Collects what is said of a person. What is said in two ways is a fault, and then not known."""

    def __init__(self, id: str, place: str, intake: Intake) -> None:
        """The patient of this id, whose first row stands at `place`; faults go to `intake`."""
        self._id, self._place, self._intake = id, place, intake
        self._said: dict[Role, Any] = {}
        self._again: dict[Role, str] = {}
        self._births: tuple[When, When] | None = None

    def say(self, role: Role, text: str, place: str, when: When | None, unit: str = "") -> None:
        """One cell, not empty, of a row that speaks of `when`; `unit` is that of an age."""
        if role == "age":
            self._age(f"{whole(text)} {unit}".strip(), place, when)
            return
        if self._again.get(role) == text:
            return
        value = self._read(_READERS[role], text, place)
        if value is not None:
            self._keep(role, value, place)
            if self._said[role] == value:  # what every row says again is read once
                self._again[role] = text

    def person(self) -> Person:
        """What all rows said."""
        said = self._said
        return Person(
            id=self._id,
            birth_date=said.get("birth") or self._born_by_age(),
            sex=said.get("sex"),
            race=said.get("race"),
            died=said.get("died"),
            place=self._place,
            age=said.get("age"),
        )

    def _keep(self, role: Role, value: Any, place: str) -> None:
        if role in self._said and self._said[role] != value:
            self._intake.fault(place, "is not what another row of this patient says", "correct one of them")
            value = None
            self._again.pop(role, None)
        self._said[role] = value

    def _age(self, text: str, place: str, when: When | None) -> None:
        age = self._read(read_age, text, place)
        if age is None or when is UNDATED:
            return
        if when is None:
            self._keep("age", age, place)
        elif self._births is None or when.last > self._births[0].last:
            self._births = (when, _births(age, when))

    def _born_by_age(self) -> When | None:
        """The days of birth that an age on the day of the latest row leaves, unless a birth date is contradicted."""
        return self._births[1] if self._births and "birth" not in self._said else None

    def _read(self, read: Callable[[str], Any], text: str, place: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            problem, _, remedy = str(error).partition("; ")
            self._intake.fault(place, problem, remedy or "correct the cell")
            return None


def _births(age: StatedAge, when: When) -> When:
    first = births_of_age(age.value, age.unit, when.first.date())
    last = births_of_age(age.value, age.unit, when.last.date())
    return When(first.first, last.last, f"{age.value:g} {age.unit}s before {when.text}")


def _sex(text: str) -> Any:
    from eligibility.patients.profile.shape import read_sex

    return read_sex(text)


def _race(text: str) -> Any:
    from eligibility.patients.profile.shape import read_race

    return read_race(text)


_READERS: dict[Role, Callable[[str], Any]] = {"birth": moment, "died": moment, "sex": _sex, "race": _race}
