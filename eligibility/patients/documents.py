"""JSON documents within limits: one object, an array, or JSON Lines; every fault of a file, with its place."""

from __future__ import annotations

import gzip
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from eligibility.errors import Fault, InputError

MAXIMUM_BYTES = 20_000_000
FHIR_BYTES = 200_000_000  # a bundle may hold the records of decades
_FHIR = b'"resourceType"'
_HEAD = 100_000
_TRIAL = re.compile(rb"\A\s*trial \S+|\bNCT\d{8}\b|(?:inclusion|exclusion|eligibility) criteria", re.IGNORECASE)
_SPLIT = "split it, or write one object a line (.jsonl)"
MAXIMUM_DEPTH = 64
Line = tuple[int, bytes]
OnFault = Callable[[InputError], None]


def read_documents(path: str | Path) -> Iterator[tuple[str, Any | Fault]]:
    """Every JSON value of a file, with its place in it (`""`, `[2]`, `line 7`), or the fault that stands there.

    `-` is standard input; `.gz` is unpacked; JSON Lines are read a line at a time, an array whole. Limits: 20 MB a
    document or line (200 MB of FHIR), 64 levels (of FHIR those of the parser). Raises InputError for a file that is
    missing, empty or no file.
    """
    with opened(path) as file:
        lines = _lines(file)
        first = _next(lines)
        if first is None:
            raise InputError(str(path), Fault("", "the file is empty", "write it as JSON or JSON Lines"))
        if isinstance(first, Fault):
            yield "", first
            return
        yield from _split(first, lines, file)


