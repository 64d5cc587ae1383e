"""The concepts that a database uses, from its own vocabulary tables, and what is above those without a word of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eligibility.patients.omop.columns import literal
from eligibility.patients.omop.database import UPWARDS, Database
from eligibility.patients.omop.tables import FACTS, WORDS
from eligibility.patients.patient import FindingKind
from eligibility.patients.recognise import Recogniser
from eligibility.patients.record import Coding, Concept

# What a concept of this domain may be the record of; concepts of others (visits, units) are never widened.
_FACTS: dict[str, FindingKind] = {
    "Condition": "condition",
    "Drug": "treatment",
    "Procedure": "procedure",
    "Observation": "state",
}

_AT_ONCE = 5_000
# Words of the source are free text, which could fill the memory.
_MOST = 100_000
# Ids as one parameter: a list is bound number by number, which takes longer than the query.
_LISTED = "(SELECT unnest(string_split(?, ','))::BIGINT)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the concept table: its code, the domain, and the known concepts just above it."""

    coding: Coding
    domain: str = ""
    wider: tuple[Coding, ...] = ()


class Concepts:
    """Concept ids of one database as codes. A vocabulary's id ("SNOMED") is its system's name."""

    def __init__(self, database: Database, recogniser: Recogniser) -> None:
        """Reads all concepts that rows name, once, and once for all looks up what is above the unknown ones."""
        self._database = database
        self._entries: dict[int, Entry] = self._named(_used(database))
        self._made: dict[tuple[int | None, int | None, str | None], Concept] = {}
        for id, wider in self._wider(recogniser).items():
            self._entries[id] = Entry(self._entries[id].coding, self._entries[id].domain, wider)

    def entry(self, id: int | None) -> Entry | None:
        """The concept with this id, None when the database does not say what it is. 0 is "no matching concept"."""
        return self._entries.get(id) if id else None

    def name_of(self, id: int | None) -> str:
        """The name of a concept, "" when it is not known."""
        entry = self.entry(id)
        return entry.coding.display if entry else ""

    def concept(self, standard: int | None, source: int | None = None, words: str | None = None) -> Concept:
        """What a row is about: its standard concept, its source concept, and its own words where neither is known."""
        known = standard in self._entries or source in self._entries
        key = (standard, source, None if known else words)
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            found = self._made[key] = self._concept(standard, source, words)
        return found

    def _concept(self, standard: int | None, source: int | None, words: str | None) -> Concept:
        entries = [entry for id in (standard, source) if (entry := self.entry(id))]
        if not entries:
            # without vocabulary tables an id is all there is
            ids = tuple(Coding("OMOP", str(id)) for id in dict.fromkeys((standard, source)) if id)
            return Concept(ids, words or "")
        wider = dict.fromkeys(coding for entry in entries for coding in entry.wider)
        return Concept(tuple(dict.fromkeys(entry.coding for entry in entries)), "", tuple(wider))

    def _named(self, ids: Iterable[int]) -> dict[int, Entry]:
        database = self._database
        listed = ",".join(map(str, ids))
        if "concept" not in database.sources or not listed:
            return {}
        id, label, domain, system, code = (database.column("concept", column) for column in WORDS["concept"])
        query = f"SELECT {id}, {label}, {domain}, {system}, {code} FROM {database.sources['concept'].relation}"
        found = database.values(f"{query} WHERE {id} IN {_LISTED}", listed)
        return {
            id: Entry(Coding(system, code, label or ""), domain or "")
            for id, label, domain, system, code in found
            if system and code and system != "None"
        }

    def _wider(self, recogniser: Recogniser) -> dict[int, tuple[Coding, ...]]:
        """For each concept without a word those above it that have one, and not those above these."""
        unknown = {
            id: fact
            for id, entry in self._entries.items()
            if (fact := _FACTS.get(entry.domain)) and not recogniser.event(fact, Concept((entry.coding,)))
        }
        names: dict[int, Coding] = {}
        found: dict[int, list[int]] = {}
        for ids in _parts(sorted(unknown)):
            above = _above(self._database, ids)
            named = self._named({one for highs in above.values() for one in highs})
            names |= {one: entry.coding for one, entry in named.items()}
            for id, highs in above.items():
                found[id] = [one for one in highs if one in named and recogniser.plain(unknown[id], names[one])]
        higher = _above(self._database, {one for highs in found.values() for one in highs})
        wider: dict[int, tuple[Coding, ...]] = {}
        for id, highs in found.items():
            hidden = {upper for one in highs for upper in higher.get(one, ())}
            wider[id] = tuple(names[one] for one in highs if one not in hidden)
        return {id: codings for id, codings in wider.items() if codings}


def _parts(ids: list[int]) -> Iterator[list[int]]:
    """Some at a time: a whole hierarchy may not fit into memory."""
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _used(database: Database) -> list[int]:
    """The ids of all concepts in the tables of facts."""
    parts = [
        f"SELECT {database.column(table.name, column)} AS id FROM {database.sources[table.name].relation}"
        for table in FACTS
        if table.name in database.sources
        for column in table.columns
        if column.endswith("concept_id")
    ]
    if not parts:
        return []
    return [id for (id,) in database.values(f"SELECT DISTINCT id FROM ({' UNION ALL '.join(parts)}) WHERE id > 0")]


def _above(database: Database, ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids above each of these: by the table of ancestors, by drug strengths, and by relationships that lead up."""
    start = list(ids)
    found: dict[int, set[int]] = defaultdict(set)
    for table, below, above in (
        ("concept_ancestor", "descendant_concept_id", "ancestor_concept_id"),
        ("drug_strength", "drug_concept_id", "ingredient_concept_id"),
    ):
        for low, high in _pairs(database, table, below, above, start):
            found[low].add(high)
    _climb(database, [id for id in start if id not in found], found)
    return {low: sorted(high - {low}) for low, high in found.items()}


def _pairs(
    database: Database, table: str, below: str, above: str, start: list[int], where: str = ""
) -> list[tuple[int, int]]:
    if not start or table not in database.sources:
        return []
    low, high = database.column(table, below), database.column(table, above)
    pairs = f"SELECT {low} AS low, {high} AS high FROM {database.sources[table].relation}{where}"
    query = f"SELECT DISTINCT low, high FROM ({pairs}) WHERE low IN {_LISTED} AND high <> low"
    return [(low, high) for low, high in database.values(query, ",".join(map(str, start)))]


def _climb(database: Database, start: list[int], found: dict[int, set[int]]) -> None:
    """Relationship by relationship, for what the table of ancestors is silent about."""
    if not start or "concept_relationship" not in database.sources:
        return
    kind = database.column("concept_relationship", "relationship_id")
    ended = database.column("concept_relationship", "invalid_reason")
    where = f" WHERE {kind} IN ({', '.join(map(literal, UPWARDS))}) AND {ended} IS NULL"
    reached: dict[int, set[int]] = {id: {id} for id in start}
    waiting = set(start)
    steps: dict[int, set[int]] = defaultdict(set)
    while waiting:
        new = _pairs(database, "concept_relationship", "concept_id_1", "concept_id_2", sorted(waiting), where)
        for low, high in new:
            steps[low].add(high)
        waiting = {high for _, high in new} - steps.keys() - waiting
    for id in start:
        frontier = [id]
        while frontier:
            fresh = steps.get(frontier.pop(), set()) - reached[id]
            reached[id] |= fresh
            frontier.extend(fresh)
        if len(reached[id]) > 1:
            found[id] |= reached[id]
