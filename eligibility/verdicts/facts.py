"""A patient's facts laid out for judging: by variable, scale and concept, in canonical units, when asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from eligibility.derived.derive import GIVEN_BY, Derivations
from eligibility.derived.dossier import Dossier
from eligibility.derived.moments import is_same, told
from eligibility.derived.stages import STAGED, stages
from eligibility.patients.dates import When
from eligibility.patients.interval import Interval
from eligibility.patients.levels import levels_of_score, score_of_levels, values_of
from eligibility.patients.patient import UNREAD, Finding, Grade, Measurement, Patient
from eligibility.units import Conversion
from eligibility.verdicts.called import Called

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word

# How a record was understood is told, and is no fact.
_FACTS = tuple(one.name for one in fields(Patient) if one.name not in ("items", "faults", "passed_over"))


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of a quantity, `value` in its canonical unit, None when its unit cannot be converted.

    `computed` says that a formula gave it, and not the record.
    """

    measurement: Measurement
    value: Interval | None
    computed: bool = False

    @property
    def when(self) -> When | None:
        """The moment of the value, None when the record has none."""
        return self.measurement.when

    def yields_to(self, other: Reading) -> bool:
        """A computed value gives way to a newer one of its kind and to a recorded one of the same moment.

        What the record only implies gives way to what says the same more closely.
        """
        if self.computed and other.computed:
            return _is_superseded(self.when, other.when)
        implied, stated = bool(self.measurement.derived_from), not other.measurement.derived_from
        if not implied or not (stated or other.computed or self.computed):
            return False
        if self.value is None or other.value is None:
            return self.value is None
        if self.computed and _is_as_new(other.when, self.when):
            return stated or not self.value.within(other.value)
        return other.value.within(self.value)


@dataclass(frozen=True, slots=True)
class Level:
    """One reading of a scale; `computed` says that it follows from a computed value."""

    grade: Grade
    computed: bool = False

    @property
    def when(self) -> When | None:
        """The moment of the reading, None when the record has none."""
        return self.grade.when

    def yields_to(self, other: Level) -> bool:
        """An implied level gives way to a recorded one that is among those it allows, a computed one as values do."""
        if self.computed and other.computed:
            return _is_superseded(self.when, other.when)
        if self.computed and _is_as_new(other.when, self.when):
            return True
        if not self.grade.derived_from or other.grade.derived_from:
            return False
        return set(self.grade.levels).issuperset(other.grade.levels)


def _is_superseded(one: When | None, other: When | None) -> bool:
    """None of the inputs of the other is older, and one is newer."""
    if one is None or other is None or one == other:
        return False
    return one.first <= other.first and one.last <= other.last


def _is_as_new(recorded: When | None, computed: When | None) -> bool:
    """A record of the same moment, of the day of the newest input or a later one, or without a date: of today."""
    if recorded is None or computed is None:
        return recorded is None
    return is_same(recorded, computed) or recorded.first.date() >= computed.last.date()


