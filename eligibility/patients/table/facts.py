"""The cells of one fact, given to an Intake: what cannot be read is a fault in its place, and counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from eligibility.patients.dates import When
from eligibility.patients.intake import Intake
from eligibility.patients.interval import Interval, read_value
from eligibility.patients.levels import read_levels
from eligibility.patients.profile.values import NO_UNIT
from eligibility.patients.recognise import Recognised
from eligibility.patients.record import UNDATED, Concept, Limits, Result
from eligibility.patients.table.cells import moment, whole
from eligibility.units import canonical_unit

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

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

    def result(self, row: Cell, known: Recognised) -> None:
        """A result of a known quantity or scale."""
        scale = known.word.kind == "scale"
        read = self.attempt(row.place, _level if scale else _number, row, known.word)
        if read is None:
            lost = Result(row.concept, row.place, text=row.text, when=row.when, listed=row.listed, unread=True)
            self.intake.unread(lost, known.word, f"the value is no {'level' if scale else 'number'}")
            return
        value, text, units = read
        before = len(self.intake.measurements)
        made = Result(row.concept, row.place, value, text, units, when=row.when, limits=row.limits, listed=row.listed)
        self.intake.result(made, known=known)
        for measurement in self.intake.measurements[before:]:
            if not measurement.usable and measurement.note != NO_UNIT:
                self.intake.fault(row.place, measurement.note, "correct the value or its unit")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with a result, not empty: what it is of, what it says, in which units the table says it is, and when."""

    concept: Concept
    place: str
    text: str
    units: tuple[str, ...]
    when: When | None
    limits: Limits | None
    listed: str = "result"


_Said = tuple[Interval | None, str, tuple[str, ...]]


def _level(row: Cell, word: Word) -> _Said:
    text = whole(row.text)
    read_levels(word, text)
    return None, text, ()


def _number(row: Cell, word: Word) -> _Said:
    """The number, its text, and its units: one in the cell goes before that of the column."""
    value, unit = read_value(row.text)
    if unit is None:
        return value, row.text, row.units
    if canonical_unit(unit) is None:
        raise ValueError(f"{unit[:30]!r} is no unit of {word.label}; write the number and its unit alone")
    return value, row.text.removesuffix(unit).strip(), tuple(dict.fromkeys((unit, *row.units)))
