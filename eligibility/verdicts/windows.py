"""Whether a moment lies in a rule's window, and which of several values are the latest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol, Self, TypeVar

from eligibility.derived.moments import Timed
from eligibility.patients.dates import DAYS_PER, When, shift
from eligibility.rules.rule import Window
from eligibility.verdicts.kleene import OPPOSITE
from eligibility.verdicts.verdict import Truth

STUDY = frozenset((
    "screening", "enrolment", "enrollment", "inclusion", "study", "entry", "registration", "randomisation",
    "randomization", "baseline", "consent", "dose", "dosing", "visit",
))  # fmt: skip


class Dated(Timed, Protocol):
    """A value that may have a moment, and may give way to another."""

    def yields_to(self, other: Self) -> bool:
        """The other says the same or more, and was recorded where this was computed."""


Item = TypeVar("Item", bound=Dated)


def anchored(window: Window | None) -> bool:
    """The window is counted from a moment of the study, for which the day of judging stands."""
    return window is None or not STUDY.isdisjoint(window.anchor.casefold().split())


def reach(as_of: date, value: float, unit: str) -> tuple[datetime, datetime]:
    """The earliest moment that may lie, and from which every moment surely lies, within this time before `as_of`.

    They differ only for hours and minutes, since the hour of judging is not known.
    """
    if unit in ("hour", "minute"):
        start = _hours_before(as_of, value * DAYS_PER[unit])
        return start, start + timedelta(days=1)
    start = _start(as_of, value, unit)
    return start, start


def _hours_before(as_of: date, days: float) -> datetime:
    try:
        return datetime.combine(as_of, time.min) - timedelta(days=days)
    except OverflowError:
        return datetime.min


@lru_cache(maxsize=4096)
def _start(as_of: date, value: float, unit: str) -> datetime:
    try:
        return datetime.combine(shift(as_of, -value, unit), time.min)
    except OverflowError:
        return datetime.min


def since(when: When, start: tuple[datetime, datetime]) -> Truth:
    """Whether the moment lies at or after a start (as `reach` gives it)."""
    if when.first >= start[1]:
        return "met"
    return "not_met" if when.last < start[0] else "unknown"


def timely(when: When | None, window: Window | None, as_of: date | None, days: int) -> Truth:
    """Whether a value of this moment counts: inside the window or, without one, at most `days` old.

    A value without a date is taken as current, as the profile states it.
    """
    if when is None:
        return "met" if window is None or window.kind == "within" else "unknown"
    if as_of is None or (window is not None and window.kind == "for"):
        # one value says nothing of how long it held
        return "unknown"
    if window is None:
        return since(when, reach(as_of, days, "day"))
    inside = since(when, reach(as_of, window.value, window.unit))
    if window.kind != "since":
        return inside
    return OPPOSITE[inside]


def latest(items: Sequence[Item]) -> list[Item]:
    """Every item that may be the latest: one of the newest day, or without a date.

    A computed value gives way to a recorded one that agrees with it.
    """
    if len(items) == 1:
        return list(items)
    newest = max((item.when.first for item in items if item.when), default=None)
    found = [item for item in items if newest is None or item.when is None or item.when.last >= _a_day_before(newest)]
    found = [item for item in found if not _is_outdone(item.when, found)]
    return [item for item in found if not any(item.yields_to(other) for other in found)]


def _a_day_before(moment: datetime) -> datetime:
    """What clocks of different places may differ, and more."""
    return moment - timedelta(days=2) if moment > datetime(1800, 1, 3) else moment


def _is_outdone(when: When | None, items: Sequence[Item]) -> bool:
    return when is not None and any(item.when is not None and item.when.is_after(when) for item in items)
