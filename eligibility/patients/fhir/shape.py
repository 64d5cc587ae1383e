"""Looking into a FHIR resource that may be wrong anywhere: what is missing is empty, what is of a wrong kind is Broken.

Field names and value sets are those of HL7 FHIR R4 (4.0.1).
"""

from __future__ import annotations

from typing import Any

from eligibility.patients.dates import When, read_when
from eligibility.patients.record import UNDATED, Coding, Concept

Resource = dict[str, Any]
_LONGEST = 500


class Broken(Exception):
    """A part of a resource is not what FHIR says it is. The message names the part and never its content."""


def part(resource: Resource, name: str) -> Resource:
    """An object within, empty when it is not there."""
    found = resource.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Broken(f"{name} is not an object")
    return found


def parts(resource: Resource, name: str) -> list[Resource]:
    """A list of objects within, empty when it is not there."""
    found = resource.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Broken(f"{name} is not a list of objects")
    return found


def words(resource: Resource, name: str) -> str:
    """A text within, empty when it is not there; a number is taken for its text."""
    found = resource.get(name)
    if isinstance(found, str):
        return found[:_LONGEST].strip()
    if found is None:
        return ""
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Broken(f"{name} is not a text")
    return str(found)


def number(resource: Resource, name: str) -> float | None:
    """A number within, None when it is not there."""
    found = resource.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise Broken(f"{name} is not a number")
    return float(found)


def concept(value: Resource) -> Concept:
    """A CodeableConcept."""
    codings = tuple([coding(item) for item in parts(value, "coding")])
    return Concept(tuple([item for item in codings if item.code or item.display]), words(value, "text"))


def coding(value: Resource) -> Coding:
    """A Coding."""
    return Coding(words(value, "system"), words(value, "code"), words(value, "display"))


def codes_of(resource: Resource, name: str) -> frozenset[str]:
    """Every code of a CodeableConcept within, and its text, in small letters: of statuses, where the code says it all.

    A plain code, as STU3 has it, is one.
    """
    if isinstance(resource.get(name), str):
        return frozenset((words(resource, name).casefold(),))
    value = part(resource, name)
    said = (words(value, "text"), *(words(item, "code") for item in parts(value, "coding")))
    return frozenset(text.casefold() for text in said if text)


def moment(resource: Resource, name: str) -> When | None:
    """A date, dateTime or instant within, None when it is not there, or is the end of time (9999), which is none."""
    text = words(resource, name)
    if not text or text.startswith("9999-"):
        return None
    try:
        return read_when(text)
    except ValueError:
        raise Broken(f"{name} is no date") from None


def period(resource: Resource, name: str) -> tuple[When | None, When | None]:
    """The start and the end of a Period within."""
    value = part(resource, name)
    return moment(value, "start"), moment(value, "end")


def time_of(resource: Resource, stem: str) -> tuple[When | None, When | None]:
    """Start and end of a choice of dateTime, instant and Period (`effective[x]`, `performed[x]`, `onset[x]`)."""
    for kind in ("DateTime", "Instant", "Date"):
        when = moment(resource, f"{stem}{kind}")
        if when is not None:
            return when, None
    return period(resource, f"{stem}Period")


def dated(when: When | None) -> When:
    """The moment, or that it may be any."""
    return when or UNDATED


def reference(resource: Resource, name: str) -> str:
    """The address in a Reference within, "" when it is not there."""
    return words(part(resource, name), "reference")
