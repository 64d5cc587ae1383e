"""What a word of the vocabulary is in an OMOP database: its concepts there, just as patients of it are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from eligibility.patients.patient import FindingKind, FindingStatus
from eligibility.vocabulary.tables import Vocabulary

Column = Literal["standard", "source"]


@dataclass(frozen=True, slots=True)
class OmopConcept:
    """One row of the table `concept`."""

    id: int
    name: str = ""
    domain: str = ""
    vocabulary: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of a table with this concept, in the column of standard or of source concepts, are records of a word.

    `status` is what the concept says of it itself ("History of asthma"), `fact` the kind of record; a measurement or
    observation that holds a value has none. `sure` unless rows with this concept may also be of something else.
    """

    word: str
    table: str
    concept: OmopConcept
    column: Column = "standard"
    fact: FindingKind | None = None
    status: FindingStatus | None = None
    sure: bool = True


class Terms(Protocol):
    """Concept ids for words and units. What has none cannot be asked for in OMOP."""

    def places(self, key: str) -> tuple[Place, ...]:
        """Where records of a word and of all its kinds stand, by table and concept."""

    def unit(self, unit: str) -> tuple[OmopConcept, ...]:
        """The concepts of a unit in house spelling."""


@dataclass(frozen=True)
class FoundTerms:
    """Terms as tables: places by word, units by house spelling."""

    vocabulary: Vocabulary
    by_word: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    by_unit: dict[str, tuple[OmopConcept, ...]] = field(default_factory=dict)

    def places(self, key: str) -> tuple[Place, ...]:
        """Where records of a word and of all its kinds stand, in the order of their ids."""
        found = [place for kind in self.vocabulary.descendants(key) for place in self.by_word.get(kind, ())]
        return tuple(sorted(found, key=lambda place: (place.table, place.column, place.concept.id, place.word)))

    def unit(self, unit: str) -> tuple[OmopConcept, ...]:
        """The concepts of a unit in house spelling; of one that the database does not use there is none."""
        return self.by_unit.get(unit, ())


def codes_of(key: str, words: Vocabulary) -> tuple[tuple[str, str], ...]:
    """The codes of a word and of all its kinds as (system, code), those that nobody has checked left out."""
    return tuple(dict.fromkeys(_codes(key, words)))


def _codes(key: str, words: Vocabulary) -> Iterator[tuple[str, str]]:
    for kind in sorted(words.descendants(key), key=lambda kind: (kind != key, kind)):
        for code in words.words[kind].codes if kind in words.words else ():
            if code.status != "unverified":
                yield code.system, code.code
