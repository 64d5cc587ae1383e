"""Values computed from other values: from which inputs, of which days, by which formula, and how sure they are."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from eligibility.derived.corners import at_corners
from eligibility.derived.derive import FORMULAS, GIVEN_BY, Derivations, derived
from eligibility.derived.dossier import Dossier
from eligibility.derived.formula import Formula
from eligibility.derived.formulas.liver import CHOLESTATIC, COMMON
from eligibility.derived.givens import GIVENS
from eligibility.errors import InputError
from eligibility.patients.dates import read_when
from eligibility.patients.from_profile import profile
from eligibility.patients.interval import Interval
from eligibility.patients.patient import Finding, FindingStatus, Measurement, Patient, Reference, StatedAge
from eligibility.rules.notation import read_rule
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.judge import facts_of, judge
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import Verdict
from eligibility.vocabulary.tables import Vocabulary, vocabulary

LIVER: dict[str, Any] = {
    "creatinine": "1.2 mg/dL", "total_bilirubin": "2 mg/dL", "inr": 1.5, "sodium": "135 mmol/L", "albumin": "3 g/dL",
}  # fmt: skip
NO_DIALYSIS = {"dialysis": False}


WORDS = vocabulary()


def patient(**fields: Any) -> Patient:
    """A profile of these fields, judged on 1 June 2025."""
    return profile({"id": "p1", "as_of": "2025-06-01", **fields}, file="patient.json", vocabulary=WORDS)


def row(name: str, value: Any, day: str, unit: str | None = None, **more: Any) -> dict[str, Any]:
    """One dated result."""
    return {"name": name, "value": value, "date": day, **({"unit": unit} if unit else {}), **more}


def labs(day: str, **values: Any) -> list[dict[str, Any]]:
    """The laboratory values that the liver scores take, of one day; others replace or join them."""
    return [row(name, value, day) for name, value in (LIVER | values).items() if value is not None]


def all_of(variable: str, assumed: Any = frozenset(), **fields: Any) -> list[Measurement]:
    """Every computed value of a variable for a patient of these fields."""
    return [found for found in derived(patient(**fields), WORDS.words, assumed) if found.variable == variable]


def one(variable: str, assumed: Any = frozenset(), **fields: Any) -> Measurement:
    """The only computed value of a variable."""
    (found,) = all_of(variable, assumed, **fields)
    return found


def shown(variable: str, assumed: Any = frozenset(), **fields: Any) -> str:
    """The computed value as a reader sees it, "nothing" where there is none."""
    return ", ".join(found.text for found in all_of(variable, assumed, **fields)) or "nothing"


def facts(policy: Any = DEFAULT, **fields: Any) -> Facts:
    return facts_of(patient(**fields), WORDS, policy)


def says(rule: str, policy: Any = DEFAULT, **fields: Any) -> Verdict:
    """What holds of a rule in its written form."""
    return judge(read_rule(rule), facts(policy, **fields), policy)


def truth(rule: str, policy: Any = DEFAULT, **fields: Any) -> str:
    """The verdict as a word, with the first reason when unknown."""
    verdict = says(rule, policy, **fields)
    return verdict.truth if verdict.truth != "unknown" else f"unknown:{verdict.missing[0].reason}"


class TestRace:
    """Race is recorded for the two older formulas of kidney function that ask for it, and for nothing else."""

    @pytest.mark.parametrize(
        ("word", "expected"),
        [
            ("Black", "black"),
            ("African-American", "black"),
            ("white", "other"),
            ("Asian", "other"),
            ("unknown", None),
            (None, None),
        ],
    )
    def test_words_for_a_race(self, word: str | None, expected: str | None) -> None:
        assert patient(race=word).race == expected

    def test_a_word_that_is_no_race_is_a_fault_and_not_silence(self) -> None:
        with pytest.raises(InputError, match="race"):
            patient(race="perhaps")

    def test_only_a_recorded_race_gives_the_formulas_that_ask_for_it(self) -> None:
        """60 years, creatinine 1.7: 49.6963 is a vector of CKD-EPI 2009; the formula of 2021 needs no race."""
        fields = {"creatinine": "1.7 mg/dL", "age": 60, "sex": "male"}
        assert shown("egfr_ckd_epi_2009", **fields) == shown("egfr_mdrd", **fields) == "nothing"
        assert one("egfr_ckd_epi_2009", **fields, race="black").value.low == pytest.approx(49.6963, abs=1e-3)
        assert one("egfr_mdrd", **fields, race="black").derived_from == ("creatinine", "age", "sex", "race")
        assert one("egfr", **fields).derived_from == ("creatinine", "age", "sex")


def test_facts_are_laid_out_once_for_each_set_of_lists_assumed_complete() -> None:
    """Indexing again for every trial would pay for the same patient again and again."""
    first = facts()
    other = first.assuming(frozenset({"states"}))
    assert first.assuming(frozenset()) is first
    assert other is not first
    assert first.assuming(frozenset({"states"})) is other
    assert other.patient is first.patient


class TestTheTable:
    """One entry a formula."""

    @pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
    def test_every_formula_names_its_source_and_words_that_exist(self, formula: Formula) -> None:
        assert formula.name
        assert formula.source
        assert {formula.variable, *(given.key for given in formula.inputs)} <= WORDS.words.keys()
        assert set(formula.about) <= GIVENS.keys()

    @pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.name)
    def test_every_unit_of_a_formula_is_one_of_its_words(self, formula: Formula) -> None:
        """An input that cannot be converted would silently never be there."""
        dossier = Dossier(patient(), WORDS.words)
        for given in formula.inputs:
            word = WORDS.words[given.key]
            assert given.unit == "ULN" or dossier.conversion(given.key, word.unit, given.unit) is not None
        assert dossier.conversion(formula.variable, formula.unit, WORDS.words[formula.variable].unit) is not None

    def test_what_no_formula_gives(self) -> None:
        """INR does not follow from seconds, nor activity from INR: the reagent of the laboratory decides."""
        fields = {"prothrombin_time": "20 second", "inr": 1.8, "prothrombin_activity": "40 %"}
        assert not GIVEN_BY.keys() & fields.keys()
        assert truth("inr >= 1.5", prothrombin_time="20 second") == "unknown:missing"
        assert truth("prothrombin_activity < 40 %", inr=2.6) == "unknown:missing"

    def test_the_other_formula_of_body_surface_is_shown(self) -> None:
        """85 kg and 180 cm: 2.06155 by Mosteller, 2.0485 by Du Bois."""
        found = one("bsa", weight="85 kg", height="180 cm")
        assert found.value.low == pytest.approx(2.06155, abs=1e-4)
        assert found.note == "Mosteller 1987; by Du Bois 1916 2.049"

    @pytest.mark.parametrize(
        ("variable", "fields", "expected"),
        [
            ("bmi", {"weight": "68 kg", "height": "1.82 m"}, 20.52892),
            ("mean_arterial_pressure", {"systolic_bp": "110 mm[Hg]", "diastolic_bp": "70 mm[Hg]"}, 83.33333),
            ("pao2_fio2_ratio", {"pao2": "8.0 kPa", "fio2": "40 %"}, 150.01),
            ("homa_ir", {"glucose_fasting": "5.0 mmol/L", "insulin": "10 u[iU]/mL"}, 2.2222),
            ("ldl_cholesterol", {"total_cholesterol": "161 mg/dL", "hdl_cholesterol": "39 mg/dL", "triglycerides": "95 mg/dL"}, 103.0),
            ("non_hdl_cholesterol", {"total_cholesterol": "161 mg/dL", "hdl_cholesterol": "39 mg/dL"}, 122.0),
            ("fib4", {"ast": "107 U/L", "alt": "104 U/L", "platelets": "181 10*9/L", "age": 35}, 2.02888),
            ("albi_score", {"total_bilirubin": "25 umol/L", "albumin": "35 g/L"}, -2.0524),
            ("calcium_corrected", {"calcium": "8.4 mg/dL", "albumin": "3.3 g/dL"}, 8.96),
            ("anion_gap", {"sodium": "140 mmol/L", "chloride": "110 mmol/L", "bicarbonate": "9.4 mmol/L"}, 20.6),
            ("qtcb", {"qt_interval": "330 ms", "heart_rate": "113 /min"}, 452.87563),
            ("qtcf", {"qt_interval": "360 ms", "heart_rate": "90 /min"}, 412.097),
            ("oxygenation_index", {"mean_airway_pressure": "15 cm[H2O]", "fio2": 0.6, "pao2": "60 mm[Hg]"}, 15.0),
            ("egfr", {"creatinine": "1.7 mg/dL", "age": 81, "sex": "male"}, 39.99991),
            ("egfr", {"creatinine": "0.7 mg/dL", "age": 9, "height": "140 cm"}, 82.6),
            ("creatinine_clearance", {"creatinine": "1.4 mg/dL", "age": 75, "sex": "male", "weight": "60 kg"}, 38.6905),
        ],
    )  # fmt: skip
    def test_values_from_published_vectors(self, variable: str, fields: dict[str, Any], expected: float) -> None:
        """In whatever unit they are recorded, unrounded, naming their inputs and the formula."""
        found = one(variable, **fields)
        assert found.value.exact
        assert found.value.low == pytest.approx(expected, abs=5e-3)
        assert fields.keys() - {"age"} <= set(found.derived_from) <= fields.keys()
        assert any(formula.name in found.note for formula in GIVEN_BY[variable])

    def test_the_multiple_of_normal_is_of_the_laboratorys_own_range(self) -> None:
        """APRI: 80 U/L of a laboratory whose limit is 40, and 200 platelets, is 1."""
        ast = {"name": "ast", "value": 80, "unit": "U/L", "reference_range": {"high": 40}}
        platelets = {"name": "platelets", "value": 200, "unit": "10*9/L"}
        assert shown("apri", measurements=[ast, platelets]) == "1"
        assert shown("apri", measurements=[{"name": "ast", "value": 2, "unit": "ULN"}, platelets]) == "1"
        assert shown("apri", measurements=[ast | {"reference_range": {"low": 5}}, platelets]) == "nothing"


class TestAges:
    """A formula is for the ages it was made for; age is that of the day of the reading."""

    @pytest.mark.parametrize(
        ("age", "formula"),
        [
            ("11 months", "nothing"),
            (1, "bedside Schwartz 2009"),
            (17, "bedside Schwartz 2009"),
            (18, "CKD-EPI 2021"),
            (80, "CKD-EPI 2021"),
        ],
    )
    def test_kidney_function_by_age(self, age: Any, formula: str) -> None:
        found = all_of("egfr", age=age, sex="male", creatinine="0.7 mg/dL", height="110 cm")
        assert [value.note for value in found] == ([formula] if formula != "nothing" else [])

    def test_no_age_gives_no_kidney_function(self) -> None:
        assert shown("egfr", sex="male", creatinine="0.7 mg/dL", height="110 cm") == "nothing"

    def test_the_age_of_the_reading_counts_and_not_todays(self) -> None:
        """A boy of 17 in May is a man in June; a year of birth alone leaves open which."""
        rows = [row("creatinine", "1 mg/dL", "2025-05-20"), row("height", "170 cm", "2025-05-20")]
        born = {"measurements": rows, "sex": "male"}
        assert one("egfr", birth_date="2007-05-25", **born).note == "bedside Schwartz 2009"
        assert one("egfr", birth_date="2007-05-15", **born).note == "CKD-EPI 2021"
        assert shown("egfr", birth_date="2007", **born) == "nothing"

    def test_an_age_not_known_to_the_year_gives_an_interval(self) -> None:
        """Born in 1960, 64 or 65 years old in June 2025."""
        found = one("egfr", birth_date="1960", sex="male", creatinine="2.5 mg/dL")
        assert (found.value.low, found.value.high) == pytest.approx((27.8154, 27.8154 / 0.9938), abs=1e-3)

    def test_liver_scores_by_age(self) -> None:
        """PELD below 12 years, MELD from 12 on; who gives no age is not taken for a child."""
        assert shown("peld_score", age=12, **LIVER) == "nothing"
        assert shown("meld_score", age=11, **LIVER, states=NO_DIALYSIS) == "nothing"
        assert shown("meld_score", age=12, **LIVER, states=NO_DIALYSIS) == "15"
        assert shown("meld_score", **LIVER, states=NO_DIALYSIS) == "15"

    def test_a_birth_date_and_an_age_that_contradict_give_none(self) -> None:
        fields = {"sex": "male", "creatinine": "1 mg/dL", "birth_date": "1960-01-01"}
        assert shown("egfr", **fields, age=65) != "nothing"
        assert shown("egfr", **fields, age=40) == "nothing"


class TestUnknownButBounded:
    """What is not known but can only be so or so gives an interval, exact where it makes no difference."""

    @pytest.mark.parametrize(
        ("variable", "unknown", "without", "with_it"),
        [("meld_score", "15-27", "15", "27"), ("meld_na_score", "17-28", "17", "28")],
    )
    def test_dialysis(self, variable: str, unknown: str, without: str, with_it: str) -> None:
        """Creatinine 1.2, bilirubin 2.0 and INR 1.5 are vectors of MELD: 15, and 27 on dialysis."""
        assert shown(variable, **LIVER) == unknown
        assert shown(variable, **LIVER, states={"dialysis": False}) == without
        assert shown(variable, **LIVER, states={"dialysis": True}) == with_it
        assert shown(variable, **LIVER, states={"hemodialysis": True}) == with_it
        assert shown(variable, **LIVER, states={"hemodialysis": False}) == unknown
        assert shown(variable, **LIVER, states={"renal_replacement_therapy": False}) == without
        assert shown(variable, **LIVER, states={"dialysis": None}) == unknown

    def test_dialysis_is_absent_where_the_list_is_complete_or_assumed_to_be(self) -> None:
        assert shown("meld_score", **LIVER, complete=["states"]) == "15"
        assert shown("meld_score", **LIVER, complete=["conditions"]) == "15-27"
        assert shown("meld_score", frozenset({"states"}), **LIVER) == "15"
        policy = Policy(assume_absent=frozenset({"states"}))
        assert truth("meld_score < 20", **LIVER) == "unknown:missing"
        assert truth("meld_score < 20", policy, **LIVER) == "met"

    def test_a_complete_list_with_a_name_nobody_knows_proves_nothing(self) -> None:
        """It may be dialysis under another name."""
        assert shown("meld_score", **LIVER, complete=["states"], states={"aquapheresis": True}) == "15-27"

    def test_dialysis_counts_on_its_days(self) -> None:
        """Begun after the blood was drawn, or ended after it, it leaves the score of that day open."""
        rows = labs("2025-05-01")
        dialysis = {"name": "dialysis"}
        for more, expected in (
            ({"onset": "2025-04-01"}, "27"),
            ({"onset": "2025-05-20"}, "15-27"),
            ({"status": "resolved", "abatement": "2025-04-01"}, "15"),
            ({"status": "resolved", "abatement": "2025-05-20"}, "15-27"),
        ):
            assert shown("meld_score", measurements=rows, conditions=[dialysis | more]) == expected

    def test_an_answer_holds_for_its_day_and_a_record_of_some_kind_for_no_other(self) -> None:
        """Asked whether there is dialysis in April, nobody knows of May; and without one kind there may be another."""
        person = patient(measurements=labs("2025-05-20"))
        rows: tuple[tuple[str, FindingStatus, bool, str], ...] = (
            ("2025-05-18", "refuted", False, "15"),
            ("2025-05-18", "active", False, "27"),
            ("2025-04-18", "refuted", False, "15-27"),
            ("2025-04-18", "active", False, "15-27"),
            ("2025-05-18", "refuted", True, "15-27"),
        )
        for day, status, narrower, expected in rows:
            told = Finding("state", "dialysis", status=status, seen=read_when(day), narrower=narrower)
            found = Derivations(Dossier(replace(person, findings=(told,)), WORDS.words)).of("meld_score")
            assert [value.text for value in found] == [expected]

    def test_what_is_open_and_how_much_hangs_on_it_is_said(self) -> None:
        found = one("meld_score", **LIVER)
        assert found.note == "MELD (Kamath 2001, OPTN); dialysis is not recorded: from 15 to 27"
        assert found.derived_from == ("creatinine", "total_bilirubin", "inr")
        fields = LIVER | {"creatinine": "5 mg/dL"}
        assert one("meld_score", **fields).note.endswith("dialysis is not recorded: 27 either way")

    def test_what_to_find_out_is_the_reason_why_a_rule_is_open(self) -> None:
        (gap,) = says("meld_score < 20", **LIVER).missing
        assert gap.detail == "dialysis is not recorded: from 15 to 27"
        (gap,) = says("meld_score < 20", meld_score="15-27").missing
        assert gap.detail == "what it can be lies on both sides of the limit"

    def test_sex(self) -> None:
        """13 for a woman and 12 for a man is a published pair; a young patient has the points of a woman."""
        fields = LIVER | {"creatinine": "1 mg/dL", "total_bilirubin": "1.5 mg/dL", "inr": 1.2, "states": NO_DIALYSIS}
        assert shown("meld_3_0_score", **fields) == "12-13"
        assert shown("meld_3_0_score", **fields, sex="other") == "12-13"
        assert shown("meld_3_0_score", **fields, sex="female") == "13"
        assert shown("meld_3_0_score", **fields, sex="male") == "12"
        assert shown("meld_3_0_score", **fields, sex="male", age=16) == "13"
        assert shown("meld_3_0_score", **{**fields, "states": {"dialysis": False, "pregnant": True}}) == "13"

    def test_sex_for_kidney_function(self) -> None:
        """Creatinine 1.0 at 50 years: 68.63 for a woman, 91.69 for a man."""
        found = one("egfr", creatinine="1 mg/dL", age=50)
        assert (found.value.low, found.value.high) == pytest.approx((68.6335, 91.6915), abs=1e-3)
        assert truth("egfr >= 60 mL/min/{1.73_m2}", creatinine="1 mg/dL", age=50) == "met"
        assert truth("egfr >= 90 mL/min/{1.73_m2}", creatinine="1 mg/dL", age=50) == "unknown:missing"
        clearance = one("creatinine_clearance", creatinine="1 mg/dL", age=40, weight="72 kg")
        assert (clearance.value.low, clearance.value.high) == pytest.approx((85, 100))

    def test_growth_failure(self) -> None:
        """Bilirubin 10, albumin 2, INR 2 at two years: 19 without it, and 0.667 of a point in ten more with it."""
        fields = {"total_bilirubin": "10 mg/dL", "albumin": "2 g/dL", "inr": 2.0, "age": 2}
        assert shown("peld_score", **fields) == "19-26"
        assert truth("peld_score >= 19", **fields) == "met"
        assert truth("peld_score >= 25", **fields) == "unknown:missing"

    @pytest.mark.parametrize(
        ("fields", "score"),
        [
            ({}, "7-11"),
            ({"ascites_grade": "0"}, "7-9"),
            ({"ascites_grade": "2", "hepatic_encephalopathy_grade": "III"}, "11"),
            ({"ascites_grade": "1", "hepatic_encephalopathy_grade": "0"}, "8"),
            ({"ascites_grade": "1", "hepatic_encephalopathy_grade": "minimal"}, "8-9"),
            ({"conditions": [{"name": "ascites", "status": "active"}], "hepatic_encephalopathy_grade": "0"}, "8-9"),
            ({"conditions": [{"name": "ascites", "status": "refuted"}], "hepatic_encephalopathy_grade": "0"}, "7"),
            ({"complete": ["conditions"]}, "7"),
        ],
    )
    def test_ascites_and_encephalopathy_have_one_to_three_points_each(self, fields: dict[str, Any], score: str) -> None:
        """Bilirubin 2.0 and albumin 3.0 have two points each, INR 1.5 has one."""
        assert shown("child_pugh_score", **LIVER, **fields) == score

    def test_cholestatic_disease_may_be_scored_by_either_limit(self) -> None:
        """Bilirubin 5.0 has three points by the common limits, two by those of biliary disease."""
        fields = LIVER | {"total_bilirubin": "5 mg/dL", "ascites_grade": "0", "hepatic_encephalopathy_grade": "0"}
        assert shown("child_pugh_score", **fields) == "8"
        biliary = {"conditions": ["primary biliary cholangitis"]}
        assert shown("child_pugh_score", **fields, **biliary) == "7-8"
        assert "primary_biliary_cholangitis" in one("child_pugh_score", **fields, **biliary).derived_from

    def test_the_sheets_in_either_unit_part_over_a_few_values(self) -> None:
        """34 umol/L has two points on a sheet in umol/L, and is 1.99 mg/dL."""
        fields = LIVER | {"ascites_grade": "0", "hepatic_encephalopathy_grade": "0"}
        for bilirubin, score in (("34 umol/L", "6-7"), ("33 umol/L", "6"), ("51 umol/L", "7"), ("1.99 mg/dL", "6")):
            assert shown("child_pugh_score", **fields | {"total_bilirubin": bilirubin}) == score
        assert shown("child_pugh_score", **fields | {"albumin": "28 g/L"}) == "7"
        assert shown("child_pugh_score", **fields | {"albumin": "27.9 g/L"}) == "8"
        found = one("child_pugh_score", **fields | {"total_bilirubin": "34 umol/L"})
        assert found.note.endswith("bilirubin lies between the limits in mg/dL and in umol/L: from 6 to 7")


class TestIntervals:
    """Inputs that are themselves only bounded."""

    def test_below_the_limit_of_the_method_is_never_below_nothing(self) -> None:
        """ "<0.3" of creatinine counts as 1 for MELD, and makes an eGFR without an upper end."""
        fields = LIVER | {"creatinine": "<0.3 mg/dL", "states": NO_DIALYSIS}
        assert shown("meld_score", **fields) == "14"
        assert shown("egfr", creatinine="<0.3 mg/dL", age=50, sex="male") == "≥145"
        assert truth("egfr >= 60 mL/min/{1.73_m2}", creatinine="<0.3 mg/dL", age=50, sex="male") == "met"

    def test_the_jump_of_meld_na_is_inside_the_interval(self) -> None:
        """INR 1.55 to 1.60 with sodium 125: 11 on one side of the jump, 23 on the other."""
        fields = {"creatinine": "1 mg/dL", "total_bilirubin": "1 mg/dL", "sodium": "125 mmol/L", "states": NO_DIALYSIS}
        assert shown("meld_na_score", **fields, inr="1.55-1.60") == "11-23"
        assert truth("meld_na_score > 20", **fields, inr="1.55-1.60") == "unknown:missing"

    def test_above_all_measure(self) -> None:
        """More than 30 of bilirubin and 8 of INR reach the cap whatever they are."""
        fields = LIVER | {"total_bilirubin": ">30 mg/dL", "inr": ">8", "states": NO_DIALYSIS}
        assert shown("meld_score", **fields) == "40"

    def test_where_the_formula_may_not_hold_there_is_nothing(self) -> None:
        """Friedewald ends at 400 mg/dL of triglycerides."""
        fields = {"total_cholesterol": "250 mg/dL", "hdl_cholesterol": "40 mg/dL"}
        assert shown("ldl_cholesterol", **fields, triglycerides="300-399 mg/dL") == "130.2-150"
        assert shown("ldl_cholesterol", **fields, triglycerides="300-400 mg/dL") == "nothing"
        assert shown("ldl_cholesterol", **fields, triglycerides=">300 mg/dL") == "nothing"

    def test_every_value_inside_lies_inside(self) -> None:
        """The ends suffice: 4,000 points drawn inside random boxes never leave the interval of the corners."""
        draw = random.Random(4)
        ranges = {"fio2": (0.21, 1.0), "inr": (0.5, 8.0), "sodium": (110.0, 150.0), "age": (18, 90)}
        for formula in FORMULAS:
            for _ in range(40):
                boxes = [sorted(draw.uniform(*_range(given.key, ranges)) for _ in range(2)) for given in formula.inputs]
                options = [_options(name, draw) for name in formula.about]
                found = at_corners(formula.compute, [Interval(low, high) for low, high in boxes], options)
                for _ in range(4):
                    inside = [draw.uniform(low, high) for low, high in boxes]
                    value = formula.compute(*inside, *(draw.choice(option) for option in options))
                    if found is not None:
                        assert value is not None
                        assert found.low - 1e-9 <= value <= found.high + 1e-9, formula.name


def _range(key: str, ranges: dict[str, tuple[float, float]]) -> tuple[float, float]:
    return ranges.get(key) or (WORDS.words[key].plausible or (0.1, 300.0))


def _options(name: str, draw: random.Random) -> tuple[Any, ...]:
    if name == "age":
        low, high = sorted(draw.randint(18, 90) for _ in range(2))
        return tuple(dict.fromkeys((low, high)))
    if name == "limits":
        return COMMON, CHOLESTATIC
    return (1, 3) if name in ("ascites", "encephalopathy") else (False, True)


class TestMoments:
    """Inputs must lie close together, and date what follows from them."""

    @pytest.mark.parametrize(
        ("creatinine", "bilirubin", "expected"),
        [
            ("2025-05-20", "2025-05-20", "15"),
            ("2025-05-20", "2025-05-27", "15"),
            ("2025-05-20", "2025-05-13", "15"),
            ("2025-05-20", "2025-05-28", "nothing"),
            ("2025-05-20", "2025-05", "nothing"),
            ("2025-05-20T08:00", "2025-05-27T22:00", "15"),
        ],
    )
    def test_laboratory_values_lie_a_week_apart_at_most(self, creatinine: str, bilirubin: str, expected: str) -> None:
        rows = [
            row("creatinine", "1.2 mg/dL", creatinine),
            row("total_bilirubin", "2 mg/dL", bilirubin),
            row("inr", 1.5, creatinine),
        ]
        assert shown("meld_score", measurements=rows, states=NO_DIALYSIS) == expected

    @pytest.mark.parametrize(
        ("systolic", "diastolic", "expected"),
        [
            ("2025-05-20T08:00", "2025-05-20T08:59", "93.33"),
            ("2025-05-20T08:00", "2025-05-20T09:01", "nothing"),
            ("2025-05-20", "2025-05-20", "93.33"),
            ("2025-05-20T08:00", "2025-05-20", "93.33"),
            ("2025-05-20", "2025-05-21", "nothing"),
            ("2025-05", "2025-05", "nothing"),
        ],
    )
    def test_vital_signs_belong_together_within_an_hour(self, systolic: str, diastolic: str, expected: str) -> None:
        rows = [row("systolic_bp", "120 mm[Hg]", systolic), row("diastolic_bp", "80 mm[Hg]", diastolic)]
        assert shown("mean_arterial_pressure", measurements=rows) == expected

    @pytest.mark.parametrize(
        ("age", "height_on", "expected"),
        [(40, "2024-06-01", "24.22"), (40, "2024-05-15", "nothing"), (9, "2025-03-15", "24.22"), (9, "2025-02-15", "nothing")],
    )  # fmt: skip
    def test_the_height_of_a_child_is_of_this_season(self, age: int, height_on: str, expected: str) -> None:
        rows = [row("weight", "70 kg", "2025-05-20"), row("height", "170 cm", height_on)]
        assert shown("bmi", age=age, measurements=rows) == expected

    def test_the_height_of_an_adult_does_not_date_it_and_that_of_a_child_does(self) -> None:
        rows = [row("weight", "70 kg", "2025-05-20"), row("height", "170 cm", "2025-03-15")]
        for age, when in ((40, "2025-05-20"), (9, "2025-03-15/2025-05-20")):
            (moment,) = [found.when for found in all_of("bmi", age=age, measurements=rows)]
            assert moment is not None
            assert moment.text == when

    def test_inputs_of_several_days_span_them(self) -> None:
        """So that a window judges the oldest and the newest of them."""
        rows = [row("creatinine", "1.2 mg/dL", "2025-05-20"), row("total_bilirubin", "2 mg/dL", "2025-05-22"), row("inr", 1.5, "2025-05-18")]  # fmt: skip
        fields = {"measurements": rows, "states": NO_DIALYSIS}
        when = one("meld_score", **fields).when
        assert when is not None
        assert (when.text, when.first.date(), when.last.date()) == (
            "2025-05-18/2025-05-22", date(2025, 5, 18), date(2025, 5, 22),
        )  # fmt: skip
        assert truth("meld_score >= 15 within 14 day before screening", **fields) == "met"
        assert truth("meld_score >= 15 within 12 day before screening", **fields) == "unknown:stale"
        assert truth("meld_score >= 15 within 7 day before screening", **fields) == "unknown:stale"

    def test_each_reading_of_the_first_input_has_its_nearest_companions(self) -> None:
        """The later one, where two lie as near."""
        rows = [row("weight", f"{weight} kg", day) for weight, day in ((60, "2024-12-01"), (80, "2025-05-01"))]
        rows += [row("height", f"{height} cm", day) for height, day in ((160, "2024-11-01"), (170, "2025-04-01"), (172, "2025-06-01"))]  # fmt: skip
        assert shown("bmi", measurements=rows, age=40) == f"{60 / 1.6**2:.4g}, {80 / 1.7**2:.4g}"
        rows[3]["date"] = "2025-03-31"
        assert shown("bmi", measurements=rows, age=40) == f"{60 / 1.6**2:.4g}, {80 / 1.72**2:.4g}"

    def test_values_that_conflict_at_one_moment_give_no_exact_result(self) -> None:
        rows = [row("weight", "70 kg", "2025-05-20"), row("weight", "90 kg", "2025-05-20"), row("height", "170 cm", "2025-05-20")]  # fmt: skip
        found = one("bmi", measurements=rows)
        assert found.text == f"{70 / 1.7**2:.4g}-{90 / 1.7**2:.4g}"
        assert "weight has several values of one time" in found.note
        rows = [row("weight", "70 kg", "2025-05-20"), row("height", "170 cm", "2025-05-20"), row("height", "180 cm", "2025-05-20T10:00")]  # fmt: skip
        assert one("bmi", measurements=rows).text == f"{70 / 1.8**2:.4g}-{70 / 1.7**2:.4g}"

    def test_the_same_value_twice_is_no_conflict(self) -> None:
        rows = [row("weight", "70 kg", "2025-05-20")] * 2 + [row("height", "170 cm", "2025-05-20")]
        assert one("bmi", measurements=rows).value.exact

    def test_without_a_date_it_counts_as_of_the_day_of_judging(self) -> None:
        """As the profile states it; an old creatinine is not taken together with today's bilirubin."""
        rows = [row("creatinine", "1.2 mg/dL", "2025-01-20")]
        fields = {"total_bilirubin": "2 mg/dL", "inr": 1.5, "states": NO_DIALYSIS}
        assert shown("meld_score", measurements=rows, **fields) == "nothing"
        rows[0]["date"] = "2025-05-28"
        when = one("meld_score", measurements=rows, **fields).when
        assert when is not None
        assert when.text == "2025-05-28/2025-06-01"

    def test_many_readings_are_paired_one_by_one(self) -> None:
        """700 days of weight and of height: each weight has the height of its own day."""
        days = [date(2023, 6, 1) + timedelta(days=number) for number in range(700)]
        rows = [row("weight", f"{60 + number % 9} kg", str(day)) for number, day in enumerate(days)]
        rows += [row("height", f"{160 + number % 7} cm", str(day)) for number, day in enumerate(days)]
        found = all_of("bmi", measurements=rows, age=40)
        expected = [(60 + number % 9) / (1.6 + number % 7 / 100) ** 2 for number in range(700)]
        assert [value.value.low for value in found] == pytest.approx(expected)
        moments = [value.when.first for value in found if value.when]
        assert all(earlier < later for earlier, later in pairwise(moments))


