"""A patient as if some facts were otherwise: what is supposed takes the place of what is recorded, as of today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from eligibility.derived.derive import GIVEN_BY
from eligibility.patients.dates import When
from eligibility.patients.patient import Finding, Grade, Measurement, Patient
from eligibility.steps.supposed_facts import read_supposition
from eligibility.verdicts.facts import Facts

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

SUPPOSED = "supposed"


def what_if(patient: Patient, *suppositions: str, vocabulary: Vocabulary | None = None) -> Patient:
    """The patient as if these were facts of the day of judging: "bilirubin = 2 mg/dL", "ecog = 1", "no diabetes".

    Names and values are those of profiles. A supposed value takes the place of those of the day and stands beside
    older ones, with the newest reference range of the patient; a supposed finding takes the place of all records
    of it. What is computed follows: a recorded MELD of the day gives way to the one from the supposed bilirubin.
    `vocabulary` is the one the patient was read with. Raises InputError for what cannot be read.
    """
    words = vocabulary if vocabulary is not None else _shipped()
    changed: set[str] = set()
    for text in suppositions:
        made = read_supposition(text, patient.as_of, words)
        patient = _with(patient, made, words)
        changed |= {row.variable for row in made.measurements} | {row.scale for row in made.grades}
        changed |= {row.concept for row in made.findings}
    return _without_outdated(patient, changed, words)


def _shipped() -> Vocabulary:
    from eligibility.vocabulary.tables import vocabulary

    return vocabulary()


def _with(patient: Patient, made: Patient, words: Vocabulary) -> Patient:
    for row in made.measurements:
        patient = replace(patient, measurements=_beside(patient, row))
    for grade in made.grades:
        others = tuple(row for row in patient.grades if row.scale != grade.scale or _is_older(row.when, patient.as_of))
        patient = replace(patient, grades=(*others, replace(grade, source=SUPPOSED)))
    for finding in made.findings:
        patient = replace(patient, findings=_instead(patient.findings, finding, words))
    if made.birth_date or made.age:
        patient = replace(patient, birth_date=made.birth_date, age=made.age)
    return replace(patient, sex=made.sex or patient.sex, race=made.race or patient.race)


def _beside(patient: Patient, row: Measurement) -> tuple[Measurement, ...]:
    same = [one for one in patient.measurements if one.variable == row.variable]
    ranged = [one for one in same if one.reference and one.unit == row.unit] or [one for one in same if one.reference]
    newest = max(ranged, key=lambda one: one.when.first.toordinal() if one.when else 0, default=None)
    reference = newest.reference if newest else None
    if newest and reference and reference.unit is None:
        reference = replace(reference, unit=newest.unit)
    others = (one for one in patient.measurements if one.variable != row.variable or _is_older(one.when, patient.as_of))
    return (*others, replace(row, reference=row.reference or reference, source=SUPPOSED))


def _is_older(when: When | None, day: date | None) -> bool:
    """It surely is of a day before; what has no date is of today."""
    return when is not None and day is not None and when.last.date() < day


def _instead(findings: Iterable[Finding], made: Finding, words: Vocabulary) -> tuple[Finding, ...]:
    """Without what is recorded of it: of what is supposed not to be so also all its kinds, else what denies it."""
    below = words.descendants(made.concept)
    above = {key for key in words.words if made.concept in words.descendants(key)}
    denied = made.status == "refuted"

    def stays(row: Finding) -> bool:
        if (row.fact == "allergy") != (made.fact == "allergy"):
            return True
        if row.concept == made.concept or (denied and row.concept in below):
            return False
        return denied or row.concept not in above or row.status != "refuted"

    return (*filter(stays, findings), replace(made, source=SUPPOSED))


def dependents(changed: Iterable[str]) -> frozenset[str]:
    """What formulas compute from these, and from that again."""
    found, waiting = set(changed), True
    while waiting:
        new = {
            variable
            for variable, formulas in GIVEN_BY.items()
            if variable not in found
            and any(not found.isdisjoint((*(row.key for row in one.inputs), *one.about)) for one in formulas)
        }
        found |= new
        waiting = bool(new)
    return frozenset(found - set(changed))


def left_as_recorded(supposed: Patient) -> frozenset[str]:
    """What is computed from what is supposed and yet stands in the record: where it cannot be computed, it stays."""
    rows: tuple[Measurement | Grade | Finding, ...] = (*supposed.measurements, *supposed.grades, *supposed.findings)
    keys = {_key(row) for row in rows if row.source == SUPPOSED}
    return dependents(keys) & {_key(row) for row in rows if row.source != SUPPOSED}


def _key(row: Measurement | Grade | Finding) -> str:
    if isinstance(row, Measurement):
        return row.variable
    return row.scale if isinstance(row, Grade) else row.concept


def _without_outdated(patient: Patient, changed: set[str], words: Vocabulary) -> Patient:
    """Without recorded values of the day that are computed from what is supposed, where they can be computed."""
    facts, dropped = Facts(patient, words), set()
    for variable in dependents(changed):
        rows = facts.readings(variable)
        if any(row.computed and not _is_older(row.when, patient.as_of) for row in rows):
            dropped.add(variable)
    scales = {word.key for word in words.words.values() if word.kind == "scale" and word.score in dropped}

    def stays(row: Measurement | Grade) -> bool:
        return _key(row) not in dropped | scales or row.source == SUPPOSED or _is_older(row.when, patient.as_of)

    return replace(
        patient,
        measurements=tuple(filter(stays, patient.measurements)),
        grades=tuple(filter(stays, patient.grades)),
    )
