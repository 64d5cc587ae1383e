"""The nouns of this station: what to find out, what is too old, what nearly fits, and when time changes a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from eligibility.rules.rule import Leaf
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import Outcome, Reason, Result

Sort = Literal[
    "measurement", "change", "scale", "condition", "treatment", "procedure", "allergy", "state", "age", "sex"
]  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What can be found out about a patient: a key of the vocabulary (or a name it does not hold), and what it is."""

    sort: Sort
    key: str

    @property
    def fact(self) -> str:
        """The fact as verdicts call it."""
        if self.sort == "allergy":
            return f"allergy to {self.key}"
        return f"change of {self.key}" if self.sort == "change" else self.key


@dataclass(frozen=True, slots=True)
class Ask:
    """One fact to find out, and what knowing it is worth.

    `wanted_by` are the undetermined trials that lack it, `alone` those that lack nothing else, `decides` those that
    lack nothing else but the facts before it in the list. `tests` are what the trials ask of it, `computes` what would
    be computed from it, `reasons` and `details` why the record does not tell.
    """

    subject: Subject
    tests: tuple[Leaf, ...]
    wanted_by: tuple[str, ...]
    alone: tuple[str, ...]
    decides: tuple[str, ...]
    computes: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stale:
    """A recorded fact that is too old: its last day, and from which day on a new one counts for all of `trials`."""

    fact: str
    last: str | None
    counts_from: date | str | None
    trials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Never:
    """An undetermined trial that no fact decides: a test in it that a record of today would not settle, and why."""

    trial: str
    criterion: str
    fact: str
    detail: str


@dataclass(frozen=True, slots=True)
class Miss:
    """By how much one criterion fails: `value` recorded, `limit` to be reached, `by` their distance, all in `unit`.

    `share` is the distance as a part of the limit (of a scale: of its length), by which misses are compared. `beyond`
    says that the limit itself does not suffice.
    """

    criterion: str
    fact: str
    value: str
    limit: str
    by: str
    unit: str | None
    share: float
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An ineligible trial of which every failing criterion fails by a number or a level."""

    trial: str
    misses: tuple[Miss, ...]

    @property
    def nearness(self) -> tuple[int, float, str]:
        """The sorting key: how many criteria fail, by how much the worst of them, the trial."""
        return len(self.misses), max(miss.share for miss in self.misses), self.trial


@dataclass(frozen=True, slots=True)
class Turn:
    """The first day on which a trial has another outcome though nothing happens, and the criteria that change then.

    A criterion that is unresolved before and after lacks a fact on one of the two days only.
    """

    trial: str
    now: Outcome
    day: date | str
    then: Outcome
    changes: tuple[tuple[str, Result, Result], ...]


@dataclass(frozen=True, slots=True)
class NextSteps:
    """What to do next for one patient, of the trials that were looked at.

    `asks` in order of gain, `stale` by how many trials want it, `near` by nearness, `turns` by day. `undetermined`
    counts the trials among them that lack a fact. `looked_at` says of how many trials of each outcome the lists are,
    where not of all. In `redacted` steps days are words: how long before or after the day of judging.
    """

    patient: str
    as_of: date | None
    counts: dict[Outcome, int]
    undetermined: int
    asks: tuple[Ask, ...]
    never: tuple[Never, ...]
    stale: tuple[Stale, ...]
    near: tuple[NearMiss, ...]
    turns: tuple[Turn, ...]
    policy: Policy = DEFAULT
    looked_at: dict[Outcome, int] | None = None
    redacted: bool = False
