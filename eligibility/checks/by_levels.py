"""Levels of one scale that contradict, disagree with, or restate each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from eligibility.checks.demand import Demand
from eligibility.checks.finding import ONCE, RESTATED, Finding
from eligibility.checks.material import Material, compared, short_label
from eligibility.rules.rule import Graded
from eligibility.vocabulary.word import Word

_WHICH = "Which of the two the protocol has, and for whom."


def by_levels(material: Material) -> Iterator[Finding]:
    """Every two plain demands on one scale, in one list, for one time and choice of value, that do not fit."""
    for word, group in compared(material, Graded):
        for first, second in combinations(group, 2):
            if first.criterion is not second.criterion:
                yield from _of_pair(first, second, word)


def _of_pair(first: Demand, second: Demand, word: Word) -> Iterator[Finding]:
    """Two criteria of one side are compared only when they hold nothing else, which might say whom they bind."""
    one, two = _allowed(first, word), _allowed(second, word)
    quotes, about = (first.quote, second.quote), (short_label(word),)
    if not one & two and (first.side != second.side or (first.whole and second.whole)):
        yield Finding("contradiction", quotes, about, "No level satisfies both, so nobody can take part.", _WHICH)
    if not one & two or first.side == second.side:
        return
    asked, left = (one, two) if first.side == "inclusion" else (two, one)
    if asked <= left:
        yield Finding("restates-inclusion", quotes, about, RESTATED, ONCE)
    elif word.higher_is_worse is not None:
        levels = ", ".join(level.value for level in word.levels if level.value in asked - left)
        why = f"Level {levels} is asked for by the inclusion and turned away by the exclusion."
        yield Finding("disagreeing-limits", quotes, about, why, _WHICH)


def _allowed(demand: Demand, word: Word) -> frozenset[str]:
    leaf = demand.leaf
    levels = frozenset(leaf.levels) if isinstance(leaf, Graded) else frozenset()
    return frozenset(level.value for level in word.levels) - levels if demand.forbidden else levels
