"""Rows in memory as Arrow holds them, as cells; every cell reads as it does from a Parquet file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eligibility.population.cells import Cells
from eligibility.population.parquet import cell_as_sql, fetched

if TYPE_CHECKING:
    import pyarrow as pa

    from eligibility.population.cells import Column


def arrow_cells(table: pa.Table, rows: Sequence[int], numbers: frozenset[int]) -> Cells:
    """The cells of a table with `rows` as the numbers of its rows; `numbers` are the columns that are read as such.

    Columns are known by their places, whatever they are called.
    """
    import duckdb

    names = [f"c{place}" for place in range(table.num_columns)]
    connection = duckdb.connect(":memory:", config={"threads": 1})  # a task has one core; rows keep their order
    connection.register("piece", table.rename_columns(names))
    kinds = [str(row[1]) for row in connection.execute("DESCRIBE piece").fetchall()]

    def raw(column: int) -> Column:
        cell = cell_as_sql(names[column], kinds[column], column in numbers)
        return fetched(connection.execute(f"SELECT {cell} AS cell FROM piece").fetchnumpy()["cell"])

    return Cells(rows, raw)
