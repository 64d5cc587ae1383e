"""Half-lives beside a look-back window: "within 4 weeks or 5 half-lives, whichever is longer".

How long they are is in no record, so that a person is asked where it matters: of the longer time, when the treatment
was, and not within the weeks; of the shorter, when it was within them.
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_not
from typing import Final

from eligibility.rules.meaning.elimination import Elimination
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Changed, Judgement, Not, Present, Rule, Unclear, Window

_OF_NO_DRUG: Final = "half-lives of what is no drug"


def with_half_lives(rule: Rule, text: str) -> Rule:
    """The rule, a time that half-lives may lengthen or shorten made a question for a person."""
    if "half" not in text and "HALF" not in text:
        return rule
    return _with(rule, text)


def _with(rule: Rule, text: str) -> Rule:
    if isinstance(rule, Not):
        inner = _with(rule.rule, text)
        return rule if inner is rule.rule else replace(rule, rule=inner)
    if isinstance(rule, (AllOf, AnyOf, AtLeast, Unclear)):
        parts = [_with(part, text) for part in rule.rules]
        return replace(rule, rules=tuple(parts)) if any(map(is_not, parts, rule.rules)) else rule
    if isinstance(rule, (Judgement, Changed)) or not isinstance(rule.window, Elimination):
        return rule
    if not isinstance(rule, Present) or rule.fact in ("condition", "allergy"):
        start, end = rule.span or rule.window.half_lives.span
        return Unclear(" ".join(text[start:end].split()), _OF_NO_DRUG, span=rule.span)
    return _asked(rule, rule.window, text)


def _asked(rule: Present, window: Elimination, text: str) -> Rule:
    half = window.half_lives
    asked = Judgement(" ".join(text[half.span[0] : half.span[1]].split()), span=half.span)
    if half.which and window.value:
        timely = replace(rule, window=Window(window.kind, window.value, window.unit, window.anchor))
        if half.which == "shorter":
            return AllOf((timely, asked), span=rule.span)
        ever = replace(rule, window=None, status="any")
        return AnyOf((timely, AllOf((ever, asked), span=rule.span)), span=rule.span)
    return AllOf((replace(rule, window=None, status="any"), asked), span=rule.span)
