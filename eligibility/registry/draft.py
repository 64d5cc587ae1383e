"""The rows that are finished while a registry is indexed: a file beside it, from which a later run goes on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import InputError
from eligibility.registry.rows import Row
from eligibility.registry.store import about, opened, say, writing

if TYPE_CHECKING:
    import duckdb

KEPT = "what was finished is kept in it: make room, and run the same command again"


def draft_path(output: Path) -> Path:
    """Where the draft of a registry stands."""
    return output.with_name(f"{output.name}.part")


class Draft:
    """Finished rows; each batch is on the disk when `add` returns. `digests` are those of its trials, by their ids."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        """Takes the rows that an earlier run left."""
        self._connection, self._path = connection, path
        self.digests: dict[str, str] = dict(connection.execute("SELECT id, digest FROM rows").fetchall())

    def add(self, rows: Sequence[Row]) -> None:
        """More rows; one of a trial that is here takes its place."""
        again = [row.id for row in rows if row.id in self.digests]
        with undisturbed(), writing(self._path, KEPT):
            self._connection.execute("BEGIN")
            if again:
                self._connection.execute("DELETE FROM rows WHERE id IN (SELECT unnest(?))", [again])
            self._connection.register("given", _columns(rows))
            self._connection.execute("INSERT INTO rows SELECT id, digest, CAST(status AS VARCHAR), rules FROM given")
            self._connection.execute("COMMIT")
            self._connection.unregister("given")
        self.digests.update((row.id, row.digest) for row in rows)


@contextmanager
def undisturbed() -> Iterator[None]:
    """An interruption waits for the end of the block: the database, which looks for packages, would swallow it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


def _columns(rows: Sequence[Row]) -> dict[str, object]:
    import numpy as np

    found: dict[str, object] = {}
    for name in Row._fields:
        cells = np.empty(len(rows), object)
        cells[:] = [getattr(row, name) for row in rows]
        found[name] = cells
    return found


@contextmanager
def draft(output: Path, reader: str, words: str) -> Iterator[Draft]:
    """The draft of this registry: what an earlier run of the same reader left, else a new one.

    Another reader's, and one that cannot be opened, is nothing to go on from. Raises InputError when another process
    is writing it.
    """
    path = draft_path(output)
    if path.exists() and not _is_ours(path, reader, words):
        discard(output)
    with writing(path, KEPT), opened(path, write=True) as connection:
        if not about(connection):
            connection.execute("CREATE TABLE rows (id VARCHAR, digest VARCHAR, status VARCHAR, rules BLOB)")
            say(connection, draft="yes", reader=reader, words=words)
        yield Draft(connection, path)


def _is_ours(path: Path, reader: str, words: str) -> bool:
    try:
        with opened(path, write=True) as connection:
            known = about(connection)
    except InputError as error:
        if any("another process" in fault.problem for fault in error.faults):
            raise
        return False
    return (known.get("draft"), known.get("reader"), known.get("words")) == ("yes", reader, words)


def discard(output: Path) -> None:
    """Take the draft away."""
    path = draft_path(output)
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)
