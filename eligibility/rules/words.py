"""Text → tokens: a walk over the atoms of a text, the longest spelling of the lexicon first.

A token may be of several types ("of" links, dates and fills); the grammar takes the first that fits its place.
Offsets are code points of the text as given; escapes, entities and wraps stay in the text and out of the tokens.
"""

from __future__ import annotations

from typing import Final

from eligibility.rules.atoms import Atoms
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.lone_items import joined_to_heading
from eligibility.rules.numbers import NUMBER_WORDS, read_number
from eligibility.rules.numerals import Numerals
from eligibility.rules.short_names import stretch, without_short_names
from eligibility.rules.token import Token

_BEFORE_ITEM: Final = frozenset((":", ";", ",", ".", "and", "or"))
_SIGNED: Final = frozenset(("GE", "GT", "LE", "LT", "BETWEEN"))
_COMPARISONS: Final = frozenset(("GE", "GT", "LE", "LT"))
# "screening (visit 1)": how visits are called that may be one.
_VISITS: Final = ("screening", "baseline", "visit", "day", "study day", "cycle", "c1d1", "randomi", "enrol", "entry")
_LETTERS: Final = frozenset((("WORD",), ("LEVEL", "WORD"), ("AND",)))
_BESIDE_NAMES: Final = frozenset(("LINK", "FILLER", "GRADE"))
_WAYS: Final = frozenset(("METHOD", "GAUGE"))
_METHODS: Final = _BESIDE_NAMES | _WAYS | {"BY", "CURRENT"}
_LONGEST_ALIAS: Final = 9
_BETWEEN_LEVELS: Final = frozenset(("COMMA", "OR", "AND", "SLASH"))
PART_OF_NAME: Final = frozenset(("TAKEN", "DONE"))
_DATES: Final = frozenset(("date", "dates", "visit", "onset"))
_HYPHENS: Final = frozenset("-‐‑")
_ENDS: Final = frozenset(("ITEM", "STOP"))


def tokenize(text: str, lexicon: Lexicon, atoms: Atoms | None = None) -> list[Token]:
    """The tokens of a text, in reading order, with exact offsets.

    Atoms that no spelling covers become WORD; numbers become NUM (list numbers ITEM); nothing is left out
    but white space and backslashes. `atoms` are those of the text, where they are known already.
    """
    atoms = atoms or Atoms(text, lexicon.forms)
    taken = without_short_names(atoms, text)
    tokens = _Walk(text, lexicon, atoms).tokens()
    if taken:
        stretch(tokens, taken)
    tokens = _given(_without_aliases(tokens), lexicon)
    if len(tokens) > 3 and tokens[0].names:
        joined_to_heading(tokens)
    for at in range(1, len(tokens) - 3):
        if tokens[at].types[0] == "EQ" and _lists_levels(tokens, at + 1):
            tokens[at].types, tokens[at].type = ("LINK",), "LINK"
    return tokens


def _given(tokens: list[Token], lexicon: Lexicon) -> list[Token]:
    """ "warfarin therapy", "opioid use", "gastric bypass surgery": that it is given is said by its name already."""
    at = len(tokens) - 1
    while at > 0:
        at -= 1
        if tokens[at].types[0] == "ANCHOR" and tokens[at + 1].text.lower() in _DATES:
            first, date = tokens[at], tokens.pop(at + 1)  # "first study treatment | date"
            first.end, first.text = date.end, f"{first.text} {date.text}"
        elif not tokens[at].things or _joined(tokens, at + 1):
            continue
        elif not PART_OF_NAME.isdisjoint(tokens[at + 1].types) or _kind_of(tokens[at], tokens[at + 1], lexicon):
            _take(tokens, at, lexicon)
    return tokens


