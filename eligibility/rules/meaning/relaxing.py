"""Limits that another limit may take the place of: beside one for some patients that was not read, none decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from operator import is_not
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.conditions import narrower
from eligibility.rules.meaning.source import CONDITION, FOR_SOME
from eligibility.rules.rule import AllOf, AnyOf, Measured, Rule, Unclear

# "for patients with C ≤ 5 × ULN"
_LIMIT: Final = re.compile(r"[<>≤≥]\s*\d|\b(?:ULN|LLN)\b")
_OF_SOME: Final = frozenset((CONDITION, FOR_SOME))


def settled(rule: Rule, text: str) -> Rule:
    """The rule, its limits unclear that a limit not read may relax, and those of which one must be for some.

    "ALT ≤ 2.5 × ULN; for patients with liver metastases ALT ≤ 5 × ULN": who has metastases may have more than 2.5.
    """
    if not isinstance(rule, AllOf | AnyOf):
        return rule
    if isinstance(rule, AnyOf) and _redundant(rule) and rule.span:
        return _unclear(rule, text)
    open_ended = {
        leaf.variable for at, part in enumerate(rule.rules) if _of_some(part) for leaf in _relaxed(rule.rules, at)
    }
    return _with(rule, [_limited(settled(part, text), open_ended, text) for part in rule.rules])


def _limited(rule: Rule, open_ended: set[str], text: str) -> Rule:
    if isinstance(rule, Measured) and rule.variable in open_ended and rule.span:
        return _unclear(rule, text)
    if open_ended and isinstance(rule, AllOf | AnyOf):
        return _with(rule, [_limited(part, open_ended, text) for part in rule.rules])
    return rule


def _with(rule: AllOf | AnyOf, parts: Sequence[Rule]) -> Rule:
    """The rule with other parts; itself when they are its own."""
    return replace(rule, rules=tuple(parts)) if any(map(is_not, parts, rule.rules)) else rule


def _relaxed(rules: Sequence[Rule], at: int) -> list[Measured]:
    """The limits that are for some: those read there, or, of a limit that names no quantity, those just before it."""
    part = rules[at]
    assert isinstance(part, Unclear)
    inside = [leaf for inner in part.rules for leaf in leaves(inner) if isinstance(leaf, Measured)]
    if inside or not at or not _LIMIT.search(part.text):
        return inside
    return [leaf for leaf in leaves(rules[at - 1]) if isinstance(leaf, Measured)]


def _of_some(rule: Rule) -> bool:
    return isinstance(rule, Unclear) and not _OF_SOME.isdisjoint(rule.reason.split("; "))


def _redundant(rule: AnyOf) -> bool:
    """ "≤ 2.5 × ULN or ≤ 5 × ULN": two limits on one side of one thing."""
    measured = [part for part in rule.rules if isinstance(part, Measured)]
    if len(measured) != 2 or len(rule.rules) != 2 or measured[0].variable != measured[1].variable:
        return False
    first, second = measured
    return first.span == second.span and (narrower(first, second) or narrower(second, first))


def _unclear(rule: Measured | AnyOf, text: str) -> Unclear:
    start, end = rule.span or (0, 0)
    inside = rule.rules if isinstance(rule, AnyOf) else (rule,)
    return Unclear(" ".join(text[start:end].split()), FOR_SOME, span=rule.span, rules=inside)
