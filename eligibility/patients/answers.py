"""A person's answers to what only a person can say, from a file of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from eligibility.errors import Fault, InputError
from eligibility.patients.dates import read_when
from eligibility.patients.documents import read_documents
from eligibility.patients.from_profile import answer, contradictions
from eligibility.patients.patient import Answer, Patient
from eligibility.patients.profile.faults import faults_of


def read_answers(path: str | Path) -> tuple[Answer, ...]:
    """The answers of a file: an array, JSON Lines, or `{"answers": […]}` of `{trial, criterion, result, by, date}`.

    A row may name its `patient`; without one it holds for whoever it is given for. Raises InputError with all faults.
    """
    answers: list[Answer] = []
    faults: list[Fault] = []
    for place, data in read_documents(path):
        for where, row in _rows(place, data):
            try:
                answers.append(_answer(row, where, str(path)))
            except InputError as error:
                faults += error.faults
    faults += contradictions(answers)
    if faults:
        raise InputError(str(path), *faults)
    return tuple(answers)


def answered(patient: Patient, answers: Iterable[Answer], file: str = "answers") -> Patient:
    """The patient with these answers too; one for the same trial and criterion replaces the profile's own.

    Raises InputError, naming the file, for answers that were given after the day the patient is judged by.
    """
    mine = [row for row in answers if row.patient in (None, patient.id)]
    day = patient.as_of
    late = [row for row in mine if day and row.date and read_when(row.date).first.date() > day]
    if late:
        problem = f"was given after {day}, the day the patient is judged by"
        remedy = "correct the date, or judge by a later day (as_of)"
        raise InputError(file, *(Fault(row.source, f"the answer of {row.date} {problem}", remedy) for row in late))
    taken = {(row.trial, row.criterion) for row in mine}
    kept = [row for row in patient.answers if (row.trial, row.criterion) not in taken]
    return replace(patient, answers=(*kept, *mine))


def _rows(place: str, data: Any) -> list[tuple[str, Any]]:
    if isinstance(data, dict) and isinstance(data.get("answers"), list):
        return [(f"{place}answers[{index}]", row) for index, row in enumerate(data["answers"])]
    return [(place, data)]


def _answer(row: Any, place: str, file: str) -> Answer:
    from pydantic import ValidationError

    from eligibility.patients.profile.shape import AnswerShape

    if isinstance(row, Fault):
        raise InputError(file, row)
    try:
        return answer(AnswerShape.model_validate(row), place)
    except ValidationError as error:
        raise InputError(file, *faults_of(error, place, "answers")) from None
