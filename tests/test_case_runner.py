"""The case runner itself: a wrong case must fail, whatever is wrong about it, and say what."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from eligibility.case_files import TrialCase, accept_means, read_cases, read_trial_case
from eligibility.cases import CaseResult, accept_case, find_cases, run_case, run_cases
from eligibility.errors import InputError

GOOD = """
# a comment that stays
[[case]]
says    = ["Age ≥ 18 years", "Age at least 18 years"]
means   = "age >= 18 year"
met     = [{ age = "18 years" }]
not_met = [{ age = "17 years" }]
unknown = [{}, { reason = "missing" }]

[[case]]
says    = ["Purple monkey dishwasher 12"]
means   = "unclear"
"""


def results(folder: Path, text: str) -> list[CaseResult]:
    (folder / "age.toml").write_text(text, encoding="utf-8")
    return run_cases(root=folder)


def differences(folder: Path, text: str) -> str:
    return "\n".join(line for result in results(folder, text) for line in result.differences)


def test_right_cases_pass(tmp_path: Path) -> None:
    """Otherwise the failures below would prove nothing."""
    assert [result.differences for result in results(tmp_path, GOOD)] == [(), ()]


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("Age at least 18 years", "Age at least 19 years", "means age >= 19 year"),
        ('means   = "age >= 18 year"', 'means   = "age > 18 year"', "and not age > 18 year"),
        ('means   = "age >= 18 year"', 'means   = "age  >=  18 year"', "prints back as"),
        ('means   = "age >= 18 year"', 'means   = "age is at least 18"', "cannot be read"),
        ('means   = "age >= 18 year"', 'means   = "unclear"', "must be unclear"),
        ("Purple monkey dishwasher 12", "Age ≥ 18 years", "must be unclear"),
        ('means   = "unclear"', 'means   = "unclear"\nreason = "no such reason"', "must be unclear for"),
        ('{ age = "18 years" }', '{ age = "16 years" }', "is not_met by tree, not met"),
        ('{ age = "17 years" }', '{ age = "18 years" }', "is met by tree, not not_met"),
        ('{ age = "17 years" }', "{}", "is unknown by tree, not not_met"),
        ("unknown = [{}", 'unknown = [{ age = "30 years" }', "is met by tree, not unknown"),
        ('reason = "missing"', 'reason = "stale"', "without the reason stale"),
    ],
)
def test_each_kind_of_wrongness_is_told(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    """A wording, a meaning, its spelling, a patient, a reason."""
    assert right in GOOD
    assert told in differences(tmp_path, GOOD.replace(right, wrong))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "case"),
        ("[[case]]\nmeans = 'x'\n", "says"),
        ("[[case]]\nsays = []\nmeans = 'x'\n", "says"),
        ("[[case]]\nsays = ['x']\n", "means"),
        ("[[case]]\nsays = ['x']\nmeans = 'x'\nmett = []\n", "mett"),
        ("[[case]]\nsays = ['x']\nmeans = 'x'\nside = 'left'\n", "side"),
        ("[[case]\n", "age.toml"),
    ],
)
def test_a_case_file_that_says_nothing_or_something_unknown_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """A misspelt `not_met` must not silently check nobody."""
    (tmp_path / "age.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        find_cases(root=tmp_path)


def test_a_patient_row_that_cannot_be_read_is_an_error_and_not_an_unknown(tmp_path: Path) -> None:
    """A misspelt fact name or unit would else pass as `unknown`."""
    with pytest.raises(InputError):
        results(tmp_path, GOOD.replace("unknown = [{}", 'unknown = [{ age = "12 parsecs" }'))


def test_accept_rewrites_only_the_means_of_its_own_case(tmp_path: Path) -> None:
    """Every other character of the file stays."""
    file = tmp_path / "age.toml"
    wrong = GOOD.replace("age >= 18 year", "age >= 21 year").replace('means   = "age', 'means = "age')
    file.write_text(wrong, encoding="utf-8")
    renewed = accept_case(run_case(read_cases(file, tmp_path)[0]))
    assert renewed is not None
    assert run_case(renewed).differences == ()
    assert file.read_text(encoding="utf-8") == wrong.replace("21", "18")


def test_accept_does_not_choose_between_wordings_that_disagree(tmp_path: Path) -> None:
    """One of them is misread, and a machine cannot say which."""
    file = tmp_path / "age.toml"
    text = GOOD.replace("Age at least 18 years", "Age at least 19 years")
    file.write_text(text, encoding="utf-8")
    assert accept_case(run_case(read_cases(file, tmp_path)[0])) is None
    assert file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("meaning", ["age >= 1 year", 'unclear "6 )7."', 'it\'s "both" \\ here', "tab\there", "a\\b"])
def test_accept_writes_toml_that_reads_back(tmp_path: Path, meaning: str) -> None:
    """Quotes, backslashes and control signs of source words included."""
    file = tmp_path / "x.toml"
    file.write_text('[[case]]\nsays = ["x"]\nmeans = "?"\n', encoding="utf-8")
    accept_means(file, {1: meaning})
    assert read_cases(file, tmp_path)[0].means == meaning


def test_the_pattern_finds_by_name_by_wording_and_by_path(tmp_path: Path) -> None:
    """One case or many, shipped or not."""
    (tmp_path / "age.toml").write_text(GOOD, encoding="utf-8")
    names = [case.name for case in find_cases("AT LEAST 18", root=tmp_path)]
    assert names == ["age.toml:1"]
    assert len(find_cases("age*:2", root=tmp_path)) == 1
    assert len(find_cases(str(tmp_path / "age.toml"))) == 2
    assert find_cases("no such words", root=tmp_path) == []


STUDY = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"},
        "eligibilityModule": {
            "eligibilityCriteria": "Inclusion Criteria:\n\n* Age ≥ 18 years\n* BMI ≥ 20 kg/m2\n\nExclusion Criteria:\n\n* INR > 2\n"
        },
    }
}
OUTCOMES = """
[patient."fit.json"]
outcome = "eligible"
score = 1.0
[patient."fit.json".criteria]
I1 = "pass"
E1 = "pass"

