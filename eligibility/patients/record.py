"""The nouns of a record as it comes: what a FHIR resource, an OMOP row or a cell says, before any word is looked up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from eligibility.patients.dates import When
from eligibility.patients.interval import Interval
from eligibility.patients.patient import Finding, FindingKind, FindingStatus, Race, Sex, StatedAge

# A result without a date may be of any day: it is never taken as the newest, nor as lying in a window.
UNDATED = When(datetime(1800, 1, 1), datetime(2199, 12, 31), "an unknown day")


def by_then(recorded: When | None) -> When | None:
    """When something began of which only is known when it was recorded: on that day, or any day before it."""
    return When(UNDATED.first, recorded.last, f"by {recorded.text}") if recorded else None


def not_before(start: When) -> When:
    """When something ended of which only is known when it was there: on that day, or any day after it."""
    return When(start.first, UNDATED.last, f"not before {start.text}")


def known_on(when: When) -> date:
    """The first day on which this can have been in a record: of what began by some day, that day."""
    return when.last.date() if when.first == UNDATED.first and when != UNDATED else when.first.date()


def denied_on(finding: Finding) -> When | None:
    """The last day that a refutation speaks of: that it was written on, or asked; None when it has none."""
    when = finding.seen or finding.abatement or finding.onset
    if when is None or when == UNDATED or when.first != UNDATED.first:
        return when
    return When(datetime.combine(when.last.date(), time.min), when.last, when.text)


def has_ended(finding: Finding, day: date | None) -> bool:
    """It has an end that may lie before this day, whatever its status says."""
    end = finding.abatement
    if end is None or (end.last == UNDATED.last and end != UNDATED):
        return False
    return day is None or end.first.date() < day


@dataclass(frozen=True, slots=True)
class Coding:
    """One code: `system` is a FHIR system URL or a plain name ("LOINC")."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """What a record calls something: its codes, the same thing in several systems, and its own words.

    `wider` are codes that the record's own vocabulary has above it, for when neither codes nor words are known.
    """

    codings: tuple[Coding, ...] = ()
    text: str = ""
    wider: tuple[Coding, ...] = ()

    @property
    def name(self) -> str:
        """What a reader calls it: its own words, else the name of a code."""
        return self.text or next((coding.display for coding in self.codings if coding.display), "") or str(self)

    def __str__(self) -> str:
        """As a list shows it: the first code with its name, else the words."""
        if not self.codings:
            return self.text or "(no name)"
        first = self.codings[0]
        words = first.display or self.text
        named = (system_name(first.system), first.code, words if words != first.code else "")
        return " ".join(part for part in named if part)


def system_name(system: str) -> str:
    """A code system as people call it: the known ones by name, others by the end of their address."""
    from eligibility.vocabulary.systems import SYSTEMS

    return SYSTEMS.get(system.casefold()) or system.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """A reference range as recorded, each end a number in `unit` ("" when it is the unit of the result).

    `sex` is set where it is the range of one sex only.
    """

    low: float | None
    high: float | None
    unit: str = ""
    sex: Sex | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One result: a number or range (`value`, written `text`) in `units`, or a coded or worded `answers`.

    `units` holds the unit's code and its wording where a record has both, the code first. `when` None means that the
    record speaks of today (a row without dates); a record with dates whose date is missing gives `UNDATED`.
    `listed` is the kind of entry it is counted as, `problem` what is wrong with it. `unread` says that
    there was a value and nobody knows which, whatever `text` says. `identifiers` name it in other systems; one that
    `replaces` takes the place of others with one of them, or of the same place.
    """

    concept: Concept
    place: str
    value: Interval | None = None
    text: str = ""
    units: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    when: When | None = None
    limits: Limits | None = None
    note: str = ""
    listed: str = "result"
    problem: str = ""
    unread: bool = False
    identifiers: tuple[str, ...] = ()
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """A condition, treatment, procedure, allergy or state, or its refutation, with the time it held.

    `seen` instead of a time: it was found to be so on that day, and that says nothing of other days.
    `listed` is the kind of entry it is counted as, when that is not `fact`.
    """

    fact: FindingKind
    concept: Concept
    place: str
    status: FindingStatus = "active"
    onset: When | None = None
    abatement: When | None = None
    qualifiers: tuple[str, ...] = ()
    seen: When | None = None
    listed: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who the facts are of; `age` is of the day of judging."""

    id: str
    birth_date: When | None = None
    sex: Sex | None = None
    race: Race | None = None
    died: When | None = None
    place: str = ""
    age: StatedAge | None = None
