"""Which facts to find out first: those that decide the most trials for the fewest questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from eligibility.steps.next_steps import Subject

_MOST_BUNDLES = 200


def in_order_of_gain(needs: Mapping[str, frozenset[Subject]]) -> Iterator[tuple[Subject, tuple[str, ...]]]:
    """Facts, each with the trials that lack nothing any more once it is known too.

    Greedy: of the sets of facts that single trials still lack, the one that decides the most trials a fact is taken
    next, the fact that most trials want first; then again with what is left. The smallest set is not always found so:
    finding it for sure takes a time that grows beyond all bounds with the number of trials.
    """
    lacking = {trial: subjects for trial, subjects in needs.items() if subjects}
    while lacking:
        wanted = Counter(one for subjects in lacking.values() for one in subjects)
        bundle = _best(lacking, wanted)
        for one in sorted(bundle, key=lambda subject: (-wanted[subject], subject)):
            lacking = {trial: subjects - {one} for trial, subjects in lacking.items()}
            done = tuple(sorted(trial for trial, subjects in lacking.items() if not subjects))
            lacking = {trial: subjects for trial, subjects in lacking.items() if subjects}
            yield one, done


def _best(lacking: Mapping[str, frozenset[Subject]], wanted: Counter[Subject]) -> frozenset[Subject]:
    bundles = sorted(set(lacking.values()), key=lambda one: (len(one), -sum(map(wanted.__getitem__, one)), sorted(one)))
    return max(bundles[:_MOST_BUNDLES], key=lambda one: _worth(one, lacking, wanted))


def _worth(
    bundle: frozenset[Subject], lacking: Mapping[str, frozenset[Subject]], wanted: Counter[Subject]
) -> tuple[float, int, int]:
    """Trials decided a fact, trials decided, trials that come nearer; of equals `max` takes the first."""
    decided = sum(subjects <= bundle for subjects in lacking.values())
    return decided / len(bundle), decided, sum(wanted[one] for one in bundle)
