"""Which lines belong together: wraps, nested lists and notes stay in their criterion's slice."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.criteria.intros import opens
from eligibility.criteria.layout import Line

_NOTE: Final = re.compile(r"(?:\**\s*notes?\b\s*[:\-]|exceptions?\b|except\b|unless\b|with the exception)", re.I)
_CONNECTIVE: Final = re.compile(r"\W*(?:and/or|or|and)\W*$", re.I)
_BULLETS: Final = frozenset({"dash", "o"})


@dataclass(slots=True)
class Item:
    """A criterion while it grows: where it stands, whose it is, and what its first line looked like."""

    start: int
    end: int
    side: Side
    cohort: str | None
    indent: int
    style: str
    number: int
    opens: bool
    words: str
    glued: bool = False
    bare: bool = False
    child: Line | None = field(default=None)

    def extend(self, line: Line) -> None:
        """Take one more line in."""
        self.glued = is_connective(line) or self._ends_in_or(line)
        self.end = line.end
        if line.wrapped or (self.style and not line.style and not line.gap and self.child is None):
            self.opens = opens(line.text) if self.child is None else self.opens
        else:
            self.child = line
        self.bare = False

    def _ends_in_or(self, line: Line) -> bool:
        return self.side == "inclusion" and ends_in_or(line)


def is_connective(line: Line) -> bool:
    """Whether a line is only "or", "and", "and/or"."""
    return len(line.text) < 10 and _CONNECTIVE.match(line.text) is not None


def ends_in_or(line: Line) -> bool:
    """Whether a line ends in "or", so that the next one is its alternative."""
    return line.text[-1] in "rR,;:" and line.text[-8:].rstrip(" ,;:").lower().endswith((" or", ";or", ",or"))


def _is_note(line: Line) -> bool:
    return line.text[0] in "*nNeEuUwW" and _NOTE.match(line.text) is not None


def belongs(item: Item, line: Line) -> bool:
    """Whether a line is part of the criterion above it, rather than the next one."""
    if line.wrapped or item.glued or is_connective(line) or _is_note(line):
        return True
    if line.indent >= item.indent + 2 and item.style:
        return True
    if item.opens and not item.number and item.words.split(" ", 1)[0] == line.text.split(" ", 1)[0]:
        return False
    return _mark_belongs(item, line) if line.style else _plain_belongs(item, line)


def _plain_belongs(item: Item, line: Line) -> bool:
    if item.opens and not item.style:
        return item.child is None or _goes_on(item.child, line)
    return bool(item.style) and not line.gap and line.text[0].islower()


def _mark_belongs(item: Item, line: Line) -> bool:
    if not item.style:
        return item.opens and (item.child is None or _goes_on(item.child, line))
    if line.indent < item.indent - 1:
        return False
    if line.style == item.style:
        return _same_style(item, line)
    if _is_bullet(item.style):
        return line.style == "o" or _opened(item, line)
    return _under_number(item, line)


def _same_style(item: Item, line: Line) -> bool:
    """Numbers tell siblings from children by counting; bullets only by what the parent says."""
    if not line.number:
        return _opened(item, line)
    if line.number == item.number + 1:
        return False
    return item.opens and (line.number == 1 if item.child is None else line.number == item.child.number + 1)


def _opened(item: Item, line: Line) -> bool:
    return item.opens and (item.child is None or _goes_on(item.child, line))


def _under_number(item: Item, line: Line) -> bool:
    if item.style == "letter" and line.style == "roman" and item.number == 8:
        return False
    if _is_bullet(line.style) or line.style in {"letter", "roman"}:
        return True
    return line.number == (1 if item.child is None else item.child.number + 1)


def _is_bullet(style: str) -> bool:
    return style in _BULLETS or len(style) == 1


def _goes_on(child: Line, line: Line) -> bool:
    """Whether a flat list of children goes on: same indent and mark, no wider gap, no change of case."""
    if abs(line.indent - child.indent) > 1 or line.gap > max(child.gap, 1) or line.style != child.style:
        return line.indent > child.indent + 1
    if line.gap > child.gap and not line.style:
        return False
    if opens(line.text):
        return False
    return not (child.text[0].islower() and line.text[0].isupper() and line.text[1:2].islower())
