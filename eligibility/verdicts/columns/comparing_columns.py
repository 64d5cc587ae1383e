"""Bounds on a quantity over columns of numbers, in planes of bits.

What the tree does with one number is a step: below some number not met, above it met (or the other way round). That
number is found once for each bound and unit by the tree's own comparison, conversions and tolerance in it, to the last
bit; a column is then compared with it as it is. Limits that differ from patient to patient (of their own reference
ranges) are compared by the same arithmetic, patient by patient.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from eligibility.patients.interval import Interval
from eligibility.patients.patient import Measurement, Reference
from eligibility.population.chunk import VALUE, Values
from eligibility.rules.rule import Bound, Measured, Window
from eligibility.verdicts.columns.planes import Plane, empty, packed
from eligibility.verdicts.comparing import RELATIVE, limit_of, order, reference_limit
from eligibility.verdicts.facts import Facts, Reading
from eligibility.verdicts.opinion import Opinion
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.windows import anchored, timely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pair: TypeAlias = tuple[Plane, Plane]  # met, not met


class Column:
    """The values of one quantity of a chunk, with what all bounds on it share."""

    def __init__(self, variable: str, values: Values) -> None:
        """Packs nothing yet that is not asked for."""
        self.variable, self.values = variable, values
        self.known = packed(values.state == VALUE)
        self._units: dict[int, Plane] = {}
        self._timely: dict[tuple[Window | None, int], Plane] = {}

    @property
    def size(self) -> int:
        """The number of patients."""
        return self.values.number.size

    def of_unit(self, place: int) -> Plane:
        """Who has a value in this pair of units."""
        if self.values.unit is None:
            return self.known
        if place not in self._units:
            self._units[place] = packed(self.values.unit == place) & self.known
        return self._units[place]

    def timely(self, window: Window | None, days: int) -> Plane:
        """Whose value surely counts, by the window or its age."""
        if (window, days) not in self._timely:
            sure = [timely(when, window, as_of, days) == "met" for when, as_of in self.values.moments]
            if self.values.moment is None:
                found = self.known if sure[0] else empty(self.size)
            else:
                found = packed(np.array(sure, np.bool_)[self.values.moment]) & self.known
            self._timely[window, days] = found
        return self._timely[window, days]


@dataclass(slots=True)
class Comparison:
    """Compares columns with bounds, in the words of `nobody` (the facts of an empty patient) and by a policy."""

    nobody: Facts
    policy: Policy
    _steps: dict[tuple[str, str | None, Bound], tuple[float, float] | None] = field(default_factory=dict)

    def decided(self, rule: Measured, column: Column) -> Pair:
        """Whose value meets the rule, and whose does not; all others lack a fact."""
        nobody = empty(column.size)
        if not anchored(rule.window):
            return nobody, nobody
        days = self.policy.days(rule.variable, scale=False)
        inside = column.timely(rule.window, days)
        low = self._selected(rule, self._side(rule.low, True, column)) if rule.low else (inside, nobody)
        high = self._selected(rule, self._side(rule.high, False, column), upper=True) if rule.high else (inside, nobody)
        met, not_met = low[0] & high[0] & inside, (low[1] | high[1]) & inside
        if rule.select in ("min", "max"):
            return met, not_met
        if rule.times > 1:  # one value is not several
            return nobody, nobody
        # another value, not recorded, may fulfil what any value may
        return met, (not_met if rule.select == "latest" else nobody)

    def _selected(self, rule: Measured, side: Pair, *, upper: bool = False) -> Pair:
        """Of a least or greatest value one end is open: there may be others that are not recorded."""
        if rule.select not in ("min", "max"):
            return side
        nobody = np.zeros_like(side[0])
        return (side[0], nobody) if upper == (rule.select == "min") else (nobody, side[1])

    def _side(self, bound: Bound, lower: bool, column: Column) -> Pair:
        """One bound, unit by unit."""
        met, not_met = empty(column.size), empty(column.size)
        for place, (unit, of_range) in enumerate(column.values.units):
            known = column.of_unit(place)
            found = self._in_unit(bound, lower, column, unit, of_range)
            if found is not None:
                met |= found[0] & known
                not_met |= found[1] & known
        return met, not_met

    def _in_unit(
        self, bound: Bound, lower: bool, column: Column, unit: str | None, of_range: str | None
    ) -> Pair | None:
        if (bound.unit or bound.assumed) in RELATIVE:
            return self._relative(bound, lower, column, unit, of_range)
        key = (column.variable, unit, bound)
        if key not in self._steps:
            found = limit_of(_sample(column.variable, unit), bound, self.nobody)
            self._steps[key] = None if isinstance(found, Opinion) else found
        placed = self._steps[key]
        return None if placed is None else _beside(column.values.number, *placed, bound, lower)

    def _relative(
        self, bound: Bound, lower: bool, column: Column, unit: str | None, of_range: str | None
    ) -> Pair | None:
        """Multiples of a patient's own limits; of those of the vocabulary where the policy lets them stand in."""
        end = bound.unit or bound.assumed
        if end not in ("ULN", "LLN"):
            return None
        values = column.values
        own = values.range_high if end == "ULN" else values.range_low
        table = reference_limit(_sample(column.variable, unit), end, self.nobody, self.policy)
        found = None if table is None else _beside(values.number, table[0] * bound.value, table[1], bound, lower)
        if own is None or values.range_low is None or values.range_high is None:
            return found
        ranged = ~(np.isnan(values.range_low) & np.isnan(values.range_high))
        mine = self._own(bound, lower, column, unit, of_range, own, end)
        if found is None:
            return mine
        with_range = packed(ranged)
        blank = np.zeros_like(with_range)
        met, not_met = mine or (blank, blank)
        return (met & with_range) | (found[0] & ~with_range), (not_met & with_range) | (found[1] & ~with_range)

    def _own(
        self,
        bound: Bound,
        lower: bool,
        column: Column,
        unit: str | None,
        of_range: str | None,
        own: NDArray[np.float64],
        end: str,
    ) -> Pair | None:
        word = self.nobody.words.get(column.variable)
        start = of_range if of_range is not None else unit
        change = self.nobody.conversion(column.variable, start, word.unit if word else None)
        sample = reference_limit(_sample(column.variable, unit, of_range), end, self.nobody, self.policy)
        if change is None or sample is None:
            return None
        limits = (own * change.scale + change.offset) * bound.value
        return _compared(column.values.number, limits, sample[1], bound, lower)


