"""Writing answers to a file, each as soon as it is given."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from eligibility.errors import Fault, InputError
from eligibility.patients.answers import read_answers
from eligibility.patients.patient import Answer
from eligibility.whole_file import whole_file

_FIELDS = ("patient", "trial", "criterion", "result", "by", "date")
_LINES = (".jsonl", ".ndjson")


def answers_in(path: Path) -> tuple[Answer, ...]:
    """The answers of a file that may not be there yet. Raises InputError for one that cannot be read or written."""
    if path.suffix == ".gz":
        raise InputError(str(path), Fault("", "is packed, and answers are added to it", "unpack it first"))
    if not path.exists():
        if not path.parent.is_dir():
            raise InputError(str(path), Fault("", f"there is no folder {path.parent}", "make it, or name another"))
        return ()
    return read_answers(path) if path.is_dir() or path.stat().st_size else ()


def record_answer(path: Path, answer: Answer) -> None:
    """Add an answer to a file, whole or not at all, for its owner's eyes only (mode 0600).

    It replaces an earlier answer for the same patient, trial and criterion; all others stay. The file is JSON,
    `{"answers": […]}`, or JSON Lines where its name ends in .jsonl. Raises InputError where it cannot be written.
    """
    same = (answer.patient, answer.trial, answer.criterion)
    others = [row for row in answers_in(path) if (row.patient, row.trial, row.criterion) != same]
    text = _lines([*others, answer]) if path.suffix in _LINES else _object([*others, answer])
    with whole_file(path, "answer") as draft:
        draft.write_text(text, encoding="utf-8")


def _lines(answers: Iterable[Answer]) -> str:
    return "".join(f"{_row(answer)}\n" for answer in answers)


def _object(answers: Iterable[Answer]) -> str:
    return '{"answers": [\n  ' + ",\n  ".join(map(_row, answers)) + "\n]}\n"


def _row(answer: Answer) -> str:
    fields = {name: getattr(answer, name) for name in _FIELDS}
    return json.dumps({name: value for name, value in fields.items() if value is not None}, ensure_ascii=False)
