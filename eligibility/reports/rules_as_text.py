"""A trial's criteria as a person looks at them: words underlined where they were read, the written form beneath."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from eligibility.reports.rules_as_json import by_name, coverage
from eligibility.reports.underline import marks_of, underlined
from eligibility.reports.wording import one_line, printable
from eligibility.rules.notation import notation
from eligibility.rules.rulebook import Line, Rulebook, write_rulebook

WIDTH = 100


def rules_as_text(book: Rulebook) -> str:
    """Every criterion of a rulebook, whole, and how many of them were understood; plain text, 100 columns."""
    lines = [f"{one_line(book.trial.id)}  {one_line(book.trial.title)}".rstrip(), ""]
    for line in book.lines:
        lines += [*line_lines(line), ""]
    counted = coverage(line.rule for line in book.lines)
    lines.append(", ".join(f"{count} {kind}" for kind, count in counted.items()))
    if named := by_name(line.rule for line in book.lines):
        lines.append(f"{named} of the partly understood for things that are known by their name alone")
    return "\n".join(lines) + "\n"


def underlined_rulebook(book: Rulebook) -> str:
    """The rulebook as `write_rulebook` writes it, with the marks of what was read as comments under the words."""
    lines = iter(book.lines)
    marks = ""
    rows: list[str] = []
    for row in write_rulebook(book).split("\n"):
        if row.startswith("| "):
            if not rows[-1].startswith(("| ", "# ")):
                line = next(lines)
                marks = marks_of(line.criterion.text, line.rule)
            under, marks = marks[: len(row) - 2], marks[len(row) - 1 :]
            rows += [row, f"# {under}".rstrip()] if under.strip() else [row]
        else:
            rows.append(row)
    return "\n".join(rows)


def line_lines(line: Line) -> Iterator[str]:
    """One criterion: its words underlined where they were read, the written form beneath."""
    criterion = line.criterion
    cohort = f" · cohort {one_line(criterion.cohort)}" if criterion.cohort else ""
    origin = "" if criterion.source == "text" else f" · from the {criterion.source}"
    yield f"{criterion.side} {criterion.id}{cohort}{origin}"
    yield from (f"  {text}" for text in underlined(criterion.text, line.rule, WIDTH - 2))
    yield from textwrap.wrap(printable(notation(line.rule)), WIDTH, initial_indent="    → ", subsequent_indent="      ")
