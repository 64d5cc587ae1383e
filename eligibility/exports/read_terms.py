"""From an OMOP database to the terms of an export: every concept its rows use, recognised as patients are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from eligibility.exports.terms import Column, FoundTerms, OmopConcept, Place
from eligibility.patients.omop.concepts import Concepts
from eligibility.patients.omop.database import Database, opened
from eligibility.patients.omop.events import is_allergy, of_family
from eligibility.patients.omop.tables import CONDITION, DRUG, MEASUREMENT, OBSERVATION, PROCEDURE, Table
from eligibility.patients.patient import FindingKind, FindingStatus
from eligibility.patients.recognise import Recogniser, recogniser
from eligibility.patients.record import Concept
from eligibility.units import canonical_unit
from eligibility.vocabulary.tables import Vocabulary

_EVENTS: dict[str, FindingKind] = {
    CONDITION.name: "condition", PROCEDURE.name: "procedure", DRUG.name: "treatment",
}  # fmt: skip


class _Named(NamedTuple):
    """What a pair of concepts is a record of."""

    word: str
    fact: FindingKind | None = None
    status: FindingStatus | None = None


def read_terms(path: str, words: Vocabulary) -> FoundTerms:
    """The concepts and units that the rows of a database use, by the word that each stands for here.

    `path` is what patients of OMOP are read from: a DuckDB file, a folder or zip of CSV or Parquet tables. Raises
    InputError when it cannot be read.
    """
    known = recogniser(words)
    with opened(path) as database:
        concepts = Concepts(database, known)
        by_word: defaultdict[str, dict[Place, None]] = defaultdict(dict)
        for table in (MEASUREMENT, OBSERVATION, CONDITION, PROCEDURE, DRUG):
            for place in _places(table, database, concepts, known):
                by_word[place.word][place] = None
        return FoundTerms(words, {key: tuple(rows) for key, rows in by_word.items()}, _units(database, concepts))


def _places(table: Table, database: Database, concepts: Concepts, known: Recogniser) -> Iterator[Place]:
    """A concept stands for what every row with it is of; not surely, where source concepts tell its rows apart."""
    said: defaultdict[int, list[frozenset[_Named]]] = defaultdict(list)
    for standard, source in _pairs(table, database):
        named = _named(table, concepts.concept(standard, source), known)
        entry = concepts.entry(standard)
        if entry is not None and standard:
            said[standard].append(named)
        elif source and concepts.entry(source):
            yield from (_place(table, concepts, source, "source", one, True) for one in sorted(named, key=str))
    for id, sets in said.items():
        for one in sorted(frozenset().union(*sets), key=str):
            yield _place(table, concepts, id, "standard", one, all(one in named for named in sets))


def _place(table: Table, concepts: Concepts, id: int, column: Column, named: _Named, sure: bool) -> Place:
    concept = _concept(id, concepts)
    return Place(named.word, table.name, concept, column, named.fact, named.status, sure)


def _concept(id: int, concepts: Concepts) -> OmopConcept:
    entry = concepts.entry(id)
    if entry is None:
        return OmopConcept(id)
    return OmopConcept(id, entry.coding.display, entry.domain, entry.coding.system, entry.coding.code)


def _named(table: Table, concept: Concept, known: Recogniser) -> frozenset[_Named]:
    if table in (MEASUREMENT, OBSERVATION):
        found = known.result(concept)
        return frozenset((_Named(found.word.key),)) if found else frozenset()
    if of_family(concept):
        return frozenset()
    fact = "allergy" if table is CONDITION and is_allergy(concept) else _EVENTS[table.name]
    return frozenset(_Named(one.word.key, fact, one.status) for one in known.event(fact, concept))


def _pairs(table: Table, database: Database) -> list[tuple[int | None, int | None]]:
    """The standard and source concepts that stand together in a row of a table."""
    if table.name not in database.sources:
        return []
    stem = table.name.removesuffix("_occurrence").removesuffix("_exposure")
    pair = [database.column(table.name, f"{stem}_{which}") for which in ("concept_id", "source_concept_id")]
    query = f"SELECT DISTINCT {pair[0]} AS a, {pair[1]} AS b FROM {database.sources[table.name].relation}"
    return [(standard, source) for standard, source in database.values(f"{query} ORDER BY a, b")]


def _units(database: Database, concepts: Concepts) -> dict[str, tuple[OmopConcept, ...]]:
    """The unit concepts of measurements by house spelling."""
    if MEASUREMENT.name not in database.sources:
        return {}
    id = database.column(MEASUREMENT.name, "unit_concept_id")
    query = f"SELECT DISTINCT {id} AS id FROM {database.sources[MEASUREMENT.name].relation} WHERE id > 0 ORDER BY id"
    found: defaultdict[str, list[OmopConcept]] = defaultdict(list)
    for (one,) in database.values(query):
        concept = _concept(one, concepts)
        unit = canonical_unit(concept.code)
        if unit is not None:
            found[unit].append(concept)
    return {unit: tuple(rows) for unit, rows in found.items()}
