"""Three values of many patients as planes of bits, one bit a patient, and strong Kleene logic on them.

The bits behind the last patient are of nobody and may be anything: whoever counts masks them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.uint64]
_BITS = 64


@dataclass(frozen=True, slots=True)
class Planes:
    """Of each patient: whether a rule is met, not met, and (of neither) whether a fact is lacking to tell."""

    met: Plane
    not_met: Plane
    lacking: Plane


def words_for(size: int) -> int:
    """How many words of 64 bits hold a plane of so many patients."""
    return -(-size // _BITS)


def packed(flags: NDArray[np.bool_]) -> Plane:
    """A plane of one flag a patient."""
    bits = np.packbits(flags, bitorder="little")
    whole = words_for(flags.size) * 8
    if bits.size != whole:
        bits = np.concatenate((bits, np.zeros(whole - bits.size, np.uint8)))
    return bits.view(np.uint64)


def unpacked(plane: Plane, size: int) -> NDArray[np.bool_]:
    """One flag a patient."""
    return np.unpackbits(plane.view(np.uint8), count=size, bitorder="little").view(np.bool_)


def empty(size: int) -> Plane:
    """The plane of nobody."""
    return np.zeros(words_for(size), np.uint64)


def everybody(size: int) -> Plane:
    """The plane of all patients."""
    return packed(np.ones(size, np.bool_))


def count(plane: Plane) -> int:
    """How many patients are in a plane that holds nobody else."""
    return int(np.bitwise_count(plane).sum(dtype=np.int64))


def all_of(parts: Sequence[Planes]) -> Planes:
    """Met where every part is, not met where one is not. There is at least one part."""
    not_met = _union([part.not_met for part in parts])
    lacking = _union([part.lacking for part in parts])
    return Planes(reduce(np.bitwise_and, [part.met for part in parts]), not_met, lacking & ~not_met)


def any_of(parts: Sequence[Planes]) -> Planes:
    """Met where one part is, not met where none can be."""
    return negated(all_of([negated(part) for part in parts]))


def negated(part: Planes) -> Planes:
    """Met and not met change places."""
    return Planes(part.not_met, part.met, part.lacking)


def at_least(number: int, parts: Sequence[Planes]) -> Planes:
    """Met where so many parts are, not met where so many cannot be."""
    met = _reaching(number, [part.met for part in parts])
    not_met = _reaching(len(parts) - number + 1, [part.not_met for part in parts]) & ~met
    return Planes(met, not_met, _union([part.lacking for part in parts]) & ~(met | not_met))


def _union(planes: Sequence[Plane]) -> Plane:
    return reduce(np.bitwise_or, planes)


def _reaching(number: int, planes: Sequence[Plane]) -> Plane:
    """Who is in at least so many of the planes."""
    if number <= 0:
        return ~np.zeros_like(planes[0])
    reached = [np.zeros_like(planes[0]) for _ in range(number)]
    for plane in planes:
        for place in range(number - 1, 0, -1):
            reached[place] |= reached[place - 1] & plane
        reached[0] |= plane
    return reached[-1]
