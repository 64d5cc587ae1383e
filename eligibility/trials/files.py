"""Files as the ways see them: unzipped, limited in size, strictly UTF-8 (a byte order mark is accepted)."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from eligibility.errors import Fault, InputError

MAX_RECORD = 20_000_000
"""Bytes of one line, row or registry record; the longest record ever published has well under 1 MB."""
MAX_DOCUMENT = 500_000_000
"""Bytes of one file that must be held whole (JSON, XML, a page, standard input), after unzipping."""
RECORD_SUFFIXES = (".json", ".jsonl", ".xml", ".txt")
_HEAD = 65_536
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class File:
    """One input: its `name` for messages, and a way to open it again from the start."""

    name: str
    opener: Callable[[], BinaryIO]

    def head(self) -> str:
        """Return the first 64 kB, decoded loosely: enough to tell formats apart."""
        with self.opener() as stream:
            return stream.read(_HEAD).decode("utf-8-sig", "ignore")

    def text(self) -> str:
        """Return the whole text. Raises `InputError` when too large, with a line too long, or not UTF-8."""
        with self.opener() as stream:
            data = stream.read(MAX_DOCUMENT + 1)
        if len(data) > MAX_DOCUMENT:
            raise InputError(self.name, _too_long("", "the file", MAX_DOCUMENT))
        self._refuse_long_lines(data)
        return _decoded(self.name, data)

    def rows(self) -> Iterator[tuple[int, str | Fault]]:
        """Yield (row number from 1, line) without the line ends; a line that cannot be read is a `Fault`."""
        with self.opener() as stream:
            number = 0
            while line := stream.readline(MAX_RECORD + 1):
                number += 1
                yield number, self._row(stream, number, line)

    def _row(self, stream: BinaryIO, number: int, line: bytes) -> str | Fault:
        if len(line) > MAX_RECORD and not line.endswith(b"\n"):
            while (rest := stream.readline(1 << 20)) and not rest.endswith(b"\n"):
                pass
            return _too_long(f"row {number}", "the row", MAX_RECORD)
        try:
            return _decoded(self.name, line).strip()
        except InputError as error:
            return Fault(f"row {number}", error.faults[0].problem, error.faults[0].remedy)

    def _refuse_long_lines(self, data: bytes) -> None:
        start, number = 0, 1
        while len(data) - start > MAX_RECORD:
            end = data.rfind(b"\n", start, start + MAX_RECORD + 1)
            if end < 0:
                number += data.count(b"\n", 0, start)
                raise InputError(self.name, _too_long(f"line {number}", "the line", MAX_RECORD))
            start = end + 1


def _too_long(place: str, what: str, limit: int) -> Fault:
    return Fault(place, f"{what} is longer than {limit // 1_000_000} MB", "give one record per line or file")


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        place = f"line {line}, byte {error.start}"
        raise InputError(name, Fault(place, "not UTF-8 text", "save the file as UTF-8")) from None


def files(path: str | Path) -> Iterator[File]:
    """Yield the input files of a path: a file, every record file of a folder and its sub-folders by name, or `-`.

    A record file of a folder is one that ends in .json, .jsonl, .xml or .txt, with or without .gz; hidden files and
    folders are left alone. Raises `InputError` when there is nothing to read.
    """
    if str(path) == "-":
        yield _in_memory("standard input", sys.stdin.buffer)
        return
    path = Path(path)
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("rb") as pipe:
            yield _in_memory(str(path), pipe)
        return
    if not path.is_dir():
        yield _on_disk(path)
        return
    found = files_within(path, RECORD_SUFFIXES)
    if not found:
        remedy = f"records end in {', '.join(RECORD_SUFFIXES)}, or .gz of these"
        raise InputError(str(path), Fault("", "the folder has no record files", remedy))
    yield from map(_on_disk, found)


def files_within(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The files of a folder and its sub-folders that end so (or so and .gz), in name order, without hidden ones."""
    return sorted(
        entry
        for entry in folder.rglob("*")
        if entry.name.removesuffix(".gz").endswith(suffixes)
        and not any(part.startswith(".") for part in entry.relative_to(folder).parts)
        and entry.is_file()
    )


def _on_disk(path: Path) -> File:
    def opener() -> BinaryIO:
        with path.open("rb") as stream:
            zipped = stream.read(2) == _GZIP
        return cast(BinaryIO, gzip.open(path)) if zipped else path.open("rb")

    return File(str(path), opener)


def _in_memory(name: str, stream: BinaryIO) -> File:
    data = stream.read(MAX_DOCUMENT + 1)
    plain = not data.startswith(_GZIP)
    return File(name, lambda: io.BytesIO(data) if plain else cast(BinaryIO, gzip.GzipFile(fileobj=io.BytesIO(data))))


def as_input_error(name: str, error: Exception) -> InputError:
    """Turn what the operating system or gzip raised into one message with a remedy."""
    match error:
        case FileNotFoundError():
            return InputError(name, Fault("", "no such file or folder", "check the path"))
        case gzip.BadGzipFile() | zlib.error() | EOFError():
            return InputError(name, Fault("", "damaged gzip file", "fetch or compress it again"))
        case OSError():
            return InputError(name, Fault("", f"cannot be opened: {error.strerror}", "check the path and its rights"))
        case _:
            raise error


UNREADABLE = (OSError, EOFError, zlib.error)
"""What opening or unzipping a file can raise."""
