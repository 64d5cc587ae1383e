"""FHIR R4 (and what of R4B and STU3 has the same names): bundles, single resources, lines of a bulk export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.fhir.chart import Chart
from eligibility.patients.patient import Patient
from eligibility.patients.places import inside

# Resources of other patients that a patient's data depends on come first, whatever their place in a bundle.
_FIRST = ("Patient", "Medication")
_MOST_FAULTS = 20


def is_fhir(data: Any) -> bool:
    """Whether a JSON value is a FHIR resource."""
    return isinstance(data, dict) and isinstance(data.get("resourceType"), str)


class FhirReader:
    """Reads FHIR values one after the other: a bundle gives its patients at once, loose resources at the end."""

    def __init__(self, path: str, asked: Asked, share: int = 0, shares: int = 1) -> None:
        """Of loose resources only those of patients of this share are kept."""
        self._asked = asked
        self._loose = Chart(path, asked, share, shares)

    def take(self, data: dict[str, Any], file: str, place: str, *, loose_only: bool = False) -> Iterator[Patient]:
        """One resource. Raises InputError for a bundle without a patient, and for one with strangers in it."""
        if data["resourceType"] != "Bundle":
            self._loose.add(data, place)
        elif not loose_only:
            chart = Chart(file, self._asked)
            for resource, where, address in _entries(data, place, chart.faults):
                chart.add(resource, where, address)
            yield from _all_of(chart, file, place)

    def note(self, error: InputError) -> None:
        """What could not be read beside loose resources may have been of any of their patients."""
        self._loose.faults += error.faults

    def rest(self) -> Iterator[Patient]:
        """The patients of the loose resources."""
        return self._loose.patients(whole=False)

    def without_patient(self) -> InputError:
        """What to say of a file whose loose resources are of no patient."""
        return _no_patient(self._loose, self._loose.file, "")


def _all_of(chart: Chart, file: str, place: str) -> list[Patient]:
    found = list(chart.patients(whole=True))
    if not found:
        raise _no_patient(chart, file, place)
    return found


def _entries(bundle: dict[str, Any], place: str, faults: list[Fault]) -> list[tuple[dict[str, Any], str, str]]:
    """The resources of a bundle with their places and addresses: people and medications first, each once."""
    entries = bundle.get("entry") or []
    if not isinstance(entries, list):
        faults.append(Fault(inside(place, "entry"), "is not a list", "correct the bundle"))
        return []
    found: list[tuple[dict[str, Any], str, str]] = []
    for index, entry in enumerate(entries):
        where = inside(place, f"entry[{index}]")
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict):
            if not (isinstance(entry, dict) and _deletes(entry)):
                faults.append(Fault(where, "holds no resource", "correct the bundle"))
        elif not _deletes(entry):
            address = entry.get("fullUrl")
            found.append((resource, where, address if isinstance(address, str) else ""))
    return sorted(_newest(found), key=lambda item: item[0].get("resourceType") not in _FIRST)


def _deletes(entry: dict[str, Any]) -> bool:
    request = entry.get("request")
    return isinstance(request, dict) and request.get("method") == "DELETE"


def _newest(found: list[tuple[dict[str, Any], str, str]]) -> list[tuple[dict[str, Any], str, str]]:
    """Of several versions of one resource the one that was updated last; of copies that do not tell, all."""
    newest: dict[tuple[Any, ...], tuple[dict[str, Any], str, str]] = {}
    for index, item in enumerate(found):
        resource, address = item[0], item[2]
        kind, own = resource.get("resourceType"), resource.get("id")
        key: tuple[Any, ...] = (kind, own, address) if isinstance(kind, str) and isinstance(own, str) else (index,)
        known = newest.get(key)
        if known is None or resource == known[0] or _version(resource) > _version(known[0]):
            newest[key] = item
        elif _version(resource) == _version(known[0]):
            newest[(*key, index)] = item
    return [*newest.values()]


def _version(resource: dict[str, Any]) -> str:
    meta = resource.get("meta")
    updated = meta.get("lastUpdated") if isinstance(meta, dict) else None
    return updated if isinstance(updated, str) else ""


def _no_patient(chart: Chart, file: str, place: str) -> InputError:
    kinds = ", ".join(f"{count} {kind}" for kind, count in chart.passed_over.most_common(3))
    problem = f"holds no patient{', only ' + kinds if kinds else ''}"
    return InputError(file, *chart.faults[:_MOST_FAULTS], Fault(place, problem, "give a bundle with a Patient"))
