"""One result of a record as a measurement: unit, plausibility, reference range; nothing is refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from eligibility.patients.interval import Interval, linear
from eligibility.patients.patient import Measurement, Reference
from eligibility.patients.profile.values import RELATIVE, assumed_unit, in_own_unit
from eligibility.patients.record import Limits, Result
from eligibility.units import SAME, canonical_unit, conversion

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word

_MOST = 50_000  # spellings of units in a file have no end, and memory has one


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written for one quantity: its house spelling, and what is wrong with it ("" when nothing is)."""

    house: str | None
    problem: str = ""


class ResultValues:
    """Makes measurements in one vocabulary; how a unit was written for a quantity is worked out once."""

    def __init__(self) -> None:
        """Knows nothing yet."""
        self._units: dict[tuple[str, tuple[str, ...]], Unit] = {}

    def measured(self, word: Word, row: Result, value: Interval) -> Measurement:
        """The result as a measurement of a quantity.

        Where the unit is not known, cannot be one of this quantity, contradicts its own code, or makes the value one
        that no living patient has, the measurement is kept as unusable and its note says why.
        """
        unit, note = self._unit(word, row), row.note
        if unit.house is None and not row.units and word.unit is not None:
            house, note = assumed_unit(word, value)
            unit = Unit(house, "" if house else note)
        problem = unit.problem or impossible(word, value, unit.house)
        return Measurement(
            variable=word.key,
            value=value,
            unit=unit.house or (row.units[0] if row.units and problem else None),
            when=row.when,
            reference=reference_of(row.limits) if row.limits else None,
            text=row.text or f"{value.low:.12g}",
            source=row.place,
            usable=not problem,
            note=problem or note,
        )

    def _unit(self, word: Word, row: Result) -> Unit:
        key = (word.key, row.units)
        if key not in self._units:
            if len(self._units) >= _MOST:
                self._units.clear()
            self._units[key] = unit_of(word, row.units)
        return self._units[key]


@cache
def result_values(_: Vocabulary) -> ResultValues:
    """What makes the measurements of all patients read with a vocabulary."""
    return ResultValues()


def unit_of(word: Word, written: tuple[str, ...]) -> Unit:
    """The first spelling that is known; two that say different things leave the value in neither."""
    known = [house for text in written if (house := canonical_unit(text)) is not None]
    if not known:
        return Unit(None, f"the unit {written[0][:40]!r} is not known" if written else "")
    house = None if known[0] == "1" else known[0]
    if any(conversion(other, known[0], word) != SAME for other in known[1:]):
        return Unit(None, f"the unit is coded {written[0][:40]!r} and written {written[-1][:40]!r}")
    if house in RELATIVE or conversion(linear(Interval(1, 1), house)[1], word.unit, word) is not None:
        return Unit(house)
    return Unit(house, f"{written[0][:40]} is no unit of {word.label}")


def impossible(word: Word, value: Interval, unit: str | None) -> str:
    """What is wrong with a value that no living patient has in this unit, else ""."""
    if unit in RELATIVE or word.plausible is None:
        return ""
    low, high = word.plausible
    own = in_own_unit(word, value, unit)
    if own is None or (own.low <= high and own.high >= low):
        return ""
    span = f"{low:g} and {high:g}" + (f" {word.unit}" if word.unit else "")
    return f"not possible for {word.label}, which lies between {span}"


def reference_of(limits: Limits) -> Reference | None:
    """The range, unless it is upside down or in a unit that is not known."""
    house = canonical_unit(limits.unit) if limits.unit else None
    upside_down = limits.low is not None and limits.high is not None and limits.low > limits.high
    if upside_down or (limits.unit and house is None):
        return None
    return Reference(limits.low, limits.high, None if house == "1" else house)
