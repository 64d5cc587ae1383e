"""The tree of a written line → the rule it says: the reading half of `notation`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from lark import Token, Transformer, v_args

from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Changed,
    Duration,
    Fact,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Select,
    Status,
    Unclear,
    Window,
)

Interval = tuple[Bound | None, Bound | None]
Verb = tuple[Fact, Status]


def _verb(fact: Fact, status: Status) -> Callable[[RuleReader], Verb]:
    """The callback of a verb of the written form ("has history of")."""
    return lambda _reader: (fact, status)


class Times(int):
    """How many occasions."""


class Concept(str):
    """A vocabulary key, quoted where its letters ask for it."""


class Name(Concept):
    """What is known by its name alone."""


@v_args(inline=True)
class RuleReader(Transformer[Token, Any]):
    """One method a production; children come as already read values."""

    def any_of(self, *rules: Rule) -> Rule:
        return AnyOf(rules)

    def all_of(self, *rules: Rule) -> Rule:
        return AllOf(rules)

    def at_least(self, count: Token, *rules: Rule) -> Rule:
        return AtLeast(int(count), rules)

    def negated(self, rule: Rule) -> Rule:
        return Not(rule)

    def judgement(self, text: Token) -> Rule:
        return Judgement(_text(text))

    def unclear(self, text: Token, *notes: tuple[str, Any]) -> Rule:
        return Unclear(_text(text), **dict(notes))

    def because(self, text: Token) -> tuple[str, str]:
        return "reason", _text(text)

    def hint(self, text: Token) -> tuple[str, str]:
        return "hint", _text(text)

    def reads(self, *rules: Rule) -> tuple[str, tuple[Rule, ...]]:
        return "rules", rules

    # ------------------------------------------------------------ quantities and grades

    def measured(self, *parts: Any) -> Rule:
        select, name, (low, high), times, window = _five(parts)
        return Measured(name, low, high, select, times, window)

    def graded(self, *parts: Any) -> Rule:
        select, name, levels, times, window = _five(parts)
        return Graded(name, tuple(levels), select, times, window)

    def levels(self, *levels: str) -> list[str]:
        return list(levels)

    def level(self, level: Token) -> str:
        return _text(level) if level.type == "STRING" else str(level)

    def select_any(self) -> Literal["any"]:
        return "any"

    def select_min(self) -> Literal["min"]:
        return "min"

    def select_max(self) -> Literal["max"]:
        return "max"

    def times(self, count: Token) -> Times:
        return Times(count)

    def rise(self, name: Token, interval: Interval, per: Duration | None = None) -> Rule:
        return Changed(str(name), "rise", *interval, per)

    def fall(self, name: Token, interval: Interval, per: Duration | None = None) -> Rule:
        return Changed(str(name), "fall", *interval, per)

    def per(self, value: Token, unit: str) -> Duration:
        return Duration(float(value), unit)

    def ge(self, bound: Bound) -> Interval:
        return bound, None

    def gt(self, bound: Bound) -> Interval:
        return _open(bound), None

    def le(self, bound: Bound) -> Interval:
        return None, bound

    def lt(self, bound: Bound) -> Interval:
        return None, _open(bound)

    def eq(self, bound: Bound) -> Interval:
        return bound, bound

    def ge_le(self, low: Bound, high: Bound) -> Interval:
        return low, high

    def ge_lt(self, low: Bound, high: Bound) -> Interval:
        return low, _open(high)

    def gt_le(self, low: Bound, high: Bound) -> Interval:
        return _open(low), high

    def gt_lt(self, low: Bound, high: Bound) -> Interval:
        return _open(low), _open(high)

    def bound(self, value: Token, *units: str | tuple[str]) -> Bound:
        unit = next((part for part in units if isinstance(part, str)), None)
        assumed = next((part[0] for part in units if isinstance(part, tuple)), None)
        return Bound(float(value), unit, True, assumed)

    def assumed(self, unit: str) -> tuple[str]:
        return (unit,)

    def unit(self, unit: Token) -> str:
        return _text(unit) if unit.type == "STRING" else str(unit)

    # ------------------------------------------------------------ findings

    def present(self, verb: Verb, concept: Concept, *rest: tuple[str, ...] | Window) -> Rule:
        qualifiers = next((part for part in rest if isinstance(part, tuple)), ())
        window = next((part for part in rest if isinstance(part, Window)), None)
        return Present(verb[0], str(concept), verb[1], qualifiers, window, named=isinstance(concept, Name))

    def concept_words(self, *words: Token) -> Concept:
        return Concept("_".join(words))

    def concept_quoted(self, text: Token) -> Concept:
        return Concept(_text(text))

    def concept_named(self, text: Token) -> Name:
        return Name(_text(text))

    def qualifiers(self, *words: str) -> tuple[str, ...]:
        return words

    def qualifier_words(self, *words: Token) -> str:
        return " ".join(words)

    def qualifier_quoted(self, text: Token) -> str:
        return _text(text)

    def window(self, kind: Literal["within", "for", "since"], value: Token, unit: str, anchor: str) -> Window:
        return Window(kind, float(value), unit, anchor)

    def anchor(self, anchor: Token) -> str:
        return _text(anchor) if anchor.type == "STRING" else str(anchor)

    def within(self) -> Literal["within"]:
        return "within"

    def lasting(self) -> Literal["for"]:
        return "for"

    def since(self) -> Literal["since"]:
        return "since"

    condition = _verb("condition", "active")
    condition_history = _verb("condition", "history")
    condition_any = _verb("condition", "any")
    allergy = _verb("allergy", "active")
    allergy_history = _verb("allergy", "history")
    allergy_any = _verb("allergy", "any")
    treatment = _verb("treatment", "active")
    treatment_history = _verb("treatment", "history")
    treatment_any = _verb("treatment", "any")
    procedure = _verb("procedure", "active")
    procedure_history = _verb("procedure", "history")
    procedure_any = _verb("procedure", "any")
    state = _verb("state", "active")
    state_history = _verb("state", "history")
    state_any = _verb("state", "any")


def _text(string: Token) -> str:
    return str(json.loads(string, strict=False))


def _open(bound: Bound) -> Bound:
    return replace(bound, inclusive=False)


def _five(parts: tuple[Any, ...]) -> tuple[Select, str, Any, int, Window | None]:
    """(select, name, interval or levels, times, window) of a test, in whatever of them is written."""
    select: Select = "latest"
    if not isinstance(parts[0], Token):
        select, parts = parts[0], parts[1:]
    times = next((int(part) for part in parts[2:] if isinstance(part, Times)), 1)
    window = next((part for part in parts[2:] if isinstance(part, Window)), None)
    return select, str(parts[0]), parts[1], times, window
