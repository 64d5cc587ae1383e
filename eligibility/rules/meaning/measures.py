"""A `Reading` and its subject's row in the tables → `Measured`, `Graded`, `Changed`, or `Unclear` with a hint."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from eligibility.rules.meaning.joining import of_values
from eligibility.rules.meaning.levels import direction, graded, level_number, level_range
from eligibility.rules.meaning.place import NotUnderstood, Place
from eligibility.rules.meaning.reading import Limit, Reading, Spec
from eligibility.rules.meaning.values import MULTIPLES, TIMES, bound_of, is_score
from eligibility.rules.rule import AllOf, AnyOf, Bound, Changed, Measured, Rule, Unclear
from eligibility.units import conversion
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

PRESSURES: Final = ("systolic_bp", "diastolic_bp")

_NO_MORE: Final = re.compile(r"no(?:t)? (?:more|greater)\b", re.IGNORECASE)
_DENIES: Final = re.compile(r"\b(?:not(?! (?:within|in|between)\b)|neither|never|nor|cannot)\b", re.IGNORECASE)


EITHER: Final = "which of two limits is meant is not said"


def rule_of(reading: Reading, keys: Sequence[Sequence[str]], vocabulary: Vocabulary, place: Place) -> Rule:
    """The rule of a reading whose subjects may be `keys` (candidates per subject).

    Several subjects are joined as written: "ALT and AST", "ALT or AST"; "ALT/AST ≤ 3" is both, "> 3" either.
    """
    if reading.spec.how == "any" and len(reading.spec.limits) > 1 and _DENIES.search(place.text):
        return Unclear(place.text, "how far a negation reaches", span=place.span)  # "not < 18 or > 30"
    try:
        readings = _respective(reading) or (reading,) * len(keys)
        rules = tuple(_one(own, candidates, vocabulary, place) for own, candidates in zip(readings, keys, strict=True))
    except NotUnderstood as problem:
        legible = problem.legible and len(keys) == 1
        shown = (rule_of(reading, keys, vocabulary, replace(place, checked=False)),) if legible else ()
        return Unclear(place.text, problem.reason, problem.hint, place.span, shown)
    if reading.select != "latest":
        rules = tuple(of_values(rule, reading.select) for rule in rules)
    if len(rules) == 1:
        return rules[0]
    either = reading.joined == "or" or (reading.joined in ("slash", "comma", "and_or") and _lower(reading.spec))
    # "AST and/or ALT ≤ 3 × ULN" asks for both; on an exclusion list either is a reason
    either = either or (reading.joined == "and_or" and place.side == "exclusion")
    return AnyOf(rules, span=place.span) if either else AllOf(rules, span=place.span)


def _respective(reading: Reading) -> tuple[Reading, ...]:
    """ "Systolic or diastolic ≥ 140 or ≥ 90": as many limits on one side as subjects, each its own."""
    spec, count = reading.spec, len(reading.names)
    sides = {limit.comparison in ("ge", "gt") for limit in spec.limits}
    if count < 2 or len(spec.limits) != count or len(sides) > 1 or spec.how == "set":
        return ()
    if any(limit.quantity.unit in ("ULN", "LLN") for limit in spec.limits):  # "ALT and AST ≤ 3 × ULN or ≤ 5 × ULN if …"
        return ()
    return tuple(
        replace(reading, spec=replace(spec, how="all", limits=(limit,))) for limit in _share_units(spec.limits)
    )


def _as_pair(spec: Spec) -> Spec:
    """ "BP 140/90": two numbers at a slash are the two pressures, whose comparison is missing."""
    if spec.how == "set" and spec.joined == "slash" and len(spec.limits) == 2:
        first, second = (limit.quantity for limit in spec.limits)
        return Spec("all", (Limit("bare", first, second),))
    return spec


def _lower(spec: Spec) -> bool:
    """Whether the limits bound from below only: being above any of them is enough."""
    return all(limit.comparison in ("ge", "gt", "plus") for limit in spec.limits) and bool(spec.limits)


def _one(reading: Reading, candidates: Sequence[str], vocabulary: Vocabulary, place: Place) -> Rule:
    groups = vocabulary.groups
    members = next((groups[key].members for key in candidates if key in groups), None)
    if members:
        return _group(reading, members, vocabulary, place)
    word = _choose(reading.spec, [vocabulary.words[key] for key in candidates], _scored(vocabulary))
    loose = reading.reversed and reading.spec.how != "normal"
    if word.counted and place.side == "exclusion" and _NO_MORE.search(place.text):
        raise NotUnderstood("how many are asked for")  # "No more than 2 prior lines" among exclusions says what must be
    if reading.so_far and not word.counted:
        raise NotUnderstood("what was before is not what is measured now")
    if (
        loose
        and word.unit not in TIMES
        and word.kind != "scale"
        and not word.counted
        and not _in_own_unit(reading.spec, word)
    ):
        raise NotUnderstood("the limit stands before a subject it may not belong to")
    if reading.change:
        return _changed(reading, word, place)
    if word.kind == "scale":
        return graded(reading.spec, word, place)
    return _measured(reading.spec, word, place)


def _in_own_unit(spec: Spec, word: Word) -> bool:
    """ "< 40 kg of body weight": only the subject behind it can have the unit of the limit."""
    units = {limit.quantity.unit for limit in _share_units(spec.limits)}
    own = (unit is not None and unit != "%" and conversion(unit, word.unit, word) is not None for unit in units)
    return spec.how in ("all", "any") and all(own)


def _group(reading: Reading, members: Sequence[str], vocabulary: Vocabulary, place: Place) -> Rule:
    """One name for several quantities: "transaminases", "BP 140/90"."""
    reading = replace(reading, spec=_as_pair(reading.spec))
    pair = [limit for limit in reading.spec.limits if limit.second]
    specs = [reading.spec] * len(members)
    if pair:
        if len(members) != 2 or len(reading.spec.limits) != 1 or tuple(members) != PRESSURES:
            raise NotUnderstood("two numbers for one subject")
        limit = pair[0]
        second = replace(limit.second, unit=limit.second.unit or limit.quantity.unit) if limit.second else None
        first = replace(limit.quantity, unit=limit.quantity.unit or (second.unit if second else None))
        specs = [Spec("all", (Limit(limit.comparison, q),)) for q in (first, second) if q]
    elif tuple(members) == PRESSURES and reading.spec.how != "normal":
        raise NotUnderstood("one number for two pressures")
    rules = tuple(_measured(spec, vocabulary.words[key], place) for spec, key in zip(specs, members, strict=True))
    return AnyOf(rules, span=place.span) if _lower(reading.spec) else AllOf(rules, span=place.span)


@lru_cache(maxsize=4)
def _scored(vocabulary: Vocabulary) -> dict[str, Word]:
    """A score → the scale of classes it implies: "Child-Pugh score C" names a class."""
    return {word.score: word for word in vocabulary.words.values() if word.score}


def _choose(spec: Spec, words: Sequence[Word], scales: Mapping[str, Word]) -> Word:
    """The one word meant: levels ask for a scale, numbers for a quantity whose unit they fit."""
    lettered = any(limit.quantity.level and not level_number(limit.quantity.level) for limit in spec.limits)
    leveled = any(limit.quantity.level for limit in spec.limits)
    if len(words) == 1:
        return scales.get(words[0].key, words[0]) if lettered else words[0]
    wanted = [w for w in words if w.kind == ("scale" if leveled else "quantity")]
    if lettered:
        wanted = [w for w in wanted if all(level_range(w, limit.quantity) for limit in spec.limits)] or wanted
    units = [
        limit.quantity.unit for limit in spec.limits if limit.quantity.unit and limit.quantity.unit not in MULTIPLES
    ]
    if len(wanted) > 1 and units:
        wanted = [w for w in wanted if conversion(units[0], w.unit, w) is not None]
    if not wanted and not leveled:
        wanted = [w for w in words if w.kind == "scale"]
    if len(wanted) != 1:
        raise NotUnderstood("the word has more than one meaning", ", ".join(w.key for w in words))
    return wanted[0]


# ---------------------------------------------------------------- quantities


def _measured(spec: Spec, word: Word, place: Place) -> Rule:
    ranged = word.reference is not None or "ULN" in word.units
    if spec.how == "normal" and (not ranged or word.bedside):
        raise NotUnderstood(f"what is normal of {word.label} is not a range of a laboratory")
    if spec.how == "normal":
        return Measured(word.key, Bound(1, "LLN"), Bound(1, "ULN"), span=place.span)
    if spec.how == "set" and word.key == "age" and spec.joined == "and" and _ascending(spec):
        spec = Spec("all", (Limit("ge", spec.limits[0].quantity), Limit("le", spec.limits[1].quantity)), ranged=True)
    if spec.how == "set":
        return _equal(spec, word, place)
    spec = _out_of(spec, word)
    limits = _share_units(spec.limits)
    if spec.how == "any" and spec.joined == "again" and not _fits(limits[1], place):
        raise NotUnderstood(EITHER)
    if spec.how == "any":
        return AnyOf(tuple(_interval([limit], word, place) for limit in limits), span=place.span)
    if place.side == "exclusion" and not spec.ranged and _apart(limits):
        return AnyOf(tuple(_interval([limit], word, place) for limit in limits), span=place.span)
    return _interval(limits, word, place, spec.ranged)


def _fits(limit: Limit, place: Place) -> bool:
    """Whether a comparison can be of this limit of normal: nobody is excluded for being below the upper one."""
    high = limit.comparison in ("gt", "ge")
    return high == ((limit.quantity.unit == "LLN") == (place.side == "inclusion"))


def _ascending(spec: Spec) -> bool:
    """ "Ages of 7 and 75 years": nobody is both, so the two are the ends."""
    return len(spec.limits) == 2 and spec.limits[0].quantity.value < spec.limits[1].quantity.value


def _apart(limits: Sequence[Limit]) -> bool:
    """ "BMI < 18 and > 35" on an exclusion list: nothing is both, so either is meant."""
    below = [limit.quantity.value for limit in limits if limit.comparison in ("lt", "le")]
    above = [limit.quantity.value for limit in limits if limit.comparison in ("gt", "ge")]
    same = len({limit.quantity.unit for limit in limits}) == 1
    return same and len(below) == 1 and len(above) == 1 and len(limits) == 2 and below[0] < above[0]


def _share_units(limits: Sequence[Limit]) -> list[Limit]:
    """A unit given once applies to both ends."""
    units = {limit.quantity.unit for limit in limits} - {None}
    if units == {"%", "%predicted"}:
        return [replace(limit, quantity=replace(limit.quantity, unit="%predicted")) for limit in limits]
    shared = units.pop() if len(units) == 1 else None
    return [
        replace(limit, quantity=replace(limit.quantity, unit=shared)) if shared and not limit.quantity.unit else limit
        for limit in limits
    ]


def _out_of(spec: Spec, word: Word) -> Spec:
    """ "MMSE < 24/30", "pain of 6/10 or more": the number behind the slash is the highest score there is."""
    top = word.plausible[1] if word.plausible and is_score(word) else None
    if top is None or not any(limit.second and limit.second.value == top for limit in spec.limits):
        return spec
    limits = (
        limit if limit.second is None or limit.second.value != top else replace(limit, second=None)
        for limit in spec.limits
    )
    return replace(spec, limits=tuple(limits))


def _equal(spec: Spec, word: Word, place: Place) -> Rule:
    """Numbers without a comparison: exact for a score, not understood for what is measured."""
    if word.counted or not is_score(word) or any(limit.quantity.unit for limit in spec.limits):
        hint = " or ".join(f"{word.key} = {limit.quantity.value:g}" for limit in spec.limits)
        raise NotUnderstood("no comparison is written", hint)
    rules = tuple(_interval([Limit("eq", limit.quantity)], word, place) for limit in spec.limits)
    return rules[0] if len(rules) == 1 else AnyOf(rules, span=place.span)


def _interval(limits: Sequence[Limit], word: Word, place: Place, ranged: bool = False) -> Measured:
    low: Bound | None = None
    high: Bound | None = None
    for limit in limits:
        comparison = _direction(limit, word)
        bound = bound_of(limit.quantity, comparison in ("ge", "le", "eq"), word, place.checked)
        if comparison in ("ge", "gt", "eq"):
            if low is not None:
                raise NotUnderstood("two lower bounds")
            low = bound
        if comparison in ("le", "lt", "eq"):
            if high is not None:
                raise NotUnderstood("two upper bounds")
            high = bound
    if low and high and low.unit == high.unit and low.value > high.value:
        if not ranged:
            raise NotUnderstood("the bounds exclude each other", f"{word.key} {low.value:g} .. {high.value:g}")
        low, high = high, low
    return Measured(word.key, low, high, span=place.span)


def _direction(limit: Limit, word: Word) -> str:
    if limit.second:
        raise NotUnderstood("two numbers for one subject")
    if limit.comparison == "plus":
        return "ge"
    if limit.comparison == "bare":
        raise NotUnderstood("no comparison is written", f"{word.key} = {limit.quantity.value:g}")
    if limit.comparison == "either":
        raise NotUnderstood(EITHER)
    if limit.comparison == "beside":
        raise NotUnderstood("a distance from a limit")
    if limit.comparison == "about" and limit.quantity.normal:
        raise NotUnderstood("which end of normal is meant is not said")
    if limit.comparison == "about":
        raise NotUnderstood("an approximate value", f"{word.key} about {limit.quantity.value:g}")
    if limit.comparison in ("worse", "better", "worse than", "better than"):
        return direction(limit.comparison, word)
    if limit.comparison == "eq" and not is_score(word):
        raise NotUnderstood("a bare '=' is often a lost ≤ or ≥", f"{word.key} = {limit.quantity.value:g}")
    return limit.comparison


# ---------------------------------------------------------------- rises and falls


def _changed(reading: Reading, word: Word, place: Place) -> Rule:
    if reading.spec.how != "all" or word.kind == "scale" or reading.change is None:
        raise NotUnderstood("a change without a size")
    unchecked = replace(word, plausible=None, units=(*word.units, "%"))
    interval = _interval(_share_units(reading.spec.limits), unchecked, place)
    return Changed(word.key, reading.change, interval.low, interval.high, reading.per, span=place.span)
