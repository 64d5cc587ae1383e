"""Pieces made fit for the sentence grammar: brackets balanced, one joint between members, words in runs."""

from __future__ import annotations

from typing import Final

from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import Unclear

_JOINS: Final = {"AND": "and", "BUT": "and", "OR": "or", "NOR": "or", "COMMA": "comma", "BINDS": "comma"}
_TURNS: Final = frozenset(("UNLESS", "EXCEPT", "SUCH_AS", "DEFINED", "EVIDENCE"))
# A slash joins findings and tests ("ALI/ARDS"); between other words it is one of them ("mg/day").
_SLASHED: Final = frozenset(
    ("THING", "RULE", "QUALIFIER", "ELLIPSIS", "MEN", "WOMEN", "HISTORY", "NOT", "POSITIVE", "NEGATIVE")
)
_BRACKETS: Final = ("LPAR", "RPAR")
# What a turn is that stands at the end of the words over a list.
_OVER_ITEMS: Final = {"SUCH_AS": "INCLUDING", "DEFINED": "DEFINING", "EXCEPT": "EXCEPTING", "UNLESS": "EXCEPTING"}
# More letters than this between a turn and an end are words, not signs.
_SHORT: Final = 3
_SILENT: Final = frozenset(("FILLER", "PERSON", "METHOD", "BY", "GAUGE"))
# Kinds whose place decides what becomes of them; anything else stays where it is.
_PLACED: Final = (
    _SILENT | _TURNS | frozenset(_JOINS) | {"SLASH", "SEMI", "STOP", "ITEM", "LPAR", "RPAR", "WORDS", "VERB", "PROVISO"}
)


def balanced(pieces: list[Piece]) -> list[Piece]:
    """Brackets without a partner become words; so do lists and sentence ends inside brackets."""
    if not any(piece.kind in _BRACKETS for piece in pieces):
        return pieces
    opened: list[int] = []
    for at, piece in enumerate(pieces):
        if piece.kind == "LPAR":
            opened.append(at)
        elif piece.kind == "RPAR":
            if opened:
                opened.pop()
            else:
                piece.kind = "FILLER"
        elif opened and piece.kind in ("STOP", "ITEM"):
            piece.kind, piece.value = "SEMI", ";"
    for at in opened:
        pieces[at].kind = "FILLER"
    return pieces


def normalised(pieces: list[Piece]) -> list[Piece]:
    """One joint between two members, none at the edges; silent words dropped; runs of words in one piece."""
    out: list[Piece] = []
    for piece in pieces:
        _place(piece, out)
    while out and out[-1].type in ("JOIN", "TURN", "SEMI", "_STOP", "ITEM"):
        if (unsaid := _unsaid(out.pop(), pieces[-1].end)) is not None:
            out.append(unsaid)
    return out


def _unsaid(turn: Piece, upto: int) -> Piece | None:
    """ "…, other than for diagnosis": an exception of which nothing but silent words is left is not understood."""
    silent = turn.type == "TURN" and turn.kind in ("EXCEPT", "UNLESS") and upto - turn.end > _SHORT
    return Piece("WORDS", turn.start, upto, "") if silent else None


def _place(piece: Piece, out: list[Piece]) -> None:
    last = out[-1] if out else None
    if last is not None and piece.kind not in _PLACED:
        out.append(piece)
        return
    opening = last is None or last.type in ("LPAR", "SEMI", "_STOP", "ITEM")
    if piece.kind in _SILENT:
        return
    if piece.kind == "SLASH" and (last is None or last.kind not in _SLASHED):
        piece.kind, piece.value = "WORDS", ""
    if piece.kind in _JOINS or piece.kind == "SLASH":
        _join(piece, out, last, opening)
    elif piece.kind in ("SEMI", "STOP", "ITEM", "RPAR"):
        _close(piece, out)
    elif piece.kind in _TURNS:
        if last is not None and last.type == "JOIN":
            out.pop()
            last = out[-1] if out else None
        piece.type = "PIECE" if opening or (last is not None and last.type == "TURN") else "TURN"
        out.append(piece)
    elif piece.kind == "LPAR":
        piece.type = "LPAR"
        out.append(piece)
    elif piece.kind == "PROVISO":  # "T, if indicated"
        if last is not None and last.type == "JOIN" and last.value == "comma":
            out.pop()
        out.append(piece)
    elif (
        piece.kind == "WORDS" and last is not None and last.kind == "WORDS" and not _marked(last) and not _marked(piece)
    ):
        last.end = piece.end
        last.value = last.value or piece.value
    elif not (piece.kind == "VERB" and opening):
        out.append(piece)


def _marked(piece: Piece) -> bool:
    return isinstance(piece.value, Unclear)


def _join(piece: Piece, out: list[Piece], last: Piece | None, opening: bool) -> None:
    value = _JOINS.get(piece.kind, "or")
    if opening:
        if last is not None and last.type == "LPAR" and value != "comma":
            out.append(Piece("LEAD", piece.start, piece.end, value))
        elif last is not None and last.type == "ITEM" and value == "or":
            last.value = "or"
        elif last is not None and last.type in ("SEMI", "_STOP") and value == "or":
            last.type, last.kind, last.value = "JOIN", "OR", "comma_or"
        return
    assert last is not None
    if last.kind == "EVIDENCE" and last.type == "TURN":  # what it says of a proof are silent words
        out.pop()
        last = out[-1]
    if last.type == "JOIN":
        last.end = piece.end
        if value != "comma":
            last.value = f"comma_{value}" if last.value.startswith("comma") else value
    elif last.type != "TURN" and last.kind not in ("LEAD",):
        out.append(Piece(piece.kind, piece.start, piece.end, value, "JOIN"))


def _close(piece: Piece, out: list[Piece]) -> None:
    """A mark that ends what is open: a joint or turn before it joins nothing."""
    joint, widened = "", None
    if piece.kind == "ITEM" and len(out) > 1 and out[-1].kind == "COLON" and out[-2].kind in _OVER_ITEMS:
        out.pop()
    while (out and out[-1].type in ("JOIN", "TURN", "SEMI")) or (
        piece.kind in ("STOP", "ITEM") and out and out[-1].type in ("_STOP",)
    ):
        ended = out.pop()
        if piece.kind != "ITEM" and (unsaid := _unsaid(ended, piece.start)) is not None:
            out.append(unsaid)
            break
        joint = str(ended.value) if ended.type == "JOIN" else joint
        over = _OVER_ITEMS.get(ended.kind)
        widened = Piece(over, ended.start, ended.end, ended) if over else widened
    if piece.kind == "ITEM" and widened is not None:
        out.append(widened)
    if piece.kind == "RPAR":
        if out and out[-1].type == "LPAR":
            out.pop()
            return
        piece.type = "RPAR"
    elif piece.kind != "ITEM" and (not out or out[-1].type in ("LPAR", "ITEM", "_STOP")):
        return
    else:
        if out and out[-1].type == "ITEM":
            out.pop()
        piece.type = {"SEMI": "SEMI", "STOP": "_STOP", "ITEM": "ITEM"}[piece.kind]
        if piece.kind == "ITEM" and joint.endswith("or"):
            piece.value = "or"
        if piece.kind == "SEMI" and joint.endswith("or"):
            piece.type, piece.kind, piece.value = "JOIN", "OR", "comma_or"
    out.append(piece)