class Facts:
    """The facts of one patient, indexed. `words` is the vocabulary's mapping from key to word."""

    def __init__(self, patient: Patient, vocabulary: Vocabulary, assumed: frozenset[str] = frozenset()) -> None:
        """Indexes what is recorded; `assumed` are the policy's `assume_absent` lists."""
        self.patient = patient
        self.vocabulary = vocabulary
        self.assumed = assumed
        self.words = vocabulary.words
        self._dossier = Dossier(patient, vocabulary.words, assumed)
        self._derivations = Derivations(self._dossier)
        self._readings: dict[str, tuple[Reading, ...]] = {}
        self._levels: dict[str, tuple[Level, ...]] = {}
        self._siblings = {assumed: self}

    @cached_property
    def digest(self) -> str:
        """Of every fact and every word; populations are judged without."""
        return f"{digest_of(self.patient)} {digest_of_words(self.vocabulary)}"

    @property
    def findings(self) -> dict[str, list[Finding]]:
        """Conditions, treatments, procedures and states by concept."""
        return self._dossier.findings

    @property
    def allergies(self) -> dict[str, list[Finding]]:
        """Allergies by concept."""
        return self._dossier.allergies

    def called(self, name: str, allergy: bool = False) -> tuple[Finding, ...]:
        """The findings that the record calls just so, or its ICD-10-CM codes do; allergies apart."""
        return self._calls.so(name, allergy)

    @property
    def names(self) -> frozenset[str]:
        """All that findings are called, in the plain form of names and in the normal one of the ICD-10-CM."""
        return self._calls.names

    @cached_property
    def _calls(self) -> Called:
        return Called(self.patient.findings)

    def assuming(self, lists: frozenset[str]) -> Facts:
        """The facts of the same patient where what is not in these lists is absent; made once."""
        if lists not in self._siblings:
            self._siblings[lists] = Facts(self.patient, self.vocabulary, lists)
        return self._siblings[lists]

    def conversion(self, variable: str, start: str | None, goal: str | None) -> Conversion | None:
        """How a value of this variable goes from one unit to another, None when it cannot."""
        return self._dossier.conversion(variable, start, goal)

    def ancestors(self, concept: str) -> frozenset[str]:
        """Every concept that this one is a kind of."""
        return self._dossier.ancestors(concept)

    @property
    def of_a_woman(self) -> Finding | None:
        """A record of what only women are or were."""
        return self._dossier.of_a_woman

    @property
    def is_male(self) -> bool:
        """The sex on record is male, and nothing on record contradicts it."""
        return self._dossier.is_male

    def denial(self, concept: str) -> Finding | None:
        """What is recorded of the patient that makes this surely not so (who is past the menopause bears no child)."""
        return self._dossier.denial(concept)

    def readings(self, variable: str) -> tuple[Reading, ...]:
        """The values of a quantity and of its kinds (a QTc by Bazett is a QTc): recorded, implied and computed."""
        if variable not in self._readings:
            kinds = sorted(self.vocabulary.descendants(variable) - {variable})
            found = [*self._readings_of(variable), *(row for kind in kinds for row in self._readings_of(kind))]
            # where the wider word has a formula of its own, that of a kind does not answer for it
            own = variable in GIVEN_BY
            kept = (row for row in found if not (own and row.computed and row.measurement.variable != variable))
            self._readings[variable] = tuple(kept)
        return self._readings[variable]

    def _readings_of(self, variable: str) -> Iterator[Reading]:
        yield from map(self._reading, self._dossier.recorded.get(variable, ()))
        for scale in _scored(self.vocabulary).get(variable, ()):
            yield from map(self._reading, _scores_of_grades(scale, self._dossier.grades(scale.key)))
        yield from (self._reading(row, computed=True) for row in self._derivations.of(variable))

    def _reading(self, row: Measurement, computed: bool = False) -> Reading:
        word = self.words.get(row.variable)
        return Reading(row, self._dossier.value_in(row, word.unit) if word else None, computed)

    def wider(self, variable: str) -> str | None:
        """The label of a wider quantity that is recorded, where this very one is not (a QTc without its method)."""
        above = (key for key in sorted(self.ancestors(variable)) if self._dossier.recorded.get(key))
        return next((self.words[key].label for key in above if key in self.words), None)

    def levels(self, scale: str) -> tuple[Level, ...]:
        """The levels of a scale: recorded, and those that a recorded or computed value implies."""
        if scale not in self._levels:
            self._levels[scale] = tuple(self._levels_of(scale))
        return self._levels[scale]

    def _levels_of(self, scale: str) -> Iterator[Level]:
        yield from map(Level, self._dossier.grades(scale))
        word = self.words.get(scale)
        if word and word.score:
            yield from map(Level, _grades_of_scores(word, self._dossier.recorded.get(word.score, ())))
            computed = _grades_of_scores(word, self._derivations.of(word.score))
            yield from (Level(grade, computed=True) for grade in computed)
        if word and scale in STAGED:
            rows = told(self._readings_of(STAGED[scale]))
            values = [(row.measurement, row.value) for row in rows if row.value]
            open_ = [row.measurement for row in rows if row.value is None]
            found = [*stages(scale, values, self._dossier)]
            yield from (Level(grade, computed=True) for grade in found)
            yield from (Level(_any_level(word, row), computed=True) for row in (open_ if found else ()))


def digest_of(patient: Patient) -> str:
    """A digest of every fact of the patient, the same on every machine and in every process."""
    text = json.dumps([getattr(patient, name) for name in _FACTS], default=_plain, ensure_ascii=True)
    return sha256(text.encode()).hexdigest()


@lru_cache(maxsize=8)
def digest_of_words(vocabulary: Vocabulary) -> str:
    """A digest of every word of a vocabulary, the same in every process."""
    return sha256(repr(sorted(vocabulary.words.items())).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """A value that JSON does not know: a noun as its name and fields, which is several times faster than `asdict`."""
    slots = getattr(type(value), "__slots__", ())
    if slots and not isinstance(value, date):
        return [type(value).__name__, *(getattr(value, name) for name in slots)]
    return sorted(value) if isinstance(value, frozenset) else str(value)


@lru_cache(maxsize=8)
def _scored(vocabulary: Vocabulary) -> dict[str, tuple[Word, ...]]:
    """The scales whose levels a quantity implies, by that quantity."""
    scales = [word for word in vocabulary.words.values() if word.kind == "scale" and word.score]
    return {word.score: tuple(one for one in scales if one.score == word.score) for word in scales if word.score}


def _grades_of_scores(word: Word, rows: Iterable[Measurement]) -> Iterator[Grade]:
    for row in rows:
        if not row.usable:
            yield _any_level(word, row)
            continue
        levels = levels_of_score(word, row.value.low, row.value.high)
        if levels:
            facts = (row.variable, *row.derived_from)
            yield Grade(word.key, levels, row.when, row.text, row.source, facts, row.note if row.computed else "")


def _any_level(word: Word, row: Measurement) -> Grade:
    """What a score that cannot be used leaves open."""
    return Grade(word.key, values_of(word), row.when, row.text, row.source, (row.variable,), UNREAD)


def _scores_of_grades(word: Word, grades: Iterable[Grade]) -> Iterator[Measurement]:
    for grade in grades:
        scores = score_of_levels(word, grade.levels)
        if scores and word.score:
            text = f"{grade.text or '/'.join(grade.levels)} ({scores[0]:g}-{scores[1]:g})"
            yield Measurement(
                word.score, Interval(*scores), None, grade.when, None, text, grade.source, True, (word.key,)
            )
