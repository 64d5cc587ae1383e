"""A report as rich tables, for a terminal; the same words as the plain text, with colour."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from eligibility.reports.frame import foot_lines, opening, whole_lines
from eligibility.reports.wording import SIDES, SUMMARY, criterion_cells, head_line, one_line, summary_cells

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from eligibility.reports.report import Report
    from eligibility.verdicts.verdict import Outcome, Result, TrialVerdict

_OUTCOME_STYLES: dict[Outcome, str] = {
    "eligible": "bold green",
    "potentially_eligible": "bold cyan",
    "undetermined": "bold yellow",
    "ineligible": "bold red",
}
_RESULT_STYLES: dict[Result, str] = {"pass": "green", "fail": "red", "unresolved": "yellow", "not_applicable": "dim"}


def print_report(report: Report, file: IO[str], *, limit: int | None = 240, colour: bool = True) -> None:
    """Write the report to a terminal at its own width; `limit` as in the plain text, `colour` False for none."""
    from rich.console import Console

    console = Console(
        file=file,
        color_system="auto" if colour else None,  # None: no escape codes at all; no_color would keep bold and dim
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.print(opening(report), style="bold")
    for line in whole_lines(report):
        console.print(line)
    if len(report.verdicts) > 1:
        console.print(_summary(report))
    for verdict in report.verdicts:
        _print_trial(console, verdict, limit)
    console.print()
    for line in foot_lines(report):
        console.print(line, style="dim")


def _summary(report: Report) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, collapse_padding=True, expand=True)
    for heading in SUMMARY[:-1]:
        table.add_column(heading, no_wrap=heading != "Status", max_width=14 if heading == "Status" else None)
    table.add_column(SUMMARY[-1], no_wrap=True, ratio=1)
    for rank, verdict in enumerate(report.verdicts, 1):
        cells = [Text(cell) for cell in summary_cells(rank, verdict, 60)]
        cells[2].stylize(_OUTCOME_STYLES[verdict.outcome])
        table.add_row(*cells)
    return table


def _print_trial(console: Console, verdict: TrialVerdict, limit: int | None) -> None:
    console.print()
    console.rule(head_line(verdict), style=_OUTCOME_STYLES[verdict.outcome], align="left")
    for line in filter(None, (verdict.title, verdict.note)):
        console.print(one_line(line))
    for side, heading in SIDES.items():
        table = _criteria(verdict, side, heading, limit)
        if table.row_count:
            console.print(table)


def _criteria(verdict: TrialVerdict, side: str, heading: str, limit: int | None) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=heading, title_justify="left", title_style="bold", box=box.SIMPLE, show_header=False)
    for width, ratio in ((16, None), (6, None), (None, 5), (None, 4)):
        table.add_column(min_width=width, ratio=ratio)
    table.expand = True
    for criterion in verdict.criteria:
        if criterion.criterion.side == side:
            cells = [Text(cell) for cell in criterion_cells(criterion, limit)]
            cells[0].stylize(_RESULT_STYLES[criterion.result])
            table.add_row(*cells)
    return table
