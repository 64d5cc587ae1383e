"""How far words reach over a list: what may belong to more than the word beside it is not decided without it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from eligibility.rules.meaning.joining import tests
from eligibility.rules.meaning.members import Member
from eligibility.rules.meaning.sentence import Clause, Piece
from eligibility.rules.meaning.source import GOVERNED, UNKNOWN, Source
from eligibility.rules.rule import Present, Unclear

LOOSE = "an adjective without a noun"
OVER = "words before it may be of it too"
# "metastasis on imaging | or biopsy": a noun joined to one that a preposition governs.
_COMPLEMENT = re.compile(
    r"\b(?:on|by|in|via|through|with|for|of|from|to|about|regarding|during|than|at)\b[\w\s-]{1,30}$", re.I
)


class Reaching:
    """Looks over the members of one list, from left to right."""

    def __init__(self, source: Source, clause: Clause) -> None:
        self.source, self.clause = source, clause

    def over(self, members: Sequence[Member]) -> None:
        """Make a member unclear that words before it may belong to as well, in place."""
        loose = False
        for at, member in enumerate(members):
            if at and isinstance(member.rule, Present) and not member.rule.qualifiers:
                self._member(members, at, loose)
            loose = loose or (isinstance(member.rule, Unclear) and (member.rule.reason == LOOSE or bool(member.worded)))

    def _member(self, members: Sequence[Member], at: int, loose: bool) -> None:
        before, member = members[at - 1], members[at]
        if loose:
            member.rule = self.source.unclear(*member.span, LOOSE)
        elif str(self.clause.joints[at - 1].value) in ("or", "and") and self._bare(at) and self._shares(before):
            member.rule = self.source.unclear(*member.span, OVER)

    def _bare(self, at: int) -> bool:
        kinds = [part.kind for part in self.clause.members[at] if part.kind not in ("VERB", "COLON")]
        return kinds == ["THING"]

    def _shares(self, before: Member) -> bool:
        """Whether words that are not understood, an adjective or a preposition among them, stand before the joint."""
        words = before.rule
        if before.negated or not isinstance(words, Unclear) or words.reason not in (UNKNOWN, GOVERNED, LOOSE, OVER):
            return False
        return len(words.text.split()) > 1 or bool(_COMPLEMENT.search(words.text))


def restrictive(clause: Clause) -> int:
    """The member that begins with a relative clause ("…, who cannot …"), narrowing those before it; 0 for none."""
    for at, parts in enumerate(clause.members[1:], 1):
        if parts[0].kind == "RELATIVE":
            return at
    return 0


def opined(clause: Clause) -> bool:
    """ "A, or B that, in the opinion of the investigator, …": whether an opinion restricts what stands before it."""
    parts = [part for part in clause.parts() if isinstance(part, Piece)]
    at = next((i for i, part in enumerate(parts) if part.kind == "RELATIVE"), len(parts))
    named = any(part.kind in ("THING", "WORDS") for part in parts[:at])
    return named and any(part.kind == "JUDGE" for part in parts[at : at + 4])


def opinion_reaches(members: Sequence[Member], clause: Clause) -> bool:
    """ "Infarction or stroke without medical clearance", "clinically significant A or B": an opinion on both."""
    if len(members) != 2 or str(clause.joints[0].value) not in ("or", "and"):
        return False
    first, last = members
    if first.judged and isinstance(last.rule, Present) and not last.rule.qualifiers:
        return str(getattr(clause.members[0][0], "value", "")).lower().startswith("clinically")
    opening = clause.members[1][0]
    trailing = last.judged and opening.kind in ("THING", "WORDS", "QUALIFIER")
    return trailing and isinstance(first.rule, Present) and not first.tested


def listed_again(clause: Clause) -> bool:
    """ "… must meet one of the criteria:" within a list: whether how many of what follows is asked was not read."""
    for member in clause.members:
        kinds = [part.kind for part in member]
        if "COUNT" in kinds and kinds[-1] == "COLON":
            return True
    return False


def any_tests(members: Sequence[Member]) -> bool:
    """Whether some member compares a value."""
    return any(member.tested or (member.rule is not None and tests(member.rule)) for member in members)
