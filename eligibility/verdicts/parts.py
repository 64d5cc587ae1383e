"""What holds of each test inside a criterion, and what that means for the criterion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.patients.patient import Answer
from eligibility.rules.leaves import children, is_leaf
from eligibility.rules.rule import Leaf, Not, Rule
from eligibility.verdicts.by_tree import judge_tree
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.judge import result_of
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import CriterionVerdict, Result, Verdict


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a criterion's rule with what holds of it, seen alone.

    `wanted` says whether the criterion asks for it to be met: it turns with an exclusion, and at every `not`.
    """

    leaf: Leaf
    wanted: bool
    result: Result
    verdict: Verdict


def parts_of(row: CriterionVerdict, facts: Facts, policy: Policy, answer: Answer | None = None) -> tuple[Part, ...]:
    """The leaves of a judged criterion in reading order; those of one that does not apply are not judged."""
    asked = _asked(row.rule, row.criterion.side == "inclusion")
    if row.result == "not_applicable":
        return tuple(Part(leaf, wanted, "not_applicable", Verdict("unknown")) for leaf, wanted in asked)
    judged = ((leaf, wanted, judge_tree(leaf, facts, policy, answer, wanted=wanted)) for leaf, wanted in asked)
    return tuple(Part(leaf, wanted, result_of(verdict.truth, wanted), verdict) for leaf, wanted, verdict in judged)


def _asked(rule: Rule, wanted: bool) -> Iterator[tuple[Leaf, bool]]:
    if is_leaf(rule):
        yield rule, wanted
    for child in children(rule):
        yield from _asked(child, wanted is not isinstance(rule, Not))
