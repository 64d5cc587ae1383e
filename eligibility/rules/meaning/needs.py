"""What a finding requires, over a list: "infection requiring admission, antibiotics or surgery" is one quality."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.relatives import needing
from eligibility.rules.meaning.sentence import Piece
from eligibility.vocabulary.tables import Vocabulary

_NAMED: Final = ("THING", "WORDS")
_OR: Final = ("or", "comma_or")
_LISTED: Final = (*_OR, "comma")
_SAID: Final = frozenset(("THING", "WORDS", "QUALIFIER", "OTHER"))
_GIVEN: Final = frozenset(("treatment", "procedure", "state", "allergen"))
_FOR: Final = re.compile(r"\s*for (?:the |an? |any |(?:the )?treatment of |management of )?")
_CARE: Final = re.compile(
    r"\b(?:therap|treat|manag|interven|procedur|medicat|drug|anti\w|steroid|corticoster|immunosuppress|transfus|surg"
    r"|hospitali|admission|support|care\b|dialysis|oxygen|ventilat|drain|insulin|infusion|inject|oral\b|intravenous|iv\b)",
    re.IGNORECASE,
)


def with_needs(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> list[Piece]:
    """The pieces, what a thing requires made a quality of it where several things are listed."""
    for at in range(len(pieces) - 3, 0, -1):
        piece = pieces[at]
        if piece.kind == "RELATIVE" and pieces[at - 1].kind == "THING" and needing(piece):
            upto = _upto(pieces, at + 1, text, vocabulary)
            if upto > at:
                _made_quality(pieces, at, upto, text)
        elif piece.kind in _NAMED and pieces[at + 1].type == "JOIN" and _cared_for(pieces, at, text, vocabulary):
            upto = _findings(pieces, at, vocabulary)
            words = " ".join(f"for {text[piece.start : pieces[upto].end]}".lower().split())
            pieces[at : upto + 1] = [Piece("QUALIFIER", piece.start, pieces[upto].end, words)]
    return pieces


def _cared_for(pieces: list[Piece], at: int, text: str, vocabulary: Vocabulary) -> bool:
    """ "Hospitalization within 6 months for | heart failure, stroke or angina": what somebody is cared for."""
    before = at - 1 - (pieces[at - 1].kind == "WINDOW")
    care = pieces[before]
    if before < 0 or care.kind != "THING" or _kind(care, vocabulary) not in _GIVEN:
        return False
    if before and pieces[before - 1].type == "JOIN":
        return False  # "stroke, hospitalisation for unstable angina, or | infarction": another list may go on
    return (
        _FOR.fullmatch(text, pieces[at - 1].end, pieces[at].start) is not None
        and _findings(pieces, at, vocabulary) > at
    )


def _findings(pieces: list[Piece], at: int, vocabulary: Vocabulary) -> int:
    """The last of the findings listed from here; the first itself where another kind of thing is listed with it."""
    last = at
    while last + 2 < len(pieces) and pieces[last + 1].type == "JOIN" and pieces[last + 2].kind == "THING":
        last += 2
    listed = pieces[at + 2 * (pieces[at].kind == "WORDS") : last + 1 : 2]
    ended = last + 1 == len(pieces) or pieces[last + 1].type != "PIECE" or pieces[last + 1].kind == "WINDOW"
    plain = ended and all(_kind(piece, vocabulary) == "condition" for piece in listed)
    return last if plain else at


def _made_quality(pieces: list[Piece], at: int, upto: int, text: str) -> None:
    """A time behind the list is that of what was required, whenever the thing itself was there."""
    thing, timed = pieces[at - 1], upto + 1 < len(pieces) and pieces[upto + 1].kind == "WINDOW"
    end = pieces[upto + timed].end
    words = " ".join(text[pieces[at].start : end].lower().split())
    pieces[at : upto + 1 + timed] = [Piece("QUALIFIER", pieces[at].start, end, words)]
    if timed:
        pieces.insert(at - 1, Piece("EVER", thing.start, thing.start, "history of or current"))


def _upto(pieces: list[Piece], at: int, text: str, vocabulary: Vocabulary) -> int:
    """The last piece of a list of what is required that begins here and ends behind an "or"; 0 for no list."""
    end, last, plain, alternatives = 0, "", True, False
    while True:
        start = at
        while at < len(pieces) and pieces[at].kind in _SAID and pieces[at].type == "PIECE":
            at += 1
        if at == start or not all(_required(piece, text, vocabulary) for piece in pieces[start:at]):
            break
        plain = plain and at == start + 1 and pieces[start].kind == "THING"
        end, alternatives = (at - 1, True) if last in _OR else (end, alternatives)
        behind = pieces[at] if at < len(pieces) else None
        last = str(behind.value) if behind is not None and behind.type == "JOIN" else ""
        if last not in _LISTED:
            break
        at += 1
    two = plain and end == start and last == ""
    return 0 if two and _alike(pieces, start, vocabulary) else end if alternatives else 0


def _required(piece: Piece, text: str, vocabulary: Vocabulary) -> bool:
    if piece.kind == "THING":
        return _kind(piece, vocabulary) in _GIVEN
    return piece.kind != "WORDS" or (not piece.value and _CARE.search(text[piece.start : piece.end]) is not None)


def _kind(piece: Piece, vocabulary: Vocabulary) -> str:
    return vocabulary.words[piece.value].kind if piece.value in vocabulary.words else ""


def _alike(pieces: list[Piece], last: int, vocabulary: Vocabulary) -> bool:
    """ "requiring BiPAP or CPAP": two things of one kind, either of which a record can tell."""
    first = pieces[last - 2]
    joined = pieces[last - 1].value in _OR and pieces[last - 3].kind == "RELATIVE"
    return joined and first.kind == "THING" and _kind(first, vocabulary) == _kind(pieces[last], vocabulary)
