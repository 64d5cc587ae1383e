"""Why, and what if: a proof down to the facts, a sentence a criterion, and suppositions that hold nothing back."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import run

import eligibility as el
from eligibility.criteria.criterion import Criterion, Side
from eligibility.errors import InputError
from eligibility.matching import match
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import Patient
from eligibility.reports.as_explanation import as_explanation
from eligibility.reports.as_flips import as_flips
from eligibility.reports.report import Report
from eligibility.reports.requirements import requirement
from eligibility.reports.sentences import outcome_sentence, sentence
from eligibility.rules.leaves import leaves
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.steps.what_if import left_as_recorded, what_if
from eligibility.trials.trial import Trial
from eligibility.verdicts.judge import facts_of, judge
from eligibility.verdicts.policy import DEFAULT
from eligibility.verdicts.proof import Step, proof_of
from eligibility.vocabulary.tables import vocabulary

ROOT = Path(__file__).resolve().parent.parent
TODAY = "2025-06-15"
WORDS = vocabulary().words


def patient(**facts: Any) -> Patient:
    return profile({"id": "p", "as_of": TODAY, **facts}, file="test", vocabulary=vocabulary())


def book(*rules: tuple[Side, str]) -> Rulebook:
    lines = [
        Line(Criterion(f"{side[0].upper()}{number}", side, text), read_rule(text))
        for number, (side, text) in enumerate(rules, 1)
    ]
    return Rulebook(Trial("T", "T"), tuple(lines))


def told(someone: Patient, *rules: tuple[Side, str]) -> Report:
    return match(someone, book(*rules))


@pytest.mark.parametrize(
    ("rule", "wanted", "words"),
    [
        ("meld_score > 30", True, "MELD score above 30"),
        ("meld_score > 30", False, "MELD score of at most 30"),
        ("hemoglobin >= 9 g/dL", False, "haemoglobin below 9 g/dL"),
        ("inr 1.5 .. 2.6", True, "INR of 1.5 to 2.6"),
        ("inr 1.5 .. 2.6", False, "INR outside 1.5 to 2.6"),
        ("alt <= 2.5 ULN", True, "alanine aminotransferase of at most 2.5 times the upper limit of normal"),
        ("alt > 1 ULN", True, "alanine aminotransferase above the upper limit of normal"),
        ("age 18 year .. 65 year", True, "age of 18 to 65 years"),
        ("nyha_class in {III, IV}", False, "New York Heart Association functional class other than III or IV"),
        ("has diabetes", False, "no diabetes mellitus"),
        ("has history of stroke within 6 month before screening", False, "no history of stroke within 6 months before screening"),
        ("has allergy to heparin", True, "an allergy to heparin"),
        ("has pregnant", False, "not: pregnant"),
        ("has diabetes or has asthma", False, "no diabetes mellitus, and no asthma"),
        ("not (has diabetes and inr > 2)", True, "no diabetes mellitus, or INR of at most 2"),
        ("(has diabetes or has asthma) and inr > 2", True, "(diabetes mellitus, or asthma), and INR above 2"),
        ("at least 2 of (has diabetes, has asthma, inr > 2)", False, "fewer than 2 of these: diabetes mellitus; asthma; INR above 2"),
        ("increase of total_bilirubin >= 17.1 umol/L per 1 day", True, "a rise of total bilirubin of at least 17.1 umol/L per day"),
        ('judgement "signed consent"', True, "“signed consent”"),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_said_as_a_clinician_would(rule: str, wanted: bool, words: str) -> None:
    """Of an exclusion what must not be so, turned inside out."""
    assert requirement(read_rule(rule), wanted, WORDS) == words


def test_a_sentence_has_requirement_value_and_reason() -> None:
    """For each result."""
    report = told(
        patient(inr=1.9, asthma=True),
        ("inclusion", "inr >= 1.5"),
        ("exclusion", "has asthma"),
        ("inclusion", "hemoglobin >= 9 g/dL"),
        ("inclusion", 'judgement "signed consent"'),
    )
    *others, last = [sentence(row, WORDS) for row in report.judgements("T")]
    assert others == [
        "Asks for INR of at least 1.5 — INR 1.9, so the criterion passes.",
        "Asks for no asthma — Asthma: yes, so the criterion fails.",
        "Asks for haemoglobin of at least 9 g/dL — not recorded: Haemoglobin, so it stays open.",
    ]
    assert last.startswith("Asks for what only a person can tell: “signed consent” — for a person to judge")


def test_the_outcome_is_told_by_what_decides_it() -> None:
    """Failing criteria, else facts that are lacking, else what waits for a person."""
    someone = patient(inr=1.9)
    assert outcome_sentence(told(someone, ("inclusion", "inr > 2")).verdict("T")) == "Ineligible, since I1 fails."
    lacking = told(someone, ("inclusion", "hemoglobin >= 9 g/dL"), ("exclusion", "alt > 100 U/L"))
    assert outcome_sentence(lacking.verdict("T")) == (
        "Undetermined, since I1 and E2 lack a fact: Haemoglobin and Alanine aminotransferase."
    )
    waiting = told(someone, ("inclusion", 'judgement "consent"'))
    assert outcome_sentence(waiting.verdict("T")).endswith("I1 waits for a person.")
    assert outcome_sentence(told(someone, ("inclusion", "inr < 2")).verdict("T")).startswith("Eligible")
    assert outcome_sentence(told(someone).verdict("T")) == "Undetermined: there are no criteria in the record."


RULES = st.recursive(
    st.sampled_from(["inr <= 1.5", "albumin >= 3 g/dL", "has diabetes", "nyha_class in {I, II}", 'judgement "x"']),
    lambda inner: st.lists(inner, min_size=2, max_size=3).flatmap(
        lambda parts: st.sampled_from([f"({' and '.join(parts)})", f"({' or '.join(parts)})", f"not {parts[0]}"])
    ),
    max_leaves=7,
)
PROFILES = st.fixed_dictionaries(
    {},
    optional={
        "inr": st.sampled_from([1.2, 2.5]),
        "albumin": st.sampled_from(["2 g/dL", "4 g/dL"]),
        "diabetes": st.booleans(),
        "nyha_class": st.sampled_from(["I", "III"]),
    },
)


def steps_of(step: Step) -> list[Step]:
    return [step, *(inner for part in step.steps for inner in steps_of(part))]


@settings(max_examples=100, deadline=None)
@given(RULES, PROFILES, st.sampled_from(["inclusion", "exclusion"]))
def test_a_proof_says_what_the_judge_says_of_every_part(text: str, facts: dict[str, Any], side: Side) -> None:
    """From the whole rule down to each test, and no test is left out."""
    someone, rule = patient(**facts), read_rule(text)
    report = told(someone, (side, notation(rule)))
    row = report.judgements("T")[0]
    proof = proof_of(row, facts_of(someone), DEFAULT)
    assert proof.verdict == row.verdict
    for step in steps_of(proof):
        assert step.verdict.truth == judge(step.rule, someone).truth
    tests = [step.rule for step in steps_of(proof) if not step.steps]
    assert tests == list(leaves(rule))


def test_what_is_supposed_takes_the_place_of_what_is_recorded() -> None:
    """Values, levels, findings, allergies, age and sex; each as a profile would say it."""
    rules: tuple[tuple[Side, str], ...] = (
        ("inclusion", "total_bilirubin <= 2 mg/dL"), ("inclusion", "ecog_ps in {0, 1}"), ("exclusion", "has diabetes"),
        ("exclusion", "has allergy to heparin"), ("inclusion", "age >= 60 year"), ("inclusion", "sex in {female}"),
        ("inclusion", "has history of stroke"), ("exclusion", "has pregnant"),
    )  # fmt: skip
    someone = patient(total_bilirubin="9 mg/dL", ecog=3, conditions=["type 2 diabetes"], age=40, sex="male")
    before = told(someone, *rules)
    assert [row.result for row in before.judgements("T")].count("pass") == 1
    supposed = what_if(
        someone, "bilirubin = 2 mg/dL", "ECOG = 1", "no diabetes", "no allergy to heparin", "age = 66 years",
        "sex = female", "history of stroke", "pregnant = no",
    )  # fmt: skip
    assert {row.result for row in told(supposed, *rules).judgements("T")} == {"pass"}


def test_older_values_stay_and_the_range_of_the_laboratory_with_the_new_one() -> None:
    """A rise needs the one before; a multiple of the upper limit needs the patient's own."""
    day_before = {
        "name": "total_bilirubin", "value": 2, "unit": "mg/dL", "date": "2025-06-14",
        "reference_range": {"low": 0.2, "high": 1.0},
    }  # fmt: skip
    supposed = what_if(patient(measurements=[day_before]), "bilirubin = 68.4 umol/L")
    report = told(
        supposed,
        ("inclusion", "increase of total_bilirubin >= 1 mg/dL per 1 day"),
        ("inclusion", "total_bilirubin >= 4 ULN"),
        ("inclusion", "total_bilirubin > 4.1 ULN"),
    )
    assert [row.result for row in report.judgements("T")] == ["pass", "pass", "fail"]


