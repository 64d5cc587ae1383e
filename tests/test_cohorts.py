"""Cohort definitions of Circe become rulebooks; what is not understood of them stays and is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import running

import eligibility as el
from eligibility.cohorts.from_circe import from_circe
from eligibility.vocabulary.tables import vocabulary

CONCEPTS = {
    0: ("Bilirubin", "LOINC", "1975-2"),
    1: ("Asthma", "SNOMED", "195967001"),
    2: ("Cholecystectomy", "SNOMED", "38102005"),
    3: ("No such thing", "SNOMED", "1"),
}
EVER = {"Start": {"Coeff": -1}, "End": {"Days": 0, "Coeff": 1}}
HALF_YEAR = {"Start": {"Days": 180, "Coeff": -1}, "End": {"Days": 0, "Coeff": 1}}
AT_LEAST_ONE, NONE = {"Type": 2, "Count": 1}, {"Type": 0, "Count": 0}
ASTHMA: dict[str, Any] = {"ConditionOccurrence": {"CodesetId": 1}}
PERIOD: list[Any] = [{"ObservationPeriod": {}}]


def definition(*expressions: dict[str, Any], primary: list[Any] = PERIOD) -> dict[str, Any]:
    sets = [
        {
            "id": id,
            "name": name,
            "expression": {
                "items": [{"concept": {"CONCEPT_NAME": name, "VOCABULARY_ID": system, "CONCEPT_CODE": code}}]
            },
        }
        for id, (name, system, code) in CONCEPTS.items()
    ]
    return {
        "Title": "COHORT-1 made up",
        "PrimaryCriteria": {"CriteriaList": primary},
        "ConceptSets": sets,
        "InclusionRules": [{"name": f"rule {n}", "expression": one} for n, one in enumerate(expressions)],
    }


def event(criteria: dict[str, Any], window: dict[str, Any], occurrence: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Criteria": criteria, "StartWindow": window, "Occurrence": occurrence, **more}


def all_of(*criteria: dict[str, Any], type: str = "ALL", **more: Any) -> dict[str, Any]:
    return {"Type": type, "CriteriaList": list(criteria), **more}


def read(*expressions: dict[str, Any], primary: list[Any] = PERIOD) -> list[str]:
    book = from_circe(definition(*expressions, primary=primary), "cohort", vocabulary())
    return [el.notation(line.rule) for line in book.lines]


def measurement(**asked: Any) -> dict[str, Any]:
    return {"Measurement": {"CodesetId": 0, **asked}}


MILLIGRAMS = [{"CONCEPT_ID": 8840, "CONCEPT_CODE": "mg/dL"}]


@pytest.mark.parametrize(
    ("criterion", "means"),
    [
        (event(ASTHMA, EVER, AT_LEAST_ONE), "has history of asthma"),
        (event(ASTHMA, EVER, NONE), "not has history of asthma"),
        (
            event(measurement(RangeHighRatio={"Value": 3, "Op": "gt"}), HALF_YEAR, AT_LEAST_ONE),
            "any value of total_bilirubin > 3 ULN within 180 day before screening",
        ),
        (
            event(measurement(ValueAsNumber={"Value": 1, "Extent": 2, "Op": "bt"}, Unit=MILLIGRAMS), HALF_YEAR, NONE),
            "not any value of total_bilirubin 1 mg/dL .. 2 mg/dL within 180 day before screening",
        ),
        (
            event({"ProcedureOccurrence": {"CodesetId": 2}}, HALF_YEAR, AT_LEAST_ONE),
            "underwent cholecystectomy within 180 day before screening",
        ),
    ],
)
def test_what_circe_asks_is_read_as_the_rule_that_asks_the_same(criterion: dict[str, Any], means: str) -> None:
    (written,) = read(all_of(criterion))
    assert el.read_rule(written) == el.read_rule(means)


@pytest.mark.parametrize(
    "criterion",
    [
        event(ASTHMA, HALF_YEAR, AT_LEAST_ONE),  # one that began earlier and ended in the window is none
        event(ASTHMA, EVER, {"Type": 2, "Count": 2}),
        event(ASTHMA, EVER, {"Type": 2, "Count": 1, "IsDistinct": True}),
        event(ASTHMA, {"Start": {"Coeff": -1}, "End": {"Days": 30, "Coeff": 1}}, AT_LEAST_ONE),
        event(ASTHMA, EVER, AT_LEAST_ONE, RestrictVisit=True),
        event({"ConditionOccurrence": {"CodesetId": 1, "First": True}}, EVER, AT_LEAST_ONE),
        event({"ConditionOccurrence": {"CodesetId": 3}}, EVER, AT_LEAST_ONE),
        event({"ConditionOccurrence": {"CodesetId": 99}}, EVER, AT_LEAST_ONE),
        event({"ConditionOccurrence": {}}, EVER, AT_LEAST_ONE),
        event({"Death": {}}, EVER, AT_LEAST_ONE),
        event(measurement(ValueAsNumber={"Value": 1, "Op": "gt"}), HALF_YEAR, AT_LEAST_ONE),  # no unit
        event(measurement(Abnormal=True), HALF_YEAR, AT_LEAST_ONE),
        event(measurement(ValueAsNumber={"Value": True, "Op": "gt"}, Unit=MILLIGRAMS), HALF_YEAR, AT_LEAST_ONE),
        {"Criteria": None},
    ],
)
def test_what_is_not_understood_is_unclear_and_says_why(criterion: dict[str, Any]) -> None:
    book = from_circe(definition(all_of(criterion)), "cohort", vocabulary())
    (line,) = book.lines
    assert isinstance(line.rule, el.Rule)
    assert line.rule.kind == "unclear"
    assert line.rule.reason


def test_a_set_without_what_is_below_its_concepts_is_not_the_whole_word() -> None:
    given = definition(all_of(event(ASTHMA, EVER, AT_LEAST_ONE)))
    given["ConceptSets"][1]["name"] = "only this one"
    assert from_circe(given, "cohort", vocabulary()).lines[0].rule.kind == "unclear"
    given["ConceptSets"][1]["expression"]["items"][0]["includeDescendants"] = True
    assert el.notation(from_circe(given, "cohort", vocabulary()).lines[0].rule) == "has history of asthma"


def test_groups_join_and_count() -> None:
    one, other = event(ASTHMA, EVER, AT_LEAST_ONE), event({"ProcedureOccurrence": {"CodesetId": 2}}, EVER, AT_LEAST_ONE)
    two = read(all_of(one, other, type="AT_LEAST", Count=2), all_of(one, other, type="AT_MOST", Count=1))
    asthma, surgery = "has history of asthma", "underwent cholecystectomy"
    assert [el.read_rule(text) for text in two] == [
        el.read_rule(f"at least 2 of ({asthma}, {surgery})"),
        el.read_rule(f"not at least 2 of ({asthma}, {surgery})"),
    ]
    counted = all_of(one, one, type="AT_LEAST", Count=2)  # where a group counts, every criterion counts
    assert read(counted) == [f"at least 2 of ({asthma}, {asthma})"]


def test_a_window_that_counts_from_an_event_of_entry_is_unclear() -> None:
    limit = event(measurement(RangeHighRatio={"Value": 3, "Op": "gt"}), HALF_YEAR, AT_LEAST_ONE)
    entry, timed, untimed = read(all_of(limit), all_of(event(ASTHMA, EVER, NONE)), primary=[ASTHMA])
    assert entry == "has history of asthma"
    assert timed.startswith("unclear")
    assert untimed == "not has history of asthma"


def test_ages_and_genders() -> None:
    age: dict[str, Any] = {
        "DemographicCriteriaList": [{"Age": {"Value": 18, "Op": "gt"}, "Gender": [{"CONCEPT_ID": 8532}]}]
    }
    assert read(all_of(**age)) == ["age >= 19 year and sex in {female}"]


def test_every_verb_takes_a_cohort_definition_for_a_trial(tmp_path: Path) -> None:
    file = tmp_path / "cohort.json"
    file.write_text(json.dumps(definition(all_of(event(ASTHMA, EVER, NONE)))), encoding="utf-8")
    parsed = running.run("parse", file, "--rulebook")
    assert parsed.returncode == 0
    assert "trial COHORT-1" in parsed.stdout
    assert "not has history of asthma" in parsed.stdout
    judged = running.run("match", "cases/patients/liver-failure.json", file, "--json")
    assert json.loads(judged.stdout)["trial"] == "COHORT-1"


def test_an_export_read_back_is_the_same_rule_where_it_is_exact(tmp_path: Path) -> None:
    file = tmp_path / "cohort.json"
    running.run("export", "docs/heart.rules", "--to", "circe", "--as-of", "2025-12-31", "-o", file)
    text = running.run("parse", file, "--rulebook").stdout
    assert "| Age 18 to 75 years\nage >= 18 year and age < 76 year" in text


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"PrimaryCriteria": 1, "ConceptSets": 2, "Title": "\\ud800", "CensorWindow": 3}',
        '{"PrimaryCriteria": 1, "ConceptSets": 2, "InclusionRules": [1, {}]}',
    ],
)
def test_bad_files_end_in_a_message(tmp_path: Path, text: str) -> None:
    file = tmp_path / "cohort.json"
    file.write_text(text, encoding="utf-8")
    done = running.run("parse", file)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr
