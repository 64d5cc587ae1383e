"""The nouns of a table: its headings, and its rows one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from eligibility.errors import Fault

MOST_COLUMNS = 10_000
LONGEST_CELL = 20_000
_SHORT = 40  # cells that repeat themselves are
# How tables say that there is nothing. "none" and "-" could be a no as well, and unknown never becomes one.
MISSING = frozenset((
    "", "na", "n/a", "n.a.", "#n/a", "null", "none", "nan", "nat", ".", "-", "--", "–", "—", "?", "unknown", "unk",
    "missing", "not known", "not done",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headings, with as many cells; `number` counts as a spreadsheet does, the headings being 1."""

    number: int
    cells: tuple[str, ...]

    @property
    def place(self) -> str:
        """As messages name it."""
        return f"row {self.number}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The headings, and what gives the rows: each time from the first one where the table can be read `again`.

    A row that cannot be read is a Fault in its place; a file that cannot be read on raises InputError.
    """

    headings: tuple[str, ...]
    rows: Callable[[], Iterator[Row | Fault]]
    again: bool = True


def plain(cell: str) -> str:
    """What a cell says, "" when it says that there is nothing."""
    return _again(cell) if len(cell) <= _SHORT else _plain(cell)


def _plain(cell: str) -> str:
    text = cell.strip()
    return "" if text.casefold() in MISSING else text


_again = lru_cache(maxsize=50_000)(_plain)


def all_plain(cells: Iterable[str]) -> list[str]:
    """`plain` of many cells, most of which say something."""
    texts = list(map(str.strip, cells))
    return texts if MISSING.isdisjoint(map(str.casefold, texts)) else list(map(plain, texts))


def row_of(number: int, cells: tuple[str, ...], width: int) -> Row | Fault:
    """The row, or why it is none of this table: too few or too many cells, one too long, a NUL byte."""
    place = f"row {number}"
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        cells = cells[:width]
    if len(cells) != width:
        return Fault(place, f"has {len(cells)} cells, and there are {width} headings", "quote cells that hold commas")
    if max(map(len, cells), default=0) > LONGEST_CELL:
        return Fault(place, f"has a cell longer than {LONGEST_CELL:,} characters", "look for a quote left open")
    if "\0" in "".join(cells):
        return Fault(place, "holds a NUL byte", "save the file as UTF-8 text")
    return Row(number, cells)
