"""Things of which a sentence says something that was not understood: it need not ask for them, or not for all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.relatives import needing
from eligibility.rules.meaning.sentence import Clause
from eligibility.rules.meaning.source import RESTRICTS, Source
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


def narrowed_inside(members: Sequence[Member], clause: Clause, source: Source) -> None:
    """ "A or | B that is refractory to C | or for which …": what is said of B may be said of A."""
    for at in range(1, len(members) - 1) if "RELATIVE" in clause.kinds else ():
        relative = next((part for part in clause.members[at][1:] if part.kind == "RELATIVE"), None)
        if relative is None or needing(relative):
            continue
        first = at
        if clause.members[at][-1].kind == "REMOTE" and members[at].rule is not None:  # "… that is refractory to | or …"
            members[at].rule = source.unclear(*members[at].span, RESTRICTS)
        while first and _undated(members[first - 1]):
            first -= 1
            members[first].rule = source.unclear(*members[first].span, RESTRICTS)


def _undated(member: Member) -> bool:
    """Whether a member is a finding of which no more is said."""
    rule = member.rule
    named = isinstance(rule, Present) and rule.fact == "condition" and rule.window is None and rule.status == "active"
    return named and not member.negated and not member.own


def _is_subject(member: Member, source: Source) -> bool:
    match member.rule:
        case AllOf(rules=(Present() as thing, Unclear() as words, *_)) if thing.span and words.span:
            return thing.fact in _FACTS and _VERB.match(source.text, thing.span[1], words.span[1]) is not None
    return False


def _bare(member: Member) -> bool:
    rule = member.rule
    return isinstance(rule, Present) and rule.fact in _FACTS and rule.window is None and not member.own
