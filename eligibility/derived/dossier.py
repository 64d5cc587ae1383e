"""One patient's facts by name: what is recorded, what a concept's record or its absence says, and how old they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from eligibility.derived.formula import WEEK
from eligibility.derived.moments import is_close
from eligibility.patients.births import SOME_DAY, births_of, years_between
from eligibility.patients.dates import When, between
from eligibility.patients.interval import Interval, linear
from eligibility.patients.levels import values_of
from eligibility.patients.patient import (
    FEMALE_ONLY,
    LIST_OF,
    Finding,
    FindingKind,
    FindingStatus,
    Grade,
    Measurement,
    Patient,
)
from eligibility.patients.record import UNDATED, denied_on, has_ended
from eligibility.units import Conversion, conversion
from eligibility.vocabulary.results import NEGATIVE, POSITIVE

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word


_ONCE = ("active", "history", "resolved")


class Dossier:
    """A patient's facts, indexed. `words` is the vocabulary by key, `assumed` the lists (and words) taken as absent."""

    def __init__(self, patient: Patient, words: Mapping[str, Word], assumed: frozenset[str] = frozenset()) -> None:
        """Indexes what is recorded, and computes nothing."""
        self.patient, self.words, self.assumed = patient, words, assumed
        self.recorded: dict[str, list[Measurement]] = {}
        self.findings: dict[str, list[Finding]] = {}
        self.allergies: dict[str, list[Finding]] = {}
        self._graded: dict[str, list[Grade]] = {}
        self._grades: dict[str, list[Grade]] = {}
        self._conversions: dict[tuple[str, str | None, str | None], Conversion | None] = {}
        self._ancestors: dict[str, frozenset[str]] = {}
        for measurement in patient.measurements:
            self.recorded.setdefault(measurement.variable, []).append(measurement)
        for grade in patient.grades:
            self._graded.setdefault(grade.scale, []).append(grade)
        for finding in patient.findings:
            index = self.allergies if finding.fact == "allergy" else self.findings
            index.setdefault(finding.concept, []).append(finding)
        for finding in findings_of(patient.grades, words):
            self.findings.setdefault(finding.concept, []).append(finding)

    @cached_property
    def today(self) -> When | None:
        """The day of judging, as which a fact without a date counts."""
        return between(self.patient.as_of, self.patient.as_of) if self.patient.as_of else None

    @cached_property
    def _births(self) -> When | None:
        return births_of(self.patient)

    @cached_property
    def of_a_woman(self) -> Finding | None:
        """A record of what only women are or were, whatever the sex on record; a test of it is none."""
        rows = (row for row in self.patient.findings if row.fact != "allergy" and row.status in _ONCE)
        return next(
            (row for row in rows if not FEMALE_ONLY.isdisjoint((row.concept, *self.ancestors(row.concept)))), None
        )

    @cached_property
    def is_male(self) -> bool:
        """The sex on record is male, and nothing on record contradicts it."""
        return self.patient.sex == "male" and self.of_a_woman is None

    def years(self, moment: When | None) -> tuple[int, int] | None:
        """Completed years at a moment, the least and the most they can be; None when they are not known."""
        if self._births is None:
            return None
        return years_between(self._births, moment or self.today or between(SOME_DAY, SOME_DAY))

    def conversion(self, variable: str, start: str | None, goal: str | None) -> Conversion | None:
        """How a value of this variable goes from one unit to another, None when it cannot."""
        key = (variable, start, goal)
        if key not in self._conversions:
            self._conversions[key] = conversion(start, goal, self.words.get(variable))
        return self._conversions[key]

    def value_in(self, row: Measurement, goal: str | None) -> Interval | None:
        """The value of a row in another unit, None when it cannot be had in it."""
        value, unit = linear(row.value, row.unit)
        change = self.conversion(row.variable, unit, goal) if row.usable else None
        return value.mapped(change.scale, change.offset) if change else None

    def ancestors(self, concept: str) -> frozenset[str]:
        """Every concept that this one is a kind of."""
        if concept not in self._ancestors:
            self._ancestors[concept] = ancestors(concept, self.words)
        return self._ancestors[concept]

    def grades(self, scale: str) -> list[Grade]:
        """The levels recorded of a scale, also by a condition that is the scale by its name (ascites)."""
        if scale not in self._grades:
            word = self.words.get(scale)
            kin = self._grades_of_kin(word) if word is not None and word.result else ()
            self._grades[scale] = [*self._graded.get(scale, ()), *self._grades_of_findings(scale), *kin]
        return self._grades[scale]

    def _grades_of_kin(self, word: Word) -> Iterator[Grade]:
        """What other tests say of one, and, where no test says anything, the record of what it is a test of."""
        found = [
            replace(grade, scale=word.key, derived_from=(other,))
            for other, grades in self._graded.items()
            for grade in grades
            if other != word.key and self._tells(other, grade.levels, word)
        ]
        yield from found
        if word.shown_by and not found and word.key not in self._graded:
            rows = [row for row in self._kinds(word.of) if row.status == "active" and not row.qualifiers]
            yield from (Grade(word.key, (POSITIVE,), row.seen, "yes", row.source, (row.concept,)) for row in rows)

    def _tells(self, other: str, levels: tuple[str, ...], word: Word) -> bool:
        """A positive test of a kind of a thing is one of the thing, a negative one of the thing is one of its kinds."""
        if word.key in self.ancestors(other):
            return levels == (POSITIVE,) or self.words[other].method
        return other in self.ancestors(word.key) and levels == (NEGATIVE,) and not word.method

    def denial(self, concept: str) -> Finding | None:
        """What is recorded that makes a concept surely not so, None without any; what was asked may have changed."""
        word = self.words.get(concept)
        rows = (row for key in (word.denied_by if word else ()) for row in self._kinds(key) if row.seen is None)
        done = ("active", "history", "resolved")
        return next((row for row in rows if row.status in (done if row.fact == "procedure" else done[:1])), None)

    def _grades_of_findings(self, scale: str) -> Iterator[Grade]:
        word = self.words.get(scale)
        if word is None or word.kind != "scale" or not (word.bare or word.result):
            return
        for concept, findings in self.findings.items():
            if concept == scale or scale in self.ancestors(concept):
                rows = (_grade_of(word, row, concept == scale, self.patient.as_of) for row in findings)
                yield from (grade for grade in rows if grade)

    def is_silent(self, fact: FindingKind) -> bool:
        """What is not recorded of this kind is surely absent: the list is complete and understood, or assumed to be."""
        listed = LIST_OF[fact]
        strange = any(row.fact == fact and is_strange(row) for row in self.patient.findings)
        return listed in self.assumed or (listed in self.patient.complete and not strange)

    def has(self, concept: str, moment: When | None, *others: str) -> bool | None:
        """Whether this concept, a kind of it or one of the `others` was there at a moment; None when not known."""
        at, wanted = moment or self.today, (concept, *others)
        rows = [row for key in wanted for row in self._kinds(key) if row.status != "refuted"]
        told = {_says(row, at) for row in rows}
        over = any(row.concept == concept and not row.narrower and _says(row, at) == "over" for row in rows)
        above = (row for key in (concept, *self.ancestors(concept)) for row in self.findings.get(key, ()))
        denied = any(_denies(row, at) for row in above)
        if "on" in told:
            return None if denied else True
        word = self.words.get(concept)
        silent = self.is_silent("condition" if word and word.kind == "condition" else "state")
        silent = silent or not self.assumed.isdisjoint((concept, *self.ancestors(concept)))
        return False if "open" not in told and (denied or over or silent) else None

    def _kinds(self, concept: str) -> Iterator[Finding]:
        for name, findings in self.findings.items():
            if name == concept or concept in self.ancestors(name):
                yield from findings


