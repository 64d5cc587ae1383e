"""The published schemas take what is written and read here, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import running
from hypothesis import given
from hypothesis import strategies as st
from test_rules_as_json import leaf, nested

from eligibility.errors import InputError
from eligibility.patients.profile import shape
from eligibility.patients.read import read_patient
from eligibility.reports import as_json, rules_as_json
from eligibility.rules.rule import Bound, Duration, Rule, Window
from eligibility.schemas.schema import SCHEMAS, schema, schema_text

PROFILE = json.loads(Path(running.ROOT, "cases/patients/liver-failure.json").read_text())


@cache
def validator(of: str) -> Any:
    made = schema(of)
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


def valid(of: str, data: object) -> bool:
    return bool(validator(of).is_valid(data))


def rules_of(*trials: str) -> Iterator[Any]:
    for line in running.run("parse", *trials, "--json").stdout.splitlines():
        yield from (row["rule"] for row in json.loads(line)["criteria"])


@pytest.mark.parametrize("of", SCHEMAS)
def test_each_schema_is_printed_and_names_its_draft_and_version(of: str) -> None:
    made = json.loads(running.run("schema", of).stdout)
    assert made["$schema"].endswith("/2020-12/schema")
    assert made["$id"] == f"urn:eligibility:schema:{of}:1.0"
    assert as_json.SCHEMA_VERSION == rules_as_json.SCHEMA_VERSION == "1.0"
    assert running.run("schema", "nonsense").returncode == 2


@given(st.recursive(leaf, nested, max_leaves=8))
def test_every_rule_is_valid_and_comes_back_as_itself(rule: Rule) -> None:
    data = json.loads(json.dumps(rules_as_json.rule_to_dict(rule)))
    validator("rule").validate(data)
    assert rules_as_json.rule_from_dict(data) == rule


def test_what_parse_and_match_write_and_the_shipped_profiles_are_valid() -> None:
    rules = list(rules_of("NCT05940610", "NCT04282928"))
    lines = running.run("match", "liver-failure", "--json").stdout.splitlines()
    lines += running.run("match", "liver-failure", "NCT05940610", "--json", "--redact").stdout.splitlines()
    for rule in rules:
        validator("rule").validate(rule)
    for line in lines:
        validator("report").validate(json.loads(line))
    assert (len(rules) > 10, len(lines) > 3) == (True, True)
    validator("patient").validate(PROFILE)


def test_every_field_that_is_written_or_read_is_named_in_the_schemas() -> None:
    """A new field must not go out unannounced."""
    named = schema("rule")["$defs"]
    for kind in (*rules_as_json.KINDS.values(), Bound, Duration, Window):
        assert set(named[kind.__name__]["properties"]) == {field.name for field in fields(kind)}
    (pair,) = map(json.loads, running.run("match", "liver-failure", "NCT05940610", "--json").stdout.splitlines())
    report = schema("report")
    assert set(pair) == set(report["required"]) == set(report["properties"]) - {"registry", "redacted"}
    assert set(pair["criteria"][0]["because"][0]) == set(report["$defs"]["Fact"]["required"])
    patient = schema("patient")
    assert set(patient["properties"]) == set(shape.ProfileShape.model_fields)
    for name in ("Measurement", "Scale", "Finding", "Answer", "Code", "Reference"):
        assert set(patient["$defs"][name]["properties"]) == set(getattr(shape, f"{name}Shape").model_fields)


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"variable": "age"},
        {"kind": "nonsense"},
        {"kind": "not"},
        {"kind": "measured", "variable": "age", "colour": "red"},
        {"kind": "measured", "variable": "age", "low": {"value": "18"}},
        {"kind": "measured", "variable": "age", "span": [1]},
        {"kind": "any", "rules": [{"kind": "judgement", "text": "x"}, {"kind": "graded", "scale": 1}]},
    ],
)
def test_what_is_no_rule_is_refused(data: Any) -> None:
    assert not valid("rule", data)


def test_a_deep_rule_is_not_tried_branch_by_branch() -> None:
    """Alternatives that are all tried at each level would take exponential time."""
    data: dict[str, Any] = {"kind": "judgement", "text": "x", "wrong": 1}
    for _ in range(rules_as_json.MAX_DEPTH):
        data = {"kind": "all", "rules": [data]}
    assert not valid("rule", data)


@pytest.mark.parametrize(
    "data",
    [
        {"inr": 1.9, "age": "54 years", "total_bilirubin": ["12.3 mg/dL", {"value": 3, "date": "2025-01"}]},
        {"conditions": ["diabetes", {"name": "asthma", "status": "active"}], "complete": ["conditions"]},
        {"conditions": {"diabetes": True}, "scales": {"nyha_class": "II"}, "states": {"pregnant": None}, "id": 7},
        {"scales": {"nyha_class": [{"level": "II", "date": "2025-01-01"}]}, "complete": "states", "smoker": False},
    ],
)
def test_every_form_of_a_profile_is_valid_and_is_read(data: Any, tmp_path: Path) -> None:
    validator("patient").validate(data)
    file = tmp_path / "patient.json"
    file.write_text(json.dumps(data))
    assert read_patient(file).source == ""


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"birth_date": "1.2.1970"},
        {"sex": 1},
        {"measurements": [{"name": "inr"}]},
        {"measurements": [{"name": "inr", "value": True}]},
        {"measurements": [{"name": "inr", "value": 1, "colour": "red"}]},
        {"conditions": [{"name": "asthma", "status": "perhaps"}]},
        {"complete": ["everything"]},
        {"answers": [{"trial": "T", "criterion": "I1", "result": "maybe", "by": "x"}]},
    ],
)
def test_what_is_no_profile_is_refused_by_the_schema_and_by_the_reader(data: Any, tmp_path: Path) -> None:
    assert not valid("patient", data)
    file = tmp_path / "patient.json"
    file.write_text(json.dumps(data))
    with pytest.raises(InputError):
        read_patient(file)


def test_a_report_with_another_outcome_or_a_score_beyond_one_is_refused() -> None:
    (line,) = running.run("match", "liver-failure", "NCT05940610", "--json").stdout.splitlines()
    pair = json.loads(line)
    assert valid("report", pair | {"new": "fields are read over"})
    assert not valid("report", pair | {"outcome": "perhaps"})
    assert not valid("report", pair | {"score": 1.2})
    assert not valid("report", {key: value for key, value in pair.items() if key != "digest"})


def test_an_unknown_schema_is_none() -> None:
    with pytest.raises(KeyError):
        schema_text("../errors")
