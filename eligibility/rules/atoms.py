"""A text → its atoms: words, numbers, signs and list marks, with their places and what each is by itself."""

from __future__ import annotations

import re
from operator import add, eq

from eligibility.rules.spelling import Forms

# Words in plain letters come first because most atoms are such; the order changes nothing else.
ATOM = re.compile(
    r"[A-Za-z]+(?:['’]?[^\W\d_]+)*"
    r"|\n(?:[ \t]*\n)*[ \t]*(?:[-*•●·–▪◦o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])(?=[ \t])|\n[ \t]*\n"
    r"|\d+(?:[.,．，]\d+)*|(?<!\w)\.\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|&#?\w{2,6};|[^\s\\]"
)


class Atoms:
    """The atoms of one text, side by side: `forms`, their folded `words`, `starts`, `ends`, and whether each is `glued`
    to the one before.
    """

    __slots__ = ("ends", "forms", "glued", "starts", "words")

    def __init__(self, text: str, forms: Forms) -> None:
        surfaces: list[str] = ATOM.findall(text)
        self.forms = forms.of(surfaces)
        self.words = [form.folded for form in self.forms]
        self.starts, self.ends, self.glued = _places(text, surfaces)


def _places(text: str, surfaces: list[str]) -> tuple[list[int], list[int], list[bool]]:
    """Where the atoms stand. Only white space and backslashes lie between them, so none is found too early."""
    starts: list[int] = []
    end = 0
    for surface in surfaces:
        start = text.find(surface, end)
        starts.append(start)
        end = start + len(surface)
    ends = [*map(add, starts, map(len, surfaces))]
    return starts, ends, [False, *map(eq, starts[1:], ends)][: len(starts)]
