"""The verb of this station: the words of a criterion → a rule of the kernel. Never raises on text."""

from __future__ import annotations

import re
from functools import lru_cache

from eligibility.criteria.criterion import Criterion, Side
from eligibility.rules.grammar import islands, sentence
from eligibility.rules.meaning.logic import Logic
from eligibility.rules.meaning.pieces import Pieces
from eligibility.rules.rule import Rule, Unclear, children
from eligibility.rules.words import Lexicon, tokenize
from eligibility.vocabulary.tables import Vocabulary, vocabulary

MAX_DEPTH = 64
MAX_LENGTH = 200_000
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH = frozenset(
    "the of and or with to in for no not patients patient subjects participants is are be at any by than age years "
    "history within who women men score disease must have has other less more class grade stage without".split()
)


def parse(criterion: Criterion, words: Vocabulary | None = None) -> Rule:
    """The rule of one criterion, with spans into `criterion.text`.

    `words` is a vocabulary with a site's own rows (default: the shipped tables). Text that is not understood
    becomes `Unclear` with the reason; this function raises on no text.
    """
    lexicon = _lexicon() if words is None else _lexicon_of(words)
    return _parse(criterion.text, criterion.side, lexicon)


@lru_cache(maxsize=1)
def _lexicon() -> Lexicon:
    return Lexicon(vocabulary())


@lru_cache(maxsize=4)
def _lexicon_of(words: Vocabulary) -> Lexicon:
    return Lexicon(words)


@lru_cache(maxsize=8192)
def _parse(text: str, side: Side, lexicon: Lexicon) -> Rule:
    reason = _unreadable(text)
    if reason:
        return Unclear(" ".join(text.split()), reason, span=(0, len(text)))
    tokens = tokenize(text, lexicon)
    pieces = Pieces(text, tokens, islands(tokens), lexicon.vocabulary).pieces()
    if not pieces:
        return Unclear(" ".join(text.split()), "no words of the field", span=(0, len(text)))
    if _depth(pieces) > MAX_DEPTH:
        return Unclear(" ".join(text.split()), "nested too deeply", span=(0, len(text)))
    return Logic(text, side, lexicon.vocabulary).criterion(sentence(pieces))


def _depth(pieces: list[object]) -> int:
    depth = deepest = 0
    for piece in pieces:
        kind = getattr(piece, "type", "")
        depth += (kind == "LPAR") - (kind == "RPAR")
        deepest = max(deepest, depth)
    return deepest


def _unreadable(text: str) -> str:
    """Why a text cannot be read at all: another language, or longer than any criterion."""
    if len(text) > MAX_LENGTH:
        return "longer than a criterion can be"
    found = _WORD.findall(text[:2000].casefold())
    letters = sum(len(word) for word in found)
    foreign = sum(len(word) for word in found if not word.isascii())
    if letters and foreign / letters > 0.3:
        return "not in English"
    if len(found) >= 8 and not _ENGLISH.intersection(found):
        return "not in English"
    return ""


def depth(rule: Rule) -> int:
    """How deeply a rule is nested; a leaf is 1."""
    return 1 + max((depth(child) for child in children(rule)), default=0)
