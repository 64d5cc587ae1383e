"""Moments that are known only so well: whether two surely lie close together, and the time several span."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Protocol, TypeVar

from eligibility.patients.dates import When

HOUR = 1 / 24


class Timed(Protocol):
    """A value with its moment, recorded or computed by a formula."""

    @property
    def when(self) -> When | None:
        """The moment, None when the record has none."""

    @property
    def computed(self) -> bool:
        """A formula gave it."""


Value = TypeVar("Value", bound=Timed)


def is_close(one: When | None, other: When | None, days: float) -> bool:
    """Whether two moments surely lie at most so many days apart; one that nothing is known of counts as the same.

    For parts of a day the clock decides or, where only days are known, that the day is the same.
    """
    if one is None or other is None:
        return True
    if 0 < days < 1:
        if one.exact and other.exact:
            return abs(one.after(other)) <= timedelta(days=days)
        return one.one_day and other.one_day and one.first.date() == other.first.date()
    ends = (one.last.date() - other.first.date(), other.last.date() - one.first.date())
    return max(ends) <= timedelta(days=days)


def distance(one: When | None, other: When | None) -> timedelta:
    """How far apart the middles of two moments are; nothing, where one is not known."""
    return abs(one.middle - other.middle) if one and other else timedelta(0)


def is_same(one: When | None, other: When | None) -> bool:
    """The two can be one moment of one day, or neither is known."""
    if one is None or other is None:
        return one is other
    together = one.first <= other.last and other.first <= one.last
    return together and one.one_day and other.one_day


def spanned(moments: Sequence[When | None], today: When | None) -> When | None:
    """From the oldest of several moments to the newest; one not known is `today`, all not known give none.

    Its text is a day or, of several, an interval of days as in ISO 8601 ("2025-05-20/2025-05-22").
    """
    if all(moment is None for moment in moments):
        return None
    known = [found for moment in moments if (found := moment or today)]
    first, last = min(moment.first for moment in known), max(moment.last for moment in known)
    if all(moment == known[0] for moment in known):
        return known[0]
    days = dict.fromkeys((first.date().isoformat(), last.date().isoformat()))
    return When(first, last, "/".join(days))


def told(values: Iterable[Value]) -> list[Value]:
    """The values without the computed ones of which the record has one of the same moment."""
    rows = list(values)
    recorded: dict[date | None, list[When | None]] = {}
    for row in rows:
        if not row.computed:
            recorded.setdefault(_day(row.when), []).append(row.when)
    return [row for row in rows if not row.computed or not _among(row.when, recorded.get(_day(row.when), []))]


def _day(when: When | None) -> date | None:
    return when.first.date() if when else None


def _among(when: When | None, moments: list[When | None]) -> bool:
    return any(is_same(when, other) for other in moments)
