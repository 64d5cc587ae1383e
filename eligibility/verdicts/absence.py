"""What absence means: a no only where the profile declares a list complete, or the user's policy says so."""

from __future__ import annotations

from eligibility.derived.dossier import is_strange
from eligibility.patients.patient import LIST_OF
from eligibility.rules.rule import Fact
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Evidence


def absent(fact: Fact, concept: str, facts: Facts, policy: Policy) -> Evidence | str:
    """The evidence ("no", of no fact yet) that what is not recorded is absent, else why that is not known.

    A complete list in which an entry is not in the vocabulary proves nothing: that entry may be what is asked for. So
    may any entry where the tables do not say what is a kind of what is asked for ("nephrotoxic drugs").
    """
    patient, listed = facts.patient, LIST_OF[fact]
    word = facts.words.get(concept)
    several = word is not None and word.open and any(row.fact == fact for row in patient.findings)
    if word is not None and several and not _waived(fact, concept, facts, policy):
        return f"which of the {listed} are {word.label.lower()} is not in the vocabulary"
    strange = [row.name for row in patient.findings if row.fact == fact and is_strange(row)]
    if listed in patient.complete and not strange:
        return Evidence("", "no", source=f"complete {listed}")
    if listed in policy.assume_absent:
        return Evidence("", "no", source="policy", note=f"not in the {listed}, assumed absent")
    if _waived(fact, concept, facts, policy):
        return Evidence("", "no", source="policy", note="not recorded, assumed absent")
    if listed in patient.complete:
        return f"the {listed} are complete but hold what the vocabulary does not know: {', '.join(strange[:3])}"
    return ""


def _waived(fact: Fact, concept: str, facts: Facts, policy: Policy) -> bool:
    """Whether the policy names the thing itself, or a wider one."""
    return fact != "allergy" and not policy.assume_absent.isdisjoint((concept, *facts.ancestors(concept)))
