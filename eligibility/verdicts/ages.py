"""Ages are birthdays: bounds on `age`, decided by the calendar from a birth date or from an age as stated."""

from __future__ import annotations

from datetime import date

from eligibility.patients.births import SOME_DAY, births_of_age
from eligibility.patients.dates import When, shift
from eligibility.rules.rule import Bound, Measured
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.opinion import MET, NOT_MET, Opinion, both, unknown
from eligibility.verdicts.verdict import Evidence, Missing, Verdict

UNITS = {None: "year", "a": "year", "mo": "month", "wk": "week", "d": "day", "h": "hour"}
_BETWEEN_BIRTHDAYS = Opinion("unknown", "missing", "between two birthdays")
_UNSURE = Opinion("unknown", "missing", "the age is not known closely enough")


def judge_age(rule: Measured, facts: Facts) -> Verdict:
    """Whether the patient's age lies within the bounds on the day of judging.

    "≥ N" holds from the N-th birthday, "< N" before it, "≤ N" before the (N+1)-th; "> N" from the (N+1)-th, not before
    the N-th, and between the two the text is unclear. Likewise in months, weeks and days.
    """
    patient = facts.patient
    dated = [(patient.birth_date, patient.as_of)] if patient.birth_date and patient.as_of else []
    lives = dated + ([(births_of_age(patient.age.value, patient.age.unit, SOME_DAY), SOME_DAY)] if patient.age else [])
    if not lives:
        detail = "the birth date is known, the day to judge by is not" if patient.birth_date else ""
        return unknown("age", "missing", rule.span, detail)
    opinions = [_opinion(rule, births, today) for births, today in lives]
    evidence = _evidence(rule, facts)
    decided = {opinion.truth for opinion in opinions if opinion.truth != "unknown"}
    if len(decided) == 1:
        return Verdict(decided.pop(), evidence)
    if decided:
        detail = "the birth date and the stated age do not agree"
        return Verdict("unknown", evidence, (Missing("age", "conflict", rule.span, detail),))
    if opinions[0] is _BETWEEN_BIRTHDAYS:
        return Verdict("unknown", evidence, (Missing("age", "unclear", rule.span, _why(rule)),))
    return Verdict("unknown", evidence, (Missing("age", "missing", rule.span, _UNSURE.detail),))


def _opinion(rule: Measured, births: When, today: date) -> Opinion:
    low = _from(rule.low, births, today) if rule.low else MET
    return both(low, _until(rule.high, births, today)) if rule.high else low


def _from(bound: Bound, births: When, today: date) -> Opinion:
    if bound.inclusive:
        return _reached(bound.value, bound, births, today)
    next_one = _reached(next_birthday(bound.value), bound, births, today)
    this_one = _reached(bound.value, bound, births, today)
    if next_one.truth == "met" or this_one.truth == "not_met":
        return next_one if next_one.truth == "met" else this_one
    return _BETWEEN_BIRTHDAYS if (this_one.truth, next_one.truth) == ("met", "not_met") else _UNSURE


def _until(bound: Bound, births: When, today: date) -> Opinion:
    reached = _reached(next_birthday(bound.value) if bound.inclusive else bound.value, bound, births, today)
    return {"met": NOT_MET, "not_met": MET, "unknown": _UNSURE}[reached.truth]


def unit_of(bound: Bound) -> str:
    """What the birthdays of a bound are counted in; years, where it does not say."""
    return UNITS.get(bound.unit or bound.assumed) or bound.unit or "year"


def next_birthday(value: float) -> float:
    """The number of the birthday after this age; an age that is no whole number ends where it says."""
    return value + 1 if value == int(value) else value


def _reached(count: float, bound: Bound, births: When, today: date) -> Opinion:
    """Whether the count-th birthday (or month, week, day) has come, for every day the patient may be born on."""
    unit = unit_of(bound)
    try:
        first, last = (shift(day.date(), count, unit) for day in (births.first, births.last))
    except OverflowError:
        return NOT_MET
    if today >= last:
        return MET
    return NOT_MET if today < first else _UNSURE


def _why(rule: Measured) -> str:
    low = rule.low.value if rule.low else 0
    return f'"> {low:g}" may mean from the {low:g}th birthday or from the next one'


def _evidence(rule: Measured, facts: Facts) -> tuple[Evidence, ...]:
    patient = facts.patient
    rows = []
    if patient.birth_date and patient.as_of:
        years, months = _completed(patient.birth_date.last.date(), patient.as_of)
        value, unit = (f"{years}", "year") if years >= 2 else (f"{12 * years + months}", "month")
        note = f"{years} years {months} months" if 2 <= years < 18 else ""
        day = patient.as_of.isoformat()
        rows.append(Evidence("age", value, unit, day, _place("birth_date", facts), None, ("birth_date",), None, note))
    if patient.age:
        day_stated = patient.as_of.isoformat() if patient.as_of else None
        rows.append(Evidence("age", f"{patient.age.value:g}", patient.age.unit, day_stated, _place("age", facts)))
    return tuple(rows)


def _place(field: str, facts: Facts) -> str:
    return f"{facts.patient.source}: {field}" if facts.patient.source else field


def _completed(birth: date, today: date) -> tuple[int, int]:
    """Completed years and months."""
    months = max((today.year - birth.year) * 12 + today.month - birth.month, 0)
    while months > 0 and shift(birth, months, "month") > today:
        months -= 1
    return divmod(months, 12)
