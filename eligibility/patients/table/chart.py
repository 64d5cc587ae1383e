"""One patient of a table while its rows are read."""

from __future__ import annotations

from datetime import date

from eligibility.patients.asked import Asked
from eligibility.patients.dates import When
from eligibility.patients.intake import Intake
from eligibility.patients.patient import Patient
from eligibility.patients.table.columns import Column
from eligibility.patients.table.facts import Desk
from eligibility.patients.table.person import Who


class Chart:
    """The facts of a patient, and who that is."""

    def __init__(self, id: str, place: str, asked: Asked) -> None:
        """A patient whose first row stands at `place`."""
        self.as_of: date | None = asked.as_of
        self.intake = Intake(asked.vocabulary, place)
        self.desk = Desk(self.intake)
        self.place = place
        self.days: dict[str, str] = {}
        self._who = Who(id, place, self.intake)

    def say(self, column: Column, text: str, place: str, when: When | None) -> None:
        """A cell of a column about the person."""
        self.intake.count("column", column.heading, _PERSONAL.get(column.role, column.role), "")
        self._who.say(column.role, text, place, when, column.unit)

    def patient(self) -> Patient:
        """The patient with the facts of all rows."""
        return self.intake.patient(self._who.person(), self.as_of)


_PERSONAL = {"birth": "birth date", "died": "day of death"}
