"""The file of a registry: a DuckDB database of tables that are named here, and what can be wrong with it."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError

if TYPE_CHECKING:
    import duckdb

FORMAT = "1"
SUFFIX = ".eligibility"
_MAGIC = b"DUCK"
_PACKAGES = ("numpy", "duckdb")
_TYPES = {"i": "INTEGER", "f": "DOUBLE", "b": "BOOLEAN", "O": "VARCHAR"}
_FULL = ("space", "too large", "disk", "quota")


def is_registry(path: str) -> bool:
    """Whether a file is one, or by its name should be one."""
    file = Path(path)
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return file.name.endswith((SUFFIX, f"{SUFFIX}.part")) or stream.read(12)[8:] == _MAGIC


def refuse_without_packages(path: str | Path) -> None:
    """Raises InputError, naming the extra to install, where a registry can be neither written nor read."""
    lacking = [name for name in _PACKAGES if find_spec(name) is None]
    if lacking:
        problem = f"a registry needs {' and '.join(lacking)}, not installed here"
        raise InputError(str(path), Fault("", problem, "pip install 'eligibility[population]'"))


@contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a file of this room. Raises InputError when it is damaged, or open in another process."""
    import duckdb

    try:
        connection = duckdb.connect(str(path), read_only=not write)
    except duckdb.Error as error:
        raise InputError(str(path), _unopened(path, str(error))) from None
    try:
        yield connection
    finally:
        connection.close()


def _unopened(path: Path, said: str) -> Fault:
    if "lock" in said:
        return Fault("", "another process has it open", "wait until that has ended")
    return Fault("", f"is no registry, or is damaged ({_first_line(said)})", f"remove it, and {again(path)}")


def again(path: Path | str) -> str:
    """How a registry is made anew."""
    return f"index the trials again: eligibility index TRIALS -o {path}"


@contextmanager
def writing(path: Path, kept: str) -> Iterator[None]:
    """Says in one message what went wrong while a file was written; `kept` is what is left, and what to do."""
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        full = any(word in str(error).casefold() for word in _FULL)
        problem = f"{'the disk is full' if full else 'cannot be written'} ({_first_line(str(error))})"
        raise InputError(str(path), Fault("", problem, kept)) from None
    except OSError as error:
        problem = "the disk is full" if error.errno == errno.ENOSPC else f"cannot be written ({error.strerror})"
        raise InputError(str(path), Fault("", problem, kept)) from None


def _first_line(said: str) -> str:
    return said.split("\n", 1)[0][:200]


def about(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What a file says of itself; nothing, where it is another kind of database."""
    import duckdb

    try:
        return dict(connection.execute("SELECT key, value FROM about").fetchall())
    except duckdb.Error:
        return {}


def say(connection: duckdb.DuckDBPyConnection, **known: str) -> None:
    """Let a file say these things of itself."""
    connection.execute("CREATE TABLE about (key VARCHAR, value VARCHAR)")
    connection.executemany("INSERT INTO about VALUES (?, ?)", list(known.items()))


def put(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Any]) -> None:
    """A new table of these numpy columns, rows in their order."""
    typed = [f"CAST({name} AS {_TYPES[cells.dtype.kind]}) AS {name}" for name, cells in columns.items()]
    connection.register("given", dict(columns))
    connection.execute(f"CREATE TABLE {table} AS SELECT {', '.join(typed)} FROM given")
    connection.unregister("given")


def take(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    """The columns of a table as numpy arrays, rows in the order in which they were put."""
    import numpy as np

    found = connection.execute(f"FROM {table}").fetchnumpy()
    # only numbers can be absent: what was NaN
    return {
        name: np.ma.filled(cells, np.nan) if cells.dtype.kind == "f" else np.ma.getdata(cells)
        for name, cells in found.items()
    }