def findings_of(grades: Iterable[Grade], words: Mapping[str, Word]) -> Iterator[Finding]:
    """What results of tests show of the conditions they are tests of: seen on the day of the test, and so no longer."""
    for grade in grades:
        word = words.get(grade.scale)
        if word is None or not word.of or grade.levels not in ((POSITIVE,), (NEGATIVE,)):
            continue
        if word.shows if grade.levels == (POSITIVE,) else word.rules_out:
            status: FindingStatus = "active" if grade.levels == (POSITIVE,) else "refuted"
            fact: FindingKind = "state" if words[word.of].kind == "state" else "condition"
            yield Finding(
                fact, word.of, word.label, status=status, source=grade.source, note="by a test", seen=grade.when
            )


def _says(row: Finding, at: When | None) -> Literal["on", "over", "open"]:
    """What one record says of a moment: it goes on, it is over, or that is open (as after a procedure of its name)."""
    if row.seen and not is_close(row.seen, at, WEEK):
        return "open"
    if row.status == "active" and has_ended(row, at.last.date() if at else None):
        return "open"
    if row.status == "active":
        return "on" if row.onset is None or at is None or row.onset.first <= at.last else "open"
    if row.status in ("resolved", "history") and row.fact != "procedure":
        return "over" if row.abatement is None or at is None or row.abatement.last <= at.last else "open"
    return "open"


def _denies(row: Finding, at: When | None) -> bool:
    """The record denies the concept and all its kinds: not only some quality or kind of it, or another day."""
    whole = row.status == "refuted" and not row.qualifiers and not row.narrower
    return whole and (is_close(row.seen, at, WEEK) if row.seen else _is_before(at, denied_on(row)))


def _is_before(at: When | None, denied: When | None) -> bool:
    """The moment lies before the day of a denial, or surely close to it."""
    return at is None or denied is None or at.last <= denied.first or is_close(denied, at, WEEK)


def ancestors(concept: str, words: Mapping[str, Word]) -> frozenset[str]:
    """Every key above this one in the vocabulary; empty for a name that is not in it."""
    found: set[str] = set()
    open_ = [concept]
    while open_:
        word = words.get(open_.pop())
        new = [parent for parent in (word.parents if word else ()) if parent not in found]
        found.update(new)
        open_ += new
    return frozenset(found)


def is_strange(finding: Finding) -> bool:
    """The vocabulary does not know its name, and it may be anything."""
    return not finding.known and finding.status != "refuted"


def _grade_of(word: Word, finding: Finding, itself: bool, day: date | None) -> Grade | None:
    """A recorded condition that is a scale by name is at some level above the first, at the first, or at any."""
    order, end = values_of(word), finding.abatement
    lasting = finding.status == "resolved" and end is not None and end.last == UNDATED.last
    if lasting or (finding.status == "active" and has_ended(finding, day)):
        return Grade(word.key, order, None, "", finding.source, (finding.name or finding.concept,))
    if finding.status == "active":
        levels = (POSITIVE,) if word.result else order[1:]
    elif itself and finding.status in ("refuted", "resolved") and not (finding.narrower or finding.qualifiers):
        levels = order[:1]
    else:
        return None
    past = {"resolved": finding.abatement, "refuted": denied_on(finding)}
    when = finding.seen or past.get(finding.status)
    text = "no" if levels == order[:1] else "yes"
    return Grade(word.key, levels, when, text, finding.source, (finding.name or finding.concept,))