class TestWhichCounts:
    """Between a recorded and a computed value the newer counts, and both are shown."""

    BODY = (row("weight", "93 kg", "2025-05-20"), row("height", "170 cm", "2025-05-20"))

    @pytest.mark.parametrize(
        ("day", "expected", "notes"),
        [
            ("2025-05-25", "not_met", ["", "older, not used"]),
            ("2025-05-20", "not_met", ["", "recorded value of the same day used"]),
            ("2025-05-10", "met", ["Quetelet index, Keys 1972", "older, not used"]),
        ],
    )
    def test_the_newer_and_at_one_moment_the_recorded(self, day: str, expected: str, notes: list[str]) -> None:
        verdict = says("bmi >= 30 kg/m2", measurements=[*self.BODY, row("bmi", "29 kg/m2", day)])
        assert verdict.truth == expected
        assert [evidence.note.split(";")[0] for evidence in verdict.because] == notes
        computed = next(evidence for evidence in verdict.because if evidence.derived_from)
        assert computed.derived_from == ("weight", "height")
        assert computed.value == "32.18"

    def test_a_record_as_new_as_the_newest_input_counts(self) -> None:
        rows = [*labs("2025-05-20"), row("meld_score", 30, "2025-05-20")]
        assert truth("meld_score >= 28", measurements=rows, states=NO_DIALYSIS) == "met"

    def test_a_record_that_is_older_than_one_input_leaves_it_open_where_they_disagree(self) -> None:
        """The INR of 24 May says that the MELD of 20 May may no longer hold."""
        rows = [*labs("2025-05-20"), row("inr", 1.5, "2025-05-24"), row("meld_score", 30, "2025-05-20")]
        assert truth("meld_score >= 28", measurements=rows, states=NO_DIALYSIS) == "unknown:conflict"

    def test_the_newest_of_each_laboratory_value_belong_together(self) -> None:
        """Bilirubin and INR of 22 May with the creatinine of the day before, not those that were taken with it."""
        rows = [*labs("2025-05-21"), row("total_bilirubin", "20 mg/dL", "2025-05-22"), row("inr", 3, "2025-05-22")]
        found = one("meld_score", measurements=rows, states=NO_DIALYSIS)
        assert found.when is not None
        assert found.when.last.date() == date(2025, 5, 22)
        assert found.value.low > 25

    def test_a_record_without_a_date_is_of_today(self) -> None:
        """So it is newer than what dated inputs give."""
        assert truth("bmi >= 30 kg/m2", measurements=list(self.BODY), bmi="29 kg/m2") == "not_met"

    def test_a_newer_computed_value_replaces_an_older_one_that_overlaps_it(self) -> None:
        """INR of 20 May serves creatinine of 18 and of 24 May; the later pair counts, without a conflict."""
        rows = [
            row("creatinine", "1 mg/dL", "2025-05-18"),
            row("creatinine", "3 mg/dL", "2025-05-24"),
            row("total_bilirubin", "2 mg/dL", "2025-05-20"),
            row("inr", 1.5, "2025-05-20"),
        ]
        assert shown("meld_score", measurements=rows, states=NO_DIALYSIS) == "14, 24"
        assert truth("meld_score >= 20", measurements=rows, states=NO_DIALYSIS) == "met"

    def test_one_moment_is_counted_once(self) -> None:
        """A BMI recorded and computed on the same day is one BMI."""
        rows = [*self.BODY, row("bmi", "32 kg/m2", "2025-05-20")]
        assert truth("bmi >= 30 kg/m2 on 2 occasions", measurements=rows) == "unknown:missing"
        rows += [row("weight", "95 kg", "2025-05-24")]
        assert truth("bmi >= 30 kg/m2 on 2 occasions", measurements=rows) == "met"

    def test_a_rise_is_between_two_moments(self) -> None:
        rows = [*self.BODY, row("bmi", "29 kg/m2", "2025-05-20")]
        assert truth("decrease of bmi >= 1 kg/m2", measurements=rows) == "unknown:missing"

    def test_only_what_a_rule_asks_for_is_computed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked: list[str] = []

        def applied(formula: Formula, *_: Any) -> Iterator[Measurement]:
            asked.append(formula.variable)
            return iter(())

        monkeypatch.setattr("eligibility.derived.derive.apply", applied)
        laid_out = facts(**LIVER, age=50, weight="70 kg", height="170 cm")
        judge(read_rule("hemoglobin >= 9 g/dL"), laid_out)
        assert asked == []
        for _ in range(3):
            judge(read_rule("bmi >= 30 kg/m2"), laid_out)
        assert asked == ["bmi"]


