"""The values of one quantity in one unit, in the order of time, and the one nearest to a moment."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from eligibility.derived.moments import distance, is_close
from eligibility.patients.dates import When
from eligibility.patients.interval import Interval
from eligibility.patients.patient import Measurement


@dataclass(frozen=True, slots=True)
class Reported:
    """What is known of a quantity at one moment: all that its `rows` say, which may contradict each other."""

    when: When | None
    value: Interval
    rows: tuple[Measurement, ...]


class Series:
    """Values by moment. One without a date counts as of `today`, when that is known, and else as of any moment."""

    def __init__(self, values: Iterable[tuple[Measurement, Interval]], today: When | None) -> None:
        """Takes rows with their values, in any order; those of one moment become one."""
        self.today = today
        by_moment: dict[When | None, list[tuple[Measurement, Interval]]] = {}
        for row, value in values:
            by_moment.setdefault(row.when, []).append((row, value))
        self.reports = [_together(when, rows) for when, rows in by_moment.items()]
        self._dated = sorted((self._middle(one), index) for index, one in enumerate(self.reports))
        self._days: dict[date, list[Reported]] = {}
        for one in self.reports:
            if (when := one.when or today) and when.one_day:
                self._days.setdefault(when.first.date(), []).append(one)

    def _middle(self, report: Reported) -> datetime:
        when = report.when or self.today
        return when.middle if when else datetime.min

    def nearest(self, moment: When | None, days: float) -> Reported | None:
        """The values nearest to a moment, if they surely lie within so many days of it; of two as near the later.

        Several of one day, of which one tells no hour, are taken together.
        """
        at = moment or self.today
        if not self.reports:
            return None
        place = bisect_left(self._dated, (at.middle if at else datetime.min, 0))
        around = [self.reports[index] for _, index in self._dated[max(place - 1, 0) : place + 1]]
        found = min(reversed(around), key=lambda one: distance(one.when or self.today, at))
        return self._of_its_day(found) if is_close(found.when or self.today, at, days) else None

    def newest(self) -> Reported | None:
        """The values of the last moment, None when there are none."""
        return self.reports[self._dated[-1][1]] if self._dated else None

    def latest(self, moment: When | None, days: float) -> Reported | None:
        """The newest values, if they surely lie within so many days of a moment; else those nearest to it."""
        found = self.newest()
        if found is not None and is_close(found.when or self.today, moment or self.today, days):
            return self._of_its_day(found)
        return self.nearest(moment, days)

    def _of_its_day(self, found: Reported) -> Reported:
        when = found.when or self.today
        day = self._days.get(when.first.date(), []) if when and when.one_day else []
        if len(day) < 2 or all(one.when and one.when.exact for one in day):
            return found
        pairs = [(row, one.value) for one in day for row in one.rows]
        return _together(found.when, pairs)


def _together(when: When | None, values: list[tuple[Measurement, Interval]]) -> Reported:
    low = min(value.low for _, value in values)
    high = max(value.high for _, value in values)
    return Reported(when, Interval(low, high), tuple(row for row, _ in values))
