"""The formula that a text names beside a quantity: "QTc > 450 ms (Fridericia)" is the QTcF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from eligibility.rules.rule import AllOf, AnyOf, Measured, Not, Rule
from eligibility.rules.token import Token
from eligibility.vocabulary.tables import Vocabulary

# What may stand between a limit and the method behind it: "(by Fridericia)".
_METHODS: Final = frozenset(("METHOD", "BY", "GAUGE", "LPAR", "RPAR", "LINK", "FILLER", "OWN"))
# What stands before the name of a method.
_BY: Final = frozenset(("by", "on", "with", "by the", "on the", "by a", "on a", "with a", "by either", "on either"))
_ARTICLES: Final = frozenset(("a", "an", "the", "either"))
_BEFORE: Final = frozenset(("METHOD", "BY"))


def methods_end(tokens: Sequence[Token], at: int, end: int) -> int:
    """Where the words behind an island end that say by which method a value is taken; `end` where there are none."""
    while at < len(tokens) and _METHODS.issuperset(tokens[at].types):
        at += 1
        end = tokens[at - 1].end
    return tokens[at].start if at < len(tokens) else end


def by_formula(rule: Rule, words: str, vocabulary: Vocabulary) -> Rule:
    """The rule, of the quantity by the formula that its `words` name; as it is where they name none, or two."""
    if isinstance(rule, AllOf | AnyOf):
        return replace(rule, rules=tuple(by_formula(inner, words, vocabulary) for inner in rule.rules))
    if isinstance(rule, Not):
        return replace(rule, rule=by_formula(rule.rule, words, vocabulary))
    if not isinstance(rule, Measured):
        return rule
    known = _formulas(vocabulary).get(rule.variable, ())
    said = words.lower() if known else ""
    named = {key for name, key in known if name in said}
    return replace(rule, variable=named.pop()) if len(named) == 1 else rule


def of_nothing(tokens: Sequence[Token], at: int, said: int, vocabulary: Vocabulary) -> bool:
    """Whether words of a method say it of nothing: a formula far from its limit, an echocardiogram not behind "by"."""
    token = tokens[at]
    if token.start >= said and names_formula(token.text, vocabulary):
        return True
    if "METHOD" in token.types:
        return False
    if "GAUGE" in token.types:
        before = at - 2 if at > 1 and tokens[at - 1].text.lower() in _ARTICLES else at - 1
        return before < 0 or not (tokens[before].text.lower() in _BY or not _BEFORE.isdisjoint(tokens[before].types))
    return at + 1 == len(tokens) or "GAUGE" not in tokens[at + 1].types


def names_formula(words: str, vocabulary: Vocabulary) -> bool:
    """Whether words name a formula; far from the limit that they may belong to, they are not understood."""
    said = words.lower()
    return any(name in said for known in _formulas(vocabulary).values() for name, _ in known)


@lru_cache(maxsize=4)
def _formulas(vocabulary: Vocabulary) -> dict[str, tuple[tuple[str, str], ...]]:
    """A quantity → the names of its formulas, in small letters, and the quantity that each gives."""
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for word in vocabulary.words.values():
        if word.formula_of:
            found[word.formula_of] = (
                *found.get(word.formula_of, ()),
                *((name.lower(), word.key) for name in word.formula),
            )
    return found
