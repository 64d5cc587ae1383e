"""The shape of the own profile format, as pydantic models: what may stand where, before any word is looked up."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, StringConstraints

from eligibility.patients.dates import When, read_when
from eligibility.patients.patient import FindingStatus, Race, Sex

_SEXES: dict[str, Sex] = {
    "male": "male",
    "m": "male",
    "man": "male",
    "female": "female",
    "f": "female",
    "woman": "female",
}
_OTHER_SEXES: dict[str, Sex | None] = {
    "other": "other",
    "o": "other",
    "intersex": "other",
    "unknown": None,
    "u": None,
    "": None,
}
_RACES: dict[str, Race | None] = {
    "black": "black", "african american": "black", "black or african american": "black", "african": "black",
    "white": "other", "caucasian": "other", "asian": "other", "other": "other", "other race": "other",
    "non black": "other",
    "american indian or alaska native": "other", "native hawaiian or other pacific islander": "other",
    "unknown": None, "": None,
}  # fmt: skip
_TRUTHS: dict[Any, FindingStatus] = {True: "active", False: "refuted", None: "unknown"}
_STATUSES: dict[str, FindingStatus] = {
    "active": "active", "yes": "active", "current": "active", "present": "active", "recurrence": "active",
    "resolved": "resolved", "stopped": "resolved",
    "completed": "resolved", "history": "history", "former": "history", "past": "history",
    "refuted": "refuted", "no": "refuted", "never": "refuted", "absent": "refuted", "none": "refuted",
    "denied": "refuted", "denies": "refuted",
    # what is in remission is not gone, and not there either
    "unknown": "unknown", "inactive": "unknown", "remission": "unknown",
}  # fmt: skip


def _number_or_text(value: Any) -> float | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a number or text")
    if not isinstance(value, str) and not abs(value) <= sys.float_info.max:
        raise ValueError("NaN and infinity are no values")
    if isinstance(value, str) and len(value) > 200:
        raise ValueError("longer than 200 characters")
    return value


def _when(value: Any) -> When:
    if isinstance(value, date | datetime):
        value = value.isoformat()
    if not isinstance(value, str):
        raise ValueError("not a date; write YYYY-MM-DD, YYYY-MM or YYYY")
    return read_when(value)


def read_sex(value: Any) -> Sex | None:
    """A word for a sex, None when it says unknown; ValueError for others."""
    word = str(value if value is not None else "").strip().casefold()
    if word not in _SEXES and word not in _OTHER_SEXES:
        raise ValueError("not a sex; write male, female, other or unknown")
    return _SEXES.get(word) or _OTHER_SEXES.get(word)


def read_race(value: Any) -> Race | None:
    """A word for a race, as far as formulas ask for it, None when it says unknown; ValueError for others."""
    word = " ".join(str(value if value is not None else "").casefold().replace("-", " ").split())
    if word not in _RACES:
        raise ValueError("not a race that a formula knows; write black, white, asian, other or unknown")
    return _RACES[word]


def read_status(value: Any) -> FindingStatus:
    """`true`, `false`, null or a word ("active", "former", "never") as a finding's status; ValueError for others."""
    if value is None or isinstance(value, bool):
        return _TRUTHS[value]
    word = str(value).strip().casefold()
    if word not in _STATUSES:
        raise ValueError("not a status; write active, resolved, history, refuted or unknown")
    return _STATUSES[word]


def _entries(value: Any) -> Any:
    """A list whose bare strings are names; a mapping name → status is read as the same list."""
    if isinstance(value, dict):
        return [{"name": name, "status": status} for name, status in value.items()]
    if isinstance(value, list):
        return [{"name": item} if isinstance(item, str) else item for item in value]
    return value


def _levels(value: Any) -> Any:
    """`{"nyha_class": "II"}`, also with an object or a list of them, is the same as the list of design."""
    if not isinstance(value, dict):
        return value
    rows: list[Any] = []
    for name, inner in value.items():
        for item in inner if isinstance(inner, list) else [inner]:
            rows.append({"name": name, **item} if isinstance(item, dict) else {"name": name, "level": item})
    return rows


def _words(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Name = Annotated[Text, BeforeValidator(lambda value: str(value) if type(value) is int else value)]
Scalar = Annotated[float | str, PlainValidator(_number_or_text)]
Moment = Annotated[When, PlainValidator(_when)]
Status = Annotated[str, PlainValidator(read_status)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True, frozen=True)


class CodeShape(_Shape):
    """`{"system", "code"}`; `display` is read over."""

    system: Text
    code: Name
    display: str | None = None


class _Coded(_Shape):
    name: Text | None = None
    codes: tuple[CodeShape, ...] = ()


class ReferenceShape(_Shape):
    """`{"low", "high", "unit"}`, either end open."""

    low: Annotated[float | None, Field(strict=True)] = None
    high: Annotated[float | None, Field(strict=True)] = None
    unit: Text | None = None


class MeasurementShape(_Coded):
    """`{"name", "value", "unit", "date", "reference_range"}`; the value may be `"<5"` or `"12.3 mg/dL"`."""

    value: Scalar
    unit: Text | None = None
    date: Moment | None = None
    reference_range: ReferenceShape | None = None


class ScaleShape(_Coded):
    """`{"name", "level", "date"}`."""

    level: Scalar
    date: Moment | None = None


class FindingShape(_Coded):
    """A condition, medication, procedure or allergy; `date` is both start and end of a procedure."""

    status: Status | None = None
    onset: Moment | None = None
    abatement: Moment | None = None
    start: Moment | None = None
    end: Moment | None = None
    date: Moment | None = None
    severity: Text | None = None
    qualifiers: Annotated[tuple[Text, ...], BeforeValidator(_words)] = ()


class AnswerShape(_Shape):
    """`{"trial", "criterion", "result", "by", "date"}`; `patient` only in a file of answers."""

    trial: Text
    criterion: Name
    result: Literal["pass", "fail"]
    by: Text
    date: Moment | None = None
    patient: Name | None = None


ListName = Literal["conditions", "medications", "procedures", "allergies", "states", "measurements", "scales"]
Findings = Annotated[tuple[FindingShape, ...], BeforeValidator(_entries)]


class ProfileShape(_Shape):
    """The fixed fields of a profile; every other field is a short fact and is read by its name."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False, arbitrary_types_allowed=True, frozen=True)

    id: Name | None = None
    as_of: Moment | None = None
    birth_date: Moment | None = None
    age: Scalar | None = None
    sex: Annotated[Sex | None, PlainValidator(read_sex)] = None
    race: Annotated[Race | None, PlainValidator(read_race)] = None
    measurements: tuple[MeasurementShape, ...] = ()
    scales: Annotated[tuple[ScaleShape, ...], BeforeValidator(_levels)] = ()
    conditions: Findings = ()
    medications: Findings = ()
    procedures: Findings = ()
    allergies: Findings = ()
    states: dict[Text, Status] = {}
    complete: Annotated[tuple[ListName, ...], BeforeValidator(_words)] = ()
    answers: tuple[AnswerShape, ...] = ()
