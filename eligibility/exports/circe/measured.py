"""Limits of measurements as criteria of Circe: values by unit, multiples of the reference range of the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from eligibility.exports.circe.group import Direction, Json, Part, all_of, any_of, left_out, of_criterion
from eligibility.exports.circe.sets import ConceptSets, as_concept
from eligibility.exports.circe.windows import counted, days_of, window
from eligibility.exports.terms import OmopConcept
from eligibility.patients.omop.tables import MEASUREMENT
from eligibility.rules.rule import Bound, Measured
from eligibility.units import conversion, house_units
from eligibility.vocabulary.word import Word

_RATIOS = {"ULN": "RangeHighRatio", "LLN": "RangeLowRatio"}
_OP = {(True, True): "gte", (True, False): "gt", (False, True): "lte", (False, False): "lt"}
_NO_UNIT = ("the database codes no unit for it: values are taken in that of the text",)
_NO_IDS = "no concept ids are known: name the OMOP database that it is for"


@dataclass(frozen=True, slots=True)
class _Range:
    """A numeric range of Circe on one field, of values in one of these units."""

    field: str
    range: Json
    units: tuple[OmopConcept, ...] = ()


def measured(rule: Measured, positive: bool, sets: ConceptSets) -> Part:
    """At least one value within the bounds, or (negated) none; bounds are asked for one by one where they must be."""
    word = sets.setting.words.words.get(rule.variable)
    if word is None or word.kind != "quantity" or rule.select in ("min", "max") or rule.times != 1:
        return left_out("least, greatest and repeated values cannot be asked for")
    places = sets.places(rule.variable)
    if places is None:
        return left_out(_NO_IDS)
    back = _days(rule, sets)
    if isinstance(back, str):
        return left_out(back)
    concepts = [place.concept for place in places if place.table == MEASUREMENT.name and place.column == "standard"]
    codeset = sets.number(word.label, concepts)
    ends = [_ranges(bound, is_low, word, sets) for bound, is_low in ((rule.low, True), (rule.high, False)) if bound]
    if any(isinstance(end, str) for end in ends):
        return left_out(next(end for end in ends if isinstance(end, str)))
    joined = _joined([end for end in ends if not isinstance(end, str)])
    parts = [_alternatives(one, codeset, back[0], positive) for one in joined]
    made = all_of(parts) if positive else any_of(parts)
    why = _NO_UNIT if word.unit is not None and any(map(_is_bare, chain(*joined))) else ()
    return _assuming(replace(made, why=(*made.why, *why)), rule, back[1], positive)


def _is_bare(one: _Range) -> bool:
    return one.field == "ValueAsNumber" and not one.units


def _days(rule: Measured, sets: ConceptSets) -> tuple[int, bool] | str:
    if rule.window is not None:
        return days_of(rule.window, sets.setting.as_of)
    return sets.setting.policy.days(rule.variable, scale=False), True


def _ranges(bound: Bound, is_low: bool, word: Word, sets: ConceptSets) -> list[_Range] | str:
    """The bound in every unit that the database uses for it; why it cannot be asked for."""
    unit = bound.unit or bound.assumed
    op = _OP[is_low, bound.inclusive]
    if unit in _RATIOS:
        return [_Range(_RATIOS[unit], {"Value": bound.value, "Op": op})]
    if unit in ("baseline", "%predicted") or (unit or "").startswith("log"):
        return f"{unit} is no unit of Circe"
    if unit is None and word.unit is not None:
        return "the text gives no unit"
    own_first = sorted(house_units(), key=lambda house: house != (unit or "1"))
    used = [(house, found) for house in own_first if (found := _concepts(house, sets))]
    ranges = [_in_unit(bound, unit, house, ids, op, word) for house, ids in used]
    return [one for one in ranges if one is not None] or [_Range("ValueAsNumber", {"Value": bound.value, "Op": op})]


def _concepts(house: str, sets: ConceptSets) -> tuple[OmopConcept, ...]:
    return sets.setting.terms.unit(house) if sets.setting.terms is not None else ()


def _in_unit(
    bound: Bound, unit: str | None, house: str, ids: tuple[OmopConcept, ...], op: str, word: Word
) -> _Range | None:
    """The bound in another unit, moved outwards by what values there may differ and still count as equal."""
    change = conversion(unit, None if house == "1" else house, word)
    if change is None:
        return None
    value = change(bound.value)
    if change.loose:
        value += abs(value) * change.tolerance * (1 if op in ("gt", "lte") else -1)
    return _Range("ValueAsNumber", {"Value": round(value, 4), "Op": op}, ids)


def _joined(ends: Sequence[list[_Range]]) -> list[list[_Range]]:
    """Two closed ends in the same units are one range "between"; others stay apart."""
    if len(ends) == 2 and all(one.range["Op"] in ("gte", "lte") for end in ends for one in end):
        low, high = ends
        if [(one.field, one.units) for one in low] == [(one.field, one.units) for one in high]:
            return [[_between(a, b) for a, b in zip(low, high, strict=True)]]
    return list(ends)


def _between(low: _Range, high: _Range) -> _Range:
    return replace(low, range={"Value": low.range["Value"], "Extent": high.range["Value"], "Op": "bt"})


def _alternatives(ranges: Sequence[_Range], codeset: int, back: int, positive: bool) -> Part:
    """The same range in one unit or another."""
    parts = [Part(of_criterion(_criterion(one, codeset, back, positive))) for one in ranges]
    return any_of(parts) if positive else all_of(parts)


def _criterion(one: _Range, codeset: int, back: int, positive: bool) -> Json:
    asked: Json = {"CodesetId": codeset, one.field: one.range}
    if one.units:
        asked["Unit"] = [as_concept(unit) for unit in one.units]
    return counted({"Measurement": asked}, positive, window(back))


def _assuming(made: Part, rule: Measured, exact_days: bool, positive: bool) -> Part:
    units = {(bound.unit or bound.assumed) for bound in (rule.low, rule.high) if bound}
    assumed = {"coded", "recorded"} | ({"ranges"} if units & {*_RATIOS} else set())
    assumed |= {"units"} if units - {*_RATIOS} else set()
    assumed |= {"single"} if rule.select != "any" else set()
    gone: frozenset[Direction] = made.gone
    why = made.why
    if not exact_days:
        gone |= {"weaker" if positive else "stronger"}
        why = (*why, "months and years are counted as long as they can be: give the day to judge by")
    return replace(made, assuming=made.assuming | assumed, gone=gone, why=why)
