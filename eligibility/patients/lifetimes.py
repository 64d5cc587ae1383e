"""Days that cannot be of one patient's life: what is wrong with them, and which day a record is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from eligibility.errors import Fault
from eligibility.patients.record import Person

OLDEST = 125
LONELY_DAYS = 731
_LONELY_YEARS = 20  # people do stay away from a hospital for years


@dataclass(frozen=True, slots=True)
class Judged:
    """Who is judged and by which day: `place` is where the fact of that day stands, "" when the day was given.

    `faults` are the days that cannot be, `cut` says that facts of later days are not of this life and are left out.
    """

    person: Person
    day: date | None
    place: str = ""
    faults: tuple[Fault, ...] = ()
    cut: bool = False


def judged(person: Person, moments: Mapping[date, str], given: date | None) -> Judged:
    """The day to judge a record by: the `given` one, else the newest of `moments` (day → place) that can be.

    A birth after that day, or more than 125 years before it, is a slip and counts as not known. One slip in a year must
    not move the day that everything is judged by, nor go unsaid where it may have done so.
    """
    days = sorted(moments, reverse=True)
    if given is not None:
        return _born(Judged(person, given))
    possible = [day for day in days if not _too_old(person, day)]
    if not possible:
        return _born(Judged(person, days[0] if days else None, moments[days[0]] if days else ""))
    late = tuple(
        Fault(moments[day], f"{day} lies more than {OLDEST} years after the birth, and is left out", "correct the date")
        for day in days[: len(days) - len(possible)]
    )
    found = Judged(person, possible[0], moments[possible[0]], late, bool(late))
    return _born(replace(found, faults=(*late, *_lonely(possible, found.place))))


def _too_old(person: Person, day: date) -> bool:
    return person.birth_date is not None and day.year - person.birth_date.last.year > OLDEST


def _lonely(days: list[date], place: str) -> tuple[Fault, ...]:
    """A newest day far behind all others, by which the record is judged."""
    if len(days) < 2 or days[0].year - days[1].year < _LONELY_YEARS:
        return ()
    problem = (
        f"{days[0]} lies {days[0].year - days[1].year} years after every other fact, and the record is judged by it"
    )
    return (Fault(place, problem, "if it is a slip, give the day with --as-of"),)


def _born(found: Judged) -> Judged:
    """Without a birth date that cannot be."""
    born, day = found.person.birth_date, found.day
    if born is None or day is None:
        return found
    if born.first.date() > day:
        problem = f"{born.text} lies after {day}, the day of judging, and counts as not known"
    elif _too_old(found.person, day):
        problem = f"{born.text} lies more than {OLDEST} years before {day}, and counts as not known"
    else:
        return found
    fault = Fault("birth_date", problem, "correct the birth date or the day")
    return replace(found, person=replace(found.person, birth_date=None), faults=(*found.faults, fault))
