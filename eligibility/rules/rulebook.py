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
from difflib import get_close_matches
from functools import cached_property
from typing import cast

from eligibility.criteria.criterion import Criterion, Side, Source
from eligibility.criteria.segment import segment
from eligibility.errors import Fault, InputError
from eligibility.rules.english import foreign_words
from eligibility.rules.leaves import children, leaves
from eligibility.rules.meaning.source import ONE_SEX
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.parse import parse
from eligibility.rules.rule import AllOf, AnyOf, Graded, Measured, Rule, Unclear
from eligibility.rules.strange_words import strange_words
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import Vocabulary, vocabulary


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion and its rule; `locked` holds the initials and date of the person who fixed it."""

    criterion: Criterion
    rule: Rule
    locked: str | None = None

    def with_rule(self, rule: Rule) -> Line:
        """The same criterion with another rule."""
        return Line(self.criterion, rule)


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
    criteria = segment(trial)
    if trial.criteria and foreign_words(trial.criteria):
        criteria = (_whole(trial.criteria), *(one for one in criteria if one.source == "record"))
    lines = [Line(criterion, _for_sex(parse(criterion, words), trial.sex)) for criterion in criteria]
    said = [line.rule for line in lines if line.criterion.source != "record" and line.criterion.cohort is None]
    return Rulebook(trial, tuple(line for line in lines if not _repeats(line, said)))


def _whole(text: str) -> Criterion:
    """All criteria of a text in another language, whose lists and sides nobody here can tell."""
    start = len(text) - len(text.lstrip())
    words = text.strip()
    return Criterion("I1", "inclusion", words, "text", start, start + len(words))


def _for_sex(rule: Rule, sex: str | None) -> Rule:
    """ "Women aged 18 to 45" asks for women where the record takes only women."""
    asks = isinstance(rule, AnyOf) and len(rule.rules) == 2 and isinstance(rule.rules[0], AllOf)
    if not asks or sex not in ("FEMALE", "MALE"):
        return rule
    asked, others = children(rule)
    doubted = any(isinstance(leaf, Unclear) and leaf.reason == ONE_SEX for leaf in children(others))
    return asked if doubted and Graded("sex", (sex.lower(),)) in children(asked) else rule


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


_EXAMPLE = "for example: inclusion #I1 [0:42]"
_FORMS = "for example: bmi 20 kg/m2 .. 30 kg/m2, nyha_class in {III, IV}, has history of asthma, not (is pregnant)"
_ESCAPES = r'within quotes write " as \" and \ as \\'
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
MAX_DEPTH = 64


def read_rulebook(text: str, file: str = "rulebook", words: Vocabulary | None = None) -> Rulebook:
    """The rulebook of a text, in the words of a vocabulary (by default the shipped one).

    Raises InputError with every line that cannot be read, or that names a variable, scale, level, unit or concept
    that is not known.
    """
    rows = _rows(text)
    at = next((i for i, row in enumerate(rows) if row.strip() and not row.startswith("# ")), len(rows))
    head = _HEAD.fullmatch(rows[at].rstrip("\r")) if at < len(rows) else None
    if head is None:
        raise InputError(file, Fault(f"line {at + 1}", "no 'trial ID' line", "a rulebook begins with 'trial NCT…'"))
    known = words if words is not None else vocabulary()
    read = [_read_block(block, known) for block in _blocks(rows, at + 1)]
    lines = [line for line, _ in read if line is not None]
    faults = [fault for _, found in read for fault in found]
    seen = [line.criterion.id for line in lines]
    faults += [Fault(f"#{key}", "this id is used twice", "give each line its own") for key in _twice(seen)]
    if faults:
        raise InputError(file, *faults)
    status = json.loads(head[2]) if head[2] else None
    return Rulebook(Trial(head[1], status=status, source=file), tuple(lines))


def _rows(text: str) -> list[str]:
    """The lines; where an editor ended all of them with a carriage return, without it."""
    rows = text.removeprefix("\ufeff").split("\n")
    ended = all(row.endswith("\r") for row in rows[:-1])
    return [row.removesuffix("\r") for row in rows] if ended else rows


def _twice(keys: list[str]) -> list[str]:
    return sorted({key for key in keys if keys.count(key) > 1})


Block = list[tuple[int, str]]


def _blocks(rows: list[str], start: int) -> Iterator[Block]:
    """(line number, row) of the header, the source and the rule of every criterion."""
    kept = [
        (number, row if row.startswith("|") else row.rstrip("\r"))
        for number, row in enumerate(rows[start:], start + 1)
        if row.strip() and row.rstrip("\r") != "#" and not row.startswith("# ")
    ]
    block: Block = []
    for (number, row), (_, after) in zip(kept, [*kept, (0, "")][1:], strict=True):
        if block and _is_header(row, after):
            yield block
            block = []
        block.append((number, row))
    if block:
        yield block


def _is_header(row: str, after: str) -> bool:
    """Whether a row is a criterion's header, or was meant to be one: it has an id, or words of the source below it."""
    if row.startswith("|"):
        return False
    return after.startswith("|") or re.search(r"(?:^| )#\S", _STRING.sub("", row)) is not None


