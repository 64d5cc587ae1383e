"""One line of a rulebook for a person to check: source and rule side by side, on a plain terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from eligibility.reports.wording import one_line, printable
from eligibility.rules.leaves import leaves
from eligibility.rules.notation import notation
from eligibility.rules.revision import to_review
from eligibility.rules.rule import Unclear
from eligibility.rules.rulebook import Line, Rulebook

WIDTH: Final = 100
_COLUMN: Final = 47
HELP: Final = "l lock as it is, e edit, s skip, b back, q quit"


def open_lines(book: Rulebook, unclear_only: bool) -> list[str]:
    """The ids of the lines that nobody locked, or locked for other words; only those with unclear words if wanted."""
    return [
        line.criterion.id
        for line in book.lines
        if to_review(line) or (line.locked is None and (_unclear(line) or not unclear_only))
    ]


def _unclear(line: Line) -> bool:
    return any(isinstance(leaf, Unclear) for leaf in leaves(line.rule))


def side_by_side(line: Line, number: int, total: int) -> Iterator[str]:
    """The lines of one step: which criterion it is, its words on the left, its rule on the right."""
    criterion = line.criterion
    cohort = f" · cohort {one_line(criterion.cohort)}" if criterion.cohort else ""
    locked = f" · locked {one_line(line.locked)}" if line.locked else ""
    changed = ", and its words changed since" if to_review(line) else ""
    yield f"{number} of {total} · {criterion.side} {criterion.id}{cohort}{locked}{changed}"
    words = [part for text in criterion.text.split("\n") for part in _column(one_line(text))]
    rule = _column(printable(notation(line.rule)))
    for left, right in zip_longest(words, rule, fillvalue=""):
        yield f"  {left:<{_COLUMN}} │ {right}".rstrip()
    yield f"  ({HELP})"


def _column(text: str) -> list[str]:
    return textwrap.wrap(text, _COLUMN, break_on_hyphens=False)
