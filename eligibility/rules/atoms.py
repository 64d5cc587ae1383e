"""A text → its atoms: words, numbers, signs and list marks, with their places and what each is by itself."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.spelling import Form, Node, folded

# Words in plain letters come first because most atoms are such; the order changes nothing else.
ATOM: Final = re.compile(
    r"[A-Za-z][A-Za-z]*(?![^\W\d_]|['’])|[A-Za-z]+(?:['’]?[^\W\d_]+)*"
    r"|\n(?:[ \t]*\n)*[ \t]*(?:[-*•●·–▪◦o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])(?=[ \t])|\n[ \t]*\n"
    r"|\d+(?:[.,．，]\d+)*|(?<!\w)\.\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|&#?\w{2,6};|[^\s\\\u200b\u2060\ufeff]"
)
_MOST: Final = 50_000


class Forms:
    """The forms met so far, for a lexicon; all are forgotten when there are too many."""

    def __init__(self, first: dict[str, Node]) -> None:
        self._first = first
        self.known: dict[str, Form] = {}

    def new(self, surface: str) -> Form:
        """The form of an atom that was not met before."""
        if len(self.known) > _MOST:
            self.known.clear()
        word = folded(surface)
        form = self.known[surface] = Form(surface, word, self._first.get(word))
        return form


class Atoms:
    """The atoms of one text, side by side: `forms`, their folded `words`, `starts`, `ends`, and whether each is `glued`
    to the one before.
    """

    __slots__ = ("ends", "forms", "glued", "starts", "words")

    def __init__(self, text: str, forms: Forms) -> None:
        self.forms, self.words = list[Form](), list[str]()
        self.starts, self.ends, self.glued = list[int](), list[int](), list[bool]()
        surfaces: list[str] = ATOM.findall(text)
        known, end = forms.known, 0
        for surface in surfaces:
            form = known.get(surface)
            if form is None:
                form = forms.new(surface)
            start = _place(text, surface, end)
            self.forms.append(form)
            self.words.append(form.folded)
            self.starts.append(start)
            self.glued.append(start == end and start > 0)
            end = start + len(surface)
            self.ends.append(end)

    def cut(self, start: int, end: int) -> None:
        """Leave out the atoms from one place to another."""
        del self.forms[start:end], self.words[start:end], self.glued[start:end]
        del self.starts[start:end], self.ends[start:end]


def _place(text: str, surface: str, start: int) -> int:
    """Where the next atom stands. Only white space, backslashes and what has no width lie before it, so it
    begins where its letter does; a line end may be white space as well.
    """
    first = surface[0]
    if first == "\n":
        return text.find(surface, start)
    while text[start] != first:
        start += 1
    return start
