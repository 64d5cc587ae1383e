"""Numbers that look like a criterion and are none: whatever else is read, they never become a bound of the patient's value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eligibility.criteria.criterion import Criterion
from eligibility.rules.leaves import leaves
from eligibility.rules.parse import parse
from eligibility.rules.rule import Graded, Measured

DOSES = (
    "prednisone > 10 mg/day", "<= 2 IU/kg/day of insulin", "prednisone ≤ 10 mg/day", "aspirin > 325 mg/day", "warfarin 5 mg",
    "corticosteroids > 10 mg/day prednisone equivalent", "insulin > 1 U/kg/day", "metformin ≥ 1500 mg/day", "insulin 10 units",
    "doxorubicin > 300 mg/m2", "methotrexate >= 15 mg/week for at least 3 months", "methotrexate 10-25 mg/week",
    "vitamin D > 1000 IU per day", "folic acid ≥ 5 mg/day", "testosterone 200 mg injection", "calcium supplements > 1000 mg/day",
    "potassium 40 mEq daily", "albumin 25 g infusion", "iron 325 mg daily", "1 x 10^6 CD34+ cells/kg", "75 g oral glucose",
)  # fmt: skip
CHANGES = (
    "increase in creatinine ≥ 0.3 mg/dL within 48 h", "drop in hemoglobin of >= 2 g/dL", "SOFA increase >= 2",
    "increase in SOFA score of ≥ 2 points", "weight loss > 10 % in 6 months", "weight loss of more than 10% in the last 6 months",
    "hemoglobin drop ≥ 2 g/dL", "loss of body weight > 5 kg", "decrease in LVEF ≥ 10%", "LVEF decline of more than 10%",
    "creatinine increase ≥ 50%", "reduction in HbA1c ≥ 1%", "increase in FEV1 of ≥ 12% and 200 mL", "PSA doubling time < 10 months",
    "≥ 50% reduction in FEV1", "PSA velocity > 2 ng/mL/year", "rise in PSA of >= 2 ng/mL above nadir",
)  # fmt: skip
NAMES = (
    "AIDS dementia complex stage 2", "type 2 diabetes", "hepatorenal syndrome type 1", "HIV-1 infection", "HIV-2", "COVID-19",
    "5-FU", "interleukin-2", "IL-2", "PD-1 inhibitor", "anti-CD20", "factor VIII", "phase 3 study", "RECIST 1.1", "DSM-5 criteria",
    "CTCAE v3.0", "NCT01234567", "45 CFR Part 46", "12-lead ECG", "1.5 T MRI", "0.9% saline", "Visit 2", "Day 28", "n = 40",
)  # fmt: skip
HABITS = (
    "blood donation > 500 mL within 3 months", "2 forms of contraception",
    "10-year CVD risk >= 7.5 %", "10-year survival < 20%", "MME >= 90", "exercise > 150 minutes/week", "> 5 cups of coffee",
)  # fmt: skip
OTHERS = (
    ("age", "age at diagnosis < 40 years"), ("age", "diagnosed at age ≥ 18 years"), ("age", "smokers of 20 years"),
    ("age", "postmenopausal for > 1 year"), ("age", "post-menopausal ≥ 1 year"), ("age", "12 years of education"),
    ("age", "onset of diabetes before 30 years of age"), ("age", "disease duration ≥ 5 years"), ("age", "10 pack years"),
    ("bsa", "burns > 20% TBSA"), ("bsa", "psoriasis BSA ≥ 10%"), ("hemoglobin", "DLCO ≥ 50% (adjusted for hemoglobin)"),
    ("hemoglobin", "HbS > 30%"), ("hemoglobin", "HBsAg positive"), ("hemoglobin", "free hemoglobin > 40 mg/dL"),
    ("ais_injury", "AIS grade A-C spinal cord injury"), ("ais_injury", "AIS patients with NIHSS ≥ 6"), ("alp", "CML in AP"),
    ("asa_class", "acetylsalicylic acid (ASA) ≤ 100 mg/day"), ("asa_class", "ASA 100 mg daily"),
    ("cdai_ra", "Crohn's disease with CDAI 220-450"), ("cdai_crohn", "rheumatoid arthritis with CDAI > 10"),
    ("pd_l1_cps", "CPS ≤ 7 in cirrhosis"), ("vitamin_d", "spherical equivalent < -6.00 D"), ("refraction", "myopia > 6 D"),
    ("refraction", "astigmatism > 2 D"), ("egfr", "EGFR ≥ 1% of cells"), ("gestational_age", "surgery under GA > 2 hours"),
    ("ipss", "myelodysplastic syndrome with IPSS score ≥ 1.5"), ("iss_injury", "multiple myeloma with ISS stage III"),
    ("calcium", "CA 125 > 35 U/mL"), ("potassium", "vitamin K 10 mg"), ("ldh", "longest diameter (LD) ≥ 10 mm"),
    ("oxygenation_index", "opportunistic infection (OI) within 30 days"), ("psa", "PsA ≥ 6 months"),
    ("respiratory_rate", "RR-MS with EDSS ≤ 5"), ("systolic_bp", "SBP within 3 months"), ("systolic_bp", "ascites with SBP"),
    ("total_bilirubin", "TB within 2 years"), ("triglycerides", "TG < 1 ng/mL in thyroid cancer"), ("bcva", "VA patients ≥ 18 years"),
    ("ecog_ps", "WHO grade II glioma"), ("ecog_ps", "patients who are 18 years or older"), ("heart_rate", "HR positive breast cancer"),
    ("prothrombin_activity", "PTA > 40 dB"), ("prothrombin_time", "PT twice a week"), ("mean_arterial_pressure", "MAP > 10 cmH2O"),
    ("body_temperature", "cystatin C > 1 mg/L"), ("upcr", "PCR Ct value < 30"), ("creatinine", "CR > 12 months"),
    ("pain_nrs", "VAS fatigue ≥ 5"), ("wbc", "TLC ≥ 60% predicted"), ("bone_density_tscore", "SD ≥ 6 months"),
)  # fmt: skip


def bounds(text: str) -> Iterator[str]:
    """The quantities and scales of which the words set a level."""
    for leaf in leaves(parse(Criterion("T", "inclusion", text, start=0, end=len(text)))):
        if isinstance(leaf, Measured):
            yield leaf.variable
        elif isinstance(leaf, Graded):
            yield leaf.scale


@pytest.mark.parametrize("text", DOSES)
def test_a_dose_is_no_laboratory_value(text: str) -> None:
    """Of a drug, a graft or a test meal."""
    assert list(bounds(text)) == []


@pytest.mark.parametrize("text", CHANGES)
def test_a_change_is_never_the_level_itself(text: str) -> None:
    """A drop of 2 g/dL is no hemoglobin of 2 g/dL."""
    assert list(bounds(text)) == []


@pytest.mark.parametrize("text", NAMES)
def test_a_number_in_a_name_is_part_of_the_name(text: str) -> None:
    """Of a disease, a drug, a document, a device or a visit."""
    assert list(bounds(text)) == []


@pytest.mark.parametrize("text", HABITS)
def test_what_the_patient_does_or_may_expect_is_no_measurement(text: str) -> None:
    """Cigarettes, contraception, risks."""
    assert list(bounds(text)) == []


@pytest.mark.parametrize(("variable", "text"), OTHERS)
def test_the_same_letters_or_unit_do_not_make_it_the_same_quantity(variable: str, text: str) -> None:
    """What stands beside them decides."""
    assert variable not in bounds(text)
