"""The verb of this station: the words of a criterion → a rule of the kernel. Never raises on text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from eligibility.criteria.criterion import Criterion, Side
from eligibility.rules.atoms import Atoms
from eligibility.rules.english import in_english
from eligibility.rules.grammar import islands, sentence
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.meaning.authorities import without_authorities
from eligibility.rules.meaning.half_lives import with_half_lives
from eligibility.rules.meaning.inside import with_readings
from eligibility.rules.meaning.logic import Logic
from eligibility.rules.meaning.old_forms import parted
from eligibility.rules.meaning.personal import with_questions
from eligibility.rules.meaning.pieces import Pieces
from eligibility.rules.meaning.recovery import with_recovery
from eligibility.rules.meaning.relaxing import settled
from eligibility.rules.meaning.restricting import restricted
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.meaning.tumours import of_other_tumours
from eligibility.rules.rule import Rule, Unclear
from eligibility.rules.words import tokenize
from eligibility.vocabulary.tables import Vocabulary, vocabulary

MAX_DEPTH: Final = 64
MAX_LENGTH: Final = 200_000


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


@lru_cache(maxsize=8192)
def _parse(text: str, side: Side, lexicon: Lexicon) -> Rule:
    if len(text) > MAX_LENGTH:
        return _unread(text, "longer than a criterion can be")
    atoms = Atoms(text, lexicon.forms)
    if not in_english(text, atoms):
        return _unread(text, "not in English")
    tokens = without_authorities(tokenize(text, lexicon, atoms), text, lexicon.vocabulary)
    tokens = parted(with_recovery(tokens, text, side), text)
    reader = Pieces(text, tokens, islands(tokens), lexicon.vocabulary, side)
    pieces = reader.pieces()
    if not pieces:
        return _unread(text, "no words of the field")
    if len(pieces) > MAX_DEPTH and _depth(pieces) > MAX_DEPTH:
        return _unread(text, "nested too deeply")
    rule = Logic(text, side, lexicon.vocabulary).criterion(sentence(pieces))
    if reader.readings:
        rule = with_readings(rule, reader.readings)
    rule = restricted(settled(rule, text), text)
    rule = of_other_tumours(rule, pieces, text, side, lexicon.vocabulary)
    return with_questions(with_half_lives(rule, text), text, tokens, atoms, side)


def _unread(text: str, reason: str) -> Unclear:
    return Unclear(" ".join(text.split()), reason, span=(0, len(text)))


def _depth(pieces: Sequence[Piece]) -> int:
    """How deep the sentence nests: brackets, and exceptions of exceptions within a clause."""
    depth = turns = deepest = 0
    for piece in pieces:
        depth += (piece.type == "LPAR") - (piece.type == "RPAR")
        turns = 0 if piece.type in ("ITEM", "_STOP") else turns + (piece.type == "TURN")
        deepest = max(deepest, depth + turns)
    return deepest
