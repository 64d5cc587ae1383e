"""One observation a row: what it is of stands in a column of names or codes, what it was in one of values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from eligibility.patients.dates import When
from eligibility.patients.patient import FindingKind, FindingStatus
from eligibility.patients.recognise import MEASURABLE, Recognised, Recogniser, recogniser
from eligibility.patients.record import UNDATED, Coding, Concept, Event, Result, by_then
from eligibility.patients.table.cells import coding_of, is_open, limits_of, status_of, yes_or_no
from eligibility.patients.table.chart import Chart
from eligibility.patients.table.columns import Plan
from eligibility.patients.table.facts import Cell, Desk
from eligibility.patients.table.headings import Role, mentions
from eligibility.patients.table.person import PERSONAL
from eligibility.patients.table.sheet import Row, plain

_SOME_KINDS: Final = "write measurement, condition, medication, procedure, allergy or state"
# What the column of kinds says; None is a result.
_KINDS: Final[dict[str, FindingKind | None]] = {
    **dict.fromkeys((
        "measurement", "measurements", "lab", "labs", "laboratory", "vital", "vitals", "vital sign", "vital signs",
        "observation", "result", "scale", "score",
    )),
    "condition": "condition", "conditions": "condition", "diagnosis": "condition", "problem": "condition",
    "comorbidity": "condition", "disease": "condition",
    "medication": "treatment", "medications": "treatment", "drug": "treatment", "treatment": "treatment",
    "prescription": "treatment",
    "procedure": "procedure", "procedures": "procedure", "surgery": "procedure",
    "allergy": "allergy", "allergies": "allergy", "intolerance": "allergy",
    "state": "state", "states": "state",
}  # fmt: skip
_FACTS: Final[dict[str, FindingKind]] = {
    "condition": "condition", "treatment": "treatment", "procedure": "procedure", "state": "state",
}  # fmt: skip


_MOST: Final = 50_000


class _Of(NamedTuple):
    """What rows are of: the concept, the word of a result, the kind of a finding; with `bare` a yes is a condition."""

    concept: Concept
    known: Recognised | None
    fact: FindingKind | None
    bare: bool


@dataclass(frozen=True, slots=True)
class Tall:
    """Reads rows of one plan."""

    plan: Plan
    _understood: dict[tuple[str, ...], _Of] = field(default_factory=dict)

    def add(self, chart: Chart, row: Row) -> None:
        """One observation, as a fact of its patient, and what the row says of the patient's person."""
        cells = _Cells(self.plan, row, chart.desk)
        for column in self.plan.aside:
            text = plain(row.cells[column.index])
            if text and column.role in PERSONAL:
                chart.say(column, text, f"{row.place}, {column.heading}", cells.when)
            elif text:
                chart.intake.count("column", column.heading or "(no heading)", None, column.how)
        kind = cells["kind"].casefold()
        if kind and kind not in _KINDS:
            chart.intake.fault(cells.place("kind"), f"{kind[:30]!r} is no kind", _SOME_KINDS)
            return
        self._observation(chart, cells, _KINDS.get(kind), told=bool(kind))

    def _observation(self, chart: Chart, cells: _Cells, fact: FindingKind | None, *, told: bool) -> None:
        concept, known, fact, bare = self._of(cells, fact, recogniser(chart.intake.vocabulary), told=told)
        if not concept.codings and not concept.text:
            chart.intake.fault(cells.row.place, "has neither name nor code", "say what the row is of")
            return
        if bare and yes_or_no(cells["value"]):
            fact = "condition"
        if fact is None:
            self._result(chart, cells, concept, known)
        else:
            self._event(chart, cells, concept, fact, listed=told)

    def _of(self, cells: _Cells, fact: FindingKind | None, words: Recogniser, *, told: bool) -> _Of:
        """What a row is of, looked up once for all rows that call it the same."""
        key = (cells["name"], cells["system"], cells["kind"], *(plain(cells.row.cells[place]) for place in cells.codes))
        if key not in self._understood:
            if len(self._understood) >= _MOST:
                self._understood.clear()
            concept = _concept(cells, fact if told else None)
            known = words.result(concept) if fact is None else None
            if known is not None and known.word.kind not in MEASURABLE:
                known = None
            if not told and known is None:
                fact = _fact_of(concept, words)
            bare = known is not None and mentions(concept.text, known.word)
            self._understood[key] = _Of(concept, known, fact, bare)
        return self._understood[key]

    def _result(self, chart: Chart, cells: _Cells, concept: Concept, known: Recognised | None) -> None:
        place, text = cells.place("value"), cells["value"]
        ends = (cells["low"], cells["high"], cells["range"])
        limits = chart.desk.attempt(f"{cells.row.place}, reference range", limits_of, *ends)
        units = (cells["unit"],) if cells["unit"] else ()
        if not text:
            chart.intake.count("result", str(concept), known.word.key if known else None, "no value")
        elif known is not None:
            chart.desk.result(Cell(concept, place, text, units, cells.when, limits), known)
        else:
            chart.intake.result(Result(concept, place, text=text, units=units, when=cells.when, limits=limits))

    def _event(self, chart: Chart, cells: _Cells, concept: Concept, fact: FindingKind, *, listed: bool) -> None:
        """A row of a kind that is a list stands for the fact itself; elsewhere only a yes or no says something.

        A procedure was on the date of its row; of anything else the date says when it was known, not since when.
        """
        role: Role = "value" if cells.is_blank("status") else "status"
        start, end, date = (cells.moments.get(part) for part in _DATES)
        status = _standing(fact, end) if listed else None
        if cells[role]:
            status = chart.desk.attempt(cells.place(role), status_of, cells[role])
        elif not cells.is_blank(role):
            status = "unknown"
        if status is None:
            chart.intake.count(fact, str(concept), None, "no status")
            return
        done = date if fact == "procedure" else None
        seen = date if not cells.is_blank(role) and not start and not done else None
        onset = start or done or by_then(date)
        chart.intake.event(Event(fact, concept, cells.row.place, status, onset, end or done, seen=seen))