def test_what_is_computed_follows_and_what_cannot_be_is_told() -> None:
    """A recorded body mass index of the day gives way; a MELD without creatinine stays, and is named."""
    someone = patient(weight="80 kg", height="180 cm", bmi="24.7 kg/m2", meld_score=20, inr=1.5)
    supposed = what_if(someone, "weight = 100 kg", "inr = 3")
    report = told(supposed, ("inclusion", "bmi > 30 kg/m2"), ("inclusion", "meld_score <= 20"))
    assert [row.result for row in report.judgements("T")] == ["pass", "pass"]
    assert "meld_score" in left_as_recorded(supposed)
    assert "bmi" not in left_as_recorded(supposed)
    text = as_flips(
        told(someone, ("inclusion", "bmi > 30 kg/m2")),
        told(supposed, ("inclusion", "bmi > 30 kg/m2")),
        ["x"],
        frozenset(),
    )
    assert "inclusion I1: fail → pass" in text
    assert "Computed: Body mass index 30.86" in text


@settings(max_examples=60, deadline=None)
@given(RULES, PROFILES, PROFILES)
def test_to_suppose_is_to_judge_another_profile(text: str, facts: dict[str, Any], others: dict[str, Any]) -> None:
    """The verdict under suppositions is that of the profile in which they stand instead."""
    says = {"inr": "inr = {}", "albumin": "albumin = {}", "nyha_class": "nyha = {}", "diabetes": "diabetes = {}"}
    supposed = what_if(patient(**facts), *(says[key].format(value).lower() for key, value in others.items()))
    rule = read_rule(text)
    assert judge(rule, supposed).truth == judge(rule, patient(**{**facts, **others})).truth


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bilirubn = 2 mg/dL", "did you mean bilirubin"),
        ("bilirubin = 2", "no unit given"),
        ("bilirubin = 2 apples", "there is no unit 'apples'"),
        ("bilirubin = ", "says nothing"),
        ("= 2", "says nothing"),
        ("", "says nothing"),
        ("inr", "is a quantity"),
        ("ecog = 9", "write one of 0, 1, 2"),
        ("has nyha", "is a scale"),
        ("age = old", "age"),
        ("diabetes = perhaps", "not a status"),
        ("allergy to zorblax", "the vocabulary has no 'zorblax'"),
        ("inr = nan", "not a number"),
        ("inr = 1e999", "finite"),
        ("x" * 10_000, "the vocabulary has no"),
    ],
)
def test_what_cannot_be_supposed_is_said_with_a_remedy(text: str, said: str) -> None:
    """The supposition, what is wrong with it, and what to write."""
    with pytest.raises(InputError) as caught:
        what_if(patient(), text)
    assert said in str(caught.value)
    assert caught.value.file.startswith("--what-if")


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_no_supposition_at_all_breaks_anything(text: str) -> None:
    """It is read, or refused."""
    with suppress(InputError):
        what_if(patient(), text)