[patient."unmeasured.json"]
outcome = "undetermined"
[patient."unmeasured.json".criteria]
I2 = { result = "unresolved", missing = ["bmi: missing"] }

[patient."young.json"]
outcome = "ineligible"
[patient."young.json".criteria]
I1 = "fail"
"""
PATIENTS = {
    "fit": {"age": "40 years", "bmi": "24 kg/m2", "inr": 1.1},
    "unmeasured": {"age": "40 years", "inr": 1.1},
    "young": {"age": "12 years", "bmi": "24 kg/m2", "inr": 1.1},
}


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """A whole trial as it should be, to be damaged; one of its patients stands with the common ones."""
    folder = tmp_path / "trials" / "NCT00000001"
    (folder / "patients").mkdir(parents=True)
    (tmp_path / "patients").mkdir()
    (folder / "record.json").write_text(json.dumps(STUDY), encoding="utf-8")
    (folder / "outcomes.toml").write_text(OUTCOMES, encoding="utf-8")
    for key, profile in PATIENTS.items():
        place = tmp_path if key == "young" else folder
        (place / "patients" / f"{key}.json").write_text(json.dumps({"id": key, **profile}), encoding="utf-8")
    accept_case(run_case(read_trial_case(folder, tmp_path)))
    return folder


def told(folder: Path) -> str:
    case = read_trial_case(folder, folder.parent.parent)
    assert isinstance(case, TrialCase)
    return "\n".join(run_case(case).differences)


def test_a_right_trial_passes_whole(trial: Path) -> None:
    """The trial is sound before it is damaged."""
    assert told(trial) == ""
    assert [case.name for case in find_cases(root=trial.parent.parent)] == ["trials/NCT00000001"]


def test_a_rulebook_that_differs_is_told_line_by_line(trial: Path) -> None:
    """An age limit is changed, then the file is taken away."""
    rules = trial / "expected.rules"
    text = rules.read_text(encoding="utf-8")
    assert "age >= 18 year" in text
    rules.write_text(text.replace("18 year\n", "19 year\n"), encoding="utf-8")
    assert "-age >= 19 year\n    +age >= 18 year" in told(trial)
    (trial / "outcomes.toml").unlink()
    shutil.rmtree(trial / "patients")
    rules.unlink()
    assert len(find_cases(root=trial.parent.parent)) == 1, "a record alone is a case, and fails"
    assert "no expected.rules" in told(trial)


@pytest.mark.parametrize(
    ("right", "wrong", "difference"),
    [
        ('outcome = "eligible"', 'outcome = "undetermined"', "fit.json: outcome is eligible, not undetermined"),
        ("score = 1.0", "score = 0.5", "fit.json: score is 1.0000, not 0.5000"),
        ("score = 1.0", 'cohort = "twins"', "fit.json: cohort is None, not twins"),
        ('E1 = "pass"', 'E1 = "fail"', "fit.json: criterion E1 is pass, not fail"),
        ('E1 = "pass"', 'E7 = "pass"', "fit.json: criterion E7 does not exist"),
        ("bmi: missing", "bmi: stale", "criterion I2 lacks ['bmi: missing'], not ['bmi: stale']"),
        ('["bmi: missing"]', "[]", "criterion I2 lacks ['bmi: missing'], not []"),
        ('I1 = "fail"', 'I1 = "not_applicable"', "young.json: criterion I1 is fail, not not_applicable"),
    ],
)
def test_each_wrong_expectation_of_a_patient_is_told(trial: Path, right: str, wrong: str, difference: str) -> None:
    """Outcome, score, cohort, result, criterion, gap: each on its own, by the patient's file."""
    assert right in OUTCOMES
    (trial / "outcomes.toml").write_text(OUTCOMES.replace(right, wrong), encoding="utf-8")
    assert difference in told(trial)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('outcome = "eligible"', 'outcome = "maybe"'),
        ('outcome = "eligible"', ""),
        ('I1 = "fail"', 'I1 = "failed"'),
        ("score = 1.0", "scores = 1.0"),
        ("fit.json", "nobody.json"),
    ],
)
def test_an_expectation_that_cannot_be_meant_is_refused(trial: Path, right: str, wrong: str) -> None:
    """A misspelt outcome, field or file must not pass as one that is not checked."""
    (trial / "outcomes.toml").write_text(OUTCOMES.replace(right, wrong), encoding="utf-8")
    with pytest.raises(InputError):
        told(trial)


def test_a_patient_of_a_trial_without_an_expected_outcome_is_refused(trial: Path) -> None:
    """A forgotten file must not look like a passing one."""
    (trial / "patients" / "forgotten.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="forgotten"):
        read_trial_case(trial, trial.parent.parent)