_DATES: Final[tuple[Role, ...]] = ("start", "end", "date")


class _Cells:
    """The cells of a row by their role, without what says that there is nothing; a date is read once."""

    def __init__(self, plan: Plan, row: Row, desk: Desk) -> None:
        """Reads the cells that are not empty; what is wrong with a date goes to `desk`."""
        self.plan, self.row, self.codes = plan, row, [column.index for column in plan.codes]
        self._said = {role: text for role, index in plan.places if (text := plain(row.cells[index]))}
        if is_open(self["end"]):
            del self._said["end"]
        self.moments = {role: desk.when(self.place(role), self._said[role]) for role in _DATES if role in self._said}

    def __getitem__(self, role: Role) -> str:
        return self._said.get(role, "")

    def is_blank(self, role: Role) -> bool:
        """Nothing stands there, not even that it is not known."""
        column = self.plan.one(role)
        return column is None or not self.row.cells[column.index].strip()

    def place(self, role: Role) -> str:
        """The cell as messages name it."""
        column = self.plan.one(role)
        return f"{self.row.place}, {column.heading}" if column else self.row.place

    @property
    def when(self) -> When | None:
        """When it was so: the date, else the end, else the start; None in a table without dates."""
        found = next((self.moments[role] for role in reversed(_DATES) if role in self.moments), None)
        if found is None and any(self.plan.one(role) for role in _DATES):
            return UNDATED
        return found


def _concept(cells: _Cells, fact: FindingKind | None) -> Concept:
    """What the row is of. A code whose system neither a column nor its form tells may be a name."""
    name = cells["name"]
    codes = [(column, plain(cells.row.cells[column.index])) for column in cells.plan.codes]
    codings = [
        coding_of(code, column.unit or cells["system"], fact) or Coding("", code) for column, code in codes if code
    ]
    if not codings:
        alone = coding_of(name, "", fact) if name else None
        return Concept((alone,) if alone else (), name)
    named = name or next((coding.code for coding in codings if not coding.system), "")
    return Concept(tuple(codings), named)


def _fact_of(concept: Concept, words: Recogniser) -> FindingKind | None:
    """Of what kind a row is that does not say it and is of no known result: by its code or word, else a result."""
    systems = {coding.system for coding in concept.codings if coding.system}
    if systems:
        return "condition" if "ICD-10-CM" in systems else "treatment" if "ATC" in systems else None
    found = words.event("state", concept)
    return _FACTS.get(found[0].word.kind) if found else None


def _standing(fact: FindingKind, end: When | None) -> FindingStatus:
    """How something stands that is listed: an end that cannot be read may mean that it goes on."""
    if fact == "procedure":
        return "history"
    return "active" if end is None else "unknown" if end == UNDATED else "resolved"
