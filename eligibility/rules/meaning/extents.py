"""Disease that is named by its extent alone: "unresectable or metastatic disease" is the disease under study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.sentence import Clause
from eligibility.rules.rule import Present
from eligibility.vocabulary.tables import Vocabulary

_EXTENTS: Final = frozenset(
    (
        *("metastasis", "recurrent_disease", "unresectable_disease", "locally_advanced_disease"),
        *("stage_iii_disease", "stage_iv_disease"),
    )
)
_WIDE: Final = frozenset(("malignancy", "solid_tumor"))


def extent_of_another(members: Sequence[Member], clause: Clause, vocabulary: Vocabulary) -> bool:
    """ "Gastric cancer with inoperable or recurrent disease": nobody is asked for who has it without that cancer."""
    named = [member for member in members if isinstance(member.rule, Present) and not member.negated]
    concepts = {member.rule.concept for member in named if isinstance(member.rule, Present)}
    either = any(str(joint.value).endswith("or") for joint in clause.joints)
    if not either or _EXTENTS.isdisjoint(concepts) or len(concepts) == 1:
        return False
    return not concepts.isdisjoint(vocabulary.descendants("malignancy") - vocabulary.descendants("metastasis") - _WIDE)
