"""Parquet by DuckDB, some rows at once; of a number column the numbers, of any other its cells as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from eligibility.errors import Fault, InputError
from eligibility.patients.table.parquet_sheet import as_text, broken, columns_of, connected, literal, quoted
from eligibility.population.cells import Cells, Factor
from eligibility.population.few_texts import FewTexts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eligibility.population.cells import Column
    from eligibility.population.chunk import Flags, Numbers

# Numbers that are as exact as floating-point ones as they are in text.
_EXACT = frozenset((
    "DOUBLE", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
))  # fmt: skip
_YES_NO = ("", "false", "true")
_AS_IT_IS = "[!-~]*[0-9][!-~]*"  # no space to take off, and with a figure no word that says "missing"


class Parquet:
    """A Parquet file. Columns that one piece was asked for are read together for the next ones.

    `numbers` are the columns whose cells are read as numbers, where their type is one.
    """

    def __init__(self, path: str) -> None:
        """Raises InputError for what is no whole Parquet file, and when duckdb is not installed."""
        self._path = path
        self._connection = connected(path, threads=1)  # a piece is mostly one row group, which one thread reads
        self._columns = columns_of(path, self._connection)
        self.headings = tuple(name for name, _ in self._columns)
        self._wanted: dict[int, None] = {}
        self.numbers: frozenset[int] = frozenset()
        self._few = FewTexts()

    def pieces(self, size: int) -> Iterator[Cells]:
        """All rows in the order of the file."""
        for start in range(0, self.rows, size):
            end = min(start + size, self.rows)
            piece = _Piece(self, start, end)
            yield Cells(range(start + 2, end + 2), piece.column, self.expect, piece.digests)

    @cached_property
    def rows(self) -> int:
        """How many there are."""
        (rows,) = self._ask("SELECT count(*) FROM read_parquet(?)").fetchone() or (0,)
        return int(rows)

    def repeats(self, column: int) -> bool:
        """Whether a text stands twice in a column."""
        name, kind = self._columns[column]
        query = f"SELECT 1 FROM read_parquet(?) GROUP BY trim({as_text(name, kind)}) HAVING count(*) > 1 LIMIT 1"
        return self._ask(query).fetchone() is not None

    def digests(self, column: int, start: int, end: int) -> NDArray[np.int64] | None:
        """`digests_of` the cells from row `start` until before row `end`; None where one may not be as it is read."""
        text = as_text(*self._columns[column])
        plain = f"coalesce(regexp_full_match({text}, '{_AS_IT_IS}'), false)"
        found = self._rows([f"hash({text}) AS digest", f"{plain} AS plain"], start, end)
        return found["digest"].view(np.int64) if found["plain"].all() else None

    def digests_of(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """A number for each text, the same for the same."""
        found = self._connection.execute("SELECT hash(unnest(CAST(? AS VARCHAR[]))) AS digest", [list(texts)])
        return found.fetchnumpy()["digest"].view(np.int64)

    def read(self, columns: Sequence[int], start: int, end: int) -> dict[int, Column]:
        """The cells of these columns from row `start` (of the data, from 0) until before row `end`."""
        cells = {column: self._few.as_sql(column, self._cell(column)) for column in columns}
        found = self._rows([f"{cell} AS c{column}" for column, cell in cells.items()], start, end)
        return {column: self._fetched(column, found[f"c{column}"], start, end) for column in columns}

    def _cell(self, column: int) -> str:
        return cell_as_sql(*self._columns[column], column in self.numbers)

    def _fetched(self, column: int, found: np.ndarray, start: int, end: int) -> Column:
        """A column as cells; it is read once more as texts, where it holds a new one of few."""
        if np.ma.getdata(found).dtype == np.uint8:
            factor = self._few.factor(column, np.ma.getdata(found))
            if factor is not None:
                return factor
            found = self._rows([f"{self._cell(column)} AS cell"], start, end)["cell"]
        cells = fetched(found)
        if isinstance(cells, list):
            self._few.learn(column, cells)
        return cells

    def _rows(self, chosen: Sequence[str], start: int, end: int) -> dict[str, np.ndarray]:
        query = (
            f"SELECT file_row_number AS n, {', '.join(chosen)} FROM read_parquet(?, file_row_number = true) "
            f"WHERE file_row_number >= {start} AND file_row_number < {end}"
        )
        found = self._fetch(query)
        order = found.pop("n")
        if order.size != end - start:
            fault = Fault("", "changed while it was read", "read it when nobody writes it")
            raise InputError(self._path, fault)
        if order.size < 2 or bool((np.diff(order) == 1).all()):
            return found
        place = np.argsort(order)
        return {name: cells[place] for name, cells in found.items()}

    def expect(self, columns: Iterable[int]) -> None:
        """These columns will be asked for."""
        self._wanted |= dict.fromkeys(sorted(columns))

    def want(self, column: int) -> Sequence[int]:
        """The columns to read when this one is asked for: itself, and all that were asked for before."""
        self._wanted.setdefault(column)
        return [*self._wanted]

    def _ask(self, query: str):  # type: ignore[no-untyped-def] # DuckDB's connection
        from duckdb import Error

        try:
            return self._connection.execute(query, [literal(self._path)])
        except Error as error:
            raise InputError(self._path, broken(error)) from None

    def _fetch(self, query: str) -> dict[str, np.ndarray]:
        from duckdb import Error

        try:
            found: dict[str, np.ndarray] = self._ask(query).fetchnumpy()
        except Error as error:
            raise InputError(self._path, broken(error)) from None
        return found


class _Piece:
    """Some rows of a file, whose columns are read when they are asked for."""

    def __init__(self, file: Parquet, start: int, end: int) -> None:
        self._file, self._start, self._end = file, start, end
        self._read: dict[int, Column] = {}

    def column(self, column: int) -> Column:
        if column not in self._read:
            wanted = [one for one in self._file.want(column) if one not in self._read]
            self._read |= self._file.read(wanted, self._start, self._end)
        return self._read.pop(column)

    def digests(self, column: int) -> NDArray[np.int64] | None:
        return self._file.digests(column, self._start, self._end)


def cell_as_sql(name: str, kind: str, as_number: bool) -> str:
    """The cells of a column of this type as they are fetched: as numbers, where they are to be and can be."""
    if kind in _EXACT and as_number:
        return f"CAST({quoted(name)} AS DOUBLE)"
    if kind == "BOOLEAN":
        return quoted(name)
    return f"coalesce({as_text(name, kind)}, '')"


def fetched(found: np.ndarray) -> Column:
    """What was fetched by `cell_as_sql` as a column of cells."""
    missing = np.ma.getmask(found)
    cells = np.ma.getdata(found)
    if cells.dtype == np.float64:
        return _without(cells, np.asarray(missing)) if missing is not np.ma.nomask else cells
    if cells.dtype == np.bool_:
        return Factor(np.where(missing, np.uint8(0), cells.view(np.uint8) + np.uint8(1)), _YES_NO)
    texts: list[str] = cells.tolist()
    return texts


def _without(numbers: Numbers, missing: Flags) -> Numbers:
    """NaN where a number is missing: all bits set are one; without a branch, which is much faster here."""
    every_bit = -missing.view(np.int8).astype(np.int64)
    return (numbers.view(np.int64) | every_bit).view(np.float64)
