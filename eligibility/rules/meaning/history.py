"""The chapter `history`: when a fact must hold → `Window`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, TypeGuard

from eligibility.rules.lexicon import TIME_UNITS
from eligibility.rules.meaning.elimination import Elimination, HalfLives
from eligibility.rules.meaning.quantity import Quantity
from eligibility.rules.meaning.reading import Limit
from eligibility.rules.rule import Duration, Window
from eligibility.rules.token import Token

# What is given in a trial or outside of it has a day of its own.
_ITS_OWN: Final = re.compile(
    r"\btherapy$|pheresis$|lymphodeplet|^(?:commenc|beginn|initiat)ing treatment|conditioning$"
)


@dataclass(frozen=True, slots=True)
class OtherTime:
    """A time that is no look-back window from screening ("within 8 weeks of symptom onset")."""


@dataclass(frozen=True, slots=True)
class Washout:
    """ "At least 4 weeks since": what follows must not have been within this window; None when no length is said.

    `lately` for "less than 4 weeks since": what follows was within this window.
    """

    window: Window | None
    lately: bool = False


@dataclass(frozen=True, slots=True)
class Before:
    """ "4 weeks prior to the first dose", which does not say whether in that time, or as long ago."""

    window: Window


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of screening by another name."""


class HistoryMeaning:
    """Callbacks of the chapter."""

    def moment(self, *words: Token) -> Moment | OtherTime:
        return OtherTime() if _ITS_OWN.search(words[-1].text.lower()) else Moment()

    def duration(self, number: Token, time: Token) -> Duration:
        return Duration(number.number, time.unit)

    def within(self, _word: Token, length: Duration) -> Window:
        return Window("within", length.value, length.unit)

    def before(self, _word: Token) -> None:
        return None

    def past_year(self, _words: Token) -> Window:
        return Window("within", 1, "year")

    def past_month(self, _words: Token) -> Window:
        return Window("within", 1, "month")

    def past_week(self, _words: Token) -> Window:
        return Window("within", 1, "week")

    def lasting_more(self, _word: Token, number: Token, *rest: Token) -> Window:
        time = next(token for token in rest if token.type == "TIME")
        return Window("for", number.number, time.unit)

    def within_before(self, _word: Token, length: Duration, _before: object, anchor: Token) -> Window:
        return Window("within", length.value, length.unit, _anchor(anchor))

    def within_compared(self, _word: Token, comparison: str, _lead: object, length: Duration, *rest: Any) -> Any:
        """ "Within < 4 weeks" says no more than "within 4 weeks"; "within ≥ 4 weeks" is no look-back window."""
        if comparison not in ("le", "lt"):
            return OtherTime()
        return Window("within", length.value, length.unit, _anchor(rest[-1]) if rest else "screening")

    def within_unknown(self, _word: Token, _length: Duration, _before: object) -> OtherTime:
        return OtherTime()

    def other_time(self, _then: Token) -> OtherTime:
        return OtherTime()

    def half(self, *words: Token) -> HalfLives:
        return HalfLives((words[0].start, words[-1].end))

    def whichever(self, *words: Token) -> HalfLives:
        said = next(word for word in words if word.type == "WHICHEVER")
        longer = said.text.lower().rpartition(" ")[2] in ("longer", "longest", "greater")
        return HalfLives((words[0].start, words[-1].end), "longer" if longer else "shorter")

    def half_lives(self, *parts: object) -> Elimination:
        length = next((part for part in parts if isinstance(part, Duration)), Duration(0, "day"))
        return Elimination("within", length.value, length.unit, "screening", _which(parts))

    def within_half(self, word: Token, window: Elimination, *rest: object) -> Elimination:
        half = _which((window.half_lives, *rest))
        if not half.which:  # a person is asked about both times
            half = HalfLives((word.start, half.span[1]))
        anchor = next((_anchor(part) for part in rest if _is_anchor(part)), window.anchor)
        return replace(window, anchor=anchor, half_lives=half)

    def within_or_half(self, _word: Token, length: Duration, _before: object, anchor: Token, *rest: object) -> Window:
        return Elimination("within", length.value, length.unit, _anchor(anchor), _which(rest))

    def found(self, window: Elimination) -> Elimination:
        return window

    def ago_or_half(self, limit: Limit, *rest: object) -> Window | OtherTime:
        window = _limited(limit, rest)
        if window is None or limit.comparison not in ("le", "lt"):
            return OtherTime()
        return replace(window, anchor=_anchor(next(word for word in rest if _is_anchor(word))))

    def washout_or_half(self, limit: Limit | Quantity, *rest: object) -> Washout:
        window = _limited(limit, rest)
        comparison = limit.comparison if isinstance(limit, Limit) else "ge"
        if comparison not in ("ge", "gt", "le", "lt"):
            return Washout(None)
        return Washout(window, lately=comparison in ("le", "lt"))

    def washout_half(self, *parts: object) -> Washout:
        window = next(part for part in parts if isinstance(part, Elimination))
        if parts[0] in ("eq", "about"):
            return Washout(None)
        return Washout(window, lately=parts[0] in ("le", "lt"))

    def ago(self, comparison: str, _lead: object, length: Duration, *rest: Any) -> Window | OtherTime:
        anchor = _anchor(rest[1]) if len(rest) > 1 else "screening"
        if comparison in ("ge", "gt"):
            return Window("since", length.value, length.unit, anchor)
        if comparison in ("le", "lt"):
            return Window("within", length.value, length.unit, anchor)
        return OtherTime()

    def before_visit(self, length: Duration, _before: Token, anchor: Token) -> Before:
        return Before(Window("within", length.value, length.unit, _anchor(anchor)))

    def washout(self, *parts: object) -> Washout:
        length = next(part for part in parts if isinstance(part, Duration))
        if parts[0] in ("eq", "about"):
            return Washout(None)
        return Washout(Window("within", length.value, length.unit), lately=parts[0] in ("le", "lt"))

    def washout_more(self, length: Quantity, *rest: Token) -> Washout:
        units = [token.unit for token in rest if token.type == "TIME"]
        units += [length.unit] if length.unit else []
        if len(units) != 1 or units[0] not in TIME_UNITS:
            return Washout(None)
        return Washout(Window("within", length.value, units[0]))

    def lasting(self, _word: Token, *rest: object) -> Window | OtherTime:
        length = next(part for part in rest if isinstance(part, Duration))
        if rest[0] in ("le", "lt", "eq", "about"):
            return OtherTime()
        return Window("for", length.value, length.unit)

    def lasting_before(self, word: Token, *rest: Any) -> Window | OtherTime:
        """ "For at least 3 months prior to screening"."""
        lasted = self.lasting(word, *rest)
        return replace(lasted, anchor=_anchor(rest[-1])) if isinstance(lasted, Window) else lasted


def _limited(limit: Limit | Quantity, parts: Iterable[object]) -> Elimination | None:
    """A look-back of this length and of the half-lives among some parts; None of what is no time."""
    length = limit.quantity if isinstance(limit, Limit) else limit
    if length.unit not in TIME_UNITS or length.restated or length.again:
        return None
    return Elimination("within", length.value, length.unit, "screening", _which(parts))


def _is_anchor(word: object) -> TypeGuard[Token]:
    return isinstance(word, Token) and word.type == "ANCHOR"


def _which(parts: Iterable[object]) -> HalfLives:
    """The half-lives among some parts, up to the words that say whether they are the longer time."""
    half, *more = [part for part in parts if isinstance(part, HalfLives)]
    return HalfLives((half.span[0], more[-1].span[1]), more[-1].which) if more else half


def _anchor(token: Token) -> str:
    """The visit a time is counted from, in one spelling."""
    words = " ".join(token.text.split()).lower().removeprefix("the ")
    words = words.replace(" the ", " ")
    return words.replace("randomisation", "randomization").replace("enrolment", "enrollment")
