"""What cells say: days as moments, the concepts of a row, and cells that could not be read."""

from __future__ import annotations

from datetime import date, datetime

from eligibility.patients.dates import When, between
from eligibility.patients.intake import Intake
from eligibility.patients.omop.columns import FAULTY
from eligibility.patients.omop.tables import Row, Table
from eligibility.patients.record import UNDATED

# By convention of OMOP an end that is open may be written as the last day of 2099.
_NEVER = 2099


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


def report(table: Table, row: Row, intake: Intake) -> None:
    """Name the cells of a row that are not what their column should hold."""
    if row[FAULTY]:
        intake.fault(table.place(row), f"cannot be read: {row[FAULTY]}", "correct the cell")
