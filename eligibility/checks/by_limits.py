"""Limits on one quantity that contradict, disagree with, or restate each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from eligibility.checks.demand import Demand
from eligibility.checks.finding import ONCE, RESTATED, Finding
from eligibility.checks.material import Material, compared, short_label
from eligibility.checks.reach import HIGHEST, LOWEST, Cut, Reach, common, reach_of
from eligibility.rules.rule import Measured
from eligibility.vocabulary.word import Word

_JOINT = re.compile(r"[\s,;]*(?:and|&)?[\s,;]*", re.IGNORECASE)
# What passes: at the first visit it is another than at birth.
_PASSING = frozenset(("gestational_age",))
_WHICH = "Which of the two the protocol has, and for whom."


@dataclass(frozen=True, slots=True)
class Asked:
    """A demand on a quantity and what it leaves of it."""

    demand: Demand
    reach: Reach


def by_limits(material: Material) -> Iterator[Finding]:
    """Every two plain demands on one quantity, in one list, for one time and choice of value, that do not fit."""
    for word, group in compared(material, Measured):
        if len(group) > 1:
            yield from _of_group(group, word)


def _of_group(group: list[Demand], word: Word) -> Iterator[Finding]:
    asked = [Asked(one, reach) for one in group if (reach := reach_of(one, word)) and reach.intervals]
    for first, second in combinations(asked, 2):
        if first.reach.unit == second.reach.unit:
            inclusions = [one.reach for one in asked if one.demand.side == "inclusion" and one not in (first, second)]
            yield from _of_pair(first, second, inclusions, (short_label(word),))


def _of_pair(first: Asked, second: Asked, others: list[Reach], about: tuple[str, ...]) -> Iterator[Finding]:
    quotes = (first.demand.quote, second.demand.quote)
    left = common(first.reach, second.reach)
    if not left and _are_joined(first, second) and not _is_passing(first.demand):
        yield Finding("contradiction", quotes, about, "No value satisfies both, so nobody can take part.", _WHICH)
    if not left or first.demand.side == second.demand.side:
        return
    inclusion, exclusion = (first, second) if first.demand.side == "inclusion" else (second, first)
    if why := _parting(inclusion.reach, exclusion.reach, others):
        yield Finding("disagreeing-limits", quotes, about, why, _WHICH)
    elif left == inclusion.reach.intervals or _is_within(inclusion.reach, exclusion.reach):
        yield Finding("restates-inclusion", quotes, about, RESTATED, ONCE)


def _are_joined(first: Asked, second: Asked) -> bool:
    """Whether two demands bind the same people: lists of groups look like contradictions too.

    Two criteria of one side must hold nothing else ("Lean (BMI 20-25) subjects", "Obese (BMI > 30) subjects"); in one
    criterion nothing but "and" may stand between two open ends ("aged 25 to 45 and 55 to 70 years").
    """
    one, two = first.demand, second.demand
    if one.criterion is not two.criterion:
        return one.side != two.side or (one.whole and two.whole and not one.section.cohort)
    if one.leaf.span is None or two.leaf.span is None:
        return True
    between = one.criterion.text[one.leaf.span[1] : two.leaf.span[0]]
    open_ended = not any(map(_is_closed, (first.reach, second.reach)))
    return one.leaf.span != two.leaf.span and open_ended and _JOINT.fullmatch(between) is not None


def _is_passing(demand: Demand) -> bool:
    return isinstance(demand.leaf, Measured) and demand.leaf.variable in _PASSING


def _is_closed(reach: Reach) -> bool:
    return reach.low != LOWEST and reach.high != HIGHEST


def _parting(inclusion: Reach, exclusion: Reach, others: list[Reach]) -> str:
    """At which end the two set different limits, in words, "" when at none.

    An exclusion that has the limit of another inclusion belongs to that one.
    """
    asked, allowed = inclusion.intervals, exclusion.aligned(inclusion).intervals
    if len(asked) != 1 or len(allowed) != 1:
        return ""
    step = min(inclusion.step, exclusion.step)
    for end, name in ((0, "lower"), (1, "upper")):
        one, two = asked[0][end], allowed[0][end]
        if math.inf in (abs(one[0]), abs(two[0])):
            continue
        if one[0] == two[0] and one != two and one[1] == bool(end):
            return f"The {name} limit itself is asked for by the inclusion and turned away by the exclusion."
        rest = [other.intervals[0][end] for other in others if len(other.intervals) == 1]
        if not any(_is_one_limit(other, two, step) for other in (one, *rest)):
            beyond = common(inclusion, exclusion) == inclusion.intervals
            why = f"The inclusion and the exclusion draw the {name} limit at different values"
            return f"{why}; the exclusion's turns nobody away." if beyond else f"{why}."
    return ""


def _is_within(inclusion: Reach, exclusion: Reach) -> bool:
    """Whether the exclusion sets no limit of its own: each of its ends is one of the inclusion's."""
    asked, allowed = inclusion.intervals, exclusion.aligned(inclusion).intervals
    if len(asked) != 1 or len(allowed) != 1:
        return False
    ends = [(one, two) for one, two in zip(asked[0], allowed[0], strict=True) if math.isfinite(two[0])]
    step = min(inclusion.step, exclusion.step)
    return all(math.isfinite(one[0]) and _is_one_limit(one, two, step) for one, two in ends)


def _is_one_limit(one: Cut, two: Cut, step: float) -> bool:
    """Whether two cuts are one limit: at one number, or with nothing between them to the last digit written.

    "< 1.6" and "≤ 1.5" are one limit, and so are "up to 65 years" and "under 66 years"; where a digit behind
    the point is written, so are "≤ 39.9" and "≤ 40".
    """
    low, high = sorted((one, two))
    beside = high[0] - low[0] <= step * 1.001
    return low[0] == high[0] or (beside and (step < 1 or (low[1] and not high[1])))
