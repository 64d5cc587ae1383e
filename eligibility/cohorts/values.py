"""Criteria of Circe on measurements and persons as leaves: numeric ranges become bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eligibility.cohorts.events import body_of, look_back
from eligibility.cohorts.named_sets import NamedSets
from eligibility.rules.rule import AllOf, Bound, Graded, Measured, Rule, Window
from eligibility.units import canonical_unit, conversion
from eligibility.vocabulary.tables import Vocabulary

_GENDERS = {8507: "male", 8532: "female"}
_FIELDS = {"ValueAsNumber": None, "RangeHighRatio": "ULN", "RangeLowRatio": "LLN"}
# Circe asks for values of any age where it has no window; a limit here has one of 90 days.
_EVER = Window("within", 120, "year")
_SAME = 2e-3
_OLDEST = 200


def measured(criterion: Mapping[str, Any], sets: NamedSets, words: Vocabulary) -> Measured | str:
    """The limits that some value has to lie within; why they are not understood."""
    _, body = body_of(criterion)
    variable = sets.measured(body.get("CodesetId"))
    if variable is None:
        return f"the concepts of “{sets.name(body.get('CodesetId'))}” are not one quantity of the vocabulary"
    asked = {key for key, value in body.items() if value not in (None, [], False)} - {"CodesetId", "Unit"}
    if len(asked) != 1 or not asked <= _FIELDS.keys():
        return f"{', '.join(sorted(asked - _FIELDS.keys()) or ['a value'])} of a measurement is not understood"
    back = look_back(criterion.get("StartWindow"))
    if isinstance(back, str) or criterion.get("EndWindow"):
        return back if isinstance(back, str) else "a window on the end of a measurement is not understood"
    (field,) = asked
    unit = _FIELDS[field] or _unit(body.get("Unit"))
    if unit is None and words.words[variable].unit is not None:
        return "no unit is given"
    ends = bounds(body[field], unit)
    if ends is None:
        return "this range is not understood"
    return Measured(variable, *ends, select="any", window=_EVER if back is None else Window("within", back, "day"))


def _unit(units: object) -> str | None:
    """The house spelling that all listed units have; None where there is none."""
    listed = units if isinstance(units, list) else []
    codes = {canonical_unit(str(one.get("CONCEPT_CODE") or "")) for one in listed if isinstance(one, dict)}
    return codes.pop() if len(codes) == 1 else None


def bounds(range: object, unit: str | None) -> tuple[Bound | None, Bound | None] | None:
    """The lower and the upper end of a numeric range; None for one that is not understood."""
    if not isinstance(range, dict):
        return None
    value, extent, op = _number(range.get("Value")), _number(range.get("Extent")), range.get("Op")
    if value is None or (op == "bt" and extent is None):
        return None
    match op:
        case "gt" | "gte":
            return Bound(value, unit, op == "gte"), None
        case "lt" | "lte":
            return None, Bound(value, unit, op == "lte")
        case "eq":
            return Bound(value, unit), Bound(value, unit)
        case "bt":
            return Bound(value, unit), Bound(extent or 0.0, unit)
    return None


def _number(value: object) -> float | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    return float(value) if known and isinstance(value, int | float) else None


def is_restated(rule: Measured, first: Measured, words: Vocabulary) -> bool:
    """Whether one limit is another in a second unit, as Circe must be asked that does not convert."""
    pairs = ((rule.low, first.low), (rule.high, first.high))
    alike = (rule.variable, rule.window, rule.select) == (first.variable, first.window, first.select)
    return alike and all(_is_same(a, b, rule.variable, words) for a, b in pairs)


def _is_same(one: Bound | None, other: Bound | None, variable: str, words: Vocabulary) -> bool:
    if one is None or other is None:
        return one is other
    if one.inclusive != other.inclusive or {one.unit, other.unit} & {"ULN", "LLN"}:
        return one == other
    change = conversion(other.unit, one.unit, words.words.get(variable))
    return change is not None and abs(change(other.value) - one.value) <= _SAME * abs(one.value)


def person(criterion: Mapping[str, Any]) -> Rule | str:
    """Age and sex; why anything else that is asked of the person is not understood."""
    asked = {key for key, value in criterion.items() if value not in (None, [], False)}
    if not asked or asked - {"Age", "Gender"}:
        return f"{', '.join(sorted(asked - {'Age', 'Gender'}) or ['nothing'])} of a person is not understood"
    found = [part for key, part in (("Age", _age), ("Gender", _sex)) if key in asked]
    parts = [part(criterion) for part in found]
    if any(part is None for part in parts):
        return "this age or gender is not understood"
    rules = tuple(part for part in parts if part is not None)
    return rules[0] if len(rules) == 1 else AllOf(rules)


def _age(criterion: Mapping[str, Any]) -> Rule | None:
    """Circe subtracts years, and means birthdays: above 18 is from 19 on."""
    ends = bounds(criterion["Age"], "year")
    if ends is None or any(end and not (0 <= end.value <= _OLDEST and end.value == int(end.value)) for end in ends):
        return None
    low, high = ends
    if low and not low.inclusive:
        low = Bound(low.value + 1, "year")
    return Measured("age", low, high)


def _sex(criterion: Mapping[str, Any]) -> Rule | None:
    listed = criterion["Gender"] if isinstance(criterion["Gender"], list) else []
    ids = [one.get("CONCEPT_ID") if isinstance(one, dict) else None for one in listed]
    names = {_GENDERS.get(id) if isinstance(id, int) else None for id in ids}
    levels = tuple(name for name in _GENDERS.values() if name in names)
    return Graded("sex", levels) if levels and None not in names else None
