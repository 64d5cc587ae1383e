"""The chapter `history`: when a fact must hold → `Window`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from eligibility.rules.lexicon import TIME_UNITS
from eligibility.rules.meaning.quantity import Quantity
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

    def ago(self, comparison: str, _lead: object, length: Duration, *rest: Any) -> Window | OtherTime:
        anchor = _anchor(rest[1]) if len(rest) > 1 else "screening"
        if comparison in ("ge", "gt"):
            return Window("since", length.value, length.unit, anchor)
        if comparison in ("le", "lt"):
            return Window("within", length.value, length.unit, anchor)
        return OtherTime()

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


def _anchor(token: Token) -> str:
    """The visit a time is counted from, in one spelling."""
    words = " ".join(token.text.split()).lower().removeprefix("the ")
    words = words.replace(" the ", " ")
    return words.replace("randomisation", "randomization").replace("enrolment", "enrollment")
