"""Concept sets of one cohort definition, numbered in the order in which they are asked for."""

from __future__ import annotations

from collections.abc import Iterable

from eligibility.exports.circe.group import Json
from eligibility.exports.loss import Needed
from eligibility.exports.setting import Setting
from eligibility.exports.terms import OmopConcept, Place, codes_of


class ConceptSets:
    """Collects concept sets, each once, and the words that any were asked for."""

    def __init__(self, setting: Setting) -> None:
        """`setting` has the terms; without them there are only codes."""
        self.setting = setting
        self._ids: dict[tuple[str, tuple[OmopConcept, ...]], int] = {}
        self._needed: dict[str, Needed] = {}

    def places(self, key: str) -> tuple[Place, ...] | None:
        """Where records of a word stand; None where no concept ids are known at all."""
        terms, words = self.setting.terms, self.setting.words
        found = terms.places(key) if terms is not None else None
        ids = tuple(dict.fromkeys(place.concept.id for place in found or ()))
        self._needed[key] = Needed(key, codes_of(key, words), ids)
        return found

    def number(self, name: str, concepts: Iterable[OmopConcept]) -> int:
        """The id of the set of these concepts."""
        key = (name, tuple(dict.fromkeys(concepts)))
        return self._ids.setdefault(key, len(self._ids))

    @property
    def needed(self) -> tuple[Needed, ...]:
        """The words that were asked for, by their keys."""
        return tuple(self._needed[key] for key in sorted(self._needed))

    def as_json(self) -> list[Json]:
        """The list ConceptSets of the definition."""
        return [
            {"id": id, "name": name, "expression": {"items": [_item(one) for one in concepts]}}
            for (name, concepts), id in self._ids.items()
        ]


def _item(concept: OmopConcept) -> Json:
    # every concept is listed itself: a concept below it may be a word of its own
    return {"concept": as_concept(concept), "isExcluded": False, "includeDescendants": False, "includeMapped": False}


def as_concept(concept: OmopConcept) -> Json:
    """A concept as cohort definitions write it."""
    return {
        "CONCEPT_CODE": concept.code,
        "CONCEPT_ID": concept.id,
        "CONCEPT_NAME": concept.name,
        "DOMAIN_ID": concept.domain,
        "VOCABULARY_ID": concept.vocabulary,
    }
