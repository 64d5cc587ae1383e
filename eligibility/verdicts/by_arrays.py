"""The engine of registries: one patient and many trials, distinct rules as arrays; proven equal to the tree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from eligibility.patients.patient import Answer
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Judgement, Not, Rule, Unclear
from eligibility.verdicts.arrays.interning import Interner
from eligibility.verdicts.arrays.leaf_codes import leaf_codes
from eligibility.verdicts.arrays.rule_arrays import RuleArrays, TrialArrays
from eligibility.verdicts.columns.codes import LACKING, MET, NOT_MET
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.outcome import ORDER, score_of_counts
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Missing, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eligibility.verdicts.arrays.leaf_codes import Codes
    from eligibility.verdicts.arrays.rule_arrays import Places

    Flags: TypeAlias = NDArray[np.bool_]

ELIGIBLE, POTENTIAL, UNDETERMINED, INELIGIBLE = range(4)  # places in ORDER
assert ORDER[INELIGIBLE] == "ineligible"


@dataclass(frozen=True)
class Truths:
    """What holds of every rule: `met` of every reference, and of every place whether a fact is lacking to tell."""

    met: Flags
    lacking: Flags


@dataclass(frozen=True)
class Ranked:
    """Every trial for one patient: the place of its outcome in the order of outcomes, its score (NaN: none) and how
    many criteria passed and failed, all of its best cohort.
    """

    outcomes: Places
    scores: NDArray[np.float64]
    passed: Places
    failed: Places

    def order(self) -> Places:
        """The trials, the best first; the earlier first among equals."""
        return np.lexsort((-self.passed, -_none_last(self.scores), self.outcomes))


def truths(rules: RuleArrays, codes: Codes) -> Truths:
    """What holds of every rule, from what holds of every leaf."""
    first = 1 + codes.size
    met = np.zeros((first + rules.needed.size, 2), np.bool_)
    lacking = np.zeros(met.shape[0], np.bool_)
    met[1:first, 0], met[1:first, 1], lacking[1:first] = codes == MET, codes == NOT_MET, codes == LACKING
    flat = met.reshape(-1)
    for start, end in zip(rules.level_starts[:-1], rules.level_starts[1:], strict=True):
        needed, bounds = rules.needed[start:end], rules.part_starts[start : end + 1]
        parts, bounds = rules.parts[bounds[0] : bounds[-1]], bounds - bounds[0]
        yes, no, open_ = (_sums(flags, bounds) for flags in (flat[parts], flat[parts ^ 1], lacking[parts >> 1]))
        rows = slice(first + start, first + end)
        met[rows, 0] = yes >= needed
        met[rows, 1] = (bounds[1:] - bounds[:-1] - no < needed) & ~met[rows, 0]
        lacking[rows] = (open_ > 0) & ~met[rows].any(axis=1)
    return Truths(flat, lacking)


def _sums(flags: Flags, bounds: Places) -> Places:
    """How many flags of each piece are set; `bounds` are the starts of the pieces and the end of the last."""
    return np.diff(np.concatenate((np.zeros(1, np.int64), np.cumsum(flags)))[bounds])


def rank_trials(trials: TrialArrays, known: Truths) -> Ranked:
    """Outcome, score and number passed of every trial, of the cohort that is best for this patient."""
    rule, guard, factual = trials.bound_rule, trials.bound_guard, trials.bound_factual
    binding = ~((guard >= 0) & known.met[guard])
    passed, failed = known.met[rule] & binding, known.met[rule ^ 1] & binding
    lacking = known.lacking[rule >> 1] & binding
    open_ = binding & ~(passed | failed)

    def counted(flags: Flags) -> Places:
        return np.bincount(trials.bound_cohort[flags], minlength=trials.cohort_trial.size)

    outcomes = _outcomes(
        np.bincount(trials.bound_cohort, minlength=trials.cohort_trial.size) == 0,
        counted(failed) > 0,
        counted(lacking) > 0,
        counted(open_) > 0,
    )
    scores = _scores(counted(passed & factual), counted(lacking & factual))
    scores[outcomes == INELIGIBLE] = 0.0
    kept = _best(trials, (outcomes, -_none_last(scores), -counted(passed), counted(open_)))
    return Ranked(outcomes[kept], scores[kept], counted(passed)[kept], counted(failed)[kept])


def _outcomes(empty: Flags, failed: Flags, lacking: Flags, open_: Flags) -> Places:
    found = np.select((failed, empty | lacking, open_), (INELIGIBLE, UNDETERMINED, POTENTIAL), ELIGIBLE)
    return found.astype(np.int8)


def _scores(passed: Places, lacking: Places) -> NDArray[np.float64]:
    """The score of each pair of counts, each distinct pair computed once as single trials are; NaN for none."""
    size = int(lacking.max(initial=0)) + 1
    pairs, place = np.unique(passed * size + lacking, return_inverse=True)
    scores = [score_of_counts(*divmod(int(pair), size)) for pair in pairs]
    return np.array([np.nan if score is None else score for score in scores], np.float64)[place]


def _best(trials: TrialArrays, keys: tuple[Places, ...]) -> Places:
    """The best cohort of each trial: the first of those with the least keys."""
    order = np.lexsort((*reversed(keys), trials.cohort_trial))
    owner = trials.cohort_trial[order]
    return order[np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))] if owner.size else order


def _none_last(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(scores), -1.0, scores)


def judge_arrays(rule: Rule, facts: Facts, policy: Policy, answer: Answer | None = None) -> Verdict:
    """What holds of one rule for one patient; of an unknown verdict only whether a fact is missing or a person asked.

    Where a person's `answer` is given, the criterion passes when the rule is met.
    """
    interner = Interner()
    provisional = interner.reference(rule if answer is None else _decided(rule, passed=answer.result == "pass"))
    rules, final = interner.arrays()
    reference = 2 * int(final[provisional >> 1]) + (provisional & 1)
    known = truths(rules, leaf_codes(rules, facts, policy).codes)
    if known.met[reference]:
        return Verdict("met")
    if known.met[reference ^ 1]:
        return Verdict("not_met")
    return Verdict("unknown", (), (Missing("", "missing" if known.lacking[reference >> 1] else "judgement"),))


def _decided(rule: Rule, *, passed: bool) -> Rule:
    """The rule with what only a person can say decided; it turns at every `not`."""
    match rule:
        case Judgement() | Unclear():
            return AllOf(()) if passed else AnyOf(())
        case Not():
            return Not(_decided(rule.rule, passed=not passed))
        case AllOf() | AnyOf() | AtLeast():
            return replace(rule, rules=tuple([_decided(part, passed=passed) for part in rule.rules]))
    return rule
