"""The noun of this station: something that stands in criteria and is not in the vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GapKind = Literal["subject", "unit", "phrase"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A phrase that was not understood: the subject of a limit, what stands where a unit should, or other words.

    `criteria` and `trials` say in how many it stands (at least, where very many phrases were counted); `example` is
    the first of these lines, shortened, and `trial` the id of its trial.
    """

    kind: GapKind
    phrase: str
    criteria: int
    trials: int
    example: str
    trial: str
