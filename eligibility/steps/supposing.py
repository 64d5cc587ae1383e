"""Suppositions: the patient as if a record of today told a fact, one way or another, to see what would then hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from eligibility.patients.dates import DAYS_PER, When, between
from eligibility.patients.interval import exactly
from eligibility.patients.levels import values_of
from eligibility.patients.patient import Finding, Grade, Measurement, Patient, Reference, StatedAge
from eligibility.rules.rule import Bound, Changed, Graded, Leaf, Measured, Present
from eligibility.steps.next_steps import Sort, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eligibility.vocabulary.word import Word

LLN, ULN = 1.0, 2.0  # of a supposed result: any range will do
_FACTORS = (0.9, 1.0, 1.1)
_LONG_AGO = date(1900, 1, 1)
_MOST_TIMES = 24


def subject_of(leaf: Leaf) -> Subject:
    """What a test asks to be found out."""
    match leaf:
        case Measured():
            return Subject("age" if leaf.variable == "age" else "measurement", leaf.variable)
        case Changed():
            return Subject("change", leaf.variable)
        case Graded():
            return Subject("sex" if leaf.scale == "sex" else "scale", leaf.scale)
        case Present():
            sort: Sort = leaf.fact
            return Subject(sort, leaf.concept)
    raise TypeError(f"a {leaf.kind} asks for no fact")


def suppositions(leaf: Leaf, patient: Patient, words: Mapping[str, Word]) -> Iterator[Patient]:
    """The patient with a record of today of what a test asks for: on either side of each limit, there and not there."""
    match leaf:
        case Measured(variable="age"):
            yield from (replace(patient, age=StatedAge(years), birth_date=None) for years in (1, 10, 40, 100))
        case Measured():
            yield from _measured(leaf, patient, words.get(leaf.variable))
        case Changed():
            yield from _changed(leaf, patient, words.get(leaf.variable))
        case Graded(scale="sex"):
            yield from (replace(patient, sex=sex) for sex in ("female", "male"))
        case Graded():
            levels = values_of(words[leaf.scale]) if leaf.scale in words else ()
            yield from (with_level(patient, leaf.scale, level) for level in dict.fromkeys((*levels[:1], *leaf.levels)))
        case Present():
            yield from _present(leaf, patient, words)


def with_value(patient: Patient, word: Word) -> Patient:
    """The patient with a healthy or at least possible value of today of a quantity, and no other value of it."""
    low, high = (word.reference or (None, None, None))[:2]
    if low is None or high is None:
        low, high = word.plausible or (1.0, 1.0)
    value = (low + high) / 2
    made = Measurement(word.key, exactly(value), word.unit, _today(patient), Reference(low, high))
    return _measuring(patient, word.key, made)


def with_level(patient: Patient, scale: str, level: str) -> Patient:
    """The patient at a level of a scale today, and at no other."""
    others = (row for row in patient.grades if row.scale != scale)
    return replace(patient, grades=(*others, Grade(scale, (level,), _today(patient), level)))


def with_finding(patient: Patient, made: Finding) -> Patient:
    """The patient of whom nothing else is recorded of a concept."""
    same = (made.fact == "allergy", made.concept)
    others = (row for row in patient.findings if (row.fact == "allergy", row.concept) != same)
    return replace(patient, findings=(*others, made))


def _today(patient: Patient) -> When | None:
    return between(patient.as_of, patient.as_of) if patient.as_of else None


def _measuring(patient: Patient, variable: str, *made: Measurement) -> Patient:
    others = (row for row in patient.measurements if row.variable != variable)
    return replace(patient, measurements=(*others, *made))


def _measured(leaf: Measured, patient: Patient, word: Word | None) -> Iterator[Patient]:
    bounds = [bound for bound in (leaf.low, leaf.high) if bound]
    for when in _moments(leaf, patient):
        for row in (row for bound in bounds for row in _values(leaf.variable, bound, word)):
            times = range(min(leaf.times, _MOST_TIMES))
            made = [replace(row, when=_later(when, hour) if leaf.times > 1 else when) for hour in times]
            yield _measuring(patient, leaf.variable, *made)


def _moments(leaf: Measured, patient: Patient) -> Iterator[When | None]:
    yield _today(patient)
    if patient.as_of and leaf.window and leaf.window.kind == "since":
        days = timedelta(days=int(leaf.window.value * DAYS_PER[leaf.window.unit]) + 32)
        before = max(patient.as_of.toordinal() - days.days, 1)
        yield between(date.fromordinal(before), date.fromordinal(before))


def _later(when: When | None, hour: int) -> When | None:
    if when is None:
        return None
    moment = datetime.combine(when.first.date(), time(hour))
    return When(moment, moment)


def _values(variable: str, bound: Bound, word: Word | None) -> Iterator[Measurement]:
    """Values below, at and above a limit, in its unit, or with a reference range of which it is a multiple."""
    unit = bound.unit or bound.assumed
    times = {"ULN": ULN, "LLN": LLN}.get(unit or "")
    for number in (bound.value * factor for factor in _FACTORS) if bound.value else (-1.0, 0.0, 1.0):
        value, own = (number * times, word.unit if word else None) if times else (number, unit)
        yield Measurement(variable, exactly(value), own, None, Reference(LLN, ULN), f"{value:g}")


def _changed(leaf: Changed, patient: Patient, word: Word | None) -> Iterator[Patient]:
    if patient.as_of is None:
        return
    apart = timedelta(days=leaf.per.value * DAYS_PER[leaf.per.unit]) if leaf.per else timedelta(days=1)
    last = datetime.combine(patient.as_of, time(12))
    first = last - min(apart, timedelta(days=36_500))
    bound = leaf.low or leaf.high
    size = bound.value if bound else 1.0
    unit = word.unit if word and (bound is None or bound.unit in (None, "ULN", "LLN", "%", "baseline")) else None
    unit = unit or (bound.unit if bound else None)
    base = 100.0 + 10 * size
    for end in (base, base + 300 * size, base - 300 * size):
        rows = ((base, first), (end, last))
        yield _measuring(
            patient,
            leaf.variable,
            *(
                Measurement(leaf.variable, exactly(value), unit, When(at, at), Reference(LLN, ULN))
                for value, at in rows
            ),
        )


def _present(leaf: Present, patient: Patient, words: Mapping[str, Word]) -> Iterator[Patient]:
    word = words.get(leaf.concept)
    if word is not None and word.kind == "scale" and leaf.fact != "allergy":
        yield from (with_level(patient, leaf.concept, level) for level in values_of(word))
        return
    today, old = _today(patient), between(_LONG_AGO, _LONG_AGO)
    name = leaf.concept if leaf.named else ""
    made = Finding(leaf.fact, leaf.concept, name, qualifiers=leaf.qualifiers, known=not leaf.named)
    yield with_finding(patient, replace(made, status="refuted", qualifiers=()))
    yield with_finding(patient, replace(made, onset=today))
    yield with_finding(patient, replace(made, onset=old))
    yield with_finding(patient, replace(made, status="resolved", onset=old, abatement=old))
