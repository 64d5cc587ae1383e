"""Rules made ready for chunk after chunk: every distinct leaf once, the logic above it as a small tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Judgement, Not, Rule, Unclear
from eligibility.verdicts.applying import asks_health, bound_places, guards_of, names_disease
from eligibility.verdicts.columns.leaf_planes import Asked, Bench
from eligibility.verdicts.columns.needing import Factual
from eligibility.verdicts.outcome import FACTUAL

if TYPE_CHECKING:
    from eligibility.rules.rulebook import Line, Rulebook


@dataclass(frozen=True, slots=True)
class Node:
    """A rule: a leaf that facts decide (`asked`), one for a person to decide, or a combination of `parts`.

    `wanted` says of a person's leaf whether the criterion passes when it is met; `number` is that of "at least".
    """

    kind: Literal["fact", "person", "all", "any", "at_least", "not"]
    asked: Asked | None = None
    parts: tuple[Node, ...] = ()
    number: int = 0
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Guards:
    """What frees a patient from a criterion: one of the `nodes` is not met, or every one of `every` frees."""

    nodes: tuple[Node, ...] = ()
    every: tuple[Guards, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion: its rule as a node, what frees from it, and whether it asks for a fact, health or a disease."""

    line: Line
    node: Node
    guards: Guards | None
    factual: bool
    health: bool
    disease: bool

    @property
    def side(self) -> Side:
        """Inclusion or exclusion."""
        return self.line.criterion.side


@dataclass(frozen=True, slots=True)
class TrialSteps:
    """One trial, and for each of its cohorts (None: it has none) the places of the criteria that bind it."""

    book: Rulebook
    steps: tuple[Step, ...]
    cohorts: tuple[tuple[str | None, tuple[int, ...]], ...]


class Program:
    """Trials, ready to be judged over chunks. A leaf that stands in several of them is one."""

    def __init__(self, books: Sequence[Rulebook], bench: Bench) -> None:
        """Takes the trials as they are read."""
        self.bench = bench
        self._asked: dict[Rule, Asked] = {}
        self.trials = [self.trial(book) for book in books]

    @property
    def leaves(self) -> int:
        """How many distinct leaves facts decide."""
        return len(self._asked)

    @property
    def asked(self) -> Sequence[Asked]:
        """The distinct leaves, in the order in which they were met."""
        return [*self._asked.values()]

    def trial(self, book: Rulebook) -> TrialSteps:
        """A trial of this program."""
        steps = tuple([self.step(line) for line in book.lines])
        shapes = [(step.line.criterion.cohort, step.health, step.disease) for step in steps]
        return TrialSteps(book, steps, bound_places(shapes))

    def step(self, line: Line) -> Step:
        """One criterion, of a trial of this program or in another form."""
        criterion, rule = line.criterion, line.rule
        return Step(
            line,
            self.node(rule, criterion.side == "inclusion"),
            self._guards(rule, criterion.side),
            any(leaf.kind in FACTUAL for leaf in leaves(rule)),
            asks_health(criterion, rule),
            names_disease(criterion, rule),
        )

    def node(self, rule: Rule, wanted: bool = True) -> Node:
        """A rule of this program."""
        match rule:
            case Judgement() | Unclear():
                return Node("person", wanted=wanted)
            case Not():
                return Node("not", parts=(self.node(rule.rule, not wanted),))
            case AllOf() | AnyOf() | AtLeast():
                parts = tuple([self.node(part, wanted) for part in rule.rules])
                return Node(rule.kind, parts=parts, number=rule.count if isinstance(rule, AtLeast) else 0)
        return Node("fact", self._leaf(rule))

    def _leaf(self, leaf: Factual) -> Asked:
        if leaf not in self._asked:
            self._asked[leaf] = self.bench.asked(leaf)
        return self._asked[leaf]

    def _guards(self, rule: Rule, side: Side) -> Guards | None:
        """The shape of `applying.unbound`, None where nobody is freed."""
        found = guards_of(rule, side)
        if found is None:
            return None
        guards, parts = found
        if not parts:
            return Guards(tuple(map(self.node, guards)))
        every = [self._guards(part, side) for part in parts]
        kept = [one for one in every if one is not None]
        return Guards(every=tuple(kept)) if len(kept) == len(every) else None
