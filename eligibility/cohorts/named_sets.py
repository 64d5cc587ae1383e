"""Concept sets of a cohort definition as words of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.patients.patient import FindingKind
from eligibility.patients.recognise import Recogniser, recogniser
from eligibility.patients.record import Coding, Concept
from eligibility.vocabulary.tables import Vocabulary

_ALLERGY = "Allergy to "


class NamedSets:
    """Looks up the concept sets of one definition. A set is a word only when every concept in it is one of its kind."""

    def __init__(self, sets: Any, words: Vocabulary) -> None:
        """`sets` is the list ConceptSets, whatever stands in it."""
        listed = [one for one in sets if isinstance(one, dict)] if isinstance(sets, list) else []
        self._sets = {one.get("id"): one for one in listed if isinstance(one.get("id"), int)}
        self._words = words
        self._known: Recogniser = recogniser(words)

    def name(self, id: object) -> str:
        """What a set is called, for messages."""
        found = self._sets.get(id) if isinstance(id, int) else None
        return str(found.get("name") or id) if found else f"concept set {id}"

    def measured(self, id: object) -> str | None:
        """The quantity that every concept of a set measures."""
        known = [self._known.result(one) for one in self._concepts(id)]
        return self._wide_enough(id, [{one.word.key} if one else set() for one in known])

    def event(self, id: object, fact: FindingKind) -> str | None:
        """The word that every concept of a set is a kind of, as this kind of fact; a drug may be several at once."""
        named = [self._known.event(fact, one) for one in self._concepts(id)]
        key = self._wide_enough(id, [{one.word.key for one in found if one.status is None} for found in named])
        return key if key is not None and (self._with_kinds(id) or self._is_label(id, key)) else None

    def _with_kinds(self, id: object) -> bool:
        """Whether the set has all that is below its concepts, as a word has."""
        return all(one.get("includeDescendants") is True for one in self._items(id))

    def _is_label(self, id: object, key: str) -> bool:
        """Whether it is called just as the word is: exports list the kinds of a word themselves."""
        return self.name(id).removeprefix(_ALLERGY) == self._words.words[key].label

    def is_allergy(self, id: object) -> bool:
        """Whether a set is called an allergy to something."""
        return self.name(id).startswith(_ALLERGY)

    def _concepts(self, id: object) -> list[Concept]:
        return [*map(_concept, self._items(id))]

    def _items(self, id: object) -> list[dict[str, Any]]:
        """The concepts of a set; none where one is taken out of it, or cannot be read."""
        expression = (self._sets.get(id) or {}).get("expression") if isinstance(id, int) else None
        items = expression.get("items") if isinstance(expression, dict) else None
        if not isinstance(items, list) or any(not isinstance(one, dict) or one.get("isExcluded") for one in items):
            return []
        return items

    def _wide_enough(self, id: object, found: list[set[str]]) -> str | None:
        """The word the set is named for, if every concept is a kind of it; else the word of one that all are."""
        named = [word.key for word in self._words.by_name(self.name(id).removeprefix(_ALLERGY))]
        for key in (*named, *sorted(found[0] if found else ())):
            kinds = self._words.descendants(key)
            if found and all(not one.isdisjoint(kinds) for one in found):
                return key
        return None


def _concept(item: dict[str, Any]) -> Concept:
    given = item.get("concept")
    concept: dict[str, Any] = given if isinstance(given, dict) else {}
    return Concept(tuple(_codings(concept)))


def _codings(concept: dict[str, Any]) -> Iterator[Coding]:
    system, code = concept.get("VOCABULARY_ID"), concept.get("CONCEPT_CODE")
    if isinstance(system, str) and isinstance(code, str) and system and code:
        yield Coding(system, code, str(concept.get("CONCEPT_NAME") or ""))
