"""Numbers as they are written over several atoms: powers, thousands, fractions, words, levels; and their units."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.matcher import Matcher
from eligibility.rules.numbers import FRACTIONS, NUMBER_WORDS, read_number
from eligibility.rules.token import Token

_MULTIPLY: Final = frozenset("x×*·")
_SUPERSCRIPTS: Final = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
_LEVELS: Final = re.compile(r"[0-6](?:,[0-6])+")
_NUMBERED_LEVELS: Final = frozenset(range(10))
_AND_A_HALF: Final = (["and", "a", "half"], ["and", "one", "half"])


class Numerals(Matcher):
    """A walk over the atoms of one text that can take a number in."""

    def _number(self, at: int) -> int:
        atom, start = self.words[at], self.starts[at]
        if _LEVELS.fullmatch(atom) and self._graded():
            return self._several_levels(at)
        value = read_number(atom)
        if value is None or (start > 0 and self.text[start - 1].isalpha() and not self._after_measure()):
            return self._longest(at) or self._emit(("WORD",), at, at + 1)
        if not self._after_number():
            named = self._longest(at)
            if named and self.out[-1].types[0] not in ("UNIT", "TIME"):
                return named
        upto, value = self._power_of_ten(at) or self._power(at + 1, value)
        upto, value = self._thousand(upto, value)
        upto, value = self._fraction(upto, value)
        upto = self._in_words(upto, value)
        self._emit(("NUM",), at, upto)
        self.out[-1].number = value
        upto = self._sub_level(upto)
        return self._unit(upto)

    def _graded(self) -> bool:
        """Whether a scale was named just before: there "0,1" are two levels, not a decimal."""
        return any(token.graded or token.types[0] == "GRADE" for token in self.out[-3:])

    def _several_levels(self, at: int) -> int:
        start = self.starts[at]
        upto = self._emit(("NUM",), at, at + 1)
        whole = self.out.pop()
        for i, char in enumerate(whole.text):
            token = Token(("NUM",) if char != "," else ("COMMA",), char, start + i, start + i + 1, i > 0)
            token.number = float(char) if char != "," else 0.0
            self.out.append(token)
        return upto

    def _after_measure(self) -> bool:
        """Whether the token before may be glued to its number ("BMI25", "ECOG≤2", "x10")."""
        return bool(self.out) and self.out[-1].types[0] not in ("WORD", "FILLER", "THING")

    def _after_number(self) -> bool:
        return bool(self.out) and self.out[-1].types[0] == "NUM"

    def _power_of_ten(self, at: int) -> tuple[int, float] | None:
        """ "10^5", "10⁵": a power written alone; None when it is not one, or the unit's own ("10^9/L")."""
        words = self.words
        if words[at] != "10" or at + 1 >= self.count or not self.glued[at + 1]:
            return None
        raised = self.text[self.starts[at + 1]] in _SUPERSCRIPTS
        sign = at + 1 + (words[at + 1] in ("^", "e"))
        if (not raised and sign == at + 1) or sign >= self.count or not _is_power(words[sign]):
            return None
        return sign + 1, 10.0 ** int(words[sign])

    def _power(self, at: int, value: float) -> tuple[int, float]:
        """A power of ten after the number ("x 10^3") that is not part of a unit multiplies it."""
        words = self.words
        if self._exponent(at):
            return at + 2, value * 10.0 ** int(words[at + 1])
        raised = self._power_of_ten(at + 1) if at + 1 < self.count and words[at] in _MULTIPLY else None
        if raised and not self._unit_from(at):
            return raised[0], value * raised[1]
        if at + 3 < self.count and words[at] in _MULTIPLY and words[at + 1] == "10":
            sign = at + 2 + (words[at + 2] in ("^", "*", "e"))
            sign += words[sign] == "*"
            if sign > at + 2 and _is_power(words[sign]) and not self._unit_from(at):
                return sign + 1, value * 10 ** int(words[sign])
        return at, value

    def _exponent(self, at: int) -> bool:
        """Whether "E9" of "1.5E9/L" stands here."""
        if at + 1 >= self.count or self.words[at] != "e" or not (self.glued[at] and self.glued[at + 1]):
            return False
        return self.words[at + 1].isdigit() and len(self.words[at + 1]) <= 2

    def _thousand(self, at: int, value: float) -> tuple[int, float]:
        """ "100 000", "15, 000" and "100K" are one number."""
        if at >= self.count:
            return at, value
        atom = self.words[at]
        gap = self.starts[at] - self.ends[at - 1]
        if atom == "," and not gap and at + 1 < self.count and self.words[at + 1] == "000" and value < 1000:
            return at + 2, value * 1000
        if atom == "000" and gap == 1 and value < 1000:
            return at + 1, value * 1000
        if atom == "k" and gap <= 1 and not self._unit_from(at):
            return at + 1, value * 1000
        return at, value

    def _fraction(self, at: int, value: float) -> tuple[int, float]:
        """ "1½", "1 1/2": a whole number and a part of one."""
        if at >= self.count or not value.is_integer() or self.starts[at] - self.ends[at - 1] > 1:
            return at, value
        part = FRACTIONS.get(self.words[at])
        if part is not None:
            return at + 1, value + part
        part = FRACTIONS.get("".join(self.words[at : at + 3]))
        if part is None or self.glued[at] or not (self.glued[at + 1] and self.glued[at + 2]):
            return at, value
        return at + 3, value + part

    def _in_words(self, at: int, value: float) -> int:
        """The atom after "(twelve)" behind 12; `at` when the number is not said again so."""
        words = self.words[at : at + 3]
        again = len(words) == 3 and words[0] == "(" and words[2] == ")" and NUMBER_WORDS.get(words[1]) == value
        return at + 3 if again else at

    def _sub_level(self, at: int) -> int:
        """ "3a", "3b": a level, not a number with a unit."""
        if self.out[-1].number not in _NUMBERED_LEVELS:
            return at
        if at < self.count and self.words[at] in ("a", "b", "c") and self.starts[at] == self.out[-1].end:
            token = self.out[-1]
            token.end = self.ends[at]
            token.text = self.text[token.start : token.end]
            token.types = ("LEVEL",)
            return at + 1
        return at

    def _number_word(self, at: int) -> int:
        words = self.words
        value = float(NUMBER_WORDS[words[at]])
        upto = at + 1
        if (
            upto + 1 < self.count
            and words[upto] == "-"
            and 20 <= value < 100
            and 0 < NUMBER_WORDS.get(words[upto + 1], 0) < 10
        ):
            value += NUMBER_WORDS[words[upto + 1]]
            upto += 2
        if words[upto : upto + 3] in _AND_A_HALF:
            value, upto = value + 0.5, upto + 3
        restated = words[upto : upto + 3]
        if len(restated) == 3 and restated[0] == "(" and restated[2] == ")" and read_number(restated[1]) == value:
            upto += 3
        self._emit(("NUM",), at, upto)
        self.out[-1].number = value
        return self._unit(upto)


def _is_power(atom: str) -> bool:
    """Whether digits can be a power of ten: at most two, so that no number overflows."""
    return atom.isdecimal() and len(atom) <= 2
