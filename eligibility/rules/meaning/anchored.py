"""Words behind the visit that a time is counted from, which say of what it is: "the first dose of RP-6306".

A criterion speaks of one study, whose first dose is a dose of what it gives, whatever that is called.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.sentence import Piece

# "of RP-6306", "of any study drug", "on protocol"; a code of the study's drug is written with a digit or in capitals
_CODE: Final = (
    r"(?-i:[A-Z]{2,}[A-Za-z]*[- ]?\d[\dA-Za-z-]*|[A-Z][a-z]*-?\d[\dA-Za-z-]*|\d*[A-Z]+-?\d+[A-Z-]*"
    r"|[a-zA-Z]+(?:mab|nib|lib|rib|leucel|cept|tide|vir|vec)(?:-[a-z]{4})?)"
    r"(?: (?:treatment|therapy|administration|infusion|dosing))?"
)
_STUDY: Final = (
    r"(?:(?:any|the|this|assigned|randomi[sz]ed) )*(?:study|trial|protocol|investigational|experimental)(?:[- ]\w+)?"
    r"(?: (?:drug|treatment|therapy|medication|agent|product|intervention|administration|vaccine|infusion)s?)?"
)
_OF: Final = re.compile(
    rf"\s*(?:of (?:the )?{_CODE}|(?:of|in|on|with|to) {_STUDY}"
    r"|of (?:the )?(?:assigned |planned |combination )?(?:treatment|therapy|dosing|drug|medication|infusion))\s*",
    re.IGNORECASE,
)
_ENDS: Final = frozenset(("JOIN", "TURN", "SEMI", "RPAR", "_STOP", "ITEM"))


def without_drug(pieces: list[Piece], text: str) -> list[Piece]:
    """The pieces without words that only say of what the first dose is that a time before them is counted from."""
    if not any(piece.kind == "WINDOW" for piece in pieces):
        return pieces
    return [piece for at, piece in enumerate(pieces) if not (at and _of_the_visit(pieces, at, text))]


def _of_the_visit(pieces: list[Piece], at: int, text: str) -> bool:
    piece, window = pieces[at], pieces[at - 1]
    if piece.kind != "WORDS" or piece.value or window.kind != "WINDOW":
        return False
    if window.value.kind != "within" or window.value.anchor == "screening":
        return False
    ends = at + 1 == len(pieces) or pieces[at + 1].type in _ENDS
    return ends and _OF.fullmatch(text, window.end, piece.end) is not None
