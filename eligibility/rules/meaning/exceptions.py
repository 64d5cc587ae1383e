"""Exceptions that were not read: who has what they are excepted from is asked whether they are his.

So it is only where all of what is excepted from was read, and the words of the exception surely are nothing else.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.joining import all_of
from eligibility.rules.meaning.sentence import Clause
from eligibility.rules.rule import Judgement, Not, Present, Rule, Unclear
from eligibility.spans import Span

# Kinds with which a time or another demand may stand behind an exception.
_MORE: Final = frozenset(("WINDOW", "NOT", "COHORT", "REASON", "COLON", "WASHOUT", "LATELY", "COUNT", "AT_MOST"))
# A joint behind which another reason to exclude may begin.
_AGAIN: Final = re.compile(
    r"(?:[,;]|\b(?:or|and)\b)\s*(?:or |and )?(?:an? |the )?(?:histor|prior\b|previous\b|have\b|has\b|had\b|is\b"
    r"|are\b|anticipat|need|requir"
    r"|use\b|those\b|patients?\b|subjects?\b|participants?\b|current\b|known\b|active\b|uncontrolled\b|undergo"
    r"|receiv|within\b"
    r"|other (?!cancer|malignan|tumou?r|neoplas|carcinoma)|any (?!other (?:cancer|malignan|tumou?r))|not?\b"
    r"|pregnan|evidence|presence"
    r"|concurrent\b|concomitant\b|planned\b|unable|inability|during\b|at\b|which\b|as\b|if\b|unless\b)",
    re.IGNORECASE,
)


# What may be said of all that stands before: what it does, or when it was.
_OF_BASE: Final = re.compile(
    r"\b(?:that|which|who) (?:may|might|could|would|can|is likely|are likely|requir\w+|interfer\w+|affect\w*)\b"
    r"|\bwithin\b[\w\s]{0,20}\d|\b\d+ (?:days?|weeks?|months?|years?) (?:of|before|prior|after)\b|\bduring\b",
    re.IGNORECASE,
)


def left_open(base: Rule, rest: Clause, text: str, span: Span, side: Side) -> Rule | None:
    """ "A except X": A, unless a person says that X is all there is of it; None where X may be more than that."""
    words = text[rest.start : rest.end]
    apart = [str(joint.value) for joint in rest.joints] in (["comma_or"], ["comma_and"])  # "A except X, or B"
    if apart or _OF_BASE.search(words):
        return None
    if not rest.kinds.isdisjoint(_MORE) or any(joint.type == "TURN" for joint in rest.joints) or _AGAIN.search(words):
        return None
    inner = base.rule if isinstance(base, Not) and side == "inclusion" else base
    if (side == "inclusion" and inner is base) or not all(isinstance(leaf, Present) for leaf in leaves(inner)):
        return None
    if any(isinstance(leaf, Present) and leaf.named for leaf in leaves(inner)):
        return None
    judgement = Judgement(" ".join(words.split()), span=(rest.start, rest.end))
    rule = all_of([inner, Not(judgement, span=judgement.span)], span)
    return rule if inner is base else Not(rule, span=span)


def unread(exception: Rule | None) -> bool:
    """Whether something of an exception was not read."""
    return exception is None or any(isinstance(leaf, Unclear) for leaf in leaves(exception))
