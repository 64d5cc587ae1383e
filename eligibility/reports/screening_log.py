"""The screening log of a coordinator as files: a workbook, or CSV files of pairs and of criteria."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from eligibility.reports.log_rows import ABOUT, CRITERIA, PAIRS, Cell, about_rows, criterion_rows, pair_rows
from eligibility.reports.report import Report
from eligibility.reports.tables import Columns, Rows, csv_rows, workbook

Maker = Callable[[Report], Iterable[tuple[Cell, ...]]]
_SHEETS: tuple[tuple[str, Columns, Maker], ...] = (
    ("Screening log", PAIRS, pair_rows),
    ("Criteria", CRITERIA, criterion_rows),
    ("About", ABOUT, about_rows),
)


@dataclass(slots=True)
class ScreeningLog:
    """A log that is being written, to any number of files; `pairs` is how many rows it has so far."""

    tables: list[tuple[Rows, Maker]] = field(default_factory=list)
    pairs: int = 0

    def add(self, report: Report) -> None:
        """The rows of one patient."""
        for rows, maker in self.tables:
            for row in maker(report):
                rows.add(row)
        self.pairs += len(report.verdicts)


@contextmanager
def screening_log(
    *, xlsx: str | Path | None = None, csv: str | Path | None = None, csv_criteria: str | Path | None = None
) -> Iterator[ScreeningLog]:
    """A log in these files, None for none of a kind. They stand there when the block ends without an error.

    The workbook has sheets of pairs, of criteria, and of how they were judged; CSV has pairs, and criteria in a file
    of their own. Every text is text: nothing in a record is taken for a formula. Raises InputError for what cannot be
    written, and where XlsxWriter is not installed.
    """
    log = ScreeningLog()
    with ExitStack() as files:
        if xlsx is not None:
            book = files.enter_context(workbook(Path(xlsx)))
            log.tables += [(book.sheet(name, columns), maker) for name, columns, maker in _SHEETS]
        for path, (_, columns, maker) in zip((csv, csv_criteria), _SHEETS, strict=False):
            if path is not None:
                log.tables.append((files.enter_context(csv_rows(Path(path), columns)), maker))
        yield log


def write_log(
    reports: Report | Sequence[Report],
    *,
    xlsx: str | Path | None = None,
    csv: str | Path | None = None,
    csv_criteria: str | Path | None = None,
) -> int:
    """Write reports as a screening log, see `screening_log`; how many pairs of patient and trial it has."""
    with screening_log(xlsx=xlsx, csv=csv, csv_criteria=csv_criteria) as log:
        for report in (reports,) if isinstance(reports, Report) else reports:
            log.add(report)
    return log.pairs
