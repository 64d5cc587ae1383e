"""A rule, or its opposite, as a group of Circe criteria."""

from __future__ import annotations

from eligibility.exports.circe.group import Part, all_of, any_of, at_least, left_out
from eligibility.exports.circe.measured import measured
from eligibility.exports.circe.persons import age, sex
from eligibility.exports.circe.present import present
from eligibility.exports.circe.sets import ConceptSets
from eligibility.rules.leaves import children
from eligibility.rules.rule import AtLeast, Graded, Judgement, Measured, Not, Present, Rule, Unclear


def part_of(rule: Rule, positive: bool, sets: ConceptSets) -> Part:
    """The group that whoever meets the rule (`positive`), or does not meet it, fulfils.

    A "not" goes down to the leaves: none of A and B is not A, or not B.
    """
    if isinstance(rule, Not):
        return part_of(rule.rule, not positive, sets)
    if rule.kind in ("all", "any", "at_least"):
        inner = children(rule)
        parts = [part_of(one, positive, sets) for one in inner]
        if isinstance(rule, AtLeast):
            return at_least(rule.count if positive else len(inner) - rule.count + 1, parts)
        return all_of(parts) if (rule.kind == "all") == positive else any_of(parts)
    return _leaf(rule, positive, sets)


def _leaf(rule: Rule, positive: bool, sets: ConceptSets) -> Part:
    if isinstance(rule, Measured):
        by_age = rule.variable == "age"
        return age(rule, positive, sets.setting.as_of) if by_age else measured(rule, positive, sets)
    if isinstance(rule, Present):
        return present(rule, positive, sets)
    if isinstance(rule, Graded) and rule.scale == "sex":
        return sex(rule, positive)
    return left_out(_why(rule))


def _why(rule: Rule) -> str:
    if isinstance(rule, Unclear):
        return f"not understood: “{' '.join(rule.text.split())}”"
    if isinstance(rule, Judgement):
        return f"for a person to say: “{' '.join(rule.text.split())}”"
    return "levels of scales are not asked for" if isinstance(rule, Graded) else "changes of values are not asked for"
