"""Source words with a line beneath that shows what was read: `^` understood, `~` not understood."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

from eligibility.reports.wording import harmless
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import Rule

UNDERSTOOD, UNCLEAR, UNREAD = "^", "~", " "
_ESCAPED = re.compile(r"\\(?=[!-/:-@\[-`{-~])")


def underlined(text: str, rule: Rule, width: int = 96) -> list[str]:
    """The criterion's words, whitespace collapsed and wrapped to `width`, each line followed by its underline.

    The marks under a line stand below the leaves' spans; a line of which nothing was read has no underline.
    """
    return [line for pair in marked_lines(text, rule, width) for line in pair if line]


def marked_lines(text: str, rule: Rule, width: int = 96) -> list[tuple[str, str]]:
    """Each line of the words with its underline, which is empty when nothing of the line was read."""
    lines = _wrapped(_words(_marked(text, rule)), width)
    return [("".join(sign for sign, _ in line).rstrip(), "".join(mark for _, mark in line).rstrip()) for line in lines]


def marks_of(text: str, rule: Rule) -> str:
    """One mark for every code point of the text as given."""
    marks = [UNREAD] * len(text)
    for leaf in leaves(rule):
        if leaf.span is not None:
            start, end = leaf.span
            mark = UNCLEAR if leaf.kind == "unclear" else UNDERSTOOD
            marks[start:end] = mark * len(marks[start:end])
    return "".join(marks)


def _marked(text: str, rule: Rule) -> list[tuple[str, str]]:
    """Every sign that is shown, with its mark, as wide as the sign is on a screen."""
    marks = marks_of(text, rule)
    dropped = {match.start() for match in _ESCAPED.finditer(text)}
    signs = (
        (" " if char.isspace() else harmless(char), marks[at]) for at, char in enumerate(text) if at not in dropped
    )
    return [(sign, mark * _columns(sign)) for sign, mark in signs]


def _columns(sign: str) -> int:
    if len(sign) == 1:
        return 0 if unicodedata.combining(sign) else 1 + (unicodedata.east_asian_width(sign) in "WF")
    return len(sign)


def _words(signs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Runs of signs between spaces; a mark under the space between two words is kept with the word before it."""
    words: list[list[tuple[str, str]]] = []
    for is_space, run in groupby(signs, lambda sign: sign[0] == " "):
        if not is_space:
            words.append(list(run))
        elif words:
            words[-1].append(next(run))
    return words


def _wrapped(words: list[list[tuple[str, str]]], width: int) -> list[list[tuple[str, str]]]:
    lines: list[list[tuple[str, str]]] = []
    used = 0
    for word in words:
        size = sum(len(mark) for _, mark in word)
        if not lines or used + size > width:
            lines.append([])
            used = 0
        lines[-1] += word
        used += size
    return lines
