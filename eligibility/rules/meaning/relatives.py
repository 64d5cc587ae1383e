"""Relative clauses: those that say what a thing is like or requires, and those that narrow all that stands before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.sentence import Part, Piece

_COPULAS: Final = frozenset(("that is", "that are", "which is", "which are"))


def copular(part: Piece) -> bool:
    """ "… that is uncontrolled": a relative clause that only says what a finding is like."""
    return str(part.value).lower() in _COPULAS


def needing(part: Part) -> bool:
    """ "… requiring systemic therapy": a relative clause that tells how bad a finding is."""
    return isinstance(part, Piece) and "requir" in str(part.value).lower()


def restricting(at: int, parts: Sequence[Part]) -> bool:
    """Whether a relative clause narrows more than the thing before it: not one that only says what that is like."""
    part = parts[at]
    if not isinstance(part, Piece) or part.kind != "RELATIVE":
        return False
    if copular(part):
        return any(behind.kind not in ("QUALIFIER", "ACTIVE", "VERB") for behind in parts[at + 1 :])
    return at == 0 or not needing(part)
