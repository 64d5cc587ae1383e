"""Limits of which one may take the place of the other: "platelets ≥ 100, creatinine ≤ 1.5 or clearance ≥ 60"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.joining import all_of, any_of, of_one_age, tests
from eligibility.rules.meaning.source import Source
from eligibility.rules.rule import Graded, Judgement, Measured, Rule, Unclear
from eligibility.spans import Span

# What says the same of a patient, so that a text that asks for one of two asks for what stands before them as well.
_ALIKE: Final = (
    frozenset(("creatinine", "creatinine_clearance", "egfr", "egfr_mdrd", "egfr_ckd_epi_2009")),
    frozenset(("total_bilirubin", "direct_bilirubin", "indirect_bilirubin")),
    frozenset(("inr", "prothrombin_time", "prothrombin_activity", "aptt")),
    frozenset(("ecog_ps", "karnofsky", "lansky")),
)
_FEWEST: Final = 3


def with_alternatives(rules: Sequence[Rule], span: Span, source: Source) -> Rule | None:
    """What is asked by a list with "or" of which not all are alternatives; None where "or" joins all of it."""
    return None if source.side == "exclusion" else _last_two(rules, span, source.text) or of_one_age(rules, span)


def _last_two(rules: Sequence[Rule], span: Span, text: str) -> Rule | None:
    said = isinstance(rules[0], Judgement | Unclear) and "function" in rules[0].text.lower()
    if len(rules) < _FEWEST or not all(map(tests, rules[said:])):
        return None
    first, second = (rule.span or span for rule in rules[:2])
    if "," not in text[first[1] : second[0]]:
        return None
    if said:  # "adequate renal function, creatinine ≤ 1.5 or clearance ≥ 60": what it is of stands in front
        return all_of([rules[0], any_of(rules[1:], (second[0], span[1]))], span)
    *others, one, other = map(_families, rules)
    if one != other or len(one) != 1 or -1 in one or any(family & one for family in others):
        return None
    either = any_of(rules[-2:], ((rules[-2].span or span)[0], span[1]))
    return all_of([*rules[:-2], either], span)


def _families(rule: Rule) -> set[int]:
    """Which of those that say the same the limits of a rule are of; -1 for any other."""
    found: set[int] = set()
    for leaf in leaves(rule):
        key = leaf.variable if isinstance(leaf, Measured) else leaf.scale if isinstance(leaf, Graded) else ""
        found.add(next((at for at, family in enumerate(_ALIKE) if key in family), -1))
    return found
