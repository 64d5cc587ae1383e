"""Rows of a table, one patient a row, as a chunk: whoever has the same in the cells that matter is alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from eligibility.patients.asked import Asked
from eligibility.patients.dates import When
from eligibility.patients.patient import Patient
from eligibility.patients.record import UNDATED, known_on
from eligibility.patients.table.cells import moment
from eligibility.patients.table.chart import Chart
from eligibility.patients.table.columns import Column, Plan
from eligibility.patients.table.sheet import Row
from eligibility.patients.table.wide import Wide
from eligibility.population.cells import Cells, Factor, together
from eligibility.population.chunk import Answered, Groups, Needs, Sight, Values
from eligibility.population.relevance import Relevance
from eligibility.population.table_values import Moments, ValueReader

if TYPE_CHECKING:
    from eligibility.population.chunk import Flags, Places, Rows

_NOBODY_ANSWERED: Mapping[tuple[str, str], Answered] = {}
_MOST_KEPT = 50_000
Said = tuple[tuple[int, str], ...]


@dataclass(slots=True)
class TableReader:
    """What all chunks of one table share: its columns, what they can matter for, and the patients made of few cells."""

    path: str
    plan: Plan
    asked: Asked
    relevance: Relevance = field(init=False)
    wide: Wide = field(init=False)
    numbers: frozenset[int] = field(init=False)
    _readers: dict[int, ValueReader] = field(default_factory=dict)
    _patients: dict[Said, Patient] = field(default_factory=dict)
    _moments: dict[str, When] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.relevance = Relevance(self.plan, self.asked.vocabulary, dated=True)
        self.wide = Wide(self.plan)
        self.numbers = frozenset(column.index for column in self.plan.columns if is_of_numbers(column))

    def values_of(self, column: Column) -> ValueReader | None:
        """What reads a column of numbers, None for any other."""
        if column.known is None or column.known.word.kind != "quantity":
            return None
        if column.index not in self._readers:
            self._readers[column.index] = ValueReader(column.known.word, column, self.plan.beside(column.index))
        return self._readers[column.index]

    def patient(self, said: Said) -> Patient:
        """A patient of whom only these cells (by the places of their columns) are known."""
        if said not in self._patients:
            if len(self._patients) >= _MOST_KEPT:
                self._patients.clear()
            self._patients[said] = self.read(said, "", 0)
        return self._patients[said]

    def read(self, said: Said, id: str, number: int) -> Patient:
        """The patient of a row with these cells."""
        cells = [""] * len(self.plan.columns)
        for column, text in said:
            cells[column] = text
        row = Row(number, tuple(cells))
        chart = Chart(id, row.place, self.asked)
        self.wide.add(chart, row)
        return chart.patient()

    def moment(self, text: str) -> When:
        """The moment in a cell; an unknown day, where it says none."""
        if text not in self._moments:
            try:
                self._moments[text] = moment(text) if text else UNDATED
            except ValueError:
                self._moments[text] = UNDATED
        return self._moments[text]


class TableChunk:
    """Rows of one table."""

    answers = _NOBODY_ANSWERED

    def __init__(self, reader: TableReader, ids: Sequence[str], cells: Cells) -> None:
        """`ids` are those of the rows of `cells`."""
        self.ids, self.cells, self._reader = ids, cells, reader
        self._groups: dict[Hashable, tuple[Rows | None, Groups]] = {}
        self._dates: Moments | None = None
        self.whole: Rows = np.flatnonzero(self._strange()) if self._may_be_strange() else np.zeros(0, np.intp)

    @property
    def days(self) -> Sequence[date | None]:
        """The day each patient is judged by; one for all, where it is the same."""
        moments, places = self._row_moments()
        days = [as_of for _, as_of in moments]
        return days if places is None else [days[place] for place in places.tolist()]

    def expect(self, needs: Iterable[Needs]) -> None:
        """Tells the cells which columns will be asked for."""
        relevance = self._reader.relevance
        lists = (column.index for one in needs for column in relevance.lists(one))
        self.cells.expect({*(place for one in needs for place in relevance.columns(one)), *lists})

    def values(self, variable: str, needs: Needs) -> Values | None:
        """The values of the one column of a quantity, where no other says anything of it that is not computed."""
        plan, relevance = self._reader.plan, self._reader.relevance
        mine = [one for one in plan.columns if one.role == "result" and one.known and one.known.word.key == variable]
        column_reader = self._reader.values_of(mine[0]) if len(mine) == 1 else None
        other = Needs(needs.recorded)
        if column_reader is None or relevance.columns(other) or relevance.lists(other):
            return None
        dated = plan.beside(mine[0].index).get("start")
        computed = Needs(needs.keys - {variable}, person=needs.person)
        if dated is not None and (relevance.columns(computed) or relevance.lists(computed)):
            return None
        moments = self._row_moments() if dated is None else self._cell_moments(dated)
        return column_reader.values(self.cells, moments, self.whole)

    def having(self, keys: frozenset[str]) -> Flags:
        """Who has something in a column of one of these words, or in a list among such words."""
        found = np.zeros(len(self.ids), np.bool_)
        for column in self._reader.relevance.about(keys):
            if column.index in self._reader.numbers:
                read = self.cells.numbers(column.index)
                found |= ~np.isnan(read.numbers)
                found[read.odd] = True
            else:
                found |= self.cells.factor(column.index).filled
        for column in self._reader.relevance.lists(Needs(keys)):
            found |= self._reduced(column, Needs(keys)).filled
        return found

    def groups(self, needs: Needs, rows: Rows | None = None, sight: Sight | None = None) -> Groups:
        """The groups by what the columns that matter say."""
        lists = self._reader.relevance.lists(needs)
        key = (self._reader.relevance.columns(needs), needs if lists else None), -1 if rows is None else id(rows)
        if key not in self._groups:
            self._groups[key] = rows, self._grouped(needs, rows)  # the rows are kept, so that their identity is theirs
        return self._groups[key][1]

    def _grouped(self, needs: Needs, rows: Rows | None) -> Groups:
        columns = self._reader.relevance.columns(needs)
        factors = [self.cells.factor(column) for column in columns]
        for column in self._reader.relevance.lists(needs):
            factors.append(self._reduced(column, needs))
            columns = (*columns, column.index)
        plain, alone = self._parted(rows)
        size = len(self.ids) if plain is None else plain.size
        combinations: list[tuple[int, ...]] = [()] * min(size, 1)
        codes: Places = np.zeros(size, np.intp)
        if factors:
            codes, combinations = together(factors, plain)
        said: list[Said] = [
            tuple(
                (column, factor.texts[code])
                for column, factor, code in zip(columns, factors, combination, strict=True)
                if factor.texts[code]
            )
            for combination in combinations
        ]
        return self._apart(codes, said, rows, alone)

    def _parted(self, rows: Rows | None) -> tuple[Rows | None, Rows]:
        """The rows (None: all) that can be grouped, and those that must be read whole."""
        if not self.whole.size:
            return rows, self.whole
        chosen = np.arange(len(self.ids)) if rows is None else rows
        odd = np.isin(chosen, self.whole)
        return chosen[~odd], chosen[odd]

    def _apart(self, codes: Places, said: list[Said], rows: Rows | None, alone: Rows) -> Groups:
        """The groups, and each row that must be read whole as a group of its own."""
        many = len(said)
        if alone.size:
            chosen = np.arange(len(self.ids)) if rows is None else rows
            odd = np.isin(chosen, alone)
            whole = np.empty(chosen.size, np.intp)
            whole[~odd], whole[odd] = codes, many + np.arange(alone.size)
            codes = whole

        def patient(place: int) -> Patient:
            return self._reader.patient(said[place]) if place < many else self.patient(int(alone[place - many]))

        return Groups(codes, [*said, *([None] * alone.size)], patient)

    def patient(self, row: int) -> Patient:
        """The whole patient of a row."""
        cells = [(column.index, self.cells.text(column.index, row)) for column in self._reader.plan.columns]
        return self._reader.read(
            tuple((column, text) for column, text in cells if text), self.ids[row], self.cells.rows[row]
        )

    def _reduced(self, column: Column, needs: Needs) -> Factor:
        """A list of findings with only the entries that can matter."""
        factor = self.cells.factor(column.index)
        texts: dict[str, int] = {"": 0}
        relevant = self._reader.relevance.relevant
        fact = column.fact or "condition"
        places = [texts.setdefault(relevant(text, fact, needs), len(texts)) for text in factor.texts]
        return Factor(np.array(places, np.intp)[factor.codes], [*texts])

    def _row_moments(self) -> Moments:
        """The moment that the values of a row are of, and the day of judging."""
        column, as_of = self._reader.plan.one("date"), self._reader.asked.as_of
        if column is None:
            return ((None, as_of),), None
        if self._dates is None:
            factor = self.cells.factor(column.index)
            whens = [self._reader.moment(text) for text in factor.texts]
            self._dates = [(when, as_of or _day(when)) for when in whens], factor.places
        return self._dates

    def _cell_moments(self, column: int) -> Moments:
        """The moments in a column of dates beside that of a value; the day of judging is given."""
        factor = self.cells.factor(column)
        return [(self._reader.moment(text), self._reader.asked.as_of) for text in factor.texts], factor.places

    def _may_be_strange(self) -> bool:
        return any(column.role in ("date", "start", "end") for column in self._reader.plan.columns)

    def _strange(self) -> np.ndarray:
        """The rows with a date that changes what other cells mean: later than the day of judging, or the only one."""
        strange = np.zeros(len(self.ids), np.bool_)
        plan, as_of = self._reader.plan, self._reader.asked.as_of
        for column in plan.columns:
            if column.role not in ("date", "start", "end"):
                continue
            factor = self.cells.factor(column.index)
            whens = [self._reader.moment(text) for text in factor.texts]
            of_row = column.role == "date"
            odd = [_is_odd(when, text, as_of, of_row) for when, text in zip(whens, factor.texts, strict=True)]
            strange |= np.array(odd, np.bool_)[factor.codes]
        return strange | self._too_old() if as_of is None else strange

    def _too_old(self) -> np.ndarray:
        """Rows whose birth may lie so long before their day that the day is not believed."""
        births, dates = self._reader.plan.one("birth"), self._reader.plan.one("date")
        if births is None or dates is None:
            return np.zeros(len(self.ids), np.bool_)
        born, days = self.cells.factor(births.index), self.cells.factor(dates.index)
        first, last = ([self._reader.moment(text) for text in factor.texts] for factor in (born, days))
        of_birth = np.array([9999 if when == UNDATED else when.first.year for when in first])[born.codes]
        of_day = np.array([0 if when == UNDATED else when.last.year for when in last])[days.codes]
        return np.asarray(of_day - of_birth > 120)


def is_of_numbers(column: Column) -> bool:
    """Whether cells of a column are read as numbers."""
    if column.role == "result":
        return column.known is not None and column.known.word.kind == "quantity"
    return column.role in ("low", "high", "age")


def _is_odd(when: When, text: str, as_of: date | None, of_row: bool) -> bool:
    """Whether a date, of a whole row or of one thing in it, lies after the day of judging, or may make that day."""
    if when == UNDATED:
        return of_row or bool(text)
    if as_of is None:
        return not of_row or not when.one_day
    return known_on(when) > as_of


def _day(when: When) -> date | None:
    return None if when == UNDATED else known_on(when)
