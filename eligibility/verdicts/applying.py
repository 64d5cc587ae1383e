"""Whether a criterion binds this patient at all: another cohort's does not, nor one for the other sex or age."""

from __future__ import annotations

from collections.abc import Sequence

from eligibility.criteria.criterion import Criterion, Side
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import AllOf, AnyOf, Graded, Measured, Not, Present, Rule
from eligibility.verdicts.by_tree import judge_tree
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Verdict


def unbound(rule: Rule, side: Side, facts: Facts, policy: Policy) -> Verdict | None:
    """The verdict of the guard that frees this patient from the criterion, None when the criterion binds.

    A criterion bound to a sex or age is, as an inclusion, "not that sex, or …" and, as an exclusion, "that sex, and …".
    """
    found = guards_of(rule, side)
    if found is None:
        return None
    guards, parts = found
    if not parts:
        verdicts = (judge_tree(guard, facts, policy) for guard in guards)
        return next((verdict for verdict in verdicts if verdict.truth == "not_met"), None)
    freed = [unbound(part, side, facts, policy) for part in parts]
    return freed[0] if all(freed) else None


def asks_health(criterion: Criterion, rule: Rule) -> bool:
    """Whether a criterion asks for healthy people."""
    return criterion.side == "inclusion" and any(
        isinstance(leaf, Present) and leaf.concept == "healthy_volunteer" for leaf in leaves(rule)
    )


def names_disease(criterion: Criterion, rule: Rule) -> bool:
    """Whether a criterion asks for a disease: it does not bind a cohort of healthy people."""
    return criterion.side == "inclusion" and any(
        isinstance(leaf, Present) and leaf.fact == "condition" for leaf in leaves(rule)
    )


def guards_of(rule: Rule, side: Side) -> tuple[list[Rule], tuple[Rule, ...]] | None:
    """What frees a patient from a criterion: one of these guards is not met, or else each of these parts frees.

    None where nothing does.
    """
    if isinstance(rule, AllOf if side == "inclusion" else AnyOf):
        return ([], rule.rules) if rule.rules else None
    if not isinstance(rule, AnyOf if side == "inclusion" else AllOf):
        return None
    if side == "inclusion":
        guards = [child.rule for child in rule.rules if isinstance(child, Not) and _is_guard(child.rule)]
    else:
        guards = [child for child in rule.rules if _is_guard(child)]
    return (guards, ()) if guards and len(guards) < len(rule.rules) else None


def _is_guard(rule: Rule) -> bool:
    return (isinstance(rule, Graded) and rule.scale == "sex") or (isinstance(rule, Measured) and rule.variable == "age")


def bound_places(
    criteria: Sequence[tuple[str | None, bool, bool]],
) -> tuple[tuple[str | None, tuple[int, ...]], ...]:
    """For each cohort of a trial (None: it has none) the places of the criteria that bind it.

    Of each criterion is given whose cohort's it is (None: everybody's), and whether it asks for health or for a
    disease: none is asked of healthy controls.
    """
    named = dict.fromkeys(name for name, _, _ in criteria if name)
    cohorts: list[str | None] = [*named] or [None]
    return tuple([(cohort, _binding(cohort, criteria)) for cohort in cohorts])


def _binding(cohort: str | None, criteria: Sequence[tuple[str | None, bool, bool]]) -> tuple[int, ...]:
    freed = cohort is not None and any(health and name == cohort for name, health, _ in criteria)
    return tuple([
        place
        for place, (name, _, disease) in enumerate(criteria)
        if name == cohort or (name is None and not (freed and disease))
    ])  # fmt: skip
