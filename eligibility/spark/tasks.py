"""What runs in the tasks of Spark: rows as Arrow → what is counted and who is listed, by the kernel of one machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from eligibility.patients.asked import Asked
from eligibility.patients.table.columns import plan_of
from eligibility.patients.table.sheet import all_plain
from eligibility.population.arrow_cells import arrow_cells
from eligibility.population.cells import Cells
from eligibility.population.from_table import Ids, stem_of
from eligibility.population.table_chunk import TableChunk, TableReader
from eligibility.registry.reader import reader_digest
from eligibility.registry.rows import Row, book_of
from eligibility.screening.candidates import HEADINGS, Candidate
from eligibility.screening.counting import Counting, candidates_of
from eligibility.spark.failing import TaskFailed, scrubbed
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Outcome
from eligibility.vocabulary.tables import vocabulary as shipped

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast

    from eligibility.vocabulary.tables import Vocabulary

# A candidate, or a number: of these `patient` says which number it is, and `score` is the number.
SCHEMA = "kind string, patient string, trial string, outcome string, score double, cohort string"
LIST, SUM, DAY = "list", "sum", "day"
READ, LISTED = "read", "listed"
PLACE = ("row", "file")
_AT_ONCE = 50_000
_ready: tuple[str, Counting, TableReader] | None = None


@dataclass(frozen=True)
class Asking:
    """What a screening is asked for; candidates are listed where there are `outcomes`."""

    policy: Policy
    attrition: bool
    as_of: date | None
    outcomes: frozenset[Outcome] | None


@dataclass(frozen=True)
class Screen:
    """Screens one partition of a table, whose columns are those of `headings`, then `row` and `file`.

    `key` is one for each screening: what a process made ready for one task serves the next. `books` are rows of
    `registry.rows`, `words` a vocabulary that is not the shipped one, `again` rows to be
    left out (None: every row has an id of its own).
    """

    key: str
    made_by: str
    path: str
    headings: tuple[str, ...]
    rows: int
    books: Broadcast[list[tuple[Any, ...]]]
    words: Broadcast[Vocabulary] | None
    again: Broadcast[frozenset[tuple[int, str]] | None]
    asking: Asking

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Candidates, then the numbers of this partition that are not 0."""
        with scrubbed():
            refuse_other_version(self.made_by)
            counting, reader = self._made_ready()
            before, read, listed = counting.sums(), 0, 0
            for table in gathered(batches, self.rows):
                read += table.num_rows
                for some in self._candidates(table, counting, reader):
                    listed += len(some)
                    yield _batch(LIST, some)
            yield from _numbers(SUM, {READ: read, LISTED: listed})
            counted = zip(counting.sums(), before, strict=True)
            yield from _numbers(SUM, {str(place): now - then for place, (now, then) in enumerate(counted)})
            yield from _numbers(DAY, {"" if day is None else day.isoformat(): 1 for day in counting.days})
            counting.days.clear()

    def _made_ready(self) -> tuple[Counting, TableReader]:
        global _ready
        if _ready is None or _ready[0] != self.key:
            words = shipped() if self.words is None else self.words.value
            books = [book_of(Row(*row)) for row in self.books.value]
            counting = Counting(books, self.asking.policy, words, attrition=self.asking.attrition)
            reader = TableReader(self.path, plan_of(self.path, self.headings, words), Asked(words, self.asking.as_of))
            _ready = self.key, counting, reader
        return _ready[1:]

    def _candidates(self, table: pa.Table, counting: Counting, reader: TableReader) -> Iterator[list[Candidate]]:
        """The candidates of all trials among these rows, some at once; all rows are counted behind the last of them."""
        chunk = self._chunk(table, reader)
        some: list[Candidate] = []
        for judged in counting.add(chunk) if chunk is not None else ():
            if self.asking.outcomes is not None:
                some += candidates_of(judged, chunk.ids, self.asking.outcomes) if chunk is not None else ()
            if len(some) >= _AT_ONCE:
                yield some
                some = []
        if some:
            yield some

    def _chunk(self, table: pa.Table, reader: TableReader) -> TableChunk | None:
        """The rows that are patients."""
        numbers, plan = table.column(PLACE[0]).to_pylist(), reader.plan
        cells = arrow_cells(table.select(range(len(self.headings))), numbers, reader.numbers)
        id = plan.one("id")
        if id is None:
            kept = [row for row in range(len(numbers)) if not cells.is_blank(row, len(self.headings))]
            ids: Sequence[str] = [f"{stem_of(self.path)} row {numbers[row]}" for row in kept]
            return TableChunk(reader, ids, cells.of(np.array(kept, np.intp))) if kept else None
        column, again = id.index, self.again.value
        ids = Ids(len(numbers), lambda: all_plain(cells.texts(column)))
        if again is not None:
            ids, cells = _without(again, ids, cells, table.column(PLACE[1]).to_pylist())
        return TableChunk(reader, ids, cells) if ids else None


@dataclass(frozen=True)
class ReadIds:
    """The id of each row, "" where there is none, with its number and file."""

    made_by: str

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Of columns `id`, `row` and `file` the same, the id as the screening reads it."""
        import pyarrow as pa

        with scrubbed():
            refuse_other_version(self.made_by)
            for batch in batches:
                table = pa.Table.from_batches([batch])
                cells = arrow_cells(table.select([0]), range(table.num_rows), frozenset())
                ids = pa.array(all_plain(cells.texts(0)), pa.string())
                yield pa.RecordBatch.from_arrays([ids, batch.column(1), batch.column(2)], ["id", *PLACE])


def made_by() -> str:
    """What driver and executors must have in common: package, grammar and tables."""
    return reader_digest()


def refuse_other_version(wanted: str) -> None:
    """Raises TaskFailed on an executor that reads rules otherwise than the driver."""
    if made_by() != wanted:
        raise TaskFailed("an executor has another version of eligibility than the driver (install the same everywhere)")


def _without(
    again: frozenset[tuple[int, str]], ids: Sequence[str], cells: Cells, files: Sequence[str]
) -> tuple[Sequence[str], Cells]:
    """Without the rows that have no id, and those whose id stood in an earlier one."""
    places = zip(ids, cells.rows, files, strict=True)
    kept = [row for row, (id, number, file) in enumerate(places) if id and (number, file) not in again]
    return [ids[row] for row in kept], cells.of(np.array(kept, np.intp))


def gathered(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """Batches as tables of at least so many rows, but for the last."""
    import pyarrow as pa

    some: list[pa.RecordBatch] = []
    for batch in batches:
        some.append(batch)
        if sum(one.num_rows for one in some) >= rows:
            yield pa.Table.from_batches(some)
            some = []
    if any(one.num_rows for one in some):
        yield pa.Table.from_batches(some)


def _batch(kind: str, candidates: Sequence[Candidate]) -> pa.RecordBatch:
    import pyarrow as pa

    columns = [[kind] * len(candidates), *(list(column) for column in zip(*candidates, strict=True))]
    types = [pa.string(), *(pa.float64() if name == "score" else pa.string() for name in HEADINGS)]
    arrays = [pa.array(column, of) for column, of in zip(columns, types, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, ["kind", *HEADINGS])


def _numbers(kind: str, numbers: dict[str, int]) -> Iterator[pa.RecordBatch]:
    rows = [(name, "", "", float(number), None) for name, number in numbers.items() if number]
    if rows:
        yield _batch(kind, rows)