def _read_block(block: Block, words: Vocabulary) -> tuple[Line | None, list[Fault]]:
    """One criterion of a rulebook, or everything that is wrong with it, each fault at its own line."""
    (number, header), *below = block
    faults: list[Fault] = []
    criterion, locked = _read_header(header, [row[2:] for _, row in below if row.startswith("|")], number, faults)
    rule = _read_below([pair for pair in below if not pair[1].startswith("|")], number, words, faults)
    if faults or criterion is None or rule is None:
        return None, faults
    return Line(criterion, rule, locked), []


def _read_header(
    header: str, source: list[str], number: int, faults: list[Fault]
) -> tuple[Criterion | None, str | None]:
    match = _LINE.fullmatch(header)
    if match is None:
        first = header.partition(" ")[0]
        near = get_close_matches(first.casefold(), {"inclusion", "exclusion"} - {first}, 1, 0.8)
        remedy = f"did you mean {near[0]}? {_EXAMPLE}" if near else _EXAMPLE
        faults.append(Fault(f"line {number}", f"not a criterion header: {header[:80]!r}", remedy))
        return None, None
    side, cohort, key, start, end, origin, locked = match.groups()
    text = "\n".join(source)
    if start and int(end) - int(start) != len(text):
        problem = f"[{start}:{end}] holds {int(end) - int(start)} characters, the words below it {len(text)}"
        remedy = "give the words as the record has them, or take the place out"
        faults.append(Fault(f"line {number}", problem, remedy))
    try:
        names = [json.loads(name) if name else None for name in (cohort, locked)]
    except ValueError:
        faults.append(Fault(f"line {number}", "a name in quotes cannot be read", _ESCAPES))
        return None, None
    place = (int(start), int(end)) if start else (None, None)
    kind = cast(Source, origin or "text")
    return Criterion(key, cast(Side, side), text, kind, place[0], place[1], names[0]), names[1]


def _read_below(rows: Block, header: int, words: Vocabulary, faults: list[Fault]) -> Rule | None:
    """The rule that stands below the words."""
    if not rows:
        faults.append(Fault(f"line {header}", "no rule stands below the words", 'write one, or: unclear "…"'))
        return None
    try:
        return rule_of(" ".join(row for _, row in rows), words)
    except InputError as error:
        faults += [Fault(f"line {rows[0][0]}", fault.problem, fault.remedy) for fault in error.faults]
        return None


def rule_of(text: str, words: Vocabulary) -> Rule:
    """The rule that a person wrote. Raises InputError with all that cannot be read and every word that is not known."""
    try:
        rule = read_rule(text)
    except InputError as problem:
        raise InputError("rule", *(Fault("", fault.problem, _FORMS) for fault in problem.faults)) from None
    except ValueError:  # an escape in quotes that JSON does not have
        raise InputError("rule", Fault("", "words in quotes cannot be read", _ESCAPES)) from None
    if _deeper_than(rule, MAX_DEPTH):
        raise InputError("rule", Fault("", f"nested more than {MAX_DEPTH} deep", "write it flatter"))
    strange = [Fault("", problem, remedy) for problem, remedy in dict.fromkeys(strange_words(rule, words))]
    if strange:
        raise InputError("rule", *strange)
    return rule


def _deeper_than(rule: Rule, limit: int) -> bool:
    level = [rule]
    for _ in range(limit):
        level = [inner for one in level for inner in children(one)]
    return bool(level)
