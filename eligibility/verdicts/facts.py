"""A patient's facts laid out for judging: by variable, scale and concept, in canonical units; made once a patient."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from eligibility.patients.dates import When
from eligibility.patients.derive import derived
from eligibility.patients.interval import Interval, linear
from eligibility.patients.levels import levels_of_score, score_of_levels, values_of
from eligibility.patients.patient import Finding, Grade, Measurement, Patient
from eligibility.units import Conversion, conversion

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a quantity, `value` in its canonical unit, None when its unit cannot be converted."""

    measurement: Measurement
    value: Interval | None

    @property
    def when(self) -> When | None:
        """The moment of the value, None when the record has none."""
        return self.measurement.when

    def yields_to(self, other: Reading) -> bool:
        """A computed value gives way to a recorded one of the same moment, or that is one of those it allows."""
        if not self.measurement.derived_from or other.measurement.derived_from:
            return False
        if self.value is None or other.value is None:
            return self.value is None
        return other.value.within(self.value) or (self.value.exact and self.when == other.when)


@dataclass(frozen=True, slots=True)
class Level:
    """One reading of a scale."""

    grade: Grade

    @property
    def when(self) -> When | None:
        """The moment of the reading, None when the record has none."""
        return self.grade.when

    def yields_to(self, other: Level) -> bool:
        """An implied level gives way to a recorded one that is among those it allows."""
        if not self.grade.derived_from or other.grade.derived_from:
            return False
        return set(self.grade.levels).issuperset(other.grade.levels)


class Facts:
    """The facts of one patient, indexed. `words` is the vocabulary's mapping from key to word."""

    def __init__(self, patient: Patient, vocabulary: Vocabulary, assumed: frozenset[str] = frozenset()) -> None:
        """Indexes the patient's facts and adds the derived ones; `assumed` are the policy's `assume_absent` lists."""
        self.patient = patient
        self.vocabulary = vocabulary
        self.assumed = assumed
        self.words = vocabulary.words
        self._siblings = {assumed: self}
        self.digest = f"{digest_of(patient)} {_digest_of_words(vocabulary)}"
        self.readings: dict[str, list[Reading]] = {}
        self.levels: dict[str, list[Level]] = {}
        self.findings: dict[str, list[Finding]] = {}
        self.allergies: dict[str, list[Finding]] = {}
        self._conversions: dict[tuple[str, str | None, str | None], Conversion | None] = {}
        self._ancestors: dict[str, frozenset[str]] = {}
        for finding in patient.findings:
            index = self.allergies if finding.fact == "allergy" else self.findings
            index.setdefault(finding.concept, []).append(finding)
        self._index_values()

    def assuming(self, lists: frozenset[str]) -> Facts:
        """The facts of the same patient where what is not in these lists is absent; made once."""
        if lists not in self._siblings:
            self._siblings[lists] = Facts(self.patient, self.vocabulary, lists)
        return self._siblings[lists]

    def conversion(self, variable: str, start: str | None, goal: str | None) -> Conversion | None:
        """How a value of this variable goes from one unit to another, None when it cannot."""
        key = (variable, start, goal)
        if key not in self._conversions:
            self._conversions[key] = conversion(start, goal, self.words.get(variable))
        return self._conversions[key]

    def ancestors(self, concept: str) -> frozenset[str]:
        """Every concept that this one is a kind of."""
        if concept not in self._ancestors:
            self._ancestors[concept] = ancestors(concept, self.words)
        return self._ancestors[concept]

    def _index_values(self) -> None:
        recorded = [*self.patient.measurements]
        recorded += derived(recorded, self.words)
        grades = [*self.patient.grades, *self._grades_of_findings()]
        scored = [word for word in self.words.values() if word.kind == "scale" and word.score]
        implied = [grade for word in scored for grade in self._grades_of_scores(word, recorded)]
        recorded += [row for word in scored for row in _scores_of_grades(word, grades)]
        for measurement in recorded:
            self.readings.setdefault(measurement.variable, []).append(self._reading(measurement))
        for grade in (*grades, *implied):
            self.levels.setdefault(grade.scale, []).append(Level(grade))

    def _reading(self, row: Measurement) -> Reading:
        value, unit = linear(row.value, row.unit)
        word = self.words.get(row.variable)
        change = self.conversion(row.variable, unit, word.unit) if word and row.usable else None
        return Reading(row, value.mapped(change.scale, change.offset) if change else None)

    def _grades_of_findings(self) -> Iterable[Grade]:
        """A recorded condition that is a scale by name (ascites) is at some level above the first, or at the first."""
        for concept, findings in self.findings.items():
            for scale in (concept, *sorted(self.ancestors(concept))):
                word = self.words.get(scale)
                if word and word.kind == "scale" and word.bare:
                    yield from (grade for row in findings if (grade := _grade_of(word, row, concept == scale)))

    def _grades_of_scores(self, word: Word, rows: Iterable[Measurement]) -> Iterable[Grade]:
        for row in rows:
            if row.variable != word.score or not row.usable:
                continue
            levels = levels_of_score(word, row.value.low, row.value.high)
            if levels:
                yield Grade(word.key, levels, row.when, row.text, row.source, (row.variable,))


def ancestors(concept: str, words: Any) -> frozenset[str]:
    """Every key above this one in the vocabulary; empty for a name that is not in it."""
    found: set[str] = set()
    open_ = [concept]
    while open_:
        word = words.get(open_.pop())
        new = [parent for parent in (word.parents if word else ()) if parent not in found]
        found.update(new)
        open_ += new
    return frozenset(found)


def digest_of(patient: Patient) -> str:
    """A digest of everything the patient's file said, the same on every machine and in every process."""
    text = json.dumps(asdict(patient), sort_keys=True, default=_plain, ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


@lru_cache(maxsize=8)
def _digest_of_words(vocabulary: Vocabulary) -> str:
    return sha256(repr(sorted(vocabulary.words.items())).encode()).hexdigest()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _grade_of(word: Word, finding: Finding, itself: bool) -> Grade | None:
    order = values_of(word)
    if finding.status == "active":
        levels = order[1:]
    elif itself and finding.status in ("refuted", "resolved"):
        levels = order[:1]
    else:
        return None
    when = finding.abatement if finding.status == "resolved" else None
    text = "no" if levels == order[:1] else "yes"
    return Grade(word.key, levels, when, text, finding.source, (finding.name or finding.concept,))


def _scores_of_grades(word: Word, grades: Iterable[Grade]) -> Iterable[Measurement]:
    for grade in grades:
        scores = score_of_levels(word, grade.levels) if grade.scale == word.key else None
        if scores and word.score:
            text = f"{grade.text or '/'.join(grade.levels)} ({scores[0]:g}-{scores[1]:g})"
            yield Measurement(
                word.score, Interval(*scores), None, grade.when, None, text, grade.source, True, (word.key,)
            )
