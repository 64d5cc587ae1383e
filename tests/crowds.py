"""Many random patients who differ in little: in when things began and ended, in how often a value was taken."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta

from populations import QUANTITIES, TODAY, concepts, known, many_leaves, scales

from eligibility.patients.dates import When, between
from eligibility.patients.interval import Interval, exactly
from eligibility.patients.levels import values_of
from eligibility.patients.patient import Finding, FindingStatus, Grade, Measurement, Patient, Reference
from eligibility.patients.record import UNDATED, by_then, not_before
from eligibility.rules.rule import Present, Rule, Status, Window

_AGO = (-30, 0, 0, 1, 2, 13, 14, 15, 29, 30, 31, 60, 89, 90, 91, 179, 180, 182, 183, 184, 364, 365, 366, 4000)
_STANDS: tuple[FindingStatus, ...] = ("active", "active", "resolved", "history", "refuted", "unknown")
_PAST: tuple[Status, ...] = ("active", "history", "any")
_QUALITIES = ("severe", "mild", "chronic", "acute")
_FORMULAS = ("weight", "height", "bmi", "creatinine", "egfr", "hemoglobin", "ast", "total_bilirubin", "qtcf")


def _day(chosen: random.Random) -> date:
    return TODAY - timedelta(days=chosen.choice(_AGO))


def moment(chosen: random.Random) -> When:
    """A day, an hour on some clock, a month, or no known day."""
    day, sort = _day(chosen), chosen.random()
    if sort < 0.7:
        return between(day, day)
    if sort < 0.85:
        hour = datetime(day.year, day.month, day.day, chosen.choice((0, 7, 23)))
        return When(hour, hour, "", chosen.choice((None, timedelta(0), timedelta(hours=-5), timedelta(hours=9))))
    first = day.replace(day=1)
    return between(first, day.replace(day=28)) if sort < 0.95 else UNDATED


def finding(chosen: random.Random) -> Finding:
    """A record of one of few things, with times of every kind."""
    fact, concept = chosen.choice(concepts()[:8])
    start = chosen.choice((None, moment(chosen), by_then(moment(chosen))))
    end = chosen.choice((None, None, moment(chosen), not_before(moment(chosen)), UNDATED))
    seen = moment(chosen) if chosen.random() < 0.2 else None
    qualities = (chosen.choice(_QUALITIES),) if chosen.random() < 0.2 else ()
    strange = chosen.random() < 0.1
    return Finding(
        fact,
        "a strange thing" if strange else concept,
        "a strange thing" if strange else "",
        status=chosen.choice(_STANDS),
        onset=start if seen is None else None,
        abatement=end if seen is None else None,
        qualifiers=qualities,
        known=not strange,
        narrower=chosen.random() < 0.1,
        seen=seen,
    )


def measurement(chosen: random.Random) -> Measurement:
    """A value of one of few quantities, some in another unit, as an interval, or unusable."""
    variable = chosen.choice(_FORMULAS)
    low = chosen.choice((0.9, 1.2, 2.0, 7.0, 30.0, 60.0, 88.42, 170.0))
    sort = chosen.random()
    value = exactly(low) if sort < 0.8 else Interval(low, low * 2) if sort < 0.9 else Interval(-float("inf"), low)
    unit = chosen.choice((*QUANTITIES.get(variable, (known().words[variable].unit,)) * 4, "ULN", None))
    reference = Reference(0.5, low) if chosen.random() < 0.2 else None
    when = None if chosen.random() < 0.05 else moment(chosen)
    return Measurement(variable, value, unit, when, reference, f"{low:g}", usable=chosen.random() > 0.05)


def grade(chosen: random.Random) -> Grade:
    """A level of a scale."""
    scale = chosen.choice([key for key in scales() if key != "sex"])
    return Grade(scale, (chosen.choice(values_of(known().words[scale])),), moment(chosen))


def crowd(seed: int, number: int) -> list[Patient]:
    """So many patients."""
    chosen = random.Random(seed)
    days = (TODAY, TODAY, TODAY, TODAY - timedelta(days=17), None)
    births = (None, between(date(1960, 6, 15), date(1960, 6, 15)), between(date(2008, 1, 1), date(2008, 12, 31)))
    lists = ("conditions", "states", "medications", "measurements")
    return [
        Patient(
            f"P{place}",
            chosen.choice(days),
            chosen.choice(births),
            None,
            chosen.choice((None, "male", "female")),
            measurements=tuple(measurement(chosen) for _ in range(chosen.choice((0, 0, 1, 2, 4)))),
            grades=tuple(grade(chosen) for _ in range(chosen.choice((0, 0, 0, 1)))),
            findings=tuple(finding(chosen) for _ in range(chosen.choice((0, 1, 1, 2, 3)))),
            complete=frozenset(chosen.sample(lists, chosen.choice((0, 0, 0, 1, 2)))),
        )
        for place in range(number)
    ]


def leaves(seed: int, number: int) -> list[Rule]:
    """Tests of these things: at all times and in windows, with qualities, by their names, of one value or of several."""
    chosen = random.Random(seed)
    found: list[Rule] = many_leaves(seed, number)
    for _ in range(number):
        fact, concept = chosen.choice(concepts()[:8])
        named = chosen.random() < 0.1
        units = ("day", "day", "month", "year", "week", "hour")
        window = Window(
            chosen.choice(("within", "within", "for", "since")),
            chosen.choice((1.0, 2.0, 14.0, 30.0, 180.0)),
            chosen.choice(units),
            chosen.choice(("screening", "screening", "surgery")),
        )
        found.append(
            Present(
                "condition" if named else fact,
                "a strange thing" if named else concept,
                chosen.choice(_PAST),
                (chosen.choice(_QUALITIES),) if chosen.random() < 0.2 else (),
                window if chosen.random() < 0.6 else None,
                named=named,
            )
        )
    return found
