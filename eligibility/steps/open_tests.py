"""The tests of facts that are open in a trial: those that could still change it, with why each is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.rules.leaves import leaves
from eligibility.rules.rule import Leaf
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.leaf import LEAVES
from eligibility.verdicts.outcome import lacks_fact
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import FACT_REASONS, Evidence, Missing, TrialVerdict


@dataclass(frozen=True, slots=True)
class OpenTest:
    """A leaf of a criterion that is unknown for want of a fact; `seen` are the facts that were looked at."""

    trial: str
    criterion: str
    leaf: Leaf
    gap: Missing
    seen: tuple[Evidence, ...]


def open_tests(verdict: TrialVerdict, facts: Facts, policy: Policy) -> Iterator[OpenTest]:
    """The open tests of a trial (of one cohort of it), in reading order."""
    for row in verdict.criteria:
        if not lacks_fact(row):
            continue
        counting = frozenset(row.missing)
        for leaf in leaves(row.rule):
            judge = LEAVES.get(type(leaf))
            found = judge(leaf, facts, policy) if judge else None
            for gap in found.missing if found else ():
                if gap in counting and gap.reason in FACT_REASONS:
                    yield OpenTest(verdict.trial, row.criterion.id, leaf, gap, found.because if found else ())
