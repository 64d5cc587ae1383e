"""OMOP CDM 5.3 and 5.4: a DuckDB file, a folder of CSV or Parquet tables, or a zip archive of them.

Read are person, death, visit_occurrence, measurement, observation, condition_occurrence, procedure_occurrence and
drug_exposure, with the concepts of the database's own vocabulary; all other tables are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.intake import Intake
from eligibility.patients.omop import events, results
from eligibility.patients.omop.cells import readable
from eligibility.patients.omop.concepts import Concepts
from eligibility.patients.omop.database import Database, opened
from eligibility.patients.omop.observations import observation
from eligibility.patients.omop.person import person
from eligibility.patients.omop.tables import (
    CONDITION,
    DEATH,
    DRUG,
    FACTS,
    MEASUREMENT,
    OBSERVATION,
    PERSON,
    PERSON_ID,
    PROCEDURE,
    VISIT,
    Row,
    Table,
)
from eligibility.patients.patient import Patient
from eligibility.patients.recognise import recogniser


def patients(path: str, asked: Asked) -> Iterator[Patient | InputError]:
    """The persons in the order of their ids, each as soon as all tables are past it; what cannot be read in its place.

    Tables are read side by side, sorted by person, so that memory holds one person. Rows of persons who are not in the
    table of persons are counted, and are an InputError at the end unless `asked.others`.
    """
    try:
        with opened(path) as database:
            yield from _Reader(database, asked).patients(path)
    except InputError as error:
        yield error


class _Facts:
    """The rows of one table, person by person."""

    def __init__(self, database: Database, table: Table) -> None:
        self.table, self.strangers = table, 0
        self._rows = database.rows(table)
        self._next = next(self._rows, None)

    def of(self, id: int) -> list[Row]:
        """The rows of this person; those of persons before it, or of nobody, are strangers."""
        found: list[Row] = []
        while self._next is not None and (self._next[PERSON_ID] is None or self._next[PERSON_ID] <= id):
            if self._next[PERSON_ID] == id:
                found.append(self._next)
            else:
                self.strangers += 1
            self._next = next(self._rows, None)
        return found

    def finish(self) -> None:
        """What is left is of nobody."""
        self.strangers += (self._next is not None) + sum(1 for _ in self._rows)
        self._next = None


class _Reader:
    """Merges the tables of one database."""

    def __init__(self, database: Database, asked: Asked) -> None:
        self._database, self._asked = database, asked
        self._recogniser = recogniser(asked.vocabulary)
        self._concepts = Concepts(database, self._recogniser)
        self._facts = {table.name: _Facts(database, table) for table in FACTS}

    def patients(self, path: str) -> Iterator[Patient | InputError]:
        if self._database.faults:
            yield InputError(path, *self._database.faults)
        last: int | None = None
        for row in self._database.rows(PERSON):
            id = row[PERSON_ID]
            if id is None or id == last:
                problem = "a row has no person_id that is a number" if id is None else "this person is there twice"
                yield InputError(path, Fault(PERSON.place(row), problem, "give every person one row"))
            else:
                last = id
                yield self._patient(row)
        yield from self._left_over(path)

    def _patient(self, row: Row) -> Patient:
        rows = {name: facts.of(row[PERSON_ID]) for name, facts in self._facts.items()}
        intake = Intake(self._asked.vocabulary, PERSON.place(row))
        for table in FACTS:
            rows[table.name] = [one for one in rows[table.name] if readable(table, one, intake)]
        who = person(row, rows[DEATH.name], intake)
        self._read(rows, intake)
        return intake.patient(who, self._asked.as_of)

    def _read(self, rows: dict[str, list[Row]], intake: Intake) -> None:
        concepts = self._concepts
        for row in rows[VISIT.name]:
            events.visit(row, intake)
        for row in rows[MEASUREMENT.name]:
            results.measurement(row, concepts, intake)
        for row in rows[OBSERVATION.name]:
            observation(row, concepts, intake, self._recogniser)
        visits = {row[VISIT.key]: row for row in rows[VISIT.name] if row[VISIT.key] is not None}
        for row in rows[CONDITION.name]:
            events.condition(row, visits, concepts, intake)
        for row in rows[PROCEDURE.name]:
            events.procedure(row, concepts, intake)
        # drugs last: which of their ends are only planned shows in everything else
        latest = self._asked.as_of or _latest(rows[DRUG.name], intake)
        for row in rows[DRUG.name]:
            events.drug(row, latest, concepts, intake)

    def _left_over(self, path: str) -> Iterator[InputError]:
        for facts in self._facts.values():
            facts.finish()
            if facts.strangers and not self._asked.others:
                problem = f"{facts.strangers} rows are of persons who are not in the table person"
                yield InputError(
                    path, Fault(facts.table.name, problem, "add them, or leave such rows out (--leave-out-others)")
                )


def _latest(drugs: list[Row], intake: Intake) -> date | None:
    starts = [row["drug_exposure_start_date"] for row in drugs if row["drug_exposure_start_date"]]
    return max((*starts, *((intake.latest,) if intake.latest else ())), default=None)
