"""Rows of measurement, and of observation where they hold a value, as results."""

from __future__ import annotations

import math
import re

from eligibility.patients.intake import Intake
from eligibility.patients.interval import Interval, read_value
from eligibility.patients.omop.cells import cannot_be_read, moment
from eligibility.patients.omop.concepts import Concepts
from eligibility.patients.omop.tables import MEASUREMENT, Row, Table
from eligibility.patients.record import Limits, Result

# Standard concepts of the domain "Meas Value Operator", as ETLs of OHDSI write them.
_OPERATORS = {0: "", 4172703: "", 4171756: "<", 4171754: "<=", 4171755: ">=", 4172704: ">"}
# Without one of these the number that is left may mean something else.
_VALUES = ("value_as_number", "value_as_concept_id", "operator_concept_id", "unit_concept_id")
_WORDED = re.compile(
    r"[<>≤≥~≈]|\b(?:less|more|greater|lower|higher|under|over|above|below|at least|at most|up to|about)\b"
)
_SIGNS = ("<", ">", "≤", "≥")


def measurement(row: Row, concepts: Concepts, intake: Intake) -> None:
    """One measurement. An operator that is not known leaves no value: what the number means is not known either."""
    sign = _OPERATORS.get(row["operator_concept_id"] or 0)
    problem = "operator_concept_id is none of <, <=, =, >=, >" if sign is None else ""
    result(
        row,
        MEASUREMENT,
        row["value_source_value"],
        concepts,
        intake,
        sign=sign or "",
        limits=_limits(row),
        problem=problem,
    )


def result(
    row: Row,
    table: Table,
    words: str | None,
    concepts: Concepts,
    intake: Intake,
    *,
    sign: str = "",
    limits: Limits | None = None,
    note: str = "",
    problem: str = "",
) -> None:
    """One result: its number, else a concept as the answer, else the source's words.

    With a `problem`, or a cell of a value that cannot be read, only that there was one.
    """
    stem = table.name
    unread = bool(problem) or cannot_be_read(row, *_VALUES)
    value, text = (None, words or "") if unread else _value(row["value_as_number"], sign, words)
    unread = unread or (value is None and row["value_as_number"] is not None)
    called = concepts.concept(row[f"{stem}_concept_id"], row[f"{stem}_source_concept_id"], row[f"{stem}_source_value"])
    if not called.codings and not called.text:
        intake.fault(table.place(row), "there is no concept", "give a concept or a source value")
        return
    intake.result(
        Result(
            concept=called,
            place=table.place(row),
            value=value,
            text=text,
            units=_units(row, concepts),
            answers=_answers(row, concepts) if value is None and not unread else (),
            when=moment(row, stem),
            limits=limits,
            note=note,
            problem=problem,
            unread=unread,
        )
    )


def _value(number: float | None, sign: str, words: str | None) -> tuple[Interval | None, str]:
    """The number as far as it is known, and as it is written; words only where there is no number."""
    if number is None:
        return None, words or ""
    if not sign and words and words.startswith(_SIGNS):
        return _signed(number, words)
    if not sign and words and _WORDED.search(words.casefold()):
        return None, words
    low = -math.inf if sign.startswith("<") else number
    high = math.inf if sign.startswith(">") else number
    closed = "=" in sign or not sign
    return Interval(low, high, closed and not sign.startswith("<"), closed and not sign.startswith(">")), (
        f"{sign}{number:.12g}"
    )


def _signed(number: float, words: str) -> tuple[Interval | None, str]:
    """The source says "<5" and the database 5 without an operator: the source has it; if they differ, nobody knows."""
    try:
        value, _ = read_value(words)
    except ValueError:
        return None, words
    return (value, words) if number in (value.low, value.high) else (None, words)


def _units(row: Row, concepts: Concepts) -> tuple[str, ...]:
    """The code of the unit's concept (UCUM), then the source's words. A concept that is not known is still a unit."""
    entry, id = concepts.entry(row["unit_concept_id"]), row["unit_concept_id"]
    written = (entry.coding.code if entry else f"OMOP {id}" if id else None, row["unit_source_value"])
    return tuple(dict.fromkeys(text for text in written if text))


def _answers(row: Row, concepts: Concepts) -> tuple[str, ...]:
    entry, id = concepts.entry(row["value_as_concept_id"]), row["value_as_concept_id"]
    if entry is None:
        return (f"OMOP {id}",) if id else ()
    return tuple(text for text in (entry.coding.display, entry.coding.code) if text)


def _limits(row: Row) -> Limits | None:
    low, high = row["range_low"], row["range_high"]
    # 0 to 0, or a range of one point, is a column that was filled in
    return Limits(low, high) if low != high else None
