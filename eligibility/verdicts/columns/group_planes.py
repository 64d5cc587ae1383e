"""What holds of groups of patients as planes of bits; many leaves see the same groups."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from eligibility.verdicts.columns.codes import LACKING, MET, NOT_MET
from eligibility.verdicts.columns.planes import Plane, Planes, empty, everybody, packed

if TYPE_CHECKING:
    from eligibility.population.chunk import Codes, Places

_MOST_STRETCHES = 32


class GroupPlanes:
    """Groups in their order: whoever is before a place in it is packed once, for all leaves that change there.

    Groups of a number are in its order, so that a limit parts them at one place.
    """

    def __init__(self, groups: Places, many: int) -> None:
        """`groups` are the places of the patients' groups, of which there are so `many`."""
        self._groups: Places = groups.astype(np.min_scalar_type(many), copy=False)
        self._many = many
        self._before: dict[int, Plane] = {0: empty(groups.size), many: everybody(groups.size)}

    def planes(self, held: Codes) -> Planes:
        """The planes of what holds of each group; there is at least one."""
        starts = [0, *(np.flatnonzero(held[1:] != held[:-1]) + 1).tolist(), self._many]
        if len(starts) > _MOST_STRETCHES:
            return of_codes(held[self._groups])
        found = dict.fromkeys((MET, NOT_MET, LACKING), self._before[0])
        for start, end in pairwise(starts):
            code = int(held[start])
            if code in found:
                found[code] = found[code] | self._between(start, end)
        return Planes(found[MET], found[NOT_MET], found[LACKING])

    def _between(self, start: int, end: int) -> Plane:
        last = self._until(end)
        return last & ~self._until(start) if start else last

    def _until(self, place: int) -> Plane:
        if place not in self._before:
            self._before[place] = packed(self._groups < place)
        return self._before[place]


def of_codes(codes: Codes) -> Planes:
    """The planes of one code a patient."""
    return Planes(packed(codes == MET), packed(codes == NOT_MET), packed(codes == LACKING))
