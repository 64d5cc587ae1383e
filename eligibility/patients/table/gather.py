"""The rows of a table by the patient they are of, in order of first appearance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.patient import Patient
from eligibility.patients.places import inside
from eligibility.patients.table.chart import Chart
from eligibility.patients.table.columns import Plan
from eligibility.patients.table.sheet import Row, Sheet, plain
from eligibility.patients.table.tall import Tall
from eligibility.patients.table.wide import Wide


class Gathering:
    """Reads the rows of a sheet as patients.

    A patient is given as soon as all of its rows and those of the patients before it are read: a first pass over the
    table counts them. A wide table without dates is read a row a patient, in one pass.
    """

    def __init__(self, path: str, sheet: Sheet, plan: Plan, asked: Asked) -> None:
        """`plan` says what the columns of `sheet` are."""
        self._path, self._sheet, self._plan, self._asked = path, sheet, plan, asked
        self._reader = Tall(plan) if plan.tall else Wide(plan)
        self._stem = Path(path).name.split(".")[0] if path != "-" else "patient"
        self._day = None if plan.tall else plan.one("date")
        self._open: dict[str, Chart] = {}

    def patients(self) -> Iterator[Patient | InputError]:
        """The patients; rows that cannot be read as errors in their place."""
        joins = self._plan.one("id") is not None and (self._plan.tall or self._day is not None)
        left = self._counted() if joins and self._sheet.again else None
        for row in self._sheet.rows():
            if isinstance(row, Fault):
                yield InputError(self._path, row)
            elif any(map(plain, row.cells)):
                yield from self._row(row, left) if joins else self._alone(row)
        for chart in self._open.values():
            yield chart.patient()

    def _counted(self) -> Counter[str]:
        """How many rows each patient has."""
        return Counter(self._id(row) for row in self._sheet.rows() if isinstance(row, Row))

    def _id(self, row: Row) -> str:
        column = self._plan.one("id")
        return plain(row.cells[column.index]) if column else f"{self._stem} {row.place}"

    def _alone(self, row: Row) -> Iterator[Patient | InputError]:
        chart = self._chart(row)
        if isinstance(chart, InputError):
            yield chart
            return
        self._reader.add(chart, row)
        yield chart.patient()

    def _row(self, row: Row, left: Counter[str] | None) -> Iterator[Patient | InputError]:
        """One row of a patient, and every patient that is complete after it."""
        id = self._id(row)
        chart = self._open.get(id) or self._chart(row)
        if isinstance(chart, InputError):
            yield chart
            return
        self._open[id] = chart
        twin = self._twin(chart, row)
        if twin is not None:
            yield twin
        else:
            self._reader.add(chart, row)
        if left is not None:
            left[id] -= 1
            yield from self._complete(left)

    def _complete(self, left: Counter[str]) -> Iterator[Patient]:
        while self._open and not left[id := next(iter(self._open))]:
            yield self._open.pop(id).patient()

    def _chart(self, row: Row) -> Chart | InputError:
        id = self._id(row)
        if not id:
            return InputError(self._path, Fault(row.place, "has no id of a patient", "give every row one"))
        chart = Chart(id, row.place, self._asked)
        if self._plan.tall:
            chart.intake.count("table", "one observation a row", "tall table", "")
        elif self._plan.one("id") is None:
            chart.intake.count("table", "no column with an id", None, "patients are named by their rows")
        return chart

    def _twin(self, chart: Chart, row: Row) -> InputError | None:
        """A second row of a patient for the same day, in a table with one row a patient and day."""
        if self._day is None:
            return None
        day = plain(row.cells[self._day.index])
        first = chart.days.setdefault(day, row.place)
        if first == row.place:
            return None
        problem = f"the id and the date also stand at {first}"
        return InputError(self._path, Fault(inside(row.place, "id"), problem, "keep one row a patient and day"))
