"""Rows of the tables person and death: who the facts are of."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

from eligibility.patients.dates import When, between
from eligibility.patients.intake import Intake
from eligibility.patients.omop.cells import day, readable
from eligibility.patients.omop.tables import PERSON, PERSON_ID, Row
from eligibility.patients.patient import Race, Sex
from eligibility.patients.record import UNDATED, Person

# Concepts of the OMOP vocabularies "Gender" and "Race".
_SEXES: dict[int, Sex] = {8507: "male", 8532: "female", 8521: "other"}
_WORDS: dict[str, Sex] = {"m": "male", "male": "male", "f": "female", "female": "female", "other": "other"}
# The races of the OMB; what is finer is not told apart here, and so not known.
_RACES: dict[int, Race] = {8516: "black", 8515: "other", 8527: "other", 8557: "other", 8657: "other"}
# A day of birth that was not recorded is filled in with the first or the middle of the month.
_FILLED_IN = (1, 15)


def person(row: Row, deaths: list[Row], intake: Intake) -> Person:
    """Who a person is; cells that cannot be read, and parts that contradict each other, join the faults."""
    readable(PERSON, row, intake)
    return Person(
        id=str(row[PERSON_ID]),
        birth_date=_born(row, intake),
        sex=_SEXES.get(row["gender_concept_id"] or 0) or _WORDS.get((row["gender_source_value"] or "").casefold()),
        race=_RACES.get(row["race_concept_id"] or 0),
        died=_died(deaths, intake),
        place=PERSON.place(row),
    )


def _born(row: Row, intake: Intake) -> When | None:
    """As exact as the columns are. A day that stands only in `birth_datetime` may have been filled in."""
    year, month, of_month = row["year_of_birth"], row["month_of_birth"], row["day_of_birth"]
    at: datetime | None = row["birth_datetime"]
    if at is not None and year not in (None, at.year):
        intake.fault(PERSON.place(row), "year_of_birth and birth_datetime differ", "correct the row")
        return None
    if at is not None and (year is None or (not of_month and at.day not in _FILLED_IN)):
        return day(at.date())
    try:
        return _partly(year, month, of_month) if year else None
    except (ValueError, OverflowError):
        intake.fault(PERSON.place(row), "the date of birth is no day of the calendar", "correct the row")
        return None


def _partly(year: int, month: int | None, of_month: int | None) -> When:
    if not 1800 <= year < 2200:
        raise ValueError("no year of a patient's life")
    if month and of_month:
        born = date(year, month, of_month)
        return between(born, born, born.isoformat())
    if month:
        return between(date(year, month, 1), date(year, month, monthrange(year, month)[1]), f"{year:04}-{month:02}")
    return between(date(year, 1, 1), date(year, 12, 31), f"{year:04}")


def _died(deaths: list[Row], intake: Intake) -> When | None:
    """The day of death; that it was some day, where no day or several are recorded."""
    days = {row["death_date"] for row in deaths}
    if len(days) > 1:
        intake.fault("death", "there are several days of death", "leave one")
    return (day(days.pop()) if len(days) == 1 else None) or (UNDATED if deaths else None)
