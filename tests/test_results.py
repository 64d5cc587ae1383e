"""Results of tests that are negative or positive: as records have them, and what one test says of another."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from eligibility.errors import TableError
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import Patient
from eligibility.patients.read import read_patient
from eligibility.rules.notation import read_rule
from eligibility.verdicts.judge import judge
from eligibility.vocabulary.results import as_result
from eligibility.vocabulary.tables import vocabulary

LOINC = "http://loinc.org"
DAY = "2024-06-15"


def truth(rule: str, patient: Patient) -> str:
    return judge(read_rule(rule), patient).truth


def of_fhir(folder: Path, *observations: dict[str, Any], gender: str = "female") -> Patient:
    """A patient of a FHIR bundle with these observations."""
    person = {"resourceType": "Patient", "id": "p1", "gender": gender, "birthDate": "1980-05-20"}
    rows = [
        {"resourceType": "Observation", "status": "final", "subject": {"reference": "Patient/p1"}}
        | {"effectiveDateTime": DAY}
        | row
        for row in observations
    ]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in (person, *rows)]}
    path = folder / "patient.json"
    path.write_text(json.dumps(bundle))
    return read_patient(path)


def coded(code: str, answer: dict[str, Any]) -> dict[str, Any]:
    return {"code": {"coding": [{"system": LOINC, "code": code}]}, "valueCodeableConcept": answer}


@pytest.mark.parametrize(
    ("code", "answer", "rule"),
    [
        ("85319-2", {"coding": [{"code": "10828004", "display": "Positive (qualifier value)"}]}, "her2_status"),
        ("48676-1", {"text": "Positive"}, "her2_status"),
        ("85337-4", {"coding": [{"code": "LA6576-8", "display": "Positive"}]}, "estrogen_receptor"),
        ("40557-1", {"coding": [{"code": "10828004"}]}, "hormone_receptor"),
        ("62862-8", {"text": "MSI-H"}, "mmr_deficiency"),
        ("94531-1", {"coding": [{"code": "260373001", "display": "Detected (qualifier value)"}]}, "sars_cov_2_test"),
        ("2106-3", {"text": "positive"}, "urine_pregnancy_test"),
        ("2106-3", {"text": "positive"}, "pregnancy_test"),
    ],
)
def test_a_coded_result_of_fhir_decides(tmp_path: Path, code: str, answer: dict[str, Any], rule: str) -> None:
    patient = of_fhir(tmp_path, coded(code, answer))
    assert truth(f"{rule} in {{positive}}", patient) == "met"
    assert truth(f"{rule} in {{negative}}", patient) == "not_met"


@pytest.mark.parametrize("answer", ["Not detected (qualifier value)", "260415000", "Negative"])
def test_what_was_not_found_is_negative(tmp_path: Path, answer: str) -> None:
    patient = of_fhir(tmp_path, coded("94531-1", {"coding": [{"code": answer, "display": answer}]}))
    assert truth("sars_cov_2_test in {negative}", patient) == "met"
    assert truth('has "covid_19"', patient) == "unknown", "that one test finds nothing rules no infection out"


def test_a_test_without_a_code_is_met_by_its_name_and_an_answer_that_is_none_of_both_decides_nothing(
    tmp_path: Path,
) -> None:
    named = {"code": {"text": "HBsAg"}, "valueString": "Non-reactive"}
    assert truth("hbsag in {negative}", of_fhir(tmp_path, named)) == "met"
    odd = {"code": {"text": "HBsAg"}, "valueString": "haemolysed"}
    assert truth("hbsag in {negative}", of_fhir(tmp_path, odd)) == "unknown"
    unsure = {"code": {"text": "HBsAg"}, "valueString": "Equivocal"}
    assert truth("hbsag in {negative}", of_fhir(tmp_path, unsure)) == "not_met"
    assert truth("hbsag in {positive}", of_fhir(tmp_path, unsure)) == "not_met"


def test_no_man_is_asked_for_a_pregnancy_test(tmp_path: Path) -> None:
    assert truth("pregnancy_test in {negative}", of_fhir(tmp_path, gender="male")) == "met"
    assert truth("pregnancy_test in {negative}", of_fhir(tmp_path)) == "unknown"


def of_profile(**fields: Any) -> Patient:
    return profile({"id": "p", "as_of": DAY} | fields, file="patient.json", vocabulary=vocabulary())


def test_a_positive_test_is_seen_on_its_day_and_holds_no_longer_than_others() -> None:
    rows = [{"name": "hbsag", "level": "positive", "date": "2019-06-01"}]
    assert truth("has hepatitis b", of_profile(scales=rows)) == "unknown"
    assert truth("has hepatitis b", of_profile(scales=[rows[0] | {"date": "2024-06-01"}])) == "met"


def test_a_gene_of_a_tumour_counts_whenever_it_was_found() -> None:
    rows = [{"name": "braf_v600e_mutation", "level": "mutated", "date": "2009-06-01"}]
    assert truth("braf_mutation in {positive}", of_profile(scales=rows)) == "met"
    assert truth("hbsag in {positive}", of_profile(scales=[rows[0] | {"name": "hbsag", "level": "pos"}])) == "unknown"


def test_a_newer_result_goes_before_what_a_list_of_diseases_says() -> None:
    rows = [{"name": "hbsag", "level": "negative", "date": "2024-06-01"}]
    assert truth("hbsag in {positive}", of_profile(conditions=["chronic hepatitis B"])) == "met"
    assert truth("hbsag in {positive}", of_profile(conditions=["chronic hepatitis B"], scales=rows)) == "not_met"


def test_who_is_surely_not_of_childbearing_potential() -> None:
    for fields in ({"states": {"post-menopausal": True}}, {"procedures": ["hysterectomy"]}, {"sex": "male"}):
        assert truth("is childbearing potential", of_profile(**fields)) == "not_met", fields
    both = of_profile(states={"post-menopausal": True, "childbearing potential": True})
    assert truth("is childbearing potential", both) == "met", "what is recorded itself goes before what follows"
    assert truth("is childbearing potential", of_profile(sex="female")) == "unknown"
    assert truth("is smoker", of_profile(states={"never smoker": True})) == "not_met"


def test_a_result_of_omop_decides_by_its_value_concept(tmp_path: Path) -> None:
    """HER2 by immune stain, with the answer as a concept, as in the public data sets of OHDSI."""
    tables: dict[str, list[dict[str, Any]]] = {
        "person": [{"person_id": 1, "gender_concept_id": 8532, "year_of_birth": 1970}],
        "concept": [
            row(
                "36203114",
                "HER2 [Presence] in Breast cancer specimen by Immune stain",
                "Measurement",
                "LOINC",
                "85319-2",
            ),
            row("9191", "Positive", "Meas Value", "SNOMED", "10828004"),
        ],
        "measurement": [
            {"measurement_id": 1, "person_id": 1, "measurement_concept_id": 36203114, "measurement_date": DAY}
            | {"value_as_concept_id": 9191}
        ],
    }
    for name, rows in tables.items():
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    patient = read_patient(tmp_path)
    assert truth("her2_status in {positive}", patient) == "met"


def row(id: str, name: str, domain: str, system: str, code: str) -> dict[str, Any]:
    return {
        "concept_id": id, "concept_name": name, "domain_id": domain, "vocabulary_id": system, "concept_class_id": "",
        "standard_concept": "S", "concept_code": code, "valid_start_date": "1970-01-01",
        "valid_end_date": "2099-12-31", "invalid_reason": "",
    }  # fmt: skip


def test_every_result_has_the_same_levels_and_is_of_something_that_stands_in_the_tables() -> None:
    words = vocabulary().words
    results = [word for word in words.values() if word.result]
    assert len(results) > 40
    for word in results:
        assert [level.value for level in word.levels] == ["negative", "indeterminate", "positive"], word.key
        assert not word.of or words[word.of].kind in ("condition", "state")
        assert word.of or not (word.shows or word.rules_out or word.shown_by), word.key


def test_further_names_of_a_level_stand_in_the_row() -> None:
    made = as_result({"label": "X", "names": {"negative": ["wild type"]}})
    assert "wild type" in made["levels"][0]["aliases"]
    assert "names" not in made


def test_a_test_of_what_is_not_in_the_tables_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text('[x_test]\nlabel = "X"\nkind = "scale"\nresult = true\nof = "x"\n')
    with pytest.raises(TableError, match="which is not a word"):
        vocabulary(path)
