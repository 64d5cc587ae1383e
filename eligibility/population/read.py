"""The verb of this station: read a file of patients chunk by chunk, in memory that does not grow with the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import InputError
from eligibility.patients.asked import Asked
from eligibility.patients.formats import TABLE, format_of
from eligibility.patients.patient import Patient
from eligibility.patients.read import read_patients
from eligibility.population import from_table
from eligibility.population.chunk import Chunk
from eligibility.population.people import People
from eligibility.population.templates import Templates

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

ROWS = 122_880  # a row group of Parquet as DuckDB and others write them: no group is read twice
PATIENTS = 2_000
_SOME = 20


def read_population(
    path: str | Path,
    *,
    format: str | None = None,
    as_of: date | None = None,
    vocabulary: Vocabulary,
    on_fault: Callable[[InputError], None],
    others: bool = False,
    answered: Callable[[Patient], Patient] | None = None,
    rows: int | None = None,
    on_progress: Callable[[int, int | None], None] | None = None,
) -> Iterator[Chunk]:
    """The patients of a file or folder, many at once, in its order.

    Takes what `read_patients` takes. A table with one patient a row is read column by column, all else patient by
    patient. What cannot be read goes to `on_fault`. `answered` adds the answers that are not in the file, `rows` is how
    many rows of a table are in memory at once. `on_progress` hears how many more are read, and of how many if known.
    """
    told = on_progress or (lambda number, of: None)
    if answered is None and (format or format_of(path)) == TABLE:
        table = from_table.Table.of(str(path), Asked(vocabulary, as_of, others))
        if table is not None:
            for found in table.chunks(rows or ROWS):
                if isinstance(found, InputError):
                    on_fault(found)
                else:
                    yield found
                    told(len(found.ids), table.rows)
            return
    people = read_patients(path, format=format, as_of=as_of, vocabulary=vocabulary, on_fault=on_fault, others=others)
    people, templates = _counted(people, told), Templates()
    while some := list(islice(people, PATIENTS)):
        yield People([answered(patient) for patient in some] if answered else some, templates)
        templates = Templates() if templates.full else templates


def _counted(people: Iterator[Patient], told: Callable[[int, int | None], None]) -> Iterator[Patient]:
    """The patients, told of some at a time."""
    for number, patient in enumerate(people, 1):
        yield patient
        if number % _SOME == 0:
            told(_SOME, None)
