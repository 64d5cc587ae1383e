"""The verb of this station: a patient file as patients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.patients import from_profile
from eligibility.patients.documents import OnFault, read_documents
from eligibility.patients.patient import Patient
from eligibility.patients.places import inside

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

WAYS: dict[str, Callable[..., Patient]] = {"profile": from_profile.profile}
MOST_FAULTS = 200


def read_patients(
    path: str | Path,
    *,
    format: str | None = None,
    as_of: date | None = None,
    vocabulary: Vocabulary | None = None,
    on_fault: OnFault | None = None,
) -> Iterator[Patient]:
    """The patients of a file: one profile, an array, or JSON Lines (`.gz` too, `-` for standard input).

    `as_of` is the day to judge by; without it each profile's own, else its latest fact. A profile that cannot be read
    goes to `on_fault` and the rest is still read; without `on_fault` one InputError with all faults of the file is
    raised after the last good one. An id that stands twice is such a fault.
    """
    way = WAYS[_known(path, format)]
    words = vocabulary if vocabulary is not None else _vocabulary()
    held: list[Fault] = []
    report = on_fault or (lambda error: held.extend(error.faults))
    seen: dict[str, str] = {}
    for place, data in read_documents(path):
        try:
            patient = _one(way, data, place, path=path, vocabulary=words, as_of=as_of)
            _refuse_twin(patient, place, seen, str(path))
        except InputError as error:
            report(error)
        else:
            yield patient
    if held:
        raise InputError(str(path), *_at_most(held))


def read_patient(
    path: str | Path,
    *,
    format: str | None = None,
    as_of: date | None = None,
    vocabulary: Vocabulary | None = None,
) -> Patient:
    """The one patient of a file. Raises InputError with every fault, and when the file holds several patients."""
    patients = list(read_patients(path, format=format, as_of=as_of, vocabulary=vocabulary))
    if len(patients) != 1:
        fault = Fault("", f"holds {len(patients)} patients, one is wanted", "give a file with one profile")
        raise InputError(str(path), fault)
    return patients[0]


def _known(path: str | Path, format: str | None) -> str:
    if format is not None and format not in WAYS:
        raise InputError(str(path), Fault("", f"no such format: {format}", f"one of {', '.join(WAYS)}"))
    return format or "profile"


def _vocabulary() -> Vocabulary:
    from eligibility.vocabulary.tables import vocabulary

    return vocabulary()


def _one(way: Callable[..., Patient], data: Any, place: str, *, path: str | Path, **options: Any) -> Patient:
    if isinstance(data, Fault):
        raise InputError(str(path), data)
    stem = Path(path).name.split(".")[0] if str(path) != "-" else "patient"
    return way(data, file=str(path), place=place, id=f"{stem} {place}".strip(), **options)


def _refuse_twin(patient: Patient, place: str, seen: dict[str, str], file: str) -> None:
    if patient.id in seen:
        problem = f"the id also stands at {seen[patient.id] or 'the start'}"
        raise InputError(file, Fault(inside(place, "id"), problem, "give every patient an id of its own"))
    seen[patient.id] = place


def _at_most(faults: list[Fault]) -> list[Fault]:
    more = len(faults) - MOST_FAULTS
    if more <= 0:
        return faults
    return [*faults[:MOST_FAULTS], Fault("", f"{more} more faults", "correct these first")]
