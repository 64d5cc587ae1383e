"""JSON files and folders of them: own profiles and FHIR resources, told apart value by value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.documents import read_documents
from eligibility.patients.from_fhir import FhirReader, is_fhir
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import Patient

SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
# How much of a bulk export is gathered at once; a larger one is read in several passes.
BYTES_A_PASS = 500_000_000
_PACKED = 12  # gzip makes FHIR smaller by about this


def patients(path: str, asked: Asked) -> Iterator[Patient | InputError]:
    """The patients of a file, or of every JSON file in a folder; what cannot be read as an InputError in its place.

    Loose FHIR resources (a bulk export, one a line) are gathered from all files by the patient they are of. A large
    export is read several times, each time for another share of its patients, so that memory stays bounded.
    """
    files = _files(path)
    passes = 1 if path == "-" else 1 + sum(map(_size, files)) // BYTES_A_PASS
    empty = True
    for share in range(passes):
        reader = FhirReader(path, asked, share, passes)
        for file in files:
            for found in _one_file(file, asked, reader, first=share == 0):
                empty = False
                yield found
        for patient in reader.rest():
            empty = False
            yield patient
    if empty:
        yield reader.without_patient()


def _files(path: str) -> list[str]:
    """The file itself, or those in a folder, in order of their names."""
    if path == "-" or not Path(path).is_dir():
        return [path]
    try:
        within = sorted(Path(path).iterdir())
    except OSError as error:
        remedy = "check the folder and its permissions"
        raise InputError(path, Fault("", error.strerror or "cannot be read", remedy)) from None
    found = [str(file) for file in within if file.is_file() and file.name.casefold().endswith(SUFFIXES)]
    if not found:
        remedy = "give a file, a FHIR export, or a folder with the tables of OMOP"
        raise InputError(path, Fault("", "the folder holds no patient file (.json, .ndjson, person.csv)", remedy))
    return found


def _size(file: str) -> int:
    try:
        return Path(file).stat().st_size * (_PACKED if file.endswith(".gz") else 1)
    except OSError:
        return 0


def _one_file(file: str, asked: Asked, reader: FhirReader, *, first: bool) -> Iterator[Patient | InputError]:
    for place, data in read_documents(file):
        try:
            if isinstance(data, Fault):
                raise InputError(file, data)
            if is_fhir(data):
                yield from reader.take(data, file, place, loose_only=not first)
            elif first:
                yield _profile(data, file, place, asked)
        except InputError as error:
            reader.note(error)
            if first:
                yield error


def _profile(data: Any, file: str, place: str, asked: Asked) -> Patient:
    stem = Path(file).name.split(".")[0] if file != "-" else "patient"
    id = f"{stem} {place}".strip()
    return profile(data, file=file, place=place, id=id, vocabulary=asked.vocabulary, as_of=asked.as_of)
