"""The values of one quantity as a column, from the readings of single patients: recorded, implied and computed ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from eligibility.patients.dates import When
from eligibility.patients.interval import LOGARITHM
from eligibility.population.chunk import NOTHING, OTHER, UNUSABLE, VALUE, Values
from eligibility.verdicts.comparing import RELATIVE
from eligibility.verdicts.facts import Reading

if TYPE_CHECKING:
    from eligibility.patients.patient import Patient
    from eligibility.population.chunk import Places, Rows


class LatestValues:
    """Of some patients (or groups of them) the latest reading of each, put one after the other."""

    def __init__(self, variable: str, size: int) -> None:
        """Nobody has a value yet."""
        self._variable = variable
        self._state = np.full(size, UNUSABLE, np.uint8)
        self._number, self._low, self._high = (np.full(size, np.nan) for _ in range(3))
        self._unit, self._moment = np.zeros(size, np.intp), np.zeros(size, np.intp)
        self._several = np.zeros(size, np.bool_)
        self._units: dict[tuple[str | None, str | None], int] = {(None, None): 0}
        self._moments: dict[tuple[When | None, date | None], int] = {(None, None): 0}

    def put(self, place: int, readings: Sequence[Reading], patient: Patient) -> None:
        """The readings of a patient; without any nothing can be told, whatever is asked."""
        if not readings:
            return
        latest = _latest(readings)
        self._several[place] = len(readings) > 1
        state = OTHER if latest is None or "measurements" in patient.complete else self._stands(latest)
        self._state[place] = state
        if latest is None or latest.value is None or state != VALUE:
            return
        row = latest.measurement
        self._number[place] = latest.value.low
        pair = row.unit, row.reference.unit if row.reference else None
        self._unit[place] = self._units.setdefault(pair, len(self._units))
        self._moment[place] = self._moments.setdefault((row.when, patient.as_of), len(self._moments))
        if row.reference is not None:
            self._low[place] = np.nan if row.reference.low is None else row.reference.low
            self._high[place] = np.nan if row.reference.high is None else row.reference.high

    def _stands(self, reading: Reading) -> int:
        """Whether a value is a plain number, cannot be used whatever is asked, or is for the judge of patients."""
        row = reading.measurement
        if row.variable != self._variable:  # of a kind, which has units of its own
            return OTHER
        if row.unit in RELATIVE or (row.unit or "").startswith(LOGARITHM):
            return OTHER
        if not row.usable or reading.value is None:
            return UNUSABLE
        bounded = row.reference is None or (row.reference.low, row.reference.high) != (None, None)
        return VALUE if reading.value.exact and bounded else OTHER

    def values(self, places: Places) -> Values:
        """The column of patients who are each at one of the places."""
        return Values(
            self._state[places],
            self._number[places],
            [*self._units],
            self._unit[places],
            [*self._moments],
            self._moment[places],
            self._low[places],
            self._high[places],
            self._several[places],
        )


def filled(values: Values | None, size: int, parts: Sequence[tuple[Rows, Values]]) -> Values:
    """A column in which some rows are those of other columns; None has no row of its own."""
    if values is None:
        values = Values(np.full(size, NOTHING, np.uint8), np.full(size, np.nan), [(None, None)])
    for rows, other in parts:
        values = _filled(values, rows, other)
    return values


def _filled(values: Values, rows: Rows, other: Values) -> Values:
    state = values.state.copy()
    state[rows] = other.state
    if not (other.state == VALUE).any() and not (other.several is not None and other.several.any()):
        return replace(values, state=state)
    size = state.size
    zero = np.zeros(size, np.intp)

    def put(mine: np.ndarray | None, theirs: np.ndarray | None, missing: np.ndarray, more: int = 0) -> np.ndarray:
        found: np.ndarray = (missing if mine is None else mine).copy()
        found[rows] = (0 if theirs is None else theirs) + more
        return found

    blank, nobody = np.full(size, np.nan), np.zeros(size, np.bool_)
    return replace(
        values,
        state=state,
        number=put(values.number, other.number, blank),
        units=[*values.units, *other.units],
        unit=put(values.unit, other.unit, zero, len(values.units)),
        moments=[*values.moments, *other.moments],
        moment=put(values.moment, other.moment, zero, len(values.moments)),
        range_low=put(values.range_low, other.range_low, blank),
        range_high=put(values.range_high, other.range_high, blank),
        several=put(values.several, other.several, nobody),
    )


def _latest(readings: Sequence[Reading]) -> Reading | None:
    """The one that is the latest among those of any window that reaches back from today; None where that is not plain.

    It is so when it surely is later than every other, or the others of its moment say the same.
    """
    if len(readings) == 1:
        return readings[0]
    if any(reading.when is None for reading in readings):
        return None
    newest = max(readings, key=_begins_and_ends)
    return newest if all(_is_outdone(reading, newest) for reading in readings) else None


def _begins_and_ends(reading: Reading) -> tuple[datetime, datetime]:
    return (reading.when.first, reading.when.last) if reading.when else (datetime.max, datetime.max)


def _is_outdone(reading: Reading, newest: Reading) -> bool:
    one, other = reading.when, newest.when
    if reading is newest or one is None or other is None:
        return True
    if one == other:
        mine, its = reading.measurement, newest.measurement
        same = (mine.variable, mine.unit, mine.reference, mine.usable) == (
            its.variable,
            its.unit,
            its.reference,
            its.usable,
        )
        return same and reading.value == newest.value and reading.computed == newest.computed and not mine.derived_from
    return other.is_after(one) and other.first >= one.first and other.last >= one.last
