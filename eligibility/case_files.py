"""Case files: what may stand in them, and how they are read and rewritten.

A case file is TOML, `cases/<kind>/<vocabulary key>.toml`, with `[[case]]` blocks of `says`, `means` and
patient rows. A whole trial is a folder `cases/trials/<id>/` with the record as published, its rulebook
(`expected.rules`), `outcomes.toml`, and patients in `patients/` or in `cases/patients/`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eligibility.criteria.criterion import Side
from eligibility.errors import Fault, InputError
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import Outcome, Result, Truth

MAX_BYTES = 2_000_000
RECORDS = ("record.txt", "record.json", "record.xml")
OUTCOMES = "outcomes.toml"


@dataclass(frozen=True, slots=True)
class PatientRow:
    """A patient in short form, the truth its rule must have, and for `unknown` the reasons it must give."""

    profile: dict[str, Any]
    truth: Truth
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One `[[case]]`: wordings that mean one rule, and patients that meet it, do not, or leave it open.

    `means` is the written form; the bare word `unclear` stands for any text that is not understood as a
    whole, then `reason` says why. `name` is the file within the cases and the number of the block.
    """

    file: Path
    number: int
    name: str
    says: tuple[str, ...]
    means: str
    side: Side
    reason: str
    rows: tuple[PatientRow, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a whole trial must say of one patient; None and absent criteria are not checked.

    `missing` are "fact: reason" lines, all of the criterion's, in any order.
    """

    patient: Path
    outcome: Outcome
    score: float | None
    cohort: str | None
    criteria: dict[str, Result]
    missing: dict[str, tuple[str, ...]]
    policy: Policy
    as_of: date | None


@dataclass(frozen=True, slots=True)
class TrialCase:
    """A whole trial: its record, the file of its expected rulebook, and what it says of each patient."""

    folder: Path
    name: str
    record: Path
    rulebook: Path
    patients: tuple[Expected, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _CaseBlock(_Strict):
    says: list[str] = Field(min_length=1)
    means: str
    side: Side = "inclusion"
    reason: str = ""
    note: str = ""
    met: list[dict[str, Any]] = []
    not_met: list[dict[str, Any]] = []
    unknown: list[dict[str, Any]] = []


class _CaseFile(_Strict):
    case: list[_CaseBlock] = Field(min_length=1)


class _CriterionBlock(_Strict):
    result: Result
    missing: list[str] | None = None


class _PatientBlock(_Strict):
    outcome: Outcome
    score: float | None = None
    cohort: str | None = None
    note: str = ""
    criteria: dict[str, Result | _CriterionBlock] = {}
    as_of: date | None = None
    assume_absent: list[str] = []
    measurement_days: int = DEFAULT.measurement_days
    table_ranges: bool = False


class _Outcomes(_Strict):
    patient: dict[str, _PatientBlock]


_Model = TypeVar("_Model", bound=BaseModel)


def read_cases(file: Path, root: Path) -> list[Case]:
    """The cases of one TOML file, named relative to `root`; raises InputError with every fault of the file."""
    blocks = _read_toml(file, _CaseFile).case
    return [_case(file, number, root, block) for number, block in enumerate(blocks, 1)]


def read_trial_case(folder: Path, root: Path) -> TrialCase:
    """The whole-trial case in a folder; raises InputError when a part of it is missing or cannot be read."""
    record = next((folder / name for name in RECORDS if (folder / name).is_file()), None)
    if record is None:
        raise InputError(str(folder), Fault("", "no record", f"put the record there as {' or '.join(RECORDS)}"))
    outcomes = folder / OUTCOMES
    blocks = _read_toml(outcomes, _Outcomes).patient if outcomes.is_file() else {}
    patients = tuple(_expected(folder, name, block) for name, block in blocks.items())
    _refuse_unlisted(folder, blocks)
    return TrialCase(folder, _name(folder, root), record, folder / "expected.rules", patients)


def accept_means(file: Path, means: dict[int, str]) -> None:
    """Rewrite the `means` lines of the numbered blocks of a case file, every other character kept."""
    number = 0
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for index, line in enumerate(lines):
        number += line.strip() == "[[case]]"
        if number in means and re.match(r"means\s*=", line):
            lines[index] = f"means = {_toml_string(means[number])}\n"
    file.write_text("".join(lines), encoding="utf-8")


def _case(file: Path, number: int, root: Path, block: _CaseBlock) -> Case:
    rows = tuple(_rows(block.met, "met")) + tuple(_rows(block.not_met, "not_met"))
    rows += tuple(_rows(block.unknown, "unknown"))
    name = f"{_name(file, root)}:{number}"
    return Case(file, number, name, tuple(block.says), block.means, block.side, block.reason, rows)


def _rows(rows: list[dict[str, Any]], truth: Truth) -> Iterator[PatientRow]:
    for row in rows:
        reasons = row.get("reason", ())
        profile = {key: _as_json(value) for key, value in row.items() if key != "reason"}
        yield PatientRow(profile, truth, (reasons,) if isinstance(reasons, str) else tuple(reasons))


def _as_json(value: object) -> object:
    """TOML has dates, a profile has their ISO text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _as_json(inner) for key, inner in value.items()}
    return [_as_json(inner) for inner in value] if isinstance(value, list) else value


def _expected(folder: Path, name: str, block: _PatientBlock) -> Expected:
    own, common = folder / "patients" / name, folder.parent.parent / "patients" / name
    criteria = {key: _CriterionBlock(result=v) if isinstance(v, str) else v for key, v in block.criteria.items()}
    return Expected(
        patient=own if own.is_file() else common,
        outcome=block.outcome,
        score=block.score,
        cohort=block.cohort,
        criteria={key: value.result for key, value in criteria.items()},
        missing={key: tuple(value.missing) for key, value in criteria.items() if value.missing is not None},
        policy=_policy(block),
        as_of=block.as_of,
    )


def _policy(block: _PatientBlock) -> Policy:
    return Policy(
        measurement_days=block.measurement_days,
        assume_absent=frozenset(block.assume_absent),
        table_ranges=block.table_ranges,
    )


def _refuse_unlisted(folder: Path, listed: dict[str, _PatientBlock]) -> None:
    files = sorted(path.name for path in (folder / "patients").glob("*.json"))
    forgotten = [Fault(f"patients/{name}", "has no expected outcome") for name in files if name not in listed]
    if forgotten:
        raise InputError(str(folder / OUTCOMES), *forgotten)


def _read_toml(file: Path, model: type[_Model]) -> _Model:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InputError(str(file), Fault("", f"larger than {MAX_BYTES} bytes", "split the file"))
        return model.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(str(file), Fault("", str(error))) from None
    except ValidationError as error:
        faults = [Fault(".".join(map(str, fault["loc"])), fault["msg"]) for fault in error.errors()]
        raise InputError(str(file), *faults) from None


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _toml_string(text: str) -> str:
    """A TOML literal string where possible (no escapes to read past), a basic string otherwise."""
    if "'" not in text and text.isprintable():
        return f"'{text}'" if '"' in text or "\\" in text else f'"{text}"'
    escaped = "".join(_toml_char(char) for char in text)
    return f'"{escaped}"'


def _toml_char(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    return char if char.isprintable() else f"\\U{ord(char):08X}"
