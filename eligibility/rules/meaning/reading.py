"""What an island says: subjects, the limits they are held to, and how both are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from eligibility.rules.meaning.quantity import Quantity
from eligibility.rules.rule import Direction, Duration, Select
from eligibility.rules.token import Token

Comparison = Literal[
    "ge",
    "gt",
    "le",
    "lt",
    "eq",
    "about",
    "beside",
    "worse",
    "better",
    "worse than",
    "better than",
    "either",
    "bare",
    "plus",
]
# How subjects in a row are joined: "ALT and AST", "ALT or AST", "ALT/AST", "ALT, AST".
Joint = Literal["", "and", "or", "and_or", "slash", "comma"]
Names = tuple[tuple[Token, ...], Joint]


@dataclass(init=False, slots=True)
class Limit:
    """One comparison with one quantity."""

    comparison: Comparison
    quantity: Quantity
    second: Quantity | None

    def __init__(
        self,
        comparison: Comparison,
        quantity: Quantity,
        second: Quantity | None = None,
    ) -> None:
        self.comparison = comparison
        self.quantity = quantity
        self.second = second


@dataclass(init=False, slots=True)
class Spec:
    """What a subject must satisfy: every limit (`all`), one of them (`any`), or one of a set of levels (`set`).

    `ranged` when two quantities were written as "A to B", which may stand in either order; `joined` is the
    connective of a set of two ("and", "or", "slash", "comma"), or "again" when the second is compared as the first.
    """

    how: Literal["all", "any", "set", "normal"]
    limits: tuple[Limit, ...]
    ranged: bool
    joined: str

    def __init__(
        self,
        how: Literal["all", "any", "set", "normal"],
        limits: tuple[Limit, ...] = (),
        ranged: bool = False,
        joined: str = "",
    ) -> None:
        self.how = how
        self.limits = limits
        self.ranged = ranged
        self.joined = joined

    @property
    def aged(self) -> bool:
        """Whether one of the quantities was called an age."""
        return any(limit.quantity.aged for limit in self.limits)


@dataclass(init=False, slots=True)
class Reading:
    """An island: subjects (empty for an ellipsis), how they are joined, and their limits.

    `finding` when the one subject is named by what its values are called; `change` and `per` are set for a rise or
    fall; `select` says which of several values counts; `so_far` that "prior" stands before the names; `person` when
    only "patients", "adults" … were named.
    """

    spec: Spec
    names: tuple[Token, ...]
    joined: Joint
    change: Direction | None
    per: Duration | None
    age: bool
    person: bool
    reversed: bool
    bracketed: bool
    finding: bool
    select: Select
    so_far: bool

    def __init__(
        self,
        spec: Spec,
        names: tuple[Token, ...] = (),
        joined: Joint = "",
        change: Direction | None = None,
        per: Duration | None = None,
        age: bool = False,
        person: bool = False,
        reversed: bool = False,
        bracketed: bool = False,
        finding: bool = False,
        select: Select = "latest",
        so_far: bool = False,
    ) -> None:
        self.spec = spec
        self.names = names
        self.joined = joined
        self.change = change
        self.per = per
        self.age = age
        self.person = person
        self.reversed = reversed
        self.bracketed = bracketed
        self.finding = finding
        self.select = select
        self.so_far = so_far


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the list that follows must hold; None when the words bound it from above."""

    least: int | None


def limits_of_value(spec: Spec) -> bool:
    """Whether limits can be of a quantity: compared, and neither a level nor a grade ("neutropenia ≥ grade 3")."""
    compared = spec.how in ("all", "any") and bool(spec.limits)
    return compared and not any(limit.quantity.level or limit.quantity.graded for limit in spec.limits)


def in_time(reading: Reading) -> bool:
    """Whether limits are lengths of time: "patients 18 to 65 years"."""
    units = {limit.quantity.unit for limit in reading.spec.limits} - {None}
    return bool(units) and units <= {"year", "month", "week", "day"} and reading.spec.how in ("all", "any")


def is_multiple(reading: Reading) -> bool:
    """ "5 × ULN" without a comparison."""
    limits = reading.spec.limits
    return reading.spec.how == "set" and len(limits) == 1 and limits[0].quantity.unit in ("ULN", "LLN")
