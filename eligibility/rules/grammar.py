"""The grammar at work: chapters → one LALR parser; tokens → islands (longest accepted prefix); pieces → a tree.

Lark runs over the tokens of `words.py`; islands are found first, the sentence is then parsed over them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from lark import Lark
from lark.lexer import Lexer

from eligibility.rules.lexicon import function_words
from eligibility.rules.meaning.bound import BoundMeaning
from eligibility.rules.meaning.change import ChangeMeaning
from eligibility.rules.meaning.history import HistoryMeaning
from eligibility.rules.meaning.island import Island
from eligibility.rules.meaning.limit import LimitMeaning
from eligibility.rules.meaning.quantity import QuantityMeaning
from eligibility.rules.meaning.reading import Reading, in_time, limits_of_value
from eligibility.rules.meaning.sentence import Block, Piece, SentenceMeaning, flat_clause
from eligibility.rules.table import END, Table
from eligibility.rules.token import Token
from eligibility.shipped import grammar_dir

CHAPTERS: Final = ("quantity", "bound", "history", "criterion")
_DECLARED: Final = "TIME UNIT NUM LEVEL NAME FINDING ITEM _STOP JOIN TURN PIECE"
_A_WORD: Final = ("WORD",)
# What may stand second behind tokens of these types, of which there are as many as the lexicon has combinations.
_SECOND: Final[dict[tuple[str, ...], frozenset[str]]] = {}
_START: Final = "island: bound | change | window | count | moment\n"


class _Fed(Lexer):
    """The tokens are made beforehand; Lark only reads them."""

    def __init__(self, _conf: object) -> None:
        """A custom lexer is given the lexer configuration, which this one has no use for."""

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        """Nothing: the interactive parser is fed token by token."""
        return iter(())


class _IslandMeaning:
    """Callbacks of the start symbol `island`, which is whatever was read."""

    def island(self, reading: object) -> object:
        return reading

    def bound(self, reading: Reading) -> Reading:
        return reading

    def change(self, reading: Reading) -> Reading:
        return reading


_MEANINGS: Final = (
    *(QuantityMeaning, LimitMeaning, BoundMeaning, ChangeMeaning, HistoryMeaning, SentenceMeaning, _IslandMeaning),
)


class _Callbacks:
    """Every chapter's callbacks, applied while the parser reduces; Lark calls each with the list of children."""

    def __init__(self, *chapters: object) -> None:
        self._chapters = chapters

    def __getattr__(self, name: str) -> Callable[[list[Any]], Any]:
        method = self.of(name)
        return lambda children: method(*children)

    def of(self, name: str) -> Callable[..., Any]:
        """The callback of this name, called with the children one by one."""
        chapter = next((c for c in self._chapters if not name.startswith("__") and hasattr(c, name)), None)
        if chapter is None:
            raise AttributeError(name)
        method: Callable[..., Any] = getattr(chapter, name)
        return method


_CALLBACKS: Final = _Callbacks(*(chapter() for chapter in _MEANINGS))


@lru_cache(maxsize=2)
def parser(strict: bool = False) -> Lark:
    """The one LALR parser over tokens; `strict` refuses every conflict (for the tests)."""
    text = "".join((grammar_dir() / f"{name}.lark").read_text(encoding="utf-8") for name in CHAPTERS)
    terminals = dict.fromkeys(name for name, _ in function_words())
    source = f"{text}\n{_START}%declare {_DECLARED} {' '.join(terminals)}\n"
    callbacks: Any = _CALLBACKS
    return Lark(source, parser="lalr", lexer=_Fed, start=["island", "criterion"], transformer=callbacks, strict=strict)


@lru_cache(maxsize=2)
def table(start: str) -> Table:
    """The parser's table for one start symbol."""
    return Table(parser(), start, _CALLBACKS.of)


def _second(types: tuple[str, ...]) -> frozenset[str]:
    """The types that may follow in an island that a token of these types opens; END when it may be all of it."""
    second = _SECOND.get(types)
    if second is None:
        opened = next((after for kind in types if (after := table("island").after_first(kind)) is not None), None)
        second = _SECOND[types] = opened or frozenset()
    return second


def islands(tokens: Sequence[Token]) -> list[Island]:
    """The islands of a text, left to right, each the longest that the grammar accepts from where it starts."""
    found: list[Island] = []
    at = 0
    while at < len(tokens):
        if tokens[at].types == _A_WORD:  # most tokens, and no island begins with one
            at += 1
            continue
        second = _second(tokens[at].types)
        opened = second and (END in second or (at + 1 < len(tokens) and not second.isdisjoint(tokens[at + 1].types)))
        island = _island(tokens, at) if opened else None
        if "FINDING" in tokens[at].types and (island is None or _in_units(island.reading)):
            island = _of_finding(tokens, at)
        if island and not _misread(island.reading):
            found.append(island)
            at = island.after
        else:
            at += 1
    return found


def _in_units(reading: object) -> bool:
    """Whether a reading holds a scale to limits that have units: "hypertension (> 180/100 mmHg)"."""
    if not isinstance(reading, Reading) or not all(name.graded for name in reading.names):
        return False
    return any(limit.quantity.unit or limit.second for limit in reading.spec.limits)


def _of_finding(tokens: Sequence[Token], first: int) -> Island | None:
    """The island of a finding that is the name of a scale as well, read as a value."""
    token = tokens[first]
    types, token.types = token.types, ("FINDING",)
    island = _island(tokens[first:], 0)
    token.types = types
    return Island(island.reading, first + island.first, first + island.after) if island else None


def _misread(reading: object) -> bool:
    """Whether subjects that stand in a row share no limit: "chronic kidney disease, eGFR < 30" mixes a scale and a
    quantity, "no ascites, or ascites of grade 1" names one thing twice. "Patients with 7 %" is no age,
    "MMSE [18]" is a citation.
    """
    if not isinstance(reading, Reading):
        return False
    if reading.person and not reading.age:
        return not in_time(reading)
    if (
        reading.bracketed
        and reading.spec.how == "set"
        and not any(limit.quantity.level for limit in reading.spec.limits)
    ):
        return True
    if reading.finding and not (limits_of_value(reading.spec)):
        return True
    if reading.reversed and any(limit.quantity.level for limit in reading.spec.limits):
        return not all(name.graded for name in reading.names)
    if len(reading.names) < 2:
        return False
    keys = [key for name in reading.names for key in name.names]
    return len(set(keys)) < len(keys) or len({name.graded for name in reading.names}) > 1


def _island(tokens: Sequence[Token], first: int) -> Island | None:
    reader = table("island")
    after = reader.longest(tokens, first)
    return Island(reader.read(tokens[first:after]), first, after) if after > first else None


def sentence(pieces: Sequence[Piece]) -> tuple[Block, ...]:
    """The tree of a criterion over its pieces (balanced, normalised: `meaning.pieces` sees to that)."""
    clause = flat_clause(pieces)
    return (Block((clause,)),) if clause else table("criterion").read(pieces)
