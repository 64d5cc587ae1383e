"""The chapter `bound`: a subject and its limits, in whatever order they were written → a `Reading`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lark import Transformer, v_args

from eligibility.rules.meaning.quantity import Quantity
from eligibility.rules.meaning.reading import Comparison, Count, Joint, Limit, Reading, Spec
from eligibility.rules.rule import Direction, Duration
from eligibility.rules.token import Token

FLIPPED: dict[Comparison, Comparison] = {"ge": "le", "gt": "lt", "le": "ge", "lt": "gt", "eq": "eq", "about": "about"}
Names = tuple[tuple[Token, ...], Joint]
# "two of", "at least two of", "more than two of"
_COUNTS: dict[Comparison, int] = {"bare": 0, "ge": 0, "gt": 1}


@v_args(inline=True)
class BoundMeaning(Transformer[Any, Any]):
    """Callbacks of the chapter."""

    def subject_limits(self, names: Names, _glue: object, *rest: object) -> Reading:
        spec = next(part for part in rest if isinstance(part, Spec))
        return Reading(spec, *names)

    def subject_bracket(self, names: Names, _glue: object, _open: Token, spec: Spec, _close: Token) -> Reading:
        return Reading(spec, *names, bracketed=True)

    def flipped(self, quantity: Quantity, comparison: Comparison, _lead: object, names: Names) -> Reading:
        return Reading(Spec("all", (Limit(FLIPPED[comparison], quantity),)), *names)

    def chain(
        self,
        first: Quantity,
        opening: Comparison,
        _lead: object,
        names: Names,
        _lead2: object,
        closing: Comparison,
        _lead3: object,
        second: Quantity,
    ) -> Reading:
        spec = Spec("all", (Limit(FLIPPED[opening], first), Limit(closing, second)))
        return Reading(spec, *names)

    def compared_subject(
        self, comparison: Comparison, _lead: object, names: Names, _glue: object, quantity: Quantity
    ) -> Reading:
        return Reading(Spec("all", (Limit(comparison, quantity),)), *names)

    def bracketed_subject(self, _open: Token, names: Names, _close: Token, _glue: object, spec: Spec) -> Reading:
        return Reading(spec, *names)

    def limits_alone(self, spec: Spec) -> Reading:
        return Reading(spec, age=spec.aged)

    def limits_subject(self, spec: Spec, _lead: object, names: Names) -> Reading:
        return Reading(spec, *names, reversed=True)

    def graded_subject(self, _grade: Token, _lead: object, spec: Spec, _lead2: object, names: Names) -> Reading:
        return Reading(spec, *names)

    def between_ages(self, *parts: object) -> Reading:
        low, high = (part for part in parts if isinstance(part, Quantity))
        return Reading(self._range(low, high), age=True)

    def outside(self, names: Names, _glue: object, _word: Token, _lead: object, spec: Spec) -> Reading:
        low, high = spec.limits
        beyond = Spec("any", (Limit("lt", low.quantity), Limit("gt", high.quantity)))
        return Reading(beyond, *names)

    def graded_alone(self, _grade: Token, _lead: object, spec: Spec) -> Reading:
        return Reading(spec)

    def degrees(self, *_words: Token) -> None:
        return None

    def described(self, _words: object, names: Names, _glue: object, spec: Spec) -> Reading:
        return Reading(spec, *names)

    def younger_or_older(self, *parts: object) -> Reading:
        high, low = (part for part in parts if isinstance(part, Quantity))
        return Reading(Spec("any", (Limit("lt", high), Limit("gt", low))), age=True)

    def not_younger(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("ge", quantity),)), age=True)

    def not_older(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("le", quantity),)), age=True)

    def counted(self, spec: Spec, _of: Token) -> Count:
        limit = spec.limits[0] if len(spec.limits) == 1 else None
        if limit is None or limit.quantity.unit or limit.quantity.level or limit.comparison not in _COUNTS:
            return Count(None)
        return Count(int(limit.quantity.value) + _COUNTS[limit.comparison])

    def older(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("gt", quantity),)), age=True)

    def older_named(self, names: Names, _glue: object, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("gt", quantity),)), *names)

    def younger_named(self, names: Names, _glue: object, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("lt", quantity),)), *names)

    def younger(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("lt", quantity),)), age=True)

    def older_younger(self, *parts: object) -> Reading:
        low, high = (part for part in parts if isinstance(part, Quantity))
        return Reading(Spec("all", (Limit("gt", low), Limit("lt", high))), age=True)

    def compared_again(self, first: Comparison, _lead: object, names: Names, _glue: object, limit: Limit) -> Reading:
        ways = {first, limit.comparison}
        alike = ways <= {"ge", "gt"} or ways <= {"le", "lt"}
        return Reading(Spec("all", (limit if alike else replace(limit, comparison="about"),)), *names)

    def person_limits(self, _person: Token, *rest: object) -> Reading:
        spec = next(part for part in rest if isinstance(part, Spec))
        return Reading(spec, person=True, age=spec.aged)

    def person_named(self, _person: Token, *rest: object) -> Reading:
        spec = next(part for part in rest if isinstance(part, Spec))
        names = next(part for part in rest if isinstance(part, tuple))
        return Reading(spec, *names, reversed=True)

    def person_glue(self, *_words: Token) -> None:
        return None

    # ------------------------------------------------------------ subjects

    def names(self, name: Token) -> Names:
        return (name,), ""

    def more_names(self, names: Names, joint: Joint, name: Token) -> Names:
        joined = names[1] if joint == "comma" else joint
        return (*names[0], name), joined or joint

    def and_names(self, *_words: Token) -> Joint:
        return "and"

    def or_names(self, *_words: Token) -> Joint:
        return "or"

    def slash_names(self, _word: Token) -> Joint:
        return "slash"

    def comma_names(self, _word: Token) -> Joint:
        return "comma"

    def glue(self, *_words: Token) -> None:
        return None

    # ------------------------------------------------------------ limits

    def limits(self, inner: Limit | Spec) -> Spec:
        return inner if isinstance(inner, Spec) else Spec("all", (inner,))

    def both_limits(self, *parts: object) -> Spec:
        first, second = (part for part in parts if isinstance(part, Limit))
        return Spec("all", (first, second))

    def either_limit(self, first: Limit, _or: Token, _lead: object, second: Limit) -> Spec:
        return Spec("any", (first, second))

    def range(self, inner: Spec) -> Spec:
        return inner

    def set(self, inner: Spec) -> Spec:
        return inner

    def bare(self, quantity: Quantity) -> Spec:
        if quantity.normal and quantity.value == 1:
            return Spec("normal")
        return Spec("set", (Limit("bare", quantity),))

    def within_normal(self, _words: Token) -> Spec:
        return Spec("normal")

    def compared(self, comparison: Comparison, _lead: object, quantity: Quantity) -> Limit:
        return Limit(comparison, quantity)

    def compared_twice(
        self, first: Comparison, _lead: object, second: Comparison, _lead2: object, quantity: Quantity
    ) -> Limit:
        return Limit(first if first == second else "about", quantity)

    def compared_pair(
        self, comparison: Comparison, _lead: object, first: Quantity, _slash: Token, second: Quantity
    ) -> Limit:
        return Limit(comparison, first, second)

    def or_more(self, quantity: Quantity, *words: Token) -> Limit:
        return Limit("ge", replace(quantity, aged=quantity.aged or len(words) > 1))

    def or_less(self, quantity: Quantity, *words: Token) -> Limit:
        return Limit("le", replace(quantity, aged=quantity.aged or len(words) > 1))

    def or_worse(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("worse", quantity)

    def or_better(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("better", quantity)

    def or_older(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("ge", replace(quantity, aged=True))

    def or_younger(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("le", replace(quantity, aged=True))

    def closed_range(self, *parts: object) -> Spec:
        low, high = (part for part in parts if isinstance(part, Quantity))
        return self._range(low, high)

    def range_to_limit(self, *parts: object) -> Spec:
        low = next(part for part in parts if isinstance(part, Quantity))
        high = next(part for part in parts if isinstance(part, Limit))
        return Spec("all", (Limit("ge", low), high))

    def limit_to(self, low: Limit, _to: Token, _lead: object, high: Quantity) -> Spec:
        if low.comparison == "eq":
            return self._range(low.quantity, high)
        return Spec("all", (low, Limit("le", high)))

    def _range(self, low: Quantity, high: Quantity) -> Spec:
        if high.inclusive is False:  # "18-25, exclusive" opens both ends
            low = replace(low, inclusive=False)
        if high.again is not None:
            first, last = high.again
            low = replace(low, restated=(*low.restated, replace(first, unit=first.unit or last.unit)))
            high = replace(high, restated=(*high.restated, last), again=None)
        return Spec("all", (Limit("ge", low), Limit("le", high)), ranged=True)

    def two_levels(self, first: Quantity, separated: str, _lead: object, second: Quantity) -> Spec:
        return Spec("set", (Limit("bare", first), Limit("bare", second)), joined=separated)

    def set_or_more(self, spec: Spec, _word: Token) -> Spec:
        return self._open(spec, "ge")

    def set_or_less(self, spec: Spec, _word: Token) -> Spec:
        return self._open(spec, "le")

    def _open(self, spec: Spec, comparison: Comparison) -> Spec:
        """ "150/95 or higher"; of levels ("2, 3 or higher") the bound is open beyond the one named last."""
        if spec.joined == "slash" and len(spec.limits) == 2:
            first, second = (limit.quantity for limit in spec.limits)
            return Spec("all", (Limit(comparison, first, second),))
        *before, last = spec.limits
        return Spec("any", (*(Limit("eq", limit.quantity) for limit in before), Limit(comparison, last.quantity)))

    def more_levels(self, spec: Spec, _sep: object, _lead: object, quantity: Quantity) -> Spec:
        return replace(spec, limits=(*spec.limits, Limit("bare", quantity)))

    def set_sep(self, *words: Token) -> str:
        return words[-1].type.lower()

    def join(self, *_words: Token) -> None:
        return None

    # ------------------------------------------------------------ comparisons

    def ge(self, *_words: object) -> Comparison:
        return "ge"

    def gt(self, *_words: object) -> Comparison:
        return "gt"

    def le(self, *_words: object) -> Comparison:
        return "le"

    def lt(self, *_words: object) -> Comparison:
        return "lt"

    def eq(self, _word: Token) -> Comparison:
        return "eq"

    def about(self, _word: Token) -> Comparison:
        return "about"

    # ------------------------------------------------------------ rises and falls

    def rise(self, word: Token) -> Direction:
        return "rise" if word.type == "RISE" else "fall"

    def change_of(
        self, names: Names, _glue: object, way: Direction, _lead: object, spec: Spec, per: Duration | None
    ) -> Reading:
        return Reading(spec, *names, change=way, per=per)

    def daily_change(self, _daily: Token, way: Direction, _lead: object, spec: Spec) -> Reading:
        return Reading(spec, change=way, per=Duration(1, "day"))

    def daily_change_in(
        self, _daily: Token, way: Direction, _lead: object, names: Names, _glue: object, spec: Spec
    ) -> Reading:
        return Reading(spec, *names, change=way, per=Duration(1, "day"))

    def change_alone(self, way: Direction, _lead: object, spec: Spec, per: Duration | None) -> Reading:
        return Reading(spec, change=way, per=per)

    def change_in(
        self, way: Direction, _lead: object, names: Names, _glue: object, spec: Spec, per: Duration | None
    ) -> Reading:
        return Reading(spec, *names, change=way, per=per)

    def per(self) -> None:
        return None

    def per_day(self, _word: Token) -> Duration:
        return Duration(1, "day")

    def per_week(self, _word: Token) -> Duration:
        return Duration(1, "week")

    def per_month(self, _word: Token) -> Duration:
        return Duration(1, "month")

    def per_year(self, _word: Token) -> Duration:
        return Duration(1, "year")

    def per_time(self, _within: Token, number: Token, time: Token) -> Duration:
        return Duration(number.number, time.unit)
