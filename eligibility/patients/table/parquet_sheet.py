"""Parquet as a sheet, read by DuckDB without network, extensions or any other file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.patients.documents import opened
from eligibility.patients.table.sheet import Row, Sheet, row_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_AT_ONCE = 1000
_MAGIC = b"PAR1"
_LIST = "[]"


def is_parquet(path: str) -> bool:
    """Whether a file is of Parquet. Raises InputError for one that cannot be opened, or is packed once more."""
    with opened(path) as file:
        found = file.read(4) == _MAGIC
    if found and path.casefold().endswith(".gz"):
        raise InputError(path, Fault("", "is a packed Parquet file", "unpack it"))
    return found


def parquet_sheet(path: str) -> Sheet:
    """A Parquet file; every value as DuckDB writes it (dates and times in ISO form, lists parted by ";").

    Raises InputError for a file that is no whole Parquet file, and when duckdb is not installed.
    """
    with connected(path) as connection:
        headings = tuple(name for name, _ in columns_of(path, connection))
    return Sheet(headings, lambda: _rows(path))


def _rows(path: str) -> Iterator[Row | Fault]:
    from duckdb import Error

    with connected(path) as connection:
        columns = columns_of(path, connection)
        chosen = ", ".join(as_text(name, kind) for name, kind in columns)
        number = 1
        try:
            found = connection.execute(f"SELECT {chosen} FROM read_parquet(?)", [literal(path)])
            while rows := found.fetchmany(_AT_ONCE):
                for cells in rows:
                    number += 1
                    yield row_of(number, tuple("" if cell is None else cell for cell in cells), len(columns))
        except Error as error:
            raise InputError(path, broken(error)) from None


def connected(path: str, threads: int | None = None) -> DuckDBPyConnection:
    """A database in memory that can read this one file and nothing else, with so many threads (None: all cores)."""
    try:
        import duckdb
    except ImportError:
        fault = Fault("", "Parquet needs duckdb", 'pip install "eligibility[population]", or save the table as CSV')
        raise InputError(path, fault) from None
    connection = duckdb.connect(":memory:", config={} if threads is None else {"threads": threads})
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET allow_community_extensions = false")
    connection.execute("SET allowed_paths = ?", [[str(Path(path).resolve()), literal(path)]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def columns_of(path: str, connection: DuckDBPyConnection) -> list[tuple[str, str]]:
    """The name and type of every column."""
    from duckdb import Error

    try:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [literal(path)]).fetchall()
    except Error as error:
        raise InputError(path, broken(error)) from None
    return [(row[0], row[1]) for row in found]


def broken(error: Exception) -> Fault:
    """What to say of a file that DuckDB cannot read."""
    reason = str(error).splitlines()[0][:200]
    return Fault("", f"is no Parquet file that can be read: {reason}", "write it again, or save it as CSV")


def literal(path: str) -> str:
    """The path as a pattern that matches only itself."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(Path(path).resolve()))


def as_text(name: str, kind: str) -> str:
    """The cells of a column of this type as text, as SQL says it."""
    if kind.endswith(_LIST):
        return f"array_to_string(CAST({quoted(name)} AS VARCHAR[]), ';')"
    return f"CAST({quoted(name)} AS VARCHAR)"


def quoted(name: str) -> str:
    """The name of a column as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
