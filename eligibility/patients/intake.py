"""From what a record says to dated facts in the vocabulary's words; what is not understood is counted and kept."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from eligibility.errors import Fault
from eligibility.patients.amended import Amended, Made
from eligibility.patients.dates import When
from eligibility.patients.interval import Interval
from eligibility.patients.lifetimes import Judged, judged
from eligibility.patients.nothing import NothingKnown
from eligibility.patients.patient import (
    FEMALE_ONLY,
    UNREAD,
    Finding,
    FindingKind,
    FindingStatus,
    Grade,
    Item,
    Measurement,
    Patient,
    Sex,
)
from eligibility.patients.recognise import Recognised, recogniser
from eligibility.patients.record import UNDATED, Concept, Event, Person, Result, known_on
from eligibility.patients.result_values import result_values
from eligibility.patients.sayings import levels_of, says_something, shown, told, with_number
from eligibility.patients.until import until
from eligibility.vocabulary.answers import questions

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word

_FACTS: dict[str, FindingKind] = {"condition": "condition", "treatment": "treatment", "procedure": "procedure"}

# What led to a word: what is noted of it, and whether the record is of some kind of it only.
_LED: dict[str, tuple[str, bool]] = {
    "code": ("", False),
    "name": ("by its name", False),
    "ancestor": ("by what is above it in its vocabulary", True),
}


class Intake:
    """Collects the facts of one patient from a record. A record is read as far as it can be: faults are listed."""

    def __init__(self, vocabulary: Vocabulary, first_place: str = "") -> None:
        """`vocabulary` gives the words; `first_place` is where the first entry of this patient stands."""
        self.vocabulary, self.first_place = vocabulary, first_place
        self.measurements: list[Measurement] = []
        self.grades: list[Grade] = []
        self.findings: list[Finding] = []
        self.faults: list[Fault] = []
        self.nothing = NothingKnown()
        self.passed_over: Counter[str] = Counter()
        self._items: Counter[tuple[str, Concept, str, str | None, str]] = Counter()
        self._moments: dict[date, str] = {}
        self._amended = Amended()
        self._sexes: dict[int, Sex] = {}
        self._recogniser = recogniser(vocabulary)
        self._values = result_values(vocabulary)

    def fault(self, place: str, problem: str, remedy: str = "") -> None:
        """An entry that cannot be read."""
        self.faults.append(Fault(place, problem, remedy))

    def count(self, listed: str, said: str, word: str | None, how: str) -> None:
        """An entry that holds no fact itself, as the column of an id, or whose fact cannot be read."""
        self._items[listed, Concept((), said), "", word, how] += 1

    def dated(self, when: When | None, place: str) -> None:
        """A moment that the record speaks of."""
        if when is not None and when != UNDATED:
            day = known_on(when)
            if day not in self._moments:
                self._moments[day] = place

    def result(self, row: Result, *, known: Recognised | None = None) -> None:
        """One result becomes a measurement, a grade, or what its coded answer says of a condition or a state.

        `known` is its word where that does not show in its concept.
        """
        if row.problem:
            self.fault(row.place, row.problem, "correct it")
        known = known or self._recogniser.result(row.concept)
        before = len(self.measurements), len(self.grades), len(self.findings)
        self._take(row, known)
        lists: tuple[Sequence[Made], ...] = (self.measurements, self.grades, self.findings)
        self._amended.take(row, [one for rows, start in zip(lists, before, strict=True) for one in rows[start:]])

    def _take(self, row: Result, known: Recognised | None) -> None:
        if known is not None and known.word.kind == "quantity":
            self._quantity(row, known)
        elif known is not None and known.word.kind == "scale":
            self._scale(row, known)
        else:
            self._answer(row, known)

    def event(self, row: Event, found: tuple[Recognised, ...] = ()) -> None:
        """One condition, treatment, procedure or allergy becomes a finding, or one for each ingredient of a drug.

        `found` are its words where they do not show in its concept.
        """
        found = found or self._recogniser.event(row.fact, row.concept)
        listed = row.listed or row.fact
        for known in found:
            self._count(listed, row.concept, "", known.word, known.by)
            self._finding(row, known.word.key, known)
        if not found:
            self._count(listed, row.concept, "", None, "not in the vocabulary")
            self._finding(row, " ".join(row.concept.name.casefold().split()), None)

    def entry(self, row: Event) -> None:
        """One entry of a list: an event, that there is nothing to list, or one that does not say what it is."""
        if self.nothing.take(row):
            self.dated(row.seen or row.onset, row.place)
        elif row.concept.codings or row.concept.text:
            self.event(row)
        else:
            self.fault(row.place, "there is no code", "add a code or a text")
            self.nothing.doubt(row.fact)

    @property
    def latest(self) -> date | None:
        """The day of the latest fact so far."""
        return max(self._moments, default=None)

    def joined(self, other: Intake) -> Intake:
        """This intake with the facts of another that turned out to be of the same patient."""
        self.measurements += other.measurements
        self.grades += other.grades
        self.findings += other.findings
        self.faults += other.faults
        self.nothing.add(other.nothing)
        self.passed_over += other.passed_over
        self._items += other._items
        self._amended.add(other._amended)
        self._sexes |= other._sexes
        self._moments = other._moments | self._moments
        return self

    def patient(self, person: Person, as_of: date | None) -> Patient:
        """The patient with all facts so far, judged by `as_of`, else by the day of the latest fact."""
        found = judged(person, self._moments, as_of)
        self.faults += found.faults
        self._check(person)
        patient = self._patient(found.person, found)
        return until(patient, found.day) if found.day and (as_of or found.cut) else patient

    def _patient(self, person: Person, found: Judged) -> Patient:
        items = tuple(
            Item(kind, str(said), unit, word, how, count)
            for (kind, said, unit, word, how), count in self._items.items()
        )
        return Patient(
            id=person.id,
            as_of=found.day,
            birth_date=person.birth_date,
            age=person.age,
            sex=person.sex,
            race=person.race,
            died=person.died,
            measurements=tuple(self._ranged(row, person) for row in self.measurements if self._amended.stands(row)),
            grades=tuple(filter(self._amended.stands, self.grades)),
            findings=tuple(filter(self._amended.stands, self.findings)),
            complete=frozenset(self.nothing.lists(self.findings, found.day)),
            unrecognised=tuple(_counted(item) for item in items if item.word is None),
            source=person.place,
            day_from=found.place,
            items=items,
            faults=tuple(self.faults),
            passed_over=tuple(sorted(self.passed_over.items())),
        )

    def _ranged(self, row: Measurement, person: Person) -> Measurement:
        """Without a reference range of the other sex."""
        return replace(row, reference=None) if self._sexes.get(id(row), person.sex) != person.sex else row

    def _quantity(self, row: Result, known: Recognised) -> None:
        value, row = with_number(row)
        if value is None and says_something(row):
            self.unread(row, known.word, "the value is not a number")
            return
        if value is None:
            self._count(row.listed, row.concept, "", None, "no value recorded")
            return
        made = self._values.measured(known.word, row, value)
        unit = row.units[0] if row.units else ""
        self._count(
            row.listed, row.concept, unit, known.word if made.usable else None, known.by if made.usable else made.note
        )
        self.measurements.append(made)
        if row.limits and row.limits.sex:
            self._sexes[id(made)] = row.limits.sex
        self.dated(row.when, row.place)

    def _scale(self, row: Result, known: Recognised) -> None:
        said = (f"{row.value.low:g}",) if row.value and row.value.exact else ()
        levels = levels_of(known.word, (*said, *row.answers, *((row.text,) if row.text else ())))
        if row.unread or not levels:
            self.unread(row, known.word, "no such level")
            return
        self._count(row.listed, row.concept, "", known.word, known.by)
        self.grades.append(Grade(known.word.key, levels, row.when, shown(row), row.place))
        self.dated(row.when, row.place)

    def unread(self, row: Result, word: Word, how: str) -> None:
        """A result that cannot be read, of a known word: kept, since an older one does not tell what it was.

        One without any value is only counted.
        """
        self._count(row.listed, row.concept, "", None, how)
        if not says_something(row):
            return
        if word.kind == "scale":
            levels = tuple(level.value for level in word.levels)
            self.grades.append(Grade(word.key, levels, row.when, shown(row), row.place, note=UNREAD))
        else:
            any_ = Interval(-math.inf, math.inf, False, False)
            self.measurements.append(
                Measurement(word.key, any_, None, row.when, None, shown(row), row.place, usable=False, note=UNREAD)
            )
        self.dated(row.when, row.place)

    def _answer(self, row: Result, known: Recognised | None) -> None:
        """What a coded answer says: of a condition or a state of that name, or what the table of questions says."""
        says = () if row.unread else told(row, known.word if known else None)
        keys = ", ".join(key for key, _ in says) or None
        asked = known is not None or any(coding.code in questions() for coding in row.concept.codings)
        how = "code" if says else "the answer is not understood" if asked else "not in the vocabulary"
        self._items[row.listed, row.concept, "", keys, how] += 1
        for key, status in says:
            word = self.vocabulary.words.get(key)
            if word is not None:
                fact = _FACTS.get(word.kind, "state")
                self.findings.append(Finding(fact, key, word.label, (), status, source=row.place, seen=row.when))
                self.dated(row.when, row.place)

    def _finding(self, row: Event, key: str, known: Recognised | None) -> None:
        status = _stands(row.status, known.status if known else None)
        codes = tuple([(coding.system, coding.code) for coding in row.concept.codings])
        name = row.concept.name
        qualifiers = tuple([word.casefold() for word in row.qualifiers])
        note, narrower = _LED[known.by if known else "code"]
        made = Finding(
            fact=row.fact,
            concept=key,
            name=name,
            codes=codes,
            status=status,
            onset=row.onset,
            abatement=row.abatement,
            qualifiers=qualifiers,
            source=row.place,
            known=known is not None,
            note=note,
            narrower=narrower,
            seen=row.seen,
        )
        self.findings.append(made)
        self.dated(row.onset, row.place)
        if status in ("resolved", "history"):  # what still goes on ends on a planned day
            self.dated(row.abatement, row.place)
        self.dated(row.seen, row.place)

    def _count(self, kind: str, concept: Concept, unit: str, word: Word | None, how: str) -> None:
        self._items[kind, concept, unit, word.key if word else None, how] += 1

    def _check(self, person: Person) -> None:
        """Facts that cannot be of this patient are named; none is taken away, since nobody knows which one is wrong."""
        female = [row for row in self.findings if row.concept in FEMALE_ONLY and row.status in ("active", "history")]
        for row in female if person.sex == "male" else ():
            self.fault(row.source, f"{row.concept.replace('_', ' ')}, and the sex is male", "correct one of them")


def _stands(status: FindingStatus, named: FindingStatus | None) -> FindingStatus:
    """How a finding stands by its record and its name: a refuted "denies asthma" says nothing certain."""
    if named is None:
        return status
    return named if status != "refuted" else "unknown" if named == "refuted" else status


def _counted(item: Item) -> str:
    times = f" ({item.count} times)" if item.count > 1 else ""
    unit = f" in {item.unit}" if item.unit else ""
    return f"{item.said}{unit}: {item.how}{times}"
