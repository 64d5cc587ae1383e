"""Where one printed line holds several: headings in the middle, lists run on in a line, PDQ labels in a paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from eligibility.criteria.headings import COHORT_PREFIX, PDQ_LABEL, PDQ_SECTION, heading
from eligibility.criteria.layout import inline_items, line

_CRITERIA: Final = re.compile(r"\b(?:in|ex)clusion\s+criteri(?:a|on)\b", re.I)
_REST: Final = re.compile(r"[^:.;\n]{0,60}?(?:[:：]|\s-\s)\s*")
_BEFORE: Final = re.compile(
    r"(?:\b(?:Key|Main|Major|Primary|Principal|General|Additional|Specific|Other|Donor|Recipient|"
    r"Patient|Subject|Participant|Control|Caregiver|KEY|MAIN|MAJOR|GENERAL|OTHER)\s+){1,2}$"
)
_MARKS: Final = " \t#-–—*•.()0123456789\\"
_STOPS: Final = frozenset(".;:)]|•-–—")
_GOVERNS: Final = re.compile(
    r"\b(?:the|any|all|these|those|following|meets?|met|fulfil\w*|satisf\w+|other|of|and|or|"
    r"per|by|for|in|to|no|not|an|a|on|with|as|above|below|study|trial|key|main|same)\s*$|/\s*$",
    re.I,
)


def cut_places(text: str) -> Callable[[str], list[int]]:
    """Return the function that says where to cut a line of this text (offsets within the line)."""
    return _cut_pdq if "CHARACTERISTICS:" in text or "Characteristics--" in text else _cut


def _cut(body: str) -> list[int]:
    if "lusion" in body or "LUSION" in body:
        return _at_headings(body)
    if "2" in body and "1" in body[:8]:
        return _counted(body)
    prefix = COHORT_PREFIX.match(body) if ":" in body[:60] else None
    return inline_items(body, prefix.end()) if prefix else []


def _counted(body: str) -> list[int]:
    """Cut a line that is itself a list `1) … 2) …`, or a list item that holds nothing but such a list."""
    begin = 1 if body[0] in "-*•–" else 0
    return inline_items(body, begin) if body[begin : begin + 8].lstrip().startswith(("1", "(1")) else []


def _cut_pdq(body: str) -> list[int]:
    places = {match.start() for match in PDQ_LABEL.finditer(body)} if ":" in body else set()
    for match in PDQ_SECTION.finditer(body):
        places.update(match.span())
    return sorted(place for place in places.union(_cut(body)) if 0 < place < len(body))


def _at_headings(body: str) -> list[int]:
    """Cut before and after each heading, and at the items of the list that follows it."""
    spans = _heading_spans(body)
    if not spans:
        return _counted(body)
    places: set[int] = set()
    for (start, end), limit in zip(spans, [*(start for start, _ in spans[1:]), len(body)], strict=True):
        prefix = COHORT_PREFIX.match(body, end, limit)
        begin = prefix.end() if prefix else end
        places.update({start, end, begin}, (at for at in inline_items(body, begin, limit)))
    return sorted(place for place in places if 0 < place < len(body))


def _heading_spans(body: str) -> list[tuple[int, int]]:
    first = line(body, 0, 0)
    found = heading(first.text, marked=bool(first.style))
    spans = [(0, first.start + found.length)] if found else []
    for match in _CRITERIA.finditer(body):
        if spans and match.start() < spans[-1][1]:
            continue
        if span := _span(body, match):
            spans.append(span)
    return spans if any(start or end < len(body) for start, end in spans) else []


def _span(body: str, match: re.Match[str]) -> tuple[int, int] | None:
    rest = _REST.match(body, match.end())
    before = body[max(0, match.start() - 60) : match.start()]
    if not rest or not before.strip(_MARKS):
        return None
    adjectives = _BEFORE.search(before)
    start = match.start() - (len(adjectives[0]) if adjectives else 0)
    before = before[: len(before) - (match.start() - start)].rstrip()
    stopped = not before or before[-1] in _STOPS
    upper = body[start].isupper()
    if stopped or (not _GOVERNS.search(before) and (upper or rest[0].strip() == ":")):
        return start, rest.end()
    return None
