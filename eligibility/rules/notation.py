"""The written form of rules: `notation(rule)` prints one line, `read_rule(line)` reads it back as itself.

The grammar is `grammars/notation.lark`; spans are not written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from eligibility.errors import Fault, InputError
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Changed,
    Graded,
    Measured,
    Present,
    Rule,
    Unclear,
    Window,
)
from eligibility.shipped import grammar_dir

if TYPE_CHECKING:
    from lark import Lark

VERBS = {
    ("condition", "active"): "has",
    ("condition", "history"): "has history of",
    ("condition", "any"): "has or had",
    ("allergy", "active"): "has allergy to",
    ("allergy", "history"): "had allergy to",
    ("allergy", "any"): "has or had allergy to",
    ("treatment", "active"): "receives",
    ("treatment", "history"): "received",
    ("treatment", "any"): "receives or received",
    ("procedure", "active"): "undergoes",
    ("procedure", "history"): "underwent",
    ("procedure", "any"): "undergoes or underwent",
    ("state", "active"): "is",
    ("state", "history"): "was",
    ("state", "any"): "is or was",
}
_SELECT = {"latest": "", "any": "any value of ", "min": "minimum of ", "max": "maximum of "}
_NAME = re.compile(r"[A-Za-z][\w\-]*")
_UNIT = re.compile(r'[^\s(),"|]+')
_LEVEL = re.compile(r'[^\s{},"]+')


def notation(rule: Rule) -> str:
    """One line that says the rule: its written form."""
    return _PRINTERS[rule.kind](rule)


def read_rule(text: str) -> Rule:
    """The rule of a written line. Raises InputError with the place (a caret line) where it cannot be read."""
    from lark import UnexpectedInput

    try:
        rule = _parser().parse(text)
    except UnexpectedInput as problem:
        at = max(0, min(getattr(problem, "pos_in_stream", None) or 0, len(text)))
        shown = f"cannot be read here:\n    {text}\n    {' ' * at}^"
        raise InputError(
            "rule", Fault(f"column {at + 1}", shown, "see the written form in the documentation")
        ) from None
    return cast(Rule, rule)  # the transformer makes rules of trees


# ---------------------------------------------------------------- printing


def _nested(rule: Rule) -> str:
    """A rule inside another: combinations stand in brackets."""
    text = notation(rule)
    loose = isinstance(rule, AllOf | AnyOf) and len(rule.rules) > 1
    return f"({text})" if loose else text


def _combined(word: str, listed: str) -> Callable[[AllOf | AnyOf], str]:
    def print_it(rule: AllOf | AnyOf) -> str:
        if len(rule.rules) == 1:
            return f"{listed} of ({notation(rule.rules[0])})"
        return f" {word} ".join(_nested(inner) for inner in rule.rules)

    return print_it


def _at_least(rule: AtLeast) -> str:
    return f"at least {rule.count} of ({', '.join(map(notation, rule.rules))})"


def _measured(rule: Measured) -> str:
    return f"{_SELECT[rule.select]}{rule.variable} {_interval(rule.low, rule.high)}{_times(rule)}{_window(rule.window)}"


def _graded(rule: Graded) -> str:
    levels = ", ".join(_quoted_unless(_LEVEL, level) for level in rule.levels)
    return f"{_SELECT[rule.select]}{rule.scale} in {{{levels}}}{_times(rule)}{_window(rule.window)}"


def _changed(rule: Changed) -> str:
    word = "increase" if rule.direction == "rise" else "decrease"
    per = f" per {number(rule.per.value)} {_unit(rule.per.unit)}" if rule.per else ""
    return f"{word} of {rule.variable} {_interval(rule.low, rule.high)}{per}"


def _present(rule: Present) -> str:
    verb = VERBS[rule.fact, rule.status]
    qualifiers = f" [{', '.join(map(_words, rule.qualifiers))}]" if rule.qualifiers else ""
    concept = f"{_string(rule.concept)} by name" if rule.named else _concept(rule.concept)
    return f"{verb} {concept}{qualifiers}{_window(rule.window)}"


def _unclear(rule: Unclear) -> str:
    because = f" because {_string(rule.reason)}" if rule.reason else ""
    hint = f" hint {_string(rule.hint)}" if rule.hint else ""
    reads = f" reads ({', '.join(map(notation, rule.rules))})" if rule.rules else ""
    return f"unclear {_string(rule.text)}{because}{hint}{reads}"


_PRINTERS: dict[str, Callable[..., str]] = {
    "measured": _measured,
    "graded": _graded,
    "changed": _changed,
    "present": _present,
    "all": _combined("and", "all"),
    "any": _combined("or", "any"),
    "at_least": _at_least,
    "not": lambda rule: f"not {_nested(rule.rule)}",
    "judgement": lambda rule: f"judgement {_string(rule.text)}",
    "unclear": _unclear,
}


def number(value: float) -> str:
    """A number as people write it, exactly: 40, 1.5, 1e+20."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def _interval(low: Bound | None, high: Bound | None) -> str:
    if low is not None and low == high and low.inclusive:
        return f"= {_bound(low)}"
    if low is not None and high is not None:
        return f"{'' if low.inclusive else '> '}{_bound(low)} .. {'' if high.inclusive else '< '}{_bound(high)}"
    if low is not None:
        return f"{'>=' if low.inclusive else '>'} {_bound(low)}"
    if high is not None:
        return f"{'<=' if high.inclusive else '<'} {_bound(high)}"
    raise ValueError("a rule without bounds has no written form")


def _bound(bound: Bound) -> str:
    unit = f" {_unit(bound.unit)}" if bound.unit else ""
    assumed = f" assumed {_unit(bound.assumed)}" if bound.assumed else ""
    return f"{number(bound.value)}{unit}{assumed}"


def _times(rule: Measured | Graded) -> str:
    return f" on {rule.times} occasions" if rule.times != 1 else ""


def _window(window: Window | None) -> str:
    if window is None:
        return ""
    anchor = _quoted_unless(_NAME, window.anchor)
    return f" {window.kind} {number(window.value)} {_unit(window.unit)} before {anchor}"


def _unit(unit: str) -> str:
    return _quoted_unless(_UNIT, unit)


def _concept(concept: str) -> str:
    spaced = concept.replace("_", " ")
    bare = " " not in concept and all(_NAME.fullmatch(word) and word not in _reserved() for word in spaced.split(" "))
    return spaced if bare else _string(concept)


def _words(text: str) -> str:
    bare = all(_NAME.fullmatch(word) and word not in _reserved() for word in text.split(" "))
    return text if bare else _string(text)


def _quoted_unless(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) and text not in _reserved() else _string(text)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# ---------------------------------------------------------------- reading


@lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    """The words that the grammar of the written form keeps for itself."""
    chapter = (grammar_dir() / "notation.lark").read_text(encoding="utf-8")
    return frozenset(re.findall(r'"([a-z]+|\.\.|[<>=]+)"', chapter))


@lru_cache(maxsize=1)
def _parser() -> Lark:
    from lark import Lark

    from eligibility.rules.notation_reader import RuleReader

    chapter = (grammar_dir() / "notation.lark").read_text(encoding="utf-8")
    return Lark(chapter, parser="lalr", start="rule", transformer=RuleReader())
