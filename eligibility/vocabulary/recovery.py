"""The words of which what somebody has recovered from is told."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class RecoveryWords(NamedTuple):
    """The table: what `lasting` effects are called, the `effects`, what a clause begins with (`beginning`), what may
    stand before them (`opening`, those too), every word of such a clause (`words`), and what may be `excepted`.
    """

    lasting: frozenset[str]
    effects: frozenset[str]
    beginning: frozenset[str]
    opening: frozenset[str]
    words: frozenset[str]
    excepted: frozenset[str]


@cache
def recovery_words() -> RecoveryWords:
    """The shipped table, read once."""
    table = tomllib.loads(files("eligibility.vocabulary").joinpath("recovery.toml").read_text(encoding="utf-8"))
    lasting, effects, beginning, before, other, excepted = (
        frozenset(table[name]) for name in ("lasting", "effects", "beginning", "before", "other", "excepted")
    )
    opening = beginning | before
    words = lasting | effects | opening | other
    return RecoveryWords(lasting, effects, beginning, opening, words, words | excepted)
