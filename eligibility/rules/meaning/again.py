"""A subject that stands once more behind its limits: "performance status 0-2 on the ECOG scale"."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Final

from eligibility.rules.meaning.island import Island
from eligibility.rules.meaning.reading import Reading
from eligibility.rules.token import Token

# What may stand behind a name that is said again.
_TAILS: Final = frozenset(("scale", "score", "index", "classification", "criteria", "grade", "class"))


def upto(island: Island, tokens: Sequence[Token], islands: Container[int]) -> int:
    """The token after an island, and after its subject where that stands again behind it: "0-2 | on the ECOG scale"."""
    at, reading = island.after, island.reading
    if at + 1 >= len(tokens) or "OWN" not in tokens[at].types or not isinstance(reading, Reading):
        return at
    while at + 1 < len(tokens) and "OWN" in tokens[at].types:
        at += 1
    again = {key for name in reading.names for key in name.names}
    if at in islands or again.isdisjoint(tokens[at].names):
        return island.after
    at += 1
    return at + 1 if at < len(tokens) and tokens[at].text.lower() in _TAILS else at
