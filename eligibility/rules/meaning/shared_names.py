"""What words are called together with the last words of a name they share, or with the end of its last word.

"renal or hepatic impairment", "hemo- or peritoneal dialysis", "hyper- or hypothyroidism", "renal/hepatic impairment":
every name is looked up, none is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Final

from eligibility.rules.meaning.sentence import Piece
from eligibility.vocabulary.tables import Vocabulary

MOST_WORDS: Final = 2
_NAMED: Final = frozenset(("condition", "treatment", "procedure", "state"))
# Adjectives by their ending; those that tell how something is known, or of what it is, name no kind of a finding.
_ADJECTIVE: Final = re.compile(
    r"(?!non|clinic|histolog|cytolog|patholog|radiolog|radiograph|serolog|biolog|medic|physic|social|individu|addition|"
    r"potential|hospital|trial|sever|fallopian|nation|internation|environment|person|famil|typic|specif|public|academ)"
    r"[a-z]{2,}(?:al|ic|ary|ous|ive|oid|lar|nar)",
    re.I,
)
_WORD: Final = re.compile(r"[^\s\-‐‑]+")
_HYPHENS: Final = ("-", "‐", "‑")
# So many letters at least are the common end of two words: "hypothyroidism", "hyperthyroidism".
_COMMON_END: Final = 5


def first_named(vocabulary: Vocabulary, names: Iterator[str]) -> str:
    """The key of the first of the names that something is called by; empty where several things are."""
    for name in names:
        found = [word.key for word in vocabulary.by_name(name) if word.kind in _NAMED]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def shared_name(piece: Piece, noun: Piece, text: str, vocabulary: Vocabulary, other: bool = False) -> str:
    """The key of what the words name with the last words of the noun; with all of it where that is "other …"."""
    words, own = text[piece.start : piece.end].split(), text[noun.start : noun.end].split()
    if len(words) > MOST_WORDS or (piece.value and piece.kind == "WORDS"):
        return ""
    key = ""
    if text.startswith(_HYPHENS, piece.end):
        key = first_named(vocabulary, _with_prefix(words, _WORD.findall(text, noun.start, noun.end)))
    key = key or first_named(vocabulary, (" ".join((*words, *own[cut:])) for cut in range(not other, len(own))))
    if key or "-" not in own[0]:
        return key
    parts = _WORD.findall(text, noun.start, noun.end)  # "second or third-degree heart block"
    key = first_named(vocabulary, (" ".join((*words, *parts[cut:])) for cut in range(1, len(parts))))
    return key if key != noun.value else ""


def kind_of_noun(piece: Piece, noun: Piece, text: str, vocabulary: Vocabulary) -> str:
    """The key of the last words of a noun, where one adjective that is in no name stands before it in a list."""
    word, own = text[piece.start : piece.end].strip(), text[noun.start : noun.end].split()
    if piece.kind != "WORDS" or piece.value or not _ADJECTIVE.fullmatch(word):
        return ""
    key = first_named(vocabulary, (" ".join(own[cut:]) for cut in range(1, len(own))))
    named = key and vocabulary.words[key].kind in ("condition", "procedure")
    return key if named and noun.value in vocabulary.descendants(key) else ""


def unread_noun(pieces: Sequence[Piece], at: int, text: str) -> Piece | None:
    """ "febrile, alcohol or | drug withdrawal seizures": the end of a list of words, whose noun may be of all of it."""
    behind = list(takewhile(lambda piece: piece.type == "JOIN" or piece.kind in ("WORDS", "THING"), pieces[at + 1 :]))
    for before, piece in pairwise(behind):
        words = text[piece.start : piece.end].split()
        if piece.type != "JOIN" and (len(words) > 1 or before.type != "JOIN"):
            return piece
    return None


def _with_prefix(words: list[str], own: list[str]) -> Iterator[str]:
    """The names that begin with the prefix and the end of a word of the noun, or with one of several words.

    Ends come first, and no noun of one word is taken whole: "radio- or immunotherapy" is no radioimmunotherapy.
    """
    for at, word in enumerate(own):
        for cut in range(len(word) - _COMMON_END, -1 if len(own) > 1 else 0, -1):
            yield " ".join((*words[:-1], words[-1] + word[cut:], *own[at + 1 :]))


def with_slashes(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> tuple[list[Piece], list[Piece]]:
    """ "renal/hepatic impairment": the pieces, and those of words before a slash that share the noun behind it."""
    out: list[Piece] = []
    made: list[Piece] = []
    for at, piece in enumerate(pieces):
        behind = pieces[at + 1] if piece.kind == "WORDS" and at + 1 < len(pieces) else None
        parted = _parted(piece, behind, text, vocabulary) if behind is not None and behind.kind == "THING" else []
        out.extend(parted or [piece])
        made.extend(part for part in parted if part.kind == "THING")
    return out, made


def _parted(piece: Piece, noun: Piece, text: str, vocabulary: Vocabulary) -> list[Piece]:
    words = text[piece.start : noun.start].rstrip()
    if piece.value or not isinstance(noun.value, str) or not words.endswith("/"):
        return []
    out: list[Piece] = []
    start = piece.start
    for part in words[:-1].split("/"):
        word = Piece("WORDS", start, start + len(part.rstrip("-")), "")
        key = shared_name(word, noun, text, vocabulary) or _prefixed(word, noun, text, vocabulary)
        if not key:
            return []
        start += len(part) + 1
        out += [Piece("THING", word.start, word.end, key), Piece("SLASH", word.end, start, "or", "JOIN")]
    return out


def _prefixed(piece: Piece, noun: Piece, text: str, vocabulary: Vocabulary) -> str:
    words = text[piece.start : piece.end].split()
    return first_named(vocabulary, _with_prefix(words, _WORD.findall(text, noun.start, noun.end))) if words else ""
