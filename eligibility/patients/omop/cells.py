"""What cells say: days as moments, the concepts of a row, and cells that could not be read."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from eligibility.patients.dates import When, between
from eligibility.patients.intake import Intake
from eligibility.patients.omop.columns import FAULTY
from eligibility.patients.omop.tables import MEASUREMENT, Row, Table
from eligibility.patients.patient import FindingKind
from eligibility.patients.record import UNDATED, not_before

# By convention of OMOP an end that is open may be written as the last day of 2099.
_NEVER = 2099
# What a row that cannot be read may have been.
_LISTED: dict[str, tuple[FindingKind, ...]] = {
    "condition_occurrence": ("condition", "allergy"),
    "procedure_occurrence": ("procedure",),
    "drug_exposure": ("treatment",),
    "observation": ("condition", "allergy", "procedure", "treatment", "state"),
}


@lru_cache(maxsize=50_000)
def day(value: date | None) -> When | None:
    """A day, None when there is none."""
    return between(value, value, value.isoformat()) if value else None


def moment(row: Row, stem: str) -> When:
    """The date of a result, with its hour where the row has one; UNDATED when there is no date.

    Midnight is what a database makes of a date without an hour, so it is taken for the whole day.
    """
    on: date | None = row[f"{stem}_date"]
    at: datetime | None = row[f"{stem}_datetime"]
    if at is not None and (at.hour or at.minute or at.second) and on in (None, at.date()):
        return When(at, at, at.isoformat(" ", "minutes"))
    return day(on or (at.date() if at else None)) or UNDATED


def ended(row: Row, start: str, end: str, table: Table, intake: Intake) -> date | None:
    """The day in column `end`, unless it means "open" or lies before the day in column `start`, which is named."""
    first, last = row[start], row[end]
    if last is None or last.year >= _NEVER:
        return None
    if first is not None and last < first:
        intake.fault(table.place(row), f"{end} lies before {start}", "correct the row")
        return None
    return last  # type: ignore[no-any-return]  # rows hold what their columns are


def over(row: Row, start: str, end: str, table: Table, intake: Intake) -> When | None:
    """When it ended, None when it did not: of an end that is written and cannot be, only that it is not known."""
    last = ended(row, start, end, table, intake)
    if last is None and (cannot_be_read(row, end) or (row[end] and row[end].year < _NEVER)):
        first = day(row[start])
        return not_before(first) if first else UNDATED
    return day(last)


def readable(table: Table, row: Row, intake: Intake) -> bool:
    """Name the cells of a row that are not what their column should hold.

    A row with such a concept is left out: without its operator, unit or status, the rest would mean something else.
    Of a measurement is kept what it was of, and when: an older one does not tell what it was.
    """
    if not row[FAULTY]:
        return True
    wrong = [column for column in row[FAULTY].split(", ") if column.endswith("concept_id")]
    left_out = bool(wrong) and (table is not MEASUREMENT or "measurement_concept_id" in wrong)
    problem = f"cannot be read: {row[FAULTY]}" + (", so the row is left out" if left_out else "")
    intake.fault(table.place(row), problem, "correct the cell")
    if left_out:
        intake.nothing.doubt(*_LISTED.get(table.name, ()))
    return not left_out


def cannot_be_read(row: Row, *columns: str) -> bool:
    """Something stands in one of these cells that is not what their column should hold."""
    return not {*columns}.isdisjoint((row[FAULTY] or "").split(", "))
