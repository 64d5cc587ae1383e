"""A program over one chunk: the planes of every leaf, and what follows for rules and criteria."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from eligibility.population.chunk import Answered
from eligibility.verdicts.columns.codes import MET, NOT_MET, OPEN
from eligibility.verdicts.columns.leaf_planes import Asked, Desk
from eligibility.verdicts.columns.planes import Plane, Planes, all_of, any_of, at_least, negated, packed
from eligibility.verdicts.columns.program import Guards, Node, Step

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Lined:
    """One criterion: who passes, who fails, who lacks a fact to tell, and whom it does not bind (None: nobody)."""

    passed: Plane
    failed: Plane
    lacking: Plane
    freed: Plane | None = None


class Run:
    """Judges the rules of a program for the patients of one chunk."""

    def __init__(self, desk: Desk) -> None:
        """Judges nothing yet."""
        self.desk = desk
        self._leaves: dict[int, Planes] = {}

    def line(self, step: Step, trial: str) -> Lined:
        """One criterion of a trial: an inclusion passes when it is met, an exclusion when it is not."""
        answered = self.desk.chunk.answers.get((trial, step.line.criterion.id))
        found = self.planes(step.node, answered)
        if step.side == "exclusion":
            found = negated(found)
        if step.guards is None:
            return Lined(found.met, found.not_met, found.lacking)
        freed = self._freed(step.guards)
        return Lined(found.met & ~freed, found.not_met & ~freed, found.lacking & ~freed, freed)

    def planes(self, node: Node, answered: Answered | None = None) -> Planes:
        """What holds of a rule."""
        if node.asked is not None:
            return self._leaf(node.asked)
        if node.kind == "person":
            return self._said(answered, node.wanted)
        parts = [self.planes(part, answered) for part in node.parts]
        if node.kind == "not":
            return negated(parts[0])
        return self._joined(node, parts)

    def _joined(self, node: Node, parts: Sequence[Planes]) -> Planes:
        if not parts:
            sure = node.kind == "all" or (node.kind == "at_least" and node.number <= 0)
            return self.desk.constant(MET if sure else NOT_MET)
        if node.kind == "at_least":
            return at_least(node.number, parts)
        return all_of(parts) if node.kind == "all" else any_of(parts)

    def _leaf(self, asked: Asked) -> Planes:
        found = self._leaves.get(id(asked))
        if found is None:
            found = self._leaves[id(asked)] = self.desk.planes(asked)
        return found

    def _said(self, answered: Answered | None, wanted: bool) -> Planes:
        """What persons said: a pass makes the leaf what the criterion needs."""
        nothing = self.desk.constant(OPEN)
        if answered is None:
            return nothing
        right, wrong = (self._plane(rows) for rows in (answered.passed, answered.failed))
        return Planes(right, wrong, nothing.met) if wanted else Planes(wrong, right, nothing.met)

    def _plane(self, rows: list[int]) -> Plane:
        flags = np.zeros(self.desk.size, np.bool_)
        flags[rows] = True
        return packed(flags)

    def _freed(self, guards: Guards) -> Plane:
        if guards.every:
            return reduce(np.bitwise_and, [self._freed(one) for one in guards.every])
        return reduce(np.bitwise_or, [self.planes(node).not_met for node in guards.nodes])
