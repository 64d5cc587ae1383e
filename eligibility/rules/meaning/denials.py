"""A list that ends in what must not be there: "adults with asthma, with no history of cancer, infarction or stroke".

The "or" is of what is denied, none of which may be there; it does not join that to what stands before the denial.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.member import Member
from eligibility.rules.rule import Not

_BEFORE: Final = frozenset(("comma", "comma_and", "and"))
_OR: Final = frozenset(("or", "comma_or"))


def denied_from(members: Sequence[Member], joints: Sequence[str], text: str) -> int:
    """The member from which all are denied, some of them joined by "or", behind others that are not; 0 for none.

    So is what a person must deny: "stage B, not suitable for surgery or ablation".
    """
    if _OR.isdisjoint(joints):
        return 0
    at = len(members)
    while at and members[at - 1].negated and members[at - 1].before is None:
        at -= 1
    if at == len(members):
        at = next((i for i, member in enumerate(members) if member.judged and _denies(member, text)), 0)
    behind = at and at + 1 < len(members) and not _OR.isdisjoint(joints[at:])
    return at if behind and joints[at - 1] in _BEFORE else 0


def _denies(member: Member, text: str) -> bool:
    return text[member.span[0] :].lstrip()[:4].lower() == "not "


def before(joints: Sequence[str], at: int) -> list[str]:
    """The joints before the denial; "A, B, and no C": the "and" is of all that stands there."""
    joined = joints[at - 1] in ("and", "comma_and")
    return ["and" if joined and joint == "comma" else joint for joint in joints[: at - 1]]


def shared_with_washout(member: Member) -> bool:
    """ "At least 4 weeks since prior and no concurrent A or B": the time is of both, and stands with the first."""
    return member.scope.washout is not None or isinstance(member.before, Not) or isinstance(member.rule, Not)
