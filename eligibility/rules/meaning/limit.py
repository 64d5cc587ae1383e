"""The chapter `bound`, its limits: comparisons, ranges and sets of quantities → `Limit` and `Spec`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from eligibility.rules.meaning.quantity import Quantity
from eligibility.rules.meaning.reading import Comparison, Limit, Spec
from eligibility.rules.token import Token

_MULTIPLES: Final = frozenset(("ULN", "LLN", "baseline"))


def ranged(low: Quantity, high: Quantity) -> Spec:
    """ "A to B"; a range in brackets behind it says both ends again."""
    if high.inclusive is False and low.inclusive is None:
        low = replace(low, inclusive=False)
    if high.again is not None:
        first, last = high.again
        low = replace(low, restated=(*low.restated, replace(first, unit=first.unit or last.unit)))
        high = replace(high, restated=(*high.restated, last), again=None)
    return Spec("all", (Limit("ge", low), Limit("le", high)), ranged=True)


class LimitMeaning:
    """Callbacks of the limits."""

    def limits(self, inner: Limit | Spec) -> Spec:
        return inner if isinstance(inner, Spec) else Spec("all", (inner,))

    def both_limits(self, *parts: object) -> Spec:
        first, second = (part for part in parts if isinstance(part, Limit))
        return Spec("all", (first, second))

    def beside_limits(self, first: Limit, second: Limit) -> Spec:
        measured = all(limit.quantity.unit not in _MULTIPLES for limit in (first, second))
        if measured:
            return Spec("all", (first, second))
        return Spec("all", (replace(first, comparison="beside"), second))  # "10 % below LLN"

    def either_limit(self, first: Limit, _or: Token, _lead: object, second: Limit) -> Spec:
        return Spec("any", (first, second))

    def either_again(self, first: Limit, _or: Token, _lead: object, number: Token, unit: Token) -> Spec:
        """ "≤ 1.1 mg/dL or 97 µmol/L" says one bound twice; in one unit which of the two is meant is not told."""
        again = Quantity(number.number, unit.unit)
        if first.quantity.unit in _MULTIPLES or first.quantity.unit in (None, unit.unit):
            return Spec("any", (first, Limit("either", again)))
        quantity = replace(first.quantity, restated=(*first.quantity.restated, again))
        return Spec("all", (replace(first, quantity=quantity),))

    def either_multiple(self, first: Limit, _or: Token, _lead: object, again: Quantity) -> Spec:
        """ "≤ 1.5 mg/dL or 1.5 × ULN": compared as the number before it, where it can be; "or normal" names no end."""
        told = not again.normal and first.quantity.unit is not None
        return Spec("any", (first, Limit(first.comparison if told else "either", again)), joined="again")

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

    def compared(self, comparison: Comparison, graded: bool, quantity: Quantity) -> Limit:
        if quantity.normal and (quantity.value < 1 or (quantity.value == 1 and comparison in ("lt", "ge"))):
            return Limit("about", quantity)  # "below normal": of which end is not said
        return Limit(comparison, replace(quantity, graded=True) if graded else quantity)

    def compared_twice(
        self, first: Comparison, _lead: object, second: Comparison, _lead2: object, quantity: Quantity
    ) -> Limit:
        return Limit(first if first == second else "about", quantity)

    def compared_pair(
        self, comparison: Comparison, _lead: object, first: Quantity, _slash: Token, second: Quantity
    ) -> Limit:
        return Limit(comparison, first, second)

    def or_more(self, quantity: Quantity, *words: Token) -> Limit:
        comparison: Comparison = "plus" if words[0].text == "+" else "ge"
        return Limit(comparison, replace(quantity, aged=quantity.aged or len(words) > 1))

    def or_less(self, quantity: Quantity, *words: Token) -> Limit:
        return Limit("le", replace(quantity, aged=quantity.aged or len(words) > 1))

    def or_worse(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("worse", quantity)

    def or_better(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("better", quantity)

    def compared_way(self, comparison: Comparison, _lead: object, quantity: Quantity) -> Limit:
        return Limit(comparison, quantity)

    def worse_than(self, _word: Token) -> Comparison:
        return "worse than"

    def better_than(self, _word: Token) -> Comparison:
        return "better than"

    def not_worse(self, _word: Token) -> Comparison:
        return "better"

    def not_better(self, _word: Token) -> Comparison:
        return "worse"

    def or_more_in(self, quantity: Quantity, word: Token, unit: Token) -> Limit:
        return self.or_more(_in_unit(quantity, unit), word)

    def or_less_in(self, quantity: Quantity, _word: Token, unit: Token) -> Limit:
        return Limit("le", _in_unit(quantity, unit))

    def or_more_aged(self, quantity: Quantity, _word: Token, _aged: Token) -> Limit:
        return Limit("ge", replace(quantity, unit="year", aged=True))

    def or_less_aged(self, quantity: Quantity, _word: Token, _aged: Token) -> Limit:
        return Limit("le", replace(quantity, unit="year", aged=True))

    def within_multiple(self, _word: Token, quantity: Quantity) -> Limit:
        return Limit("about" if quantity.normal or quantity.unit == "LLN" else "le", quantity)

    def or_older(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("ge", replace(quantity, aged=True))

    def or_younger(self, quantity: Quantity, _word: Token) -> Limit:
        return Limit("le", replace(quantity, aged=True))

    def closed_range(self, *parts: object) -> Spec:
        low, high = (part for part in parts if isinstance(part, Quantity))
        return ranged(low, high)

    def within_range(self, _word: Token, low: Token, _to: Token, _lead: object, high: Quantity) -> Spec:
        return ranged(Quantity(low.number), high)

    def range_to_limit(self, *parts: object) -> Spec:
        low = next(part for part in parts if isinstance(part, Quantity))
        high = next(part for part in parts if isinstance(part, Limit))
        return Spec("all", (Limit("ge", low), high))

    def limit_to(self, low: Limit, _to: Token, _lead: object, high: Quantity) -> Spec:
        if low.comparison == "eq":
            return ranged(low.quantity, high)
        return Spec("all", (low, Limit("le", high)))

    def two_levels(self, first: Quantity, separated: str, _lead: object, second: Quantity) -> Spec:
        return Spec("set", (Limit("bare", first), Limit("bare", second)), joined=separated)

    def set_or_more(self, spec: Spec, word: Token) -> Spec:
        return _opened(spec, "plus" if word.text == "+" else "ge")

    def set_or_less(self, spec: Spec, _word: Token) -> Spec:
        return _opened(spec, "le")

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


def _in_unit(quantity: Quantity, unit: Token) -> Quantity:
    """ "50 or more kg": the unit stands behind; one that stood before as well cannot be told from it."""
    return replace(quantity, unit=unit.unit, value=quantity.value if quantity.unit is None else float("nan"))


def _opened(spec: Spec, comparison: Comparison) -> Spec:
    """ "150/95 or higher"; of levels ("2, 3 or higher") the bound is open beyond the one named last."""
    if spec.joined == "slash" and len(spec.limits) == 2:
        first, second = (limit.quantity for limit in spec.limits)
        return Spec("all", (Limit(comparison, first, second),))
    *before, last = spec.limits
    return Spec("any", (*(Limit("eq", limit.quantity) for limit in before), Limit(comparison, last.quantity)))
