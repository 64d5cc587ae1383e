"""One patient a row: every column is a word of the vocabulary, or says something of the row or of another column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from eligibility.patients.dates import When
from eligibility.patients.patient import FindingStatus
from eligibility.patients.places import inside
from eligibility.patients.record import Event, by_then
from eligibility.patients.table.cells import entries, is_open, limits_of, status_of, yes_or_no
from eligibility.patients.table.chart import Chart
from eligibility.patients.table.columns import Column, Plan
from eligibility.patients.table.facts import Cell
from eligibility.patients.table.headings import Role
from eligibility.patients.table.person import PERSONAL
from eligibility.patients.table.sheet import Row, plain

_BESIDE: dict[Role, str] = {
    "unit": "unit", "start": "date", "end": "end", "low": "low end of the range", "high": "high end of the range",
    "range": "reference range",
}  # fmt: skip

_ENDS: tuple[Role, ...] = ("low", "high", "range")


@dataclass(frozen=True, slots=True)
class Wide:
    """Reads rows of one plan."""

    plan: Plan
    _beside: dict[int, dict[Role, int]] = field(init=False)

    def __post_init__(self) -> None:
        beside = {column.index: self.plan.beside(column.index) for column in self.plan.columns}
        object.__setattr__(self, "_beside", beside)

    def add(self, chart: Chart, row: Row) -> None:
        """All cells of a row, as facts of its patient."""
        day = self._day(chart, row)
        for column in self.plan.columns:
            if text := plain(row.cells[column.index]):
                self._cell(chart, row, column, text, day)

    def _day(self, chart: Chart, row: Row) -> When | None:
        """The moment of the whole row; None in a table without such a column."""
        column = self.plan.one("date")
        if column is None:
            return None
        place = _place(row, column)
        day = chart.desk.when(place, plain(row.cells[column.index]))
        chart.intake.dated(day, place)
        return day

    def _cell(self, chart: Chart, row: Row, column: Column, text: str, day: When | None) -> None:
        place = _place(row, column)
        if column.role in PERSONAL:
            chart.say(column, text, place, day)
        elif column.role in _READERS:
            _READERS[column.role](self, chart, row, column, text, day)
        elif column.of is not None:
            base = self.plan.columns[column.of]
            said = plain(row.cells[base.index])
            how = "" if said else f"{base.heading} is empty"
            word = f"{_BESIDE[column.role]} of {base.heading}" if said else None
            chart.intake.count("column", column.heading, word, how)
        else:
            named = {"id": "id of the patient", "date": "date of the row"}.get(column.role)
            chart.intake.count("column", column.heading or "(no heading)", named, column.how)

    def _result(self, chart: Chart, row: Row, column: Column, text: str, day: When | None) -> None:
        if column.fact and yes_or_no(text):
            self._finding(chart, row, column, text, day)
            return
        place, units = _place(row, column), (column.unit,) if column.unit else ()
        when, limits = day, None
        if beside := self._cells_beside(row, column):
            units = tuple(dict.fromkeys(unit for unit in (beside.get("unit", ""), *units) if unit))
            when = self._when(chart, row, column, "start") if "start" in beside else day
            limits = chart.desk.attempt(place, limits_of, *(beside.get(end, "") for end in _ENDS))
        if column.known is not None:
            cell = Cell(column.concept, place, text, units, when, limits, "column")
            chart.desk.result(cell, column.known)

    def _finding(self, chart: Chart, row: Row, column: Column, text: str, day: When | None) -> None:
        place = _place(row, column)
        status = chart.desk.attempt(place, status_of, text)
        if status is None or column.fact is None or column.known is None:
            chart.intake.count("column", column.heading, None, "the value is no status")
            return
        beside = self._cells_beside(row, column)
        onset = self._when(chart, row, column, "start") if beside.get("start") else by_then(day)
        end = self._when(chart, row, column, "end") if beside.get("end") and not is_open(beside["end"]) else None
        event = Event(column.fact, column.concept, place, status, onset, end, seen=day, listed="column")
        chart.intake.event(event, (column.known,))

    def _list(self, chart: Chart, row: Row, column: Column, text: str, day: When | None) -> None:
        place, fact = _place(row, column), column.fact or "condition"
        chart.intake.count("column", column.heading, f"list of {column.name.casefold()}", "")
        for index, concept in enumerate(entries(text, fact)):
            status: FindingStatus = "history" if fact == "procedure" else "active"
            chart.intake.event(Event(fact, concept, inside(place, index), status, by_then(day)))

    def _cells_beside(self, row: Row, column: Column) -> dict[Role, str]:
        return {role: plain(row.cells[index]) for role, index in self._beside[column.index].items()}

    def _when(self, chart: Chart, row: Row, column: Column, role: Role) -> When:
        index = self._beside[column.index][role]
        return chart.desk.when(_place(row, self.plan.columns[index]), plain(row.cells[index]))


_READERS: dict[Role, Callable[[Wide, Chart, Row, Column, str, When | None], None]] = {
    "result": Wide._result,
    "finding": Wide._finding,
    "list": Wide._list,
}


def _place(row: Row, column: Column) -> str:
    return f"{row.place}, {column.heading.strip()[:60]}"
