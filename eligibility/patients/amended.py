"""Results that take the place of others: of the same record, or of one with the same identifier, and of no other."""

from __future__ import annotations

from eligibility.patients.patient import Finding, Grade, Measurement
from eligibility.patients.record import Result

Made = Measurement | Grade | Finding


class Amended:
    """Which results of one patient were replaced by which."""

    def __init__(self) -> None:
        """None is."""
        self._identifiers: dict[str, tuple[str, ...]] = {}
        self._replaced: set[tuple[str, str]] = set()
        self._standing: dict[int, Made] = {}

    def take(self, row: Result, made: list[Made]) -> None:
        """What was made of a result."""
        record = _record(row.place)
        if row.identifiers:
            self._identifiers[record] = row.identifiers
        for one in made if row.replaces else ():
            self._standing[id(one)] = one
            # a record is replaced as a whole, but one identifier may be that of a panel of tests
            self._replaced |= {("", record), *((_key(one), name) for name in row.identifiers)}

    def add(self, other: Amended) -> None:
        """Those of another that turned out to be of the same patient."""
        self._identifiers |= other._identifiers
        self._replaced |= other._replaced
        self._standing |= other._standing

    def stands(self, made: Made) -> bool:
        """It was not replaced."""
        if not self._replaced or id(made) in self._standing:
            return True
        record = _record(made.source)
        names = {("", record), *((_key(made), name) for name in self._identifiers.get(record, ()))}
        return self._replaced.isdisjoint(names)


def _record(place: str) -> str:
    return place.partition(".component[")[0]


def _key(made: Made) -> str:
    if isinstance(made, Measurement):
        return made.variable
    return made.scale if isinstance(made, Grade) else made.concept
