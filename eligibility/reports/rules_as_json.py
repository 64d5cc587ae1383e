"""Rules as the stable JSON and back: the same names as in the kernel, with `kind` first.

`parse --json` prints one object per trial, as `parsed_trial` builds it; `schema_version` changes when it does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from eligibility.criteria.criterion import Criterion
from eligibility.errors import Fault, InputError
from eligibility.rules.leaves import understanding
from eligibility.rules.notation import notation
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Changed,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Unclear,
)
from eligibility.trials.trial import Trial

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA_VERSION = "1.0"
_COVERAGE = ("understood", "judgement", "partly", "unclear")
MAX_DEPTH = 64

KINDS: dict[str, type[Rule]] = {
    "measured": Measured,
    "graded": Graded,
    "changed": Changed,
    "present": Present,
    "all": AllOf,
    "any": AnyOf,
    "at_least": AtLeast,
    "not": Not,
    "judgement": Judgement,
    "unclear": Unclear,
}


def rule_to_dict(rule: Rule) -> dict[str, Any]:
    """A rule as plain JSON values, every field of it; `span` is [start, end] in the criterion's text or null."""
    return cast(dict[str, Any], _plain(rule))


def rule_from_dict(data: object, source: str = "rule") -> Rule:
    """The rule that `rule_to_dict` made this of; raises InputError naming every fault and its place."""
    faults: list[Fault] = []
    rule = _read(data, "", 0, faults)
    if rule is None or faults:
        raise InputError(source, *faults)
    return rule


def parsed_trial(trial: Trial, parsed: Iterable[tuple[Criterion, Rule]]) -> dict[str, Any]:
    """One object of `parse --json`: the trial's structured fields, its criteria with rules, and the coverage."""
    lines = list(parsed)
    return {
        "schema_version": SCHEMA_VERSION,
        "trial": {
            "id": trial.id,
            "title": trial.title,
            "status": trial.status,
            "minimum_age": trial.minimum_age,
            "maximum_age": trial.maximum_age,
            "sex": trial.sex,
            "healthy_volunteers": trial.healthy_volunteers,
        },
        "criteria": [_criterion(criterion, rule) for criterion, rule in lines],
        "coverage": coverage(rule for _, rule in lines),
        "by_name": by_name(rule for _, rule in lines),
    }


def coverage(rules: Iterable[Rule]) -> dict[str, int]:
    """How many criteria were understood, are for a person, partly understood or unclear; the four sum to the first.

    What is known by its name alone counts as partly understood.
    """
    counted = Counter[str]("partly" if kind == "by_name" else kind for kind in map(understanding, rules))
    return {"criteria": counted.total(), **{kind: counted[kind] for kind in _COVERAGE}}


def by_name(rules: Iterable[Rule]) -> int:
    """How many criteria were understood, but for things that are known by their name alone."""
    return sum(understanding(rule) == "by_name" for rule in rules)


def _criterion(criterion: Criterion, rule: Rule) -> dict[str, Any]:
    fields_ = ("id", "side", "cohort", "source", "text", "start", "end")
    return {
        **{name: getattr(criterion, name) for name in fields_},
        "notation": notation(rule),
        "rule": rule_to_dict(rule) if criterion.source != "record" else _spanless(rule_to_dict(rule)),
    }


def _spanless(value: Any) -> Any:
    """A rule made of a record's own fields: its spans point into no text of the record, so there are none."""
    if isinstance(value, dict):
        return {key: None if key == "span" else _spanless(inner) for key, inner in value.items()}
    return [_spanless(item) for item in value] if isinstance(value, list) else value


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        names = sorted((field.name for field in fields(value)), key=lambda name: name != "kind")
        return {name: _plain(getattr(value, name)) for name in names}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _read(data: object, place: str, depth: int, faults: list[Fault]) -> Rule | None:
    """One node, its children first: a union tried at every level would take exponential time on a faulty leaf."""
    from pydantic import ValidationError

    kind = data.get("kind") if isinstance(data, dict) else None
    if not isinstance(data, dict) or kind not in KINDS or depth > MAX_DEPTH:
        faults.append(_misfit(place, kind, depth))
        return None
    before = len(faults)
    node = _with_children(data, place, depth, faults)
    if len(faults) > before:
        return None
    try:
        return _adapter().validate_python(node)
    except ValidationError as error:
        name = KINDS[str(kind)].__name__
        own = [fault for fault in error.errors() if fault["loc"][0] == name]
        faults += [Fault(".".join([place, *map(str, fault["loc"][1:])]).strip("."), fault["msg"]) for fault in own]
        return None


def _misfit(place: str, kind: object, depth: int) -> Fault:
    if depth > MAX_DEPTH:
        return Fault(place, f"rules are nested more than {MAX_DEPTH} deep", "flatten the rule")
    return Fault(place, f"no rule of kind {kind!r}", f"a rule is an object whose `kind` is one of {', '.join(KINDS)}")


def _with_children(data: dict[Any, Any], place: str, depth: int, faults: list[Fault]) -> dict[Any, Any]:
    inner: dict[str, object] = {}
    if isinstance(data.get("rules"), list | tuple):
        children = enumerate(data["rules"])
        inner["rules"] = tuple(_read(rule, f"{place}.rules.{n}".strip("."), depth + 1, faults) for n, rule in children)
    if "rule" in data:
        inner["rule"] = _read(data["rule"], f"{place}.rule".strip("."), depth + 1, faults)
    return {**data, **inner}


@cache
def _adapter() -> TypeAdapter[Rule]:
    """One pydantic schema of the whole kernel; building it takes a tenth of a second, so it is built on first use."""
    from pydantic import ConfigDict, TypeAdapter

    return TypeAdapter(Rule, config=ConfigDict(extra="forbid", allow_inf_nan=False))
