"""The verb of this station: the words of a criterion → a rule of the kernel. Never raises on text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from eligibility.criteria.criterion import Criterion, Side
from eligibility.rules.grammar import islands, sentence
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.meaning.inside import with_readings
from eligibility.rules.meaning.logic import Logic
from eligibility.rules.meaning.pieces import Pieces
from eligibility.rules.meaning.relaxing import settled
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import Rule, Unclear
from eligibility.rules.words import tokenize
from eligibility.vocabulary.tables import Vocabulary, vocabulary

MAX_DEPTH = 64
MAX_LENGTH = 200_000
_WORD = re.compile(r"[^\W\d_]+")
_ASCII_WORD = re.compile(r"[a-z]+")
_ENGLISH = frozenset(
    (
        *("the", "of", "and", "or", "with", "to", "in", "for", "no", "not", "patients", "patient", "subjects", "is"),
        *("are", "be", "at", "any", "by", "than", "age", "years", "history", "within", "who", "must", "have", "has"),
        *("other", "less", "more", "without", "as", "if", "from", "on", "normal", "known", "adequate"),
        *("defined", "count"),
    )
)
_FOREIGN = frozenset(
    (
        *("con", "los", "las", "del", "una", "el", "la", "de", "que", "para", "pacientes", "por", "mayores", "y", "o"),
        *("mit", "und", "der", "die", "das", "oder", "von", "nicht", "patienten", "alter", "jahre", "bei", "eine"),
        *("critères", "criterios", "kriterien", "einschlusskriterien", "ausschlusskriterien", "critérios", "criteri"),
        *("inclusión", "exclusión", "âge", "años", "edad", "grossesse", "patientes", "femmes", "mujeres", "frauen"),
        *("les", "des", "avec", "et", "ou", "pour", "dans", "est", "un", "une", "ans", "non", "di", "che", "anni"),
    )
)


def parse(criterion: Criterion, words: Vocabulary | None = None) -> Rule:
    """The rule of one criterion, with spans into `criterion.text`.

    `words` is a vocabulary with a site's own rows (default: the shipped tables). Text that is not understood
    becomes `Unclear` with the reason; this function raises on no text, but on what is no Criterion (TypeError).
    """
    if not isinstance(criterion, Criterion):
        raise TypeError(f"parse takes a Criterion, which has a side, not {type(criterion).__name__}")
    lexicon = _lexicon() if words is None else _lexicon_of(words)
    return _parse(criterion.text, criterion.side, lexicon)


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon(vocabulary())


@lru_cache(maxsize=4)
def _lexicon_of(words: Vocabulary) -> Lexicon:
    return Lexicon(words)


@lru_cache(maxsize=32_768)
def _parse(text: str, side: Side, lexicon: Lexicon) -> Rule:
    reason = _unreadable(text)
    if reason:
        return Unclear(" ".join(text.split()), reason, span=(0, len(text)))
    tokens = tokenize(text, lexicon)
    reader = Pieces(text, tokens, islands(tokens), lexicon.vocabulary, side)
    pieces = reader.pieces()
    if not pieces:
        return Unclear(" ".join(text.split()), "no words of the field", span=(0, len(text)))
    if len(pieces) > MAX_DEPTH and _depth(pieces) > MAX_DEPTH:
        return Unclear(" ".join(text.split()), "nested too deeply", span=(0, len(text)))
    rule = with_readings(Logic(text, side, lexicon.vocabulary).criterion(sentence(pieces)), reader.readings)
    return settled(rule, text)


def _depth(pieces: Sequence[Piece]) -> int:
    """How deep the sentence nests: brackets, and exceptions of exceptions within a clause."""
    depth = turns = deepest = 0
    for piece in pieces:
        depth += (piece.type == "LPAR") - (piece.type == "RPAR")
        turns = 0 if piece.type in ("ITEM", "_STOP") else turns + (piece.type == "TURN")
        deepest = max(deepest, depth + turns)
    return deepest


def _unreadable(text: str) -> str:
    """Why a text cannot be read at all: another language, or longer than any criterion."""
    if len(text) > MAX_LENGTH:
        return "longer than a criterion can be"
    words = _words(text[:20_000])
    found = words if len(text) <= 2000 else _words(text[:2000])
    if not text.isascii():
        letters = sum(map(len, found))
        foreign = sum(char > "\u03ff" for word in found for char in word)
        if letters and foreign / letters > 0.3:
            return "not in English"
    if (not _FOREIGN.isdisjoint(words) and foreign_words(text)) or (len(found) >= 25 and _ENGLISH.isdisjoint(found)):
        return "not in English"
    return ""


def foreign_words(text: str) -> bool:
    """Whether a text has more function words of other languages than of English."""
    found = _WORD.findall(text[:20_000])
    if not text.isupper():
        found = [word for word in found if not word.isupper()]  # "Los Angeles (LA)"
    words = [word.casefold() for word in found]
    english = sum(word in _ENGLISH for word in words)
    return sum(word in _FOREIGN and len(word) > 1 for word in words) > max(1, english)


def _words(text: str) -> list[str]:
    """The runs of letters of a text, without case."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text.casefold())
