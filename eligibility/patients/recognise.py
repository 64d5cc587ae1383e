"""What the vocabulary calls a record's concept: by its codes, and where those are silent by its whole name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from eligibility.patients.patient import FindingKind, FindingStatus
from eligibility.patients.record import Coding, Concept
from eligibility.vocabulary.drug_names import ingredients
from eligibility.vocabulary.systems import SYSTEMS

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word

Kinds = tuple[str, ...]
Way = Literal["code", "name", "ancestor"]
MEASURABLE: Kinds = ("quantity", "scale")
GRADABLE: Kinds = ("scale", "quantity")
KINDS: dict[FindingKind, Kinds] = {
    "condition": ("condition", "state", "scale"),
    "treatment": ("treatment", "procedure", "allergen"),
    "procedure": ("procedure", "treatment"),
    "allergy": ("allergen", "treatment"),
    "state": ("state", "condition", "treatment", "procedure"),
}
# The tags that SNOMED CT puts behind its names; they say of what kind a concept is.
_TAG = re.compile(
    r"\s*\((?:disorder|finding|procedure|situation|event|substance|product|medicinal product|observable entity"
    r"|regime/therapy|qualifier value|morphologic abnormality|person|context-dependent category)\)\s*$"
)
# Names of SNOMED CT "situations" that are a thing and how it stands.
_SITUATIONS: tuple[tuple[str, FindingStatus], ...] = (
    ("history of ", "history"),
    ("past history of ", "history"),
    ("h/o: ", "history"),
    ("no history of ", "refuted"),
    ("no past history of ", "refuted"),
    ("no known history of ", "refuted"),
    ("denies ", "refuted"),
    ("suspected ", "unknown"),
    ("possible ", "unknown"),
)
_ALLERGIES = ("allergy to ", "allergic to ", "hypersensitivity to ")
_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Recognised:
    """A word, what led to it (code, name, what is above it), and the status that its name gives ("History of …")."""

    word: Word
    by: Way
    status: FindingStatus | None = None


class Recogniser:
    """Looks up concepts in one vocabulary; records repeat themselves, so each is looked up once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """`vocabulary` is the shipped one, or with a site's own words."""
        self.vocabulary = vocabulary
        self._results: dict[Concept, Recognised | None] = {}
        self._events: dict[tuple[FindingKind, Concept], tuple[Recognised, ...]] = {}

    def result(self, concept: Concept) -> Recognised | None:
        """The quantity or scale (or what else a coded answer may be about) that a result is of, None when unknown.

        A LOINC code that the vocabulary does not have is another test, whatever its name: glucose in urine may well
        be called glucose.
        """
        if concept not in self._results:
            _bound(self._results)
            found = self._by_code(concept, MEASURABLE)
            named = found is None and not any(SYSTEMS.get(c.system.casefold()) == "LOINC" for c in concept.codings)
            self._results[concept] = found or (self._by_name(_names(concept), MEASURABLE) if named else None)
        return self._results[concept]

    def event(self, fact: FindingKind, concept: Concept) -> tuple[Recognised, ...]:
        """The words of a condition, treatment, procedure or allergy; a drug of several ingredients has several."""
        key = (fact, concept)
        if key not in self._events:
            _bound(self._events)
            self._events[key] = tuple(self._event(fact, concept))
        return self._events[key]

    def _event(self, fact: FindingKind, concept: Concept) -> list[Recognised]:
        kinds = KINDS[fact]
        found = self._by_code(concept, kinds) or self._by_name(_names(concept, fact), kinds)
        if found:
            return [found]
        if fact in ("condition", "procedure"):
            known = self._situation(_names(concept), kinds)
        else:
            known = self._ingredients(_names(concept, fact), kinds)
        return known or self._above(fact, concept)

    def plain(self, fact: FindingKind, coding: Coding) -> Word | None:
        """The word that a code, or its whole name, stands for as this kind of fact."""
        found = self._by_code(Concept((coding,)), KINDS[fact]) or self._by_name(_names(Concept((coding,))), KINDS[fact])
        return found.word if found and found.word.kind in KINDS[fact] else None

    def _above(self, fact: FindingKind, concept: Concept) -> list[Recognised]:
        words = {word.key: word for coding in concept.wider if (word := self.plain(fact, coding))}
        return [Recognised(word, "ancestor") for word in words.values()]

    def _by_code(self, concept: Concept, kinds: Kinds) -> Recognised | None:
        for coding in concept.codings:
            word = chosen(self.vocabulary.by_code(coding.system, coding.code), kinds)
            if word:
                return Recognised(word, "code")
        return None

    def _by_name(self, names: tuple[str, ...], kinds: Kinds) -> Recognised | None:
        for name in names:
            word = chosen(self.vocabulary.by_name(name), kinds)
            if word and word.kind in kinds:
                return Recognised(word, "name")
        return None

    def _situation(self, names: tuple[str, ...], kinds: Kinds) -> list[Recognised]:
        for name in names:
            for opening, status in _SITUATIONS:
                if name.casefold().startswith(opening):
                    found = self._by_name((name[len(opening) :],), kinds)
                    if found:
                        return [Recognised(found.word, "name", status)]
        return []

    def _ingredients(self, names: tuple[str, ...], kinds: Kinds) -> list[Recognised]:
        for name in names:
            found = [self._by_name(forms, kinds) for forms in ingredients(name)]
            if any(found):
                return [one for one in found if one]
        return []


def chosen(words: tuple[Word, ...], kinds: Kinds) -> Word | None:
    """The first word of the first kind that may stand here, else the first word."""
    ranked = sorted(words, key=lambda word: kinds.index(word.kind) if word.kind in kinds else len(kinds))
    return ranked[0] if ranked else None


@cache
def recogniser(vocabulary: Vocabulary) -> Recogniser:
    """The recogniser of a vocabulary, made once."""
    return Recogniser(vocabulary)


def _names(concept: Concept, fact: FindingKind | None = None) -> tuple[str, ...]:
    """The record's own words and the names of its codes, without tags; of an allergy what it is to."""
    texts = (concept.text, *(coding.display for coding in concept.codings))
    names = [_TAG.sub("", text).strip() for text in texts if text.strip()]
    if fact == "allergy":
        names = [_without_opening(name) for name in names]
    return tuple(dict.fromkeys(names))


def _without_opening(name: str) -> str:
    opening = next((opening for opening in _ALLERGIES if name.casefold().startswith(opening)), "")
    return name[len(opening) :] if opening else re.sub(r"(?i)\s+allergy$", "", name)


def _bound(known: dict[Any, Any]) -> None:
    """Free text could fill the memory; what is known by heart starts anew before that."""
    if len(known) >= _MOST:
        known.clear()
