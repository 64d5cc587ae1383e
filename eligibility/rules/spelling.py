"""The nouns of the lexicon: what a spelling may mean, the trie it ends in, and the forms that atoms are met in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from eligibility.rules.numbers import LEVEL, NUMBER_WORDS

UNIT_TYPES: Final = frozenset(("UNIT", "TIME"))
# Words that bound what stands before them, unless a number follows.
SUFFIXES: Final = frozenset(("OR_MORE", "OR_LESS", "OR_WORSE", "OR_BETTER", "OR_OLDER", "OR_YOUNGER"))
ENGLISH: Final = frozenset(
    (
        *("the", "of", "and", "or", "with", "to", "in", "for", "no", "not", "patients", "patient", "subjects", "is"),
        *("are", "be", "at", "any", "by", "than", "age", "years", "history", "within", "who", "must", "have", "has"),
        *("other", "less", "more", "without", "as", "if", "from", "on", "normal", "known", "adequate"),
        *("defined", "count"),
    )
)
FOREIGN: Final = frozenset(
    (
        *("con", "los", "las", "del", "una", "el", "la", "de", "que", "para", "pacientes", "por", "mayores", "y", "o"),
        *("mit", "und", "der", "die", "das", "oder", "von", "nicht", "patienten", "alter", "jahre", "bei", "eine"),
        *("critères", "criterios", "kriterien", "einschlusskriterien", "ausschlusskriterien", "critérios", "criteri"),
        *("inclusión", "exclusión", "âge", "años", "edad", "grossesse", "patientes", "femmes", "mujeres", "frauen"),
        *("les", "des", "avec", "et", "ou", "pour", "dans", "est", "un", "une", "ans", "non", "di", "che", "anni"),
    )
)
_INNER: Final = re.compile(r"(?<=\w)(?:\\?['´`]|&(?:#39|apos|rsquo);|\?)(?=\w)")
_POSSESSIVE: Final = re.compile(r"'s?\b")
_FOLDED: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹’", "0123456789'")


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing a spelling may mean: a function type, a unit, or a word of the field under its conditions."""

    type: str
    key: str = ""
    exact: str | None = None
    near: tuple[str, ...] = ()


class Spelling:
    """Everything one spelling may mean.

    `plain` when none of it depends on the place: then the token is ready made. `filler` when it is nothing but filler,
    `opens` 1 and -1 for brackets. A unit may stand behind a `multiple`, which is a limit of normal, and behind what is
    `open_ended` ("or more").
    """

    __slots__ = (
        *("filler", "findings", "graded", "meanings", "multiple", "names"),
        *("open_ended", "opens", "plain", "things", "types", "units"),
    )

    def __init__(self, meanings: tuple[Meaning, ...], scales: frozenset[str]) -> None:
        self.meanings = meanings
        self.units = any(meaning.type in UNIT_TYPES for meaning in meanings)
        words = tuple(meaning for meaning in meanings if meaning.type not in UNIT_TYPES)
        self.plain = not any(meaning.exact or meaning.near or meaning.type in SUFFIXES for meaning in words)
        self.types = tuple(dict.fromkeys(meaning.type for meaning in words))
        self.names = _keys(words, "NAME")
        self.things = _keys(words, "THING")
        self.findings = _keys(words, "FINDING")
        self.graded = bool(self.names) and scales.issuperset(self.names)
        self.filler = self.types == ("FILLER",)
        self.opens = (self.types[:1] == ("LPAR",)) - (self.types[:1] == ("RPAR",))
        self.multiple = self.types[:1] in (("ULN",), ("LLN",))
        self.open_ended = self.types[:1] in (("OR_MORE",), ("OR_LESS",))


def _keys(meanings: tuple[Meaning, ...], kind: str) -> tuple[str, ...]:
    return tuple(meaning.key for meaning in meanings if meaning.type == kind)


class Node:
    """A place in the trie over atoms: the spelling that ends here, and the atoms that may follow."""

    __slots__ = ("following", "spelling")

    def __init__(self) -> None:
        self.spelling: Spelling | None = None
        self.following = NOWHERE

    def grown(self) -> dict[str, Node]:
        """The atoms that may follow, to add one to."""
        if self.following is NOWHERE:
            self.following = {}
        return self.following


# Where most places of the trie lead: one for all of them, and never written to.
NOWHERE: Final[dict[str, Node]] = {}


class Form:
    """How an atom is spelt, wherever it stands.

    `folded` is what the lexicon knows it by, `node` where spellings go on that begin with it, `level` whether it may be
    the level of a scale, `listed` whether it may number a list ("2", "b"), `letters` whether it begins with one, `word`
    whether it is letters that are no list number and no number word; `english` and `foreign` say whose function word;
    `said` is the word without its possessive, "" for a sign.
    """

    __slots__ = ("english", "folded", "foreign", "letters", "level", "listed", "node", "said", "word")

    def __init__(self, surface: str, folded: str, node: Node | None) -> None:
        self.folded, self.node = folded, node
        self.level = LEVEL.fullmatch(surface) is not None
        self.listed = (folded.isdigit() and len(folded) <= 2) or (len(folded) == 1 and folded.isalpha())
        self.word = len(folded) > 1 and folded[0].isalpha() and folded not in NUMBER_WORDS
        self.letters = folded[:1].isalpha()
        marked = "'" in folded
        said = _POSSESSIVE.sub("", folded) if marked else folded
        self.said = said if folded[:1].isalnum() else ""
        self.english = folded in ENGLISH
        self.foreign = not FOREIGN.isdisjoint(folded.split("'")) if marked else folded in FOREIGN


def folded(atom: str) -> str:
    """An atom as the lexicon keeps it: case and superscripts folded, the mark of a possessive as it is typed."""
    plain = atom.casefold() if atom.isascii() else atom.translate(_FOLDED).casefold()
    return plain if plain.isalnum() or len(plain) == 1 else _INNER.sub("'", plain)


def squeezed(text: str) -> str:
    """A spelling without its spaces, for comparison with the slice it was matched on."""
    return "".join(text.split())