def test_without_a_day_of_judging_suppositions_hold_too() -> None:
    """A value without a date is of today."""
    undated = profile({"inr": 3}, file="test", vocabulary=vocabulary())
    assert judge(read_rule("inr <= 1.5"), what_if(undated, "inr = 1")).truth == "met"


def test_hostile_words_reach_no_terminal() -> None:
    """The suppositions are shown as they were typed, and steer nothing."""
    report = told(patient(), ("inclusion", "inr <= 1.5"))
    text = as_flips(report, report, ["inr = 1\x1b[2J\u202e"], frozenset())
    assert all(line.isprintable() for line in text.splitlines())


def test_the_explanation_of_every_shipped_trial_is_plain_lines() -> None:
    """Whole, for each shipped patient; no line wider than a page but in the depth of a tree."""
    trials = [el.read_trial(path) for path in sorted(ROOT.glob("cases/trials/*/record.*"))]
    for file in ("liver-failure.json", "cirrhosis-fhir.json"):
        text = as_explanation(match(el.read_patient(ROOT / "cases/patients" / file), trials))
        assert all(line.isprintable() for line in text.splitlines())
        assert max(map(len, text.splitlines())) <= 110


def test_the_command_shows_what_flips_and_refuses_what_it_does_not_know() -> None:
    """Exit code 0 and 2."""
    done = run("explain", "cases/patients/liver-failure.json", "NCT05940610", "--what-if", "age = 70 years")
    assert done.returncode == 0, done.stderr
    assert "POTENTIALLY ELIGIBLE → INELIGIBLE" in done.stdout
    assert "inclusion R1: pass → fail" in done.stdout
    wrong = run("explain", "cases/patients/liver-failure.json", "NCT05940610", "--what-if", "bilirubn = 2")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean" in wrong.stderr
