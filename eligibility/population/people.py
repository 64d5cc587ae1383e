"""Patients that were read one by one, as a chunk: who has nothing that a question asks for is like all such others."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from eligibility.patients.patient import LIST_OF, Patient
from eligibility.population.chunk import Answered, Groups, Needs, Values
from eligibility.vocabulary.names import plain_name
from eligibility.vocabulary.systems import SYSTEMS

if TYPE_CHECKING:
    from eligibility.population.chunk import Rows


class People:
    """A chunk of whole patients."""

    def __init__(self, patients: Sequence[Patient]) -> None:
        """Takes them as they are."""
        self.patients = patients
        self._keys = [_keys(patient) for patient in patients]

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

    @cached_property
    def _names(self) -> list[frozenset[str] | None]:
        """The names of each patient's findings, None where codes give them more names."""
        return [_names(patient) for patient in self.patients]

    def expect(self, needs: Iterable[Needs]) -> None:
        """Everything is read already."""

    def groups(self, needs: Needs, rows: Rows | None = None) -> Groups:
        """Whoever has a record that matters is alone; the others are as alike as what is needed of their person."""
        import numpy as np

        chosen = range(len(self.patients)) if rows is None else rows.tolist()
        places: dict[Hashable, int] = {}
        keys: list[Hashable] = []
        members: list[Patient] = []
        codes = np.empty(len(chosen), np.intp)
        for place, row in enumerate(chosen):
            patient = self.patients[row]
            key = None if self._matters(row, needs) else _base(patient, needs)
            known: Hashable = row if key is None else key
            if known not in places:
                places[known] = len(keys)
                keys.append(key)
                members.append(patient)
            codes[place] = places[known]
        return Groups(codes, keys, members.__getitem__)

    def _matters(self, row: int, needs: Needs) -> bool:
        patient = self.patients[row]
        if not needs.keys.isdisjoint(self._keys[row]):
            return True
        if needs.facts and any(finding.fact in needs.facts for finding in patient.findings):
            return True
        if needs.silent and patient.complete:
            kinds = {fact for fact in needs.silent if LIST_OF[fact] in patient.complete}
            if any(finding.fact in kinds for finding in patient.findings):
                return True
        if not needs.names:
            return False
        names = self._names[row]
        return names is None or not needs.names.isdisjoint(names)

    def values(self, variable: str, needs: Needs) -> Values | None:
        """None: a patient may have any number of values."""
        return None


def _keys(patient: Patient) -> frozenset[str]:
    """The words of all records of a patient."""
    return frozenset((
        *(row.variable for row in patient.measurements),
        *(row.scale for row in patient.grades),
        *(row.concept for row in patient.findings),
    ))  # fmt: skip


def _names(patient: Patient) -> frozenset[str] | None:
    if any(
        SYSTEMS.get(system.strip().casefold()) == "ICD-10-CM" for row in patient.findings for system, _ in row.codes
    ):
        return None
    return frozenset(plain_name(text) for row in patient.findings for text in (row.name, row.concept))


def _base(patient: Patient, needs: Needs) -> Hashable:
    """What is needed of the person, and what is declared complete."""
    of = needs.person
    age = (patient.birth_date, patient.age, patient.as_of) if "age" in of else None
    sex = patient.sex if "sex" in of else None
    return age, sex, patient.race if "race" in of else None, patient.complete
