"""Treatments of which a sentence says something that was not understood: it need not ask for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.source import Source
from eligibility.rules.rule import AllOf, Present, Unclear

_FACTS: Final = ("treatment", "procedure")
_VERB: Final = re.compile(r"\s*(?:has|have|had|is|are|was|were|may|can|could|will|must|should|does|do)\b", re.I)
SAID_OF: Final = "what is said of it"


def unread_predicates(members: Sequence[Member], source: Source) -> None:
    """ "A and B have both been assigned to category D": nobody is asked to take A, or B."""
    for at, member in enumerate(members):
        if member.negated or not _is_subject(member, source):
            continue
        first = at
        while first and _bare(members[first - 1]):
            first -= 1
        for subject in members[first : at + 1]:
            subject.rule = source.unclear(*subject.span, SAID_OF)


def _is_subject(member: Member, source: Source) -> bool:
    match member.rule:
        case AllOf(rules=(Present() as thing, Unclear() as words, *_)) if thing.span and words.span:
            return thing.fact in _FACTS and _VERB.match(source.text, thing.span[1], words.span[1]) is not None
    return False


def _bare(member: Member) -> bool:
    rule = member.rule
    return isinstance(rule, Present) and rule.fact in _FACTS and rule.window is None and not member.own
