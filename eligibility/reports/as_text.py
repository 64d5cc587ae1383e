"""A report as plain text, 100 columns, for pipes, files and screen readers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from eligibility.reports.frame import foot_lines, opening, whole_lines
from eligibility.reports.report import Report
from eligibility.reports.wording import SIDES, SUMMARY, criterion_cells, head_line, one_line, summary_cells
from eligibility.verdicts.verdict import CriterionVerdict, TrialVerdict

WIDTH = 100
_SUMMARY_WIDTHS = (4, 12, 20, 5, 4, 4, 4, 12, 19)
_CRITERION_WIDTHS = (16, 6, 38, 34)


def as_text(report: Report, *, limit: int | None = 240) -> str:
    """The whole report: ranking, then each trial criterion by criterion, then policy, formula and digest.

    Source words longer than `limit` characters are cut at a word, with a sign; None cuts nothing.
    """
    lines = [*opening_lines(report), ""]
    for verdict in report.verdicts:
        lines += [*_trial(verdict, limit), ""]
    return "\n".join([*lines, *(line for text in foot_lines(report) for line in _wrapped(text))]) + "\n"


def opening_lines(report: Report) -> list[str]:
    """Whose report it is, and the ranking where there is one."""
    lines = [opening(report), *whole_lines(report)]
    if len(report.verdicts) > 1:
        rows = [summary_cells(rank, verdict, _SUMMARY_WIDTHS[-1]) for rank, verdict in enumerate(report.verdicts, 1)]
        lines += ["", *_columns([SUMMARY, *rows], _SUMMARY_WIDTHS)]
    return lines


def _trial(verdict: TrialVerdict, limit: int | None) -> Iterator[str]:
    head = head_line(verdict)
    yield from (head, "─" * min(len(head), WIDTH))
    yield from _wrapped(one_line(verdict.title))
    yield from _wrapped(one_line(verdict.note))
    for side, heading in SIDES.items():
        criteria = [criterion for criterion in verdict.criteria if criterion.criterion.side == side]
        if criteria:
            yield from ("", heading)
            yield from _columns(_cells(criteria, limit), _CRITERION_WIDTHS)


def _cells(criteria: Iterable[CriterionVerdict], limit: int | None) -> list[tuple[str, ...]]:
    return [criterion_cells(criterion, limit) for criterion in criteria]


def _columns(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    """Rows as aligned lines; a cell longer than its column goes on below itself."""
    for row in rows:
        cells = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            parts = (
                (cell[number] if number < len(cell) else "").ljust(width)
                for cell, width in zip(cells, widths, strict=True)
            )
            yield "  ".join(parts).rstrip()


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH)
