"""Comparing an interval with a bound, and a value with a rule's bounds, in the variable's canonical unit."""

from __future__ import annotations

import math

from eligibility.patients.interval import Interval, linear
from eligibility.patients.patient import UNREAD
from eligibility.rules.rule import Bound
from eligibility.units import STRICT_TOLERANCE
from eligibility.verdicts.facts import Facts, Reading
from eligibility.verdicts.opinion import MET, NOT_MET, Opinion, unread
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Truth

RELATIVE = ("ULN", "LLN", "%predicted", "baseline")
UNSURE = "what it can be lies on both sides of the limit"


def above(value: Interval, limit: float, inclusive: bool, tolerance: float) -> Truth:
    """Whether the value is at or above (strictly above, when not inclusive) a limit.

    Met when every number of the interval is, not met when none is; numbers as near as `tolerance` count as equal.
    """
    low = order(value.low, limit, tolerance)
    if low > 0 or (low == 0 and (inclusive or not value.low_closed)):
        return "met"
    high = order(value.high, limit, tolerance)
    if high < 0 or (high == 0 and not (inclusive and value.high_closed)):
        return "not_met"
    return "unknown"


def below(value: Interval, limit: float, inclusive: bool, tolerance: float) -> Truth:
    """Whether the value is at or below a limit; the mirror of `above`."""
    mirrored = Interval(-value.high, -value.low, value.high_closed, value.low_closed)
    return above(mirrored, -limit, inclusive, tolerance)


def order(number: float, limit: float, tolerance: float) -> int:
    """1 above the limit, -1 below it, 0 where the two are as near as the tolerance."""
    if number == limit or abs(number - limit) <= tolerance * max(abs(number), abs(limit)) < math.inf:
        return 0
    return 1 if number > limit else -1


def against(reading: Reading, bound: Bound, lower: bool, facts: Facts, policy: Policy) -> Opinion:
    """What a reading says of one bound, the lower or the upper one."""
    unit = bound.unit or bound.assumed
    own = reading.measurement.unit
    if reading.measurement.note != UNREAD and (unit in RELATIVE or own in RELATIVE):
        return _against_relative(reading, bound, lower, facts, policy)
    placed = limit_of(reading, bound, facts)
    if isinstance(placed, Opinion) or reading.value is None:
        return placed if isinstance(placed, Opinion) else _unit_problem(reading)
    return _side(reading.value, placed[0], bound, lower, placed[1])


def _side(value: Interval, limit: float, bound: Bound, lower: bool, tolerance: float) -> Opinion:
    truth = (above if lower else below)(value, limit, bound.inclusive, tolerance)
    if truth == "unknown":
        return Opinion("unknown", "missing", UNSURE)
    return MET if truth == "met" else NOT_MET


def limit_of(reading: Reading, bound: Bound, facts: Facts) -> tuple[float, float] | Opinion:
    """The bound in canonical units and the tolerance, or why there is none."""
    row = reading.measurement
    word = facts.words.get(row.variable)
    canonical = word.unit if word else None
    written = bound.unit or bound.assumed
    if written is None and canonical is not None:
        return Opinion("unknown", "unit", "the text gives no unit")
    value, unit = linear(Interval(bound.value, bound.value), written)
    change = facts.conversion(row.variable, unit, canonical)
    across = facts.conversion(row.variable, linear(value, row.unit)[1], unit)
    if reading.value is None or change is None or across is None:
        return _unit_problem(reading)
    return change(value.low), across.tolerance


def _unit_problem(reading: Reading) -> Opinion:
    row = reading.measurement
    if row.note == UNREAD:
        return Opinion("unknown", "missing", unread(row.when))
    if row.note and row.unit and not row.usable:
        return Opinion("unknown", "unit", f"{row.text} {row.unit}: {row.note}")
    shown = f"{row.unit} cannot be compared with the unit of the text" if row.unit else "the value has no unit"
    return Opinion("unknown", "unit", shown)


def _against_relative(reading: Reading, bound: Bound, lower: bool, facts: Facts, policy: Policy) -> Opinion:
    """Multiples: of the patient's own reference range, of the predicted value, of a baseline."""
    row, unit = reading.measurement, bound.unit or bound.assumed
    if row.unit == unit:
        return _side(row.value, bound.value, bound, lower, STRICT_TOLERANCE)
    if unit == "baseline":
        return Opinion("unknown", "missing", "no baseline value is recorded")
    if unit == "%predicted" or row.unit == "%predicted" or (row.unit in RELATIVE and unit in RELATIVE):
        return Opinion("unknown", "unit", f"{row.unit or 'the value'} is not {unit or 'comparable'}")
    if row.unit in RELATIVE:
        return Opinion("unknown", "no_reference_range", f"recorded in {row.unit}, without the range itself")
    if reading.value is None:
        return _unit_problem(reading)
    found = reference_limit(reading, unit or "ULN", facts, policy)
    if found is None:
        return Opinion("unknown", "no_reference_range", f"the result has no {unit} of its own")
    return _side(reading.value, found[0] * bound.value, bound, lower, found[1])


def reference_limit(reading: Reading, end: str, facts: Facts, policy: Policy) -> tuple[float, float, bool] | None:
    """The ULN or LLN for this result in canonical units, the tolerance, and whether it came from the vocabulary."""
    row = reading.measurement
    word = facts.words.get(row.variable)
    if row.reference is not None:
        own: float | None = row.reference.high if end == "ULN" else row.reference.low
        unit = row.reference.unit if row.reference.unit is not None else row.unit
        from_table = False
    elif policy.table_ranges and word and word.reference:
        low, high, unit = word.reference
        own, from_table = (high if end == "ULN" else low), True
    else:
        return None
    change = facts.conversion(row.variable, unit, word.unit if word else None)
    across = facts.conversion(row.variable, row.unit, unit)
    if own is None or change is None or across is None:
        return None
    return change(own), across.tolerance, from_table