class TestKinds:
    """A quantity answers for the wider one it is a kind of, and never the other way round."""

    def test_either_method_is_a_qtc(self) -> None:
        assert truth("qtc <= 450 ms", qtcf="430 ms") == "met"
        assert truth("qtc <= 450 ms", qtcb="470 ms") == "not_met"
        verdict = says("qtc <= 450 ms", qtcf="430 ms")
        assert verdict.because[0].fact == "qtcf"

    def test_two_methods_that_disagree_leave_it_open(self) -> None:
        """QT 400 at 75 a minute: 447 by Bazett, 431 by Fridericia; both are a QTc."""
        ecg = {"qt_interval": "400 ms", "heart_rate": "75 /min"}
        assert truth("qtc <= 450 ms", **ecg) == "met"
        assert truth("qtc <= 440 ms", **ecg) == "unknown:conflict"
        assert truth("qtcf <= 440 ms", **ecg) == "met"
        assert truth("qtc <= 440 ms", **ecg, qtc="435 ms") == "met"

    def test_a_qtc_without_its_method_answers_for_no_method(self) -> None:
        verdict = says("qtcf <= 450 ms", qtc="430 ms")
        assert verdict.truth == "unknown"
        assert verdict.missing[0].reason == "missing"
        assert "is recorded, but not whether it is this kind of it" in verdict.missing[0].detail

    def test_an_older_formula_does_not_answer_where_the_quantity_has_its_own(self) -> None:
        """A kind of eGFR with a formula of its own would make two values of one creatinine; a recorded one counts."""
        kind = replace(WORDS.words["egfr_mdrd"], parents=("egfr",))
        words = Vocabulary({**WORDS.words, "egfr_mdrd": kind}, WORDS.groups)
        fields = {"creatinine": "1.7 mg/dL", "age": 60, "sex": "male", "race": "black"}
        assert [one.computed for one in Facts(patient(**fields), words).readings("egfr")] == [True]
        assert [one.computed for one in Facts(patient(**fields), words).readings("egfr_mdrd")] == [True]
        recorded = Facts(patient(egfr_mdrd="40 mL/min/{1.73_m2}"), words)
        assert judge(read_rule("egfr < 47 mL/min/{1.73_m2}"), recorded).truth == "met"

    def test_the_plain_word_means_the_formula_of_2021(self) -> None:
        fields = {"creatinine": "1.7 mg/dL", "age": 60, "sex": "male", "race": "black"}
        assert truth("egfr < 47 mL/min/{1.73_m2}", **fields) == "met"
        assert truth("egfr_ckd_epi_2009 < 47 mL/min/{1.73_m2}", **fields) == "not_met"


