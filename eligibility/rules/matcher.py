"""Spellings matched at a place: the longest valid one becomes a token, units only where a number stands before."""

from __future__ import annotations

from typing import Final

from eligibility.rules.atoms import Atoms
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.numbers import LEVEL
from eligibility.rules.spelling import SUFFIXES, UNIT_TYPES, Meaning, Node, Spelling, squeezed
from eligibility.rules.token import Token

# Words to which a number may be glued: "BMI25-35", "grade3", "age18", "x10".
_NUMBERED: Final = frozenset(("NAME", "GRADE", "OR", "AND", "TIMES", "GE", "GT", "LE", "LT", "TO", "BETWEEN", "LINK"))
_UNIT_LEADS: Final = frozenset("x×*·-")
POWERS: Final = frozenset(("10", "109", "106", "103", "1012", "10e9"))
_NOT_AFTER_SUFFIX: Final = frozenset(("than", "then", "equal"))


class Matcher:
    """The atoms of one text, the tokens made so far, and how a spelling becomes one."""

    def __init__(self, text: str, lexicon: Lexicon, atoms: Atoms) -> None:
        self.text = text
        self.lexicon = lexicon
        self.forms, self.words, self.glued = atoms.forms, atoms.words, atoms.glued
        self.starts, self.ends = atoms.starts, atoms.ends
        self.count = len(atoms.words)
        self.out: list[Token] = []
        self.depth = 0
        # capitals mark a short name ("ALL" the leukaemia) unless the whole text is in capitals
        self.shouted = text.isupper()
        self.folded = ""

    def _emit(self, types: tuple[str, ...], at: int, upto: int) -> int:
        start, end = self.starts[at], self.ends[upto - 1]
        self.out.append(Token(types, self.text[start:end], start, end, self.glued[at]))
        return upto

    def _unit(self, at: int) -> int:
        """The unit that starts here, with or without a sign of multiplication; `at` when there is none."""
        found = self._unit_from(at) or self._bracketed_unit(at)
        if not found and at < self.count and self.words[at] == "." and self.glued[at]:
            found = self._unit_from(at + 1)  # "1. mg/dL"
        if not found:
            return at
        upto, meaning, first = found
        if meaning.key == "year" and self._aged(first) > upto:
            return self._longest(first)
        self._emit((meaning.type,), first, upto)
        self.out[-1].unit = meaning.key
        again = self._bracketed_unit(upto)
        if again and again[1].key == meaning.key:
            upto, self.out[-1].end = again[0], self.ends[again[0] - 1]
        return upto

    def _bracketed_unit(self, at: int) -> tuple[int, Meaning, int] | None:
        """ "60 (mL/min)", and once more behind the unit in words: "40 percent (%)"."""
        if at >= self.count or self.words[at] not in ("(", "["):
            return None
        upto, unit = self._match_unit(at + 1)
        closed = unit is not None and upto < self.count and self.words[upto] in (")", "]")
        return (upto + 1, unit, at) if closed and unit is not None else None

    def _aged(self, at: int) -> int:
        """The atom after a spelling that makes a number an age ("y/o"); 0 when none starts here."""
        upto, spelling = self._spelling(at)
        return upto if spelling is not None and spelling.types == ("AGED",) else 0

    def _unit_from(self, at: int) -> tuple[int, Meaning, int] | None:
        for first in (at, at + 1):
            if first < self.count and (first == at or self.words[at][0] in _UNIT_LEADS):
                upto, unit = self._match_unit(first)
                if unit and (first == at or self.words[first] in POWERS or self.words[at] == "-"):
                    return upto, unit, at
        return None

    def _longest(self, at: int) -> int:
        """The longest spelling that starts here becomes a token; 0 when there is none."""
        upto, spelling = self._spelling(at)
        if spelling is None:
            return 0
        start, end = self.starts[at], self.ends[upto - 1]
        surface = self.text[start:end]
        types = spelling.types
        if end - start < 5 and (self.forms[at].level if upto == at + 1 else LEVEL.fullmatch(surface)):
            types = ("LEVEL", *types)
        elif spelling.filler and end - start > 1 and not self.shouted and surface.isupper():
            types = ("WORD",)
        self.depth += spelling.opens
        token = Token(types, surface, start, end, self.glued[at], spelling.names, spelling.things, spelling.graded)
        token.findings = spelling.findings
        self.out.append(token)
        counted = spelling.open_ended and len(self.out) > 1 and self.out[-2].types[0] == "NUM"  # "3 or more months"
        return self._unit(upto) if spelling.multiple or counted else upto

    def _spelling(self, at: int) -> tuple[int, Spelling | None]:
        """(atom after the longest valid spelling that starts here, the spelling with its valid meanings)."""
        behind, best, upto = 0, None, at
        node = self.forms[at].node if at < self.count else None
        while node is not None:
            upto += 1
            spelling = node.spelling
            if spelling is not None and spelling.types and not self._cut(upto, spelling.types):
                if spelling.plain:
                    behind, best = upto, spelling
                elif valid := self._valid_words(spelling, at, upto):
                    behind, best = upto, self.lexicon.narrowed(valid)
            node = self._following(node, upto)
        return behind, best

    def _following(self, node: Node, at: int) -> Node | None:
        """Where a spelling goes on with the atom that stands here."""
        return node.following.get(self.words[at]) if node.following and at < self.count else None

    def _valid_words(self, spelling: Spelling, at: int, upto: int) -> tuple[Meaning, ...]:
        """The meanings that are valid here, those spelt exactly so before the others; units are not among them."""
        words = (meaning for meaning in spelling.meanings if meaning.type not in UNIT_TYPES)
        valid = [meaning for meaning in words if self._valid(meaning, at, upto)]
        return tuple(sorted(valid, key=lambda meaning: meaning.exact is None))

    def _match_unit(self, at: int) -> tuple[int, Meaning | None]:
        """(atom after the longest unit that starts here, the unit); an exact spelling before a folded one."""
        behind, best, upto = 0, None, at
        node = self.forms[at].node if at < self.count else None
        while node is not None:
            upto += 1
            if node.spelling is not None and node.spelling.units:
                units = [m for m in node.spelling.meanings if m.type in UNIT_TYPES and self._valid(m, at, upto)]
                if units:
                    behind, best = upto, min(units, key=lambda unit: unit.exact is None)
            node = self._following(node, upto)
        return behind, best

    def _valid(self, meaning: Meaning, at: int, upto: int) -> bool:
        if meaning.type in SUFFIXES:
            if self.words[upto - 1] == "up" and upto < self.count and self.glued[upto] and self.words[upto] == "/":
                return False  # "class A and UP/C at least …"
            return not (upto < self.count and (self.words[upto] in _NOT_AFTER_SUFFIX or self._digit(upto)))
        if meaning.exact is not None and squeezed(self.text[self.starts[at] : self.ends[upto - 1]]) != meaning.exact:
            return False
        if meaning.near:
            self.folded = self.folded or self.text.casefold()
            return any(near in self.folded for near in meaning.near)
        return True

    def _digit(self, at: int) -> bool:
        return self.words[at][0].isdigit()

    def _cut(self, upto: int, types: tuple[str, ...]) -> bool:
        """Whether a spelling would end in the middle of a word ("HbA" of "HbA1c", "her" of "HER2")."""
        if upto >= self.count or not self.glued[upto]:
            return False
        last, following = self.words[upto - 1][-1], self.words[upto][0]
        if last.isalpha() and following.isdigit():
            article = "LINK" in types and len(self.words[upto - 1]) == 1  # "with A1c"
            return article or _NUMBERED.isdisjoint(types)
        return last.isdigit() and following.isalpha() and upto > 1
