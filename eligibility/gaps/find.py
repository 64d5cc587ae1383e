"""The verb of this station: rulebooks → the words they lack, the most frequent first.

`unclear` leaves are looked at, and what is known by its name alone. The subject of a limit is what stands before its
comparison, back to the nearest mark, connective or number; a unit is what stands behind a compared number; other
phrases are short leaves as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from eligibility.criteria.criterion import Criterion
from eligibility.gaps.gap import Gap, GapKind
from eligibility.rules.leaves import leaves
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.rule import Present, Rule, Unclear
from eligibility.rules.rulebook import Rulebook
from eligibility.rules.token import Token
from eligibility.rules.words import tokenize
from eligibility.vocabulary.tables import Vocabulary

KINDS: tuple[GapKind, ...] = ("subject", "unit", "phrase")
MAX_PHRASES = 100_000
_EXAMPLE = 160
_WORDS = 6
_BRACKET = 12
_COMPARISONS = frozenset(("GE", "GT", "LE", "LT", "BETWEEN", "OUTSIDE"))
_LASTING = frozenset(("for", "within", "since", "after"))
_SUFFIXES = frozenset(("OR_MORE", "OR_LESS", "OR_WORSE", "OR_BETTER"))
_STOPS = frozenset(
    (
        *("AND", "OR", "NOR", "BUT", "COMMA", "SEMI", "COLON", "ITEM", "STOP", "LPAR", "RPAR", "NOT", "NUM", "UNIT"),
        *(
            "TIME",
            "PERSON",
            "WOMEN",
            "MEN",
            "UNLESS",
            "EXCEPT",
            "SUCH_AS",
            "DEFINED",
            "IF",
            "SINCE",
            "WITHIN",
            "HISTORY",
        ),
    )
)
# Words that may stand between a name and its comparison, or before the name, and are no part of it.
_EDGES = frozenset(
    (
        *(
            "of",
            "is",
            "are",
            "was",
            "were",
            "be",
            "been",
            "being",
            "must",
            "should",
            "shall",
            "will",
            "can",
            "may",
            "the",
        ),
        *(
            "a",
            "an",
            "with",
            "have",
            "has",
            "had",
            "having",
            "in",
            "at",
            "by",
            "for",
            "to",
            "on",
            "as",
            "that",
            "which",
        ),
        *("who", "whose", "their", "his", "her", "its", "any", "known", "documented", "from", "than", "it", "this"),
        *("measured", "calculated", "defined"),
        *("-", "–", "—", "'", '"', "“", "”"),
    )
)
_CHUNK = re.compile(r"\S+")
_MARKS = ".,;:()[]"


@dataclass(slots=True)
class _Seen:
    criteria: int
    trials: int
    last: str
    example: str
    first: str


def find_gaps(books: Iterable[Rulebook], words: Vocabulary) -> tuple[Gap, ...]:
    """The gaps of all books: kinds in the order of `KINDS`, within a kind the most frequent first.

    `words` is the vocabulary the books were parsed with. Memory is bounded: where more than `MAX_PHRASES` phrases of
    a kind were seen, those seen once are forgotten, and counts may be too low.
    """
    lexicon = Lexicon(words)
    found: dict[GapKind, dict[str, _Seen]] = {kind: {} for kind in KINDS}
    for book in books:
        for line in book.lines:
            for kind, phrase in dict.fromkeys(_gaps(line.criterion, line.rule, lexicon)):
                _count(found[kind], phrase, line.criterion.text, book.trial.id)
    return tuple(gap for kind in KINDS for gap in _ranked(kind, found[kind]))


def _ranked(kind: GapKind, found: dict[str, _Seen]) -> list[Gap]:
    gaps = [Gap(kind, phrase, s.criteria, s.trials, s.example, s.first) for phrase, s in found.items()]
    return sorted(gaps, key=lambda gap: (-gap.criteria, -gap.trials, gap.phrase))


def _count(found: dict[str, _Seen], phrase: str, text: str, trial: str) -> None:
    seen = found.get(phrase)
    if seen is None:
        if len(found) >= MAX_PHRASES:
            for rare in [key for key, one in found.items() if one.criteria == 1]:
                del found[rare]
        found[phrase] = _Seen(1, 1, trial, _shortened(text, phrase), trial)
        return
    seen.criteria += 1
    seen.trials += seen.last != trial
    seen.last = trial


def _shortened(text: str, phrase: str) -> str:
    """One line of the text, with the phrase in it."""
    line = " ".join(text.split())
    at = max(0, line.casefold().find(phrase.casefold()) - _EXAMPLE // 2)
    return line[at : at + _EXAMPLE]


# ---------------------------------------------------------------- phrases


def _gaps(criterion: Criterion, rule: Rule, lexicon: Lexicon) -> Iterator[tuple[GapKind, str]]:
    yield from (("phrase", leaf.concept) for leaf in leaves(rule) if isinstance(leaf, Present) and leaf.named)
    unread = [leaf for leaf in leaves(rule) if isinstance(leaf, Unclear) and leaf.reason != "not in English"]
    spans = [leaf.span for leaf in unread if leaf.span]
    if not spans:
        return
    tokens = tokenize(criterion.text, lexicon)
    for at, token in enumerate(tokens):
        if any(start <= token.start and token.end <= end for start, end in spans):
            if _limits(tokens, at) and (subject := _subject(criterion.text, tokens, at)):
                yield "subject", subject
            if token.types[0] == "NUM" and (unit := _unit(criterion.text, tokens, at)):
                yield "unit", unit
    for start, end in spans:
        inside = _trimmed([token for token in tokens if start <= token.start and token.end <= end])
        if 0 < len(inside) <= _WORDS and any(map(_unknown, inside)):
            yield "phrase", _phrase(criterion.text, inside)


def _limits(tokens: Sequence[Token], at: int) -> bool:
    """Whether a limit begins here, no length of time: a comparison with its number, "5 or more", a range."""
    if at and tokens[at - 1].text.casefold() in _LASTING:
        return False
    types = [token.types for token in tokens[at : at + 4]]
    if not _COMPARISONS.isdisjoint(types[0]):
        begun = at == 0 or _COMPARISONS.isdisjoint(tokens[at - 1].types)
        return begun and any(kinds[0] == "NUM" for kinds in types[1:])
    if types[0][0] != "NUM" or (at and not {*_COMPARISONS, "TO", "AND"}.isdisjoint(tokens[at - 1].types)):
        return False
    behind = types[2:] if len(types) > 1 and types[1][0] in ("UNIT", "TIME") else types[1:]
    ranged = len(behind) > 1 and "TO" in behind[0] and behind[1][0] == "NUM"
    return ranged or (bool(behind) and not _SUFFIXES.isdisjoint(behind[0]))


def _subject(text: str, tokens: Sequence[Token], at: int) -> str:
    """The words before a limit, a bracket between them left out; "" when there are none or all of them are known."""
    end = at
    while end and (_edge(tokens[end - 1]) or tokens[end - 1].types[0] == "COLON"):
        end -= 1
    if end and tokens[end - 1].types[0] == "RPAR":
        opening = [n for n in range(max(0, end - _BRACKET), end) if tokens[n].types[0] == "LPAR"]
        end = opening[-1] if opening else end
    start = end
    while start and end - start < _WORDS and _STOPS.isdisjoint(tokens[start - 1].types[:1]):
        start -= 1
    words = _trimmed(tokens[start:end])
    return _phrase(text, words) if any(map(_unknown, words)) else ""


def _trimmed(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens without what stands at the edges of a phrase and is no part of it."""
    start, end = 0, len(tokens)
    while start < end and _edge(tokens[start]):
        start += 1
    while start < end and _edge(tokens[end - 1]):
        end -= 1
    return tokens[start:end]


def _edge(token: Token) -> bool:
    return token.text.casefold() in _EDGES or token.types[0] in ("VERB", "FILLER", "ITEM", "STOP", "COMMA", "PERSON")


def _unit(text: str, tokens: Sequence[Token], at: int) -> str:
    """What stands behind a compared number when it is no known word."""
    compared = any(not _COMPARISONS.isdisjoint(token.types) for token in tokens[max(0, at - 2) : at])
    if not compared or at + 1 == len(tokens) or not _unknown(tokens[at + 1]):
        return ""
    chunk = _CHUNK.match(text, tokens[at + 1].start)
    return chunk[0].strip(_MARKS)[:40] if chunk else ""


def _unknown(token: Token) -> bool:
    return token.types == ("WORD",) and any(char.isalpha() for char in token.text)


def _phrase(text: str, tokens: Sequence[Token]) -> str:
    end = tokens[-1].start + len(tokens[-1].text) if tokens else 0  # a short name in brackets is no part of it
    return " ".join(text[tokens[0].start : end].split()).casefold() if tokens else ""
