"""Lines into criteria: headings set the side and cohort, nested lines join, everything else begins a criterion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from eligibility.criteria.criterion import Side
from eligibility.criteria.headings import COHORT_PREFIX, Heading, cohort, heading, is_binding, is_filler, is_label
from eligibility.criteria.intros import excludes, only_introduces, opens
from eligibility.criteria.items import Item, belongs, ends_in_or, is_connective
from eligibility.criteria.layout import Line, line


class Cut(NamedTuple):
    """Where a criterion stands, whose side it is on, and which cohort its heading named."""

    start: int
    end: int
    side: Side
    cohort: str | None


def group(lines: Iterable[Line], text: str) -> list[Cut]:
    """Return the criteria that the lines of `text` make up, in reading order."""
    grouping = _Grouping(text)
    waiting: Line | None = None
    for below in lines:
        if waiting is not None:
            grouping.take(waiting, below)
        waiting = below
    if waiting is not None:
        grouping.take(waiting, None)
    grouping.close()
    return grouping.cuts


class _Grouping:
    """The state while reading down a text: section, cohort, and the criterion that is growing."""

    def __init__(self, text: str) -> None:
        self.cuts: list[Cut] = []
        self._text = text
        self._section: Side = "inclusion"
        self._side: Side = "inclusion"
        self._cohort: str | None = None
        self._outer: str | None = None
        self._fresh_cohort = False
        self._item: Item | None = None

    def take(self, taken: Line, after: Line | None) -> None:
        """Take the next line; `after` is the one below it, which tells a label from a criterion."""
        item = self._item
        nested = item is not None and bool(item.style) and taken.indent >= item.indent + 2
        found = None if taken.wrapped else heading(taken.text, bool(taken.style) or nested)
        if found:
            self._enter(found)
            self._rest(taken, found.length, after)
        elif item and (taken.wrapped or (nested and belongs(item, taken))):
            item.extend(taken)
        elif not self._introduced(taken, after):
            self._add(taken)

    def close(self) -> None:
        """End the criterion that is growing; the registry's words for "none" make no criterion."""
        item, self._item = self._item, None
        if item and not is_filler(self._text[item.start : item.end]):
            self.cuts.append(Cut(item.start, item.end, item.side, item.cohort))
            self._fresh_cohort = False

    def _rest(self, above: Line, length: int, after: Line | None) -> None:
        """Take what stands behind a heading on its own line."""
        body = above.text[length:].lstrip()
        if body:
            rest = line(body, above.end - len(body), above.indent)
            if not self._introduced(rest, after):
                self._add(rest)

    def _enter(self, found: Heading) -> None:
        self.close()
        self._section = self._side = found.side or "inclusion"
        if self._fresh_cohort:
            self._outer = self._cohort
        self._cohort = found.cohort or self._outer
        self._fresh_cohort = False

    def _introduced(self, taken: Line, after: Line | None) -> bool:
        """Whether the line was a label, a cohort's name or an introduction, and has been heeded."""
        if not taken.style and (name := cohort(taken.text)) and self._names(taken, after):
            self.close()
            self._cohort, self._fresh_cohort = name, True
            return True
        if _is_section(taken, after):
            self.close()
            self._side = self._section
            return True
        side = only_introduces(taken.text, self._side)
        if side is None or (taken.style and side != self._side) or after is None:
            return False
        return self._introduce(taken, side)

    def _names(self, taken: Line, after: Line | None) -> bool:
        return after is not None and (taken.text[-1] in ":：" or bool(after.style) or after.indent > taken.indent)

    def _introduce(self, taken: Line, side: Side) -> bool:
        if self._item and self._item.bare:
            self._item.side = side
            self._item.end = taken.end
            return True
        self.close()
        self._side = side
        return True

    def _add(self, taken: Line) -> None:
        item = self._item
        binding = not taken.style and is_binding(taken.text)
        apart = binding or (item is not None and taken.indent <= item.indent + 1 and _prefix(taken.text) is not None)
        if item and (item.bare or not apart) and belongs(item, taken):
            bare = item.bare and binding
            item.extend(taken)
            item.bare = bare
            return
        self.close()
        self._item = self._begin(taken, binding)

    def _begin(self, taken: Line, binding: bool) -> Item:
        opening = binding or opens(taken.text)
        side: Side = "exclusion" if opening and excludes(taken.text) else self._side
        start, bound = taken.start, self._cohort
        if prefix := _prefix(taken.text):
            start, bound = start + prefix.end(), prefix["name"] or prefix["label"]
        glued = is_connective(taken) or (side == "inclusion" and ends_in_or(taken))
        look = (taken.indent, taken.style, taken.number, opening, taken.text)
        return Item(start, taken.end, side, bound, *look, glued, binding)


def _prefix(text: str) -> re.Match[str] | None:
    """Return the cohort's name a line begins with ("Control 2: healthy children")."""
    return COHORT_PREFIX.match(text) if ":" in text[:60] else None


def _is_section(taken: Line, after: Line | None) -> bool:
    if after is None or not is_label(taken.text):
        return False
    below = bool(after.style) and (not taken.style or after.indent >= taken.indent + 2)
    return taken.text[-1] in ":-：" or (below and not taken.style) or taken.text.isupper()
