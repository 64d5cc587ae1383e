"""Opinions within a list: whether a clause such as "… that would interfere" is said of all of it or of its end.

"Diabetes, or any other condition that would interfere": the last of a list names nothing, so that the clause is what
makes a finding of it, and what stands before is asked by itself. So are the social situations that are listed behind
diseases. Where the last is a finding like the others, the clause may be said of each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.clauses import finding
from eligibility.rules.meaning.joining import all_of, computable
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.relatives import needing, restricting
from eligibility.rules.meaning.scope import NO_WORDS
from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.rules.meaning.source import RESTRICTS, Source
from eligibility.rules.rule import Rule
from eligibility.vocabulary.judgement import questions, words_of

_ANY_OTHER: Final = frozenset(("any", "other", "another", "some"))
_BEGINNING: Final = frozenset(("which", "that", "in", "the", "who"))
# what is listed with an illness of the mind and is none
_OF_MIND: Final = (
    "psychiatric",
    "psychological",
    "mental",
    "illness",
    "illnesses",
    "disorder",
    "disorders",
    "condition",
)
_OF_LIFE: Final = (
    "social",
    "familial",
    "situation",
    "situations",
    "circumstance",
    "circumstances",
    "conditions",
    "issues",
)
_SOCIAL: Final = frozenset((*_OF_MIND, *_OF_LIFE, "and", "or"))
_OR: Final = frozenset(("or", "comma_or", "and", "comma_and"))
_LISTED: Final = _OR | {"comma"}


def apart(members: list[Member], clause: Clause, source: Source) -> tuple[list[Member], Clause]:
    """The members and their clause, the end that an opinion makes a finding of being one member for a person."""
    if "RELATIVE" not in clause.kinds and "JUDGE" not in clause.kinds:
        return members, clause
    at = _opined_from(members, clause, source)
    if at == 0:
        return members, clause
    span = (_begins(at, clause, source), clause.end)
    said = Member(source.judgement(*span), NO_WORDS, span, judged=True, own=True, negated=members[at - 1].negated)
    joint = clause.joints[at - 1]
    word = "or" if source.side == "exclusion" else str(joint.value).removeprefix("comma_")
    joints = (*clause.joints[: at - 1], Piece(joint.kind, joint.start, joint.end, word, joint.type))
    part = (Piece("JUDGE", span[0], span[1], source.words(*span)),)
    return [*members[:at], said], Clause((*clause.members[:at], part), joints)


def _opined_from(members: Sequence[Member], clause: Clause, source: Source) -> int:
    """The member with which the end begins that names nothing; 0 for none."""
    if any(joint.type != "JOIN" for joint in clause.joints):
        return 0
    said = [_said(at, clause, source) for at in range(len(members))]
    at = next((i for i in range(len(said) - 1, 0, -1) if _names_nothing(members[i], said[i])), 0)
    if not at:  # "…, or psychiatric illness/social situations that would limit compliance"
        at = len(said) - 1 if said[-1] and _SOCIAL.issuperset(said[-1]) else 0
        while at and _SOCIAL.issuperset(said[at - 1]):
            at -= 1
    if not at or str(clause.joints[at - 1].value) not in _OR or not _asked_before(members[:at]):
        return 0
    return at if questions().opines(words_of(source.text[clause.joints[at - 1].end : clause.end])) else 0


def _asked_before(members: Sequence[Member]) -> bool:
    """Whether some of what stands before can be answered from a record, and nothing of it is an opinion too."""
    rules = [member.rule for member in members if member.rule is not None]
    return not any(member.judged for member in members) and any(map(computable, rules))


def _begins(at: int, clause: Clause, source: Source) -> int:
    """Where a member begins, with the silent words before it ("any condition | that would …")."""
    start = clause.joints[at - 1].end if at else clause.start
    return start + len(source.text[start : clause.end]) - len(source.text[start : clause.end].lstrip())


def _said(at: int, clause: Clause, source: Source) -> list[str]:
    """The words of a member before the clause that restricts it."""
    parts = clause.members[at]
    relative = next((part for part in parts if part.kind in ("RELATIVE", "JUDGE")), None)
    end = relative.start if relative is not None else parts[-1].end
    words = words_of(source.text[_begins(at, clause, source) : end])
    while words and words[-1] in _BEGINNING:
        words.pop()
    return words


def _names_nothing(member: Member, words: Sequence[str]) -> bool:
    """ "any other medical condition", "any retinal changes"."""
    if not words or words[0] not in _ANY_OTHER:
        return False
    return questions().names_nothing(words) or member.rule is None or not computable(member.rule)


def restricting_all(members: Sequence[Member], clause: Clause, source: Source) -> Part | None:
    """ "Psychiatric illness or social situations | that would limit compliance": where the restricting begins."""
    if "RELATIVE" not in clause.kinds or len(members) < 2:
        return None
    last = clause.members[-1]
    relative = next((part for at, part in enumerate(last) if restricting(at, last)), None)
    joint = str(clause.joints[-1].value) if clause.joints else ""
    if relative is None or last[-1] is relative or joint not in _LISTED or not all(map(finding, members[:-1])):
        return None
    words = _said(len(members) - 1, clause, source)
    opens = last[0] is relative
    if opens and (bool(words) or (needing(relative) and joint.endswith("or"))):
        return None  # "or presence of conditions that …", "or requiring dialysis" are asked by themselves
    return None if source.side == "exclusion" and _names_nothing(members[-1], words) else relative


def restricted(members: Sequence[Member], relative: Part, clause: Clause, source: Source) -> Rule | None:
    """A question for a person where the words that restrict are an opinion.

    Other words go with each of the members, in place: whether they are of all or of the last, who has none of what is
    named is not meant. Where one is denied that cannot be told.
    """
    span = (clause.start, clause.end)
    if questions().opines(words_of(source.text[relative.start : clause.end])):
        return source.judgement(*span)
    if any(member.negated or member.before for member in members) or any(member.lead for member in members[:-1]):
        return source.unclear(*span, RESTRICTS)
    for member in members[:-1]:
        if member.rule is not None:
            words = source.unclear(relative.start, clause.end, RESTRICTS)
            member.rule = all_of([member.rule, words], (member.span[0], clause.end))
    if clause.members[-1][0] is relative:  # "transplant and | requiring immunosuppression": nothing but the words
        members[-1].rule = members[-1].lead = None
    return None
