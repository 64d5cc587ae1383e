"""Rules → arrays: whatever is said twice is kept once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from eligibility.rules.leaves import leaves
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Judgement, Not, Present, Rule, Unclear
from eligibility.verdicts.applying import asks_health, bound_places, guards_of, names_disease
from eligibility.verdicts.arrays.leaf_rows import COLUMNS, TEXTS, Factual, Leaves, Row, as_columns, row_of
from eligibility.verdicts.arrays.rule_arrays import PERSON, RuleArrays, TrialArrays
from eligibility.verdicts.arrays.silence import Group, group_of, names_of
from eligibility.verdicts.outcome import FACTUAL

if TYPE_CHECKING:
    from eligibility.criteria.criterion import Side
    from eligibility.rules.rulebook import Line
    from eligibility.verdicts.arrays.rule_arrays import Places

Combination = tuple[int, tuple[int, ...]]


class Interner:
    """Gives every distinct rule a place; places are final only in the arrays, where leaves are sorted by group."""

    def __init__(self) -> None:
        """Knows of no rule yet."""
        self._places: dict[Row | Combination, int] = {}
        self._leaves: list[tuple[Group, int, Row, frozenset[str]]] = []
        self._combinations: list[tuple[int, int, Combination]] = []
        self._levels = [0]

    def reference(self, rule: Rule) -> int:
        """The reference to a rule, for `renumbered`."""
        match rule:
            case Judgement() | Unclear():
                return 2 * PERSON
            case Not():
                return self.reference(rule.rule) ^ 1
            case AllOf():
                return self._combination(len(rule.rules), rule.rules)
            case AnyOf():
                return self._combination(1, rule.rules)
            case AtLeast():
                return self._combination(rule.count, rule.rules)
        return self._leaf(rule)

    def guard(self, rule: Rule, side: Side) -> int:
        """The reference to what frees a patient from a criterion when it is met, -1 where nothing does."""
        freeing = _freeing(rule, side)
        return -1 if freeing is None else self.reference(freeing)

    def _leaf(self, leaf: Factual) -> int:
        row = row_of(leaf)
        place = self._places.get(row)
        if place is None:
            place = self._places[row] = len(self._levels)
            self._levels.append(0)
            names = names_of(leaf) if isinstance(leaf, Present) and leaf.named else frozenset()
            self._leaves.append((group_of(leaf), place, row, names))
        return 2 * place

    def _combination(self, needed: int, rules: Sequence[Rule]) -> int:
        parts = sorted(map(self.reference, rules))
        if len(parts) == needed == 1:
            return parts[0]
        key = needed, tuple(parts)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self._levels)
            level = 1 + max((self._levels[part >> 1] for part in parts), default=0)
            self._levels.append(level)
            self._combinations.append((level, place, key))
        return 2 * place

    def arrays(self) -> tuple[RuleArrays, Places]:
        """All rules so far, and what `renumbered` needs."""
        self._leaves.sort(key=lambda known: known[:2])
        self._combinations.sort(key=lambda known: known[:2])
        final = np.zeros(len(self._levels), np.int32)
        ordered = [known[1] for known in self._leaves] + [known[1] for known in self._combinations]
        final[ordered] = np.arange(1, len(ordered) + 1)
        texts = self._texts()
        called = [(at, texts[name]) for at, known in enumerate(self._leaves) for name in sorted(known[3])]
        groups, starts = self._groups()
        parts = [key[1] for _, _, key in self._combinations]
        levels = [level for level, _, _ in self._combinations]
        return RuleArrays(
            Leaves(list(texts), as_columns([row for _, _, row, _ in self._leaves], texts)),
            groups,
            _integers(starts),
            _integers(leaf for leaf, _ in called),
            _integers(text for _, text in called),
            _integers(key[0] for _, _, key in self._combinations),
            _integers(accumulate(map(len, parts), initial=0)),
            renumbered([part for some in parts for part in some], final),
            _integers([*(at for at, level in enumerate(levels) if at == 0 or levels[at - 1] != level), len(levels)]),
        ), final

    def _texts(self) -> dict[str, int]:
        """Every word of the leaves, with its place."""
        worded = [at for at, name in enumerate(COLUMNS) if name in TEXTS]
        cells = (row[at] for _, _, row, _ in self._leaves for at in worded)
        found = dict.fromkeys(str(cell) for cell in cells if cell is not None)
        found |= dict.fromkeys(name for _, _, _, names in self._leaves for name in sorted(names))
        return {text: place for place, text in enumerate(found)}

    def _groups(self) -> tuple[tuple[Group, ...], list[int]]:
        groups = [group for group, _, _, _ in self._leaves]
        starts = [at for at, group in enumerate(groups) if at == 0 or groups[at - 1] != group]
        return tuple(groups[start] for start in starts), [*starts, len(groups)]


class TrialsInterner:
    """Trials → arrays, over the rules of an `Interner`."""

    def __init__(self) -> None:
        """Knows of no trial yet."""
        self.rules = Interner()
        self._trials = 0
        self._cohorts: list[int] = []
        self._bound: list[tuple[int, int, int, bool]] = []

    def add(self, lines: Sequence[Line]) -> None:
        """The next trial."""
        asked = [self._asked(line) for line in lines]
        shapes = [
            (line.criterion.cohort, asks_health(line.criterion, line.rule), names_disease(line.criterion, line.rule))
            for line in lines
        ]
        for _, places in bound_places(shapes):
            self._bound += [(len(self._cohorts), *asked[place]) for place in places]
            self._cohorts.append(self._trials)
        self._trials += 1

    def _asked(self, line: Line) -> tuple[int, int, bool]:
        side = line.criterion.side
        rule = self.rules.reference(line.rule)
        factual = any(leaf.kind in FACTUAL for leaf in leaves(line.rule))
        return rule if side == "inclusion" else rule ^ 1, self.rules.guard(line.rule, side), factual

    def arrays(self) -> tuple[RuleArrays, TrialArrays]:
        """All rules and trials so far."""
        rules, final = self.rules.arrays()
        cohorts, bound, guards, factual = zip(*self._bound, strict=True) if self._bound else ((), (), (), ())
        return rules, TrialArrays(
            self._trials,
            _integers(self._cohorts),
            _integers(cohorts),
            renumbered(bound, final),
            renumbered(guards, final),
            np.array(factual, np.bool_),
        )


def renumbered(references: Sequence[int], final: Places) -> Places:
    """References into the final arrays; -1 stays."""
    found = _integers(references)
    return np.where(found < 0, found, 2 * final[found >> 1] + (found & 1)).astype(np.int32)


def _freeing(rule: Rule, side: Side) -> Rule | None:
    """The rule that is met where `applying.unbound` frees a patient from a criterion."""
    found = guards_of(rule, side)
    if found is None:
        return None
    guards, parts = found
    if not parts:
        return AnyOf(tuple(map(Not, guards)))
    freeing = [_freeing(part, side) for part in parts]
    kept = [one for one in freeing if one is not None]
    return AllOf(tuple(kept)) if len(kept) == len(freeing) else None


def _integers(values: Iterable[Any]) -> Places:
    return np.array(list(values), np.int32)
