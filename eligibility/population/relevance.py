"""Which columns of a table can matter for a question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from eligibility.patients.patient import FindingKind
from eligibility.patients.recognise import recogniser
from eligibility.patients.table.cells import entries
from eligibility.patients.table.columns import Column, Plan
from eligibility.population.chunk import Needs
from eligibility.vocabulary.names import plain_name

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

_PERSON = {"age": ("age", "birth"), "sex": ("sex",), "race": ("race",)}


class Relevance:
    """The columns of one table (one patient a row) in the words of a vocabulary."""

    def __init__(self, plan: Plan, vocabulary: Vocabulary, *, dated: bool) -> None:
        """`dated`: the day of a row can matter for anything it says."""
        self.plan, self.vocabulary = plan, vocabulary
        self._always = [column.index for column in plan.columns if column.role == "date" and dated]
        self._found: dict[Needs, tuple[int, ...]] = {}
        self._texts: dict[tuple[str, FindingKind], tuple[Entry, ...]] = {}

    def columns(self, needs: Needs) -> tuple[int, ...]:
        """The places of the columns that can matter; lists of findings only those of which any entry does."""
        if needs not in self._found:
            roles = {role for part in needs.person for role in _PERSON[part]}
            own = [column for column in self.plan.columns if column.role in roles or self._matters(column, needs)]
            beside = [other.index for column in own for other in self.plan.columns if other.of == column.index]
            found = {*(column.index for column in own), *beside}
            found |= set(self._always) if found or self.lists(needs) else set()
            self._found[needs] = tuple(sorted(found))
        return self._found[needs]

    def about(self, keys: frozenset[str]) -> tuple[Column, ...]:
        """The columns of one of these words."""
        return tuple(column for column in self.plan.columns if column.known and column.known.word.key in keys)

    def lists(self, needs: Needs) -> tuple[Column, ...]:
        """The columns with lists of findings, where any of their entries can matter."""
        return tuple(column for column in self.plan.columns if column.role == "list") if needs.findings else ()

    def _matters(self, column: Column, needs: Needs) -> bool:
        if column.role not in ("result", "finding") or column.known is None:
            return False
        key = column.known.word.key
        if key in needs.keys or column.fact in needs.facts:
            return True
        names = {plain_name(text) for text in (column.heading, key, column.known.word.label)}
        return not needs.names.isdisjoint(names)

    def relevant(self, text: str, fact: FindingKind, needs: Needs) -> str:
        """What of a list of findings can matter, as such a list."""
        key = (text, fact)
        if key not in self._texts:
            self._texts[key] = tuple(entries_of(text, fact, self.vocabulary))
        if fact in needs.facts:
            return text
        return "; ".join(entry.text for entry in self._texts[key] if entry.matters(needs))


class Entry:
    """One entry of a list: what it is called, the words it stands for, and whether a code may give it other names."""

    def __init__(self, text: str, keys: frozenset[str], names: frozenset[str], coded: bool) -> None:
        """An entry as it was understood."""
        self.text, self.keys, self.names, self.coded = text, keys, names, coded

    def matters(self, needs: Needs) -> bool:
        """Whether it can matter."""
        if needs.names and (self.coded or not needs.names.isdisjoint(self.names)):
            return True
        return not needs.keys.isdisjoint(self.keys)


def entries_of(text: str, fact: FindingKind, vocabulary: Vocabulary) -> Sequence[Entry]:
    """The entries of a list, each with what it was understood as."""
    parts = [part.strip() for part in text.replace("|", ";").split(";") if part.strip()]
    return [_entry(part, fact, vocabulary) for part in parts]


@cache
def _entry(text: str, fact: FindingKind, vocabulary: Vocabulary) -> Entry:
    (concept,) = entries(text, fact)
    found = recogniser(vocabulary).event(fact, concept)
    strange = " ".join(concept.name.casefold().split())
    keys = frozenset(known.word.key for known in found) or frozenset((strange,))
    names = frozenset(plain_name(name) for name in (concept.name, concept.text, text, *keys))
    return Entry(text, keys, names, bool(concept.codings))
