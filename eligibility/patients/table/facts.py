"""The cells of one fact, given to an Intake: what cannot be read is a fault in its place, and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from eligibility.patients.dates import When
from eligibility.patients.intake import Intake
from eligibility.patients.interval import read_value
from eligibility.patients.levels import read_levels
from eligibility.patients.profile.values import NO_UNIT
from eligibility.patients.recognise import Recognised
from eligibility.patients.record import UNDATED, Result
from eligibility.patients.table.cells import moment, whole
from eligibility.units import canonical_unit

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the cells of one patient are read: the Intake they go to."""

    intake: Intake

    def attempt(self, place: str, read: Callable[..., Made], *arguments: Any) -> Made | None:
        """What `read` makes of the arguments, or None and a fault at this place when it raises ValueError."""
        try:
            return read(*arguments)
        except ValueError as error:
            problem, _, remedy = str(error).partition("; ")
            self.intake.fault(place, problem, remedy or "correct the cell")
            return None

    def when(self, place: str, text: str) -> When:
        """The moment in a cell; of an empty one, and of one that cannot be read, an unknown day."""
        return (self.attempt(place, moment, text) if text else None) or UNDATED

    def result(self, row: Result, known: Recognised) -> None:
        """A result of a known quantity or scale, whose cell is `row.text`."""
        made = self.attempt(row.place, _level if known.word.kind == "scale" else _number, row, known)
        if made is None:
            kind = "level" if known.word.kind == "scale" else "number"
            self.intake.count(row.listed, str(row.concept), None, f"the value is no {kind}")
            return
        before = len(self.intake.measurements)
        self.intake.result(made, known=known)
        for measurement in self.intake.measurements[before:]:
            if not measurement.usable and measurement.note != NO_UNIT:
                self.intake.fault(row.place, measurement.note, "correct the value or its unit")


def _level(row: Result, known: Recognised) -> Result:
    read_levels(known.word, whole(row.text))
    return replace(row, text=whole(row.text))


def _number(row: Result, known: Recognised) -> Result:
    """The row with its number; a unit in the cell goes before that of the column."""
    value, unit = read_value(row.text)
    if unit and canonical_unit(unit) is None:
        raise ValueError(f"{unit[:30]!r} is no unit of {known.word.label}; write the number and its unit alone")
    text = row.text.removesuffix(unit or "").strip()
    units = tuple(dict.fromkeys(part for part in (unit, *row.units) if part))
    return replace(row, value=value, text=text, units=units)
