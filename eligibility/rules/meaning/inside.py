"""Tests that stand inside words whose sense is not understood: kept with the words, deciding nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import is_not

from eligibility.rules.meaning.joining import tests
from eligibility.rules.meaning.source import FOREIGN_PERSON
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Not, Rule, Unclear


def with_readings(rule: Rule, readings: Sequence[Rule]) -> Rule:
    """The rule, each `Unclear` of it with the readings that stand in its words.

    What is said of another person is no reading of the patient's.
    """
    if isinstance(rule, Unclear):
        inside = _inside(rule, readings) if rule.reason != FOREIGN_PERSON else ()
        return replace(rule, rules=inside) if inside and inside != rule.rules else rule
    if isinstance(rule, Not):
        inner = with_readings(rule.rule, readings)
        return replace(rule, rule=inner) if inner is not rule.rule else rule
    if isinstance(rule, (AllOf, AnyOf, AtLeast)):
        rules = tuple([with_readings(inner, readings) for inner in rule.rules])
        return replace(rule, rules=rules) if any(map(is_not, rules, rule.rules)) else rule
    return rule


def _inside(unclear: Unclear, readings: Sequence[Rule]) -> tuple[Rule, ...]:
    if unclear.span is None or not readings:
        return ()
    start, end = unclear.span
    within = (rule for rule in readings if rule.span and start <= rule.span[0] and rule.span[1] <= end)
    return tuple(dict.fromkeys(rule for rule in within if tests(rule)))
