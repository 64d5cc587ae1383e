"""The case runner itself: a wrong case must fail, whatever is wrong about it, and say what."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from eligibility.case_files import TrialCase, accept_means, read_cases, read_trial_case
from eligibility.cases import CaseResult, accept_case, find_cases, run_case, run_cases
from eligibility.errors import InputError
from eligibility.shipped import case_dir

GOOD = """
# a comment that stays
[[case]]
says    = ["Age ≥ 18 years", "at least 18 years of age"]
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
        ("at least 18 years", "at least 19 years", "means age >= 19 year"),
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
    text = GOOD.replace("at least 18 years", "at least 19 years")
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


@pytest.fixture
def trial(tmp_path: Path) -> Path:
    """A copy of a shipped whole trial, to be damaged."""
    shutil.copytree(case_dir() / "patients", tmp_path / "patients")
    return Path(shutil.copytree(case_dir() / "trials" / "NCT04282928", tmp_path / "trials" / "NCT04282928"))


def told(folder: Path) -> str:
    case = read_trial_case(folder, folder.parent.parent)
    assert isinstance(case, TrialCase)
    return "\n".join(run_case(case).differences)


def test_a_whole_trial_passes_as_shipped(trial: Path) -> None:
    """The copy is sound before it is damaged."""
    assert told(trial) == ""


def test_a_rulebook_that_differs_is_told_line_by_line(trial: Path) -> None:
    """An age limit is changed, then the file is taken away."""
    rules = trial / "expected.rules"
    text = rules.read_text(encoding="utf-8")
    assert "18 year" in text
    rules.write_text(text.replace("18 year", "19 year"), encoding="utf-8")
    assert "-age 19 year" in told(trial)
    rules.unlink()
    assert "no expected.rules" in told(trial)


@pytest.mark.parametrize(
    ("added", "what"),
    [
        ('outcome = "eligible"', "outcome is"),
        ("score = 0.123", "score is"),
        ('cohort = "no such cohort"', "cohort is"),
        ('criteria."no-such-id" = "pass"', "does not exist"),
    ],
)
def test_a_patient_with_another_outcome_score_cohort_or_criterion_is_told(trial: Path, added: str, what: str) -> None:
    """Each on its own, by name."""
    fields = added if added.startswith("outcome") else f'outcome = "ineligible"\n{added}'
    profile = trial / "patients" / "damaged.json"
    profile.parent.mkdir(exist_ok=True)
    profile.write_text('{"id": "damaged", "as_of": "2025-03-01", "age": "3 years"}', encoding="utf-8")
    with (trial / "outcomes.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[patient."damaged.json"]\n{fields}\n')
    assert f"damaged.json: {'criterion no-such-id ' if 'criteria' in added else ''}{what}" in told(trial)


def test_wrong_results_and_wrong_gaps_of_criteria_are_told(trial: Path) -> None:
    """Every criterion in turn is expected to be what it is not."""
    case = read_trial_case(trial, trial.parent.parent)
    expected = next(row for row in case.patients if row.criteria)
    outcomes = trial / "outcomes.toml"
    key, result = next(iter(expected.criteria.items()))
    other = "fail" if result == "pass" else "pass"
    outcomes.write_text(
        f'[patient."{expected.patient.name}"]\noutcome = "{expected.outcome}"\ncriteria."{key}" = "{other}"\n',
        encoding="utf-8",
    )
    for name in [path.name for path in (trial / "patients").glob("*.json") if path.name != expected.patient.name]:
        (trial / "patients" / name).unlink()
    assert f"criterion {key} is {result}, not {other}" in told(trial)
    outcomes.write_text(
        outcomes.read_text(encoding="utf-8").replace(
            f'"{other}"', f'{{ result = "{result}", missing = ["x: stale"] }}'
        ),
        encoding="utf-8",
    )
    assert f"criterion {key} lacks" in told(trial)


def test_a_patient_of_a_trial_without_an_expected_outcome_is_refused(trial: Path) -> None:
    """A forgotten file must not look like a passing one."""
    (trial / "patients").mkdir(exist_ok=True)
    (trial / "patients" / "forgotten.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="forgotten"):
        read_trial_case(trial, trial.parent.parent)
