"""Whom a requirement binds: "women of childbearing potential must have T", "T for WOCBP" are "T if of such potential".

The words for the group are put as a condition, so that what is asked of them asks nothing of a man.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.sentence import Piece

_GROUPS: Final = frozenset(("childbearing_potential",))
_MEN: Final = re.compile(r"\b(?:males?|men)\b")
_AROUND: Final = frozenset(("FILLER", "PERSON", "WOMEN"))
_SAID_OF: Final = frozenset(("JUDGE", "NOT", "RELATIVE"))
_EDGES: Final = frozenset(("STOP", "ITEM", "SEMI"))
_MUST: Final = ("must", "should", "shall", "will", "may not", "cannot", "can not")
_TOO: Final = ("also", "in addition", "additionally")
_FOR: Final = ("for ", "in ", "if ")


def bound(raw: list[Piece], side: Side, text: str) -> list[Piece]:
    """The pieces, every group that a requirement is bound to as a condition."""
    for at in reversed([at for at, piece in enumerate(raw) if piece.kind == "THING" and _is_group(piece)]):
        raw = _bound(raw, at, side, text)
    return raw


def _is_group(piece: Piece) -> bool:
    return isinstance(piece.value, str) and piece.value in _GROUPS


def _bound(raw: list[Piece], at: int, side: Side, text: str) -> list[Piece]:
    if side == "exclusion":
        raw = _narrowed(raw, at)
    start = _start(raw, at)
    if _men_too(raw[start : at + 1], text):  # "for all males and females of childbearing potential, …"
        of_all = Piece("WORDS", raw[start].start, raw[at].end, "")
        return [*raw[:start], of_all, *raw[at + 1 :]] if start == 0 and _for(raw[start:at]) else raw
    before = raw[start - 1] if start else None
    case, group = Piece("CASE", raw[start].start, raw[start].start, "if"), raw[at]
    if before is not None and before.kind == "CASE":
        raw, at, start = [*raw[: start - 1], *raw[at:]], start - 1, start - 1
        bracketed = start and raw[start - 1].kind == "LPAR"
        return _bound(raw, at, side, text) if bracketed else [*raw[:start], case, *raw[start:]]
    after = at + 1
    while after < len(raw) and raw[after].kind == "COHORT" and str(raw[after].value).lower() == "only":
        after += 1
    if after == at + 1 < len(raw) and raw[after].kind == "FILLER" and str(raw[after].value).lower() in _TOO:
        raw = [*raw[:after], *raw[after + 1 :]]  # "… potential | also | may not be breast-feeding"
    behind = raw[after] if after < len(raw) else None
    if before is not None and before.kind == "LPAR" and behind is not None and behind.kind == "RPAR":
        ended = after + 1 == len(raw) or raw[after + 1].kind in _EDGES
        return [*raw[: start - 1], case, group, *raw[after + 1 :]] if ended and start > 1 else raw
    opening = before is None or before.kind in _EDGES
    if not opening:
        ended = behind is None or behind.kind in _EDGES
        return [*raw[:start], case, group, *raw[after:]] if ended and _for(raw[start:at]) else raw
    if behind is None or after > at + 1:
        return raw
    if behind.kind == "COLON" or (behind.kind == "COMMA" and _for(raw[start:at])):
        return [*raw[:start], case, group, *raw[after:]]
    if behind.kind in ("VERB", "NOT") and str(behind.value).lower().startswith(_MUST) and side == "inclusion":
        comma = Piece("BINDS", group.end, group.end, ",")
        rest = raw[after:] if behind.kind == "NOT" else raw[after + 1 :]
        return [*raw[:start], case, group, comma, *rest]
    return raw


def _narrowed(raw: list[Piece], at: int) -> list[Piece]:
    """ "Women of childbearing potential, unwilling to …": what stands behind the comma is said of them."""
    comma = at + 1
    if comma < len(raw) and raw[comma].kind == "LPAR":
        comma = next((i for i in range(comma, len(raw)) if raw[i].kind == "RPAR"), at) + 1
    if comma + 1 >= len(raw) or raw[comma].kind != "COMMA":
        return raw
    behind = raw[comma + 1]
    said = behind.kind in _SAID_OF or (behind.kind == "FILLER" and str(behind.value).lower().startswith("who"))
    return [*raw[:comma], *raw[comma + 1 :]] if said else raw


def _start(raw: Sequence[Piece], at: int) -> int:
    """Where the words for the group begin: "all female patients | of childbearing potential"."""
    start = first = at
    while first and raw[first - 1].kind in _AROUND:
        first -= 1
        if raw[first].kind != "FILLER" or str(raw[first].value).lower() in ("for", "in", "a", "an", "all", "any"):
            start = first
    return start


def _men_too(words: Sequence[Piece], text: str) -> bool:
    """ "Male and female subjects of reproductive potential": what is asked of them is asked of men as well."""
    said = text[words[0].start : words[-1].end].lower()
    women = any(piece.kind == "WOMEN" for piece in words)
    return _MEN.search(said) is not None or (not women and "reproductive" in said)


def _for(words: Sequence[Piece]) -> bool:
    return bool(words) and f"{words[0].value} ".lower().startswith(_FOR)
