"""The adapter of the reading benchmark: what `parse --json` says, as the rows a scorer compares."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from eligibility.criteria.criterion import Criterion
from eligibility.reports.rules_as_json import parsed_trial
from eligibility.rules.notation import read_rule
from eligibility.trials.trial import Trial

ADAPTER = Path(__file__).parent / "benchmarks" / "gold_rows.py"
TEXT = "twenty letters words"


def rows(*parsed: dict[str, Any]) -> list[dict[str, Any]]:
    lines = "".join(f"{json.dumps(one)}\n" for one in parsed)
    done = subprocess.run([sys.executable, str(ADAPTER)], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def parsed(written: str, source: str = "text") -> dict[str, Any]:
    criterion = Criterion("I1", "inclusion", TEXT, source, 100, 120)  # type: ignore[arg-type]  # one of the three
    return json.loads(json.dumps(parsed_trial(Trial("NCT00000001"), [(criterion, read_rule(written))])))  # type: ignore[no-any-return]


def bounds(*parsed: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(row["variable"], row["op"], row["value"], row["unit"]) for row in rows(*parsed)]


def test_every_bound_is_a_row_with_the_unit_as_the_scorer_writes_it() -> None:
    assert bounds(parsed("age 18 year .. < 65 year")) == [("age", ">=", 18.0, "a"), ("age", "<", 65.0, "a")]
    assert bounds(parsed("bmi = 30 kg/m2")) == [("bmi", "=", 30.0, "kg/m2")]
    assert bounds(parsed("nyha_class in {III, IV}")) == [("nyha_class", "in", ["III", "IV"], None)]


def test_logic_is_walked_through_and_what_is_no_bound_is_left_out() -> None:
    written = "not (alt > 3 ULN or at least 1 of (inr > 1.5, has asthma)) and sex in {female} and increase of inr > 1"
    assert bounds(parsed(written)) == [("alt", ">", 3.0, "ULN"), ("inr", ">", 1.5, None)]


def test_a_row_has_its_place_in_the_criteria_text() -> None:
    one = parsed("inr > 1.5")
    one["criteria"][0]["rule"]["span"] = [7, 14]
    assert rows(one) == [
        {
            **{"nct_id": "NCT00000001", "section": "inc", "text": TEXT, "start": 107, "end": 114},
            **{"variable": "inr", "op": ">", "value": 1.5, "unit": None, "decides": True},
        }
    ]
    assert rows(parsed("age > 18 year", source="record")) == []


def test_bounds_read_inside_what_is_unclear_are_marked() -> None:
    one = parsed('unclear "words" and inr > 1.5')
    whole = one["criteria"][0]["rule"]
    whole["rules"][0]["rules"] = [parsed("alt > 3 ULN")["criteria"][0]["rule"]]
    assert [(row["variable"], row["decides"]) for row in rows(one)] == [("alt", False), ("inr", True)]