def _kind_of(thing: Token, following: Token, lexicon: Lexicon) -> bool:
    """ "aminoglycoside antibiotics": a drug and its class are that drug."""
    if len(thing.things) != 1 or len(following.things) != 1 or thing.things == following.things:
        return False
    return thing.things[0] in lexicon.vocabulary.descendants(following.things[0])


def _joined(tokens: list[Token], at: int) -> bool:
    """ "radiation therapy-induced", "prior radiotherapy Surgery: …": part of a longer word, or of what comes next."""
    if tokens[at].text[0].isupper() and tokens[at - 1].text.islower():
        return True
    return at + 1 < len(tokens) and tokens[at + 1].glued and tokens[at + 1].text[0] in _HYPHENS


def _take(tokens: list[Token], at: int, lexicon: Lexicon) -> None:
    words = lexicon.vocabulary.words
    kinds = ("procedure",) if "DONE" in tokens[at + 1].types else ("treatment", "procedure")
    things = tuple(key for key in tokens[at].things if words[key].kind in kinds)
    if things:
        first, noun = tokens[at], tokens[at + 1]
        tokens[at : at + 2] = [
            Token(("THING",), f"{first.text} {noun.text}", first.start, noun.end, first.glued, things=things)
        ]


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
    named = bool(name.names or name.things) or name.types[0] in _COMPARISONS or _visit(name)
    if not named:
        return 0
    closing = next((n for n in range(2, _LONGEST_ALIAS) if len(behind) > n and behind[-1 - n].types[0] == "RPAR"), 0)
    inner = behind[-closing:-1] if closing else []
    return closing + 1 if inner and _says_again(name, inner, behind[-1].text) else 0


def _says_again(name: Token, inner: list[Token], opening: str) -> bool:
    """ "(SGOT)", "(H&Y)", "(using the MDRD equation)", "[18]" behind a name; "(≤)", "(visit 1)"."""
    if name.types[0] in _COMPARISONS:
        return len(inner) == 1 and inner[0].types[0] == name.types[0]
    if _visit(name):
        return all("ANCHOR" in token.types and _visit(token) for token in inner)
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
    return any(not _WAYS.isdisjoint(types) for types in kinds) and all(
        not _METHODS.isdisjoint(types) for types in kinds
    )


def _visit(token: Token) -> bool:
    return token.text.lower().removeprefix("at ").removeprefix("the ").startswith(_VISITS)


class _Walk(Numerals):
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
        if first in "([" and (named := self._unit_of_name(at)):
            return named
        if first == "/" and self.out and ("LEVEL" in self.out[-1].types or self._graded()):
            return self._emit(("SLASH",), at, at + 1)  # "stage C/D" is no stage a day
        taken = self._longest(at)
        if taken:
            return taken
        return self._number_word(at) if atom in NUMBER_WORDS else self._plain(at)

    def _unit_of_name(self, at: int) -> int:
        """ "Haemoglobin (g/dL) ≥ 9": the atom after a unit in brackets that what is named before is measured in."""
        found = self._bracketed_unit(at) if self.out and self.out[-1].names else None
        if found is None:
            return 0
        words = [self.lexicon.vocabulary.words.get(name) for name in self.out[-1].names]
        if not any(word is not None and (found[1].key == word.unit or found[1].key in word.units) for word in words):
            return 0
        self._emit((found[1].type,), at, found[0])
        self.out[-1].unit = found[1].key
        return found[0]

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
            and (not _SIGNED.isdisjoint(self.out[-1].types) or self._below_zero(at))
            and read_number(self.words[at + 1]) is not None
        )

    def _below_zero(self, at: int) -> bool:
        """ "T-score of -2.5 or less": whether what was just named can be below zero, and no number stands before."""
        if self.glued[at]:
            return False
        named = next((token for token in self.out[:-3:-1] if "LINK" not in token.types), self.out[-1])
        words = [self.lexicon.vocabulary.words.get(name) for name in named.names]
        return any(word is not None and word.plausible is not None and word.plausible[0] < 0 for word in words)

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
