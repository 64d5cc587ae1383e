"""The noun of this station: a trial in another language, and what each of its criteria loses there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from eligibility.criteria.criterion import Criterion

Grade = Literal["exact", "exact-assuming", "weaker", "stronger", "not-expressible"]
GRADES: tuple[Grade, ...] = get_args(Grade)
"""Every grade, the best first."""

MEANS: dict[Grade, str] = {
    "exact": "passes and fails just the patients that it passes and fails here",
    "exact-assuming": "the same, where the data are as assumed",
    "weaker": "also lets patients in who fail here",
    "stronger": "also turns patients away who pass here",
    "not-expressible": "is left out: nobody is turned away by it",
}
# What a language may have to take for granted of the data or of absence; engines here take none of it for granted.
ASSUMPTIONS = {
    "observed": "every patient is observed on the day to judge by",
    "absent": "what is not recorded is absent",
    "recorded": "every patient has a value that is recent enough, as a number without < or >",
    "single": "of each quantity a patient has one value within its time",
    "units": "every value has one of the units that are listed, and it is coded",
    "ranges": "every value has the range of its laboratory, and no quotient of both is a limit but for rounding",
    "coded": "every record has a concept that says itself what it is of, in the table of its kind",
    "ended": "every exposure has an end after its start, and no condition one on the day after it began",
    "begun": "a condition that goes on began while the patient was observed",
    "known": "the sex of every patient is recorded",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """What one criterion loses: its grade, why in plain sentences, and the keys of ASSUMPTIONS that it rests on."""

    criterion: Criterion
    grade: Grade
    why: tuple[str, ...] = ()
    assuming: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Needed:
    """A word whose codes the other engine must know: those of the vocabulary, and the concepts found for them."""

    word: str
    codes: tuple[tuple[str, str], ...] = ()
    concepts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LossReport:
    """The losses of a trial in one dialect, in the order of its criteria."""

    trial: str
    dialect: str
    lines: tuple[Loss, ...]
    needed: tuple[Needed, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether nothing at all is lost or assumed."""
        return all(line.grade == "exact" for line in self.lines)

    def counts(self) -> Mapping[Grade, int]:
        """How many criteria have each grade; those of none are 0."""
        return {grade: sum(line.grade == grade for line in self.lines) for grade in GRADES}

    def assumed(self) -> tuple[str, ...]:
        """The keys of all assumptions that are made, in the order of ASSUMPTIONS."""
        return in_order(key for line in self.lines for key in line.assuming)


@dataclass(frozen=True, slots=True)
class Export:
    """A trial as the text of another language, and what it loses there."""

    text: str
    loss: LossReport


def in_order(keys: Iterable[str]) -> tuple[str, ...]:
    """Keys of ASSUMPTIONS, each once, in their order there."""
    given = frozenset(keys)
    return tuple(key for key in ASSUMPTIONS if key in given)
