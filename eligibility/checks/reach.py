"""The numbers that a bound leaves, as cuts of the number line in one unit: what two demands leave together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from eligibility.checks.demand import Demand
from eligibility.rules.rule import Bound, Measured
from eligibility.units import convert
from eligibility.vocabulary.word import Word

RELATIVE = frozenset(("ULN", "LLN", "baseline", "%predicted"))
# A limit written in two units is rounded: 2 mg/dL and 177 umol/L are the same.
_ROUNDED = 0.02
_STRICT = 1e-9
# A cut lies just before a number (False) or just after it (True).
Cut = tuple[float, bool]
LOWEST: Cut = (-math.inf, False)
HIGHEST: Cut = (math.inf, True)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a demand leaves of a quantity: from one cut to another in `unit`, or with `outside` all but that.

    `written` is the unit in the text, which tells whether two limits may differ by rounding alone; `step` is one in
    the last digit of its numbers.
    """

    unit: str | None
    written: str | None
    step: float
    low: Cut
    high: Cut
    outside: bool = False

    @property
    def intervals(self) -> tuple[tuple[Cut, Cut], ...]:
        """The pieces that are left, none of them empty."""
        pieces = ((LOWEST, self.low), (self.high, HIGHEST)) if self.outside else ((self.low, self.high),)
        return tuple((low, high) for low, high in pieces if low < high)

    def aligned(self, other: Reach) -> Reach:
        """This reach with each cut moved onto a cut of the other at the same number, up to rounding."""
        numbers = [cut[0] for cut in (other.low, other.high)]
        close = _STRICT if self.written == other.written else _ROUNDED
        return replace(self, low=_moved(self.low, numbers, close), high=_moved(self.high, numbers, close))


def _moved(cut: Cut, numbers: list[float], close: float) -> Cut:
    for number in numbers:
        if abs(cut[0] - number) <= close * max(abs(cut[0]), abs(number)) < math.inf:
            return number, cut[1]
    return cut


def reach_of(demand: Demand, word: Word) -> Reach | None:
    """What a demand leaves of the quantity `word`; None when its unit is not given or cannot be converted."""
    rule = demand.leaf
    if not isinstance(rule, Measured):
        return None
    bounds = [bound for bound in (rule.low, rule.high) if bound]
    units = {_unit(bound, word) for bound in bounds}
    low = (_placed(rule.low.value, rule.low, word), not rule.low.inclusive) if rule.low else LOWEST
    high = (_placed(rule.high.value, rule.high, word), rule.high.inclusive) if rule.high else HIGHEST
    if math.isnan(low[0] + high[0]) or len(units) != 1:
        return None
    unit = units.pop()
    return Reach(unit, bounds[0].unit or bounds[0].assumed, _step(bounds, word), low, high, demand.forbidden)


def _unit(bound: Bound, word: Word) -> str | None:
    return bound.unit if bound.unit in RELATIVE else word.unit


def _placed(value: float, bound: Bound, word: Word) -> float:
    """A number in a bound's unit as one in the canonical unit, or as a multiple; NaN when that is not known."""
    unit = bound.unit or bound.assumed
    if unit in RELATIVE:
        return value
    converted = None if unit is None and word.unit is not None else convert(value, unit, word.unit, word)
    return math.nan if converted is None else converted


def _step(bounds: list[Bound], word: Word) -> float:
    """One in the last digit that is written: 1 of "190 mg/dL", 0.1 of "1.6"; the smallest of several."""
    steps = ((bound, 10.0 ** -len(f"{bound.value:.9f}".rstrip("0").partition(".")[2])) for bound in bounds)
    return min(
        abs(_placed(bound.value + step, bound, word) - _placed(bound.value, bound, word)) for bound, step in steps
    )


def common(first: Reach, second: Reach) -> tuple[tuple[Cut, Cut], ...]:
    """The pieces that two reaches leave together."""
    pairs = ((one, two) for one in first.intervals for two in second.aligned(first).intervals)
    pieces = ((max(one[0], two[0]), min(one[1], two[1])) for one, two in pairs)
    return tuple((low, high) for low, high in pieces if low < high)
