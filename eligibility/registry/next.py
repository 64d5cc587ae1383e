"""Next steps of one patient about a whole registry: all trials judged as arrays, the nearest looked at one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from eligibility.patients.patient import Patient
from eligibility.registry.match import judge_answered, wanted_of
from eligibility.steps.find import find_steps
from eligibility.steps.next_steps import NextSteps
from eligibility.verdicts.judge import facts_of
from eligibility.verdicts.outcome import ORDER
from eligibility.verdicts.policy import DEFAULT, Policy

if TYPE_CHECKING:
    from eligibility.registry.registry import Registry
    from eligibility.verdicts.arrays.rule_arrays import Places
    from eligibility.verdicts.by_arrays import Ranked

MOST = 200


def next_in_registry(
    patient: Patient,
    registry: Registry,
    *,
    policy: Policy = DEFAULT,
    status: str | None = None,
    most: int = MOST,
    only: Collection[str] | None = None,
) -> NextSteps:
    """What to do next for a patient who was read with the vocabulary of the registry.

    Every trial (of that `status`, of those `only`) is judged and counted; of each outcome the first `most` of the
    ranking are looked at, of the ineligible ones those of which the fewest criteria fail. `NextSteps.looked_at` says
    how many these are.
    """
    from eligibility.verdicts.arrays.leaf_codes import leaf_codes
    from eligibility.verdicts.by_arrays import rank_trials, truths

    facts = facts_of(patient, registry.words, policy)
    ranked = rank_trials(registry.trials, truths(registry.rules, leaf_codes(registry.rules, facts, policy).codes))
    judge_answered(ranked, registry, facts, policy)
    order = _nearest_first(ranked)
    kept = order[wanted_of(registry, status, only)[order]]
    outcomes = ranked.outcomes[kept]
    chosen = [place for outcome in range(len(ORDER)) for place in kept[outcomes == outcome][:most].tolist()]
    steps = find_steps(registry.books(chosen), facts, policy)
    counted = Counter(outcomes.tolist())
    counts = {outcome: counted[place] for place, outcome in enumerate(ORDER)}
    all_seen = counts == steps.counts
    return replace(
        steps,
        counts=counts,
        looked_at=None if all_seen else steps.counts,
    )


def _nearest_first(ranked: Ranked) -> Places:
    """The trials in their ranking, among the ineligible ones those first of which the fewest criteria fail."""
    import numpy as np

    order = ranked.order()
    return order[np.argsort(ranked.failed[order], kind="stable")]
