"""Patients that were read one by one, as a chunk: whose records say the same of what matters are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from eligibility.derived.dossier import is_strange
from eligibility.patients.patient import Finding, Patient
from eligibility.population.chunk import Answered, Groups, Needs, Sight, Values
from eligibility.population.templates import Templates

if TYPE_CHECKING:
    from eligibility.population.chunk import Flags, Rows

_NOBODY: Rows = np.zeros(0, np.intp)


class People:
    """A chunk of whole patients."""

    def __init__(self, patients: Sequence[Patient], templates: Templates | None = None) -> None:
        """Takes them as they are; `templates` are those of the chunks before."""
        self.patients = patients
        self._templates = templates if templates is not None else Templates()
        self._findings = [(row, one) for row, patient in enumerate(patients) for one in patient.findings]
        self._valued: defaultdict[str, list[int]] = defaultdict(list)
        for row, patient in enumerate(patients):
            for key in {*(one.variable for one in patient.measurements), *(one.scale for one in patient.grades)}:
                self._valued[key].append(row)
        self._groups: dict[tuple[Needs, Sight | None], Groups] = {}
        self._persons: dict[Hashable, tuple[Rows, list[Hashable]]] = {}

    @property
    def ids(self) -> Sequence[str]:
        """Their ids."""
        return [patient.id for patient in self.patients]

    @property
    def days(self) -> Sequence[date | None]:
        """The day each of them is judged by."""
        return [patient.as_of for patient in self.patients]

    @cached_property
    def answers(self) -> Mapping[tuple[str, str], Answered]:
        """By trial and criterion, what persons said."""
        found: dict[tuple[str, str], Answered] = {}
        for row, patient in enumerate(self.patients):
            for answer in {(one.trial, one.criterion): one for one in patient.answers}.values():
                found.setdefault((answer.trial, answer.criterion), Answered()).take(row, answer)
        return found

    def expect(self, needs: Iterable[Needs]) -> None:
        """Everything is read already."""

    def values(self, variable: str, needs: Needs) -> Values | None:
        """None: a patient may have any number of values."""
        return None

    def having(self, keys: frozenset[str]) -> Flags:
        """Who has any record of one of these words."""
        found = np.zeros(len(self.patients), np.bool_)
        found[self._rows_with(keys, findings=Needs(keys))] = True
        return found

    def groups(self, needs: Needs, rows: Rows | None = None, sight: Sight | None = None) -> Groups:
        """Whoever has records that matter is like those with the same, as far as `sight` goes; without it alone."""
        key = needs, sight
        if key not in self._groups:
            self._groups[key] = self._grouped(needs, sight)
        found = self._groups[key]
        if rows is None:
            return found
        kept, first, codes = np.unique(found.codes[rows], return_index=True, return_inverse=True)
        members = rows[first].tolist()  # of these rows themselves: of others something else may be known
        return Groups(
            codes, [found.keys[place] for place in kept.tolist()], lambda place: self.patients[members[place]]
        )

    def _grouped(self, needs: Needs, sight: Sight | None) -> Groups:
        persons, keys = self._of_persons(needs)
        alone = self._rows_with(needs.keys, findings=sight is None and needs)
        said, label = self._said(needs, sight) if sight is not None else ([b""], np.zeros(persons.size, np.intp))
        whole = persons * len(said) + label
        whole[alone] = len(keys) * len(said) + np.arange(alone.size)
        kept, first, codes = np.unique(whole, return_index=True, return_inverse=True)
        members, serial = first.tolist(), self._templates.serial
        known = [
            (serial, keys[one // len(said)], said[one % len(said)]) if one < len(keys) * len(said) else None
            for one in kept.tolist()
        ]
        return Groups(codes, known, lambda place: self.patients[members[place]])

    def _of_persons(self, needs: Needs) -> tuple[Rows, list[Hashable]]:
        """What is needed of the person and is declared complete: of each patient its place among all that occur."""
        asked = needs.person, needs.facts
        if asked not in self._persons:
            places: dict[Hashable, int] = {}
            codes = [places.setdefault(_base(patient, needs), len(places)) for patient in self.patients]
            self._persons[asked] = np.array(codes, np.intp), [*places]
        return self._persons[asked]

    def _rows_with(self, keys: frozenset[str], findings: Needs | bool | None = None) -> Rows:
        """Who has a value or a level of one of these; with `findings` also who has a finding that is needed."""
        parts = [self._valued[key] for key in keys & self._valued.keys()]
        found = np.unique(np.concatenate(parts)) if parts else _NOBODY
        if not isinstance(findings, Needs):
            return found
        entries = self._entries(findings)
        return np.union1d(found, self._indexed[0][entries]) if entries.size else found

    @cached_property
    def _indexed(self) -> tuple[Rows, Rows, dict[int, slice], list[Finding]]:
        """All findings in the order of their templates: the row and the template of each, where each one begins."""
        templates = np.array([self._templates.of(one) for _, one in self._findings], np.intp)
        order = np.argsort(templates, kind="stable")
        rows = np.array([row for row, _ in self._findings], np.intp)[order]
        kept, starts = np.unique(templates[order], return_index=True)
        edges = [*starts.tolist(), templates.size]
        slices = {one: slice(*edges[place : place + 2]) for place, one in enumerate(kept.tolist())}
        return rows, templates[order], slices, [self._findings[place][1] for place in order.tolist()]

    def _entries(self, needs: Needs) -> Rows:
        """The places of the findings that can matter."""
        slices = self._indexed[2]
        parts = [slices[one] for one in self._templates.relevant(needs) if one in slices]
        return np.concatenate([np.arange(part.start, part.stop) for part in parts]) if parts else _NOBODY

    def _said(self, needs: Needs, sight: Sight) -> tuple[list[bytes], Rows]:
        """The different sets of findings that matter, as far as they are seen, and of each patient which it has."""
        label = np.zeros(len(self.patients), np.intp)
        entries = self._entries(needs)
        if not entries.size:
            return [b""], label
        rows, codes = self._indexed[0][entries], self._seen(entries, sight, named=bool(needs.names))
        order = np.lexsort((codes, rows))
        rows, codes = rows[order], codes[order]
        fresh = np.ones(rows.size, np.bool_)
        fresh[1:] = (rows[1:] != rows[:-1]) | (codes[1:] != codes[:-1])
        rows, codes = rows[fresh], codes[fresh]
        owners, starts = np.unique(rows, return_index=True)
        ends = [*starts[1:].tolist(), rows.size]
        places: dict[bytes, int] = {b"": 0}
        label[owners] = [
            places.setdefault(codes[start:end].tobytes(), len(places))
            for start, end in zip(starts.tolist(), ends, strict=True)
        ]
        return [*places], label

    def _seen(self, entries: Rows, sight: Sight, *, named: bool) -> Rows:
        """What a leaf sees of each of these findings, as a number."""
        rows, templates, _, findings = self._indexed
        kinds, number, patients = self._templates.kinds, self._templates.number, self.patients
        found = [
            number((template if named else ~kinds[template], sight(findings[entry], patients[row].as_of)))
            for entry, row, template in zip(
                entries.tolist(), rows[entries].tolist(), templates[entries].tolist(), strict=True
            )
        ]
        return np.array(found, np.int64)


def _base(patient: Patient, needs: Needs) -> Hashable:
    """What is needed of the person, what is declared complete, and of which kinds anything is recorded at all."""
    of = needs.person
    age = (patient.birth_date, patient.age, patient.as_of) if "age" in of else None
    sex = patient.sex if "sex" in of else None
    kinds = needs.facts and frozenset(row.fact for row in patient.findings) & needs.facts
    strange = patient.complete and frozenset(row.fact for row in patient.findings if is_strange(row))
    return age, sex, patient.race if "race" in of else None, patient.complete, strange, kinds
