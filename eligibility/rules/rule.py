"""The kernel of rules: small frozen values that every engine, report and export understands.

Equality ignores `span`, the place in the criterion's text that a rule was read from.
The words are those of the design: `measured graded changed present all any at_least not judgement unclear`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal

from eligibility.spans import Span

if TYPE_CHECKING:
    from pint import Quantity

Select = Literal["latest", "any", "min", "max"]
Fact = Literal["condition", "treatment", "procedure", "allergy", "state"]
Status = Literal["active", "history", "any"]
Direction = Literal["rise", "fall"]


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of an interval, in the unit as written (house spelling).

    `unit` is None when unitless or when the text gave none; then `assumed` may name the unit that the
    number can only mean ("BMI 30" is kg/m2). "ULN", "LLN", "baseline" and "%predicted" are units too.
    """

    value: float
    unit: str | None = None
    inclusive: bool = True
    assumed: str | None = None

    @property
    def quantity(self) -> Quantity[float]:
        """The bound as a pint Quantity of the house registry; raises pint errors for unknown units."""
        from eligibility.units import quantity

        return quantity(self.value, self.unit or self.assumed)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; `unit` is year, month, week, day, hour or minute."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Window:
    """When a fact must hold: `within` a time before the anchor, `for` at least that long, `since` that long ago."""

    kind: Literal["within", "for", "since"]
    value: float
    unit: str
    anchor: str = "screening"


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity lies within bounds; None is an open end."""

    variable: str
    low: Bound | None = None
    high: Bound | None = None
    select: Select = "latest"
    times: int = 1
    window: Window | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["measured"] = "measured"


@dataclass(frozen=True, slots=True)
class Graded:
    """An ordinal (or nominal) scale is at one of these levels, written in severity order."""

    scale: str
    levels: tuple[str, ...]
    select: Select = "latest"
    times: int = 1
    window: Window | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["graded"] = "graded"


@dataclass(frozen=True, slots=True)
class Changed:
    """A rise or fall whose size lies within bounds, per a length of time when the text names one."""

    variable: str
    direction: Direction
    low: Bound | None = None
    high: Bound | None = None
    per: Duration | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["changed"] = "changed"


@dataclass(frozen=True, slots=True, init=False)
class Present:
    """The patient has (or had) a condition, treatment, procedure, allergy or state.

    `named` when the vocabulary does not hold it: `concept` is then its name in small letters, and only a record of the
    same name meets it.
    """

    fact: Fact
    concept: str
    status: Status = "active"
    qualifiers: tuple[str, ...] = ()
    window: Window | None = None
    span: Span | None = field(default=None, compare=False, repr=False)
    named: bool = False
    kind: Literal["present"] = "present"

    def __init__(
        self,
        fact: Fact,
        concept: str,
        status: Status = "active",
        qualifiers: tuple[str, ...] = (),
        window: Window | None = None,
        span: Span | None = None,
        named: bool = False,
        kind: Literal["present"] = "present",
    ) -> None:
        _set_fact(self, fact)
        _set_concept(self, concept)
        _set_status(self, status)
        _set_qualifiers(self, qualifiers)
        _set_window(self, window)
        _set_span(self, span)
        _set_named(self, named)
        _set_kind(self, kind)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every rule is met (strong Kleene)."""

    rules: tuple[Rule, ...]
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["all"] = "all"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one rule is met (strong Kleene)."""

    rules: tuple[Rule, ...]
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["any"] = "any"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `count` of the rules are met (strong Kleene)."""

    count: int
    rules: tuple[Rule, ...]
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["at_least"] = "at_least"


@dataclass(frozen=True, slots=True)
class Not:
    """The rule is not met (strong Kleene)."""

    rule: Rule
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["not"] = "not"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Only a person can say: consent, willingness, the investigator's opinion. `text` is the source's words."""

    text: str
    span: Span | None = field(default=None, compare=False, repr=False)
    kind: Literal["judgement"] = "judgement"


@dataclass(frozen=True, slots=True, init=False)
class Unclear:
    """Not understood: the source's words, why, and what they might mean (`hint`).

    `rules` are the tests that were read inside the words, for a person to see: what they bind is not known
    ("≤ 5 × ULN if the liver is involved"). Neither they nor the hint are ever used for a verdict.
    """

    text: str
    reason: str = ""
    hint: str = ""
    span: Span | None = field(default=None, compare=False, repr=False)
    rules: tuple[Rule, ...] = ()
    kind: Literal["unclear"] = "unclear"

    def __init__(
        self,
        text: str,
        reason: str = "",
        hint: str = "",
        span: Span | None = None,
        rules: tuple[Rule, ...] = (),
        kind: Literal["unclear"] = "unclear",
    ) -> None:
        _set_unclear_text(self, text)
        _set_unclear_reason(self, reason)
        _set_unclear_hint(self, hint)
        _set_unclear_span(self, span)
        _set_unclear_rules(self, rules)
        _set_unclear_kind(self, kind)


# The fields of a frozen value are set through its slots: the constructor that is made for it takes twice as long, and
# of these two kinds there are several in a criterion.
(
    _set_fact, _set_concept, _set_status, _set_qualifiers, _set_window, _set_span, _set_named, _set_kind,
) = (vars(Present)[one.name].__set__ for one in fields(Present))  # fmt: skip
(
    _set_unclear_text, _set_unclear_reason, _set_unclear_hint, _set_unclear_span, _set_unclear_rules, _set_unclear_kind,
) = (vars(Unclear)[one.name].__set__ for one in fields(Unclear))  # fmt: skip


Leaf = Measured | Graded | Changed | Present | Judgement | Unclear
Rule = Leaf | AllOf | AnyOf | AtLeast | Not
