"""Text → tokens: a walk over the atoms of a text, the longest spelling of the lexicon first.

A token may be of several types ("of" links, dates and fills); the grammar takes the first that fits its place.
Offsets are code points of the text as given; escapes, entities and wraps stay in the text and out of the tokens.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.atoms import Atoms
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.matcher import Matcher
from eligibility.rules.numbers import NUMBER_WORDS, read_number
from eligibility.rules.token import Token

_MULTIPLY: Final = frozenset("x×*·")
_SUPERSCRIPTS: Final = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹")
_BEFORE_ITEM: Final = frozenset((":", ";", ",", ".", "and", "or"))
_SIGNED: Final = frozenset(("GE", "GT", "LE", "LT", "BETWEEN"))
_LEVELS: Final = re.compile(r"[0-6](?:,[0-6])+")
_COMPARISONS: Final = frozenset(("GE", "GT", "LE", "LT"))
_LETTERS: Final = frozenset((("WORD",), ("LEVEL", "WORD"), ("AND",)))
_BESIDE_NAMES: Final = frozenset(("LINK", "FILLER", "GRADE"))
_METHODS: Final = _BESIDE_NAMES | {"METHOD", "CURRENT"}
_LONGEST_ALIAS: Final = 9
_NUMBERED_LEVELS: Final = frozenset(range(10))
_AND_A_HALF: Final = (["and", "a", "half"], ["and", "one", "half"])
_BETWEEN_LEVELS: Final = frozenset(("COMMA", "OR", "AND", "SLASH"))
_ENDS: Final = frozenset(("ITEM", "STOP"))


def tokenize(text: str, lexicon: Lexicon, atoms: Atoms | None = None) -> list[Token]:
    """The tokens of a text, in reading order, with exact offsets.

    Atoms that no spelling covers become WORD; numbers become NUM (list numbers ITEM); nothing is left out
    but white space and backslashes. `atoms` are those of the text, where they are known already.
    """
    tokens = _without_aliases(_Walk(text, lexicon, atoms or Atoms(text, lexicon.met)).tokens())
    for at in range(1, len(tokens) - 3):
        if tokens[at].types[0] == "EQ" and _lists_levels(tokens, at + 1):
            tokens[at].types, tokens[at].type = ("LINK",), "LINK"
    return tokens


def _lists_levels(tokens: list[Token], at: int) -> bool:
    """ "ECOG = 0, 1": whether a list of levels stands here, so that the sign before it says no more than "is"."""
    behind = next((i for i in range(at + 1, len(tokens)) if tokens[i].types[0] not in _BETWEEN_LEVELS), at + 1)
    levels = all(tokens[i].types[0] == "NUM" or "LEVEL" in tokens[i].types for i in (at, behind))
    return levels and behind > at + 1 and not (behind + 1 < len(tokens) and tokens[behind + 1].unit)


def _without_aliases(tokens: list[Token]) -> list[Token]:
    """ "international normalized ratio [INR]": a second name in brackets belongs to the first.

    Read from the right, so that a name within the brackets has taken in its own second name before.
    """
    if not any(token.types[0] == "LPAR" for token in tokens):
        return tokens
    out: list[Token] = []
    for token in reversed(tokens):
        while out and out[-1].types[0] == "LPAR" and (upto := _alias(token, out)):
            token.end = out[-upto].end
            shared = {key for inner in out[-upto:] for key in inner.names}
            token.names = tuple(key for key in token.names if key in shared) or token.names
            del out[-upto:]
        out.append(token)
    return out[::-1]


def _alias(name: Token, behind: list[Token]) -> int:
    """How many tokens behind a name (the next one last) are its second name, its method or a citation in brackets."""
    named = bool(name.names or name.things) or name.types[0] in _COMPARISONS
    if not named:
        return 0
    closing = next((n for n in range(2, _LONGEST_ALIAS) if len(behind) > n and behind[-1 - n].types[0] == "RPAR"), 0)
    inner = behind[-closing:-1] if closing else []
    return closing + 1 if inner and _says_again(name, inner, behind[-1].text) else 0


def _says_again(name: Token, inner: list[Token], opening: str) -> bool:
    """ "(SGOT)", "(H&Y)", "(using the MDRD equation)", "[18]" behind a name; "(≤)" behind a comparison."""
    if name.types[0] in _COMPARISONS:
        return len(inner) == 1 and inner[0].types[0] == name.types[0]
    if opening == "[" and len(inner) == 1 and inner[0].types == ("NUM",):
        return bool(name.names)
    if name.graded and any("LEVEL" in token.types for token in inner):
        return False
    letters = "".join(token.text for token in inner if token.text[0].isalnum())
    if all(token.types in _LETTERS or not token.text[0].isalnum() for token in inner) and len(letters) > 1:
        return letters.isalpha() and letters.isupper()
    if {*name.names, *name.things} & {key for token in inner for key in (*token.names, *token.things)}:
        return all(token.names or token.things or not _BESIDE_NAMES.isdisjoint(token.types) for token in inner)
    kinds = [token.types for token in inner]
    return any("METHOD" in types for types in kinds) and all(not _METHODS.isdisjoint(types) for types in kinds)


class _Walk(Matcher):
    """One pass over the atoms of one text."""

    def tokens(self) -> list[Token]:
        at = 0
        # most atoms are words, and most of those stand in no spelling: they need no look at what else they may be
        while at < self.count:
            if not self.forms[at].word:
                at = self._step(at)
            elif self.forms[at].node is None:
                at = self._plain(at)
            else:
                at = self._longest(at) or self._plain(at)
        return self.out

    def _step(self, at: int) -> int:
        """One token of what is not simply a word: marks, numbers, signs, single letters."""
        atom = self.words[at]
        first = atom[0]
        if first == "\n":
            return self._emit(("ITEM",) if atom.strip() else ("STOP",), at, at + 1)
        if first == "(" or self.forms[at].listed:
            item = self._list_number(at)
            if item:
                return self._emit(("ITEM",), at, item)
        if first.isdigit() or (first == "." and len(atom) > 1):
            return self._number(at)
        if first in "-−–" and self._signs(at):
            upto = self._number(at + 1)
            number = next(token for token in reversed(self.out) if token.types[0] == "NUM")
            number.start, number.number = self.starts[at], -number.number
            return upto
        if first == "." and self._ends_sentence(at):
            return self._emit(("STOP",), at, at + 1)
        if first == "/" and self.out and ("LEVEL" in self.out[-1].types or self._graded()):
            return self._emit(("SLASH",), at, at + 1)  # "stage C/D" is no stage a day
        taken = self._longest(at)
        if taken:
            return taken
        return self._number_word(at) if atom in NUMBER_WORDS else self._plain(at)

    def _plain(self, at: int) -> int:
        return self._emit(("LEVEL", "WORD") if self.forms[at].level else ("WORD",), at, at + 1)

    def _signs(self, at: int) -> bool:
        """Whether a dash is the sign of the number glued behind it: it follows a comparison, not a number or word."""
        if at + 1 >= self.count or not self._digit(at + 1) or not self.glued[at + 1]:
            return False
        if len(self.out) > 1 and self.out[-1].types[0] in ("AND", "TO") and self.out[-2].number < 0:
            return read_number(self.words[at + 1]) is not None
        return (
            bool(self.out)
            and not _SIGNED.isdisjoint(self.out[-1].types)
            and read_number(self.words[at + 1]) is not None
        )

    # ------------------------------------------------------------ lists and sentences

    def _list_number(self, at: int) -> int:
        """The atom after an inline list number "1)", "(2)", "a)" that starts here, else 0."""
        if self.words[at] == "(" and self._opens_item(at) and at + 2 < self.count and self.words[at + 2] == ")":
            return at + 3 if self.forms[at + 1].listed else 0
        if self.depth == 0 and self.forms[at].listed and at + 1 < self.count and self.words[at + 1] == ")":
            return at + 2 if self.words[at].isdigit() or self._opens_item(at) else 0
        return 0

    def _opens_item(self, at: int) -> bool:
        return at == 0 or self.words[at - 1] in _BEFORE_ITEM or (self.out[-1].types[0] in _ENDS)

    def _ends_sentence(self, at: int) -> bool:
        if at + 1 == self.count:
            return True
        if [token.types[0] for token in self.out[-2:]] == ["ITEM", "NUM"]:
            return False
        following = self.text[self.starts[at + 1]]
        return not self.glued[at + 1] and (following.isupper() or following in "(0123456789≥≤<>-*•")

    # ------------------------------------------------------------ numbers

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
