"""Which leaves a patient's record is silent on: all of a group have then the same verdict, whatever else they ask.

What a leaf looks at first is whether there is anything to look at: values of a quantity, findings of a concept or of
its kin, a record of just this name. Where there is nothing, only what absence means is left, and that depends on
what is asked for and not on bounds, levels, qualities, status or length of time. It does depend on the moment that a
window is counted from, since that may be unknown.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from eligibility.patients.patient import FEMALE_ONLY
from eligibility.rules.rule import Changed, Graded, Measured, Present
from eligibility.verdicts.facts import Facts
from eligibility.vocabulary import icd10cm
from eligibility.vocabulary.names import plain_name

ALONE: Final = "alone"
NAME: Final = "name"


class Group(NamedTuple):
    """What the leaves of a group have in common.

    `sort` is measured or changed (of the quantity `subject`), a kind of finding (of the concept `subject`), NAME for
    what is known by its name, or ALONE for leaves that are never alike. `anchor` is what their windows count from.
    """

    sort: str
    subject: str
    anchor: str


def group_of(leaf: Measured | Graded | Changed | Present) -> Group:
    """The group of a leaf."""
    if isinstance(leaf, Graded):
        return Group(ALONE, leaf.scale, "")
    if isinstance(leaf, Present):
        anchor = leaf.window.anchor if leaf.window else ""
        return Group(NAME, "", anchor) if leaf.named else Group(leaf.fact, leaf.concept, anchor)
    return Group(ALONE if leaf.variable == "age" else leaf.kind, leaf.variable, "")


def names_of(leaf: Present) -> frozenset[str]:
    """What a record may be called to speak of a leaf that is known by its name, as `Facts.names` gives names."""
    names = (leaf.concept, " ".join((*leaf.qualifiers, leaf.concept)))
    return frozenset((*map(plain_name, names), *map(icd10cm.normal, names)))


class Silence:
    """The silence of one patient's record."""

    def __init__(self, facts: Facts) -> None:
        """Looks at which concepts it has findings of."""
        self._facts = facts
        self._recorded = {False: frozenset(facts.findings), True: frozenset(facts.allergies)}
        self._above = {allergy: self._with_ancestors(keys) for allergy, keys in self._recorded.items()}

    def _with_ancestors(self, keys: frozenset[str]) -> frozenset[str]:
        return keys.union(*map(self._facts.ancestors, keys))

    def on(self, group: Group) -> bool:
        """Whether the record is silent on all that this group asks of; not for names, of which each is another."""
        if group.sort == ALONE:
            return False
        if group.sort in ("measured", "changed"):
            return not self._facts.readings(group.subject)
        return self._has_nothing(group.subject, allergy=group.sort == "allergy")

    def _has_nothing(self, concept: str, *, allergy: bool) -> bool:
        if concept in self._above[allergy]:
            return False
        word = self._facts.words.get(concept)
        if word is not None and not allergy and (word.kind == "scale" or self._facts.denial(concept) is not None):
            return False
        if concept in FEMALE_ONLY:
            return False
        return self._recorded[allergy].isdisjoint(self._facts.ancestors(concept))
