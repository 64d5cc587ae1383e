"""Exports say what they lose, and what they say is what is judged here."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import running

import eligibility as el
from eligibility.exports.loss import GRADES, Loss
from eligibility.exports.read_terms import read_terms
from eligibility.exports.setting import Setting
from eligibility.exports.terms import FoundTerms
from eligibility.vocabulary.tables import vocabulary

TABLES = {
    "person": "person_id,gender_concept_id,year_of_birth\n1,8532,1960\n",
    "concept": (
        "concept_id,concept_name,domain_id,vocabulary_id,concept_code\n"
        "3024128,Bilirubin.total [Mass/volume] in Serum or Plasma,Measurement,LOINC,1975-2\n"
        "8840,milligram per deciliter,Unit,UCUM,mg/dL\n8749,micromole per liter,Unit,UCUM,umol/L\n"
        "317009,Asthma,Condition,SNOMED,195967001\n45567266,Asthma,Condition,ICD10CM,J45\n"
    ),
    "measurement": (
        "measurement_id,person_id,measurement_concept_id,measurement_date,value_as_number,unit_concept_id\n"
        "1,1,3024128,2025-01-01,1,8840\n2,1,3024128,2025-01-01,17,8749\n"
    ),
    "condition_occurrence": (
        "condition_occurrence_id,person_id,condition_concept_id,condition_source_concept_id,condition_start_date\n"
        "1,1,317009,45567266,2020-01-01\n2,1,0,45567266,2020-01-01\n"
    ),
}


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> FoundTerms:
    folder = tmp_path_factory.mktemp("omop")
    for name, text in TABLES.items():
        Path(folder, f"{name}.csv").write_text(text, encoding="utf-8")
    return read_terms(str(folder), vocabulary())


def book(*lines: str) -> el.Rulebook:
    """A rulebook of written rules; those that begin with "-" are exclusions."""
    texts = [
        f"{'exclusion' if line.startswith('-') else 'inclusion'} #C{n}\n| words\n{line.removeprefix('-').strip()}\n"
        for n, line in enumerate(lines, 1)
    ]
    return el.read_rulebook("trial T1\n\n" + "\n".join(texts))


def exported(line: str, terms: FoundTerms | None = None, as_of: date | None = date(2025, 3, 1)) -> tuple[Any, Loss]:
    """The expression of the one inclusion rule (None: left out), and its loss."""
    made = el.export(book(line), to="circe", setting=Setting(as_of=as_of, terms=terms))
    rules = json.loads(made.text)["InclusionRules"]
    return (rules[0]["expression"] if rules else None), made.loss.lines[0]


def test_every_criterion_has_one_line_and_the_counts_sum_to_them() -> None:
    loss = el.export(book("age >= 18 year", '-unclear "odd"', "sex in {female}"), to="circe").loss
    assert [line.criterion.id for line in loss.lines] == ["C1", "C2", "C3"]
    assert sum(loss.counts().values()) == 3
    assert tuple(loss.counts()) == GRADES


def test_without_concept_ids_nothing_that_needs_them_is_written_and_the_codes_are_told() -> None:
    made = el.export(book("total_bilirubin <= 2 mg/dL"), to="circe")
    assert json.loads(made.text)["InclusionRules"] == []
    assert made.loss.lines[0].grade == "not-expressible"
    assert ("LOINC", "1975-2") in made.loss.needed[0].codes


def test_an_age_is_weaker_but_on_the_last_day_of_a_year() -> None:
    weaker, loss = exported("age >= 18 year")
    assert loss.grade == "weaker"
    assert weaker["DemographicCriteriaList"] == [{"Age": {"Value": 18, "Op": "gte"}}]
    until, _ = exported("age <= 75 year")
    assert until["DemographicCriteriaList"] == [{"Age": {"Value": 76, "Op": "lte"}}]
    exact, loss = exported("age <= 75 year", as_of=date(2025, 12, 31))
    assert (loss.grade, loss.assuming) == ("exact-assuming", ("observed",))
    assert exact["DemographicCriteriaList"] == [{"Age": {"Value": 76, "Op": "lt"}}]


def test_a_limit_is_asked_in_every_unit_in_use(terms: FoundTerms) -> None:
    expression, loss = exported("total_bilirubin <= 2 mg/dL", terms)
    asked = [one["Criteria"]["Measurement"] for one in expression["CriteriaList"]]
    assert expression["Type"] == "ANY"
    assert [(one["Unit"][0]["CONCEPT_ID"], one["ValueAsNumber"]["Value"]) for one in asked] == [
        (8840, 2.0),
        (8749, pytest.approx(34.22, abs=0.03)),
    ]
    assert (loss.grade, loss.assuming) == ("exact-assuming", ("observed", "recorded", "single", "units", "coded"))


def test_multiples_of_the_upper_limit_are_ratios_and_exclusions_have_no_occurrence(terms: FoundTerms) -> None:
    expression, loss = exported("- total_bilirubin > 3 ULN", terms)
    (criterion,) = expression["CriteriaList"]
    assert criterion["Criteria"]["Measurement"]["RangeHighRatio"] == {"Value": 3.0, "Op": "gt"}
    assert criterion["Occurrence"] == {"Type": 0, "Count": 0, "IsDistinct": False}
    assert criterion["StartWindow"]["Start"] == {"Days": 90, "Coeff": -1}
    assert "ranges" in loss.assuming


def test_a_condition_is_met_by_standard_and_by_source_concepts(terms: FoundTerms) -> None:
    expression, loss = exported("has history of asthma", terms)
    asked = [one["Criteria"]["ConditionOccurrence"] for one in expression["CriteriaList"]]
    assert [set(one) for one in asked] == [{"ConditionSourceConcept"}, {"CodesetId"}]
    assert (loss.grade, loss.assuming) == ("exact-assuming", ("observed", "absent", "coded"))


def test_what_is_not_understood_is_left_out_only_where_that_lets_more_in(terms: FoundTerms) -> None:
    both, loss = exported('has history of asthma and unclear "odd"', terms)
    assert (both is None, loss.grade) == (False, "weaker")
    either, loss = exported('has history of asthma or unclear "odd"', terms)
    assert (either, loss.grade) == (None, "not-expressible")
    neither, loss = exported('- has history of asthma or unclear "odd"', terms)
    assert (neither is None, loss.grade) == (False, "weaker")


def test_k_of_n_counts_and_a_not_of_it_counts_the_others(terms: FoundTerms) -> None:
    rule = "at least 2 of (has history of asthma, total_bilirubin > 2 mg/dL, sex in {female})"
    assert exported(rule, terms)[0]["Count"] == 2
    assert (exported(f"- {rule}", terms)[0]["Type"], exported(f"- {rule}", terms)[0]["Count"]) == ("AT_LEAST", 2)


def test_strict_writes_nothing_unless_all_is_exact(tmp_path: Path) -> None:
    file = tmp_path / "cohort.json"
    done = running.run("export", "docs/heart.rules", "--to", "circe", "--strict", "-o", file)
    assert (done.returncode, done.stdout, file.exists()) == (1, "", False)
    assert "nothing was exported" in done.stderr
    done = running.run("export", "docs/heart.rules", "--to", "circe", "-o", file)
    assert (done.returncode, file.stat().st_mode & 0o777) == (0, 0o600)
    assert file.read_text() == running.run("export", "docs/heart.rules", "--to", "circe").stdout


def test_an_unknown_format_names_the_known_ones() -> None:
    done = running.run("export", "docs/heart.rules", "--to", "xls")
    assert done.returncode == 2
    assert "one of circe" in done.stderr
