"""Tables with one patient a row, chunk by chunk; Parquet column by column, and only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, overload

import numpy as np

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.documents import opened
from eligibility.patients.places import inside
from eligibility.patients.table.columns import Plan, plan_of
from eligibility.patients.table.csv_sheet import csv_sheet
from eligibility.patients.table.parquet_sheet import is_parquet
from eligibility.patients.table.sheet import Row, Sheet, all_plain, plain
from eligibility.population.cells import Cells
from eligibility.population.chunk import Chunk
from eligibility.population.parquet import Parquet
from eligibility.population.seen import Seen, digests_of
from eligibility.population.table_chunk import TableChunk, TableReader, is_of_numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eligibility.population.chunk import Rows

NO_ROW = Fault("", "holds no row below the headings", "add one row a patient")


class Table:
    """A table of one patient a row, whose chunks can be read; None of `of` where it is another kind of table."""

    def __init__(self, path: str, plan: Plan, asked: Asked, source: Parquet | Sheet) -> None:
        """`source` gives the rows."""
        self._path, self._plan, self._source = path, plan, source
        self._reader = TableReader(path, plan, asked)
        self._stem = stem_of(path)
        self._seen = Seen()
        self.rows = source.rows if isinstance(source, Parquet) else None

    @classmethod
    def of(cls, path: str, asked: Asked) -> Table | None:
        """The table at a path, None where a patient may have several rows: an observation a row, visits."""
        source = _source(path)
        plan = plan_of(path, source.headings, asked.vocabulary)
        dated = plan.one("date") is not None and plan.one("id") is not None
        if plan.tall or (dated and _has_visits(path, plan, source)):
            return None
        if isinstance(source, Parquet):
            source.numbers = frozenset(column.index for column in plan.columns if is_of_numbers(column))
        return cls(path, plan, asked, source)

    @property
    def plan(self) -> Plan:
        """What its columns are."""
        return self._plan

    def chunks(self, size: int) -> Iterator[Chunk | InputError]:
        """The rows, so many at once; a row that cannot be read is an error in its place."""
        for found in self.pieces(size):
            yield found if isinstance(found, InputError) else TableChunk(self._reader, *found)

    def pieces(self, size: int) -> Iterator[tuple[Sequence[str], Cells] | InputError]:
        """The same as ids and cells."""
        empty = True
        pieces = _pieces(self._source, len(self._plan.columns), size)
        for cells in pieces:
            if isinstance(cells, Fault):
                yield InputError(self._path, cells)
                continue
            ids, faults, kept = self._ids(cells)
            yield from (InputError(self._path, fault) for fault in faults)
            empty = empty and not ids and not faults
            if ids:
                yield ids, cells if kept is None else cells.of(kept)
        if empty:
            yield InputError(self._path, NO_ROW)

    def _ids(self, cells: Cells) -> tuple[Sequence[str], list[Fault], Rows | None]:
        """The ids of the rows that are patients, what is wrong with others, and which rows are kept (None: all)."""
        column = self._plan.one("id")
        if column is None:
            width = len(self._plan.columns)
            filled = [row for row in range(len(cells.rows)) if not cells.is_blank(row, width)]
            return [f"{self._stem} row {cells.rows[row]}" for row in filled], [], np.array(filled, np.intp)
        ids: Sequence[str] = Ids(len(cells.rows), lambda: all_plain(cells.texts(column.index)))
        digests = cells.digests(column.index) if cells.digests is not None else None
        if digests is None:
            twice = self._seen.again_among(self._digests_of(ids))
        else:
            twice = self._seen.again_among(digests)
            if not twice:
                return ids, [], None
        if "" not in ids and not twice:
            return ids, [], None
        faults = []
        for row, id in enumerate(ids):
            place = f"row {cells.rows[row]}"
            if not id and not cells.is_blank(row, len(self._plan.columns)):
                faults.append(without_id(place))
            elif id and row in twice:
                faults.append(met_again(place, id))
        kept = np.array([row for row, id in enumerate(ids) if id and row not in twice], np.intp)
        return [ids[row] for row in kept.tolist()], faults, kept

    def _digests_of(self, ids: Sequence[str]) -> NDArray[np.int64]:
        return self._source.digests_of(ids) if isinstance(self._source, Parquet) else digests_of(ids)


def stem_of(path: str) -> str:
    """What patients of a table without ids are called by, before the number of the row."""
    return Path(path).name.split(".")[0] if path != "-" else "patient"


def without_id(place: str) -> Fault:
    """What is wrong with a row in which no id stands."""
    return Fault(place, "has no id of a patient", "give every row one")


def met_again(place: str, id: str) -> Fault:
    """What is wrong with a row whose id stood in one before it."""
    problem = f"the id {id[:40]} stands in an earlier row too"
    return Fault(inside(place, "id"), problem, "give every patient an id of its own")


class Ids(Sequence[str]):
    """The ids of some rows, read when one of them is asked for: counts need none."""

    def __init__(self, size: int, read: Callable[[], Sequence[str]]) -> None:
        """`read` gives all of them."""
        self._size, self._read = size, read

    @cached_property
    def _texts(self) -> Sequence[str]:
        return self._read()

    def __len__(self) -> int:
        """How many there are."""
        return self._size

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        """One, or some."""
        return self._texts[place]


def _source(path: str) -> Parquet | Sheet:
    if path == "-":
        return csv_sheet(path)
    with opened(path):
        pass
    return Parquet(path) if is_parquet(path) else csv_sheet(path)


def _has_visits(path: str, plan: Plan, source: Parquet | Sheet) -> bool:
    """Whether an id stands in several rows; of a table that can be read only once that is not known."""
    column = plan.one("id")
    if column is None or (isinstance(source, Sheet) and not source.again):
        return True
    if isinstance(source, Parquet):
        return source.repeats(column.index)
    seen = Seen()
    return any(seen.again([plain(row.cells[column.index])]) for row in source.rows() if isinstance(row, Row))


def _pieces(source: Parquet | Sheet, width: int, size: int) -> Iterator[Cells | Fault]:
    if isinstance(source, Parquet):
        yield from source.pieces(size)
        return
    rows: list[Row] = []
    for row in source.rows():
        if isinstance(row, Fault):
            yield row
        elif any(map(plain, row.cells)):
            rows.append(row)
        if len(rows) == size:
            yield _of_rows(rows, width)
            rows = []
    if rows:
        yield _of_rows(rows, width)


def _of_rows(rows: list[Row], width: int) -> Cells:
    columns = list(zip(*(row.cells for row in rows), strict=True)) or [()] * width
    return Cells([row.number for row in rows], columns.__getitem__)
