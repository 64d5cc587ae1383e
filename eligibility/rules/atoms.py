"""A text → its atoms: words, numbers, signs and list marks, with their places and what each is by itself."""

from __future__ import annotations

import re
from operator import add, eq

from eligibility.rules.numbers import LEVEL, NUMBER_WORDS

# Words in plain letters come first because most atoms are such; the order changes nothing else.
ATOM = re.compile(
    r"[A-Za-z]+(?:['’]?[^\W\d_]+)*"
    r"|\n(?:[ \t]*\n)*[ \t]*(?:[-*•●·–▪◦o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])(?=[ \t])|\n[ \t]*\n"
    r"|\d+(?:[.,．，]\d+)*|(?<!\w)\.\d+|[^\W\d_]+(?:['’][^\W\d_]+)*|&#?\w{2,6};|[^\s\\]"
)
MAX_FORMS = 50_000
_FOLDED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹’", "0123456789'")


class Form:
    """How an atom is spelt, wherever it stands.

    `folded` is what the lexicon knows it by, `level` whether it may be the level of a scale, `listed` whether it may
    number a list ("2", "b"), `word` whether it is letters that are no list number and no number word.
    """

    __slots__ = ("folded", "level", "listed", "word")

    def __init__(self, surface: str) -> None:
        self.folded = folded = surface.translate(_FOLDED).casefold()
        self.level = LEVEL.fullmatch(surface) is not None
        self.listed = (folded.isdigit() and len(folded) <= 2) or (len(folded) == 1 and folded.isalpha())
        self.word = len(folded) > 1 and folded[0].isalpha() and folded not in NUMBER_WORDS


class _Forms(dict[str, Form]):
    """The forms met so far; all are forgotten when there are too many."""

    def __missing__(self, surface: str) -> Form:
        if len(self) > MAX_FORMS:
            self.clear()
        form = self[surface] = Form(surface)
        return form


_forms = _Forms()


def fold(atom: str) -> str:
    """An atom as the lexicon keeps it: case and superscripts folded."""
    return _forms[atom].folded


class Atoms:
    """The atoms of one text, side by side: `forms`, their folded `words`, `starts`, `ends`, and whether each is `glued`
    to the one before.
    """

    __slots__ = ("ends", "forms", "glued", "starts", "words")

    def __init__(self, text: str) -> None:
        surfaces = ATOM.findall(text)
        self.forms = [_forms[surface] for surface in surfaces]
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
