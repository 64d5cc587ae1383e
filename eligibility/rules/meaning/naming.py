"""Words that no table holds and that are built like a name: what they name is known by that name alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from eligibility.rules.meaning.coordinating import with_shared_nouns
from eligibility.rules.meaning.languages import tells_of_languages, with_languages
from eligibility.rules.meaning.sentence import Piece
from eligibility.vocabulary.names import NameKind, kind_of_name
from eligibility.vocabulary.tables import Vocabulary

# What may stand before a name and behind it; anything else may be a part of it, or make another thing of it.
_BEFORE: Final = frozenset(
    (
        *("NOT", "EVER", "WASHOUT", "HISTORY", "ALLERGY", "SUSPECTED", "QUALIFIER", "ACTIVE", "CURRENT", "OTHER"),
        *("WOMEN", "MEN", "VERB", "COUNT", "COLON", "REMOTE", "PLANNED", "HIDDEN"),
    )
)
_BEHIND: Final = frozenset(("WINDOW", "ETC"))
_JOINTS: Final = frozenset(("JOIN", "TURN", "SEMI", "_STOP", "ITEM", "LPAR", "RPAR"))
_OF: Final = re.compile(r"\bof\b", re.I)
# The only brackets within a run of words are short names of theirs, and plurals.
_SHORT: Final = re.compile(r"\s*[(\[][\w/-]+[)\]]")
# Prefixes that say of what follows that it is given: "prior treatment with", "use of".
_GIVEN: Final = ("treat", "receiv", "taking", "use of", "using", "exposure", "therapy with", "administration")


@dataclass(frozen=True, slots=True)
class Named:
    """A thing known by its name alone, in small letters, single spaces between its words."""

    name: str
    kind: NameKind


def given(name: object, vocabulary: Vocabulary) -> bool:
    """Whether a name is of a treatment or a procedure."""
    if isinstance(name, Named):
        return name.kind != "condition"
    word = vocabulary.words.get(name) if isinstance(name, str) else None
    return word is not None and word.kind in ("treatment", "procedure")


def with_names(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> list[Piece]:
    """The pieces, runs of words that are names made things; one that stands beside anything of its member is left.

    Letters that stand for a name, and what the vocabulary calls by another word elsewhere, are no names.
    """
    if tells_of_languages(text):
        pieces = with_languages(pieces, text)
    pieces = with_shared_nouns(pieces, text, vocabulary)
    for at, piece in enumerate(pieces):
        if piece.kind != "WORDS" or piece.value != "":
            continue
        if _alone(pieces, at, text):
            words = text[piece.start : piece.end]
            name = " ".join((_SHORT.sub("", words) if "(" in words or "[" in words else words).split())
            letters = (name.isupper() and name.isalpha()) or name[:4].lower() == "off "  # "off corticosteroids"
            kind = None if letters else kind_of_name(name, _said(pieces, at))
            if kind is not None and not vocabulary.by_name(name):
                piece.kind, piece.value = "THING", Named(name.casefold(), kind)
    return pieces


def _alone(pieces: Sequence[Piece], at: int, text: str) -> bool:
    piece, behind = pieces[at], pieces[at + 1] if at + 1 < len(pieces) else None
    if behind is not None and behind.kind not in _BEHIND and (behind.type not in _JOINTS or behind.type == "LPAR"):
        return False
    at -= 1
    while at >= 0 and pieces[at].kind in _BEFORE:
        at -= 1
    if at >= 0 and pieces[at].type not in _JOINTS:
        return False
    joined = behind is not None and behind.type == "JOIN" and behind.value != "comma"
    return not (joined and _OF.search(text, piece.start, piece.end))  # "cyanosis of mouth and | lips"


def _said(pieces: Sequence[Piece], at: int) -> NameKind | None:
    """What a prefix makes of the words behind it, and of those joined to them."""
    at -= 1
    while at > 0 and pieces[at].type == "JOIN" and pieces[at - 1].kind in ("THING", "WORDS"):
        at -= 2
    if at < 0:
        return None
    before = pieces[at]
    if before.kind == "ALLERGY":
        return "treatment"
    given = before.kind in ("HISTORY", "EVER", "CURRENT", "WASHOUT", "NOT") and isinstance(before.value, str)
    return "treatment" if given and any(word in before.value.lower() for word in _GIVEN) else None
