"""What holds of every distinct leaf for one patient; only what the patient's record speaks of is looked at singly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from eligibility.verdicts.arrays.rule_arrays import RuleArrays
from eligibility.verdicts.arrays.silence import NAME, Silence
from eligibility.verdicts.columns.codes import code_of
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.leaf import LEAVES
from eligibility.verdicts.policy import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Codes: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LeafCodes:
    """The code of each leaf, and how many leaves the judge of single leaves was asked for."""

    codes: Codes
    looked_at: int


def leaf_codes(rules: RuleArrays, facts: Facts, policy: Policy) -> LeafCodes:
    """Judges every distinct leaf by `leaf`, once for all of a group on which the record is silent."""
    silence, spoken = Silence(facts), _spoken_names(rules, facts)
    codes = np.empty(rules.leaves.size, np.uint8)
    looked_at = 0

    def look(place: int) -> int:
        leaf = rules.leaves.leaf(place)
        return code_of(LEAVES[type(leaf)](leaf, facts, policy))

    for at, group in enumerate(rules.groups):
        start, end = int(rules.group_starts[at]), int(rules.group_starts[at + 1])
        if group.sort == NAME:
            singly = np.flatnonzero(spoken[start:end]) + start
            alike = np.flatnonzero(~spoken[start:end])[:1] + start
        else:
            silent = silence.on(group)
            singly, alike = np.arange(start, start if silent else end), np.arange(start, start + silent)
        if alike.size:
            codes[start:end] = look(int(alike[0]))
        codes[singly] = [look(int(place)) for place in singly]
        looked_at += alike.size + singly.size
    return LeafCodes(codes, looked_at)


def _spoken_names(rules: RuleArrays, facts: Facts) -> NDArray[np.bool_]:
    """Of each leaf, whether the record calls something by one of the names that it answers to."""
    names = facts.names
    said = np.fromiter((text in names for text in rules.leaves.texts), np.bool_, len(rules.leaves.texts))
    found = np.zeros(rules.leaves.size, np.bool_)
    found[rules.called_leaf[said[rules.called_text]]] = True
    return found
