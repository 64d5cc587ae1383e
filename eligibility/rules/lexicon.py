"""The lexicon: one trie over atoms of every function word, unit and word of the field, under every spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Final

from eligibility.rules.atoms import ATOM, Forms
from eligibility.rules.spelling import Meaning, Node, Spelling, folded, squeezed
from eligibility.shipped import grammar_dir
from eligibility.units import spellings
from eligibility.vocabulary.results import NEGATIVE, POSITIVE
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

TIME_UNITS: Final = frozenset(("year", "month", "week", "day", "hour", "minute"))
_MEASURABLE: Final = frozenset(("quantity", "scale"))
# Letters that are units elsewhere and words here; multiples of normal, which are grammar.
_NOT_UNITS: Final = frozenset("ain")
_AGED: Final = re.compile(r"old|\bage|^y\.?/?o")
# What may stand behind the name of a test without changing what it is a test of.
_TAILS: Final = ("test", "tests", "testing", "test result", "test results", "result", "results", "status", "assay")
# The halves of an ANCHOR and of a METHOD, written apart because each of the first may stand before each of the second.
_HALVES: Final = ("OPENING", "GIVEN", "SIGNING", "CONSENT", "WAY", "PROOF", "RULED", "BODY", "CRITERIA")
_IN_GRAMMAR: Final = frozenset(("ULN", "LLN", "baseline", "%predicted"))


class Lexicon:
    """The trie over atoms: every function word, unit and word of the field, each under every spelling."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._first: dict[str, Node] = {}
        self.forms = Forms(self._first)
        self._narrowed: dict[tuple[Meaning, ...], Spelling] = {}
        self.scales = frozenset(word.key for word in vocabulary.words.values() if word.kind == "scale")
        for name, spelling in function_words():
            self._add(spelling, Meaning(name))
        for spelling, unit, cased in spellings():
            self._add_unit(spelling, unit, cased)
        for word in vocabulary.words.values():
            kind = "NAME" if word.kind in _MEASURABLE and not word.result else "THING"
            if word.result:
                self._add_levels(word)
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
        """A spelling of these meanings, of which there is one: of a name, and where only these are valid."""
        known = self._narrowed.get(meanings)
        if known is None:
            known = self._narrowed[meanings] = Spelling(meanings, self.scales)
        return known

    def _add_levels(self, word: Word) -> None:
        """The names of a test with the words that end them, and those that name a level of it."""
        for name in word.synonyms:
            for tail in _TAILS:
                self._add(f"{name} {tail}", Meaning("THING", word.key, None, word.near.get(name, ())))
        for name in word.exact:
            for tail in _TAILS:
                self._add(
                    f"{name} {tail}", Meaning("THING", word.key, squeezed(f"{name} {tail}"), word.near.get(name, ()))
                )
        for level, names in ((POSITIVE, word.positive), (NEGATIVE, word.negative)):
            for name in names:
                self._add(name, Meaning("THING", f"{word.key}={level}", None, word.near.get(name, ())))

    def _add_unit(self, spelling: str, unit: str, cased: bool) -> None:
        if unit in _IN_GRAMMAR or _AGED.search(spelling.lower()) or (len(spelling) == 1 and spelling in _NOT_UNITS):
            return
        self._add(
            spelling, Meaning("TIME" if unit in TIME_UNITS else "UNIT", unit, squeezed(spelling) if cased else None)
        )

    def _add(self, spelling: str, meaning: Meaning) -> None:
        # most spellings are words in plain letters, for which this says the same several times faster
        plain = spelling.isascii() and spelling.replace(" ", "").isalpha()
        atoms = spelling.lower().split() if plain else [folded(atom) for atom in ATOM.findall(spelling)]
        node: Node | None = None
        for atom in atoms:
            following = self._first if node is None else node.grown()
            node = following.get(atom)
            if node is None:
                node = following[atom] = Node()
        if node is None:
            return
        known = node.spelling.meanings if node.spelling is not None else ()
        if meaning not in known:
            node.spelling = self.narrowed((*known, meaning))


_TERMINAL: Final = re.compile(r"^([A-Z_]+):((?:\s*\|?\s*\"(?:[^\"\\]|\\.)*\")+)", re.MULTILINE)
_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


@lru_cache(maxsize=1)
def function_words() -> tuple[tuple[str, str], ...]:
    """(terminal, spelling) of every function word, as written in the grammar chapter `words.lark`."""
    chapter = (grammar_dir() / "words.lark").read_text(encoding="utf-8")
    words = [
        (name, spelling.replace('\\"', '"'))
        for name, strings in _TERMINAL.findall(chapter)
        for spelling in _STRING.findall(strings)
    ]
    halves = {name: [spelling for half, spelling in words if half == name] for name in _HALVES}
    given = [f"{article}{name}" for name in halves["GIVEN"] for article in ("", "the ")]
    pairs = [("ANCHOR", f"{opening} {name}") for opening in halves["OPENING"] for name in given]
    bare = [("ANCHOR", name) for name in given if "study" in name or "protocol" in name]
    return (*(word for word in words if word[0] not in halves), *bare, *pairs, *_signing(halves), *_methods(halves))


def _signing(halves: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """ "Signing of | the ICF" is a visit, and where nothing is counted from it, a question to a person."""
    for signing, consent, article in product(halves["SIGNING"], halves["CONSENT"], ("", "the ")):
        yield "ANCHOR", f"{signing} {article}{consent}"
        yield "JUDGE", f"{signing} {article}{consent}"


def _methods(halves: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """How a finding was proved, "by | PCR", and by whose rules: "per | WHO | criteria", "DSM-5"."""
    for way, proof in product(halves["WAY"], halves["PROOF"]):
        yield "METHOD", f"{way} {proof}"
    for body in halves["BODY"]:
        names = [f"{body} {criteria}" for criteria in halves["CRITERIA"]]
        names += [body] if body.startswith("DSM") else []
        yield from (("METHOD", name) for name in names)
        yield from (("METHOD", f"{ruled} {name}") for ruled, name in product(halves["RULED"], names))


@lru_cache(maxsize=1)
def adjectives() -> frozenset[str]:
    """The adjectives that stand before a finding without being part of its name."""
    return frozenset(spelling.lower() for name, spelling in function_words() if name == "QUALIFIER")
