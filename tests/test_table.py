"""Lark's table walked directly against Lark's own interactive parser, and the short ways against the long ones."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark import UnexpectedInput

from eligibility.rules.atoms import ATOM, Atoms
from eligibility.rules.grammar import islands, parser, sentence, table
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.meaning.pieces import Pieces
from eligibility.rules.meaning.sentence import Piece, flat_clause
from eligibility.rules.table import NotASentence
from eligibility.rules.token import Token
from eligibility.rules.words import tokenize
from eligibility.shipped import case_dir
from eligibility.vocabulary.tables import vocabulary

LEXICON = Lexicon(vocabulary())
# Of these, mixed at random, every fourth place begins an island; of all terminals hardly any would.
KINDS = [
    "NAME",
    "NUM",
    "NUM",
    "GE",
    "LT",
    "UNIT",
    "TIME",
    "LINK",
    "AND",
    "OR",
    "COMMA",
    "TO",
    "LPAR",
    "RPAR",
    "SLASH",
    "NOT",
    "GRADE",
    "LEVEL",
    "BETWEEN",
    "WITHIN",
    "BEFORE",
    "ANCHOR",
    "OLDER",
    "OR_MORE",
    "ULN",
    "FINDING",
    "WORD",
]
MIXTURE = "no MI (heart attack), stroke or TIA; ECOG 0-2. Unless treated:\n  1. age 18 to 65\n  2. BMI < 30 (obese"


@cache
def texts() -> tuple[str, ...]:
    """What every shipped case says."""
    files = sorted(case_dir().rglob("*.toml"))
    blocks = [block for file in files for block in tomllib.loads(file.read_text(encoding="utf-8")).get("case", ())]
    return (*(text for block in blocks for text in block["says"]), MIXTURE)


def by_lark(tokens: Sequence[Any], start: str) -> Any:
    """The value of all the tokens, fed to Lark one by one."""
    walk: Any = parser().parse_interactive([], start=start)
    for token in tokens:
        walk.feed_token(token)
    return walk.feed_eof()


def longest_by_lark(tokens: Sequence[Token], first: int) -> tuple[int, Any]:
    """(the place behind the longest island from `first`, what it reads), with nothing but Lark's interactive parser."""
    walk: Any = parser().parse_interactive([], start="island")
    fed: list[Token] = []
    for token in tokens[first:]:
        kind = next((kind for kind in token.types if kind in walk.choices()), None)
        if kind is None:
            break
        token.type = kind
        try:
            walk.feed_token(token)
        except UnexpectedInput:
            break
        fed.append(token)
    while fed:
        try:
            return first + len(fed), by_lark(fed, "island")
        except UnexpectedInput:
            fed.pop()
    return first, None


def assert_same_islands(tokens: Sequence[Token]) -> int:
    """Every place is read as Lark reads it; returns how many islands there were."""
    count = 0
    for first in range(len(tokens)):
        after, reading = longest_by_lark(tokens, first)
        assert table("island").longest(tokens, first) == after
        if after > first:
            count += 1
            assert repr(table("island").read(tokens[first:after])) == repr(reading)  # a level's value is no number
    return count


def test_the_islands_of_every_case_are_those_that_lark_reads() -> None:
    assert sum(assert_same_islands(tokenize(text, LEXICON)) for text in texts()) > 2_000


@given(st.lists(st.lists(st.sampled_from(KINDS), min_size=1, max_size=2), max_size=14))
def test_the_islands_of_any_tokens_are_those_that_lark_reads(rows: list[list[str]]) -> None:
    tokens = [Token(tuple(kinds), "1", at, at + 1, names=("age",)) for at, kinds in enumerate(rows)]
    assert_same_islands(tokens)


def pieces_of(text: str) -> list[Piece]:
    tokens = tokenize(text, LEXICON)
    return Pieces(text, tokens, islands(tokens), LEXICON.vocabulary, "exclusion").pieces()


def test_the_tree_of_every_case_is_the_one_that_lark_builds() -> None:
    flat = 0
    for text in texts():
        pieces = pieces_of(text)
        if pieces:
            assert sentence(pieces) == table("criterion").read(pieces) == by_lark(pieces, "criterion")
            flat += flat_clause(pieces) is not None
    assert 1_000 < flat < len(texts())


def test_what_is_no_sentence_is_refused() -> None:
    joint = Piece("AND", 0, 3, "and", "JOIN")
    assert flat_clause([joint]) is None
    with pytest.raises(NotASentence):
        table("criterion").read([joint])
    with pytest.raises(NotASentence):
        table("criterion").read([])


@given(st.text(alphabet="aB1.,;\\ \t\n-•)(x'’&;é½²İ", max_size=60))
def test_atoms_stand_where_they_were_matched(text: str) -> None:
    atoms = Atoms(text, LEXICON.forms)
    found = [(match.start(), match.end()) for match in ATOM.finditer(text)]
    assert list(zip(atoms.starts, atoms.ends, strict=True)) == found
    assert atoms.glued == [bool(at) and found[at - 1][1] == start for at, (start, _) in enumerate(found)]
