"""The chapter `quantity`: numbers, units, multiples of normal, levels → `Quantity` values."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from eligibility.rules.token import Token

# "1.500/mm3": a dot before exactly three digits groups thousands where nobody counts in thousandths.
_DOTTED: Final = re.compile(r"\d{1,3}\.\d{3}")
# "1,00/mm3": neither a thousand nor a count.
_BROKEN: Final = re.compile(r"\d+,\d{1,2}")
# "HBV DNA > 105 copies/mL" is more likely 10⁵, its raised sign lost, than 105.
_LOST_POWER: Final = re.compile(r"10[3-9]")
_COPIES: Final = frozenset(("{copies}/mL", "[iU]/mL"))
_GRADES: Final = ("grade", "class", "stage")
_PER_VOLUME: Final = frozenset(("/mm3", "/uL", "{copies}/mL", "[iU]/mL"))


@dataclass(init=False, slots=True)
class Quantity:
    """A number (or level) as written: `level` for Roman, lettered and subdivided ones, else `value` and `unit`.

    `inclusive` is set when the text says so of this end; `aged` when it is followed by "old" or "of age",
    `graded` when the words "grade", "class" or "stage" stand before it;
    `normal` when the multiple was written as a bare "normal"; `restated` are other spellings of the same bound;
    `again` is the range in brackets that says once more the range this ends ("35-37.9°C (95-100.3°F)").
    """

    value: float
    unit: str | None
    level: str | None
    inclusive: bool | None
    aged: bool
    graded: bool
    normal: bool
    restated: tuple[Quantity, ...]
    again: tuple[Quantity, Quantity] | None

    def __init__(
        self,
        value: float,
        unit: str | None = None,
        level: str | None = None,
        inclusive: bool | None = None,
        aged: bool = False,
        graded: bool = False,
        normal: bool = False,
        restated: tuple[Quantity, ...] = (),
        again: tuple[Quantity, Quantity] | None = None,
    ) -> None:
        self.value = value
        self.unit = unit
        self.level = level
        self.inclusive = inclusive
        self.aged = aged
        self.graded = graded
        self.normal = normal
        self.restated = restated
        self.again = again


class QuantityMeaning:
    """Callbacks of the chapter; each receives the children of its production."""

    def quantity(self, value: Quantity) -> Quantity:
        return value

    def number(self, number: Token) -> Quantity:
        return Quantity(number.number)

    def with_unit(self, number: Token, unit: Token) -> Quantity:
        thousand = unit.unit in _PER_VOLUME and _DOTTED.fullmatch(number.text)
        lost = unit.unit in _COPIES and _LOST_POWER.fullmatch(number.text)
        if lost or (unit.unit in _PER_VOLUME and _BROKEN.fullmatch(number.text)):
            return Quantity(float("nan"), unit.unit)
        return Quantity(number.number * 1000 if thousand else number.number, unit.unit)

    def years_old(self, number: Token, _aged: Token) -> Quantity:
        return Quantity(number.number, "year", aged=True)

    def predicted(self, number: Token, _unit: Token, _predicted: Token) -> Quantity:
        return Quantity(number.number, "%predicted")

    def multiple(self, factor: Token | float, *rest: str) -> Quantity:
        value = factor.number if isinstance(factor, Token) else factor
        return Quantity(value, _limit_unit(rest[-1]), normal=rest[-1] == "normal")

    def multiple_with_unit(self, factor: Token, _times: object, limit: str, _unit: Token) -> Quantity:
        return Quantity(factor.number, _limit_unit(limit))

    def multiple_reversed(self, limit: str, _times: object, factor: Token) -> Quantity:
        return Quantity(factor.number, _limit_unit(limit))

    def of_baseline(self, factor: Token | float, *_words: object) -> Quantity:
        return Quantity(factor.number if isinstance(factor, Token) else factor, "baseline")

    def one_limit(self, limit: str) -> Quantity:
        return Quantity(1.0, _limit_unit(limit), normal=limit == "normal")

    def level(self, token: Token) -> Quantity:
        return Quantity(float("nan"), level=token.text)

    def restated(self, first: Quantity, _open: Token, _lead: object, value: Quantity, _close: Token) -> Quantity:
        return replace(first, restated=(*first.restated, value))

    def same(self, *_words: Token) -> None:
        return None

    def restated_same(self, first: Quantity, *rest: object) -> Quantity:
        value = next(part for part in rest if isinstance(part, Quantity))
        return replace(first, restated=(*first.restated, value))

    def restated_range(
        self, first: Quantity, _open: Token, _lead: object, low: Quantity, _to: Token, high: Quantity, _close: Token
    ) -> Quantity:
        return replace(first, again=(low, high))

    def restated_limit(
        self, first: Quantity, _open: Token, _cmp: object, _lead: object, value: Quantity, _close: Token
    ) -> Quantity:
        return replace(first, restated=(*first.restated, value))

    def including(
        self, first: Quantity, _open: Token, _word: Token, _lead: object, value: Quantity, _close: Token
    ) -> Quantity:
        same = (value.value == first.value or value.level is not None) and value.level == first.level
        return replace(first, inclusive=True) if same else replace(first, restated=(*first.restated, value))

    def inclusive(self, quantity: Quantity, *_words: Token) -> Quantity:
        return replace(quantity, inclusive=True)

    def exclusive(self, quantity: Quantity, *_words: Token) -> Quantity:
        return replace(quantity, inclusive=False)

    def aged(self, quantity: Quantity, _old: Token) -> Quantity:
        return replace(quantity, aged=True)

    def multiplied(self, _times: Token) -> None:
        return None

    def twice(self, _word: Token) -> float:
        return 2.0

    def thrice(self, _word: Token) -> float:
        return 3.0

    def uln(self, _word: Token) -> str:
        return "ULN"

    def lln(self, _word: Token) -> str:
        return "LLN"

    def normal(self, _word: Token) -> str:
        return "normal"

    def lead(self, *words: Token) -> bool:
        return any(word.text.lower().startswith(_GRADES) for word in words)


def _limit_unit(limit: str) -> str:
    return "ULN" if limit == "normal" else limit
