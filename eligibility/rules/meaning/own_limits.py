"""Exceptions with a limit of their own: "≤ 1.5 × ULN, except patients with X, who must have ≤ 3 × ULN".

Who has X may have more, up to that limit: what is excepted are patients with X within it. That they "can", "may" or
"must" have it says the same of them.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import AllOf, Measured, Present, Rule

_TURNS: Final = ("EXCEPT", "UNLESS")
_WHOM: Final = ("WHOM", "CASE", "VERB", "QUALIFIER", "HISTORY")
_SILENT: Final = ("WHOM", "CASE")
_MAY: Final = re.compile(r"(?:can|may|must|should)(?: have| be)?|eligible if", re.IGNORECASE)
_ENDS: Final = ("JOIN", "SEMI", "RPAR", "_STOP", "ITEM")


def with_own_limits(pieces: list[Piece]) -> list[Piece]:
    """The pieces, those left out behind an exception that only say that whom it is for may have what follows."""
    at = next((i for i, piece in enumerate(pieces) if piece.kind in _TURNS), None)
    if at is None:
        return pieces
    dropped: set[int] = set()
    for i in range(at, len(pieces)):
        if pieces[i].kind in _TURNS and pieces[i].type in ("TURN", "PIECE"):
            dropped.update(_silent(pieces, i + 1))
    return [piece for i, piece in enumerate(pieces) if i not in dropped]


def _silent(pieces: list[Piece], at: int) -> list[int]:
    """The places that say nothing behind a turn that ends before `at`; none where it is another exception."""
    whom: list[int] = []
    while at < len(pieces) and pieces[at].kind in _WHOM:
        whom += [at] if pieces[at].kind in _SILENT else []
        at += 1
    if at >= len(pieces) or pieces[at].kind != "THING":
        return []
    thing = pieces[at].value
    at += 1
    if any(piece.kind == "THING" and piece.value == thing for piece in pieces[at:]):
        return []  # "… except in patients with X. Patients with X must have …": more is asked of them
    if _ended(pieces, at) and not _goes_on(pieces, at):
        return whom
    said: list[int] = []
    while at < len(pieces) and _says_who(pieces[at]):
        said.append(at)
        at += 1
    limited = at < len(pieces) and pieces[at].kind == "RULE" and _ended(pieces, at + 1)
    allowed = bool(said) and _MAY.fullmatch(str(pieces[said[-1]].value)) is not None
    return [*whom, *said] if limited and allowed else []


def _says_who(piece: Piece) -> bool:
    comma = piece.type == "JOIN" and piece.value == "comma"
    return comma or piece.kind in ("RELATIVE", "ALLOW", "VERB")


def _ended(pieces: list[Piece], at: int) -> bool:
    return at >= len(pieces) or pieces[at].type in _ENDS


def _goes_on(pieces: list[Piece], at: int) -> bool:
    """Whether behind a comma more is said of whom the exception is for."""
    return at + 1 < len(pieces) and pieces[at].type == "JOIN" and _says_who(pieces[at + 1])


def another_limit(base: Rule, exception: Rule, side: Side) -> bool:
    """Whether an exception is who has something, within a wider limit than what it is excepted from.

    "≤ 1.5 × ULN except with X, who must have ≤ 3 × ULN" asks for less of them, "> 1.5 × ULN except … ≤ 3 × ULN"
    excludes fewer.
    """
    if not isinstance(base, Measured) or not isinstance(exception, AllOf):
        return False
    limits = [rule for rule in exception.rules if isinstance(rule, Measured)]
    named = [rule for rule in exception.rules if isinstance(rule, Present)]
    if len(limits) != 1 or not named or len(limits) + len(named) < len(exception.rules):
        return False
    other = limits[0]
    if other.variable != base.variable or base.window is not None:
        return False
    same = (base.low is None, base.high is None) == (other.low is None, other.high is None)
    across = (base.low is None, base.high is None) == (other.high is None, other.low is None)
    return same if side == "inclusion" else across and not (base.low and base.high)
