"""Dates as a record gives them: a day, an hour, or only a month or a year; and calendar arithmetic on days."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

_ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?(?P<offset>Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII,
)
FIRST_YEAR, LAST_YEAR = 1800, 2199
_CLOCKS = timedelta(hours=14)  # that any place is from UTC, at most
_LAST_MOMENT = time(23, 59, 59, 999999)
DAYS_PER = {"year": 365.25, "month": 30.4375, "week": 7.0, "day": 1.0, "hour": 1 / 24, "minute": 1 / 1440}


@dataclass(frozen=True, slots=True)
class When:
    """A moment known to lie in [first, last], on the wall clock of the place; `text` is as written.

    `offset` is how far that clock is ahead of UTC, None when it is not said.
    """

    first: datetime
    last: datetime
    text: str = field(default="", compare=False)
    offset: timedelta | None = None

    @property
    def exact(self) -> bool:
        """The time of day is known, not only the day."""
        return self.first == self.last

    @property
    def one_day(self) -> bool:
        """The day is known."""
        return self.first.date() == self.last.date()

    @property
    def middle(self) -> datetime:
        """The middle of the interval: what distances between two results are measured from."""
        return self.first + (self.last - self.first) / 2

    def after(self, other: When) -> timedelta:
        """From the start of another moment to that of this one, by UTC where both say how far they are from it."""
        apart = self.first - other.first
        if self.offset is None or other.offset is None:
            return apart
        return apart - (self.offset - other.offset)

    def is_after(self, other: When) -> bool:
        """It surely is the later one.

        A time in UTC may be of any clock: against one of no known offset it tells only beyond what clocks may differ.
        """
        apart = self.after(other) - (other.last - other.first)
        unsure = (self.offset is None) != (other.offset is None) and timedelta(0) in (self.offset, other.offset)
        return apart > (_CLOCKS if unsure else timedelta(0))


def between(first: date, last: date, text: str = "") -> When:
    """Some moment from the first day to the end of the last one."""
    return When(datetime.combine(first, time.min), datetime.combine(last, _LAST_MOMENT), text)


@lru_cache(maxsize=50_000)
def read_when(text: str) -> When:
    """`2025`, `2025-03`, `2025-03-04` or `2025-03-04T10:30` (with an offset or none) as a `When`.

    Raises ValueError, with the accepted forms, for anything else, for days that do not exist, and for years no patient
    lives in.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise ValueError("not a date; write YYYY-MM-DD, YYYY-MM or YYYY")
    if not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        raise ValueError(f"no year of a patient's life; it lies between {FIRST_YEAR} and {LAST_YEAR}")
    try:
        return _moment(match, text.strip())
    except ValueError:  # IllegalMonthError is one too
        raise ValueError("no day of the calendar; write YYYY-MM-DD, YYYY-MM or YYYY") from None


def _moment(match: re.Match[str], text: str) -> When:
    year, month, day = int(match["year"]), int(match["month"] or 0), int(match["day"] or 0)
    if match["hour"]:
        moment = datetime(year, month, day, int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
        return When(moment, moment, text, _offset(match["offset"]))
    first = date(year, month or 1, day or 1)
    last = first if day else date(year, month or 12, monthrange(year, month or 12)[1])
    return between(first, last, text)


def _offset(written: str | None) -> timedelta | None:
    """`Z`, `+02:00`, `-0530` as a length of time."""
    if not written or written == "Z":
        return timedelta(0) if written else None
    length = timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    return -length if written[0] == "-" else length


def shift(day: date, count: float, unit: str) -> date:
    """The day `count` years, months, weeks or days later (earlier when negative), by the calendar.

    A day its month does not have (29 February, 31 April) becomes the first of the next month, so that nobody has a
    birthday too early. Parts of years and months are counted as 365.25 and 30.4375 days; raises OverflowError
    when the result is no date.
    """
    if unit not in ("year", "month") or count != int(count):
        return day + timedelta(days=count * DAYS_PER[unit])
    months = day.year * 12 + day.month - 1 + int(count) * (12 if unit == "year" else 1)
    if not 12 <= months < 119988:
        raise OverflowError("date out of range")
    year, month = divmod(months, 12)
    if day.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, day.day)
    return date(year, month + 1, monthrange(year, month + 1)[1]) + timedelta(days=1)
