"""Whether a text is in English at all: by its function words, and by its letters."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

from eligibility.rules.atoms import Atoms
from eligibility.rules.spelling import ENGLISH, FOREIGN, Form

_FAR: Final = 20_000
_NEAR: Final = 2_000
# So many words of English have a function word among them.
_MANY: Final = 25
_WORD: Final = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT: Final = re.compile("[\u0400-\u1fff\u2c00-\uffff\U00010000-\U0010ffff]")


def in_english(text: str, atoms: Atoms) -> bool:
    """Whether the beginning of a text can be read."""
    if _others(atoms.forms[: bisect_left(atoms.starts, _FAR)]) and foreign_words(text):
        return False
    near = text[:_NEAR]
    if not text.isascii() and _OTHER_SCRIPT.search(near):
        words = _WORD.findall(near)
        letters = sum(map(len, words))
        if letters and sum(char > "\u03ff" for word in words for char in word) / letters > 0.3:
            return False
    return _known(atoms.forms[: bisect_left(atoms.starts, _NEAR)])


def _others(forms: list[Form]) -> bool:
    return any(form.foreign for form in forms)


def _known(forms: list[Form]) -> bool:
    """Whether there is a function word of English, where there are many words."""
    return len(forms) < _MANY or any(form.english for form in forms) or sum(form.letters for form in forms) < _MANY


def foreign_words(text: str) -> bool:
    """Whether a text has more function words of other languages than of English."""
    found = _WORD.findall(text[:_FAR])
    shouted = text.isupper()
    english, foreign = 0, 0
    for word in found:
        if not shouted and word.isupper():  # "Los Angeles (LA)"
            continue
        said = word.casefold()
        english += said in ENGLISH
        foreign += said in FOREIGN and len(said) > 1
    return foreign > max(1, english)
