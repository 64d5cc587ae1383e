"""What is wrong with the shape of a profile or an answer, in plain words; and the rest of it, to be read still."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault
from eligibility.patients.places import inside

if TYPE_CHECKING:
    from pydantic import ValidationError

_FINDING = '{"name": "asthma", "status": "active", "onset": "2019-05"}'
EXAMPLES: dict[str, str] = {
    "measurements": '[{"name": "inr", "value": 1.9, "date": "2025-02-26"}]',
    "scales": '[{"name": "nyha_class", "level": "II", "date": "2025-02-26"}]',
    "conditions": f"[{_FINDING}]",
    "medications": '[{"name": "heparin", "start": "2025-01-01"}]',
    "procedures": '[{"name": "liver transplantation", "date": "2024-11-02"}]',
    "allergies": '[{"name": "heparin"}]',
    "states": '{"pregnant": false}',
    "complete": '["conditions", "allergies"]',
    "answers": '[{"trial": "NCT…", "criterion": "I1", "result": "pass", "by": "A. Nurse", "date": "2025-03-01"}]',
    "codes": '[{"system": "LOINC", "code": "1975-2"}]',
    "qualifiers": '["severe"]',
    "reference_range": '{"low": 0.2, "high": 1.2, "unit": "mg/dL"}',
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "measurements": ("name", "codes", "value", "unit", "date", "reference_range"),
    "scales": ("name", "codes", "level", "date"),
    "answers": ("trial", "criterion", "result", "by", "date", "patient"),
    "codes": ("system", "code", "display"),
    "reference_range": ("low", "high", "unit"),
}
_FINDING_FIELDS = ("name", "codes", "status", "onset", "abatement", "start", "end", "date", "severity", "qualifiers")
_PROBLEMS: dict[str, tuple[str, str]] = {
    "missing": ("is missing", "add it"),
    "string_type": ("is not text", "write it in quotes"),
    "string_too_short": ("is empty", "write something, or take the field out"),
    "string_too_long": ("is longer than 500 characters", "shorten it"),
    "tuple_type": ("is not a list", "write it in [ ]"),
    "dict_type": ("is not an object", "write it in { }"),
    "model_type": ("is not an object", "write it in { }"),
    "float_type": ("is not a number", "write a number without quotes"),
    "finite_number": ("NaN and infinity are no values", "leave the field out"),
}
_STAND_INS: dict[str, dict[str, Any]] = {
    "measurements": {"name": "?", "value": 0},
    "scales": {"name": "?", "level": 0},
    "answers": {"trial": "?", "criterion": "?", "result": "pass", "by": "?"},
}


def faults_of(error: ValidationError, place: str, within: str = "") -> list[Fault]:
    """Every fault a pydantic model found, each with its place (`measurements[2].value`).

    `within` is the list that the model is a row of, when it was read by itself.
    """
    return [_fault(detail, place, within) for detail in error.errors(include_url=False, include_input=False)]


def _fault(detail: Any, place: str, within: str) -> Fault:
    return Fault(inside(place, *detail["loc"]), *problem_of(detail, within))


def problem_of(detail: Any, within: str = "") -> tuple[str, str]:
    """What a person must know of one entry of pydantic's list: the problem and the remedy."""
    named = [step for step in (within, *detail["loc"]) if isinstance(step, str) and step]
    field = named[-1] if named else ""
    kind = detail["type"]
    if kind == "value_error":
        problem, _, remedy = detail["msg"].removeprefix("Value error, ").partition("; ")
        return problem, remedy or "correct the value"
    if kind == "extra_forbidden":
        return "no such field", _nearest(field, named[-2] if len(named) > 1 else "")
    if kind == "literal_error":
        return "is not a word that may stand here", f"write one of {_expected(detail)}"
    problem, remedy = _PROBLEMS.get(kind, ("cannot be read", "correct the value"))
    return problem, f"for example {EXAMPLES[field]}" if field in EXAMPLES and kind.endswith("_type") else remedy


def _expected(detail: Any) -> str:
    return str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")


def _nearest(field: str, owner: str) -> str:
    known = _FIELDS.get(owner, _FINDING_FIELDS)
    near = get_close_matches(field, known, 1)
    return f"did you mean {near[0]}?" if near else f"the fields are {', '.join(known)}"


def without(data: Mapping[str, Any], error: ValidationError) -> dict[str, Any]:
    """The profile without what the model refused, so that the values of the rest can be read.

    A refused row gives way to one that says nothing, so that the others keep their number.
    """
    rest = dict(data)
    for loc in (detail["loc"] for detail in error.errors(include_url=False, include_input=False)):
        field = str(loc[0]) if loc else ""
        if field in rest:
            _drop(rest, field, loc[1:])
    return rest


def _drop(rest: dict[str, Any], field: str, steps: tuple[int | str, ...]) -> None:
    value = rest[field]
    if steps and isinstance(value, list) and isinstance(steps[0], int) and field != "complete":
        stand_in = _STAND_INS.get(field, {"name": "?"})
        rest[field] = [stand_in if index == steps[0] else row for index, row in enumerate(value)]
    elif field == "states" and isinstance(value, dict) and steps:
        rest[field] = {name: status for name, status in value.items() if name != steps[0]}
    else:
        del rest[field]


def refused(error: ValidationError) -> Iterable[str]:
    """The fields of the profile in which something was refused."""
    return {str(detail["loc"][0]) for detail in error.errors(include_url=False, include_input=False) if detail["loc"]}
