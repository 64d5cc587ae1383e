"""CSV as a sheet: UTF-8, parted by what the line of headings shows, read a row at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

from eligibility.errors import Fault, InputError
from eligibility.patients.documents import opened
from eligibility.patients.table.sheet import Row, Sheet, row_of

LONGEST_LINE = 20_000_000
_PARTING = (",", ";", "\t", "|")
_UTF8 = "save the file as UTF-8"


def csv_sheet(path: str) -> Sheet:
    """A CSV or TSV file, `.gz` too, or `-` for standard input, which can be read only once.

    Raises InputError for a file that is missing, empty, not UTF-8, or whose headings do not show what parts them.
    """
    records = _records(path)
    headings = next(records, None)
    if headings is None:
        raise InputError(path, Fault("", "the file is empty", "the first line names the columns"))
    if isinstance(headings, Fault):
        raise InputError(path, headings)
    width = len(headings[1])
    if path == "-":
        return Sheet(headings[1], lambda: _rows(records, width), again=False)
    return Sheet(headings[1], lambda: _below(path, width))


_Record = tuple[int, tuple[str, ...]] | Fault


def _below(path: str, width: int) -> Iterator[Row | Fault]:
    records = _records(path)
    next(records, None)
    return _rows(records, width)


def _rows(records: Iterable[_Record], width: int) -> Iterator[Row | Fault]:
    for record in records:
        yield record if isinstance(record, Fault) else row_of(*record, width)


def _records(path: str) -> Iterator[_Record]:
    """Every record that is not blank, with its number; the first is that of the headings."""
    with opened(path) as file:
        lines = _text(path, file)
        for blank, first in enumerate(lines):
            if first.strip():
                reader = csv.reader(chain([first], lines), delimiter=_parted_by(path, first), strict=True)
                yield from _numbered(reader, blank)


def _numbered(reader: Iterator[list[str]], blank: int) -> Iterator[_Record]:
    number = blank
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield Fault(
                f"row {number}", f"is no row of a CSV file: {error}", "look for a quote left open or not doubled"
            )
            continue
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield number, tuple(cells)


def _text(path: str, file: IO[bytes]) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            fault = Fault(f"line {number}", f"longer than {LONGEST_LINE // 1_000_000} MB", "is it a table?")
            raise InputError(path, fault)
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            problem = f"byte {error.start + 1} is not UTF-8, and the rest of the file was not read"
            raise InputError(path, Fault(f"line {number}", problem, _UTF8)) from None


def _parted_by(path: str, line: str) -> str:
    """What stands most often between the headings, outside quotes; two as often as each other are a fault."""
    outside = "".join(line.split('"')[::2])
    if path.removesuffix(".gz").casefold().endswith(".tsv"):
        return "\t"
    ranked = sorted(_PARTING, key=outside.count, reverse=True)
    if outside.count(ranked[0]) and outside.count(ranked[0]) == outside.count(ranked[1]):
        problem = f"{ranked[0]!r} and {ranked[1]!r} stand equally often between the headings"
        raise InputError(path, Fault("line 1", problem, "quote the headings that hold one of them"))
    return ranked[0]