@contextmanager
def opened(path: str | Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked when it is `.gz`, or of standard input (`-`).

    Raises InputError for what cannot be opened, or breaks off while it is read.
    """
    name = str(path)
    if name == "-":
        if sys.stdin is None:
            raise InputError(name, Fault("", "there is no standard input", "give a file"))
        yield sys.stdin.buffer
        return
    try:
        with gzip.open(name) if _is_packed(name) else open(name, "rb") as file:
            yield file  # type: ignore[misc]  # GzipFile reads like IO[bytes] but is not declared so
    except IsADirectoryError:
        raise InputError(name, Fault("", "is a folder, not a file", "name one file in it")) from None
    except FileNotFoundError:
        raise InputError(name, Fault("", "no such file", "check the path")) from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(name, Fault("", "is no whole gzip file", "pack it again, or name it without .gz")) from None
    except OSError as error:
        reason = error.strerror or "cannot be read"
        raise InputError(name, Fault("", reason, "check the file and its permissions")) from None


def _is_packed(name: str) -> bool:
    """By the ending, or by the first bytes of a plain file: what comes through a pipe cannot be read twice."""
    if name.endswith(".gz"):
        return True
    if not Path(name).is_file():
        return False
    with open(name, "rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _lines(file: IO[bytes]) -> Iterator[Line | Fault]:
    number = 0
    while line := file.readline(FHIR_BYTES + 1):
        number += 1
        if len(line) > MAXIMUM_BYTES and len(line) > _most(line):
            yield Fault(f"line {number}", f"longer than {_most(line) // 1_000_000} MB", _SPLIT)
            return
        yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _next(lines: Iterator[Line | Fault]) -> Line | Fault | None:
    """The next line that is not blank."""
    return next((line for line in lines if isinstance(line, Fault) or line[1].strip()), None)


def _split(first: Line, lines: Iterator[Line | Fault], file: IO[bytes]) -> Iterator[tuple[str, Any | Fault]]:
    """One document when the first line is not a whole value; else a line each, when more lines follow."""
    value = _parsed(first[1], f"line {first[0]}")
    if isinstance(value, Fault) and not _opens_with_a_row(first[1]):
        yield from _whole(first[1], file)
        return
    second = _next(lines)
    if second is None:
        yield from _items(value)
    elif isinstance(value, dict | Fault):
        yield f"line {first[0]}", value
        yield from _rows(second, lines)
    else:
        yield "", Fault("", "more stands behind the end of the list", "write one list, or one object a line")


def _opens_with_a_row(line: bytes) -> bool:
    return line.strip().startswith(b"{") and line.strip().endswith(b"}")


def _rows(second: Line | Fault, lines: Iterator[Line | Fault]) -> Iterator[tuple[str, Any]]:
    yield _row(second)
    for line in lines:
        if isinstance(line, Fault) or line[1].strip():
            yield _row(line)


def _row(line: Line | Fault) -> tuple[str, Any | Fault]:
    if isinstance(line, Fault):
        return line.place, line
    return f"line {line[0]}", _parsed(line[1], f"line {line[0]}")


def _whole(first: bytes, file: IO[bytes]) -> Iterator[tuple[str, Any | Fault]]:
    """A document of many lines, read at once."""
    content = first + file.read(MAXIMUM_BYTES)
    if len(content) > MAXIMUM_BYTES and _most(content) == FHIR_BYTES:
        content += file.read(FHIR_BYTES)
    most = _most(content)
    if len(content) > most:
        yield "", Fault("", f"larger than {most // 1_000_000} MB", _SPLIT)
    else:
        yield from _items(_parsed(content, ""))


def _most(content: bytes) -> int:
    """How many bytes a document of this beginning may have."""
    return FHIR_BYTES if _FHIR in content[:_HEAD] else MAXIMUM_BYTES


def _items(value: Any) -> Iterator[tuple[str, Any | Fault]]:
    if isinstance(value, list):
        yield from ((f"[{index}]", item) for index, item in enumerate(value))
        if not value:
            yield "", Fault("", "the list holds nothing", "give at least one")
    else:
        yield "", value


def _parsed(content: bytes, place: str) -> Any:
    if _FHIR in content[:_HEAD]:
        return _parsed_fast(content, place)
    try:
        value = json.loads(content.decode("utf-8"), object_pairs_hook=_without_repeats)
    except UnicodeDecodeError as error:
        return Fault(place, f"byte {error.start + 1} is not UTF-8", "save the file as UTF-8")
    except json.JSONDecodeError as error:
        if not content.lstrip().startswith((b"{", b"[")):
            return _no_json(content, place)
        where = place or f"line {error.lineno}, column {error.colno}"
        return Fault(where, f"not valid JSON: {error.msg}", "check commas, quotes and brackets there")
    except RecursionError:
        return Fault(place, f"nested more than {MAXIMUM_DEPTH} levels deep", "flatten it")
    except ValueError as error:
        too_long = str(error).startswith("Exceeds the limit")  # Python's own guard against endless digits
        return Fault(place, "holds a number of thousands of digits" if too_long else str(error), "correct it")
    if _deeper_than(value, MAXIMUM_DEPTH):
        return Fault(place, f"nested more than {MAXIMUM_DEPTH} levels deep", "flatten it")
    return value


def _no_json(content: bytes, place: str) -> Fault:
    """What is said of a text that was never meant as JSON: most often the trial, given where the patient goes."""
    if _TRIAL.search(content[:_HEAD]):
        return Fault(place, "reads like a trial, not a patient", "give the patient first, then the trials")
    return Fault(place, "is no JSON", "give a profile or FHIR as JSON, a table (.csv, .parquet), or OMOP")


def _parsed_fast(content: bytes, place: str) -> Any:
    """FHIR, which programs write: read by the fastest parser at hand, a repeated field as its last value."""
    from pydantic_core import from_json

    try:
        return from_json(content, allow_inf_nan=False)
    except ValueError as error:
        return Fault(place, f"not valid JSON: {error}"[:200], "check commas, quotes and brackets there")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {repeated[:40]!r} stands twice in one object")
    return made


def _deeper_than(value: Any, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [inner for item in level if isinstance(item, dict | list) for inner in _inside(item)]
        if not level:
            return False
    return True


def _inside(item: dict[str, Any] | list[Any]) -> list[Any]:
    return list(item.values()) if isinstance(item, dict) else item
