"""A report as one HTML file that needs nothing else: for a screen, a keyboard, a screen reader, and paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.reports.html.page import page
from eligibility.reports.report import Report
from eligibility.whole_file import whole_file

if TYPE_CHECKING:
    from eligibility.reports.html.page import More
    from eligibility.steps.next_steps import NextSteps


def as_html(report: Report, more: More | None = None, steps: NextSteps | None = None) -> str:
    """The report as a page; the same bytes for the same inputs.

    The first 500 trials are shown in full, the others as rows, each with the command of `more` that shows it. With
    `steps` it also says what to do next.
    """
    return page(report, more, steps)


def write_html(report: Report, path: str | Path, more: More | None = None, steps: NextSteps | None = None) -> int:
    """Write the page, whole or not at all, for its owner's eyes only (mode 0600); how many bytes it has.

    Raises InputError where it cannot be written.
    """
    content = as_html(report, more, steps).encode()
    with whole_file(Path(path), "report") as draft:
        draft.write_bytes(content)
    return len(content)
