"""Tables: CSV, TSV and Parquet, one patient a row or one observation a row."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.patient import Patient
from eligibility.patients.table.columns import plan_of
from eligibility.patients.table.csv_sheet import csv_sheet
from eligibility.patients.table.gather import Gathering
from eligibility.patients.table.parquet_sheet import is_parquet, parquet_sheet
from eligibility.patients.table.sheet import Sheet


def patients(path: str, asked: Asked) -> Iterator[Patient | InputError]:
    """The patients of a table; a row that cannot be read is an InputError in its place, a cell a fault of its patient.

    Columns are words of the vocabulary (one patient a row), or a column names what a row is of (one observation a
    row); which of them, and what every column was taken for, stands in the patients' items. Raises InputError for a
    file that cannot be opened, and for headings that say nothing, or the same twice.
    """
    sheet = _sheet(path)
    plan = plan_of(path, sheet.headings, asked.vocabulary)
    empty = True
    try:
        for found in Gathering(path, sheet, plan, asked).patients():
            empty = False
            yield found
    except InputError as error:  # what was read before the file broke off stands
        yield error
        return
    if empty:
        yield InputError(path, Fault("", "holds no row below the headings", "add one row a patient"))


def _sheet(path: str) -> Sheet:
    if path == "-":
        return csv_sheet(path)
    return parquet_sheet(path) if is_parquet(path) else csv_sheet(path)
