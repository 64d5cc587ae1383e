"""Times of which half-lives are a part; not compiled, since their parent is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eligibility.rules.rule import Window
from eligibility.spans import Span


@dataclass(frozen=True, slots=True)
class HalfLives:
    """ "5 half-lives, whichever is longer": where that stands, and whether it is the longer or the shorter time, or
    which of them is not said.
    """

    span: Span
    which: Literal["longer", "shorter", ""] = ""


@dataclass(frozen=True, slots=True)
class Elimination(Window):
    """A look-back window beside which so many half-lives count; of no length where they are all that is said."""

    half_lives: HalfLives = HalfLives((0, 0))
