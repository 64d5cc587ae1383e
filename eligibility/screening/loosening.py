"""Criteria a little looser than they are: each limit of a quantity moved by steps that people would think of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from eligibility.criteria.criterion import Side
from eligibility.rules.rule import AllOf, AnyOf, Bound, Measured, Not, Rule

_SHARES = (0.1, 0.25, 0.5)
_AGES = (1.0, 5.0, 10.0)
_MOST = 24
_DIGITS = 3


def loosened(rule: Rule, side: Side) -> Iterator[Rule]:
    """The rule with one limit of one quantity looser, the smallest steps first; at most two dozen."""
    found = sorted(_looser(rule, side == "inclusion"), key=lambda pair: pair[0])
    yield from (made for _, made in found[:_MOST])


def _looser(rule: Rule, wanted: bool) -> Iterator[tuple[int, Rule]]:
    """(step, rule): a rule that is to be met is met by more, one that is not to be met by fewer."""
    if isinstance(rule, Measured):
        yield from _bounds(rule, wanted)
    elif isinstance(rule, AllOf | AnyOf):
        for place, part in enumerate(rule.rules):
            for step, made in _looser(part, wanted):
                yield step, replace(rule, rules=(*rule.rules[:place], made, *rule.rules[place + 1 :]))
    elif isinstance(rule, Not):
        yield from ((step, replace(rule, rule=made)) for step, made in _looser(rule.rule, not wanted))


def _bounds(rule: Measured, wider: bool) -> Iterator[tuple[int, Rule]]:
    for step in range(len(_SHARES)):
        if rule.low is not None:
            yield step, replace(rule, low=_moved(rule, rule.low, step, up=not wider))
        if rule.high is not None:
            yield step, replace(rule, high=_moved(rule, rule.high, step, up=wider))


def _moved(rule: Measured, bound: Bound, step: int, *, up: bool) -> Bound:
    by = _AGES[step] if rule.variable == "age" else abs(bound.value) * _SHARES[step]
    value = bound.value + by if up else bound.value - by
    return replace(bound, value=max(float(f"{value:.{_DIGITS}g}"), 0.0) if bound.value >= 0 else value)
