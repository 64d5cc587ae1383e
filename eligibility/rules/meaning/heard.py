"""The words of a text as the tables of questions know them: small letters, "non-compliance" in one."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from eligibility.rules.atoms import Atoms
from eligibility.vocabulary.judgement import JOINED

_HYPHENS: Final = frozenset("-‐‑")


class Heard:
    """The words of one text and where each begins."""

    __slots__ = ("starts", "words")

    def __init__(self, atoms: Atoms) -> None:
        self.words, self.starts = list[str](), list[int]()
        prefix, start = "", 0
        for at in range(len(atoms.forms)):
            said = atoms.forms[at].said
            if prefix:
                if not said and atoms.words[at] in _HYPHENS:
                    continue
                if said and atoms.forms[at].letters:
                    self.words.append(prefix + said)
                    self.starts.append(start)
                    prefix = ""
                    continue
                self.words.append(prefix)
                self.starts.append(start)
                prefix = ""
            if said in JOINED:
                prefix, start = said, atoms.starts[at]
            elif said:
                self.words.append(said)
                self.starts.append(atoms.starts[at])
        if prefix:
            self.words.append(prefix)
            self.starts.append(start)

    def within(self, start: int, end: int) -> list[str]:
        """The words that begin in a place of the text."""
        return self.words[bisect_left(self.starts, start) : bisect_left(self.starts, end)]
