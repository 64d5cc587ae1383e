"""The noun of this station: some patients at once, and what they have in common as far as a question goes."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from eligibility.patients.dates import When
from eligibility.patients.patient import Answer, Finding, FindingKind, Patient

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    Rows: TypeAlias = NDArray[np.intp]
    Numbers: TypeAlias = NDArray[np.float64]
    Codes: TypeAlias = NDArray[np.uint8]
    Places: TypeAlias = NDArray[np.integer]
    Flags: TypeAlias = NDArray[np.bool_]

# What can be seen of the times of a finding, by somebody judged on a day.
Sight: TypeAlias = Callable[[Finding, "date | None"], Hashable]
# What `Values.state` says of a patient: nothing stands in the column, a value, one that cannot be used whatever is
# asked, or something that only the reader of single patients understands.
NOTHING, VALUE, UNUSABLE, OTHER = range(4)


@dataclass(frozen=True, slots=True)
class Needs:
    """All that the verdict of a leaf can depend on, rather too much than too little.

    `keys` are the words of the vocabulary whose records matter, `recorded` those of them that give values of a measured
    leaf's quantity beside its own, `names` (plain) what a record may be called. `facts` are the kinds of findings of
    which it matters whether there is any, `silent` those of which it does, where their list is declared complete,
    whether any is not known. `person` is what matters of who it is: sex, age, birth, race.
    """

    keys: frozenset[str] = frozenset()
    recorded: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    facts: frozenset[FindingKind] = frozenset()
    silent: frozenset[FindingKind] = frozenset()
    person: frozenset[str] = frozenset()

    @property
    def findings(self) -> bool:
        """Whether a list of findings can matter, whatever it holds."""
        return bool(self.keys or self.names or self.facts)


@dataclass(frozen=True, slots=True)
class Groups:
    """Patients whom a question cannot tell apart: `codes` gives of each row its group.

    `keys` are what a group is known by in all chunks of a population, None where it is not met again; `patient` gives
    somebody of a group, with at least the facts that matter.
    """

    codes: Places
    keys: Sequence[Hashable]
    patient: Callable[[int], Patient]


@dataclass(frozen=True, slots=True)
class Values:
    """Of each patient at most one value of a quantity, a number in its canonical unit; NaN where `state` is not VALUE.

    `units` are the pairs of the unit of a value and of its reference range that occur, `unit` says which one it is;
    `moments` likewise pairs of the moment of the value and of the day of judging. An array that is None is of zeros.
    The reference range is in its own unit, NaN where an end is not given. Who is in `several` has older values too, so
    that only what asks for the latest can be told.
    """

    state: Codes
    number: Numbers
    units: Sequence[tuple[str | None, str | None]]
    unit: Rows | None = None
    moments: Sequence[tuple[When | None, date | None]] = ((None, None),)
    moment: Rows | None = None
    range_low: Numbers | None = None
    range_high: Numbers | None = None
    several: Flags | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """Who answered what a criterion asks of a person: the rows with each answer."""

    passed: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)

    def take(self, row: int, answer: Answer) -> None:
        """One patient's answer."""
        (self.passed if answer.result == "pass" else self.failed).append(row)


class Chunk(Protocol):
    """Some patients of a population, in the order of the file."""

    @property
    def ids(self) -> Sequence[str]:
        """Their ids."""

    @property
    def days(self) -> Sequence[date | None]:
        """The day each of them is judged by; one for all, where it is the same."""

    @property
    def answers(self) -> Mapping[tuple[str, str], Answered]:
        """By trial and criterion, what persons said."""

    def expect(self, needs: Iterable[Needs]) -> None:
        """What will be asked for: what has to be read for that can be read at once."""

    def groups(self, needs: Needs, rows: Rows | None = None, sight: Sight | None = None) -> Groups:
        """The groups in which these rows (None: all) fall by what is needed.

        Findings that differ only in times that `sight` does not tell apart are alike; without it all times matter.
        """

    def having(self, keys: frozenset[str]) -> Flags:
        """Who has any record of one of these words, or may have one."""

    def values(self, variable: str, needs: Needs) -> Values | None:
        """The values of a quantity, None where there can be more than one a patient."""
