"""Results of tests in words: "HBsAg positive", "negative for HIV antibodies", "ER+", "EGFR-mutated"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import Graded, Rule
from eligibility.rules.token import Token
from eligibility.vocabulary.results import NEGATIVE, POSITIVE
from eligibility.vocabulary.tables import Vocabulary

SIGNS: Final = frozenset("+-–−‐‑")
_DENIES: Final = re.compile(r"[-–−‐‑]?(?:$|ve|neg|non|not|un|is |are )|sero-?neg|test(?:s|ed) neg")
_FOUND: Final = ("presence of", "evidence of")
_HANGING: Final = frozenset(("AND", "OR", "COMMA"))
_ENDS: Final = frozenset((*_HANGING, "SLASH", "RPAR", "STOP", "SEMI", "ITEM"))


def named(thing: str, vocabulary: Vocabulary) -> str | Graded:
    """What a name stands for: a concept; of a test its level, none where the name tells none."""
    key, _, level = thing.partition("=")
    return Graded(key, (level,) if level else ()) if level or vocabulary.words[key].result else key


def is_open(rule: object) -> bool:
    """Whether a test was named whose result is not told yet."""
    return isinstance(rule, Graded) and not rule.levels


def is_result(rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether a rule is of a test that is negative or positive."""
    return isinstance(rule, Graded) and rule.scale in vocabulary.words and vocabulary.words[rule.scale].result


def tested(raw: Sequence[Piece]) -> bool:
    """Whether the name of a test, or a bracket behind it, was read last."""
    last = raw[-2:-1] if raw and raw[-1].kind == "LPAR" else raw[-1:]
    return bool(last) and is_open(last[0].value)


def found(tokens: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """ "presence of HBsAg": whether words that say no more elsewhere say that a test found what it looks for."""
    if tokens[at].types[0] != "FILLER" or not tokens[at].text.lower().endswith(_FOUND) or at + 1 == len(tokens):
        return False
    things = tokens[at + 1].things
    return len(things) == 1 and is_open(named(things[0], vocabulary))


def signed(tokens: Sequence[Token], at: int) -> str:
    """ "ER+", "HER2-": what a sign behind a test says; a hyphen of which the word stands further on says nothing."""
    token, behind = tokens[at], tokens[at + 1 : at + 2]
    if token.text == "+":
        return "POSITIVE"
    if not token.glued and tokens[at - 1].types[0] != "LPAR":
        return ""
    ended = not behind or not behind[0].glued or not _ENDS.isdisjoint(behind[0].types)
    if not token.glued or not ended:
        return ""
    hanging = behind and not _HANGING.isdisjoint(behind[0].types)
    return (
        "" if hanging and any(one.text[:1] in SIGNS and len(one.text) > 1 for one in tokens[at + 1 :]) else "NEGATIVE"
    )


def level_of(words: str) -> str:
    """The level that words of a result name."""
    return NEGATIVE if _DENIES.match(words) else POSITIVE
