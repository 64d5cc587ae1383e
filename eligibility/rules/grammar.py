"""The grammar at work: chapters → one LALR parser; tokens → islands (longest accepted prefix); pieces → a tree.

Lark runs over the tokens of `words.py`; islands are found first, the sentence is then parsed over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lark import Lark, UnexpectedInput, v_args
from lark.lexer import Lexer

from eligibility.rules.lexicon import function_words
from eligibility.rules.meaning.bound import BoundMeaning
from eligibility.rules.meaning.history import HistoryMeaning
from eligibility.rules.meaning.island import Island
from eligibility.rules.meaning.quantity import QuantityMeaning
from eligibility.rules.meaning.reading import Reading, in_time
from eligibility.rules.meaning.sentence import SentenceMeaning
from eligibility.rules.rule import Window
from eligibility.rules.token import Token
from eligibility.shipped import grammar_dir

CHAPTERS = ("quantity", "bound", "history", "criterion")
# tokens of an island: far more than any subject and its limits have, so that a text is read in linear time
LONGEST = 200
_DECLARED = "TIME UNIT NUM LEVEL NAME ITEM _STOP JOIN TURN PIECE"
_START = "island: bound | change | window | count | moment\n"


class _Fed(Lexer):
    """The tokens are made beforehand; Lark only reads them."""

    def __init__(self, _conf: object) -> None:
        """A custom lexer is given the lexer configuration, which this one has no use for."""

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        """Nothing: the interactive parser is fed token by token."""
        return iter(())


@v_args(inline=True)
class _Meaning(QuantityMeaning, BoundMeaning, HistoryMeaning, SentenceMeaning):
    """Every chapter's callbacks, applied while the parser reduces."""

    def island(self, reading: Reading | Window) -> Reading | Window:
        return reading

    def bound(self, reading: Reading) -> Reading:
        return reading

    def change(self, reading: Reading) -> Reading:
        return reading


@lru_cache(maxsize=2)
def parser(strict: bool = False) -> Lark:
    """The one LALR parser over tokens; `strict` refuses every conflict (for the tests)."""
    text = "".join((grammar_dir() / f"{name}.lark").read_text(encoding="utf-8") for name in CHAPTERS)
    terminals = dict.fromkeys(name for name, _ in function_words())
    source = f"{text}\n{_START}%declare {_DECLARED} {' '.join(terminals)}\n"
    return Lark(source, parser="lalr", lexer=_Fed, start=["island", "criterion"], transformer=_Meaning(), strict=strict)


@lru_cache(maxsize=1)
def _openings() -> dict[str, frozenset[str]]:
    """The token types an island may start with → those that may stand second ("$END" when it may end there)."""
    found: dict[str, frozenset[str]] = {}
    opening: Any = parser().parse_interactive([], start="island")
    for kind in opening.choices():
        walk: Any = parser().parse_interactive([], start="island")
        token = Token((kind,), "1", 0, 1)
        if kind.isupper():
            walk.feed_token(token)
            found[kind] = frozenset(walk.choices())
    return found


def _may_start(tokens: Sequence[Token], at: int) -> bool:
    """Whether the two tokens here can open an island: most cannot, and need no parser to say so."""
    openings = _openings()
    for kind in tokens[at].types:
        second = openings.get(kind)
        if second is not None:
            if "$END" in second:
                return True
            return at + 1 < len(tokens) and not second.isdisjoint(tokens[at + 1].types)
    return False


def islands(tokens: Sequence[Token]) -> list[Island]:
    """The islands of a text, left to right, each the longest that the grammar accepts from where it starts."""
    found: list[Island] = []
    at = 0
    while at < len(tokens):
        island = _island(tokens, at) if _may_start(tokens, at) else None
        if island and not _misread(island.reading):
            found.append(island)
            at = island.after
        else:
            at += 1
    return found


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
    if len(reading.names) < 2:
        return False
    keys = [key for name in reading.names for key in name.names]
    return len(set(keys)) < len(keys) or len({name.graded for name in reading.names}) > 1


def _island(tokens: Sequence[Token], first: int) -> Island | None:
    walk: Any = parser().parse_interactive([], start="island")
    fed: list[Token] = []
    best = 0
    try:
        for token in tokens[first : first + LONGEST]:
            choices = walk.choices()
            if "$END" in choices:
                best = len(fed)
            kind = next((kind for kind in token.types if kind in choices), None)
            if kind is None:
                break
            token.type = kind
            walk.feed_token(token)
            fed.append(token)
        if "$END" in walk.choices():
            best = len(fed)
        if best and best == len(fed):
            return Island(walk.feed_eof(), first, first + best)
    except UnexpectedInput:
        pass
    return _shorter(tokens, fed, first, best)


def _shorter(tokens: Sequence[Token], fed: list[Token], first: int, best: int) -> Island | None:
    """The longest prefix that is accepted after all: a shared look-ahead may promise more than it keeps."""
    while best:
        try:
            return Island(_run(fed[:best], "island"), first, first + best)
        except UnexpectedInput:
            best -= 1
    return None


def sentence(pieces: Sequence[Any]) -> Any:
    """The tree of a criterion over its pieces (balanced, normalised: `meaning.pieces` sees to that)."""
    return _run(pieces, "criterion")


def _run(tokens: Sequence[Any], start: str) -> Any:
    """Feed every token and the end; the interactive parser asks of a token only that it has a type."""
    walk: Any = parser().parse_interactive([], start=start)
    for token in tokens:
        walk.feed_token(token)
    return walk.feed_eof()
