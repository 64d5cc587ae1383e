"""Of what format a file or folder of patients is, told by what is in it."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from pathlib import Path

from eligibility.errors import Fault, InputError

JSON, OMOP, TABLE = "json", "omop", "table"
_TABLES = (".csv", ".tsv", ".parquet")
_DUCKDB, _PARQUET, _ZIP = b"DUCK", b"PAR1", (b"PK\x03\x04", b"PK\x05\x06")


def format_of(path: str | Path) -> str:
    """`json` (profiles, FHIR), `omop` or `table`. A file that cannot be opened is left to its reader to refuse."""
    place = Path(path)
    if str(path) == "-":
        return JSON
    try:
        if place.is_dir():
            return OMOP if is_omop([item.name for item in place.iterdir()]) else JSON
        return _of_file(place)
    except (OSError, EOFError, zlib.error):
        return JSON


def is_omop(names: list[str]) -> bool:
    """Whether these are the tables of the OMOP Common Data Model: there is a table of persons."""
    return any(
        Path(name).name.casefold() in {f"person{end}" for end in (".csv", ".csv.gz", ".parquet")} for name in names
    )


def _of_file(place: Path) -> str:
    with gzip.open(place) if place.suffix == ".gz" else place.open("rb") as file:
        start = file.read(4096)
    if start[8:12] == _DUCKDB:
        return OMOP
    if start.startswith(_ZIP):
        return _of_archive(place)
    if start.startswith(_PARQUET) or place.name.removesuffix(".gz").casefold().endswith(_TABLES):
        return TABLE
    return JSON


def _of_archive(place: Path) -> str:
    try:
        with zipfile.ZipFile(place) as archive:
            if is_omop(archive.namelist()):
                return OMOP
    except zipfile.BadZipFile:
        raise InputError(str(place), Fault("", "is no whole zip archive", "pack it again")) from None
    fault = Fault("", "is a zip archive without OMOP tables (no person.csv)", "unpack it, and give the files")
    raise InputError(str(place), fault)
