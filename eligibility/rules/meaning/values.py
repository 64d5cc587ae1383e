"""A written quantity → a bound of its variable: its unit, what is assumed of it, and whether the value can be."""

from __future__ import annotations

import math
from typing import Final

from eligibility.rules.meaning.place import NotUnderstood
from eligibility.rules.meaning.quantity import Quantity
from eligibility.rules.rule import Bound
from eligibility.units import convert
from eligibility.vocabulary.word import Word

MULTIPLES: Final = frozenset(("ULN", "LLN", "baseline", "%predicted"))
FAR_BELOW, FAR_ABOVE = 200, 1000
RESTATED_TOLERANCE: Final = 0.05
TIMES: Final = frozenset(("year", "month", "week", "day", "hour", "minute"))


def is_score(word: Word) -> bool:
    """Whether a quantity counts points: only there a bare number or "=" can be exact."""
    low, high = word.plausible or (0.0, 0.0)
    return word.unit is None and float(low).is_integer() and float(high).is_integer() and high - low > 2


def bound_of(quantity: Quantity, inclusive: bool, word: Word, checked: bool) -> Bound:
    """One end of an interval. Raises NotUnderstood where value, unit or level cannot be of the variable."""
    if quantity.level or (quantity.graded and not is_score(word)):
        raise NotUnderstood(f"{word.label} is a number, not a level")
    if quantity.inclusive is not None:
        inclusive = quantity.inclusive
    unit, assumed = quantity.unit, None
    if unit in ("%", "{score}") and is_score(word):
        unit = None
    if unit is None and word.unit is not None:
        assumed = _assumed(quantity.value, word)
    if checked:
        _check(quantity, unit or assumed, word)
    return Bound(quantity.value, unit, inclusive, assumed)


def _assumed(value: float, word: Word) -> str | None:
    """The unit a bare number can only mean, when the table's bands leave exactly one."""
    units = {unit for low, high, unit in word.assume if low <= value <= high}
    return units.pop() if len(units) == 1 else None


def _check(quantity: Quantity, unit: str | None, word: Word) -> None:
    """A value that cannot be, or that its own restatement contradicts, is not understood."""
    if quantity.again is not None:
        raise NotUnderstood("a range in brackets behind what is no range")
    if unit in MULTIPLES and word.unit in TIMES:
        raise NotUnderstood(f"{word.label} has no limit of normal")
    if word.key == "age" and unit == "year" and quantity.value * 2 % 1:
        raise NotUnderstood("an age in parts of a year")
    if math.isnan(quantity.value):
        raise NotUnderstood("a damaged number")
    canonical = _canonical(quantity.value, unit, word)
    if canonical is None and unit is not None and unit not in MULTIPLES and unit not in word.units:
        hint = f"{word.key} {quantity.value:g} {unit}"
        raise NotUnderstood(f"{word.label} is not measured in {unit}", hint, legible=unit not in TIMES)
    if canonical is not None and word.plausible:
        low, high = word.plausible
        if not low <= canonical <= high or (unit != word.unit and _far_off(canonical, word)):
            hint = f"{word.key} {quantity.value:g} {unit or ''}".strip()
            raise NotUnderstood(f"{word.label} cannot be measured at this value", hint, legible=True)
    for other in quantity.restated:
        again = _canonical(other.value, other.unit, word)
        if other.unit in MULTIPLES and unit not in MULTIPLES:
            continue  # how much a laboratory's limit of normal is, stands in no text
        if canonical is None or again is None:
            raise NotUnderstood("the value in brackets is not the same quantity")
        if abs(again - canonical) > RESTATED_TOLERANCE * max(abs(again), abs(canonical)):
            hint = f"{canonical:.4g} against {again:.4g}"
            raise NotUnderstood("the value in brackets says something else", hint, legible=True)


def _far_off(value: float, word: Word) -> bool:
    """ "CD4 ≥ 200 cells/mL": hundreds of times below or above what a healthy person has, the unit is wrong."""
    low, high, _ = word.reference or (None, None, None)
    return (low is not None and 0 < value * FAR_BELOW < low) or (high is not None and value > high * FAR_ABOVE)


def _canonical(value: float, unit: str | None, word: Word) -> float | None:
    if unit in MULTIPLES:
        return None
    if unit is None:
        return value if word.unit is None else None
    return None if math.isnan(value) else convert(value, unit, word.unit, word)
