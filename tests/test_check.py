"""What `check` finds in the words of a trial, and what it must leave alone: each kind with its near misses.

Lines with an NCT id are single lines of public records.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.checks.check import WAYS, check
from eligibility.checks.finding import KINDS, Finding, Kind
from eligibility.cli.inputs import shipped_records
from eligibility.reports.findings_as_json import checked_trial
from eligibility.reports.findings_as_text import WIDTH, findings_as_text, summary
from eligibility.rules.rulebook import read_rulebook, rulebook, write_rulebook
from eligibility.trials.read import read_trial, read_trials
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary

SHARED = Path(__file__).resolve().parents[2] / "shared"


def trial(*inclusions: str, without: tuple[str, ...] = (), **fields: Any) -> Trial:
    """A trial of these inclusion criteria, and of the exclusion criteria `without`."""
    lists = [("Inclusion Criteria", inclusions), ("Exclusion Criteria", without)]
    text = "\n".join(f"{head}:\n\n" + "".join(f"* {line}\n" for line in lines) for head, lines in lists if lines)
    return Trial("NCT1", criteria=text, **fields)


def kinds(*inclusions: str, without: tuple[str, ...] = (), **fields: Any) -> list[Kind]:
    return [finding.kind for finding in check(trial(*inclusions, without=without, **fields))]


def only(*inclusions: str, without: tuple[str, ...] = (), **fields: Any) -> Finding:
    (finding,) = check(trial(*inclusions, without=without, **fields))
    return finding


# ---------------------------------------------------------------- contradictions


@pytest.mark.parametrize(
    ("inclusions", "exclusions"),
    [
        (("BMI ≥ 30 kg/m2", "BMI < 28 kg/m2"), ()),
        (("BMI ≥ 30 kg/m2 and BMI < 28 kg/m2",), ()),
        (("BMI > 30 and < 18",), ()),
        (("Creatinine ≥ 2 mg/dL", "Creatinine < 100 umol/L"), ()),
        (("ALT > 5 x ULN", "ALT ≤ 3 x ULN"), ()),
        (("Weight ≥ 50 kg",), ("Weight ≥ 100 lbs",)),
        (("Age 18 to 65 years",), ("Age 18 years or older",)),
        # NCT00001765
        (
            ("Left ventricular ejection fraction: greater than 40% predicted.",),
            ("Left ventricular ejection fraction: greater than or equal to 35 percent predicted.",),
        ),
        # NCT06799026
        (
            ("Eastern Cooperative Oncology Group (ECOG) performance status ≤ 2",),
            ("ECOG performance status ≤ 2",),
        ),
        # NCT04411784
        (("Patients aged 16 -100 inclusive",), ("Patients aged 16 -100 inclusive",)),
        (("History of asthma",), ("History of asthma",)),
    ],
)
def test_what_nobody_can_meet_is_a_contradiction(inclusions: tuple[str, ...], exclusions: tuple[str, ...]) -> None:
    finding = only(*inclusions, without=exclusions)
    assert finding.kind == "contradiction"
    assert finding.criteria == ("I1", "I2") if len(inclusions) == 2 else finding.criteria[0] == "I1"


@pytest.mark.parametrize(
    ("inclusions", "exclusions"),
    [
        # a multiple of normal and a concentration cannot be compared without the patient's own range
        (("ALT > 200 U/L", "ALT ≤ 3 x ULN"), ()),
        (("BMI ≥ 30 kg/m2 or BMI < 28 kg/m2",), ()),
        (("BMI ≥ 30 kg/m2", "If diabetic, BMI < 28 kg/m2"), ()),
        (("Hemoglobin < 9 g/dL within the past 6 months", "Hemoglobin ≥ 10 g/dL at screening"), ()),
        # groups of patients: NCT00809029, NCT03938025, NCT02030249, NCT02117479
        (
            (
                "Lean (BMI 20-25 kg/m2) subjects with normal glucose tolerance",
                "Obese (BMI >30 kg/m2) subjects also with normal glucose tolerance.",
            ),
            (),
        ),
        (("BMI over 60 kg/m2 in high-risk patients,", "BMI between 50 and 60 kg/m2 in nondiabetic patients,"), ()),
        (("Age 25 - 45 years and 55 - 70 years",), ()),
        # an age that says who must meet another test: NCT04308330, NCT05675410
        (
            (
                "Patients over 16 years of age must have a Karnofsky score greater than or equal to 50.",
                "Children under 16 years of age must have a Lansky score greater than or equal to 50.",
            ),
            (),
        ),
        # at the first visit, and at birth: NCT03920098
        (
            ("Gestation <15 weeks at first prenatal visit",),
            ("Pregnant women with preterm birth (less than 37 weeks of gestational age)",),
        ),
        # a kind of it, and a heading: NCT04039607, NCT00001971
        (
            ("Participants must have a diagnosis of HCC based on histological confirmation",),
            ("Known fibrolamellar HCC, sarcomatoid HCC, or mixed cholangiocarcinoma and HCC",),
        ),
        (("Healthy Volunteers",), ("Healthy Volunteers",)),
        # suspected is not confirmed: NCT04424940
        (("COVID-19 patients confirmed",), ("COVID-19 suspected clinically",)),
        # denied on a list of exclusions: NCT04233385
        (("Female",), ("Not female",)),
        (("Systolic blood pressure ≥ 140 mmHg",), ("Systolic blood pressure ≥ 180 mmHg",)),
    ],
)
def test_what_only_looks_like_a_contradiction_is_left_alone(
    inclusions: tuple[str, ...], exclusions: tuple[str, ...]
) -> None:
    assert kinds(*inclusions, without=exclusions) == []


def test_lists_of_two_groups_are_not_compared() -> None:
    """Patients and their carers have criteria of their own, under headings that are no cohort: NCT04570709."""
    text = (
        "Inclusion Criteria:\n\n1. ≧60 years of age\n2. Diagnosis of acute myeloid leukemia\n\n"
        "Exclusion Criteria:\n\n1. Patients receiving hospice care\n\n[Caregiver]\n\n"
        "Inclusion Criteria:\n\n1. < 60 years of age\n2. Identified by patient as caregiver\n"
    )
    assert check(Trial("NCT1", criteria=text)) == []


def test_cohorts_are_not_compared_with_each_other() -> None:
    text = "Inclusion Criteria:\n\nCohort A:\n\n* BMI ≥ 30 kg/m2\n\nCohort B:\n\n* BMI < 25 kg/m2\n"
    assert check(Trial("NCT1", criteria=text)) == []


# ---------------------------------------------------------------- limits that disagree, and that restate


@pytest.mark.parametrize(
    ("inclusion", "exclusion"),
    [
        ("Hemoglobin ≥ 9 g/dL", "Hemoglobin < 12 g/dL"),
        ("BMI 18 to 35 kg/m2", "BMI ≥ 30 kg/m2"),
        ("Subjects between the ages of 6 and 39 years.", "Children <15 years old"),  # NCT05061238
        ("≥ 18 years of age", "≤ 18 years of age."),  # NCT06888089
        ("Age 25-70 years", "Age ≤ 25 years or ≥70 years"),  # NCT05658263
        ("KPS>60.", "KPS<50."),  # NCT04100187
        ("ASA score 1, 2 or 3.", "ASA score <3"),  # NCT03350217
    ],
)
def test_two_limits_at_one_end_disagree(inclusion: str, exclusion: str) -> None:
    """One accepts what the other turns away, be it only the limit itself."""
    assert kinds(inclusion, without=(exclusion,)) == ["disagreeing-limits"]


@pytest.mark.parametrize(
    ("inclusion", "exclusion"),
    [
        ("Age ≥ 18 years", "Age < 18 years"),
        ("Age>18 years", "age<18"),  # NCT04452422
        ("Age up to 65 years", "Age 66 years or older"),
        ("Low-density lipoprotein cholesterol <190 mg/dL", "Low-density lipoprotein cholesterol >189 mg/dL"),
        ("Serum creatinine < 1.6 mg/dL", "Serum creatinine >1.5 mg/dL"),  # NCT01288521
        ("Creatinine ≤ 2 mg/dL", "Creatinine > 177 umol/L"),
        ("BMI 25-37 kg/m2", "BMI <25.0 or >37 kg/m2"),  # NCT03925142
        ("Body mass index (BMI) 30-39.9 kg/m2", "BMI < 30 or >40"),  # NCT00686426
        ("ECOG performance status of 0 or 1.", "ECOG performance status of 2 or more."),  # NCT00001765
        ("No history of lung cancer", "History of lung cancer"),  # NCT04612946
        ("Non-smoking", "Smoking"),  # NCT03925142
    ],
)
def test_an_exclusion_that_turns_nobody_away_restates_an_inclusion(inclusion: str, exclusion: str) -> None:
    assert kinds(inclusion, without=(exclusion,)) == ["restates-inclusion"]


@pytest.mark.parametrize(
    ("inclusion", "exclusion"),
    [
        ("HbA1c ≥ 7 %", "HbA1c > 10 %"),
        ("Age ≥ 18 years", "Hemoglobin < 9 g/dL"),
        ("No history of lung cancer", "History of lung cancer within 5 years"),
        # the exclusion is of another sepsis, not of the infection: NCT04366778
        ("Patients with Covid-19", "Non-Covid septicemia"),
        ("ECOG performance status 0-1", "ECOG performance status ≥ 2 and age > 70 years"),
    ],
)
def test_limits_of_other_ends_times_and_things_neither_disagree_nor_restate(inclusion: str, exclusion: str) -> None:
    assert kinds(inclusion, without=(exclusion,)) == []


def test_what_two_criteria_share_is_one_finding_about_all_of_it() -> None:
    finding = only("Not pregnant or lactating", without=("Pregnant or lactating",))
    assert (finding.kind, finding.criteria) == ("restates-inclusion", ("I1", "E1"))
    assert [quote.text for quote in finding.quotes] == ["pregnant", "Pregnant", "lactating", "lactating"]
    assert len(finding.about) == 2


# ---------------------------------------------------------------- scales


@pytest.mark.parametrize(
    "line",
    ["New York Heart Association class III or VI", "NYHA class III or VI", "ECOG 5", "ECOG performance status 0-5"],
)  # NCT03825796, NCT04456049
def test_a_level_that_the_scale_has_not_or_that_means_death_is_impossible(line: str) -> None:
    assert kinds(line) == ["impossible-level"]


@pytest.mark.parametrize(
    "line",
    [
        "ECOG performance status 0-2",
        "GOLD 2014 stage II",
        "Stage III melanoma by AJCC version 8",
        "Uncontrolled ≥ Grade 3 hypertension (per CTCAE)",
        "Performance status (PS) ≥ 70",
    ],
)
def test_years_editions_and_other_scales_are_no_levels(line: str) -> None:
    assert "impossible-level" not in kinds(line)


def test_death_may_be_excluded() -> None:
    assert kinds(without=("ECOG performance status 3-5",)) == []


@pytest.mark.parametrize("line", ["Child-Pugh A (≤ 7)", "Child-Pugh class A (5-7 points)", "Cirrhosis, Child-Pugh B (score ≤ 10)"])  # fmt: skip
def test_a_class_with_points_that_are_not_its_own_is_found(line: str) -> None:
    finding = only(line)
    assert finding.kind == "class-and-score"
    assert "points" in finding.why


@pytest.mark.parametrize(
    "line",
    [
        "Child-Pugh class A (5-6 points)",
        "Child-Pugh A (score < 7)",
        "Child-Pugh class A or B (score ≤ 9)",
        "Child-Pugh B (7)",  # a part of the class
        "Child-Pugh class A (INR ≤ 1.7)",
    ],
)
def test_points_of_the_class_or_of_a_part_of_it_are_right(line: str) -> None:
    assert kinds(line) == []


# ---------------------------------------------------------------- numbers and units


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("Albumin > 2.5 mg/dL", "g/dL"),  # NCT03093428
        ("Calcium < 8.3 mmol/L", "mg/dL"),  # NCT04815551
        ("White blood cell (WBC) ≥ 3,000 K/mm3", "/uL"),  # NCT03501381
        ("FEV1 of > 1000 liters", "mL"),  # NCT00378404
        ("HGB≥90g/dL", "g/L"),  # NCT03882866
    ],
)
def test_a_value_that_cannot_be_is_found_with_the_unit_in_which_it_could(line: str, unit: str) -> None:
    finding = only(line)
    assert finding.kind == "impossible-value"
    assert unit in finding.check


@pytest.mark.parametrize(
    "line",
    [
        "Prothrombin time of greater than 2 seconds prolonged",  # NCT06092333
        "Respiratory failure (satO2 / FiO2 <220)",  # NCT04341038
        "Body temperature >37.5 degrees centigrade and at least two symptoms",
        "Plexiform lesion with a height that is ≥2mm",
        "< 5/µL WBCs in CSF",
        "Improvement in PANSS total score 20% or greater",  # NCT03160521
        "M-protein level ≥ 0.5 g/dL by serum protein electrophoresis (SPEP)",  # NCT06711705
        "A CDAI score of 220 to 450",  # Crohn's disease, not rheumatoid arthritis
        "Hemoglobin ≥ 9 g/dL",
    ],
)
def test_a_number_that_belongs_to_something_else_is_not_impossible(line: str) -> None:
    assert "impossible-value" not in kinds(line)


@pytest.mark.parametrize(
    "line",
    [
        "Creatinine > 30 mL/min",  # NCT03891784
        "Creatinine clearance ≥ 50 mg/dL",  # NCT04415944
        "Absolute neutrophil count (ANC) >= 1500 mm^3",  # NCT02912559
        "absolute neutrophil count at least 1500 cells/mm2",  # NCT05284643
    ],
)
def test_a_unit_that_the_quantity_is_not_measured_in_is_odd(line: str) -> None:
    assert kinds(line) == ["odd-unit"]


@pytest.mark.parametrize(
    "line",
    [
        "PaO2/FiO2 < 300 mmHg",
        "FEV1 less than 50%",
        "24-hour urine protein < 1 g",
        "Calculated creatinine clearance ≥30 milliliters (mL)/minute according to Cockcroft and Gault",  # NCT02915783
        "Body Mass Index (BMI) between 18.0 and 35.0 kilogram per meter square (kg/m^2)",  # NCT04535544
        "Pain on VAS below 50 mm",  # NCT00124774
        "Documented left ventricular ejection fraction (LVEF) ≥ 50% - 6 month prior to drug administration",
        "Unexplained anemia with hemoglobin < 10 g percent",  # NCT00002058
        "ALT and AST, bilirubin < 2 mg/dl",  # NCT00706420
        "Mean QTC interval corrected (Frederica) for heart rate >450 ms",  # NCT06096974
        "total bilirubin < = 1.5 mg. %",  # NCT00527982
        "Peripheral blood blast count < 10,000/ µL",
        "Methacholine sensitivity: estimated PC20 FEV1 less than or equal to 12.5 mg/ml",  # NCT00000575
    ],
)
def test_ratios_shares_sums_of_a_day_and_long_spellings_are_no_odd_units(line: str) -> None:
    assert "odd-unit" not in kinds(line)


@pytest.mark.parametrize("line", ["Hemoglobin ≥ 9", "CRP > 10", "AMH > 3.5"])
def test_a_number_without_a_unit_that_fits_several_lacks_its_unit(line: str) -> None:
    assert kinds(line) == ["missing-unit"]


@pytest.mark.parametrize(
    "line",
    [
        "Age ≥ 18",
        "BMI ≥ 30",
        "Platelets ≥ 100,000",
        "eGFR < 45",
        "ALT > 100",
        "LDH no greater than 600",
        "Aspartate aminotransferase (AST)/alanine aminotransferase (ALT) >1",  # a ratio: NCT04365868
        "AST / ALT values > 5 folds upper normal limit.",  # NCT04357808
        "Hemoglobin greater than or equal to Grade 3",  # NCT01618305
    ],
)
def test_a_number_that_needs_no_unit_to_be_understood_is_left_alone(line: str) -> None:
    assert kinds(line) == []


@pytest.mark.parametrize(
    "line",
    [
        "Platelets > 75 x 109/L (100,000/mm3)",  # NCT04585490
        "Bilirubin less than 3.5 mg/dL (50 micromoles/liter)",  # NCT00002692
        "Fasting triglycerides >400 mg/dL (>11.3 mmol/L)",  # NCT00625859
    ],
)
def test_a_value_restated_as_another_is_found(line: str) -> None:
    assert kinds(line) == ["restated-value"]


@pytest.mark.parametrize("line", ["Bilirubin ≤ 2.0 mg/dL (34 umol/L)", "Life expectancy of at least 12 weeks (3 months)"])  # fmt: skip
def test_a_value_restated_with_the_usual_rounding_is_right(line: str) -> None:
    assert kinds(line) == []


# ---------------------------------------------------------------- the wrong list


@pytest.mark.parametrize(
    "line",
    [
        "Absolute neutrophil count >/= 1000/mcL",  # NCT04040231
        "Bilirubin less than 2.0 mg/dL",  # NCT00002956
        "Hemoglobin ≥ 9 g/dL",
        "Creatinine ≤ 1.5 x ULN",
    ],
)
def test_a_healthy_value_among_the_exclusions_is_suspect_and_never_turned_round(line: str) -> None:
    assert kinds(without=(line,)) == ["polarity-suspect"]
    (line_,) = rulebook(trial(without=(line,))).lines
    assert line_.criterion.side == "exclusion"


@pytest.mark.parametrize(
    "line",
    [
        "Absolute neutrophil count < 1000/mcL",
        "Hemoglobin < 7.0 g/dL or > 10.5 g/dL",  # a range is asked for: NCT03815695
        "Hemoglobin > 16 g/dL",
        "Hemoglobin > 12g/dL",  # a trial of anaemia: NCT03004209
        "BMI < 30 kg/m2",  # a trial of obesity
        "HbA1c < 7 %",  # a trial of diabetes
        "Systolic blood pressure < 140 mmHg",
        "ALT > 3 x ULN",
    ],
)
def test_turning_away_the_sick_or_who_lack_the_disease_under_study_is_sound(line: str) -> None:
    assert kinds(without=(line,)) == []


# ---------------------------------------------------------------- the record's own fields


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [
        ("18 years < age < 50 years", "18 Years", "60 Years"),  # NCT00497536
        ("Participants must be ≥18 years of age.", "12 Years", "99 Years"),  # NCT03536728
        ("Between the ages of 21-55", "21 Months", "55 Years"),  # NCT00499746
    ],
)
def test_another_age_than_the_records_is_found_with_both_words(line: str, low: str, high: str) -> None:
    finding = only(line, minimum_age=low, maximum_age=high, sex="ALL")
    assert finding.kind == "record-age"
    assert finding.criteria == ("I1", "R1")


def test_an_age_that_the_record_leaves_open_is_found() -> None:
    """NCT06121232."""
    finding = only("Ages 18 to 85 years", minimum_age="18 Years", sex="ALL")
    assert (finding.kind, "maximum" in finding.why) == ("record-age", True)


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [
        ("Age > 17 years", "18 Years", "65 Years"),
        ("Age > 18 years", "18 Years", "65 Years"),
        ("Age 18 years to less than 66 years", "18 Years", "65 Years"),
        ("Age 6 months to 5 years", "6 Months", "5 Years"),
        ("Age 1 month to 5 years", "0 Years", "5 Years"),
        # not the patient's own age now: NCT06467357, NCT04257058
        ("Provision of FFPE tumor sample that is no older than 3 years;", "18 Years", "99 Years"),
        ("PATIENT: Age >= 65 years", "18 Years", "99 Years"),  # NCT06196008, with carers
        ("8-17 years old.", "8 Years", "215 Months"),  # NCT04105530
        ("Diagnosed with cancer at ≤ 10 years of age,", "18 Years", "25 Years"),
    ],
)
def test_the_same_age_in_other_words_and_other_ages_are_no_difference(line: str, low: str, high: str) -> None:
    assert kinds(line, minimum_age=low, maximum_age=high, sex="ALL") == []


def test_a_record_without_any_age_is_not_compared() -> None:
    """Files made from texts only have no fields; that says nothing of the trial."""
    assert kinds("Age 18 to 65 years", "Female", sex="ALL") == []


def test_a_sex_that_is_not_the_records_is_found() -> None:
    assert kinds("Female", minimum_age="18 Years", sex="ALL") == ["record-sex"]
    assert kinds("Female", minimum_age="18 Years", sex="FEMALE") == []
    assert kinds("Women must use contraception", minimum_age="18 Years", sex="ALL") == []


# ---------------------------------------------------------------- duplicates


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Previous exposure to a MEK inhibitor (i.e. trametinib).", "Previous exposure to a MEK inhibitor (i.e., trametinib)"),
        ("ECOG performance status 0-1.", "Eastern Cooperative Oncology Group (ECOG) performance status 0-1."),
        ("Age ≥ 18 years old", "Patients must be 18 years of age or older"),
    ],
)  # fmt: skip
def test_the_same_words_or_the_same_meaning_twice_is_a_duplicate(first: str, second: str) -> None:
    assert kinds(first, "Written informed consent", second) == ["duplicate"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Is HIV-positive.", "Has symptoms of HIV infection."),  # NCT00006066
        ("Platelets ≥ 100 x 10^9/L", "Platelets ≥ 75 x 10^9/L"),
        ("ALT ≤ 3 x ULN", "AST ≤ 3 x ULN"),
    ],
)
def test_criteria_that_differ_in_a_word_that_counts_are_no_duplicates(first: str, second: str) -> None:
    assert kinds(first, second) == []


def test_the_same_words_on_the_other_side_are_no_duplicate() -> None:
    assert "duplicate" not in kinds("History of asthma", without=("History of asthma",))


def test_the_same_words_for_another_group_are_no_duplicate() -> None:
    """Headings that look like a criterion may say whom the second line binds: NCT06712875, NCT01352507."""
    consent = "Are able to read, understand and provide signed informed consent."
    assert kinds(consent, "Age 18 years or older", "Partners", "Willing to come", consent) == []


def test_a_list_that_repeats_for_each_step_holds_no_duplicates() -> None:
    """Registration and treatment ask for much the same: NCT04083495."""
    steps = (
        "Able to give consent",
        "Significant motivation",
        "Adequate venous access",
        "Willing to travel",
        "Has a caregiver",
    )
    assert kinds(*steps, *steps) == []


# ---------------------------------------------------------------- what a finding is


def test_a_finding_quotes_the_exact_words_and_their_place() -> None:
    given = trial("BMI ≥ 30 kg/m2", "Written consent; BMI < 28 kg/m2")
    (finding,) = check(given)
    for quote in finding.quotes:
        assert quote.place is not None
        assert given.criteria[slice(*quote.place)] == quote.text
    assert [quote.text for quote in finding.quotes] == ["BMI ≥ 30 kg/m2", "BMI < 28 kg/m2"]


def test_the_gravest_kinds_come_first() -> None:
    found = kinds("Age 18 to 75 years", "BMI ≥ 30 kg/m2", "BMI < 28 kg/m2", without=("Age under 18 years",))
    assert found == ["contradiction", "restates-inclusion"]
    assert [KINDS.index(kind) for kind in found] == sorted(KINDS.index(kind) for kind in found)


def test_a_rulebook_is_checked_as_it_stands() -> None:
    """What a person wrote counts, not what the words would be read as."""
    text = write_rulebook(rulebook(trial("BMI ≥ 30 kg/m2", "BMI < 32 kg/m2")))
    assert check(read_rulebook(text)) == []
    (finding,) = check(read_rulebook(text.replace("bmi < 32", "bmi < 28")))
    assert finding.kind == "contradiction"


def test_what_is_not_understood_decides_nothing() -> None:
    assert kinds("BMI ≥ 30 kg/m2 unless the committee allows it", "BMI < 28 kg/m2") == []


def test_a_sites_own_vocabulary_is_used(tmp_path: Path) -> None:
    rows = tmp_path / "words.toml"
    rows.write_text(
        '[zorblax]\nkind = "quantity"\nlabel = "Zorblax"\nunit = "g/L"\nsynonyms = ["ZBX"]\n', encoding="utf-8"
    )
    given = trial("ZBX ≥ 5 g/L", "ZBX < 4 g/L", "Child-Pugh A (≤ 7)")
    assert [one.kind for one in check(given)] == ["class-and-score"]
    assert [one.kind for one in check(given, vocabulary(rows))] == ["contradiction", "class-and-score"]


def test_the_shipped_trials_have_no_findings() -> None:
    assert {file: check(read_trial(file)) for file in shipped_records()} == {file: [] for file in shipped_records()}


def test_the_made_up_trial_shows_a_finding_of_most_kinds() -> None:
    (made_up,) = read_trials(Path(__file__).resolve().parents[1] / "cases" / "checks" / "made-up.jsonl")
    found = Counter(finding.kind for finding in check(made_up))
    assert set(found) == {"contradiction", "class-and-score", "impossible-value", "record-age", "polarity-suspect", "restates-inclusion"}  # fmt: skip


def test_every_way_is_a_function_over_one_material() -> None:
    assert list(WAYS) == ["limits", "levels", "facts", "scales", "units", "polarity", "record", "repeats"]


# ---------------------------------------------------------------- what is shown


def test_the_text_fits_80_columns_and_tells_words_why_and_what_to_check() -> None:
    given = trial("BMI ≥ 30 kg/m2", "BMI < 28 kg/m2", title="A " + "very " * 40 + "long title")
    shown = findings_as_text(given, check(given))
    assert max(map(len, shown.splitlines())) <= WIDTH == 80
    assert "! contradiction · Body mass index" in shown
    assert "  I2  BMI < 28 kg/m2" in shown
    assert "  why    No value satisfies both" in shown
    assert "  check  " in shown


def test_control_signs_of_a_record_never_reach_the_screen() -> None:
    given = trial(
        "BMI ≥ 30 kg/m2", "BMI\x1b < 28 kg/m2", "Albumin \x1b]0;≥ 2.5 mg/dL", "HIV\x07 infection", "HIV\x07 infection"
    )
    assert "\x1b" not in findings_as_text(given, check(given))
    assert "\x07" not in findings_as_text(given, check(given))


def test_the_summary_counts_trials_and_kinds() -> None:
    found = check(trial("BMI ≥ 30 kg/m2", "BMI < 28 kg/m2"))
    assert summary(2, found, 1) == "2 trials checked, 1 with findings: 1 contradiction\n"
    assert summary(1, [], 0) == "1 trial checked, 0 with findings\n"


def test_the_json_of_a_trial_holds_every_field_even_when_nothing_is_found() -> None:
    given = trial("Age ≥ 18 years", "BMI ≥ 30 kg/m2", "BMI < 28 kg/m2")
    row = json.loads(json.dumps(checked_trial(given, check(given))))
    assert (row["schema_version"], row["trial"]) == ("1.0", "NCT1")
    (finding,) = row["findings"]
    assert finding.keys() == {"kind", "criteria", "about", "why", "check", "quotes"}
    assert finding["quotes"][1]["text"] == "BMI < 28 kg/m2"
    assert given.criteria[finding["quotes"][1]["start"] : finding["quotes"][1]["end"]] == "BMI < 28 kg/m2"
    assert checked_trial(given, [])["findings"] == []


# ---------------------------------------------------------------- on any text


@given(st.lists(st.text(max_size=60), max_size=6), st.lists(st.text(max_size=60), max_size=4))
def test_no_text_makes_it_fail(inclusions: list[str], exclusions: list[str]) -> None:
    for finding in check(trial(*inclusions, without=tuple(exclusions))):
        assert all(quote.text in quote.criterion.text for quote in finding.quotes)


@given(st.integers(18, 60), st.integers(18, 60))
def test_two_limits_contradict_exactly_when_they_leave_no_number(low: int, high: int) -> None:
    found = kinds(f"BMI ≥ {low} kg/m2", f"BMI ≤ {high} kg/m2")
    assert found == (["contradiction"] if low > high else [])


def test_real_records_are_checked_without_a_failure() -> None:
    """Findings are rare, or a coordinator would turn them off."""
    if not SHARED.is_dir():
        pytest.skip("the shared records are not here")
    trials = [one for one in read_trials(SHARED / "records" / "ctgov-v2.json") if readable(one.id)]
    found = {one.id: check(one) for one in trials}
    assert trials
    assert sum(map(bool, found.values())) <= len(trials) / 4


def readable(nct_id: str) -> bool:
    return bool(int(hashlib.sha256(nct_id.encode()).hexdigest(), 16) % 3)
