"""What a record calls its findings, for rules that know a thing by its name alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from eligibility.patients.patient import Finding
from eligibility.vocabulary import icd10cm
from eligibility.vocabulary.names import plain_name
from eligibility.vocabulary.systems import SYSTEMS

_SHORTEST = 3


class Called:
    """The findings of a patient by their names, and by those that the ICD-10-CM gives to their codes."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """The classification is read only where a finding has a code of it."""
        self._written: defaultdict[tuple[str, bool], list[Finding]] = defaultdict(list)
        self._coded: defaultdict[str, list[Finding]] = defaultdict(list)
        for row in findings:
            for known in {plain_name(row.name), plain_name(row.concept)} - {""}:
                self._written[known, row.fact == "allergy"].append(row)
            for term, code in classified(row) if row.fact == "condition" else ():
                kind = row if any(code == _plain(own) for _, own in row.codes) else replace(row, narrower=True)
                self._coded[icd10cm.normal(term)].append(kind)

    @property
    def names(self) -> frozenset[str]:
        """Every plain or normal name under which any finding can be found; allergies with the others."""
        return frozenset((*(name for name, _ in self._written), *self._coded))

    def so(self, name: str, allergy: bool) -> tuple[Finding, ...]:
        """Those that are called `name`, `narrower` where their category is; case, hyphens, a plural do not matter."""
        coded = self._coded.get(icd10cm.normal(name), ()) if self._coded and not allergy else ()
        found = (*self._written.get((plain_name(name), allergy), ()), *coded)
        return tuple({id(row): row for row in found}.values())


def classified(finding: Finding) -> Iterator[tuple[str, str]]:
    """(name, code) of each ICD-10-CM code of a finding, and of the categories above it."""
    for system, code in finding.codes:
        if SYSTEMS.get(system.strip().casefold()) == "ICD-10-CM":
            plain = _plain(code)
            for end in range(len(plain), _SHORTEST - 1, -1):
                if (term := icd10cm.name(plain[:end])) is not None:
                    yield term, plain[:end]


def _plain(code: str) -> str:
    return code.strip().upper().replace(".", "")


def told_by_name(finding: Finding, name: str) -> Finding:
    """The finding as it is called, and what led to it."""
    wanted = icd10cm.normal(name)
    code = next((code for term, code in classified(finding) if icd10cm.normal(term) == wanted), None)
    note = "by its name" if code is None else f"by the name of ICD-10-CM {code[:3]}{'.' if code[3:] else ''}{code[3:]}"
    return replace(finding, concept=finding.name or finding.concept, note=note)
