"""The nouns of this station: a patient as a set of dated facts, each with its unit and its place in the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from eligibility.errors import Fault
from eligibility.patients.dates import When
from eligibility.patients.interval import Interval

Sex = Literal["male", "female", "other"]
Race = Literal["black", "other"]  # as far as published formulas ask for it
FindingKind = Literal["condition", "treatment", "procedure", "allergy", "state"]
FindingStatus = Literal["active", "resolved", "history", "refuted", "unknown"]
# States that only women can be in: a man is in none of them, and who is in one is a woman.
FEMALE_ONLY = frozenset(
    ("pregnant", "breast_feeding", "childbearing_potential", "post_menopausal", "premenopausal", "perimenopausal")
)
# The list of a profile that holds each kind of finding.
LIST_OF: dict[FindingKind, str] = {
    "condition": "conditions",
    "treatment": "medications",
    "procedure": "procedures",
    "allergy": "allergies",
    "state": "states",
}
# The note of a result of which only is known what it is of, and when.
UNREAD = "could not be read"
LISTS = ("conditions", "medications", "procedures", "allergies", "states", "measurements", "scales")


@dataclass(frozen=True, slots=True)
class Reference:
    """The laboratory's own reference range for one result; `unit` is None when it is the unit of the result."""

    low: float | None
    high: float | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Measurement:
    """One result: a vocabulary key, the value as an interval, the house spelling of its unit as recorded.

    `text` is the value as recorded ("12", "<5"). `usable` is False when the unit cannot be one of this variable, or the
    value cannot be read (then `note` is UNREAD and the value may be any): the result is kept and shown, and decides
    nothing, nor does an older one in its place. A derived value names the facts in `derived_from`.
    """

    variable: str
    value: Interval
    unit: str | None = None
    when: When | None = None
    reference: Reference | None = None
    text: str = ""
    source: str = ""
    usable: bool = True
    derived_from: tuple[str, ...] = ()
    note: str = ""

    @property
    def computed(self) -> bool:
        """A formula gave it from other values."""
        return bool(self.derived_from)


@dataclass(frozen=True, slots=True)
class Grade:
    """One reading of an ordinal scale: the levels it can mean, in severity order (one, when it is plain).

    One that cannot be read can mean any; its `note` is UNREAD.
    """

    scale: str
    levels: tuple[str, ...]
    when: When | None = None
    text: str = ""
    source: str = ""
    derived_from: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A condition, treatment, procedure, allergy or state, or its refutation.

    `concept` is the vocabulary key or, for a name the vocabulary does not know, that name in lower case
    (then `known` is False). `onset` is the start or the date, `abatement` the end; `note` says what a reader of the
    verdict should know ("by its name": no code of the record led to the concept). `narrower` says that the record is of
    some kind of the concept and not of the whole of it: that it is over, or not so, tells nothing of other kinds.
    `seen` is set for what somebody was asked or observed to be on a day ("Never smoker", a pregnancy test): it says
    nothing of other days, and a newer one takes its place.
    """

    fact: FindingKind
    concept: str
    name: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    status: FindingStatus = "active"
    onset: When | None = None
    abatement: When | None = None
    qualifiers: tuple[str, ...] = ()
    source: str = ""
    known: bool = True
    note: str = ""
    narrower: bool = False
    seen: When | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person decided about the open words of one criterion: `pass` or `fail`, by whom and when.

    `patient` is None when the answer stands in the patient's own profile.
    """

    trial: str
    criterion: str
    result: Literal["pass", "fail"]
    by: str
    date: str | None = None
    patient: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class StatedAge:
    """An age as stated: `value` completed units (year, month, week, day)."""

    value: float
    unit: str = "year"


@dataclass(frozen=True, slots=True)
class Item:
    """One name or code of a patient's file, and what it was understood as.

    `kind` is the list it stood in ("result", "condition" …), `said` the name or code as written, `unit` the unit as
    written, `word` the vocabulary key (None: not understood), `how` "code" or "name", or why it was not understood.
    """

    kind: str
    said: str
    unit: str = ""
    word: str | None = None
    how: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Patient:
    """One patient as of one day. Every list may be empty; what is not in it is unknown.

    `complete` names the lists (of `LISTS`) that hold everything there is to know, so that absence means no.
    `unrecognised` lists the names and codes, with their places, that the vocabulary does not know. `day_from` is the
    place of the fact whose day is `as_of`, when nobody gave one; `left_out` the places of facts after `as_of`.
    `race` is kept only as far as formulas of kidney function ask for it. `died` is the day of death, where one is
    recorded. Of a record (FHIR, OMOP, a table) `items` says how every name and code was understood, `faults` which
    entries could not be read, and `passed_over` how many of which kinds are not about eligibility.
    """

    id: str
    as_of: date | None = None
    birth_date: When | None = None
    age: StatedAge | None = None
    sex: Sex | None = None
    race: Race | None = None
    died: When | None = None
    measurements: tuple[Measurement, ...] = ()
    grades: tuple[Grade, ...] = ()
    findings: tuple[Finding, ...] = ()
    complete: frozenset[str] = frozenset()
    answers: tuple[Answer, ...] = ()
    unrecognised: tuple[str, ...] = ()
    source: str = field(default="", compare=False)
    day_from: str = field(default="", compare=False)
    left_out: tuple[str, ...] = field(default=(), compare=False)
    items: tuple[Item, ...] = field(default=(), compare=False)
    faults: tuple[Fault, ...] = field(default=(), compare=False)
    passed_over: tuple[tuple[str, int], ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        held = f"{len(self.measurements)} measurements, {len(self.grades)} grades, {len(self.findings)} findings"
        return f"<Patient {self.id!r}, as of {self.as_of}: {held}>"
