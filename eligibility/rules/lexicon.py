"""The lexicon: one trie over atoms of every function word, unit and word of the field, under every spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eligibility.rules.atoms import ATOM, fold
from eligibility.shipped import grammar_dir
from eligibility.units import spellings
from eligibility.vocabulary.tables import Vocabulary

TIME_UNITS = frozenset(("year", "month", "week", "day", "hour", "minute"))
UNIT_TYPES = frozenset(("UNIT", "TIME"))
# Words that bound what stands before them, unless a number follows.
SUFFIXES = frozenset(("OR_MORE", "OR_LESS", "OR_WORSE", "OR_BETTER", "OR_OLDER", "OR_YOUNGER"))
_MEASURABLE = frozenset(("quantity", "scale"))
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
    """Everything one spelling may mean.

    `plain` when none of it depends on the place: then the token is ready made. `filler` when it is nothing but filler,
    `opens` 1 and -1 for brackets, `multiple` when it is a limit of normal, behind which a unit may stand.
    """

    __slots__ = (
        *("filler", "findings", "graded", "meanings", "multiple", "names"),
        *("opens", "plain", "things", "types", "units"),
    )

    def __init__(self, meanings: tuple[Meaning, ...], scales: frozenset[str]) -> None:
        self.meanings = meanings
        self.units = any(meaning.type in UNIT_TYPES for meaning in meanings)
        words = tuple(meaning for meaning in meanings if meaning.type not in UNIT_TYPES)
        self.plain = not any(meaning.exact or meaning.near or meaning.type in SUFFIXES for meaning in words)
        self.types = tuple(dict.fromkeys(meaning.type for meaning in words))
        self.names = _keys(words, "NAME")
        self.things = _keys(words, "THING")
        self.findings = _keys(words, "FINDING")
        self.graded = bool(self.names) and scales.issuperset(self.names)
        self.filler = self.types == ("FILLER",)
        self.opens = (self.types[:1] == ("LPAR",)) - (self.types[:1] == ("RPAR",))
        self.multiple = self.types[:1] in (("ULN",), ("LLN",))


def _keys(meanings: tuple[Meaning, ...], kind: str) -> tuple[str, ...]:
    return tuple(meaning.key for meaning in meanings if meaning.type == kind)


class Lexicon:
    """The trie over atoms: every function word, unit and word of the field, each under every spelling."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.root: dict[str, Any] = {}
        self._narrowed: dict[tuple[Meaning, ...], Spelling] = {}
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

    def narrowed(self, meanings: tuple[Meaning, ...]) -> Spelling:
        """A spelling of which only these meanings are valid where it stands."""
        known = self._narrowed.get(meanings)
        if known is None:
            known = self._narrowed[meanings] = Spelling(meanings, self.scales)
        return known

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


@lru_cache(maxsize=1)
def adjectives() -> frozenset[str]:
    """The adjectives that stand before a finding without being part of its name."""
    return frozenset(spelling.lower() for name, spelling in function_words() if name == "QUALIFIER")