def _sample(variable: str, unit: str | None, of_range: str | None = "") -> Reading:
    """Some reading in these units, to ask the tree what it makes of them; without a range when that has no unit."""
    reference = None if of_range == "" else Reference(1.0, 1.0, of_range)
    return Reading(Measurement(variable, Interval(1.0, 1.0), unit, reference=reference), Interval(1.0, 1.0))


def _beside(numbers: NDArray[np.float64], limit: float, tolerance: float, bound: Bound, lower: bool) -> Pair:
    """Which numbers are on the right side of one limit, and which on the wrong one; NaN is on neither."""
    if math.isnan(limit):
        return packed(np.zeros(numbers.size, np.bool_)), packed(np.zeros(numbers.size, np.bool_))
    first, last = same_as(limit, tolerance)
    if lower:
        met = packed(numbers >= first if bound.inclusive else numbers > last)
    else:
        met = packed(numbers <= last if bound.inclusive else numbers < first)
    return met, ~met


def _compared(
    numbers: NDArray[np.float64], limits: NDArray[np.float64], tolerance: float, bound: Bound, lower: bool
) -> Pair:
    """The same for a limit of each patient's own: the arithmetic of `order`, element by element."""
    near = tolerance * np.maximum(np.abs(numbers), np.abs(limits))
    same = (numbers == limits) | ((np.abs(numbers - limits) <= near) & (near < np.inf))
    beyond = numbers > limits if lower else numbers < limits
    met = (same | beyond) if bound.inclusive else (beyond & ~same)
    known = ~np.isnan(limits)
    return packed(met & known), packed(~met & known)


@lru_cache(maxsize=100_000)
def same_as(limit: float, tolerance: float) -> tuple[float, float]:
    """The least and the greatest number that count as equal to a limit, to the last bit."""
    if not math.isfinite(limit):
        return limit, limit
    reach = 4 * tolerance * abs(limit) + 5e-324
    last = _edge(limit, limit + reach, lambda number: order(number, limit, tolerance) <= 0)
    first = -_edge(-limit, -limit + reach, lambda number: order(-number, limit, tolerance) >= 0)
    return first, last


def _edge(inside: float, outside: float, holds: Callable[[float], bool]) -> float:
    """The greatest number from `inside` upwards for which something holds that does not for `outside`."""
    low, high = _rank(inside), _rank(outside)
    while high - low > 1:
        middle = (low + high) // 2
        if holds(_number(middle)):
            low = middle
        else:
            high = middle
    return _number(low)


def _rank(number: float) -> int:
    """The place of a number in the order of all floating-point numbers."""
    bits: int = struct.unpack("<q", struct.pack("<d", number))[0]
    return bits if bits >= 0 else -(bits & 0x7FFFFFFFFFFFFFFF)


def _number(rank: int) -> float:
    bits = rank if rank >= 0 else -rank | -0x8000000000000000
    number: float = struct.unpack("<d", struct.pack("<q", bits))[0]
    return number
