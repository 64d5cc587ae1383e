"""Spellings matched at a place: the longest valid one becomes a token, units only where a number stands before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.rules.lexicon import (
    ATOM,
    SUFFIXES,
    UNIT_TYPES,
    Lexicon,
    Meaning,
    Spelling,
    fold,
    read_meanings,
    squeezed,
)
from eligibility.rules.numbers import LEVEL
from eligibility.rules.token import Token

Atom = tuple[str, int, int]

# Words to which a number may be glued: "BMI25-35", "grade3", "age18", "x10".
_NUMBERED = frozenset(("NAME", "GRADE", "TIMES", "GE", "GT", "LE", "LT", "TO", "BETWEEN", "LINK"))
_UNIT_LEADS = frozenset("x×*·-")
_NOT_AFTER_SUFFIX = frozenset(("than", "then", "equal"))


class Matcher:
    """The atoms of one text, the tokens made so far, and how a spelling becomes one."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self.root = lexicon.root
        self.scales = lexicon.scales
        self.atoms: list[Atom] = [(fold(m[0]), m.start(), m.end()) for m in ATOM.finditer(text)]
        self.out: list[Token] = []
        self.depth = 0
        # capitals mark a short name ("ALL" the leukaemia) unless the whole text is in capitals
        self.shouted = text.isupper()
        self.folded = ""

    def _emit(self, types: tuple[str, ...], at: int, upto: int) -> int:
        start, end = self.atoms[at][1], self.atoms[upto - 1][2]
        glued = at > 0 and self.atoms[at - 1][2] == start
        token = Token(types, self.text[start:end], start, end, glued)
        self.depth += (types[0] == "LPAR") - (types[0] == "RPAR")
        self.out.append(token)
        return upto

    def _unit(self, at: int) -> int:
        """The unit that starts here, with or without a sign of multiplication; `at` when there is none."""
        found = self._unit_from(at) or self._bracketed_unit(at)
        if (
            not found
            and at < len(self.atoms)
            and self.atoms[at][0] == "."
            and self.atoms[at - 1][2] == self.atoms[at][1]
        ):
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
            upto, self.out[-1].end = again[0], self.atoms[again[0] - 1][2]
        return upto

    def _bracketed_unit(self, at: int) -> tuple[int, Meaning, int] | None:
        """ "60 (mL/min)", and once more behind the unit in words: "40 percent (%)"."""
        if at >= len(self.atoms) or self.atoms[at][0] not in ("(", "["):
            return None
        upto, unit = self._match_unit(at + 1)
        closed = unit is not None and upto < len(self.atoms) and self.atoms[upto][0] in (")", "]")
        return (upto + 1, unit, at) if closed and unit is not None else None

    def _aged(self, at: int) -> int:
        """The atom after a spelling that makes a number an age ("y/o"); 0 when none starts here."""
        upto, spelling, _ = self._match_words(at) if at < len(self.atoms) else (0, None, ())
        return upto if spelling is not None and spelling.types == ("AGED",) else 0

    def _unit_from(self, at: int) -> tuple[int, Meaning, int] | None:
        for first in (at, at + 1):
            if first < len(self.atoms) and (first == at or self.atoms[at][0] in _UNIT_LEADS):
                upto, unit = self._match_unit(first)
                if unit and (
                    first == at
                    or self.atoms[first][0] in ("10", "109", "106", "103", "1012", "10e9")
                    or self.atoms[at][0] == "-"
                ):
                    return upto, unit, at
        return None

    def _longest(self, at: int) -> int:
        """The longest spelling that starts here becomes a token; 0 when there is none."""
        upto, spelling, meanings = self._match_words(at)
        if spelling is None:
            return 0
        if meanings:
            types, names, things = read_meanings(meanings)
            graded = bool(names) and self.scales.issuperset(names)
        else:
            types, names, things, graded = spelling.types, spelling.names, spelling.things, spelling.graded
        start, end = self.atoms[at][1], self.atoms[upto - 1][2]
        if end - start < 5 and LEVEL.fullmatch(self.text, start, end):
            types = ("LEVEL", *types)
        if types == ("FILLER",) and end - start > 1 and self.text[start:end].isupper() and not self.shouted:
            types = ("WORD",)
        self._emit(types, at, upto)
        token = self.out[-1]
        token.names, token.things, token.graded, token.findings = names, things, graded, spelling.findings
        return self._unit(upto) if types[0] in ("ULN", "LLN") else upto

    def _spellings(self, at: int) -> Iterator[tuple[int, Spelling]]:
        """(its last atom, the spelling) of everything in the lexicon that starts here, the shortest first."""
        node: dict[str, Any] = self.root
        atoms = self.atoms
        for upto in range(at, len(atoms)):
            if atoms[upto][0] not in node:
                return
            node = node[atoms[upto][0]]
            spelling: Spelling | None = node.get("")
            if spelling is not None:
                yield upto, spelling

    def _match_words(self, at: int) -> tuple[int, Spelling | None, tuple[Meaning, ...]]:
        """(atom after the longest valid spelling, the spelling, its valid meanings where they depend on the place)."""
        best: tuple[int, Spelling | None, tuple[Meaning, ...]] = (0, None, ())
        for upto, spelling in self._spellings(at):
            if not spelling.types or self._cut(self.atoms, upto, spelling.types):
                continue
            if spelling.plain:
                best = (upto + 1, spelling, ())
                continue
            words = (meaning for meaning in spelling.meanings if meaning.type not in UNIT_TYPES)
            valid = [meaning for meaning in words if self._valid(meaning, at, upto + 1)]
            if valid:
                best = (upto + 1, spelling, tuple(sorted(valid, key=lambda meaning: meaning.exact is None)))
        return best

    def _match_unit(self, at: int) -> tuple[int, Meaning | None]:
        """(atom after the longest unit that starts here, the unit); an exact spelling before a folded one."""
        best: tuple[int, Meaning | None] = (0, None)
        for upto, spelling in self._spellings(at):
            if spelling.units:
                units = [m for m in spelling.meanings if m.type in UNIT_TYPES and self._valid(m, at, upto + 1)]
                if units:
                    best = (upto + 1, min(units, key=lambda unit: unit.exact is None))
        return best

    def _valid(self, meaning: Meaning, at: int, upto: int) -> bool:
        if meaning.type in SUFFIXES:
            return not (upto < len(self.atoms) and (self.atoms[upto][0] in _NOT_AFTER_SUFFIX or self._digit(upto)))
        if meaning.exact is not None:
            surface = self.text[self.atoms[at][1] : self.atoms[upto - 1][2]]
            if squeezed(surface) != meaning.exact:
                return False
        if meaning.near:
            self.folded = self.folded or self.text.casefold()
            return any(near in self.folded for near in meaning.near)
        return True

    def _digit(self, at: int) -> bool:
        return self.atoms[at][0][0].isdigit()

    def _cut(self, atoms: list[Atom], upto: int, types: tuple[str, ...]) -> bool:
        """Whether a spelling would end in the middle of a word ("HbA" of "HbA1c", "her" of "HER2")."""
        if upto + 1 >= len(atoms):
            return False
        end, (following, start, _) = atoms[upto][2], atoms[upto + 1]
        last = atoms[upto][0][-1]
        if start != end:
            return False
        if last.isalpha() and following[0].isdigit():
            article = "LINK" in types and len(atoms[upto][0]) == 1  # "with A1c"
            return article or _NUMBERED.isdisjoint(types)
        return last.isdigit() and following[0].isalpha() and upto > 0
