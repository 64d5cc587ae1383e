"""How a finding was proved: "confirmed by PCR", which says no more than that it is there, where it stands alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.token import Token
from eligibility.vocabulary.tables import Vocabulary

_WAY: Final = re.compile(r"(?:(?:as )?\w+ )?by\b|via\b|on\b|using\b", re.I)
_JOINTS: Final = frozenset(("OR", "AND", "SLASH", "COMMA"))
_EITHER: Final = frozenset(("OR", "SLASH"))
_SILENT: Final = frozenset(("FILLER", "OR", "AND"))
_DONE: Final = frozenset(("treatment", "procedure"))
# What begins another finding.
_FINDS: Final = frozenset(
    ("THING", "NAME", "QUALIFIER", "NOT", "ACTIVE", "HISTORY", "CURRENT", "EVER", "SUSPECTED", "FILLER", "ITEM", "STOP")
)


def among_others(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """ "confirmed by biopsy or | surgical excision": what is joined is another proof, and no other finding."""
    token, at = tokens[at], at + 1
    if at + 1 >= len(tokens) or _JOINTS.isdisjoint(tokens[at].types) or not _WAY.match(token.text):
        return False
    either = not _EITHER.isdisjoint(tokens[at].types)
    at += 1
    while at + 1 < len(tokens) and not _SILENT.isdisjoint(tokens[at].types):
        either, at = either or "OR" in tokens[at].types, at + 1
    return is_done(tokens[at], vocabulary) or (either and _FINDS.isdisjoint(tokens[at].types))


def is_done(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a token names a treatment or a procedure."""
    words = vocabulary.words
    return any(words[key].kind in _DONE for key in token.things if key in words)


def is_given(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a token names a treatment."""
    words = vocabulary.words
    return any(words[key].kind == "treatment" for key in token.things if key in words)
