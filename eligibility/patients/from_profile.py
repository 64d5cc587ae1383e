"""The own profile format: one JSON object a patient, in long form (dated lists) or short form (`{"inr": 1.9}`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.patients.dates import When, read_when
from eligibility.patients.lifetimes import LONELY_DAYS, OLDEST
from eligibility.patients.patient import FEMALE_ONLY, Answer, Patient
from eligibility.patients.places import inside
from eligibility.patients.profile.facts import FactReader, short_facts
from eligibility.patients.profile.faults import faults_of, refused, without
from eligibility.patients.profile.values import read_age
from eligibility.patients.until import until

if TYPE_CHECKING:
    from eligibility.patients.profile.shape import AnswerShape, ProfileShape
    from eligibility.vocabulary.tables import Vocabulary


def profile(
    data: Any, *, file: str, vocabulary: Vocabulary, place: str = "", as_of: date | None = None, id: str | None = None
) -> Patient:
    """One profile, already read as JSON (or TOML) values, as a Patient.

    `place` is where the profile stands in `file`, `as_of` overrides the profile's own day, `id` names a profile that
    gives none. Raises InputError with every fault of the profile: wrong shapes, units that do not exist, words
    for numbers, impossible values, dates after `as_of`.
    """
    shape, faults, wrong = _shape(data, file, place)
    reader = FactReader(vocabulary, place)
    _collect(reader, shape)
    patient = _patient(reader, shape, as_of, id or place or "patient")
    faults += reader.faults
    if "as_of" not in wrong:
        faults += _impossible(reader, patient, shape, as_of is not None)
    faults += [*_not_of_a_man(patient), *contradictions(patient.answers)]
    if faults:
        raise InputError(file, *faults)
    return patient if as_of is None else until(patient, as_of)


def _shape(data: Any, file: str, place: str) -> tuple[ProfileShape, list[Fault], Iterable[str]]:
    """The shape of the profile, or where parts are wrong that of the rest; the faults; and the fields they are in."""
    from pydantic import ValidationError

    from eligibility.patients.profile.shape import ProfileShape

    if not isinstance(data, Mapping):
        raise InputError(file, Fault(place, "a profile is a JSON object", 'write {"id": …, "age": …}'))
    if "protocolSection" in data or "studies" in data:
        fault = Fault(place, "reads like a trial, not a patient", "give the patient first, then the trials")
        raise InputError(file, fault)
    try:
        return ProfileShape.model_validate(data), [], ()
    except ValidationError as error:
        faults = faults_of(error, place)
        try:
            return ProfileShape.model_validate(without(data, error)), faults, refused(error)
        except ValidationError:
            raise InputError(file, *faults) from None


def _collect(reader: FactReader, shape: ProfileShape) -> None:
    reader.measurements_from(shape.measurements)
    reader.scales_from(shape.scales)
    reader.findings_from("condition", "conditions", shape.conditions)
    reader.findings_from("treatment", "medications", shape.medications)
    reader.findings_from("procedure", "procedures", shape.procedures)
    reader.findings_from("allergy", "allergies", shape.allergies)
    reader.states_from(shape.states)
    short_facts(reader, shape.model_extra or {})


def _patient(reader: FactReader, shape: ProfileShape, as_of: date | None, name: str) -> Patient:
    age = None
    if shape.age is not None:
        age = reader.attempt("age", read_age, shape.age)
    latest = _latest(reader)
    day = as_of or (shape.as_of.first.date() if shape.as_of else None) or (latest[1] if latest else None)
    return Patient(
        id=shape.id or name,
        as_of=day,
        birth_date=shape.birth_date,
        age=age,
        sex=shape.sex,
        race=shape.race,
        measurements=tuple(reader.measurements),
        grades=tuple(reader.grades),
        findings=tuple(reader.findings),
        complete=frozenset(shape.complete),
        answers=tuple(answer(row, inside(reader.place, "answers", index)) for index, row in enumerate(shape.answers)),
        unrecognised=tuple(reader.unrecognised),
        items=tuple(replace(item, count=count) for item, count in reader.items.items()),
        source=reader.place,
        day_from=latest[0] if latest and not as_of and not shape.as_of else "",
    )


def answer(row: AnswerShape, source: str) -> Answer:
    """One row of answers as an Answer, with its place."""
    day = row.date.text if row.date else None
    return Answer(row.trial, row.criterion, row.result, row.by, day, row.patient, source)


def _latest(reader: FactReader) -> tuple[str, date] | None:
    """The place and day of the latest fact; a month or a year counts from its first day."""
    days = [(where, when.first.date()) for where, when in reader.moments]
    return max(days, key=lambda pair: pair[1], default=None)


def _impossible(reader: FactReader, patient: Patient, shape: ProfileShape, flagged: bool) -> list[Fault]:
    """Dates that cannot be; those after a day that the user chose are no fault, since `until` leaves them out."""
    place = reader.place
    if shape.as_of and not shape.as_of.one_day:
        return [Fault(inside(place, "as_of"), "not a day", "write YYYY-MM-DD")]
    if patient.as_of is None:
        return []
    day = patient.as_of
    born = [(inside(place, "birth_date"), patient.birth_date)] if patient.birth_date else []
    faults = [
        Fault(where, f"{when.text} lies after {day}, the day the profile is read for", "correct the date, or as_of")
        for where, when in [*born, *([] if flagged else [*_answered(patient), *reader.moments])]
        if when.first.date() > day
    ]
    if patient.day_from:
        faults += _lonely(reader)
    if patient.birth_date and day.year - patient.birth_date.last.year > OLDEST:
        problem = f"makes the patient older than {OLDEST} years on {day}"
        faults.append(Fault(inside(place, "birth_date"), problem, "correct birth_date, as_of or the latest date"))
    return faults


def _not_of_a_man(patient: Patient) -> list[Fault]:
    found = [row for row in patient.findings if row.concept in FEMALE_ONLY and row.status not in ("refuted", "unknown")]
    return [
        Fault(row.source, f"{row.concept.replace('_', ' ')}, and the sex is male", "correct one of them")
        for row in (found if patient.sex == "male" else ())
        if row.fact != "allergy"
    ]


def _lonely(reader: FactReader) -> list[Fault]:
    """A latest fact far after all others: one slip in a year would move the day that everything is judged by."""
    *others, (where, last) = sorted(reader.moments, key=lambda pair: pair[1].first)
    if not others or (last.first.date() - others[-1][1].first.date()).days <= LONELY_DAYS:
        return []
    problem = f"{last.text} lies more than 2 years after every other fact, and the profile would be judged by that day"
    return [Fault(where, problem, "correct it, or give as_of")]


def _answered(patient: Patient) -> list[tuple[str, When]]:
    return [(f"{row.source}.date", read_when(row.date)) for row in patient.answers if row.date]


def contradictions(answers: Sequence[Answer]) -> list[Fault]:
    """A fault for every answer that says the opposite of an earlier one on the same criterion and patient."""
    first: dict[tuple[str | None, str, str], Answer] = {}
    faults = []
    for row in answers:
        earlier = first.setdefault((row.patient, row.trial, row.criterion), row)
        if earlier.result != row.result:
            problem = f"contradicts {earlier.source or 'an earlier answer'} on {row.trial} {row.criterion}"
            faults.append(Fault(row.source, problem, "keep one of them"))
    return faults
