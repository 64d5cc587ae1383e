"""Limits of a count: words behind one say which of all there were are counted, so that it is of them alone."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.rule import Measured, Rule
from eligibility.vocabulary.tables import Vocabulary

_OF_SOME: Final = re.compile(
    r"\W{0,3}(?:for|in|with|that|which|including|excluding|containing|given|on|as|from|after|since|prior|before|"
    r"within|during|targeting|directed|administered|used|received|"
    r"(?:(?:is|are|will be|may be) )?(?:allowed|permitted|acceptable|eligible)|"
    r"cycles?|courses?|drugs?|agents?|medications?|doses?|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
_OF_ALL: Final = re.compile(
    r"\W{0,3}for (?:the )?(?:treatment of )?(?:this|their|his|her|the (?:current|present|study|same)) "
    r"(?:disease|cancer|malignancy|condition|tumou?r|diagnosis)\b",
    re.IGNORECASE,
)


def of_some(rule: Rule, text: str, end: int, vocabulary: Vocabulary) -> bool:
    """ "More than 2 prior lines of therapy | for metastatic disease": whether a limit of a count is of some of it."""
    if not isinstance(rule, Measured) or not vocabulary.words[rule.variable].counted:
        return False
    return _OF_SOME.match(text, end) is not None and _OF_ALL.match(text, end) is None
