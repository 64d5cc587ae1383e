"""The cells of some rows of a table, column by column: as texts, as the few different texts of a column, as numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eligibility.patients.table.sheet import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eligibility.population.chunk import Flags, Numbers, Places, Rows

_FEW = 255
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Factor:
    """A column as its different texts, "" where a cell says nothing; `codes` are their places, of any integer type."""

    codes: Places
    texts: Sequence[str]

    @property
    def places(self) -> Rows:
        """The codes, to reckon with."""
        return self.codes.astype(np.intp, copy=False)

    @property
    def filled(self) -> Flags:
        """Which cells say something."""
        found: Flags = np.array([bool(text) for text in self.texts], np.bool_)[self.codes]
        return found


@dataclass(frozen=True, slots=True)
class Numbered:
    """A column as plain numbers, NaN where a cell is none; `odd` are the rows that say something else."""

    numbers: Numbers
    odd: Rows


# A column as it was read: its cells as text, as their different texts, or as numbers (NaN where there is none).
if TYPE_CHECKING:
    Column = Sequence[str] | Factor | Numbers
Raw = Callable[[int], "Column"]


class Cells:
    """Some rows: the number of each in its file, and the columns, read when they are first asked for."""

    def __init__(
        self,
        rows: Sequence[int],
        raw: Raw,
        expect: Callable[[Iterable[int]], None] | None = None,
        digests: Callable[[int], NDArray[np.int64] | None] | None = None,
    ) -> None:
        """`rows` are counted as a spreadsheet does; `expect` is told which columns will be asked for.

        `digests` gives a number for each cell of a column, the same for the same text, without reading the texts;
        None where a text may not be as it is read.
        """
        self._expect, self.digests = expect, digests
        self.rows = rows
        self._raw = raw
        self._columns: dict[int, Column] = {}
        self._factors: dict[int, Factor] = {}
        self._numbers: dict[int, Numbered] = {}

    def text(self, column: int, row: int) -> str:
        """One cell, "" when it says nothing."""
        cells = self._column(column)
        return cells.texts[cells.codes[row]] if isinstance(cells, Factor) else plain(_shown(cells[row]))

    def expect(self, columns: Iterable[int]) -> None:
        """These columns will be asked for."""
        if self._expect is not None:
            self._expect(columns)

    def texts(self, column: int) -> Sequence[str]:
        """A column as text."""
        cells = self._column(column)
        if isinstance(cells, Factor):
            return [cells.texts[code] for code in cells.codes.tolist()]
        return [_shown(cell) for cell in cells] if isinstance(cells, np.ndarray) else cells

    def is_blank(self, row: int, width: int) -> bool:
        """Whether none of the columns says anything in this row."""
        return not any(self.text(column, row) for column in range(width))

    def of(self, kept: Rows) -> Cells:
        """Only these rows."""
        places = kept.tolist()

        def raw(column: int) -> Column:
            cells = self._column(column)
            if isinstance(cells, Factor):
                return Factor(cells.codes[kept], cells.texts)
            return cells[kept] if isinstance(cells, np.ndarray) else [cells[place] for place in places]

        return Cells([self.rows[place] for place in places], raw, self._expect)

    def factor(self, column: int) -> Factor:
        """A column of few different texts."""
        if column not in self._factors:
            self._factors[column] = _factor(self._column(column))
        return self._factors[column]

    def numbers(self, column: int) -> Numbered:
        """A column of numbers."""
        if column not in self._numbers:
            cells = self._column(column)
            self._numbers[column] = _of_numbers(cells) if isinstance(cells, np.ndarray) else self._of_texts(column)
        return self._numbers[column]

    def _column(self, column: int) -> Column:
        if column not in self._columns:
            self._columns[column] = self._raw(column)
        return self._columns[column]

    def _of_texts(self, column: int) -> Numbered:
        factor = self.factor(column)
        read = np.array([_number(text) for text in factor.texts], np.float64)
        odd = np.array([bool(text) for text in factor.texts], np.bool_) & np.isnan(read)
        return Numbered(read[factor.codes], np.flatnonzero(odd[factor.codes]))


def _of_numbers(numbers: Numbers) -> Numbered:
    endless = np.flatnonzero(np.isinf(numbers))
    return Numbered(np.where(np.isinf(numbers), np.nan, numbers) if endless.size else numbers, endless)


def _number(text: str) -> float:
    """The number of a cell that holds nothing else, NaN for any other."""
    if not _NUMBER.fullmatch(text):
        return math.nan
    number = float(text)
    return number if math.isfinite(number) else math.nan


def _factor(cells: Column) -> Factor:
    if isinstance(cells, Factor):
        return cells
    if isinstance(cells, np.ndarray):
        unique, codes = _unique(cells)
        return Factor(codes, [plain(_shown(number)) for number in unique])
    texts: dict[str, int] = {}
    places = {cell: texts.setdefault(plain(cell), len(texts)) for cell in dict.fromkeys(cells)}
    return Factor(np.fromiter(map(places.__getitem__, cells), np.intp, len(cells)), [*texts])


def _unique(numbers: Numbers) -> tuple[Numbers, Places]:
    """The different numbers, the least first and NaN last, and the place of each; without sorting, where few can be."""
    none = np.isnan(numbers)
    if (none | ((numbers < _FEW) & (numbers == np.floor(numbers)) & ~np.signbit(numbers))).all():
        whole = np.where(none, _FEW, numbers).astype(np.uint8)
        kept = np.flatnonzero(np.bincount(whole, minlength=_FEW + 1))
        places = np.zeros(_FEW + 1, np.uint8)
        places[kept] = np.arange(kept.size)
        return np.where(kept == _FEW, np.nan, kept.astype(np.float64)), places[whole]
    unique, codes = np.unique(numbers, return_inverse=True)
    return unique, codes


def _shown(cell: str | np.floating | float) -> str:
    """A cell as text; of a number the shortest that reads back as it."""
    if isinstance(cell, str):
        return cell
    number = float(cell)
    return (
        "" if math.isnan(number) else str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    )


def together(factors: Sequence[Factor], rows: Rows | None) -> tuple[Places, list[tuple[int, ...]]]:
    """Several columns at once: of each row the place of its combination, and the combinations as codes of columns."""
    if len(factors) == 1 and rows is None:
        found, occurring = _ranked(factors[0].codes, len(factors[0].texts))
        return found, [(int(one),) for one in occurring]
    size = (rows if rows is not None else factors[0].codes).size
    whole: NDArray[np.int64] = np.zeros(size, np.int64)
    sizes = [len(factor.texts) for factor in factors]
    if math.prod(sizes) >= 2**62:
        return _by_rows([factor.codes if rows is None else factor.codes[rows] for factor in factors])
    for factor, many in zip(factors, sizes, strict=True):
        whole = whole * many + (factor.codes if rows is None else factor.codes[rows])
    codes, kept = _ranked(whole, math.prod(sizes))
    return codes, [tuple(map(int, np.unravel_index(int(one), sizes))) for one in kept]


def _ranked(whole: Places, many: int) -> tuple[Places, Places]:
    """The places of numbers among those that occur; by counting, where they are small."""
    if many > 4 * whole.size + 1024:
        kept, codes = np.unique(whole, return_inverse=True)
        return codes.astype(np.intp), kept
    kept = np.flatnonzero(np.bincount(whole, minlength=many))
    if kept.size == many:
        return whole, kept
    places = np.zeros(many, np.intp)
    places[kept] = np.arange(kept.size)
    return places[whole], kept


def _by_rows(columns: Sequence[Places]) -> tuple[Rows, list[tuple[int, ...]]]:
    found: dict[tuple[int, ...], int] = {}
    combinations = zip(*(column.tolist() for column in columns), strict=True)
    codes = np.array([found.setdefault(one, len(found)) for one in combinations], np.intp)
    return codes, [*found]
