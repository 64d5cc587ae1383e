"""An island: the longest run of tokens that the grammar reads as one statement, and what it read."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.rules.meaning.history import Before, Moment, OtherTime, Washout
from eligibility.rules.meaning.reading import Count, Reading
from eligibility.rules.rule import Window


@dataclass(init=False, slots=True)
class Island:
    """A reading and the tokens [first, after) it was read from."""

    reading: Reading | Window | OtherTime | Washout | Moment | Before | Count
    first: int
    after: int

    def __init__(
        self,
        reading: Reading | Window | OtherTime | Washout | Moment | Before | Count,
        first: int,
        after: int,
    ) -> None:
        self.reading = reading
        self.first = first
        self.after = after
