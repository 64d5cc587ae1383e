"""Which ids were met before: eight bytes for each, so that a hundred million fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Seen:
    """The ids so far, by their hashes, in sorted runs of which each is about twice as long as the next."""

    def __init__(self) -> None:
        """None so far."""
        self._runs: list[NDArray[np.int64]] = []

    def again(self, ids: Sequence[str]) -> set[int]:
        """The places of those that were met before, here or among these; from now on all are met."""
        return self.again_among(digests_of(ids))

    def again_among(self, hashes: NDArray[np.int64]) -> set[int]:
        """The same for ids that are known by numbers."""
        sorted_ = np.sort(hashes)
        twice = np.zeros(hashes.size, np.bool_)
        twice[1:] = sorted_[1:] == sorted_[:-1]
        unique = sorted_[~twice] if twice.any() else sorted_
        for run in self._runs:
            place = np.minimum(
                np.searchsorted(run, sorted_), run.size - 1
            )  # in order, so that near places are looked at
            twice |= run[place] == sorted_
        self._add(unique)
        return set(np.argsort(hashes, kind="stable")[twice].tolist()) if twice.any() else set()

    def _add(self, run: NDArray[np.int64]) -> None:
        if run.size:
            self._runs.append(run)
        while len(self._runs) > 1 and self._runs[-1].size * 2 >= self._runs[-2].size:
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate((self._runs[-1], last)), kind="stable")  # two sorted runs


def digests_of(ids: Sequence[str]) -> NDArray[np.int64]:
    """A number for each id, the same for the same within this process."""
    return np.fromiter(map(hash, ids), np.int64, len(ids))
