"""The engine that defines the meaning: one patient, one rule, walked as the tree it is."""

from __future__ import annotations

from eligibility.patients.patient import Answer
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Judgement, Not, Rule, Unclear
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.kleene import all_of, any_of, at_least, negated
from eligibility.verdicts.leaf import LEAVES
from eligibility.verdicts.opinion import unknown
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Evidence, Verdict


def judge_tree(
    rule: Rule, facts: Facts, policy: Policy, answer: Answer | None = None, *, wanted: bool = True
) -> Verdict:
    """What holds of a rule (strong Kleene).

    A person's `answer` decides judgement and unclear leaves only: "pass" makes each what the criterion needs to pass.
    `wanted` says whether the criterion passes when the rule is met; it turns at every `not`.
    """
    leaf = LEAVES.get(type(rule))
    if leaf is not None:
        return leaf(rule, facts, policy)
    match rule:
        case Judgement() | Unclear():
            return _asked(rule, answer, wanted)
        case Not():
            return negated(judge_tree(rule.rule, facts, policy, answer, wanted=not wanted))
        case AllOf() | AnyOf() | AtLeast():
            verdicts = [judge_tree(child, facts, policy, answer, wanted=wanted) for child in rule.rules]
            return _joined(rule, verdicts)
    raise TypeError(f"no rule of the kernel: {type(rule).__name__}")


def _joined(rule: AllOf | AnyOf | AtLeast, verdicts: list[Verdict]) -> Verdict:
    if isinstance(rule, AllOf):
        return all_of(verdicts)
    return any_of(verdicts) if isinstance(rule, AnyOf) else at_least(rule.count, verdicts)


def _asked(rule: Judgement | Unclear, answer: Answer | None, wanted: bool) -> Verdict:
    """A leaf for a person: decided by their answer, else unknown for that reason."""
    if answer is None:
        detail = rule.reason if isinstance(rule, Unclear) else ""
        return unknown(rule.text, rule.kind, rule.span, detail)
    truth = (answer.result == "pass") == wanted
    evidence = Evidence(rule.text, answer.result, None, answer.date, answer.source, by=answer.by)
    return Verdict("met" if truth else "not_met", (evidence,))
