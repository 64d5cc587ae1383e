"""What a formula is: the variable it gives, what it takes, how close in time, and who published it when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

WEEK, QUARTER, YEAR = 7.0, 90.0, 365.0
ADULT = 18
OLDEST = 125


@dataclass(frozen=True, slots=True)
class Input:
    """A quantity that a formula takes, by its vocabulary key, in `unit` (ULN: as a multiple of its upper limit).

    It must lie at most `days` from the first input (0: on the same day; parts of a day: by the clock). Of adults it
    may lie `grown` days away, when that is given, and then does not date the result: a height lasts.
    """

    key: str
    unit: str | None = None
    days: float = WEEK
    grown: float | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """How one variable follows from others; nothing is rounded that `compute` does not round.

    `name` is shown to the user, with its year. `compute` takes the `inputs` in their units and then what `about` names
    of the patient (keys of `givens.GIVENS`). It is for patients of `ages`, completed years, first and last; who gives
    no age is not taken for a child. `beside` is another formula of the same thing, shown and never compared.
    """

    variable: str
    name: str
    source: str
    inputs: tuple[Input, ...]
    compute: Callable[..., float | None]
    unit: str | None = None
    about: tuple[str, ...] = ()
    ages: tuple[int, int] = (0, OLDEST)
    beside: tuple[str, Callable[..., float | None]] | None = None

    def fits(self, years: tuple[int, int] | None) -> bool:
        """Whether the formula is for a patient of this age, the least and the most it can be."""
        if years is None:
            return self.ages[1] >= OLDEST
        return self.ages[0] <= years[0] and years[1] <= self.ages[1]
