"""Numbers as written in criteria: digits, thousands, decimal commas, words; levels as written."""

from __future__ import annotations

import re
from typing import Final

LEVEL: Final = re.compile(r"[Ⅰ-Ⅵ]|(?:I{1,3}|IV|V|VI)(?:[A-Ca-c]\d?)?|ii|iii|iv|[A-E]")
NUMBER_WORDS: Final[dict[str, float]] = {
    **{
        word: value
        for value, word in enumerate(
            (
                *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
                *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
                *("nineteen", "twenty"),
            )
        )
    },
    **{"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "half": 0.5},
}
_FULLWIDTH: Final = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PLAIN: Final = re.compile(r"\d*\.\d+|\d+")
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d{1,2}|0,\d+")


FRACTIONS: Final = {
    **{"½": 0.5, "1/2": 0.5, "¼": 0.25, "1/4": 0.25, "¾": 0.75, "3/4": 0.75},
    **{"⅓": 1 / 3, "1/3": 1 / 3, "⅔": 2 / 3, "2/3": 2 / 3},
}


def read_number(atom: str) -> float | None:
    """The value of a number as written; None when it is none of the known forms (dates, versions)."""
    atom = atom.translate(_FULLWIDTH)
    if _PLAIN.fullmatch(atom):
        return float(atom)
    if _THOUSANDS.fullmatch(atom):
        return float(atom.replace(",", ""))
    if _DECIMAL_COMMA.fullmatch(atom):
        return float(atom.replace(",", "."))
    return None
