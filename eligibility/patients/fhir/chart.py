"""Resources as they come, sorted by the patient they are of: from one bundle, or one by one from an export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from zlib import crc32

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.fhir import events
from eligibility.patients.fhir.observation import DROPPED, REPLACING, results
from eligibility.patients.fhir.person import person
from eligibility.patients.fhir.shape import Broken, Resource, concept, part, parts, reference, words
from eligibility.patients.intake import Intake
from eligibility.patients.patient import FindingKind, Patient
from eligibility.patients.record import Concept, Event, Person

_EVENTS: dict[str, Callable[[Resource, str], Iterator[Event]]] = {
    "Condition": events.condition,
    "Procedure": events.procedure,
    "AllergyIntolerance": events.allergy,
    "Encounter": events.encounter,
}
_MEDICATIONS: dict[str, Callable[[Resource, str, events.Medication], Iterator[Event]]] = {
    "MedicationRequest": events.request,
    "MedicationStatement": events.statement,
    "MedicationAdministration": events.administration,
}
_FACT_OF: dict[str, FindingKind] = {
    "Condition": "condition",
    "Procedure": "procedure",
    "AllergyIntolerance": "allergy",
    **dict.fromkeys(_MEDICATIONS, "treatment"),
}
_READ = frozenset(("Observation", *_EVENTS, *_MEDICATIONS))
_MOST_NAMED = 5


class Chart:
    """The patients of a bundle, or of loose resources of one export."""

    def __init__(self, file: str, asked: Asked, share: int = 0, shares: int = 1) -> None:
        """Of `shares` shares of all patients only those of one are kept."""
        self.file, self._asked, self._share, self._shares = file, asked, share, shares
        self.faults: list[Fault] = []
        self._doubted: list[FindingKind] = []
        self._people: dict[str, Person] = {}
        self._aliases: dict[str, str] = {}
        self._medications: dict[str, Concept] = {}
        self._intakes: dict[str, Intake] = {}
        self._waiting: list[tuple[str, Resource, str]] = []
        self.passed_over: Counter[str] = Counter()

    def add(self, resource: Resource, place: str, address: str = "") -> None:
        """One resource; `address` is the fullUrl of its entry. What it says is kept, the resource is not."""
        named = resource.get("resourceType")
        kind = named if isinstance(named, str) else ""
        try:
            if kind == "Patient":
                self._add_person(resource, place, address)
            elif kind == "Medication":
                self._add_medication(resource, address)
            elif kind not in _READ:
                self.passed_over[kind[:60] or "without a resourceType"] += 1
            else:
                self._read(kind, resource, _place(resource, kind, place))
        except Broken as broken:
            self.faults.append(Fault(_place(resource, kind, place), str(broken), "correct the resource"))
            self._doubted += [_FACT_OF[kind]] if kind in _FACT_OF else []

    def patients(self, *, whole: bool) -> Iterator[Patient]:
        """Every patient. In a `whole` bundle, resources of somebody who is not in it are an InputError."""
        for key, resource, place in self._waiting:
            self._event(key, resource, place)
        self._waiting = []
        strangers = [key for key in self._intakes if key not in self._people and key]
        if whole and self._people and strangers and not self._asked.others:
            raise InputError(self.file, *map(self._foreign, strangers[:_MOST_NAMED]))
        if whole and self._people:
            self.passed_over.update({f"entries of the patient {key[:40]!r}": 1 for key in strangers})
        self._give_away_what_names_nobody()
        named = dict(self._people)
        if not (whole and self._people):
            named |= {key: Person(key, place=key) for key in strangers}
        for key, who in named.items():
            intake = self._intakes.pop(key, None) or Intake(self._asked.vocabulary)
            intake.faults[:0] = self.faults
            intake.nothing.doubt(*self._doubted)
            intake.passed_over.update(self.passed_over)
            yield intake.patient(who, self._asked.as_of)

    def _foreign(self, key: str) -> Fault:
        first = self._intakes[key].first_place
        problem = f"is of the patient {key!r}, who is not in the bundle"
        return Fault(first, problem, "give each patient a bundle, or leave such entries out (--leave-out-others)")

    def _give_away_what_names_nobody(self) -> None:
        """Resources without a subject are the patient's where there is only one, else nobody's."""
        nameless = self._intakes.pop("", None)
        if nameless is None:
            return
        everyone = [*self._people] or [*self._intakes]
        if len(everyone) == 1:
            mine = self._intakes.get(everyone[0])
            self._intakes[everyone[0]] = nameless if mine is None else mine.joined(nameless)
        else:
            self.faults.append(
                Fault(nameless.first_place, "names no patient, and others may not either", "add a subject")
            )

    def _add_person(self, resource: Resource, place: str, address: str) -> None:
        own = words(resource, "id")
        key = own or _key(address) or place or "patient"
        self._aliases |= {alias: key for alias in (own, _key(address)) if alias}
        if not self._is_mine(key):
            return
        made = person(resource, key, f"Patient/{own}" if own else place, self.faults)
        known = self._people.setdefault(key, made)
        if replace(made, place=known.place) != known:
            self._people[key] = _agreed(known, made)
            raise Broken("the patient is there twice, not alike; what differs counts as not known")

    def _add_medication(self, resource: Resource, address: str) -> None:
        called = concept(part(resource, "code"))
        for alias in (words(resource, "id"), _key(address)):
            if alias:
                self._medications[alias] = called

    def _read(self, kind: str, resource: Resource, place: str) -> None:
        subject = reference(resource, "patient" if kind == "AllergyIntolerance" else "subject")
        key = _key(subject)
        if subject and not _is_person(subject):
            self.passed_over[f"{kind} of {subject.split('/')[0][:30]}"] += 1
            return
        key = self._aliases.get(key, key)
        if not self._is_mine(key):
            return
        if kind == "Observation":
            self._observation(key, resource, place)
        elif kind in _MEDICATIONS and reference(resource, "medicationReference"):
            self._waiting.append((key, resource, place))
        else:
            self._event(key, resource, place)

    def _observation(self, key: str, resource: Resource, place: str) -> None:
        intake = self._intake(key, place)
        status = words(resource, "status")
        if status in DROPPED:
            intake.passed_over[f"Observation {status}"] += 1
            return
        about = (_key(words(one, "reference")) for one in parts(resource, "focus"))
        if any(self._aliases.get(one, one) != key for one in about):
            intake.passed_over["Observation of somebody or something else"] += 1
            return
        named = tuple(f"{words(one, 'system')}|{words(one, 'value')}" for one in parts(resource, "identifier"))
        for row in results(resource, place):
            told = (
                replace(row, identifiers=named, replaces=status in REPLACING) if named or status in REPLACING else row
            )
            intake.result(told)

    def _event(self, key: str, resource: Resource, place: str) -> None:
        kind = str(resource["resourceType"])
        intake = self._intake(key, place)
        if "modifierExtension" in resource:  # it may mean anything, even the opposite
            intake.passed_over[f"{kind} with a modifierExtension"] += 1
            intake.nothing.doubt(*([_FACT_OF[kind]] if kind in _FACT_OF else []))
            return
        try:
            if kind in _MEDICATIONS:
                found = list(_MEDICATIONS[kind](resource, place, self._medication))
            else:
                found = list(_EVENTS[kind](resource, place))
        except Broken as broken:
            intake.fault(place, str(broken), "correct the resource")
            intake.nothing.doubt(*([_FACT_OF[kind]] if kind in _FACT_OF else []))
            return
        if not found:
            intake.passed_over[f"{kind} {_standing(resource)}".strip()] += 1
        for row in found:
            intake.entry(row)

    def _medication(self, resource: Resource) -> Concept:
        """What was taken: coded in place, contained, or a resource, whose own references are not followed."""
        address = reference(resource, "medicationReference")
        if not part(resource, "medicationReference"):
            return concept(part(resource, "medicationCodeableConcept"))
        for inner in parts(resource, "contained") if address.startswith("#") else ():
            if words(inner, "id") == address[1:]:
                return concept(part(inner, "code"))
        found = self._medications.get(_key(address)) if address else None
        return found or Concept((), words(part(resource, "medicationReference"), "display"))

    def _is_mine(self, key: str) -> bool:
        return self._shares == 1 or crc32(key.encode()) % self._shares == self._share

    def _intake(self, key: str, place: str) -> Intake:
        if key not in self._intakes:
            self._intakes[key] = Intake(self._asked.vocabulary, place)
        return self._intakes[key]


def _agreed(first: Person, second: Person) -> Person:
    """What two records of one person agree on."""
    return Person(
        id=first.id,
        birth_date=first.birth_date if first.birth_date == second.birth_date else None,
        sex=first.sex if first.sex == second.sex else None,
        race=first.race if first.race == second.race else None,
        died=first.died if first.died == second.died else None,
        place=first.place,
    )


def _place(resource: Resource, kind: str, place: str) -> str:
    own = resource.get("id")
    return f"{kind}/{own[:64]}" if isinstance(own, str) and own else place


def _standing(resource: Resource) -> str:
    """Why nothing follows from a resource: its status; of an Encounter also its class, as EMER."""
    status, kind = resource.get("status"), part(resource, "class").get("code")
    return " ".join(text[:30] for text in (kind, status) if isinstance(text, str))


def _is_person(address: str) -> bool:
    """The address can be that of a patient: of its kind, or a bare or unspoken one."""
    return "/" not in address.removeprefix("urn:") or "Patient/" in address


def _key(address: str) -> str:
    """An address without base, kind and version: `Patient/7`, `https://…/Patient/7/_history/2`, `urn:uuid:7` are 7."""
    plain = address.partition("/_history/")[0]
    return plain.removeprefix("urn:uuid:").removeprefix("urn:oid:").rpartition("/")[2]
