"""Rules joined: flattened, without repetition, level sets of one scale united."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import children, is_leaf, leaves
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Graded, Measured, Not, Present, Rule, Select, Window
from eligibility.spans import Span
from eligibility.vocabulary.tables import Vocabulary

_TESTS: Final = frozenset(("measured", "graded", "changed"))
_OPEN: Final = frozenset(("judgement", "unclear"))


def all_of(rules: Sequence[Rule], span: Span) -> Rule:
    """Every rule; a single one stays itself."""
    if len(rules) == 1 and not isinstance(rules[0], AllOf):
        return rules[0]
    flat = [inner for rule in rules for inner in (rule.rules if isinstance(rule, AllOf) else (rule,))]
    unique = _once(flat)
    return unique[0] if len(unique) == 1 else AllOf(tuple(unique), span=span)


def _once(rules: list[Rule]) -> list[Rule]:
    """The rules without repetition; a few are compared sooner than hashed."""
    if len(rules) > 3:
        return list(dict.fromkeys(rules))
    return [rule for at, rule in enumerate(rules) if rule not in rules[:at]]


def any_of(rules: Sequence[Rule], span: Span) -> Rule:
    """At least one rule; level sets of one scale are united; a single one stays itself."""
    if len(rules) == 1 and not isinstance(rules[0], AnyOf):
        return rules[0]
    flat = [inner for rule in rules for inner in (rule.rules if isinstance(rule, AnyOf) else (rule,))]
    united: dict[object, Rule] = {}
    for rule in flat:
        key = (rule.scale, rule.select, rule.times, rule.window) if isinstance(rule, Graded) else rule
        known = united.setdefault(key, rule)
        if known is not rule and isinstance(rule, Graded):
            united[key] = _union(known, rule, span)
    unique = list(united.values())
    return unique[0] if len(unique) == 1 else AnyOf(tuple(unique), span=span)


def counted(rules: Sequence[Rule], count: int, span: Span) -> Rule:
    """ "one of", "two of", "none of" (0) and "all of" (-1) the rules."""
    if count == 1:
        return any_of(rules, span)
    if count == 0:
        return Not(any_of(rules, span), span=span)
    if count == -1 or count == len(rules):
        return all_of(rules, span)
    return AtLeast(count, tuple(rules), span=span)


def ever(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """ "History of platelets < 50": any value there was counts, not the latest alone; a count is of all there was."""
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(ever(inner, vocabulary) for inner in rule.rules))
    if isinstance(rule, Measured) and vocabulary.words[rule.variable].counted:
        return rule
    return replace(rule, select="any") if isinstance(rule, Measured | Graded) else rule


def of_values(rule: Rule, select: Select) -> Rule:
    """ "At least one temperature > 38", "lowest platelets < 50": which of several values counts; age is but one."""
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(of_values(inner, select) for inner in rule.rules))
    if isinstance(rule, Measured) and rule.variable != "age":
        return replace(rule, select=select)
    return replace(rule, select=select) if isinstance(rule, Graded) and select != "any" else rule


def on_occasions(rule: Rule, times: int, end: int) -> Rule:
    """A test that has to be met so many times."""
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(on_occasions(inner, times, end) for inner in rule.rules))
    if isinstance(rule, Measured | Graded):
        return replace(rule, times=times, span=((rule.span or (end, end))[0], end))
    return rule


def timed(rule: Rule, window: Window) -> Rule:
    """ "Within 90 days before study entry:" over a list: what is named in it is looked for in that time."""
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(timed(inner, window) for inner in rule.rules))
    if isinstance(rule, Present) and rule.window is None:
        return replace(rule, window=window, status="history" if window.kind == "within" else rule.status)
    return rule


def with_quality(rule: Rule, quality: str) -> Rule:
    """What is named in a rule has the quality besides its own."""
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(with_quality(inner, quality) for inner in rule.rules))
    if isinstance(rule, Present):
        return replace(rule, qualifiers=tuple(dict.fromkeys((*rule.qualifiers, quality))))
    return rule


def within(rule: Rule, window: Window) -> Rule:
    """ "Surgery (biopsies included) within 4 weeks", "ALT and AST ≤ 3 within 14 days": a time of all that is in a rule.

    What is excepted is looked for in the same time as what it is excepted from; beside values only they have it.
    """
    return _values_within(rule, window) if tests(rule) else _things_within(rule, window)


def _values_within(rule: Rule, window: Window) -> Rule:
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(_values_within(inner, window) for inner in rule.rules))
    if isinstance(rule, Measured):
        return replace(rule, window=window) if rule.variable != "age" else rule
    return replace(rule, window=window) if isinstance(rule, Graded) and rule.scale != "sex" else rule


def _things_within(rule: Rule, window: Window) -> Rule:
    if isinstance(rule, Not):
        return replace(rule, rule=_things_within(rule.rule, window))
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(_things_within(inner, window) for inner in rule.rules))
    return timed(rule, window)


def dated(rule: Rule, window: Window, side: Side = "exclusion") -> Rule:
    """ "Any of the following within 6 months:": the time of all findings and values under it that have none.

    A disease of which a limit is asked, or that frees from one, is there whenever it was found.
    """
    match rule:
        case Not():
            return replace(rule, rule=dated(rule.rule, window, side))
        case AllOf() | AnyOf():
            lasting = any(map(tests, rule.rules)) and (side == "inclusion" or isinstance(rule, AllOf))
            parts = [part if lasting and _is_disease(part) else dated(part, window, side) for part in rule.rules]
            return replace(rule, rules=tuple(parts))
        case Measured() | Graded():
            return _values_within(rule, window) if rule.window is None else rule
    return timed(rule, window)


def _is_disease(rule: Rule) -> bool:
    return isinstance(rule, Present) and rule.fact == "condition" and rule.status == "active"


def untimed(rule: Rule) -> bool:
    """Whether a rule asks for something from facts, and says of none of it when."""
    asked = [leaf for leaf in leaves(rule) if leaf.kind not in _OPEN]
    return bool(asked) and all(isinstance(leaf, Present | Measured | Graded) and not leaf.window for leaf in asked)


def tests(rule: Rule) -> bool:
    """Whether a rule compares a quantity or a grade."""
    if is_leaf(rule):
        return rule.kind in _TESTS
    return any(map(tests, children(rule)))


def computable(rule: Rule) -> bool:
    """Whether some of a rule can be decided from facts."""
    if is_leaf(rule):
        return rule.kind not in _OPEN
    return any(map(computable, children(rule)))


def _union(one: Rule, other: Rule, span: Span) -> Rule:
    assert isinstance(one, Graded)
    assert isinstance(other, Graded)
    longer, shorter = (one, other) if len(one.levels) >= len(other.levels) else (other, one)
    if not set(shorter.levels) <= set(longer.levels):
        return replace(
            longer, levels=(*longer.levels, *(lv for lv in shorter.levels if lv not in longer.levels)), span=span
        )
    return replace(longer, span=span)


def many_diseases(rules: Sequence[Rule]) -> bool:
    """Whether a list of what is required names many diseases: a patient hardly has to have all of them."""
    named = [rule for rule in rules if isinstance(rule, Present) and rule.fact == "condition"]
    return len(named) > 2


def disjoint(rules: Sequence[Rule]) -> bool:
    """ "Age 25-45 years and 55-70 years": nobody is both."""
    ranges = [
        (rule.variable, rule.low.unit, rule.low.value, rule.high.value)
        for rule in rules
        if isinstance(rule, Measured) and rule.low is not None and rule.high is not None
    ]
    return any(a[:2] == b[:2] and (a[3] < b[2] or b[3] < a[2]) for a, b in combinations(ranges, 2))


def of_one_age(rules: Sequence[Rule], span: Span) -> Rule | None:
    """ "Adults > 18 years with A, or B, or C": the age before the first alternative is asked of all of them."""
    first, others = rules[0], rules[1:]
    if not isinstance(first, AllOf) or not _age(first.rules[0]):
        return None
    if not others or any(_age(leaf) for rule in (*first.rules[1:], *others) for leaf in leaves(rule)):
        return None
    return all_of([first.rules[0], any_of([all_of(first.rules[1:], span), *others], span)], span)


def _age(rule: Rule) -> bool:
    return isinstance(rule, Measured) and rule.variable == "age"


def subjects_of(rule: Rule) -> tuple[tuple[str, ...], ...]:
    """The subjects of an island, for the limits that follow without one."""
    found: dict[str, None] = {}
    for leaf in leaves(rule):
        if leaf.kind == "measured" or leaf.kind == "changed":
            found[leaf.variable] = None
        elif leaf.kind == "graded":
            found[leaf.scale] = None
    return tuple((key,) for key in found)
