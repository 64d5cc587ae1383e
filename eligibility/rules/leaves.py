"""A walk over a rule: its parts, its leaves, and how much of a criterion they carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeGuard

from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Leaf, Not, Rule

Understanding = Literal["understood", "by_name", "judgement", "partly", "unclear"]

_WITH_RULES: Final = frozenset(("all", "any", "at_least", "not"))


def children(rule: Rule) -> tuple[Rule, ...]:
    """The rules directly inside a rule; empty for a leaf."""
    if isinstance(rule, (AllOf, AnyOf, AtLeast)):
        return rule.rules
    return (rule.rule,) if isinstance(rule, Not) else ()


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every leaf of a rule, in reading order."""
    return iter((rule,) if is_leaf(rule) else _leaves(rule, []))


def _leaves(rule: Rule, found: list[Leaf]) -> list[Leaf]:
    if is_leaf(rule):
        found.append(rule)
    else:
        for child in children(rule):
            _leaves(child, found)
    return found


def is_leaf(rule: Rule) -> TypeGuard[Leaf]:
    """Whether there are no rules inside a rule."""
    return rule.kind not in _WITH_RULES


def nothing_understood(rule: Rule) -> bool:
    """Whether no part of a rule was understood."""
    return rule.kind == "unclear" if is_leaf(rule) else all(map(nothing_understood, children(rule)))


def understanding(rule: Rule) -> Understanding:
    """How much of a criterion its rule carries: every leaf counts.

    `unclear` when nothing was understood, `partly` when something was and something was not,
    `judgement` when all that was understood is for a person to say, `by_name` when all was understood and something
    of it is known by its name alone, which no table holds.
    """
    parts = list(leaves(rule))
    kinds = {leaf.kind for leaf in parts}
    if kinds == {"unclear"} or not kinds:
        return "unclear"
    if "unclear" in kinds:
        return "partly"
    if any(leaf.kind == "present" and leaf.named for leaf in parts):
        return "by_name"
    return "judgement" if kinds == {"judgement"} else "understood"
