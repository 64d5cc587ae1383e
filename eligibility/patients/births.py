"""When a patient was born, from a birth date or an age as stated, and how old that makes them on a day."""

from __future__ import annotations

from datetime import date, timedelta

from eligibility.patients.dates import DAYS_PER, When, between, shift
from eligibility.patients.patient import Patient

SOME_DAY = date(2001, 7, 1)  # an age as stated needs a day to be counted from; without a day of judging any will do


def births_of_age(value: float, unit: str, today: date) -> When:
    """The days a person of this stated age can have been born on, seen from `today`."""
    if value != int(value):
        first, last = (today - timedelta(days=(value + margin) * DAYS_PER[unit]) for margin in (0.05, -0.05))
        return between(first, last)
    return between(shift(today, -value - 1, unit) + timedelta(days=1), shift(today, -value, unit))


def births_of(patient: Patient) -> When | None:
    """The days the patient can have been born on: by birth date and stated age both, where both are given.

    None when neither is known, they contradict each other, or nobody could have been born then.
    """
    dated = patient.birth_date if patient.as_of else None
    if patient.age is None:
        return dated
    try:
        stated = births_of_age(patient.age.value, patient.age.unit, patient.as_of or SOME_DAY)
    except OverflowError:
        return None
    if dated is None:
        return stated
    first, last = max(dated.first, stated.first), min(dated.last, stated.last)
    return When(first, last) if first <= last else None


def years_between(births: When, moment: When) -> tuple[int, int]:
    """The least and the greatest number of completed years at a moment."""
    return _years(births.last.date(), moment.first.date()), _years(births.first.date(), moment.last.date())


def _years(birth: date, day: date) -> int:
    years = max(day.year - birth.year, 0)
    return years - 1 if years and shift(birth, years, "year") > day else years
