"""The border of this station: what a way found in a record, checked and brought to one spelling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from eligibility.errors import Fault
from eligibility.trials.files import MAX_RECORD
from eligibility.trials.trial import Trial

STATUSES = frozenset({
    "ACTIVE_NOT_RECRUITING", "APPROVED_FOR_MARKETING", "AVAILABLE", "COMPLETED", "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING", "NO_LONGER_AVAILABLE", "RECRUITING", "SUSPENDED", "TEMPORARILY_NOT_AVAILABLE",
    "TERMINATED", "UNKNOWN", "WITHDRAWN", "WITHHELD",
})  # fmt: skip
"""The overall statuses of ClinicalTrials.gov API v2."""

AGE = re.compile(r"\d{1,3}(?:\.\d+)? ?(?:year|month|week|day|hour|minute)s?", re.I)
"""How registries print an age limit: a number and its unit."""
NO_AGE = frozenset({"", "n/a", "none", "no limit"})
_LEGACY = {"UNKNOWN_STATUS": "UNKNOWN", "NO_LONGER_RECRUITING": "ACTIVE_NOT_RECRUITING"}
_SEXES = {"all": "ALL", "both": "ALL", "female": "FEMALE", "male": "MALE", "": None}
_VOLUNTEERS = {"yes": True, "no": False, "accepts healthy volunteers": True, "true": True, "false": False, "": None}
_REMEDIES = {"id": "give the trial's registry number", "minimum_age": "write it as '18 Years'",
             "maximum_age": "write it as '65 Years'", "sex": "one of ALL, FEMALE, MALE",
             "healthy_volunteers": "true or false"}  # fmt: skip


def _id(value: object) -> object:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise ValueError("there is no trial id")
    if isinstance(value, str) and (len(value) > 100 or len(value.split()) != 1):
        raise ValueError("the trial id is not one word")
    return value.strip() if isinstance(value, str) else value


def _status(value: object) -> object:
    if not isinstance(value, str):
        return value
    word = re.sub(r"[^A-Z]+", "_", value.upper()).strip("_")
    return _LEGACY.get(word, word) or None


def _age(value: object) -> object:
    if not isinstance(value, str):
        return value
    if value.strip().lower() in NO_AGE:
        return None
    if not AGE.fullmatch(value.strip()):
        raise ValueError(f"{value.strip()[:40]!r} is not an age with its unit")
    return value.strip()


def _sex(value: object) -> object:
    return _SEXES.get(value.strip().lower(), value) if isinstance(value, str) else value


def _volunteers(value: object) -> object:
    return _VOLUNTEERS.get(value.strip().lower(), value) if isinstance(value, str) else value


def _text(value: object) -> object:
    if isinstance(value, str) and len(value) > MAX_RECORD:
        raise ValueError(f"longer than {MAX_RECORD // 1_000_000} MB")
    return "" if value is None else value


def _names(value: object) -> object:
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(value) if isinstance(value, list) else (value or ())


Text = Annotated[str, BeforeValidator(_text)]
Age = Annotated[str | None, BeforeValidator(_age)]


class Record(BaseModel):
    """The fields of a `Trial` as a registry gives them; anything else in the record is none of our business."""

    model_config = ConfigDict(strict=True, extra="ignore")

    id: Annotated[str, BeforeValidator(_id)] = ""
    title: Text = ""
    status: Annotated[str | None, BeforeValidator(_status)] = None
    minimum_age: Age = None
    maximum_age: Age = None
    sex: Annotated[Literal["ALL", "FEMALE", "MALE"] | None, BeforeValidator(_sex)] = None
    healthy_volunteers: Annotated[bool | None, BeforeValidator(_volunteers)] = None
    criteria: Text = ""
    description: Text = ""
    conditions: Annotated[tuple[str, ...], BeforeValidator(_names)] = ()


def trial_or_faults(fields: Mapping[str, object], place: str, source: str) -> Iterator[Trial | Fault]:
    """Yield the trial these fields describe, or every fault in them, each named by `place` and field."""
    try:
        record = Record.model_validate({"id": None, **fields})
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            yield _fault(detail, place)
    else:
        yield Trial(**dict(record), source=source)


def _fault(detail: Any, place: str) -> Fault:
    field = ".".join(map(str, detail["loc"]))
    problem = detail["msg"].removeprefix("Value error, ")
    where = f"{place}, {field}" if place else field
    return Fault(where, problem, _REMEDIES.get(detail["loc"][0], ""))