class TestScoresAndClasses:
    """A class follows from the score, and bounds it the other way round."""

    def test_a_score_bounded_by_its_class(self) -> None:
        """Class C is 10 to 15 points: more than 12 is open. Class A has 5 or 6: no."""
        assert truth("child_pugh_score > 12", child_pugh_class="C") == "unknown:missing"
        assert truth("child_pugh_score > 12", child_pugh_class="A") == "not_met"
        assert truth("child_pugh_score >= 10", child_pugh_class="C") == "met"
        assert truth("child_pugh_score > 9", child_pugh_class="B or C") == "unknown:missing"

    def test_a_class_through_a_computed_score(self) -> None:
        exact = {"ascites_grade": "1", "hepatic_encephalopathy_grade": "0"}
        verdict = says("child_pugh_class in {B}", **LIVER, **exact)
        assert verdict.truth == "met"
        assert verdict.because[0].derived_from[:2] == ("child_pugh_score", "total_bilirubin")
        assert verdict.because[0].note == "Child-Pugh (Pugh 1973)"

    def test_a_class_through_a_computed_interval(self) -> None:
        """7 to 11 points, with ascites and encephalopathy unknown: B or C, surely not A, and not more than 12."""
        assert truth("child_pugh_class in {A}", **LIVER) == "not_met"
        assert truth("child_pugh_class in {B, C}", **LIVER) == "met"
        assert truth("child_pugh_class in {C}", **LIVER) == "unknown:missing"
        assert truth("child_pugh_score > 12", **LIVER) == "not_met"
        assert truth("child_pugh_score > 9", **LIVER) == "unknown:missing"

    def test_a_recorded_class_counts_over_the_computed_score_of_that_day(self) -> None:
        fields = {"measurements": labs("2025-05-20"), "scales": [{"name": "child_pugh_class", "level": "A", "date": "2025-05-20"}]}  # fmt: skip
        assert truth("child_pugh_class in {A}", **fields) == "met"
        assert truth("child_pugh_score <= 6", **fields) == "met"

    def test_a_computed_score_inside_the_recorded_class_says_more(self) -> None:
        fields = LIVER | {"ascites_grade": "1", "hepatic_encephalopathy_grade": "0", "child_pugh_class": "B"}
        assert truth("child_pugh_score <= 8", **fields) == "met"
        assert truth("child_pugh_score <= 8", child_pugh_class="B") == "unknown:missing"


