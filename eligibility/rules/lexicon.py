"""The lexicon: one trie over atoms of every function word, unit and word of the field, under every spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eligibility.shipped import grammar_dir
from eligibility.units import spellings
from eligibility.vocabulary.tables import Vocabulary

TIME_UNITS = frozenset(("year", "month", "week", "day", "hour", "minute"))
ATOM = re.compile(
    r"\n(?:[ \t]*\n)*[ \t]*(?:[-*•●·–▪◦o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])(?=[ \t])|\n[ \t]*\n"
    r"|\d+(?:[.,．，]\d+)*|(?<!\w)\.\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|&#?\w{2,6};|[^\s\\]"
)
UNIT_TYPES = frozenset(("UNIT", "TIME"))
# Words that bound what stands before them, unless a number follows.
SUFFIXES = frozenset(("OR_MORE", "OR_LESS", "OR_WORSE", "OR_BETTER", "OR_OLDER", "OR_YOUNGER"))
MAX_FOLDS = 50_000
_known_folds: dict[str, str] = {}
_MEASURABLE = frozenset(("quantity", "scale"))
_FOLDED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹’", "0123456789'")
# Letters that are units elsewhere and words here; multiples of normal, which are grammar.
_NOT_UNITS = frozenset("ain")
_AGED = re.compile(r"old|\bage|^y\.?/?o")
_IN_GRAMMAR = frozenset(("ULN", "LLN", "baseline", "%predicted"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a spelling may mean: a function type, a unit, or a word of the field under its conditions."""

    type: str
    key: str = ""
    exact: str | None = None
    near: tuple[str, ...] = ()


class Spelling:
    """Everything one spelling may mean. `plain` when none of it depends on the place: then the token is ready made."""

    __slots__ = ("findings", "graded", "meanings", "names", "plain", "things", "types", "units")

    def __init__(self, meanings: tuple[Meaning, ...], scales: frozenset[str]) -> None:
        self.meanings = meanings
        self.units = any(meaning.type in UNIT_TYPES for meaning in meanings)
        words = tuple(meaning for meaning in meanings if meaning.type not in UNIT_TYPES)
        self.plain = not any(meaning.exact or meaning.near or meaning.type in SUFFIXES for meaning in words)
        self.types, self.names, self.things = read_meanings(words)
        self.findings = tuple(meaning.key for meaning in words if meaning.type == "FINDING")
        self.graded = bool(self.names) and scales.issuperset(self.names)


def read_meanings(meanings: tuple[Meaning, ...]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """(types, keys of measurable words, keys of things) of a token that may mean all of these."""
    types = tuple(dict.fromkeys(meaning.type for meaning in meanings))
    names = tuple(meaning.key for meaning in meanings if meaning.type == "NAME")
    return types, names, tuple(meaning.key for meaning in meanings if meaning.type == "THING")


class Lexicon:
    """The trie over atoms: every function word, unit and word of the field, each under every spelling."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.root: dict[str, Any] = {}
        self.scales = frozenset(word.key for word in vocabulary.words.values() if word.kind == "scale")
        for name, spelling in function_words():
            self._add(spelling, Meaning(name))
        for spelling, unit, cased in spellings():
            self._add_unit(spelling, unit, cased)
        for word in vocabulary.words.values():
            kind = "NAME" if word.kind in _MEASURABLE else "THING"
            for synonym in word.synonyms:
                self._add(synonym, Meaning(kind, word.key, None, word.near.get(synonym, ())))
            for synonym in word.exact:
                self._add(synonym, Meaning(kind, word.key, squeezed(synonym), word.near.get(synonym, ())))
            for name in word.findings:
                self._add(name, Meaning("FINDING", word.key))
        for key, group in vocabulary.groups.items():
            for name in group.findings:
                self._add(name, Meaning("FINDING", key))
            for synonym in group.synonyms:
                self._add(synonym, Meaning("NAME", key))
            for synonym in group.exact:
                self._add(synonym, Meaning("NAME", key, squeezed(synonym)))

    def _add_unit(self, spelling: str, unit: str, cased: bool) -> None:
        if unit in _IN_GRAMMAR or _AGED.search(spelling.lower()) or (len(spelling) == 1 and spelling in _NOT_UNITS):
            return
        self._add(
            spelling, Meaning("TIME" if unit in TIME_UNITS else "UNIT", unit, squeezed(spelling) if cased else None)
        )

    def _add(self, spelling: str, meaning: Meaning) -> None:
        node = self.root
        for atom in ATOM.findall(spelling):
            node = node.setdefault(fold(atom), {})
        known: Spelling | None = node.get("")
        if known is None:
            node[""] = Spelling((meaning,), self.scales)
        elif meaning not in known.meanings:
            node[""] = Spelling((*known.meanings, meaning), self.scales)


def squeezed(text: str) -> str:
    """A spelling without its spaces, for comparison with the slice it was matched on."""
    return "".join(text.split())


def fold(atom: str) -> str:
    """An atom as the trie keeps it: case and superscripts folded."""
    folded = _known_folds.get(atom)
    if folded is None:
        if len(_known_folds) > MAX_FOLDS:
            _known_folds.clear()
        folded = _known_folds[atom] = atom.translate(_FOLDED).casefold()
    return folded


_TERMINAL = re.compile(r"^([A-Z_]+):((?:\s*\|?\s*\"(?:[^\"\\]|\\.)*\")+)", re.MULTILINE)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


@lru_cache(maxsize=1)
def function_words() -> tuple[tuple[str, str], ...]:
    """(terminal, spelling) of every function word, as written in the grammar chapter `words.lark`."""
    chapter = (grammar_dir() / "words.lark").read_text(encoding="utf-8")
    return tuple(
        (name, spelling.replace('\\"', '"'))
        for name, strings in _TERMINAL.findall(chapter)
        for spelling in _STRING.findall(strings)
    )
