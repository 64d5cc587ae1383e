"""Condition, Procedure, AllergyIntolerance, the medication resources and Encounter: what was, from when to when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from eligibility.patients.dates import When
from eligibility.patients.fhir.shape import Resource, codes_of, concept, moment, part, period, time_of, words
from eligibility.patients.patient import FindingStatus
from eligibility.patients.record import UNDATED, Concept, Event, by_then, not_before

Medication = Callable[[Resource], Concept]

_CLINICAL: dict[str, FindingStatus] = {
    "active": "active", "recurrence": "active", "relapse": "active",
    "inactive": "resolved", "remission": "resolved", "resolved": "resolved",
}  # fmt: skip
_UNSURE = frozenset(("unconfirmed", "provisional", "differential", "presumed"))
# How the medication stands; a status that is not here (draft, cancelled, not-taken, not-done …) tells of none taken.
_REQUESTED: dict[str, FindingStatus] = {
    "active": "active", "on-hold": "unknown", "completed": "resolved", "stopped": "resolved", "unknown": "unknown",
}  # fmt: skip
_STATED: dict[str, FindingStatus] = {**_REQUESTED, "intended": "unknown"}
_GIVEN: dict[str, FindingStatus] = {
    "in-progress": "active",
    "completed": "resolved",
    "stopped": "resolved",
    "unknown": "unknown",
}
_DONE: dict[str, FindingStatus] = {
    "completed": "history",
    "in-progress": "active",
    "stopped": "unknown",
    "unknown": "unknown",
}
# A proposal or a plan is not an order: http://hl7.org/fhir/R4/valueset-medicationrequest-intent.html
_ONLY_MEANT = frozenset(("proposal", "plan", "option"))
# http://hl7.org/fhir/STU3/procedure.html, medicationadministration.html; http://hl7.org/fhir/DSTU2/procedure.html …
_DENYING = ("notDone", "notGiven", "notPerformed", "wasNotGiven", "wasNotTaken")
_INPATIENT = frozenset(("IMP", "ACUTE", "NONAC", "SS"))
_STAYED: dict[str, FindingStatus] = {"in-progress": "active", "onleave": "active", "finished": "history"}


def condition(resource: Resource, place: str) -> Iterator[Event]:
    """A diagnosis; refuted it is a known absence, unconfirmed it is not known, entered in error it never was."""
    verified = _verified(resource)
    if verified == "entered-in-error":
        return
    onset, _ = time_of(resource, "onset")
    end, clinical = _ended(resource), _clinical(resource)
    status = verified or _CLINICAL.get(clinical) or ("resolved" if end and not clinical else "unknown")
    if clinical == "remission" or (clinical == "inactive" and end is None):
        end = _not_known_when(end or onset)
    recorded = by_then(moment(resource, "recordedDate"))
    denied = status == "refuted"  # of which the day that it was written on tells, not when it was suspected
    yield Event(
        fact="condition",
        concept=concept(part(resource, "code")),
        place=place,
        status=status,
        onset=(recorded or onset) if denied else (onset or recorded),
        abatement=None if denied or (status == "resolved" and end == UNDATED and clinical == "resolved") else end,
        qualifiers=_qualifiers(resource),
    )


def _verified(resource: Resource) -> Literal["entered-in-error", "refuted", "unknown", ""]:
    """What the verification status says, "" where nothing stands against the record. Codes that differ: not known."""
    said = codes_of(resource, "verificationStatus")
    if "entered-in-error" in said:
        return "entered-in-error"
    if not said or ("confirmed" in said and said.isdisjoint((*_UNSURE, "refuted"))):
        return ""
    return "refuted" if "refuted" in said and said.isdisjoint((*_UNSURE, "confirmed")) else "unknown"


def _clinical(resource: Resource) -> str:
    """The clinical status, "" without one; "unknown" where its codes say different things, or nothing that is known."""
    said = codes_of(resource, "clinicalStatus")
    known = sorted(said.intersection(_CLINICAL))
    if len({_CLINICAL[code] for code in known}) != 1:
        return "unknown" if said else ""
    return next((code for code in ("remission", "inactive") if code in known), known[0])


def _ended(resource: Resource) -> When | None:
    """When it ended: of an end that is no date (an age, words), that it did."""
    end, last = time_of(resource, "abatement")
    said = any(name.startswith("abatement") and resource[name] is not False for name in resource)
    return last or end or (UNDATED if said else None)


def _not_known_when(there: When | None) -> When:
    """The end of what was there at a moment, and may be there still."""
    return not_before(there) if there else UNDATED


def _qualifiers(resource: Resource) -> tuple[str, ...]:
    """How severe it is, in words."""
    severity = concept(part(resource, "severity"))
    said = severity.text or next((item.display for item in severity.codings if item.display), "")
    return (said,) if said else ()


def procedure(resource: Resource, place: str) -> Iterator[Event]:
    """What was done; what was not done, or is only prepared, tells nothing."""
    status = _DONE.get(words(resource, "status"))
    if status is not None and not _is_denied(resource):
        start, end = time_of(resource, "performed")
        yield Event("procedure", concept(part(resource, "code")), place, status, start, end or start)


def allergy(resource: Resource, place: str) -> Iterator[Event]:
    """An allergy or intolerance, or its refutation."""
    verified, clinical = _verified(resource), _clinical(resource)
    if verified == "entered-in-error":
        return
    status = verified or _CLINICAL.get(clinical) or ("unknown" if clinical else "active")
    onset, _ = time_of(resource, "onset")
    recorded = by_then(moment(resource, "recordedDate"))
    began = (recorded or onset) if status == "refuted" else (onset or recorded)
    end = _not_known_when(began) if status == "resolved" and clinical != "resolved" else None
    yield Event("allergy", concept(part(resource, "code")), place, status, began, end)


def request(resource: Resource, place: str, medication: Medication) -> Iterator[Event]:
    """A prescription; one that says not to give it, or that is only proposed, tells of none taken."""
    status = _REQUESTED.get(words(resource, "status"))
    if status and resource.get("doNotPerform") is not True and words(resource, "intent") not in _ONLY_MEANT:
        start = moment(resource, "authoredOn")
        # completed is the order, and what it orders may be taken for long after
        end = _not_known_when(start) if words(resource, "status") == "completed" else None
        yield _taken(resource, place, medication, status, start, end)


def statement(resource: Resource, place: str, medication: Medication) -> Iterator[Event]:
    """What a patient takes or took."""
    status = _STATED.get(words(resource, "status"))
    status = "unknown" if status and words(resource, "taken") in ("unk", "na") else status
    if status and not _is_denied(resource):
        start, end = time_of(resource, "effective")
        yield _taken(resource, place, medication, status, start, end)


def administration(resource: Resource, place: str, medication: Medication) -> Iterator[Event]:
    """One giving of a medication: whether it is given again is not said."""
    status = _GIVEN.get(words(resource, "status"))
    if status and not _is_denied(resource):
        start, end = time_of(resource, "effective")
        given = end or start
        yield _taken(
            resource, place, medication, status, start, not_before(given) if given and status != "active" else None
        )


def _is_denied(resource: Resource) -> bool:
    """It was not done, given or taken: elements of DSTU2 and STU3, whose other elements read as those of R4 do."""
    return words(resource, "taken") == "n" or any(resource.get(name) not in (None, False) for name in _DENYING)


def encounter(resource: Resource, place: str) -> Iterator[Event]:
    """A stay in hospital; of other visits nothing follows."""
    kind = words(part(resource, "class"), "code")
    status = _STAYED.get(words(resource, "status"))
    if kind in _INPATIENT and status:
        stay = Concept((), "hospitalization")
        yield Event("state", stay, place, status, *period(resource, "period"))


def _taken(
    resource: Resource,
    place: str,
    medication: Medication,
    status: FindingStatus,
    start: When | None,
    end: When | None,
) -> Event:
    return Event("treatment", medication(resource), place, status, start, end)
