"""What one result says in words: its number, its level, or what its answer tells of a condition or a state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eligibility.patients.interval import Interval, read_value
from eligibility.patients.levels import read_levels
from eligibility.patients.patient import FindingStatus
from eligibility.patients.record import Result
from eligibility.vocabulary.answers import answer_status, answers_to

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word


def says_something(row: Result) -> bool:
    """There is a value, whether or not it can be read."""
    return row.unread or row.value is not None or bool(row.text or row.answers)


def shown(row: Result) -> str:
    """The value as it is written."""
    return row.text or (row.answers[0] if row.answers else "")


def with_number(row: Result) -> tuple[Interval | None, Result]:
    """The value of a result, also where its number stands in words ("<5 mg/dL", "5-10"); then with the unit there."""
    if row.value is not None or row.unread or not row.text:
        return row.value, row
    try:
        value, unit = read_value(row.text)
    except ValueError:
        return None, row
    return value, replace(row, units=row.units or ((unit,) if unit else ()))


def told(row: Result, word: Word | None) -> tuple[tuple[str, FindingStatus], ...]:
    """The words that an answer speaks of, each with its status; () when it is not understood."""
    said = (*row.answers, *((row.text,) if row.text else ()))
    for coding in row.concept.codings:
        found = answers_to(coding.system, coding.code, said)
        if found:
            return found
    status = next((status for text in said if (status := answer_status(text))), None)
    return ((word.key, status),) if word and status else ()


def levels_of(word: Word, said: tuple[str, ...]) -> tuple[str, ...]:
    """The levels of a scale that the first text with any can mean."""
    for text in said:
        try:
            return read_levels(word, text)
        except ValueError:
            continue
    return ()
