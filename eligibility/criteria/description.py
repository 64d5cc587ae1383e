"""Criteria that stand only in the description, where the wording says so beyond doubt."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.criteria.cutting import cut_places
from eligibility.criteria.grouping import Cut, group
from eligibility.criteria.headings import COHORT_PREFIX, heading
from eligibility.criteria.layout import Line, lines

_EXCLUDED: Final = re.compile(
    r"\b(?:will be|are) excluded\b(?=\s*(?:[.;]|$|from (?:the |this )?(?:study|trial|participation|enrol?lment)\b))",
    re.M,
)
_ENROLLED: Final = re.compile(
    r"\b(?:will|plans? to|intends? to|aims? to) (?:enrol|enroll|recruit|include) all (?:[\w-]+ ){0,3}?"
    r"(?:patients|children|infants|neonates|adults|women|men|subjects|participants|individuals|adolescents)\b", re.I
)  # fmt: skip
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)|\n\s*\n")
_REACH: Final = 800
"""Characters a sentence may run on before or after the words that make it a criterion."""


def described(text: str, sides: set[Side]) -> list[Cut]:
    """Return the criteria a description states, in reading order.

    `sides` are those the criteria text already covers: for them only criteria of a named cohort are taken.
    """
    lower = text.lower()
    if "clu" not in lower and " all " not in lower:
        return []
    blocks = group(_blocks(text), text) if "criteri" in lower else []
    found = _without_overlaps(blocks, sorted(_sentences(text)))
    return [cut for cut in found if cut.cohort or cut.side not in sides]


def _without_overlaps(blocks: list[Cut], sentences: list[Cut]) -> list[Cut]:
    """Return both in reading order; a sentence gives way to a block, and to a sentence before it."""
    ends, kept, last = [cut.end for cut in blocks], list(blocks), 0
    for cut in sentences:
        after = bisect_right(ends, cut.start)
        if cut.start >= last and (after == len(blocks) or blocks[after].start >= cut.end):
            kept.append(cut)
            last = cut.end
    return sorted(kept, key=lambda cut: cut.start)


def _sentences(text: str) -> Iterator[Cut]:
    ways: tuple[tuple[re.Pattern[str], Side], ...] = ((_EXCLUDED, "exclusion"), (_ENROLLED, "inclusion"))
    for pattern, side in ways:
        last = -1
        for match in pattern.finditer(text):
            start, end = _sentence(text, match.start(), match.end())
            if start > last:
                yield Cut(start, end, side, None)
                last = end


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    floor = max(0, start - _REACH)
    for match in _SENTENCE_END.finditer(text, floor, start):
        floor = match.end()
    stop = _SENTENCE_END.search(text, end, min(len(text), end + _REACH))
    ceiling = stop.start() if stop else min(len(text), end + _REACH)
    words = text[floor:ceiling]
    begin = floor + len(words) - len(words.lstrip())
    return begin, floor + len(words.rstrip())


def _blocks(text: str) -> Iterator[Line]:
    """Yield only the lines that stand under an explicit "Inclusion criteria …:" or "Exclusion criteria …:"."""
    opener: Line | None = None
    before: Line | None = None
    for line in lines(text, cut_places(text)):
        found = heading(line.text, bool(line.style))
        if found and found.side and line.text[-1] in ":：":
            opener, before = line, None
            yield line
        elif opener is not None and _stays(opener, before, line):
            before = line if line.style or before is None else before
            yield _first_sentence(line) if not line.style else line
        else:
            opener = None


def _stays(opener: Line, before: Line | None, line: Line) -> bool:
    if line.wrapped or COHORT_PREFIX.match(line.text):
        return True
    if before is None:
        return line.gap <= 1
    if line.style:
        return line.style != opener.style or line.indent > opener.indent or line.start - before.end < 4
    return not line.gap and not before.style


def _first_sentence(line: Line) -> Line:
    stop = _SENTENCE_END.search(line.text)
    return line if not stop else line._replace(text=line.text[: stop.start() + 1], end=line.start + stop.start() + 1)
