"""Windows of Circe: days before the index date, which is the day to judge by."""

from __future__ import annotations

from datetime import date

from eligibility.exports.circe.group import Json
from eligibility.rules.rule import Window
from eligibility.verdicts.windows import anchored, reach

# The most days that so long before a day can be.
_LONGEST = {"year": 366, "month": 31, "week": 7, "day": 1}


def days_of(window: Window, as_of: date | None) -> tuple[int, bool] | str:
    """How many days a look-back goes back, and whether that is sure; why there is no such number.

    Without a day to judge by, months and years are taken as long as they can be.
    """
    if not anchored(window):
        return f"the day of {window.anchor} is not in the data"
    if window.kind != "within" or window.unit not in _LONGEST:
        return "only look-backs of days, weeks, months and years are windows of Circe"
    if as_of is not None:
        return (as_of - reach(as_of, window.value, window.unit)[0].date()).days, True
    return round(window.value * _LONGEST[window.unit]), window.unit in ("week", "day")


def window(back: int | None, until: int = 0, *, end: bool = False) -> Json:
    """From `back` days before the index (None: ever) up to `until` days after it; `end` looks at ends of events."""
    return {
        "Start": {"Coeff": -1} if back is None else {"Days": back, "Coeff": -1},
        "End": {"Days": until, "Coeff": 1},
        "UseIndexEnd": False,
        "UseEventEnd": end,
    }


def ends_from(days: int) -> Json:
    """Events that end `days` days after the index or later (before it when negative)."""
    return {
        "Start": {"Days": abs(days), "Coeff": -1 if days < 0 else 1},
        "End": {"Coeff": 1},
        "UseIndexEnd": False,
        "UseEventEnd": True,
    }


def counted(criteria: Json, positive: bool, start: Json, end: Json | None = None) -> Json:
    """A windowed criterion that at least one event fulfils, or none does."""
    made: Json = {"Criteria": criteria, "StartWindow": start}
    if end is not None:
        made["EndWindow"] = end
    occurrence = (
        {"Type": 2, "Count": 1, "IsDistinct": False} if positive else {"Type": 0, "Count": 0, "IsDistinct": False}
    )
    return made | {"RestrictVisit": False, "IgnoreObservationPeriod": True, "Occurrence": occurrence}
