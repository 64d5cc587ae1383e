"""Findings by what they say apart from their times: a population holds few different ones, each is looked at once."""

from __future__ import annotations

from collections.abc import Hashable
from itertools import count

from eligibility.patients.patient import Finding
from eligibility.population.chunk import Needs
from eligibility.vocabulary import icd10cm
from eligibility.vocabulary.names import plain_name
from eligibility.vocabulary.systems import SYSTEMS

MOST = 500_000  # free text could fill the memory: whoever reads on starts with new ones then
_SHORTEST = 3
_serials = count()


class Templates:
    """What chunks of one population share. Numbers of one `serial` mean the same in all of its chunks."""

    def __init__(self) -> None:
        """Has met no finding yet."""
        self.serial = next(_serials)
        self.kinds: list[int] = []
        self._findings: list[Finding] = []
        self._known: dict[Hashable, int] = {}
        self._numbers: dict[Hashable, int] = {}
        self._names: dict[int, frozenset[str]] = {}
        self._relevant: dict[Needs, tuple[int, list[int]]] = {}

    @property
    def full(self) -> bool:
        """Whether the next chunk should start anew."""
        return len(self._known) + len(self._numbers) > MOST

    def of(self, row: Finding) -> int:
        """The template of a finding: all of it but its times, and where it stands."""
        kind = (row.fact, row.concept, row.status, row.qualifiers, row.narrower, row.known)
        whole = (kind, row.name, row.codes)
        found = self._known.get(whole)
        if found is None:
            found = self._known[whole] = len(self._findings)
            self._findings.append(row)
            self.kinds.append(self.number(kind))
        return found

    def number(self, what: Hashable) -> int:
        """A number for anything that is looked at as a whole."""
        return self._numbers.setdefault(what, len(self._numbers))

    def relevant(self, needs: Needs) -> list[int]:
        """The templates that can matter for what is needed, of those met so far."""
        done, found = self._relevant.get(needs, (0, []))
        if done < len(self._findings):
            found += [place for place in range(done, len(self._findings)) if self._matters(place, needs)]
            self._relevant[needs] = len(self._findings), found
        return found

    def _matters(self, place: int, needs: Needs) -> bool:
        if self._findings[place].concept in needs.keys:
            return True
        return bool(needs.names) and not needs.names.isdisjoint(self._called(place))

    def _called(self, place: int) -> frozenset[str]:
        """All names that a finding answers to, those that the ICD-10-CM gives to its codes among them."""
        if place not in self._names:
            row = self._findings[place]
            coded = (icd10cm.normal(name) for name in _names_of_codes(row))
            self._names[place] = frozenset((plain_name(row.name), plain_name(row.concept), *coded))
        return self._names[place]


def _names_of_codes(row: Finding) -> list[str]:
    codes = [code for system, code in row.codes if SYSTEMS.get(system.strip().casefold()) == "ICD-10-CM"]
    plain = [code.strip().upper().replace(".", "") for code in codes]
    parts = [code[:end] for code in plain for end in range(len(code), _SHORTEST - 1, -1)]
    return [name for part in parts if (name := icd10cm.name(part)) is not None]
