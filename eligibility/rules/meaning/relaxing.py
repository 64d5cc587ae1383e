"""Limits that another limit may take the place of: beside one for some patients that was not read, none decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from operator import is_not
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.conditions import narrower
from eligibility.rules.meaning.source import CONDITION, FOR_SOME
from eligibility.rules.rule import AllOf, AnyOf, Bound, Graded, Measured, Rule, Unclear

# "for patients with C ≤ 5 × ULN": words not read, of which only this is asked, whether a limit is among them.
_LIMIT: Final = re.compile(
    r"(?:[<>≤≥]|\b(?:up to|at least|at most|less than|more than|greater than|within))\s*\d"
    r"|\buln\b|\blln\b|limits? of normal"
)
_MULTIPLE: Final = re.compile(r"\buln\b|\blln\b|limits? of normal")
# Ages are told in both.
_MONTHS: Final = {"year": 12.0, "month": 1.0}
_OF_SOME: Final = frozenset((CONDITION, FOR_SOME))


def settled(rule: Rule, text: str) -> Rule:
    """The rule, its limits unclear that a limit not read may relax, and those of which one must be for some.

    "ALT ≤ 2.5 × ULN; for patients with liver metastases ALT ≤ 5 × ULN": who has metastases may have more than 2.5.
    """
    if not isinstance(rule, AllOf | AnyOf):
        return rule
    if isinstance(rule, AnyOf) and _redundant(rule) and rule.span:
        return _unread(rule, text)
    parts = enumerate(rule.rules)
    open_ended = {
        leaf.variable
        for at, part in parts
        if isinstance(part, Unclear) and _of_some(part)
        for leaf in _relaxed(rule.rules[:at], part)
    }
    parts_of = [_limited(settled(part, text), open_ended, text) for part in rule.rules]
    if isinstance(rule, AllOf):
        apart = _contradicted(parts_of, text)
        if len(apart) == len(parts_of) and rule.span:
            return _unread(rule, text)
        for at in apart:
            parts_of[at] = _unread(parts_of[at], text)
    return _with(rule, parts_of)


def _contradicted(parts: Sequence[Rule], text: str) -> set[int]:
    """ "ANC ≥ 1000. Patients with ANC < 1000 can be considered": nobody is both, so that one of them is not asked.

    With nothing but "and" between them both are asked, and contradict each other.
    """
    limits = [
        (at, limit)
        for at, part in enumerate(parts)
        for limit in (part.rules if isinstance(part, AnyOf) else (part,))
        if isinstance(limit, Measured | Graded) and limit.window is None and limit.select == "latest"
    ]
    if len(limits) < 2:
        return set()
    pairs = combinations(limits, 2)
    return {
        at
        for (i, one), (j, other) in pairs
        if i != j and _apart(one, other) and not _both(one, other, text)
        for at in (i, j)
    }


def _both(one: Measured | Graded, other: Measured | Graded, text: str) -> bool:
    return one.span is not None and other.span is not None and text[one.span[1] : other.span[0]].strip() == "and"


def _apart(one: Measured | Graded, other: Measured | Graded) -> bool:
    """Whether no value is within both."""
    if isinstance(one, Graded) or isinstance(other, Graded):
        graded = isinstance(one, Graded) and isinstance(other, Graded) and one.scale == other.scale
        return graded and set(one.levels).isdisjoint(other.levels)  # type: ignore[union-attr]  # both are graded
    if one.variable != other.variable:
        return False
    for low, high in ((one.low, other.high), (other.low, one.high)):
        if low is None or high is None:
            continue
        scale = _MONTHS.get(low.unit or low.assumed or "", 1.0), _MONTHS.get(high.unit or high.assumed or "", 1.0)
        alike = (low.unit or low.assumed) == (high.unit or high.assumed) or scale in ((1.0, 12.0), (12.0, 1.0))
        least, most = low.value * scale[0], high.value * scale[1]
        if alike and (least > most or (least == most and not (low.inclusive and high.inclusive))):
            return True
    return False


def _unread(part: Rule, text: str) -> Unclear:
    start, end = part.span or (0, 0)
    inside = part.rules if isinstance(part, AllOf | AnyOf) else (part,)
    return Unclear(" ".join(text[start:end].split()), FOR_SOME, span=part.span, rules=inside)


def _limited(rule: Rule, open_ended: set[str], text: str) -> Rule:
    if isinstance(rule, Measured) and rule.variable in open_ended and rule.span:
        return _unread(rule, text)
    if open_ended and isinstance(rule, AllOf | AnyOf):
        return _with(rule, [_limited(part, open_ended, text) for part in rule.rules])
    return rule


def _with(rule: AllOf | AnyOf, parts: Sequence[Rule]) -> Rule:
    """The rule with other parts; itself when they are its own."""
    return replace(rule, rules=tuple(parts)) if any(map(is_not, parts, rule.rules)) else rule


def _relaxed(before: Sequence[Rule], part: Unclear) -> list[Measured]:
    """The limits that are for some: those read there, or, of a limit that names no quantity, those before it.

    A multiple of normal may be of any multiple before it, another number of the limit just before it in its unit.
    """
    inside = [leaf for inner in part.rules for leaf in leaves(inner) if isinstance(leaf, Measured)]
    text = part.text.casefold()
    if inside or not _LIMIT.search(text):
        return inside
    multiple = _MULTIPLE.search(text) is not None
    limits = [leaf for rule in before for leaf in leaves(rule) if isinstance(leaf, Measured)]
    return [leaf for leaf in (limits if multiple else limits[-1:]) if _in_unit_of(leaf, multiple, text)]


def _in_unit_of(limit: Measured, multiple: bool, text: str) -> bool:
    unit = (limit.high or limit.low or Bound(0)).unit
    return unit is not None and (unit in ("ULN", "LLN") if multiple else unit.casefold() in text)


def _of_some(rule: Unclear) -> bool:
    return not _OF_SOME.isdisjoint(rule.reason.split("; "))


def _redundant(rule: AnyOf) -> bool:
    """ "≤ 2.5 × ULN or ≤ 5 × ULN": two limits on one side of one thing."""
    measured = [part for part in rule.rules if isinstance(part, Measured)]
    if len(measured) != 2 or len(rule.rules) != 2 or measured[0].variable != measured[1].variable:
        return False
    first, second = measured
    return narrower(first, second) or narrower(second, first)
