"""Where a text refers to another place of the protocol: "(see Appendix A)" behind a limit says nothing of the limit."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.sentence import Bracket, Clause
from eligibility.rules.meaning.source import Source

_PLACE: Final = r"(?:appendix|appendices|sections?|tables?|attachment|annex|addendum|supplement)"
_NUMBER: Final = r"(?:[A-Z]{1,4}|\d{1,2}[a-z]?)(?:[.-]?\d{1,2}|\.[A-Z])*"
# "see Section 10.2 for exceptions" says more than where
_REFERENCE: Final = re.compile(
    rf"\W*(?:please\s)?(?:(?:see|refer to|as per|per|in|cf\.?|as (?:defined|described|listed|outlined|given) in)\s)?"
    rf"(?:the\s)?(?:protocol\s)?{_PLACE}\s*(?:{_NUMBER})?(?:,?\s*(?:and|or|&|,)?\s*{_PLACE}\s*{_NUMBER})?"
    r"(?:\s(?:of|in)\s(?:the|this)\s(?:study\s)?protocol)?"
    r"(?::\s*(?!.*\b(?:for|except\w*|unless|if|other|not|allow\w*)\b)[\w\s()-]{1,60})?\W*",
    re.IGNORECASE,
)
_LONGEST: Final = 100


def refers(words: str) -> bool:
    """Whether words only name another place."""
    return len(words) < _LONGEST and words[-1:] != "" and _REFERENCE.fullmatch(words) is not None


def without_references(bracket: Bracket, source: Source) -> Bracket | None:
    """A bracket without what only refers elsewhere; None where nothing else is in it."""
    last, end = bracket.clauses[-1], bracket.end - 1
    if refers(source.words(last.start, end)):
        return Bracket(bracket.clauses[:-1], bracket.start, bracket.end) if len(bracket.clauses) > 1 else None
    if not last.joints or last.joints[-1].value != "comma" or not refers(source.words(last.members[-1][0].start, end)):
        return bracket
    shorter = Clause(last.members[:-1], last.joints[:-1])
    return Bracket((*bracket.clauses[:-1], shorter), bracket.start, bracket.end)
