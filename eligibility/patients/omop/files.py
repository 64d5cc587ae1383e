"""The files of OMOP tables in a folder or a zip archive, by the table each one holds."""

from __future__ import annotations

import csv
import gzip
import shutil
import zipfile
import zlib
from pathlib import Path

from eligibility.errors import Fault, InputError
from eligibility.patients.omop.tables import KNOWN

ENDS = (".csv", ".csv.gz", ".parquet")
# What no archive of tables needs: a bomb is refused before anything of it is unpacked.
MOST_BYTES = 50_000_000_000
MOST_EXPANSION = 300
_SMALL = 10_000_000
_LONGEST_HEADER = 1_000_000
_ENCRYPTED = 0x1
# RuntimeError also is what zipfile raises for a way of packing it does not know.
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)


def in_folder(folder: Path) -> dict[str, Path]:
    """The files of known tables. Raises InputError when a table is there twice."""
    found: dict[str, Path] = {}
    for item in sorted(folder.iterdir()):
        table = _table_of(item.name)
        if table and item.is_file():
            _add(found, table, item, str(folder))
    return found


def in_archive(archive: Path, room: Path) -> dict[str, Path]:
    """The files of known tables, unpacked into `room` under names of our own.

    Raises InputError for archives that are broken, encrypted or absurdly packed, and tables that are there twice.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened, str(archive))
            return {table: _unpacked(opened, member, room / f"{table}{_end(member)}") for table, member in members}
    except _BROKEN:
        raise InputError(str(archive), Fault("", "is no whole zip archive", "pack it again")) from None
    except OSError as error:
        problem = f"cannot be unpacked ({error.strerror or 'read error'})"
        raise InputError(str(archive), Fault("", problem, "unpack it yourself and give the folder")) from None


def header(file: Path) -> tuple[list[str], str]:
    """The column names of a CSV file, and what divides them. An empty file has none."""
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as opened:
            line = opened.readline(_LONGEST_HEADER).decode("utf-8-sig", "replace").strip("\r\n")
        divider = max("\t", ",", ";", "|", key=line.count)
        return [cell.strip() for cell in next(csv.reader([line], delimiter=divider), [])], divider
    except (OSError, EOFError, zlib.error, csv.Error):
        raise InputError(str(file), Fault("", "cannot be read", "give a whole, readable file")) from None


def _add(found: dict[str, Path], table: str, item: Path, file: str) -> None:
    if table in found:
        raise InputError(file, Fault(item.name, f"the table {table} is there twice", "leave one"))
    found[table] = item


def _members(opened: zipfile.ZipFile, file: str) -> list[tuple[str, zipfile.ZipInfo]]:
    found: dict[str, Path] = {}
    members: list[tuple[str, zipfile.ZipInfo]] = []
    for member in opened.infolist():
        path = Path(member.filename.replace("\\", "/"))
        table = _table_of(path.name)
        if table and not member.is_dir() and "__MACOSX" not in path.parts:
            _add(found, table, path, file)
            members.append((table, member))
    _refuse_bombs([member for _, member in members], file)
    return members


def _refuse_bombs(members: list[zipfile.ZipInfo], file: str) -> None:
    for member in members:
        if member.flag_bits & _ENCRYPTED:
            raise InputError(file, Fault(member.filename, "is encrypted", "unpack it and give the folder"))
        if member.file_size > max(_SMALL, member.compress_size * MOST_EXPANSION):
            raise InputError(file, Fault(member.filename, "is packed absurdly small", "unpack it and give the folder"))
    if sum(member.file_size for member in members) > MOST_BYTES:
        raise InputError(file, Fault("", "would unpack to more than 50 GB", "unpack it and give the folder"))


def _unpacked(opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> Path:
    with opened.open(member) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink, 1 << 20)
    return target


def _table_of(file: str) -> str:
    plain = file.casefold()
    end = _end_of(plain)
    stem = plain.removesuffix(end)
    return stem if end and stem in KNOWN else ""


def _end(member: zipfile.ZipInfo) -> str:
    return _end_of(member.filename.casefold())


def _end_of(plain: str) -> str:
    return next((end for end in ENDS if plain.endswith(end)), "")
