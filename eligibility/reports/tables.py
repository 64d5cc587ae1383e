"""Tables that spreadsheets open: workbooks and CSV, whole or not at all, in which no text is ever a formula."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Protocol

from eligibility.errors import Fault, InputError
from eligibility.reports.log_rows import Cell
from eligibility.whole_file import whole_file

if TYPE_CHECKING:
    import xlsxwriter

Columns = Sequence[tuple[str, int]]
MOST_ROWS = 1_048_575  # of a sheet, below its headings
_LONGEST = 32_767  # characters of a cell
# What a spreadsheet takes for the beginning of a formula in a CSV file, the forms of Far Eastern keyboards included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_TINTED = "tinted "  # before the words of a cell, the name of the style that they have
_EPOCH = datetime(2000, 1, 1)  # the same inputs give the same bytes, so no workbook says when it was made


class Rows(Protocol):
    """A table that is being written."""

    def add(self, row: Sequence[Cell]) -> None:
        """One more row."""


@dataclass(slots=True)
class CsvRows:
    """A CSV file that is being written."""

    write: Any

    def add(self, row: Sequence[Cell]) -> None:
        """One more row; what a spreadsheet would take for a formula gets an apostrophe before it."""
        self.write(["" if cell is None else safe(cell) if isinstance(cell, str) else cell for cell in row])


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula when it opens a CSV file."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith(_FORMULA) else text


@contextmanager
def csv_rows(path: Path, columns: Columns) -> Iterator[CsvRows]:
    """A CSV file of these columns: UTF-8 with a mark that spreadsheets need, for its owner's eyes only."""
    with (
        whole_file(path, "log") as draft,
        open(draft, "w", encoding="utf-8-sig", newline="", opener=_privately) as file,
    ):
        rows = CsvRows(csv.writer(file).writerow)
        rows.add([name for name, _ in columns])
        yield rows
        file.flush()


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@dataclass(slots=True)
class SheetRows:
    """A sheet of a workbook that is being written."""

    sheet: Any
    file: Path
    styles: Mapping[str, Any]
    columns: Columns
    count: int = 0

    def add(self, row: Sequence[Cell]) -> None:
        """One more row; text is text, whatever it looks like. Raises InputError when the sheet is full."""
        self.count += 1
        if self.count > MOST_ROWS:
            remedy = "write --csv, or fewer patients or trials"
            raise InputError(str(self.file), Fault("", f"a sheet holds {MOST_ROWS:,} rows, and there are more", remedy))
        for place, cell in enumerate(row):
            if isinstance(cell, str):
                self.sheet.write_string(
                    self.count, place, _cut(cell), self.styles.get(_TINTED + cell, self.styles["text"])
                )
            elif cell is not None:
                self.sheet.write_number(self.count, place, cell, self.styles["number"])

    def close(self) -> None:
        """Headings with a filter over all rows."""
        self.sheet.autofilter(0, 0, max(self.count, 1), len(self.columns) - 1)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 2] + " …"


@dataclass(slots=True)
class Workbook:
    """A workbook that is being written; `sheet` makes one, and the rows of all may come in any order of the sheets."""

    book: xlsxwriter.Workbook
    file: Path
    styles: dict[str, Any]
    sheets: list[SheetRows] = field(default_factory=list)

    def sheet(self, name: str, columns: Columns) -> SheetRows:
        """A sheet with frozen headings; the first column stays too."""
        made = self.book.add_worksheet(name)
        made.freeze_panes(1, 1)
        for place, (heading, width) in enumerate(columns):
            made.set_column(place, place, width)
            made.write_string(0, place, heading, self.styles["heading"])
        made.set_landscape()
        made.fit_to_pages(1, 0)
        made.repeat_rows(0)
        rows = SheetRows(made, self.file, self.styles, columns)
        self.sheets.append(rows)
        return rows


@contextmanager
def workbook(path: Path) -> Iterator[Workbook]:
    """A workbook at this path, for its owner's eyes only; it stands there only when the block ends without an error.

    Raises InputError where XlsxWriter is not installed, or where it cannot be written.
    """
    refuse_without_package(path)
    import xlsxwriter

    with whole_file(path, "log") as draft, TemporaryDirectory(prefix=".log-", dir=path.absolute().parent) as folder:
        # what is not yet in the workbook waits in a folder of its owner's, which goes whatever happens
        plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        book = xlsxwriter.Workbook(str(draft), {**plain, "constant_memory": True, "tmpdir": folder})
        book.set_properties({"created": _EPOCH, "title": "Screening log"})
        made = Workbook(book, path, _styles(book))
        try:
            yield made
            for sheet in made.sheets:
                sheet.close()
        finally:  # after an error too, since open files of its sheets are left behind otherwise; the draft goes then
            _close(book)


def _close(book: xlsxwriter.Workbook) -> None:
    import xlsxwriter

    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(getattr(error.args[0], "errno", None), str(error)) from None


def _styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    """How cells look; results and outcomes have a colour beside their words."""
    plain = {"valign": "top", "text_wrap": True}
    tints = {
        "pass": "#E2F0D9", "fail": "#F8D7DA", "unresolved": "#FFF2CC", "Eligible": "#E2F0D9", "Ineligible": "#F8D7DA",
        "Undetermined": "#FFF2CC", "Potentially eligible": "#DDEBF7",
    }  # fmt: skip
    styles = {_TINTED + name: book.add_format({**plain, "bg_color": tint}) for name, tint in tints.items()}
    styles["text"] = book.add_format({**plain, "num_format": "@"})
    styles["number"] = book.add_format({"valign": "top"})
    styles["heading"] = book.add_format({**plain, "bold": True, "bg_color": "#1F3864", "font_color": "#FFFFFF"})
    return styles


def refuse_without_package(path: Path) -> None:
    """Raises InputError, naming the extra to install, where no workbook can be written."""
    if find_spec("xlsxwriter") is None:
        problem = "a workbook needs XlsxWriter, not installed here"
        raise InputError(str(path), Fault("", problem, "pip install 'eligibility[xlsx]', or write --csv"))
