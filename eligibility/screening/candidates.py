"""The list of candidates as a file, written while patients are read, and there only when it is whole."""

from __future__ import annotations

import csv
import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from eligibility.errors import Fault, InputError
from eligibility.reports.tables import safe
from eligibility.whole_file import whole_file

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


def for_both(file: Candidates | None, listing: Callable[[Sequence[Candidate]], None] | None) -> Candidates | None:
    """A list whose rows go to a file, to somebody else, or to both; None where nobody wants them."""
    if listing is None:
        return file

    def write(rows: Sequence[Candidate]) -> None:
        listing(rows)
        if file is not None:
            file.add(rows)

    return Candidates(write)


@contextmanager
def candidates(path: Path) -> Iterator[Candidates]:
    """A list at this path, CSV or Parquet by its ending. It stands there only when the block ends without an error.

    Until then it is a file beside it that ends in `.part`, which is taken away when anything goes wrong; nobody but
    its owner may read it. Raises InputError for another ending, and where it cannot be written.
    """
    if path.suffix.casefold() not in FORMS:
        raise InputError(str(path), Fault("", "is neither .csv nor .parquet", "give the list one of these endings"))
    with ExitStack() as drafts:
        draft = rows = drafts.enter_context(whole_file(path, "list"))
        if path.suffix.casefold() == ".parquet":
            rows = draft.with_suffix(".rows.part")
            drafts.callback(rows.unlink, missing_ok=True)
        with open(rows, "w", encoding="utf-8", newline="", opener=_privately) as file:
            yield _started(file, for_people=rows is draft)
        if rows is not draft:
            _pack(rows, draft)


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _started(file: IO[str], *, for_people: bool) -> Candidates:
    """A CSV file; one that a person may open in a spreadsheet has no cell that is taken for a formula."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADINGS)
    return Candidates((lambda rows: writer.writerows(map(_harmless, rows))) if for_people else writer.writerows)


def _harmless(row: Candidate) -> Candidate:
    patient, trial, outcome, score, cohort = row
    return safe(patient), safe(trial), outcome, score, safe(cohort) if cohort else cohort


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
