"""Patient: who the facts are of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from eligibility.errors import Fault
from eligibility.patients.dates import When
from eligibility.patients.fhir.shape import Broken, Resource, moment, part, parts, words
from eligibility.patients.patient import Race, Sex
from eligibility.patients.record import UNDATED, Person

_SEXES: dict[str, Sex] = {"male": "male", "female": "female", "other": "other", "m": "male", "f": "female"}
_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_BLACK = "2054-5"  # "Black or African American" in the CDC race code set, urn:oid:2.16.840.1.113883.6.238
_UNSAID = frozenset(("UNK", "ASKU", ""))
Made = TypeVar("Made")


def person(resource: Resource, id: str, place: str, faults: list[Fault]) -> Person:
    """Who a Patient resource is; a part that cannot be read is left out and joins `faults`."""
    return Person(
        id=id,
        birth_date=_attempt(faults, place, lambda: moment(resource, "birthDate")),
        sex=_attempt(faults, place, lambda: _sex(resource)),
        race=_attempt(faults, place, lambda: _race(resource)),
        died=_attempt(faults, place, lambda: _died(resource)),
        place=place,
    )


def _attempt(faults: list[Fault], place: str, read: Callable[[], Made | None]) -> Made | None:
    try:
        return read()
    except Broken as broken:
        faults.append(Fault(place, str(broken), "correct it"))
        return None


def _sex(resource: Resource) -> Sex | None:
    """The administrative gender; where a birth sex is recorded and differs, nobody knows which one a trial means."""
    gender = _SEXES.get(words(resource, "gender"))
    birth = next((words(item, "valueCode") for item in _extensions(resource, "birthsex")), "")
    born = _SEXES.get(birth.casefold())
    if gender and born and gender != born:
        raise Broken("gender and birth sex differ, so the sex is taken as not known")
    return gender or born


def _race(resource: Resource) -> Race | None:
    """As far as a formula asks: Black or not; None when it is not recorded."""
    coded = [
        words(part(inner, "valueCoding"), "code")
        for item in _extensions(resource, "race")
        for inner in parts(item, "extension")
        if words(inner, "url") in ("ombCategory", "detailed")
    ]
    if _BLACK in coded:
        return "black"
    return "other" if any(code not in _UNSAID for code in coded) else None


def _extensions(resource: Resource, name: str) -> list[Resource]:
    return [item for item in parts(resource, "extension") if words(item, "url") == _US_CORE + name]


def _died(resource: Resource) -> When | None:
    """The moment of death; only that it was, when only that is recorded."""
    if resource.get("deceasedBoolean") is True:
        return UNDATED
    return moment(resource, "deceasedDateTime")
