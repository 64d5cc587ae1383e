"""What holds of one leaf for every patient of a chunk, in planes of bits.

A leaf is judged once for each group of patients that it cannot tell apart, by the judge of single patients. Only plain
numbers (`comparing_columns`) and ages (`birthdays`) are compared as columns, since no two patients have the same.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from eligibility.patients.patient import Patient
from eligibility.population.chunk import NOTHING, OTHER, Chunk, Groups, Needs, Sight, Values
from eligibility.rules.rule import Measured, Window
from eligibility.verdicts.columns.birthdays import Lives, age_codes, lives_of
from eligibility.verdicts.columns.codes import LACKING, MET, NOT_MET, OPEN, code_of
from eligibility.verdicts.columns.comparing_columns import Column, Comparison
from eligibility.verdicts.columns.group_planes import GroupPlanes, of_codes
from eligibility.verdicts.columns.latest_values import LatestValues, filled
from eligibility.verdicts.columns.needing import Factual, may_be_told, needs_of, sight_of
from eligibility.verdicts.columns.planes import Planes, empty, everybody, packed
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.leaf import LEAVES
from eligibility.verdicts.policy import Policy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from eligibility.population.chunk import Codes, Rows
    from eligibility.vocabulary.tables import Vocabulary

_MOST_REMEMBERED = 200_000
_MOST_FACTS = 5_000  # of patients at once, which take some ten kilobytes each


@dataclass(slots=True)
class Effort:
    """How leaves were judged.

    `compared` counts values (of one patient, for one leaf) that were compared as columns, `shared` verdicts that a
    patient had in common with others, `single` the verdicts of the judge of single patients; `by_tree` are the leaves
    for which that judge was asked at all. `read` are the records of patients that were read for a value.
    """

    read: int = 0
    compared: int = 0
    shared: int = 0
    single: int = 0
    by_tree: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Asked:
    """One leaf: what it needs, what it sees of times, and what held of groups of patients that were met before."""

    leaf: Factual
    needs: Needs
    sight: Sight | None
    remembered: dict[Hashable, int] = field(default_factory=dict)


class Bench:
    """Judges leaves over chunk after chunk, in the words of one vocabulary, by one policy."""

    def __init__(self, vocabulary: Vocabulary, policy: Policy) -> None:
        """Has met no patient yet."""
        self.vocabulary, self.policy, self.effort = vocabulary, policy, Effort()
        self.needs: dict[Needs, None] = {}
        self.comparison = Comparison(Facts(Patient("nobody"), vocabulary, policy.assume_absent), policy)

    def asked(self, leaf: Factual) -> Asked:
        """A leaf, ready to be judged."""
        made = Asked(leaf, needs_of(leaf, self.vocabulary), sight_of(leaf, self.vocabulary))
        self.needs[made.needs] = None
        return made


class Desk:
    """Judges the leaves of one chunk; they share its columns, its groups and the facts of its patients."""

    def __init__(self, bench: Bench, chunk: Chunk) -> None:
        """Looks at no patient yet."""
        self.chunk, self._bench, self.size = chunk, bench, len(chunk.ids)
        chunk.expect(bench.needs)
        self._facts: dict[int, tuple[Patient, Facts]] = {}
        self._columns: dict[str, Column] = {}
        self._rests: dict[tuple[str, bool], Rows] = {}
        self._groups: dict[int, tuple[Groups, GroupPlanes]] = {}
        self._ages: tuple[Groups, Lives] | None = None
        nobody, all_ = empty(self.size), everybody(self.size)
        self._constant = {
            OPEN: Planes(nobody, nobody, nobody),
            MET: Planes(all_, nobody, nobody),
            NOT_MET: Planes(nobody, all_, nobody),
            LACKING: Planes(nobody, nobody, all_),
        }

    def constant(self, code: int) -> Planes:
        """The same for all patients."""
        return self._constant[code]

    def planes(self, asked: Asked) -> Planes:
        """What holds of a leaf."""
        leaf = asked.leaf
        if isinstance(leaf, Measured):
            if leaf.variable == "age":
                return self._aged(leaf, asked.needs)
            return self._compared(asked, leaf, self._column(leaf.variable, asked.needs))
        groups = self.chunk.groups(asked.needs, None, asked.sight)
        return self._in_groups(groups, self._held(asked, groups))

    def _aged(self, leaf: Measured, needs: Needs) -> Planes:
        if self._ages is None:
            groups = self.chunk.groups(needs)
            self._ages = groups, lives_of([groups.patient(place) for place in range(len(groups.keys))])
        groups, lives = self._ages
        self._bench.effort.compared += self.size
        return self._in_groups(groups, age_codes(leaf, lives))

    def _in_groups(self, groups: Groups, held: Codes) -> Planes:
        """The planes of what holds of each group of all patients."""
        if not held.size:
            return self._constant[LACKING]
        if (held == held[0]).all():
            return self._constant[int(held[0])]
        known = self._groups.get(id(groups))
        if known is None:  # groups are kept, so that their identity is theirs
            known = self._groups[id(groups)] = groups, GroupPlanes(groups.codes, len(groups.keys))
        return known[1].planes(held)

    def _column(self, variable: str, needs: Needs) -> Column:
        """The values of a quantity: what the chunk has as a column, else the readings of each group of patients."""
        if variable not in self._columns:
            values = self.chunk.values(variable, needs)
            state = values.state if values is not None else np.full(self.size, OTHER, np.uint8)
            told = may_be_told(variable, self._bench.vocabulary, self.chunk.having)
            without = replace(needs, keys=needs.keys - {variable})
            parts: list[tuple[Rows, Values]] = []
            for which, needed in ((NOTHING, without), (OTHER, needs)):
                rows = np.flatnonzero((state == which) & told)
                parts += [(rows, self._read(variable, needed, rows))] if rows.size else []
            self._columns[variable] = Column(variable, filled(values, self.size, parts))
        return self._columns[variable]

    def _read(self, variable: str, needs: Needs, rows: Rows) -> Values:
        """The values of these rows, read once for all who have the same."""
        groups = self.chunk.groups(needs, rows)
        found = LatestValues(variable, len(groups.keys))
        for place in range(len(groups.keys)):
            patient = groups.patient(place)
            found.put(place, self._facts_of(patient).readings(variable), patient)
        self._bench.effort.read += len(groups.keys)
        return found.values(groups.codes)

    def _compared(self, asked: Asked, leaf: Measured, column: Column) -> Planes:
        """The patients with a plain number as columns, the others singly."""
        met, not_met = self._bench.comparison.decided(leaf, column)
        other, several = self._rest(column), column.values.several
        if several is not None and not _asks_for_the_latest(leaf):
            other = self._rest(column, beside=several)
            met, not_met = met & ~packed(several), not_met & ~packed(several)
        lacking = self._constant[LACKING].lacking & ~(met | not_met)
        found = Planes(met, not_met, lacking)
        self._bench.effort.compared += self.size - other.size
        return self._with(found, other, self._codes(asked, other)) if other.size else found

    def _rest(self, column: Column, beside: NDArray[np.bool_] | None = None) -> Rows:
        """Who cannot be compared as a column."""
        key = (column.variable, beside is None)
        if key not in self._rests:
            mine = column.values.state == OTHER
            self._rests[key] = np.flatnonzero(mine if beside is None else mine | beside)
        return self._rests[key]

    def _with(self, found: Planes, rows: Rows, codes: Codes) -> Planes:
        """The planes with what holds of these rows, of which they say LACKING."""
        if (codes == LACKING).all():
            return found
        whole = np.full(self.size, OPEN, np.uint8)
        whole[rows] = codes
        mine = packed(whole == OPEN)
        mine = ~mine | packed(np.isin(np.arange(self.size), rows))
        other = of_codes(whole)
        return Planes(found.met | other.met, found.not_met | other.not_met, (found.lacking & ~mine) | other.lacking)

    def _codes(self, asked: Asked, rows: Rows) -> Codes:
        """By groups: whoever the leaf cannot tell from others has their verdict."""
        groups = self.chunk.groups(asked.needs, rows, asked.sight)
        return self._held(asked, groups)[groups.codes]

    def _held(self, asked: Asked, groups: Groups) -> Codes:
        """What holds of each group."""
        held = [self._held_of(asked, groups, place) for place in range(len(groups.keys))]
        self._bench.effort.shared += groups.codes.size - len(held)
        return np.array(held, np.uint8)

    def _held_of(self, asked: Asked, groups: Groups, place: int) -> int:
        key = groups.keys[place]
        known = asked.remembered.get(key) if key is not None else None
        if known is not None:
            self._bench.effort.shared += 1
            return known
        facts = self._facts_of(groups.patient(place))
        self._bench.effort.single += 1
        self._bench.effort.by_tree.add(id(asked))
        code = code_of(LEAVES[type(asked.leaf)](asked.leaf, facts, self._bench.policy))
        if key is not None:
            if len(asked.remembered) >= _MOST_REMEMBERED:
                asked.remembered.clear()
            asked.remembered[key] = code
        return code

    def _facts_of(self, patient: Patient) -> Facts:
        """The facts of a patient of this chunk, laid out once (a patient is kept, so that its identity is its own)."""
        found = self._facts.get(id(patient))
        if found is None:
            if len(self._facts) >= _MOST_FACTS:
                self._facts.clear()
            bench = self._bench
            found = patient, Facts(patient, bench.vocabulary, bench.policy.assume_absent)
            self._facts[id(patient)] = found
        return found[1]


def _asks_for_the_latest(leaf: Measured) -> bool:
    """Older values do not matter; of those long enough ago the latest may not be the newest of all."""
    return leaf.select == "latest" and leaf.times == 1 and _reaches_back(leaf.window)


def _reaches_back(window: Window | None) -> bool:
    """From today, by whole days: what is later is inside where anything older is."""
    return window is None or (window.kind == "within" and window.unit not in ("hour", "minute"))
