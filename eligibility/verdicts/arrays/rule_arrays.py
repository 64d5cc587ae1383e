"""The nouns of this room: rules and trials as arrays that can be stored and loaded as they are.

A **reference** to a rule is twice its place, and one more when it is negated. Place 0 is whatever only a person can
say, then come the leaves that facts decide, then combinations, each behind all that it combines. Every combination says
how many of its parts are needed: all of them, one of them, or so many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from eligibility.verdicts.arrays.leaf_rows import Leaves
from eligibility.verdicts.arrays.silence import Group

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places: TypeAlias = NDArray[Any]

PERSON = 0


@dataclass(frozen=True)
class RuleArrays:
    """Distinct rules.

    The leaves of `groups[i]` are those from `group_starts[i]` until before `group_starts[i + 1]`. What is known by its
    name answers to texts: leaf `called_leaf[i]` to text `called_text[i]`. Combination `i` needs `needed[i]` of the
    parts `parts[part_starts[i]:part_starts[i + 1]]`, which are references; those from `level_starts[n]` until before
    `level_starts[n + 1]` combine only what stands before them.
    """

    leaves: Leaves
    groups: tuple[Group, ...]
    group_starts: Places
    called_leaf: Places
    called_text: Places
    needed: Places
    part_starts: Places
    parts: Places
    level_starts: Places


@dataclass(frozen=True)
class TrialArrays:
    """What trials ask, cohort by cohort.

    Cohort `i` is one of trial `cohort_trial[i]`, in the order of the trial's cohorts; a trial without cohorts is one.
    Row `i` is a criterion that binds cohort `bound_cohort[i]`: it passes when `bound_rule[i]` is met, `bound_guard[i]`
    (-1: none) says when met that the patient is not bound by it, and `bound_factual[i]` that it asks for a fact.
    """

    trials: int
    cohort_trial: Places
    bound_cohort: Places
    bound_rule: Places
    bound_guard: Places
    bound_factual: Places
