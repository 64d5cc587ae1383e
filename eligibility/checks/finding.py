"""The noun of this station: one thing in a trial's criteria that a person should look at again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from eligibility.criteria.criterion import Criterion
from eligibility.spans import Span

Kind = Literal[
    "contradiction",
    "disagreeing-limits",
    "impossible-level",
    "class-and-score",
    "impossible-value",
    "odd-unit",
    "missing-unit",
    "restated-value",
    "record-age",
    "record-sex",
    "polarity-suspect",
    "restates-inclusion",
    "duplicate",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""Every kind, the gravest first."""

RESTATED = "The exclusion turns away nobody whom the inclusion would let in."
ONCE = "Whether one of the two can go: a change must now be made in both."


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that a finding is about: `[start, end)` of a criterion's text, or the whole of it."""

    criterion: Criterion
    span: Span | None = None

    @property
    def text(self) -> str:
        """The words, exactly as the criterion has them."""
        return self.criterion.text[slice(*self.span)] if self.span else self.criterion.text

    @property
    def place(self) -> Span | None:
        """Where the words stand in the text that the criterion was cut from; None when that is not known."""
        start = self.criterion.start
        if start is None:
            return None
        low, high = self.span or (0, len(self.criterion.text))
        return start + low, start + high


@dataclass(frozen=True, slots=True)
class Finding:
    """What is found: its kind, the words of each criterion concerned, why, and what to check, in plain sentences.

    `about` names what the words speak of, as the vocabulary labels it; () when that does not matter.
    """

    kind: Kind
    quotes: tuple[Quote, ...]
    about: tuple[str, ...]
    why: str
    check: str

    @property
    def criteria(self) -> tuple[str, ...]:
        """The ids of the criteria concerned, each once."""
        return tuple(dict.fromkeys(quote.criterion.id for quote in self.quotes))
