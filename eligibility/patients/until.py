"""A patient as the record stood on an earlier day: later facts are left out, and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from eligibility.patients.dates import When, read_when
from eligibility.patients.patient import Answer, Finding, Grade, Measurement, Patient
from eligibility.patients.record import known_on, not_before

Row = Measurement | Grade | Finding | Answer


def until(patient: Patient, day: date) -> Patient:
    """The patient without what happened after `day`; what only ended after it was going on. `left_out` names it all."""
    rows: list[Row] = [*patient.measurements, *patient.grades, *patient.findings, *patient.answers]
    late = tuple(row.source for row in rows if _after(_moment(row), day))
    goes_on = bool(late) or any(_after(row.abatement, day) for row in patient.findings)
    return replace(
        patient,
        measurements=tuple(row for row in patient.measurements if not _after(row.when, day)),
        grades=tuple(row for row in patient.grades if not _after(row.when, day)),
        findings=tuple(_then(row, day, goes_on=goes_on) for row in patient.findings if not _after(_moment(row), day)),
        answers=tuple(row for row in patient.answers if not _after(_moment(row), day)),
        # complete is a list on the day of the profile; of an earlier day, with facts left out, it does not tell
        complete=patient.complete if not late else frozenset(),
        left_out=late,
    )


def _moment(row: Row) -> When | None:
    if isinstance(row, Answer):
        return read_when(row.date) if row.date else None
    return row.seen or row.onset if isinstance(row, Finding) else row.when


def _after(when: When | None, day: date) -> bool:
    return when is not None and known_on(when) > day


def _then(finding: Finding, day: date, *, goes_on: bool) -> Finding:
    """A finding as it stood: what ended after the day was still there, if it surely had begun.

    Where the record goes on after the day, what has no beginning may have begun later, and what is over, nobody says
    when, may have ended later.
    """
    past, began = finding.status in ("resolved", "history"), finding.onset or finding.seen
    if not goes_on or finding.status == "refuted":
        return finding
    if began is None or began.last.date() > day:
        return replace(finding, status="unknown")
    if past and _after(finding.abatement, day):
        return replace(finding, status="active", abatement=None)
    if past and finding.abatement is None:
        return replace(finding, abatement=not_before(began))
    return finding
