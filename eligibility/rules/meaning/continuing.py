"""Words that go on with a question for a person: the two of them are one question."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.heard import Heard
from eligibility.rules.meaning.source import UNKNOWN
from eligibility.rules.rule import Judgement, Rule, Unclear
from eligibility.rules.token import Token
from eligibility.spans import Span
from eligibility.vocabulary.judgement import places, questions

# A value that is compared is no question for a person.
_COMPARED: Final = frozenset(("GE", "GT", "LE", "LT", "ULN", "LLN", "UNIT", "OR_BETTER", "OR_WORSE"))
# What may stand between a question and words that go on with it.
_JOINED: Final = re.compile(
    r"[\s,/]*(?:(?:and/or|and|or|as well as|including)\b[\s,]*)?"
    r"(?:(?:to|the|any|of|with|for|in|an?|all|other|their|laboratory|lab|clinical|scheduled|required)\s+)*",
    re.I,
)
# What stands within a phrase, and what joins another to it.
_WITHIN: Final = re.compile(r"\s*(?:(?:to|the|any|of|with|for|in|an?|by|on|at|as|from|their|this|these)\s+)*", re.I)
_AND: Final = re.compile(
    r"\s*(?:,?\s*(?:including|as well as)\b|and/or\b|and\b|or\b|/)\s*(?:(?:to|the|any|of|with|for|in|an?|all)\s+)*",
    re.IGNORECASE,
)
# What begins something else to ask for, and what a record may tell.
_NEW: Final = re.compile(
    r"(?:has|have|had|is|are|was|were|with|who|no|not|history|prior|previous|current|active|known|any)\b", re.IGNORECASE
)
_SIGNED: Final = re.compile(r"[\d<>≤≥=:;]")
_FINDING: Final = re.compile(
    r"(?:itis|osis|emia|aemia|oma|omas|pathy|pathies|ism|uria|algia|plegia|trophy|penia|ectomy|plasty|virus|mycin|mab|nib"
    r"|disease|diseases|syndrome|disorder|disorders|failure|infections?|cancers?|lesions?|tumou?rs?|injury|surgery"
    r"|allerg\w+|implants?|defects?|deficiency|abuse|dependence|symptoms?|drugs?|positive|negative)\b",
    re.IGNORECASE,
)
_FEW: Final = 6
# "somatic | or psychiatric disorder": adjectives, the first of which names no finding
_ADJECTIVE: Final = re.compile(r"[A-Za-z-]+(?:al|ive|ous|ory|ary|ic|ally)\b", re.IGNORECASE)
_OTHERS: Final = ("and other", "or other", "etc", "and others")


class Continuing:
    """Joins the words of one criterion that were not read to the questions beside them."""

    def __init__(self, text: str, tokens: Sequence[Token], heard: Heard, side: Side) -> None:
        self.text, self.tokens, self.heard, self.side = text, tokens, heard, side
        self.starts = [token.start for token in tokens]

    def _in_one(self, parts: list[Rule], read: Sequence[Rule]) -> list[Rule]:
        """ "would complicate | or compromise the study": a question and the words joined to it that go on with it."""
        kept, unread = parts[:1], isinstance(read[0], Unclear)
        for part, was in zip(parts[1:], read[1:], strict=True):
            last, new = kept[-1], isinstance(was, Unclear)
            span = self._span_of(last, part, unread or new)
            if span is not None:
                kept[-1], unread = self._judgement(span), True
            else:
                kept.append(part)
                unread = new
        for at in range(len(kept) - 2, -1, -1):  # "psychological, familial, | or social factors that preclude …"
            first, behind = kept[at], kept[at + 1]
            if isinstance(first, Unclear) and isinstance(behind, Judgement) and self._goes_before_it(first, behind):
                kept[at : at + 2] = [self._judgement(((first.span or (0, 0))[0], (behind.span or (0, 0))[1]))]
        return kept

    def _goes_before_it(self, first: Unclear, behind: Judgement) -> bool:
        """Whether words that name nothing belong to the question that they are joined to."""
        if not first.span or not behind.span or first.rules or first.span[1] > behind.span[0]:
            return False
        if not _JOINED.fullmatch(self.text, first.span[1], behind.span[0]):
            return False
        return questions().is_silent(self.heard.within(*first.span)) or self._describes(first, behind)

    def _describes(self, first: Unclear, behind: Judgement) -> bool:
        """ "somatic | or psychiatric disorder that precludes consent": an adjective of the noun of the question."""
        if not first.span or not behind.span or first.reason != UNKNOWN:
            return False
        joined = _AND.fullmatch(self.text, first.span[1], behind.span[0]) is not None
        both = _ADJECTIVE.fullmatch(first.text) is not None and _ADJECTIVE.match(behind.text) is not None
        return joined and both

    def _span_of(self, last: Rule, part: Rule, unread: bool) -> Span | None:
        """The place of a question and the words behind it, where these go on with it, at once if both were read."""
        if not isinstance(last, Judgement) or not isinstance(part, Judgement | Unclear):
            return None
        if part.kind == "unclear" and part.rules:
            return None
        if not last.span or not part.span or last.span[1] > part.span[0]:
            return None
        start, end = part.span
        if not _JOINED.fullmatch(self.text, last.span[1], start):
            return None
        tokens = self._tokens(start, end)
        plain = not compares(tokens) and not self._facts(tokens)
        words = self.heard.within(start, end)
        goes_on = questions().goes_on(words if unread else words[:1]) or self._same_phrase(last, part)
        return (last.span[0], end) if plain and goes_on else None

    def _same_phrase(self, last: Judgement, part: Rule) -> bool:
        """ "as determined by the | treating oncologist", "with study visits and | treatments": one phrase with it.

        Behind a word that joins, it is one with what somebody wills only, and where it names no finding.
        """
        if not isinstance(part, Unclear) or part.reason != UNKNOWN or not part.span or not last.span:
            return False
        if last.text.lower() in _OTHERS:
            return False
        begin, (start, end) = last.span[1], part.span
        if not self.text[start].islower() or _NEW.match(self.text, start) or _SIGNED.search(self.text, start, end):
            return False
        if _WITHIN.fullmatch(self.text, begin, start):
            return True
        few = len(part.text.split()) <= _FEW and _FINDING.search(part.text) is None
        willed = places(questions().will, self.heard.within(*last.span))
        return few and bool(willed) and _AND.fullmatch(self.text, begin, start) is not None

    def _tokens(self, start: int, end: int) -> Sequence[Token]:
        return self.tokens[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def _facts(self, tokens: Sequence[Token]) -> list[int]:
        """Where those of the tokens begin that name what a record tells."""
        of = questions().of
        return [token.start for token in tokens if token.names or not of.issuperset(token.things)]

    def _judgement(self, span: Span) -> Judgement:
        return Judgement(" ".join(self.text[span[0] : span[1]].split()), span=span)


def compares(tokens: Sequence[Token]) -> bool:
    """Whether a value is compared in a place, which is no question for a person."""
    return any(not _COMPARED.isdisjoint(token.types) for token in tokens)
