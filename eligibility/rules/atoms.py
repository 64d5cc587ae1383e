"""A text → its atoms: words, numbers, signs and list marks, with their places and what each is by itself."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.spelling import Form, Node, folded

_MARK: Final = r"\n(?:[ \t]*\n)*[ \t]*(?:[-*•●·–▪◦o]|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)])(?=[ \t])|\n[ \t]*\n"
# Words in plain letters come first because most atoms are such; the order changes nothing else.
# "Crohn's" as registers keep it: the mark may be escaped, an accent, an entity, or lost to a question mark.
_MARKED: Final = r"(?:\\?['’´`]|&(?:#39|apos|rsquo);|\?(?=s\b))"
ATOM: Final = re.compile(
    rf"[A-Za-z][A-Za-z]*(?![^\W\d_]|{_MARKED})|[A-Za-z]+(?:{_MARKED}?[^\W\d_]+)*|{_MARK}"
    rf"|\d+(?:[.,．，]\d+)*|(?<!\w)\.\d+|[^\W\d_]+(?:{_MARKED}[^\W\d_]+)*|&#?\w{{2,6}};|[^\s\\\u200b\u2060\ufeff]"
)
_LIST_MARK: Final = re.compile(_MARK)
_MOST: Final = 50_000
_LONGEST: Final = 40
_SIGNS: Final = frozenset(",.;:)")


class Stretch:
    """The several atoms between two spaces: their forms, and where each begins and ends there."""

    __slots__ = ("ends", "forms", "starts")

    def __init__(self, forms: tuple[Form, ...], starts: tuple[int, ...], ends: tuple[int, ...]) -> None:
        self.forms, self.starts, self.ends = forms, starts, ends


class Forms:
    """The forms met so far, for a lexicon, and the stretches between two spaces; too many of them are forgotten."""

    def __init__(self, first: dict[str, Node]) -> None:
        self._first = first
        self.known: dict[str, Form] = {}
        self.stretches: dict[str, Stretch] = {}

    def form(self, surface: str) -> Form:
        """The form of an atom."""
        known = self.known.get(surface)
        if known is not None:
            return known
        if len(self.known) > _MOST:
            self.known.clear()
        word = folded(surface)
        form = self.known[surface] = Form(surface, word, self._first.get(word))
        return form

    def initial(self, letter: str, behind: str) -> bool:
        """ "T. bili", "E. coli" at the beginning of a line: the letter begins a name, and is no mark of a list."""
        node: Node | None = self._first.get(letter.lower())
        for atom in (".", *behind.split(None, 1)[:1]):
            node = node.following.get(folded(atom)) if node is not None else None
        return node is not None

    def stretch(self, text: str) -> Stretch:
        """The atoms of a text without spaces that was not met before."""
        atoms = list(ATOM.finditer(text))
        stretch = Stretch(
            tuple([self.form(atom.group()) for atom in atoms]),
            tuple([atom.start() for atom in atoms]),
            tuple([atom.end() for atom in atoms]),
        )
        if len(atoms) > 1 and len(text) <= _LONGEST:
            if len(self.stretches) > _MOST:
                self.stretches.clear()
            self.stretches[text] = stretch
        return stretch


class Atoms:
    """The atoms of one text, side by side: `forms`, their folded `words`, `starts`, `ends`, and whether each is `glued`
    to the one before.

    White space parts atoms wherever it stands but in the marks of lists, so that a text is read by what stands between.
    """

    __slots__ = ("ends", "forms", "glued", "starts", "words")

    def __init__(self, text: str, forms: Forms) -> None:
        self.forms, self.words = list[Form](), list[str]()
        self.starts, self.ends, self.glued = list[int](), list[int](), list[bool]()
        at = 0
        if "\n" in text:
            for mark in _LIST_MARK.finditer(text):
                start, end = mark.span()
                if text[end - 1] == "." and forms.initial(text[end - 2], text[end:]):
                    continue
                self._read(text, at, start, forms)
                self._add(forms.form(mark.group()), start, end)
                at = end
        self._read(text, at, len(text), forms)

    def cut(self, start: int, end: int) -> None:
        """Leave out the atoms from one place to another."""
        del self.forms[start:end], self.words[start:end], self.glued[start:end]
        del self.starts[start:end], self.ends[start:end]

    def _add(self, form: Form, start: int, end: int) -> None:
        self.glued.append(start > 0 and bool(self.ends) and self.ends[-1] == start)
        self.forms.append(form)
        self.words.append(form.folded)
        self.starts.append(start)
        self.ends.append(end)

    def _read(self, text: str, start: int, end: int, forms: Forms) -> None:
        for between in text[start:end].split():
            start = text.find(between, start)
            end = start + len(between)
            form = forms.known.get(between)
            if form is not None:
                self._add(form, start, end)
            elif between[-1] in _SIGNS and (form := forms.known.get(between[:-1])) is not None:
                self._add(form, start, end - 1)
                self._add(forms.form(between[-1]), end - 1, end)
            else:
                stretch = forms.stretches.get(between)
                if stretch is None:
                    stretch = forms.stretch(between)
                for at in range(len(stretch.starts)):
                    self._add(stretch.forms[at], start + stretch.starts[at], start + stretch.ends[at])
            start = end
