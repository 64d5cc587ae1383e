"""One patient against a whole registry: every distinct rule judged once, the best trials then shown in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from eligibility.matching import match, plain_status
from eligibility.patients.patient import Patient
from eligibility.registry.registry import Registry
from eligibility.reports.report import Report, Whole
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.judge import facts_of, judge_trial
from eligibility.verdicts.outcome import ORDER
from eligibility.verdicts.policy import DEFAULT, Policy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from eligibility.verdicts.by_arrays import Ranked

TOP = 20


def match_registry(
    patient: Patient,
    registry: Registry,
    *,
    policy: Policy = DEFAULT,
    status: str | None = None,
    top: int = TOP,
    only: Collection[str] | None = None,
) -> Report:
    """The report of the `top` trials for a patient who was read with the vocabulary of the registry.

    Every trial (of that `status`, of those `only`) is judged and counted in `Report.whole`; outcome, score and rank
    are those that `match` finds. A trial with a person's answers is judged by itself.
    """
    from eligibility.verdicts.arrays.leaf_codes import leaf_codes
    from eligibility.verdicts.by_arrays import rank_trials, truths

    facts = facts_of(patient, registry.words, policy)
    leaves = leaf_codes(registry.rules, facts, policy)
    ranked = rank_trials(registry.trials, truths(registry.rules, leaves.codes))
    answered = judge_answered(ranked, registry, facts, policy)
    kept = wanted_of(registry, status, only)
    order = ranked.order()
    best = order[kept[order]][:top]
    report = match(patient, registry.books(best.tolist()), policy=policy, vocabulary=registry.words)
    counted = Counter(ranked.outcomes[kept].tolist())
    counts = {outcome: counted[place] for place, outcome in enumerate(ORDER)}
    tests = registry.rules.leaves.size
    return replace(report, whole=Whole(int(kept.sum()), counts, tests, leaves.looked_at, answered))


def wanted_of(registry: Registry, status: str | None, only: Collection[str] | None = None) -> NDArray[np.bool_]:
    """Which trials are of a registry status, and among those that are wanted."""
    import numpy as np

    listed = zip(registry.ids, registry.statuses, strict=True)
    return np.array([(only is None or id in only) and _is_of(own, status) for id, own in listed], np.bool_)


def _is_of(own: str | None, status: str | None) -> bool:
    return status is None or plain_status(own or "") == plain_status(status)


def judge_answered(ranked: Ranked, registry: Registry, facts: Facts, policy: Policy) -> int:
    """Put what the tree says of trials with answers in its place; how many these are."""
    asked = {row.trial for row in facts.patient.answers}
    places = [place for place, id in enumerate(registry.ids) if id in asked] if asked else []
    for place, book in zip(places, registry.books(places) if places else (), strict=True):
        verdict = judge_trial(book.trial, book.lines, facts, policy)
        ranked.outcomes[place] = ORDER.index(verdict.outcome)
        ranked.scores[place] = float("nan") if verdict.score is None else verdict.score
        ranked.passed[place] = sum(row.result == "pass" for row in verdict.criteria)
        ranked.failed[place] = sum(row.result == "fail" for row in verdict.criteria)
    return len(places)
