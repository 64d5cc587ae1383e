"""The proof of a criterion's verdict: what holds of its rule, of every part of that, down to the facts."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.patients.patient import Answer
from eligibility.rules.leaves import children
from eligibility.rules.rule import Not, Rule
from eligibility.verdicts.by_tree import judge_tree
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import CriterionVerdict, Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One rule with what holds of it and the steps that this rests on; none below a test."""

    rule: Rule
    verdict: Verdict
    steps: tuple[Step, ...] = ()


def proof_of(row: CriterionVerdict, facts: Facts, policy: Policy, answer: Answer | None = None) -> Step:
    """The proof of a judged criterion, each part judged by the engine that defines the meaning."""
    return _step(row.rule, row.criterion.side == "inclusion", facts, policy, answer)


def _step(rule: Rule, wanted: bool, facts: Facts, policy: Policy, answer: Answer | None) -> Step:
    verdict = judge_tree(rule, facts, policy, answer, wanted=wanted)
    inner = wanted is not isinstance(rule, Not)
    return Step(rule, verdict, tuple(_step(part, inner, facts, policy, answer) for part in children(rule)))
