"""Whether a criterion binds this patient at all: another cohort's does not, nor one for the other sex or age."""

from __future__ import annotations

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import AllOf, AnyOf, Graded, Measured, Not, Present, Rule
from eligibility.verdicts.by_tree import judge_tree
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import CriterionVerdict, Verdict


def unbound(rule: Rule, side: Side, facts: Facts, policy: Policy) -> Verdict | None:
    """The verdict of the guard that frees this patient from the criterion, None when the criterion binds.

    A criterion bound to a sex or age is, as an inclusion, "not that sex, or …" and, as an exclusion, "that sex, and …".
    """
    return _free_inclusion(rule, facts, policy) if side == "inclusion" else _free_exclusion(rule, facts, policy)


def asks_health(row: CriterionVerdict) -> bool:
    """Whether a criterion asks for healthy people."""
    return row.criterion.side == "inclusion" and any(
        isinstance(leaf, Present) and leaf.concept == "healthy_volunteer" for leaf in leaves(row.rule)
    )


def names_disease(row: CriterionVerdict) -> bool:
    """Whether a criterion asks for a disease: it does not bind a cohort of healthy people."""
    return row.criterion.side == "inclusion" and any(
        isinstance(leaf, Present) and leaf.fact == "condition" for leaf in leaves(row.rule)
    )


def _free_inclusion(rule: Rule, facts: Facts, policy: Policy) -> Verdict | None:
    if isinstance(rule, AllOf):
        return _every([_free_inclusion(child, facts, policy) for child in rule.rules])
    if isinstance(rule, AnyOf):
        guards = [child.rule for child in rule.rules if isinstance(child, Not) and _is_guard(child.rule)]
        return _not_met(guards, facts, policy) if len(guards) < len(rule.rules) else None
    return None


def _free_exclusion(rule: Rule, facts: Facts, policy: Policy) -> Verdict | None:
    if isinstance(rule, AnyOf):
        return _every([_free_exclusion(child, facts, policy) for child in rule.rules])
    if isinstance(rule, AllOf):
        guards = [child for child in rule.rules if _is_guard(child)]
        return _not_met(guards, facts, policy) if len(guards) < len(rule.rules) else None
    return None


def _is_guard(rule: Rule) -> bool:
    return (isinstance(rule, Graded) and rule.scale == "sex") or (isinstance(rule, Measured) and rule.variable == "age")


def _not_met(guards: list[Rule], facts: Facts, policy: Policy) -> Verdict | None:
    verdicts = (judge_tree(guard, facts, policy) for guard in guards)
    return next((verdict for verdict in verdicts if verdict.truth == "not_met"), None)


def _every(freed: list[Verdict | None]) -> Verdict | None:
    """All parts free the patient, or the whole binds."""
    return freed[0] if freed and all(freed) else None
