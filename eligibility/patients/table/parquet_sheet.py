"""Parquet as a sheet, read by DuckDB without network, extensions or any other file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.patients.table.sheet import Row, Sheet, row_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 1000
_LIST = "[]"


def parquet_sheet(path: str) -> Sheet:
    """A Parquet file; every value as DuckDB writes it (dates and times in ISO form, lists parted by ";").

    Raises InputError for a file that is no whole Parquet file, and when duckdb is not installed.
    """
    with _connected(path) as connection:
        headings = tuple(name for name, _ in _columns(path, connection))
    return Sheet(headings, lambda: _rows(path))


def _rows(path: str) -> Iterator[Row | Fault]:
    from duckdb import Error

    with _connected(path) as connection:
        columns = _columns(path, connection)
        chosen = ", ".join(_as_text(name, kind) for name, kind in columns)
        number = 1
        try:
            found = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [_literal(path)])
            while rows := found.fetchmany(_AT_ONCE):
                for cells in rows:
                    number += 1
                    yield row_of(number, tuple("" if cell is None else cell for cell in cells), len(columns))
        except Error as error:
            raise InputError(path, _broken(error)) from None


def _connected(path: str) -> DuckDBPyConnection:
    try:
        import duckdb
    except ImportError:
        fault = Fault("", "Parquet needs duckdb", 'pip install "eligibility[population]", or save the table as CSV')
        raise InputError(path, fault) from None
    connection = duckdb.connect(":memory:")
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET allow_community_extensions = false")
    connection.execute("SET allowed_paths = ?", [[str(Path(path).resolve()), _literal(path)]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _columns(path: str, connection: DuckDBPyConnection) -> list[tuple[str, str]]:
    """The name and type of every column."""
    from duckdb import Error

    try:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [_literal(path)]).fetchall()
    except Error as error:
        raise InputError(path, _broken(error)) from None
    return [(row[0], row[1]) for row in found]


def _broken(error: Exception) -> Fault:
    reason = str(error).splitlines()[0][:200]
    return Fault("", f"is no Parquet file that can be read: {reason}", "write it again, or save it as CSV")


def _literal(path: str) -> str:
    """The path as a pattern that matches only itself."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(Path(path).resolve()))


def _as_text(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind.endswith(_LIST):
        return f"array_to_string(CAST({quoted} AS VARCHAR[]), ';')"
    return f"CAST({quoted} AS VARCHAR)"
