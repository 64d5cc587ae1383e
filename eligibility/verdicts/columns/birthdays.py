"""Bounds on the age of many patients: the birthdays of `ages`, found for the days of birth instead of for patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from eligibility.patients.births import SOME_DAY, births_of_age
from eligibility.patients.dates import When, shift
from eligibility.patients.patient import Patient
from eligibility.rules.rule import Bound, Measured
from eligibility.verdicts.ages import next_birthday, unit_of
from eligibility.verdicts.columns.codes import LACKING, MET, NOT_MET, OPEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eligibility.population.chunk import Codes

    Days: TypeAlias = NDArray[np.int64]

_FIRST, _LAST = date(1600, 1, 1).toordinal(), date.max.toordinal()
_NEVER = _FIRST - 1


@dataclass(frozen=True, slots=True)
class Births:
    """Of each patient the days of birth that can be (ordinals, `first` to `last`) and the day it is judged by.

    `today` are the places in `days`; `known` says of whom anything is known.
    """

    known: NDArray[np.bool_]
    first: Days
    last: Days
    today: Days
    days: Sequence[date]


@dataclass(frozen=True, slots=True)
class Lives:
    """Births by the birth date, and by the age as stated: each may be known, or both."""

    dated: Births
    stated: Births


def lives_of(patients: Sequence[Patient]) -> Lives:
    """What the ages of patients follow from."""
    dated = [(one.birth_date, one.as_of) if one.birth_date and one.as_of else None for one in patients]
    stated = [(births_of_age(one.age.value, one.age.unit, SOME_DAY), SOME_DAY) if one.age else None for one in patients]
    return Lives(_births(dated), _births(stated))


def _births(rows: Sequence[tuple[When, date] | None]) -> Births:
    places: dict[date, int] = {}
    filled = [row or (None, SOME_DAY) for row in rows]
    first = [when.first.toordinal() if when else 0 for when, _ in filled]
    last = [when.last.toordinal() if when else 0 for when, _ in filled]
    today = [places.setdefault(day, len(places)) for _, day in filled]
    known = np.array([row is not None for row in rows], np.bool_)
    return Births(known, np.array(first, np.int64), np.array(last, np.int64), np.array(today, np.int64), [*places])


def age_codes(rule: Measured, lives: Lives) -> Codes:
    """What holds of bounds on the age: the rules of `judge_age`, for all at once."""
    by_date, by_age = _opinion(rule, lives.dated), _opinion(rule, lives.stated)
    first = np.where(lives.dated.known, by_date, by_age)
    second = np.where(lives.dated.known & lives.stated.known, by_age, first)
    decided, other = ((codes == MET) | (codes == NOT_MET) for codes in (first, second))
    found = np.where(decided, first, np.where(other, second, first))
    found[decided & other & (first != second)] = LACKING
    found[~(lives.dated.known | lives.stated.known)] = LACKING
    return found.astype(np.uint8)


def _opinion(rule: Measured, births: Births) -> NDArray[np.int64]:
    low = _from(rule.low, births) if rule.low else np.full(births.first.size, MET)
    if rule.high is None:
        return low
    high = _until(rule.high, births)
    return np.where((low == NOT_MET) | (high == MET), low, high)


def _from(bound: Bound, births: Births) -> NDArray[np.int64]:
    this = _reached(bound.value, bound, births)
    if bound.inclusive:
        return this
    later = _reached(next_birthday(bound.value), bound, births)
    found = np.full(births.first.size, LACKING)
    found[(this == MET) & (later == NOT_MET)] = OPEN  # between two birthdays "> 18" may mean either
    found[this == NOT_MET] = NOT_MET
    found[later == MET] = MET
    return found


def _until(bound: Bound, births: Births) -> NDArray[np.int64]:
    reached = _reached(next_birthday(bound.value) if bound.inclusive else bound.value, bound, births)
    return np.choose(reached, (OPEN, NOT_MET, MET, LACKING))


def _reached(count: float, bound: Bound, births: Births) -> NDArray[np.int64]:
    """Whether the count-th birthday has come."""
    unit = unit_of(bound)
    ends = np.array([_latest_birth(count, unit, day) for day in births.days], np.int64)
    end = ends[births.today] if births.days else births.today
    found = np.full(births.first.size, LACKING)
    found[births.first > end] = NOT_MET
    found[births.last <= end] = MET
    return found


@lru_cache(maxsize=100_000)
def _latest_birth(count: float, unit: str, today: date) -> int:
    """The last day of birth whose count-th birthday has come today: later births have theirs later."""
    low, high = _NEVER, _LAST
    for near in _around(count, unit, today):
        if _has_come(date.fromordinal(near), count, unit, today):
            low = max(low, near)
        else:
            high = min(high, near - 1)
    while low < high:
        middle = (low + high + 1) // 2
        if _has_come(date.fromordinal(middle), count, unit, today):
            low = middle
        else:
            high = middle - 1
    return low


def _around(count: float, unit: str, today: date) -> tuple[int, ...]:
    """Days that the day sought mostly lies between: counted back, and the one behind it."""
    try:
        back = shift(today, -count, unit).toordinal()
    except OverflowError:
        return ()
    return tuple(day for day in (back - 1, back, back + 1) if _FIRST <= day <= _LAST)


def _has_come(birth: date, count: float, unit: str, today: date) -> bool:
    try:
        return today >= shift(birth, count, unit)
    except OverflowError:
        return False
