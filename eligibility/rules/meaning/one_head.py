"""Words before a noun that say one thing in several ways: "allergy or hypersensitivity to", "history of or current"."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from eligibility.rules.lexicon import function_words
from eligibility.rules.meaning.sentence import Piece

_EITHER: Final = ("or", "comma_or")
_JOINED: Final = (*_EITHER, "comma", "and", "comma_and")
_BEFORE: Final = frozenset(
    ("NOT", "EVER", "HISTORY", "SUSPECTED", "ACTIVE", "CURRENT", "QUALIFIER", "VERB", "COUNT", "COLON")
)
# What may stand before an allergy that is called by several names.
_ALLERGIC: Final = frozenset(("ALLERGY_AFTER", "WORDS", "THING"))
_NOW: Final = ("current", "currently", "active", "ongoing", "present", "existing")
# Between "history of or" and what there is a history of: words that say that it is there.
_KNOWN: Final = frozenset(
    (
        "known",
        "a known",
        "any known",
        "current",
        "presence of",
        "evidence of",
        "current evidence of",
        "current diagnosis of",
    )
)
_HAD: Final = frozenset(("THING", "ALLERGY", "QUALIFIER", "NAME"))
_STILL: Final = _HAD | {"WORDS", "ACTIVE"}


@lru_cache(maxsize=1)
def _allergies() -> frozenset[str]:
    """What an allergy is called: "hypersensitivity" of "hypersensitivity to"."""
    said = (spelling.lower() for name, spelling in function_words() if name == "ALLERGY")
    return frozenset(spelling.removesuffix(" to") for spelling in said if spelling.endswith(" to"))


def with_one_head(pieces: list[Piece], text: str) -> list[Piece]:
    """The pieces, several words for one thing before a noun made one of them."""
    at = len(pieces) - 2
    while at > 0:
        if pieces[at].type == "JOIN":
            first, joint, behind = pieces[at - 1 : at + 2]
            if behind.kind == "ALLERGY" and first.kind in _ALLERGIC:
                if joint.value in _JOINED and _allergy(first, text) and _opens(pieces, at - 1):
                    if first.kind != "THING":
                        behind.value = _plain(str(behind.value))
                    behind.start = first.start
                    del pieces[at - 1 : at + 1]
            elif joint.value in _EITHER and _opens(pieces, at - 1):
                _history(pieces, at, text)
        at -= 1
    return pieces


def _allergy(piece: Piece, text: str) -> bool:
    return not (piece.kind == "WORDS" and piece.value) and text[piece.start : piece.end].lower() in _allergies()


def _plain(words: str) -> str:
    """ "allergy or | anaphylaxis to": any allergy, however bad."""
    said = words.lower()
    worse = "anaphyla" in said or said.startswith(("severe", "serious"))
    return ("history of allergy to" if said.startswith("history") else "allergy to") if worse else words


def _opens(pieces: list[Piece], at: int) -> bool:
    """Whether nothing but prefix words stand before a piece in its member."""
    at -= 1
    while at >= 0 and pieces[at].kind in _BEFORE and pieces[at].type == "PIECE":
        at -= 1
    return at < 0 or pieces[at].type != "PIECE"


def _history(pieces: list[Piece], at: int, text: str) -> None:
    """ "History of or | known asthma", "current or | history of asthma": whenever it was."""
    first, joint, behind = pieces[at - 1 : at + 2]
    if first.kind == "HISTORY" and _of_history(first):
        now = _now(behind)
        said = text[joint.end : behind.start].strip().lower()
        if not now and not (behind.kind in _HAD and said in _KNOWN):
            return
    elif first.kind in ("CURRENT", "ACTIVE") and _now(first) and behind.kind == "HISTORY" and _of_history(behind):
        now = True
    else:
        return
    upto = at + 1 + now
    ahead = pieces[upto : upto + 2]
    if joint.value == "comma_or" and len(ahead) > 1 and ahead[0].type == "JOIN" and ahead[0].value == "comma":
        upto += 1  # "current, or history of, asthma"
        ahead = ahead[1:]
    if not ahead or (now and ahead[0].kind not in _STILL):
        return
    pieces[at - 1 : upto] = [Piece("EVER", first.start, pieces[upto - 1].end, "history of or current")]


def _of_history(piece: Piece) -> bool:
    return isinstance(piece.value, str) and piece.value.lower().split()[-1:] in (["of"], ["history"])


def _now(piece: Piece) -> bool:
    return piece.kind in ("CURRENT", "ACTIVE") and str(piece.value).lower() in _NOW
