"""What every check looks at: a trial's rulebook, its demands, and the vocabulary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.checks.demand import Demand
from eligibility.rules.rule import Graded, Measured
from eligibility.rules.rulebook import Rulebook
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

_REMARK = re.compile(r"\s*\([^()]*\)")

# Nobody reads that many findings; without an end, a text of ten thousand limits would take an hour of comparing.
COMPARED = 200


@dataclass(frozen=True, slots=True)
class Material:
    """One trial, ready to be checked: what its texts ask for, and what its record's own fields do.

    `given` is the vocabulary to read further words with: None for the shipped one, which is ready already.
    """

    book: Rulebook
    demands: tuple[Demand, ...]
    recorded: tuple[Demand, ...]
    words: Vocabulary
    given: Vocabulary | None = None


def compared(material: Material, kind: type[Measured] | type[Graded]) -> Iterator[tuple[Word, list[Demand]]]:
    """Each quantity or scale with the plain demands on it in one list, for one time and choice of value.

    They stand in their order; of many only the first `COMPARED` are given.
    """
    groups: dict[tuple[object, ...], tuple[str, list[Demand]]] = {}
    for demand in material.demands:
        leaf = demand.leaf
        if demand.plain and isinstance(leaf, Measured | Graded) and isinstance(leaf, kind):
            key = leaf.variable if isinstance(leaf, Measured) else leaf.scale
            group = groups.setdefault((key, leaf.select, leaf.times, leaf.window, demand.section), (key, []))
            group[1].append(demand)
    for key, demands in groups.values():
        word = material.words.words.get(key)
        if word:
            yield word, demands[:COMPARED]


def short_label(word: Word) -> str:
    """What people call a thing: its label without remarks in brackets."""
    return _REMARK.sub("", word.label)
