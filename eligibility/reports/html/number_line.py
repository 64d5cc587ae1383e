"""A number line: the limits of a test, the value beside them, and which side passes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.patients.interval import Interval, read_value
from eligibility.reports.wording import label, one_line, unit_words
from eligibility.rules.rule import Bound, Measured
from eligibility.verdicts.parts import Part
from eligibility.verdicts.verdict import Evidence

WIDTH, LEFT, RIGHT = 320, 8, 312
_ROOM = 0.35  # beside the outermost numbers, of the way between them
_LETTER = 6.2  # about the width of one, in the units of the drawing
_APART = 100  # two labels closer than this become one


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of the line, which passes or fails."""

    start: float
    end: float
    passes: bool


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on the line; it belongs to the inside when its dot is filled."""

    at: float
    filled: bool


@dataclass(frozen=True, slots=True)
class Label:
    """Words with their middle at a place."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class NumberLine:
    """What is drawn, all places from LEFT to RIGHT; of an exact value `start` and `end` are one place."""

    words: str
    stretches: tuple[Stretch, ...]
    limits: tuple[Limit, ...]
    names: tuple[Label, ...]
    start: float
    end: float
    value: Label


def number_line(part: Part) -> NumberLine | None:
    """The line of a test with limits and a value that can be told in their unit; None for every other."""
    rule = part.leaf
    if not isinstance(rule, Measured) or part.result == "not_applicable":
        return None
    units = {bound.unit or bound.assumed for bound in (rule.low, rule.high) if bound}
    fact = next((fact for fact in part.verdict.because if fact.fact == rule.variable), None)
    if fact is None or len(units) != 1:
        return None
    value = _read(fact, units.pop())
    numbers = [bound.value for bound in (rule.low, rule.high) if bound]
    numbers += [end for end in (value.low, value.high) if math.isfinite(end)] if value else []
    spread = max(numbers) - min(numbers)
    if value is None or not math.isfinite(spread):
        return None
    told = fact.compared or f"{fact.value} {unit_words(fact.unit, fact.value)}".rstrip()
    return _drawn(rule, part.wanted, value, one_line(told), _Scale.of(numbers))


def _read(fact: Evidence, unit: str | None) -> Interval | None:
    """The value as an interval, None where it is not in this unit."""
    try:
        value, own = read_value(fact.compared or f"{fact.value} {fact.unit or ''}")
    except ValueError:
        return None
    same = (own or "year") == (unit or "year") if fact.fact == "age" else own == unit
    return value if same else None


@dataclass(frozen=True, slots=True)
class _Scale:
    """The numbers at both ends of the line; beyond them lies what is larger or smaller."""

    low: float
    high: float

    @classmethod
    def of(cls, numbers: list[float]) -> _Scale:
        low, high = min(numbers), max(numbers)
        room = (high - low or abs(high) or 1) * _ROOM
        return cls(max(low - room, 0) if low >= 0 else low - room, high + room)

    def place(self, number: float) -> float:
        share = min(max((number - self.low) / (self.high - self.low), 0), 1)
        return round(LEFT + share * (RIGHT - LEFT), 1)


def _drawn(rule: Measured, wanted: bool, value: Interval, told: str, scale: _Scale) -> NumberLine:
    asked = " and ".join(text for text, _ in _limits(rule))
    start, end = scale.place(value.low), scale.place(value.high)
    return NumberLine(
        words=f"{label(rule.variable)}: {'passes' if wanted else 'fails'} if {asked}; the value is {told}",
        stretches=tuple(_stretches(rule, wanted, scale)),
        limits=tuple(Limit(scale.place(bound.value), bound.inclusive) for _, bound in _limits(rule)),
        names=tuple(_names(rule, scale)),
        start=start,
        end=end,
        value=_label((start + end) / 2, told),
    )


def _limits(rule: Measured) -> Iterator[tuple[str, Bound]]:
    for bound, closed, open_ in ((rule.low, "≥", ">"), (rule.high, "≤", "<")):
        if bound:
            value = f"{bound.value:.15g}"
            unit = unit_words(bound.unit or bound.assumed, value)
            yield f"{closed if bound.inclusive else open_} {value} {unit}".rstrip(), bound


def _stretches(rule: Measured, wanted: bool, scale: _Scale) -> Iterator[Stretch]:
    low = scale.place(rule.low.value) if rule.low else LEFT
    high = scale.place(rule.high.value) if rule.high else RIGHT
    if low > high:
        return
    for start, end, inside in ((LEFT, low, False), (low, high, True), (high, RIGHT, False)):
        if start < end:
            yield Stretch(start, end, inside is wanted)


def _names(rule: Measured, scale: _Scale) -> Iterator[Label]:
    """The limits in words, below the line; two that lie close together share a label."""
    limits = [(scale.place(bound.value), text) for text, bound in _limits(rule)]
    if len(limits) == 2 and limits[1][0] - limits[0][0] < _APART:
        (low, one), (high, other) = limits
        limits = [((low + high) / 2, f"{one}, {other}")]
    yield from (_label(at, text) for at, text in limits)


def _label(at: float, text: str) -> Label:
    """A label as near to its place as it fits."""
    half = min(len(text) * _LETTER / 2, WIDTH / 2)
    return Label(round(min(max(at, half), WIDTH - half), 1), text)
