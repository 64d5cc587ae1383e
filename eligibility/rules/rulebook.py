"""A trial's criteria with their rules: made from the record, written to a text file, read back.

    trial NCT05940610 sha256:6f1c…
    inclusion #I2 [706:768]
    | Total bilirubin (TBil) ≥ 171umolL or daily increase ≥17.1umol/L
    total_bilirubin >= 171 umol/L or increase of total_bilirubin >= 17.1 umol/L per 1 day

A header names side, cohort, id, place, and initials and date of a locked line; `|` lines are the source's
words; the rule stands below. Lines that begin with `#` and a space are comments and carry no meaning.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from eligibility.criteria.criterion import Criterion, Side, Source
from eligibility.criteria.segment import segment
from eligibility.errors import Fault, InputError
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.parse import parse
from eligibility.rules.rule import Graded, Measured, Rule, leaves
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import Vocabulary


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion and its rule; `locked` holds the initials and date of the person who fixed it."""

    criterion: Criterion
    rule: Rule
    locked: str | None = None


@dataclass(frozen=True)
class Rulebook:
    """Everything a trial asks, in rules. `digest` identifies rules and words, not layout."""

    trial: Trial
    lines: tuple[Line, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 over side, cohort, words and written rule of every line, first 16 hex digits."""
        parts = [
            "\x1f".join((line.criterion.side, line.criterion.cohort or "", line.criterion.text, notation(line.rule)))
            for line in self.lines
        ]
        return hashlib.sha256("\x1e".join((self.trial.id, *parts)).encode()).hexdigest()[:16]


def rulebook(trial: Trial, words: Vocabulary | None = None) -> Rulebook:
    """The rulebook of a trial: its criteria, and the record's own fields where the text does not say them."""
    lines = [Line(criterion, parse(criterion, words)) for criterion in segment(trial)]
    said = [line.rule for line in lines if line.criterion.source != "record" and line.criterion.cohort is None]
    return Rulebook(trial, tuple(line for line in lines if not _repeats(line, said)))


def _repeats(line: Line, said: Sequence[Rule]) -> bool:
    """Whether a structured age or sex is already a criterion of the text, in the same words of the kernel."""
    return line.criterion.source == "record" and any(_same(line.rule, rule) for rule in said)


def _same(record: Rule, rule: Rule) -> bool:
    if record == rule:
        return True
    return isinstance(record, Measured | Graded) and rule.kind == "all" and any(record == leaf for leaf in leaves(rule))


# ---------------------------------------------------------------- the text file


def write_rulebook(book: Rulebook) -> str:
    """The rulebook as text; `read_rulebook` reads it back as itself (spans aside)."""
    head = f"trial {book.trial.id} sha256:{book.digest}"
    if book.trial.status:
        head += f" status {json.dumps(book.trial.status)}"
    title = f"\n# {' '.join(book.trial.title.split())}" if book.trial.title else ""
    return f"{head}{title}\n" + "".join(f"\n{_written(line)}\n" for line in book.lines)


def _written(line: Line) -> str:
    criterion = line.criterion
    header: str = criterion.side
    if criterion.cohort is not None:
        header += f" cohort {json.dumps(criterion.cohort, ensure_ascii=False)}"
    header += f" #{criterion.id}"
    if criterion.start is not None:
        header += f" [{criterion.start}:{criterion.end}]"
    if criterion.source != "text":
        header += f" from {criterion.source}"
    if line.locked is not None:
        header += f" locked {json.dumps(line.locked, ensure_ascii=False)}"
    source = "\n".join(f"| {part}" for part in criterion.text.split("\n"))
    return f"{header}\n{source}\n{notation(line.rule)}"


_HEAD = re.compile(r'trial (\S+)(?: sha256:\S+)?(?: status ("(?:[^"\\]|\\.)*"))?\s*')
_LINE = re.compile(
    r'(inclusion|exclusion)(?: cohort ("(?:[^"\\]|\\.)*"))? #(\S+)(?: \[(\d+):(\d+)\])?'
    r'(?: from (text|description|record))?(?: locked ("(?:[^"\\]|\\.)*"))?\s*'
)


def read_rulebook(text: str, file: str = "rulebook") -> Rulebook:
    """The rulebook of a text. Raises InputError with every line that cannot be read."""
    rows = text.split("\n")
    at = next((i for i, row in enumerate(rows) if row.strip() and not row.startswith("# ")), len(rows))
    head = _HEAD.fullmatch(rows[at].rstrip("\r")) if at < len(rows) else None
    if head is None:
        raise InputError(file, Fault(f"line {at + 1}", "no 'trial ID' line", "a rulebook begins with 'trial NCT…'"))
    lines: list[Line] = []
    faults: list[Fault] = []
    for number, block in _blocks(rows, at + 1):
        try:
            lines.append(_read_line(number, block))
        except InputError as problem:
            faults.extend(Fault(f"line {number}", f.problem, f.remedy) for f in problem.faults)
    seen = [line.criterion.id for line in lines]
    faults += [Fault(f"#{key}", "this id is used twice", "give each line its own") for key in _twice(seen)]
    if faults:
        raise InputError(file, *faults)
    status = json.loads(head[2]) if head[2] else None
    return Rulebook(Trial(head[1], status=status, source=file), tuple(lines))


def _twice(keys: list[str]) -> list[str]:
    return sorted({key for key in keys if keys.count(key) > 1})


def _blocks(rows: list[str], start: int) -> Iterator[tuple[int, list[str]]]:
    """(line number of the header, header + source + rule rows) of every criterion."""
    block: list[str] = []
    first = start
    for i, row in enumerate(rows[start:], start + 1):
        row = row.rstrip("\r") if not row.startswith("|") else row
        if row.startswith("# ") or row == "#" or (not row.strip() and not block):
            continue
        if _LINE.fullmatch(row):
            if block:
                yield first, block
            block, first = [row], i
        elif row.strip():
            block.append(row)
            first = first if len(block) > 1 else i
    if block:
        yield first, block


def _read_line(number: int, block: list[str]) -> Line:
    match = _LINE.fullmatch(block[0])
    if match is None:
        raise InputError("", Fault("", f"not a criterion header: {block[0]!r}", "for example: inclusion #I1 [0:42]"))
    side, cohort, key, start, end, source, locked = match.groups()
    text = "\n".join(row[2:] for row in block[1:] if row.startswith("|"))
    rule = " ".join(row for row in block[1:] if not row.startswith("|"))
    if not rule:
        raise InputError("", Fault("", "no rule stands below the words", 'write one, or: unclear "…"'))
    criterion = Criterion(
        key,
        cast(Side, side),
        text,
        cast(Source, source or "text"),
        int(start) if start else None,
        int(end) if end else None,
        json.loads(cohort) if cohort else None,
    )
    return Line(criterion, read_rule(rule), json.loads(locked) if locked else None)
