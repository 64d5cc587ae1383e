"""The list of candidates as a file, written while patients are read, and there only when it is whole."""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from eligibility.errors import Fault, InputError

HEADINGS = ("patient", "trial", "outcome", "score", "cohort")
FORMS = (".csv", ".parquet")
Candidate = tuple[str, str, str, float | None, str | None]


@dataclass(slots=True)
class Candidates:
    """A list that is being written; `listed` is how many rows it has so far."""

    _write: Callable[[Sequence[Candidate]], Any]
    listed: int = 0

    def add(self, rows: Sequence[Candidate]) -> None:
        """More candidates, in order."""
        self._write(rows)
        self.listed += len(rows)


@contextmanager
def candidates(path: Path) -> Iterator[Candidates]:
    """A list at this path, CSV or Parquet by its ending. It stands there only when the block ends without an error.

    Until then it is a file beside it that ends in `.part`, which is taken away when anything goes wrong. Raises
    InputError for another ending, for a folder that cannot be written in, and for a disk that is full.
    """
    if path.suffix.casefold() not in FORMS:
        raise InputError(str(path), Fault("", "is neither .csv nor .parquet", "give the list one of these endings"))
    draft, packed = _beside(path, "part"), _beside(path, "packed.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            yield _started(file)
            file.flush()
            os.fsync(file.fileno())
        if path.suffix.casefold() == ".parquet":
            _pack(draft, packed)
            packed.replace(path)
        else:
            draft.replace(path)
    except OSError as error:
        raise InputError(str(path), _unwritten(error)) from None
    finally:
        for left in (draft, packed):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{ending}")


def _started(file: IO[str]) -> Candidates:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADINGS)
    return Candidates(writer.writerows)


def _pack(draft: Path, packed: Path) -> None:
    """The rows of a CSV file as Parquet."""
    import duckdb

    kinds = "{'patient': 'VARCHAR', 'trial': 'VARCHAR', 'outcome': 'VARCHAR', 'score': 'DOUBLE', 'cohort': 'VARCHAR'}"
    query = f"SELECT * FROM read_csv(?, header = true, delim = ',', quote = '\"', columns = {kinds})"
    target = str(packed).replace("'", "''")
    with duckdb.connect(":memory:") as connection:
        try:
            connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)", [str(draft)])
        except duckdb.Error as error:
            raise OSError(errno.EIO, str(error).splitlines()[0][:200]) from None


def _unwritten(error: OSError) -> Fault:
    if error.errno == errno.ENOSPC:
        return Fault("", "the disk is full, and no list was written", "make room, or write it elsewhere")
    return Fault("", f"cannot be written ({error.strerror}), and no list is there", "write it elsewhere")
