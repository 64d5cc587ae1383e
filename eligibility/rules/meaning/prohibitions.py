"""Prohibitions among exclusions: "patients must not have had a stroke" excludes who had one; "no" may mean either."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.sentence import Clause, Part, Piece

_OBLIGES: Final = re.compile(r"\b(?:must|should|shall|may) $", re.IGNORECASE)
_PROHIBITING: Final = ("must not", "should not", "may not", "shall not", "must have no", "should have no")
_TO_BE: Final = re.compile(r"\b(?:must|should) be\W*\Z")


def denied(clause: Clause, text: str) -> bool:
    """ "No history of stroke", "must not have had a stroke" on an exclusion list: it may mean either."""
    if "NOT" not in clause.kinds:
        return False
    pieces = clause.members[0]
    at = next((i for i, part in enumerate(pieces) if part.kind not in ("VERB", "WOMEN", "MEN", "ACTIVE", "CURRENT")), 0)
    first = pieces[at] if at < len(pieces) else pieces[0]
    if not isinstance(first, Piece) or first.kind != "NOT":
        return any(_prohibition(part) for parts in clause.members[1:] for part in parts)  # "Step 1, must not have had"
    word = str(first.value).lower()
    if word.startswith("non") and _TO_BE.search(text, max(0, first.start - 12), first.start):
        return True  # "patients must be non-pregnant"
    said = word == "no" or word.startswith(("no ", "must", "should", "may", "can", "are not", "is not"))
    return said or _forbids(first, text)


def prohibits(clause: Clause, text: str) -> Clause | None:
    """ "Patients must not have a history of stroke" on an exclusion list: what is prohibited, without the prohibition.

    None where something else is denied as well, so that it may mean either.
    """
    without = ([part for part in m if not (_prohibition(part) or _forbids(part, text))] for m in clause.members)
    members = tuple(map(tuple, without))
    left = any(part.kind in ("NOT", "NEGATIVE") for member in members for part in member)
    return Clause(members, clause.joints) if all(members) and not left and members != clause.members else None


def _prohibition(part: Part) -> bool:
    return isinstance(part, Piece) and part.kind == "NOT" and str(part.value).lower().startswith(_PROHIBITING)


def _forbids(part: Part, text: str) -> bool:
    """ "must not receive": whether a mere "not" stands behind a word that obliges."""
    return part.kind == "NOT" and _OBLIGES.search(text, max(0, part.start - 8), part.start) is not None
