"""Short names and plurals in brackets, taken out of the atoms: "small cell lung cancer (SCLC)", "event(s)".

A short name is one whose letters stand in the words before it in their order, its first letter at the beginning of a
word, each letter found as far to the right as it can be (Schwartz and Hearst, Pac Symp Biocomput 2003:451-62). Any
other bracket may narrow what stands before it: "prostate cancer (mCRPC)" is metastatic and castration-resistant.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.atoms import Atoms
from eligibility.rules.spelling import Node
from eligibility.rules.token import Token

_OPEN: Final = frozenset("([")
_CLOSE: Final = frozenset(")]")
_PLURALS: Final = frozenset(("s", "es", "ies"))
# What the words of a phrase do not go over.
_ENDS: Final = frozenset((",", ";", ":", ".", "(", ")", "[", "]"))
_LONGEST: Final = 5
# How many atoms of a name may stand before the last of its brackets.
_SPELT: Final = 14
_SHORT: Final = re.compile(r"(?=.*[A-Z])(?:[A-Z][A-Za-z]{1,2}|(?=.*[A-Z0-9].*[A-Z0-9]|[a-z]{1,2}[A-Z])[\w/-]{2,12})")
# How something is given and how often is said by letters that may stand in any word ("prednisone (PO)").
_GIVEN: Final = frozenset(("PO", "IV", "IM", "SC", "SQ", "IT", "IP", "OD", "BD", "BID", "TID", "QD", "QID", "PRN"))
_NAMES: Final = frozenset(("THING", "NAME", "ULN", "LLN"))
# A bracket that was taken out: where the atom before it ends, and where the bracket does.
Taken = tuple[int, int]


def without_short_names(atoms: Atoms, text: str) -> list[Taken]:
    """Take the short names and plurals in brackets out of the atoms of a text; where they stood."""
    taken: list[Taken] = []
    if "(" not in text and "[" not in text:
        return taken
    at = len(atoms.words) - 3
    while at > 0:
        if atoms.words[at] in _OPEN and (closing := _closing(atoms, at)) and _says_again(atoms, at, closing, text):
            taken.append((atoms.ends[at - 1], atoms.ends[closing]))
            atoms.cut(at, closing + 1)
        at -= 1
    return taken


def stretch(tokens: list[Token], taken: list[Taken]) -> None:
    """Stretch the tokens before the brackets that were taken out over them, in place."""
    ends = dict(taken)
    for token in tokens:
        token.end = ends.get(token.end, token.end)


def _closing(atoms: Atoms, at: int) -> int:
    """Where a bracket of one word closes, however many atoms the word has ("PD-L1"); 0 where it is no such bracket."""
    for behind in range(at + 2, min(at + 2 + _LONGEST, len(atoms.words))):
        if atoms.words[behind] in _CLOSE:
            return behind
        if not atoms.glued[behind]:
            return 0
    return 0


def _says_again(atoms: Atoms, at: int, closing: int, text: str) -> bool:
    if closing == at + 2 and atoms.words[at + 1] in _PLURALS:
        return atoms.glued[at] and atoms.glued[at + 1] and text[atoms.starts[at] - 1].isalpha()
    short = text[atoms.starts[at + 1] : atoms.ends[closing - 1]]
    if _SHORT.fullmatch(short) is None or short in _GIVEN or (closing == at + 2 and atoms.forms[at + 1].level):
        return False
    first = _first(atoms, at, len(short))
    start = atoms.starts[first]
    phrase = text[start : atoms.ends[at - 1]]
    found = _long_form(short, phrase)
    if found < 0 and short[-1] == "s" and len(short) > 2:
        found = _long_form(short[:-1], phrase)
    if found < 0:
        return False
    while atoms.starts[first] < start + found:
        first += 1
    return len(phrase) - found > len(short) + 2 and _replaceable(atoms, at, closing, first)


def _first(atoms: Atoms, at: int, letters: int) -> int:
    """The first atom of the words before a bracket that its letters may be taken from."""
    first = at
    while first > 0 and at - first < 2 * letters + 2 and atoms.words[first - 1] not in _ENDS:
        if atoms.words[first - 1][0] == "\n":
            break
        first -= 1
    return first


def _long_form(short: str, phrase: str) -> int:
    """Where in a phrase the words begin that a short name is the letters of; -1 where it is not."""
    words = phrase.lower()
    at = len(words)
    letters = [letter for letter in short.lower() if letter.isalnum()]
    for k in range(len(letters) - 1, -1, -1):
        at = words.rfind(letters[k], 0, at)
        while k == 0 and at > 0 and words[at - 1].isalnum():
            at = words.rfind(letters[k], 0, at)
        if at < 0:
            return -1
    return at


def _replaceable(atoms: Atoms, at: int, closing: int, first: int) -> bool:
    """Whether the words can do without their short name: they are known, and go on as it does, or neither is known."""
    begins = range(max(0, min(first, at - _SPELT)), at)
    written = [node for begin in begins if (node := _node(atoms, begin, closing + 1)) is not None]
    if any(_kinds(node) & _NAMES or _goes_on(atoms, closing, node) for node in written):
        return False  # a name that is spelt with the brackets
    short = _node(atoms, at + 1, closing)
    kinds = _kinds(short)
    nodes = [node for begin in range(first, at) if (node := _node(atoms, begin, at)) is not None]
    if kinds and not kinds & _NAMES:
        return any(_kinds(node) == kinds for node in nodes)
    if kinds and not any(_kinds(node) & _NAMES for node in nodes):
        return False
    return short is None or not _goes_on(atoms, closing, short) or any(_goes_on(atoms, closing, node) for node in nodes)


def _node(atoms: Atoms, begin: int, end: int) -> Node | None:
    """Where the trie of spellings is behind the atoms from one place to another."""
    node: Node | None = atoms.forms[begin].node
    for place in range(begin + 1, end):
        if node is None:
            return None
        node = node.following.get(atoms.words[place])
    return node


def _kinds(node: Node | None) -> frozenset[str]:
    """What is spelt so."""
    return frozenset(node.spelling.types) if node is not None and node.spelling is not None else frozenset()


def _goes_on(atoms: Atoms, closing: int, node: Node) -> bool:
    """Whether a longer name is spelt with what stands behind the brackets ("ASA | physical status")."""
    following: Node | None = node
    for place in range(closing + 1, min(closing + 1 + _LONGEST, len(atoms.words))):
        following = following.following.get(atoms.words[place]) if following is not None else None
        if _kinds(following) & _NAMES:
            return True
    return False