class TestStages:
    """A stage of chronic kidney disease follows from the GFR only where the disease is chronic."""

    CKD = (("name", "chronic kidney disease"),)

    @pytest.mark.parametrize(
        ("egfr", "stage"), [(95, "1"), (60, "2"), (59.9, "3a"), (44, "3b"), (29, "4"), (14.9, "5")]
    )
    def test_with_the_disease_on_record(self, egfr: float, stage: str) -> None:
        fields = {"egfr": f"{egfr} mL/min/{{1.73_m2}}", "conditions": [dict(self.CKD)]}
        assert truth(f"ckd_stage in {{{stage}}}", **fields) == "met"

    def test_one_low_value_is_no_chronic_disease(self) -> None:
        for conditions in ([], ["acute kidney injury"], [{"name": "chronic kidney disease", "status": "resolved"}]):
            fields = {"egfr": "40 mL/min/{1.73_m2}", "conditions": conditions}
            assert truth("ckd_stage in {3b}", **fields) == "unknown:missing"

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([(50, "2025-02-20"), (40, "2025-05-21")], "met"),
            ([(50, "2025-02-21"), (40, "2025-05-21")], "unknown:missing"),
            ([(70, "2025-02-20"), (40, "2025-05-21")], "unknown:missing"),
            ([(50, "2025-01-01"), (80, "2025-03-20"), (40, "2025-05-21")], "unknown:missing"),
            ([(50, "2025-02-01"), (40, "2025-05-21"), (75, "2025-05-28")], "unknown:missing"),
            ([(50, "2025-02"), (40, "2025-05-21")], "unknown:missing"),
        ],
    )
    def test_low_values_for_ninety_days_without_a_better_one(
        self, values: list[tuple[int, str]], expected: str
    ) -> None:
        rows = [row("egfr", f"{value} mL/min/{{1.73_m2}}", day) for value, day in values]
        assert truth("ckd_stage in {3b}", measurements=rows) == expected

    def test_values_computed_from_creatinine_count_as_well(self) -> None:
        """A man of 65 with 2.5 mg/dL has 27.8: stage 4, where it was so three months before."""
        rows = [row("creatinine", "2.5 mg/dL", "2025-05-20")]
        fields = {"birth_date": "1960-01-01", "sex": "male"}
        assert truth("ckd_stage in {4}", **fields, measurements=rows) == "unknown:missing"
        rows.append(row("creatinine", "2.4 mg/dL", "2025-02-01"))
        verdict = says("ckd_stage in {4}", **fields, measurements=rows)
        assert (verdict.truth, verdict.because[0].note) == ("met", "CKD-EPI 2021")
        assert truth("ckd_stage in {5}", **fields, measurements=rows) == "not_met"

    def test_a_recorded_stage_of_that_day_counts(self) -> None:
        fields = {
            "measurements": [row("egfr", "40 mL/min/{1.73_m2}", "2025-05-20")],
            "scales": [{"name": "ckd_stage", "level": "3a", "date": "2025-05-20"}],
            "conditions": [dict(self.CKD)],
        }
        assert truth("ckd_stage in {3a}", **fields) == "met"


