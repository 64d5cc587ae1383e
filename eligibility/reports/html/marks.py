"""Source words cut where a test begins or ends, so that each piece can carry its marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from eligibility.spans import Span
from eligibility.verdicts.parts import Part

# A sign and a word for every mark, the most urgent first: of several marks on the same words the first is shown.
SIGNS: dict[str, tuple[str, str]] = {
    "fail": ("✗", "fail"),
    "unclear": ("~", "not understood"),
    "unresolved": ("?", "unresolved"),
    "judgement": ("☐", "for a person"),
    "pass": ("✓", "pass"),
    "not_applicable": ("–", "not applicable"),
}
_URGENCY = {mark: place for place, mark in enumerate(SIGNS)}
_BY_REASON = {"unclear": "unclear", "judgement": "judgement"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of the words of a criterion, exactly as given; `mark` is "" where nothing was read.

    `numbers` are those of the groups of tests that were read from them and end here.
    """

    text: str
    mark: str = ""
    numbers: tuple[int, ...] = ()


def mark_of(part: Part) -> str:
    """The mark of one test: its result, or why only a person can tell."""
    if part.result != "unresolved":
        return part.result
    reasons = (_BY_REASON.get(gap.reason, "unresolved") for gap in part.verdict.missing)
    return min(reasons, key=_URGENCY.__getitem__, default="unresolved")


def pieces(text: str, marked: Sequence[tuple[Span | None, str, int]]) -> Iterator[Piece]:
    """The text in pieces that together are the text; each marked thing is a span, its mark and its number."""
    spans = [(start, min(end, len(text)), mark, number) for (start, end), mark, number in _placed(marked)]
    cuts = sorted({0, len(text), *(start for start, *_ in spans), *(end for _, end, *_ in spans)})
    for start, end in pairwise(cuts):
        over = [(mark, number, last) for first, last, mark, number in spans if first <= start and end <= last]
        numbers = tuple(sorted({number for _, number, last in over if last == end}))
        mark = min((mark for mark, *_ in over), key=_URGENCY.__getitem__, default="")
        yield Piece(text[start:end], mark, numbers)


def _placed(marked: Sequence[tuple[Span | None, str, int]]) -> Iterator[tuple[Span, str, int]]:
    for span, mark, number in marked:
        if span is not None and span[0] < span[1]:
            yield span, mark, number
