"""The facts of a profile: names and codes looked up in the vocabulary, values and units read, faults collected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from eligibility.errors import Fault
from eligibility.patients.dates import When
from eligibility.patients.levels import read_levels
from eligibility.patients.patient import LISTS, Finding, FindingKind, Grade, Item, Measurement
from eligibility.patients.places import inside
from eligibility.patients.profile.faults import problem_of
from eligibility.patients.profile.values import read_measurement, read_reference, with_reference
from eligibility.patients.recognise import GRADABLE, KINDS, MEASURABLE, Kinds, chosen

if TYPE_CHECKING:
    from pydantic import ValidationError

    from eligibility.patients.profile.shape import CodeShape, FindingShape, MeasurementShape, ReferenceShape, ScaleShape
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word

Made = TypeVar("Made")
_FACT_OF_KIND: dict[str, FindingKind] = {
    "condition": "condition",
    "treatment": "treatment",
    "procedure": "procedure",
    "state": "state",
}
_FIELDS = ("id", "as_of", "birth_date", "age", "sex", "race", "complete", "answers", "scales", *LISTS)


class FactReader:
    """Collects the facts of one profile; every fault goes to `faults` with its place, and reading goes on."""

    def __init__(self, vocabulary: Vocabulary, place: str) -> None:
        """`place` is where the profile stands in its file."""
        self.vocabulary, self.place = vocabulary, place
        self.measurements: list[Measurement] = []
        self.grades: list[Grade] = []
        self.findings: list[Finding] = []
        self.unrecognised: list[str] = []
        self.items: Counter[Item] = Counter()
        self.moments: list[tuple[str, When]] = []
        self.faults: list[Fault] = []

    def attempt(self, place: str, read: Callable[..., Made], *arguments: Any) -> Made | None:
        """What `read` makes of the arguments, or None and a fault at this place when it raises ValueError."""
        try:
            return read(*arguments)
        except ValueError as error:
            problem, _, remedy = str(error).partition("; ")
            self.faults.append(Fault(inside(self.place, place), problem, remedy or "correct the value"))
            return None

    def measurements_from(self, rows: Iterable[MeasurementShape]) -> None:
        """The dated results of the long form; one whose name is a scale is read as its level."""
        for index, row in enumerate(rows):
            place = f"measurements[{index}]"
            word = self._word(place, row.name, row.codes, MEASURABLE, "result", row.unit or "")
            if word is not None:
                self.result(place, word, row.value, row.unit, row.date, row.reference_range)

    def scales_from(self, rows: Iterable[ScaleShape]) -> None:
        """The levels of the long form; one whose name is a quantity is read as its value."""
        for index, row in enumerate(rows):
            place = f"scales[{index}]"
            word = self._word(place, row.name, row.codes, GRADABLE, "result")
            if word is not None:
                self.result(place, word, row.level, None, row.date, None)

    def findings_from(self, fact: FindingKind, name: str, rows: Iterable[FindingShape]) -> None:
        """Conditions, medications, procedures or allergies; unknown names are kept as they stand."""
        for index, row in enumerate(rows):
            place = f"{name}[{index}]"
            word = self._word(place, row.name, row.codes, KINDS[fact], fact)
            if row.name or row.codes:
                self._finding(place, fact, row, word)

    def states_from(self, states: Mapping[str, str]) -> None:
        """`{"pregnant": false}`: states by name with their status."""
        for name, status in states.items():
            self.state(f"states.{name}", name, status)

    def state(self, place: str, name: str, status: str, fact: FindingKind = "state") -> None:
        """One named fact without dates."""
        word = chosen(self.vocabulary.by_name(name), KINDS[fact])
        self._note(place, name, word, Item(fact, name, how="name"))
        concept = word.key if word else normalised(name)
        source = inside(self.place, place)
        self.findings.append(_made_finding(fact, concept, name, status, source, known=word is not None))

    def count(self, item: Item, word: Word | None) -> None:
        """One more of a name, understood as this word, None when it was not."""
        how = item.how if word else "not in the vocabulary"
        self.items[replace(item, word=word.key if word else None, how=how, count=0)] += 1

    def result(
        self,
        place: str,
        word: Word,
        value: float | str,
        unit: str | None,
        date: When | None,
        reference: ReferenceShape | None,
    ) -> None:
        """One value of a quantity or level of a scale."""
        if date is not None:
            self.moments.append((inside(self.place, f"{place}.date"), date))
        source = inside(self.place, place)
        if word.key in ("age", "sex"):
            self.faults.append(Fault(source, f"{word.key} is a field of the profile", f'write it as "{word.key}": …'))
        elif word.kind == "scale":
            levels = self.attempt(place, read_levels, word, value)
            if levels:
                self.grades.append(Grade(word.key, levels, date, str(value).strip(), source))
        elif word.kind == "quantity":
            made = self.attempt(place, read_measurement, word, value, unit, date, source)
            limits = self.attempt(f"{place}.reference_range", read_reference, word, reference)
            if made:
                self.measurements.append(with_reference(made, limits))
        else:
            problem = f"{word.label} is a {word.kind}, not a measurement"
            self.faults.append(Fault(source, problem, "move it to the list of its kind"))

    def _finding(self, place: str, fact: FindingKind, row: FindingShape, word: Word | None) -> None:
        name = row.name or row.codes[0].code
        start, end = row.onset or row.start or row.date, row.abatement or row.end or row.date
        for key in ("onset", "start", "date", "abatement"):
            moment = getattr(row, key)
            if moment is not None:
                self.moments.append((inside(self.place, f"{place}.{key}"), moment))
        if start and end and start.first > end.last:
            self.faults.append(Fault(inside(self.place, place), "ends before it starts", "correct one of the dates"))
        finding = Finding(
            fact=fact,
            concept=word.key if word else normalised(name),
            name=name,
            codes=tuple((code.system, code.code) for code in row.codes),
            status=_status(fact, row),
            onset=start,
            abatement=end,
            qualifiers=tuple(q.casefold() for q in (row.severity, *row.qualifiers) if q),
            source=inside(self.place, place),
            known=word is not None,
        )
        self.findings.append(finding)

    def _word(
        self, place: str, name: str | None, codes: Iterable[CodeShape], kinds: Kinds, kind: str, unit: str = ""
    ) -> Word | None:
        """The word by code, else by name, of the kinds that may stand here first. Unknown ones are listed."""
        by_code = (chosen(self.vocabulary.by_code(code.system, code.code), kinds) for code in codes)
        coded = next((word for word in by_code if word), None)
        word = coded or (chosen(self.vocabulary.by_name(name), kinds) if name else None)
        shown = name or next((f"{code.system} {code.code}" for code in codes), None)
        if shown is None:
            self.faults.append(Fault(inside(self.place, place), "has neither name nor codes", "add a name"))
        else:
            self._note(place, shown, word, Item(kind, shown, unit, how="code" if coded else "name"))
        return word

    def _note(self, place: str, name: str, word: Word | None, item: Item) -> None:
        """Counts how a name was understood; one that was not is listed with its place."""
        self.count(item, word)
        if word is None:
            self.unrecognised.append(f"{inside(self.place, place)}: {name}")


def normalised(name: str) -> str:
    """A name the vocabulary does not know, in lower case with single spaces."""
    return " ".join(name.casefold().split())


def short_facts(reader: FactReader, extra: Mapping[str, Any]) -> None:
    """The short form: `{"inr": 1.9, "nyha_class": "II", "diabetes": true}`, a list where there are several values."""
    for name, value in extra.items():
        word = chosen(reader.vocabulary.by_name(name), ())
        if word is None and isinstance(value, list | dict):
            near = get_close_matches(name, _FIELDS, 1)
            remedy = f"did you mean {near[0]}?" if near else "see the profile format"
            reader.faults.append(Fault(inside(reader.place, name), "no such field", remedy))
        elif word is None:
            reader.count(Item("field", name), None)
            reader.unrecognised.append(inside(reader.place, name))
        else:
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                _short(reader, f"{name}[{index}]" if isinstance(value, list) else name, word, item)


def _short(reader: FactReader, place: str, word: Word, item: Any) -> None:
    from pydantic import ValidationError

    from eligibility.patients.profile.shape import MeasurementShape, read_status

    if word.kind in MEASURABLE:
        reader.count(Item("result", place.partition("[")[0], how="name"), word)
        try:
            row = MeasurementShape.model_validate(
                {"name": word.key, **item} if isinstance(item, dict) else {"name": word.key, "value": item}
            )
        except ValidationError as error:
            reader.faults += _misshapen(reader, place, error, isinstance(item, dict))
            return
        reader.result(place, word, row.value, row.unit, row.date, row.reference_range)
        return
    status = reader.attempt(place, read_status, item)
    fact = _FACT_OF_KIND.get(word.kind)
    if fact is None:
        reader.faults.append(Fault(inside(reader.place, place), "is an allergen", "write it under allergies"))
    elif status is not None:
        reader.state(place, word.key, status, fact)


def _misshapen(reader: FactReader, place: str, error: ValidationError, whole: bool) -> list[Fault]:
    """What is wrong with a short value; of one that is an object, in which of its fields."""
    found = error.errors(include_url=False, include_input=False)
    places = [inside(reader.place, place) if not whole else inside(reader.place, place, *row["loc"]) for row in found]
    return [Fault(where, *problem_of(row, "measurements")) for where, row in zip(places, found, strict=True)]


def _made_finding(fact: FindingKind, concept: str, name: str, status: Any, source: str, *, known: bool) -> Finding:
    return Finding(fact, concept, name, status=status, source=source, known=known)


def _status(fact: FindingKind, row: FindingShape) -> Any:
    """As written; else a procedure is past, what has ended is resolved, and what is listed is active."""
    if row.status is not None:
        return row.status
    if fact == "procedure":
        return "history"
    return "resolved" if row.abatement or row.end else "active"