class TestStrangeRecords:
    """Whatever a record holds, a computed value is a number, an interval of numbers, or nothing."""

    DAYS = (None, "2025", "2025-05", "2025-05-20", "2025-05-20T10:00", "2025-05-20T10:30", "1800-01-01")
    NUMBERS = (0.0, 1e-300, 1e308, -5.0, 0.5, 2.0, 40.0)

    def _measurement(self, key: str, draw: random.Random) -> Measurement:
        number, day = draw.choice(self.NUMBERS), draw.choice(self.DAYS)
        intervals = (
            Interval(number, number),
            Interval(-math.inf, number, False, False),
            Interval(number, math.inf, False, False),
        )
        unit = draw.choice((WORDS.words[key].unit, None, "ULN"))
        reference = draw.choice((None, Reference(None, 0.0), Reference(None, 40.0)))
        return Measurement(key, draw.choice(intervals), unit, read_when(day) if day else None, reference)

    def test_nothing_ends_the_reading(self) -> None:
        """Zero, the largest float, below zero, no date, the first year there is; three hundred patients of them."""
        draw = random.Random(7)
        keys = sorted({given.key for formula in FORMULAS for given in formula.inputs})
        for _ in range(300):
            days = [draw.choice(self.DAYS) for _ in range(2)]
            person = Patient(
                "p1",
                as_of=draw.choice((None, date(2025, 6, 1), date(1, 1, 1))),
                birth_date=read_when(days[0]) if days[0] else None,
                age=draw.choice((None, StatedAge(40), StatedAge(8.5), StatedAge(6, "month"))),
                race="other",
                measurements=tuple(self._measurement(key, draw) for key in draw.choices(keys, k=40)),
                findings=(Finding("state", "dialysis", onset=read_when(days[1]) if days[1] else None),),
            )
            for found in derived(person, WORDS.words):
                assert found.value.low <= found.value.high
                assert math.isfinite(found.value.low) or math.isfinite(found.value.high)
                assert "inf" not in found.text
