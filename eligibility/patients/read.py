"""The verb of this station: read a patient file as patients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.patients import from_omop, from_table, json_files
from eligibility.patients.asked import Asked
from eligibility.patients.dates import FIRST_YEAR, LAST_YEAR
from eligibility.patients.documents import OnFault
from eligibility.patients.formats import JSON, OMOP, TABLE, format_of
from eligibility.patients.patient import Patient
from eligibility.patients.places import inside

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

Way = Callable[[str, Asked], Iterator[Patient | InputError]]
WAYS: dict[str, Way] = {JSON: json_files.patients, OMOP: from_omop.patients, TABLE: from_table.patients}
# What users call the contents of JSON files; which of the two a value is shows in itself.
_ALSO = {"profile": JSON, "fhir": JSON}
MOST_FAULTS = 200


def read_patients(
    path: str | Path,
    *,
    format: str | None = None,
    as_of: date | None = None,
    vocabulary: Vocabulary | None = None,
    on_fault: OnFault | None = None,
    others: bool = False,
) -> Iterator[Patient]:
    """The patients of a file or folder, one after the other.

    Profiles and FHIR R4 (one, an array, JSON Lines, `.gz`, a folder of them, `-` for standard input), OMOP CDM 5.3/5.4
    (a DuckDB file, a folder or zip of CSV or Parquet tables), tables (CSV, Parquet). The format is told by the content;
    `format` is "profile", "fhir", "omop" or "table". `as_of` is the day to judge by, without it each patient's own,
    else that of the latest fact. A patient that cannot be read goes to `on_fault` and the rest is still read; without
    `on_fault` one InputError with all faults is raised after the last good one. An id that stands twice is such a
    fault. `others` leaves FHIR resources of patients who are not in their bundle out, instead of refusing the bundle.
    """
    if as_of is not None and not FIRST_YEAR <= as_of.year <= LAST_YEAR:
        raise InputError(str(path), Fault("as_of", f"{as_of} is no day of a patient's life", "give another day"))
    asked = Asked(vocabulary if vocabulary is not None else _vocabulary(), as_of, others)
    held: list[Fault] = []
    report = on_fault or (lambda error: held.extend(_placed(error, str(path))))
    seen: dict[str, str] = {}
    empty = True
    for found in WAYS[_known(path, format)](str(path), asked):
        empty = False
        if isinstance(found, InputError):
            report(found)
        elif found.id in seen:
            problem = f"the id also stands at {seen[found.id] or 'the start'}"
            remedy = "give every patient an id of its own"
            report(InputError(str(path), Fault(inside(found.source, "id"), problem, remedy)))
        else:
            seen[found.id] = found.source
            yield found
    if empty:
        report(InputError(str(path), Fault("", "holds no patient", "give a file with one")))
    if held:
        raise InputError(str(path), *_at_most(held))


def read_patient(
    path: str | Path,
    *,
    format: str | None = None,
    as_of: date | None = None,
    vocabulary: Vocabulary | None = None,
    id: str | None = None,
    others: bool = False,
) -> Patient:
    """The one patient of a file, or the one with this `id`.

    Raises InputError with every fault, and when the file holds several patients and no `id` says which.
    """
    found = read_patients(path, format=format, as_of=as_of, vocabulary=vocabulary, others=others)
    if id is not None:
        found = islice((patient for patient in found if patient.id == id), 1)
    patients = list(found)
    if len(patients) != 1:
        named = f" {id}" if id else ""
        remedy = "give its id" if id is None and patients else "give a file with one patient"
        raise InputError(str(path), Fault("", f"holds {len(patients)} patients{named}, one is wanted", remedy))
    return patients[0]


def _placed(error: InputError, path: str) -> Iterator[Fault]:
    """The faults of a file in a folder, with its name."""
    name = "" if error.file == path else f"{Path(error.file).name}: "
    yield from (replace(fault, place=f"{name}{fault.place}".removesuffix(": ")) for fault in error.faults)


def _known(path: str | Path, format: str | None) -> str:
    if format is None:
        return format_of(path)
    way = _ALSO.get(format, format)
    if way not in WAYS:
        raise InputError(str(path), Fault("", f"no such format: {format}", f"one of {', '.join((*_ALSO, *WAYS))}"))
    return way


def _vocabulary() -> Vocabulary:
    from eligibility.vocabulary.tables import vocabulary

    return vocabulary()


def _at_most(faults: list[Fault]) -> list[Fault]:
    more = len(faults) - MOST_FAULTS
    if more <= 0:
        return faults
    return [*faults[:MOST_FAULTS], Fault("", f"{more} more faults", "correct these first")]
