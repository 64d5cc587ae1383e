"""The own profile format: one JSON object a patient, in long form (dated lists) or short form (`{"inr": 1.9}`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.patients.dates import When, read_when
from eligibility.patients.patient import Answer, Patient
from eligibility.patients.profile_facts import FactReader, inside, short_facts
from eligibility.patients.profile_values import read_age

if TYPE_CHECKING:
    from pydantic import ValidationError

    from eligibility.patients.profile_shape import AnswerShape, ProfileShape
    from eligibility.vocabulary.tables import Vocabulary

OLDEST = 125


def profile(
    data: Any, *, file: str, vocabulary: Vocabulary, place: str = "", as_of: date | None = None, id: str | None = None
) -> Patient:
    """One profile, already read as JSON (or TOML) values, as a Patient.

    `place` is where the profile stands in `file`, `as_of` overrides the profile's own day, `id` names a profile that
    gives none. Raises InputError with every fault of the profile: wrong shapes, units that do not exist, words
    for numbers, impossible values, dates after `as_of`.
    """
    shape = _shape(data, file, place)
    reader = FactReader(vocabulary, place)
    _collect(reader, shape)
    patient = _patient(reader, shape, as_of, id or place or "patient")
    faults = [*reader.faults, *_impossible(reader, patient, shape, place), *contradictions(patient.answers)]
    if faults:
        raise InputError(file, *faults)
    return patient


def _shape(data: Any, file: str, place: str) -> ProfileShape:
    from pydantic import ValidationError

    from eligibility.patients.profile_shape import ProfileShape

    if not isinstance(data, Mapping):
        raise InputError(file, Fault(place, "a profile is a JSON object", 'write {"id": …, "age": …}'))
    try:
        return ProfileShape.model_validate(data)
    except ValidationError as error:
        raise InputError(file, *faults_of(error, place)) from None


def faults_of(error: ValidationError, place: str) -> list[Fault]:
    """Every fault a pydantic model found, each with its place (`measurements[2].value`)."""
    return [
        Fault(inside(place, *fault["loc"]), fault["msg"].removeprefix("Value error, "), _remedy(fault["type"]))
        for fault in error.errors(include_url=False, include_input=False)
    ]


def _remedy(kind: str) -> str:
    return {"extra_forbidden": "correct or remove the field", "missing": "add the field"}.get(kind, "correct the value")


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
    day = as_of or (shape.as_of.first.date() if shape.as_of else None) or _latest(reader)
    return Patient(
        id=shape.id or name,
        as_of=day,
        birth_date=shape.birth_date,
        age=age,
        sex=shape.sex,
        measurements=tuple(reader.measurements),
        grades=tuple(reader.grades),
        findings=tuple(reader.findings),
        complete=frozenset(shape.complete),
        answers=tuple(answer(row, inside(reader.place, "answers", index)) for index, row in enumerate(shape.answers)),
        unrecognised=tuple(reader.unrecognised),
        source=reader.place,
    )


def answer(row: AnswerShape, source: str) -> Answer:
    """One row of answers as an Answer, with its place."""
    day = row.date.text if row.date else None
    return Answer(row.trial, row.criterion, row.result, row.by, day, row.patient, source)


def _latest(reader: FactReader) -> date | None:
    """The day of the latest fact; a month or a year counts from its first day."""
    return max((when.first.date() for _, when in reader.moments), default=None)


def _impossible(reader: FactReader, patient: Patient, shape: ProfileShape, place: str) -> list[Fault]:
    if shape.as_of and not shape.as_of.one_day:
        return [Fault(inside(place, "as_of"), "not a day", "write YYYY-MM-DD")]
    if patient.as_of is None:
        return []
    day = patient.as_of
    faults = [
        Fault(where, f"{when.text} lies after {day}, the day the profile is read for", "correct the date, or as_of")
        for where, when in [*_personal(patient, place), *reader.moments]
        if when.first.date() > day
    ]
    if patient.birth_date and day.year - patient.birth_date.last.year > OLDEST:
        problem = f"makes the patient older than {OLDEST} years on {day}"
        faults.append(Fault(inside(place, "birth_date"), problem, "correct birth_date, as_of or the latest date"))
    return faults


def _personal(patient: Patient, place: str) -> list[tuple[str, When]]:
    rows = [(inside(place, "birth_date"), patient.birth_date)] if patient.birth_date else []
    return rows + [(f"{row.source}.date", read_when(row.date)) for row in patient.answers if row.date]


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
