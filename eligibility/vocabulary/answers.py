"""What a coded answer says: the table answers.toml, read once, and asked by text or by code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, TypeVar, get_args

from eligibility.errors import TableError
from eligibility.vocabulary.systems import SYSTEMS
from eligibility.vocabulary.tables import fold

AnswerStatus = Literal["active", "history", "refuted"]
Says = tuple[tuple[str, AnswerStatus], ...]
_Meaning = TypeVar("_Meaning")

_FILE: Final = "answers.toml"
_TAG: Final = re.compile(
    r"\s*\((?:finding|qualifier value|disorder|situation|observable entity|contextual qualifier)\)$"
)


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what each folded answer says of which words; `concept` is what a plain yes or no is about."""

    label: str
    answers: Mapping[str, Says]
    concept: str | None = None


def answer_status(answer: str) -> AnswerStatus | None:
    """What an answer says of the thing asked for: `"Not detected (qualifier value)"` → "refuted".

    `answer` is a text, or a code of SNOMED CT or a LOINC answer list. None when the table does not have it: an
    answer that is not understood is neither yes nor no.
    """
    return _statuses().get(answer_words(answer))


def questions() -> Mapping[str, Question]:
    """Every question whose answers speak of other words, by its LOINC code."""
    return _questions()


def answers_to(system: str, code: str, answers: Iterable[str]) -> Says:
    """The words that an answer to a coded question speaks of, each with its status, in the order of the table.

    `answers` are the texts and codes of one answer, which all say the same. () when the question or every one of
    them is unknown, and when they contradict each other: a code of a never smoker with the text "Former smoker".
    """
    question = _questions().get(code.strip()) if SYSTEMS.get(system.strip().casefold()) == "LOINC" else None
    if question is None:
        return ()
    said = {_said(question, answer) for answer in answers} - {()}
    return said.pop() if len(said) == 1 else ()


def _said(question: Question, answer: str) -> Says:
    if question.concept is None:
        return question.answers.get(answer_words(answer), ())
    status = answer_status(answer)
    return ((question.concept, status),) if status else ()


def answer_words(answer: str) -> str:
    """The folded text of an answer without its tag; of a known code the text that stands for it."""
    text = answer.strip()
    return fold(_TAG.sub("", _table()["codes"].get(text, text)))


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("eligibility.vocabulary").joinpath(_FILE).read_text(encoding="utf-8"))


@cache
def _statuses() -> dict[str, AnswerStatus]:
    found: dict[str, AnswerStatus] = {}
    for status, forms in _table()["statuses"].items():
        for form in forms:
            _own(found, form, _status("statuses", status))
    return found


@cache
def _questions() -> dict[str, Question]:
    return {code: _question(code, row) for code, row in _table()["questions"].items()}


def _question(code: str, row: dict[str, Any]) -> Question:
    answers: dict[str, Says] = {}
    for answer in row.get("answers", ()):
        says = tuple((key, _status(code, status)) for key, status in answer["means"].items())
        for form in answer["says"]:
            _own(answers, form, says)
    return Question(row["label"], answers, row.get("concept"))


def _own(table: dict[str, _Meaning], form: str, meaning: _Meaning) -> None:
    if table.setdefault(fold(form), meaning) != meaning:
        raise TableError(_FILE, form, "this answer says two things")


def _status(row: str, status: str) -> AnswerStatus:
    known: AnswerStatus
    for known in get_args(AnswerStatus):
        if status == known:
            return known
    raise TableError(_FILE, row, f"the status is {status!r}; it is one of {', '.join(get_args(AnswerStatus))}")
