"""A value as an interval: what a laboratory reports as 12, "<5", ">1000" or "5-10"."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
LOGARITHM = "log10 "
_SIGN = {"<": "<", "≤": "≤", "<=": "≤", "=<": "≤", ">": ">", "≥": "≥", ">=": "≥", "=>": "≥", "=": "", "": ""}
_VALUE = re.compile(rf"(?P<sign>[<>]=?|=[<>]?|[≤≥]|)\s*(?P<low>{_NUMBER})(?:\s*(?:-|–|—|to)\s*(?P<high>{_NUMBER}))?")


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from `low` to `high`; an end that is not closed is itself left out."""

    low: float
    high: float
    low_closed: bool = True
    high_closed: bool = True

    @property
    def exact(self) -> bool:
        """One number, not a range."""
        return self.low == self.high

    def within(self, other: Interval) -> bool:
        """No value of this interval lies outside the other."""
        low = self.low > other.low or (self.low == other.low and (other.low_closed or not self.low_closed))
        high = self.high < other.high or (self.high == other.high and (other.high_closed or not self.high_closed))
        return low and high

    def mapped(self, slope: float, offset: float) -> Interval:
        """Every value times `slope` plus `offset`, in another unit (slope above zero)."""
        if slope == 1 and offset == 0:
            return self
        return Interval(self.low * slope + offset, self.high * slope + offset, self.low_closed, self.high_closed)


def exactly(value: float) -> Interval:
    """The interval of one number. Raises ValueError for NaN and infinity."""
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return Interval(value, value)


def read_value(text: str) -> tuple[Interval, str | None]:
    """`"12.3 mg/dL"`, `"<5"`, `"5-10 U/L"` as an interval and the words after it (the unit), None when there are none.

    Raises ValueError for a word, for a decimal or thousands comma (it could be either), and for a range upside down.
    """
    match = _VALUE.match(text.strip())
    if match is None:
        raise ValueError('not a number; write one, as 1.9, "<5" or "12 mg/dL"')
    rest = text.strip()[match.end() :]
    if rest[:1] in (",", ".", "'") or (rest[:1] == " " and rest[1:2].isdigit() and not rest[1:].startswith("10")):
        raise ValueError("not a plain number; write it without commas, with a decimal point")
    return _interval(_SIGN[match["sign"]], float(match["low"]), match["high"]), rest.strip() or None


def linear(value: Interval, unit: str | None) -> tuple[Interval, str | None]:
    """A value in logarithmic units raised to plain ones; any other as it is."""
    if unit is None or not unit.startswith(LOGARITHM):
        return value, unit
    low, high = (10.0**end if end < 300 else math.inf for end in (value.low, value.high))
    return Interval(low, high, value.low_closed, value.high_closed), unit.removeprefix(LOGARITHM)


def _interval(sign: str, number: float, end: str | None) -> Interval:
    if not math.isfinite(number) or (end and not math.isfinite(float(end))):
        raise ValueError("not a finite number")
    if end is not None:
        if sign or float(end) < number:
            raise ValueError("not a range from low to high")
        return Interval(number, float(end))
    if sign in ("<", "≤"):
        return Interval(-math.inf, number, False, sign == "≤")
    if sign in (">", "≥"):
        return Interval(number, math.inf, sign == "≥", False)
    return Interval(number, number)
