"""What holds of a rule, a criterion and a trial: met, not met or unknown, and the facts and reasons for it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion, Side
from eligibility.patients.from_profile import profile
from eligibility.patients.interval import Interval, exactly
from eligibility.patients.patient import Finding, Grade, Measurement, Patient
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Changed,
    Duration,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Unclear,
    Window,
)
from eligibility.trials.trial import Trial
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.judge import facts_of, judge_criterion, judge_trial
from eligibility.verdicts.judge import judge as judge_facts
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import CriterionVerdict, TrialVerdict, Verdict
from eligibility.vocabulary.tables import Vocabulary, vocabulary
from eligibility.vocabulary.word import Word

AS_OF = "2025-06-15"


def _words() -> Vocabulary:
    own = (
        Word("diabetes", "condition", "Diabetes"),
        Word("type_2_diabetes", "condition", "Type 2 diabetes", parents=("diabetes",)),
        Word("myocardial_infarction", "condition", "Myocardial infarction"),
        Word("asthma", "condition", "Asthma"),
        Word("chemotherapy", "treatment", "Chemotherapy"),
        Word("heparin", "treatment", "Heparin"),
        Word("protamine", "treatment", "Protamine"),
        Word("pregnant", "state", "Pregnant"),
        Word("breast_feeding", "state", "Breast-feeding"),
    )
    shipped = vocabulary()
    kept = {key: word for key, word in shipped.words.items() if word.kind in ("quantity", "scale")}
    return Vocabulary(kept | {word.key: word for word in own}, {})


WORDS = _words()


@dataclass(frozen=True)
class Line:
    """A line of a rulebook."""

    criterion: Criterion
    rule: Rule


def patient(**fields: Any) -> Patient:
    """A profile as of one day."""
    return profile({"id": "p1", "as_of": AS_OF, **fields}, file="patient.json", vocabulary=WORDS)


def facts(read: Patient) -> Facts:
    """The facts of a patient in the words of these tests."""
    return facts_of(read, WORDS)


def judge(rule: Rule, policy: Policy = DEFAULT, **fields: Any) -> Verdict:
    """What holds of a rule for a profile of these fields."""
    return judge_facts(rule, facts(patient(**fields)), policy)


def truth(rule: Rule, policy: Policy = DEFAULT, **fields: Any) -> str:
    """The truth alone, or "unknown:" and the reasons."""
    verdict = judge(rule, policy, **fields)
    reasons = ",".join(dict.fromkeys(gap.reason for gap in verdict.missing))
    return f"unknown:{reasons}" if verdict.truth == "unknown" else verdict.truth


def low(variable: str, value: float, unit: str | None = None, *, inclusive: bool = True, **fields: Any) -> Measured:
    """At least (or more than) a value."""
    return Measured(variable, low=Bound(value, unit, inclusive), **fields)


def high(variable: str, value: float, unit: str | None = None, *, inclusive: bool = True, **fields: Any) -> Measured:
    """At most (or less than) a value."""
    return Measured(variable, high=Bound(value, unit, inclusive), **fields)


def result(
    name: str, value: float | str, unit: str | None = None, day: str | None = None, **more: Any
) -> dict[str, Any]:
    """One row of measurements."""
    row = {"name": name, "value": value, "unit": unit, "date": day, **more}
    return {key: item for key, item in row.items() if item is not None}


def trial(lines: list[Line], read: Patient, trial_id: str = "NCT1", **fields: Any) -> TrialVerdict:
    """A trial of these lines, judged."""
    return judge_trial(Trial(trial_id, **fields), lines, facts(read), digest="rules")


def line(number: int, rule: Rule, side: Side = "inclusion", cohort: str | None = None) -> Line:
    """A criterion and its rule."""
    letter = "I" if side == "inclusion" else "E"
    return Line(Criterion(f"{letter}{number}", side, f"text {number}", cohort=cohort), rule)


class TestMeasured:
    """A quantity within bounds."""

    def test_a_value_is_compared_across_units_and_shown_in_the_rules_unit(self) -> None:
        """12 mg/dL of bilirubin are 205 umol/L."""
        verdict = judge(low("total_bilirubin", 171, "umol/L"), total_bilirubin="12 mg/dL")
        (fact,) = verdict.because
        assert verdict.truth == "met"
        assert (fact.value, fact.unit, fact.compared, fact.source) == ("12", "mg/dL", "205 umol/L", "total_bilirubin")

    def test_the_shown_conversion_stays_on_its_side_of_the_bound(self) -> None:
        """A value just below 171 is not shown as 171."""
        verdict = judge(low("total_bilirubin", 171, "umol/L"), total_bilirubin="9.99 mg/dL")
        assert (verdict.truth, verdict.because[0].compared) == ("not_met", "170.9 umol/L")

    @pytest.mark.parametrize(
        ("rule", "value", "expected"),
        [
            (low("hba1c", 7.0, "%"), "53 mmol/mol", "met"),
            (high("hba1c", 7.0, "%"), "53 mmol/mol", "met"),
            (low("hba1c", 7.0, "%", inclusive=False), "53 mmol/mol", "not_met"),
            (low("hemoglobin", 9, "g/dL"), "90 g/L", "met"),
            (low("hemoglobin", 9, "g/dL"), "89.9 g/L", "not_met"),
            (low("hemoglobin", 9, "g/dL", inclusive=False), "90 g/L", "not_met"),
            (low("hemoglobin", 9, "g/dL"), "8.999 g/dL", "not_met"),
        ],
    )
    def test_equality_holds_across_conversions(self, rule: Measured, value: str, expected: str) -> None:
        """Exactly within a unit, within 5e-4 where mass became moles or a formula was used."""
        assert truth(rule, DEFAULT, **{rule.variable: value}) == expected

    @pytest.mark.parametrize(
        ("rule", "value", "expected"),
        [
            (high("crp", 5, "mg/L"), "<5 mg/L", "met"),
            (high("crp", 5, "mg/L", inclusive=False), "<5 mg/L", "met"),
            (low("crp", 5, "mg/L"), "<5 mg/L", "not_met"),
            (low("crp", 3, "mg/L"), "<5 mg/L", "unknown:missing"),
            (low("ferritin", 500, "ng/mL"), ">1000 ng/mL", "met"),
            (high("ferritin", 2000, "ng/mL"), ">1000 ng/mL", "unknown:missing"),
            (low("crp", 5, "mg/L"), "5-10 mg/L", "met"),
            (low("crp", 10, "mg/L", inclusive=False), "5-10 mg/L", "not_met"),
            (low("crp", 10, "mg/L"), "5-10 mg/L", "unknown:missing"),
        ],
    )
    def test_an_interval_decides_only_as_a_whole(self, rule: Measured, value: str, expected: str) -> None:
        """Met when all of it satisfies, not met when none does, else unknown."""
        assert truth(rule, DEFAULT, **{rule.variable: value}) == expected

    def test_multiples_of_normal_come_from_the_patients_own_range(self) -> None:
        """10 x ULN with a range up to 1.2; without a range nothing is assumed."""
        own = result("total_bilirubin", 12, "mg/dL", reference_range={"low": 0.3, "high": 1.2})
        assert truth(low("total_bilirubin", 10, "ULN"), measurements=[own]) == "met"
        assert truth(low("total_bilirubin", 10, "ULN"), total_bilirubin="12 mg/dL") == "unknown:no_reference_range"
        other_unit = {**own, "reference_range": {"high": 20.5, "unit": "umol/L"}}
        assert truth(low("total_bilirubin", 10, "ULN"), measurements=[other_unit]) == "met"
        assert truth(high("total_bilirubin", 0.9, "LLN"), measurements=[other_unit]) == "unknown:no_reference_range"

    def test_a_range_of_the_vocabulary_serves_only_on_request_and_is_marked(self) -> None:
        """The note says whose range it was."""
        verdict = judge(low("alt", 3, "ULN"), Policy(table_ranges=True), alt="400 U/L")
        assert verdict.truth == "met"
        assert "vocabulary" in verdict.because[0].note

    def test_a_value_recorded_as_a_multiple_decides_multiples(self) -> None:
        """3 ULN is 3 ULN without any range, and says nothing in U/L."""
        assert truth(low("alt", 2.5, "ULN"), alt="3 ULN") == "met"
        assert truth(low("alt", 100, "U/L"), alt="3 ULN") == "unknown:no_reference_range"

    def test_units_that_cannot_be_compared_are_a_reason(self) -> None:
        """Of the record, of the text, or missing where none can be assumed."""
        assert truth(low("total_bilirubin", 2, "mg/dL"), total_bilirubin="12 mmHg") == "unknown:unit"
        assert truth(low("total_bilirubin", 2, "kg"), total_bilirubin="12 mg/dL") == "unknown:unit"
        assert truth(low("total_bilirubin", 2), total_bilirubin="12 mg/dL") == "unknown:unit"

    def test_an_assumed_unit_of_the_text_is_used_and_told(self) -> None:
        """ "BMI 30" can only be kg/m2."""
        verdict = judge(Measured("bmi", high=Bound(30, None, True, "kg/m2")), bmi="31 kg/m2")
        assert verdict.truth == "not_met"
        assert verdict.because[0].note == "the text gives no unit, read as kg/m2"

    def test_the_latest_value_counts(self) -> None:
        """Older ones do not, unless the rule selects them."""
        rows = [result("inr", 1.9, day="2025-06-01"), result("inr", 1.2, day="2025-05-01")]
        assert truth(low("inr", 1.5), measurements=rows) == "met"
        assert truth(high("inr", 1.3), measurements=rows) == "not_met"
        assert truth(high("inr", 1.3, select="any"), measurements=rows) == "met"

    def test_two_values_of_one_day_conflict_where_they_disagree(self) -> None:
        """Where both satisfy the rule there is nothing to ask."""
        rows = [result("inr", 1.9, day="2025-06-01"), result("inr", 1.4, day="2025-06-01")]
        assert truth(low("inr", 1.5), measurements=rows) == "unknown:conflict"
        assert truth(low("inr", 1.3), measurements=rows) == "met"
        timed = [result("inr", 1.9, day="2025-06-01T10:00"), result("inr", 1.4, day="2025-06-01T08:00")]
        assert truth(low("inr", 1.5), measurements=timed) == "met"

    def test_old_values_are_stale(self) -> None:
        """Ninety days without a window of the text; the window where there is one."""
        rule = low("inr", 1.5)
        assert truth(rule, measurements=[result("inr", 1.9, day="2025-03-17")]) == "met"
        assert truth(rule, measurements=[result("inr", 1.9, day="2025-03-16")]) == "unknown:stale"
        assert truth(rule, Policy(measurement_days=400), measurements=[result("inr", 1.9, day="2025-03-16")]) == "met"
        fortnight = low("inr", 1.5, window=Window("within", 14, "day"))
        assert truth(fortnight, measurements=[result("inr", 1.9, day="2025-06-01")]) == "met"
        assert truth(fortnight, measurements=[result("inr", 1.9, day="2025-05-31")]) == "unknown:stale"
        assert truth(fortnight, measurements=[result("inr", 1.9, day="2025-06")]) == "met"
        assert truth(fortnight, measurements=[result("inr", 1.9, day="2025")]) == "unknown:stale"

    def test_a_window_in_hours_is_unsure_where_only_days_are_known(self) -> None:
        """The hour of judging is not recorded."""
        rule = low("inr", 1.5, window=Window("within", 24, "hour"))
        assert truth(rule, measurements=[result("inr", 1.9, day="2025-06-15T08:00")]) == "met"
        assert truth(rule, measurements=[result("inr", 1.9, day="2025-06-14T08:00")]) == "unknown:stale"
        assert truth(rule, measurements=[result("inr", 1.9, day="2025-06-13T23:00")]) == "unknown:stale"

    def test_absurd_windows_are_no_accident(self) -> None:
        """A window longer than the calendar holds everything."""
        rows = [result("inr", 1.9, day="2025-06-14")]
        for unit in ("hour", "day", "month", "year"):
            assert truth(low("inr", 1.5, window=Window("within", 1e12, unit)), measurements=rows) == "met"
        rise = Changed("inr", "rise", Bound(1), None, Duration(1e15, "year"))
        assert truth(rise, measurements=[*rows, result("inr", 0.8, day="2025-06-13")]) == "met"
        assert truth(high("age", 1e300, "year"), birth_date="1980-01-01") == "met"

    def test_a_window_from_an_event_of_unknown_day_stays_open(self) -> None:
        """The onset of a disease is not the day of screening."""
        rule = low("inr", 1.5, window=Window("within", 4, "week", "onset"))
        assert truth(rule, measurements=[result("inr", 1.9, day="2025-06-14")]) == "unknown:missing"

    def test_the_least_of_incomplete_values_may_be_lower(self) -> None:
        """A lowest value of at least 2 is known only when every value is."""
        rows = [result("inr", 2.0, day="2025-06-01"), result("inr", 3.0, day="2025-06-02")]
        assert truth(low("inr", 2, select="min"), measurements=rows) == "unknown:missing"
        assert truth(low("inr", 2, select="min"), measurements=rows, complete=["measurements"]) == "met"
        assert truth(low("inr", 2.5, select="min"), measurements=rows) == "not_met"
        assert truth(low("inr", 2.5, select="max"), measurements=rows) == "met"

    def test_so_many_times_needs_so_many_values(self) -> None:
        """Two values above are two, one is not yet."""
        rows = [result("inr", 2.0, day="2025-06-01"), result("inr", 3.0, day="2025-06-02")]
        assert truth(low("inr", 2, times=2), measurements=rows) == "met"
        assert truth(low("inr", 2.5, times=2), measurements=rows) == "unknown:missing"
        assert truth(low("inr", 2.5, times=2), measurements=rows, complete=["measurements"]) == "not_met"

    def test_body_mass_index_is_computed_and_says_from_what(self) -> None:
        """A newer recorded value counts over an older computed one."""
        rule = low("bmi", 30, "kg/m2")
        verdict = judge(rule, weight="93 kg", height="170 cm")
        assert (verdict.truth, verdict.because[0].derived_from) == ("met", ("weight", "height"))
        rows = [
            result("weight", 93, "kg", "2025-05-01"),
            result("height", 170, "cm", "2025-05-01"),
            result("bmi", 29, "kg/m2", "2025-06-01"),
        ]
        assert truth(rule, measurements=rows) == "not_met"

    def test_one_meld_does_not_answer_for_another(self) -> None:
        """MELD-Na 31 leaves "MELD > 30" open."""
        rule = low("meld_score", 30, inclusive=False)
        assert truth(rule, meld_score=31) == "met"
        assert truth(rule, meld_score=24) == "not_met"
        assert truth(rule, meld_na_score=31) == "unknown:missing"

    def test_a_bare_number_of_a_substance_decides_nothing(self) -> None:
        """12 is normal in umol/L."""
        verdict = judge(low("total_bilirubin", 171, "umol/L"), total_bilirubin=12)
        assert verdict.truth == "unknown"
        assert [(gap.reason, gap.detail) for gap in verdict.missing] == [("unit", "the value has no unit")]


class TestAges:
    """Ages are birthdays."""

    AGE_1_TO_14 = Measured("age", Bound(1, "year"), Bound(14, "year"))

    @pytest.mark.parametrize(
        ("birth", "rule", "expected"),
        [
            ("2007-06-15", low("age", 18, "year"), "met"),
            ("2007-06-16", low("age", 18, "year"), "not_met"),
            ("2007-06-16", high("age", 18, "year", inclusive=False), "met"),
            ("2007-06-15", high("age", 18, "year", inclusive=False), "not_met"),
            ("1959-06-16", high("age", 65, "year"), "met"),
            ("1959-06-15", high("age", 65, "year"), "not_met"),
            ("2007-06-16", low("age", 18, "year", inclusive=False), "not_met"),
            ("2007-06-15", low("age", 18, "year", inclusive=False), "unknown:unclear"),
            ("2006-06-16", low("age", 18, "year", inclusive=False), "unknown:unclear"),
            ("2006-06-15", low("age", 18, "year", inclusive=False), "met"),
            ("2010-07-15", AGE_1_TO_14, "met"),
            ("2024-12-15", low("age", 6, "month"), "met"),
            ("2024-12-16", low("age", 6, "month"), "not_met"),
            ("2025-05-18", high("age", 28, "day"), "met"),
            ("2025-05-17", high("age", 28, "day"), "not_met"),
            ("2025-06-01", high("age", 2, "week"), "met"),
            ("2007", low("age", 18, "year"), "unknown:missing"),
            ("2006", low("age", 18, "year"), "met"),
            ("2007-07", low("age", 18, "year"), "not_met"),
        ],
    )
    def test_birthdays_decide(self, birth: str, rule: Rule, expected: str) -> None:
        """From the N-th, before the (N+1)-th, and in between the text is unclear."""
        assert truth(rule, birth_date=birth) == expected

    @pytest.mark.parametrize(
        ("age", "rule", "expected"),
        [
            (18, low("age", 18, "year"), "met"),
            (17, low("age", 18, "year"), "not_met"),
            (65, high("age", 65, "year"), "met"),
            (66, high("age", 65, "year"), "not_met"),
            (18, low("age", 18, "year", inclusive=False), "unknown:unclear"),
            (19, low("age", 18, "year", inclusive=False), "met"),
            (1, low("age", 18, "month"), "unknown:missing"),
            (2, low("age", 18, "month"), "met"),
            ("14 years 11 months", AGE_1_TO_14, "met"),
            ("15 years", AGE_1_TO_14, "not_met"),
            ("8 months", AGE_1_TO_14, "not_met"),
        ],
    )
    def test_a_stated_age_is_a_year_wide(self, age: float | str, rule: Rule, expected: str) -> None:
        """A stated 18 is any day between the 18th and the 19th birthday."""
        assert truth(rule, age=age) == expected

    def test_the_result_does_not_depend_on_the_day_it_is_asked(self) -> None:
        """An age without any date is judged all the same."""
        read = profile({"age": 40}, file="f", vocabulary=WORDS)
        assert judge_facts(low("age", 18, "year"), facts(read)).truth == "met"

    def test_a_birth_date_and_an_age_that_contradict_are_a_conflict(self) -> None:
        """Where both give the same verdict there is nothing to ask."""
        assert truth(low("age", 18, "year"), birth_date="2010-01-01", age=40) == "unknown:conflict"
        assert truth(low("age", 10, "year"), birth_date="2010-01-01", age=40) == "met"


class TestGraded:
    """Levels of scales, and the scores that imply them."""

    def test_levels_decide(self) -> None:
        """In, out, and possibly in."""
        assert truth(Graded("nyha_class", ("IV",)), nyha_class="III") == "not_met"
        assert truth(Graded("nyha_class", ("III", "IV")), nyha_class="3") == "met"
        assert truth(Graded("nyha_class", ("III", "IV")), nyha_class="II-III") == "unknown:missing"

    def test_class_and_score_imply_each_other(self) -> None:
        """Class C is 10 to 15 points; 8 points are class B."""
        over_12 = low("child_pugh_score", 12, inclusive=False)
        assert truth(over_12, child_pugh_class="C") == "unknown:missing"
        assert truth(over_12, child_pugh_class="A") == "not_met"
        assert truth(low("child_pugh_score", 10), child_pugh_class="C") == "met"
        assert truth(Graded("child_pugh_class", ("B",)), child_pugh_score=8) == "met"
        assert truth(over_12, child_pugh_class="C", child_pugh_score=13) == "met"

    def test_a_class_that_contradicts_the_score_is_a_conflict(self) -> None:
        """Class C with 8 points."""
        assert truth(Graded("child_pugh_class", ("B",)), child_pugh_class="C", child_pugh_score=8) == "unknown:conflict"

    def test_a_scale_goes_stale_after_half_a_year(self) -> None:
        """Scales keep longer than results."""
        rule = Graded("nyha_class", ("III",))
        assert truth(rule, scales=[{"name": "nyha_class", "level": "III", "date": "2024-12-20"}]) == "met"
        assert truth(rule, scales=[{"name": "nyha_class", "level": "III", "date": "2024-12-01"}]) == "unknown:stale"

    def test_a_condition_that_is_a_scale_by_name_feeds_it(self) -> None:
        """Ascites, recorded, is some grade from the first; refuted, it is grade 0."""
        some, none = Graded("ascites_grade", ("1", "2", "3")), Graded("ascites_grade", ("0",))
        assert truth(some, conditions=["ascites"]) == "met"
        assert truth(none, conditions={"ascites": False}) == "met"
        assert truth(Graded("ascites_grade", ("3",)), conditions=["ascites"]) == "unknown:missing"
        assert truth(Graded("ascites_grade", ("2", "3")), conditions=["ascites"], ascites_grade="2") == "met"
        assert truth(Present("condition", "ascites_grade"), ascites_grade="2") == "met"
        assert truth(Present("condition", "ascites_grade"), ascites_grade="0") == "not_met"

    def test_a_complete_list_without_it_means_the_lowest_level(self) -> None:
        """Conditions complete, no encephalopathy among them: grade 0. Without that word: unknown."""
        rule = Graded("hepatic_encephalopathy_grade", ("0", "I", "II"))
        assert truth(rule, complete=["conditions"]) == "met"
        assert truth(rule) == "unknown:missing"
        assert truth(Graded("nyha_class", ("I",)), complete=["conditions"]) == "unknown:missing"


class TestChanged:
    """A rise or fall needs two values at the right distance."""

    RISE = Changed("total_bilirubin", "rise", Bound(17.1, "umol/L"), None, Duration(1, "day"))

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([(10, "2025-06-13"), (11, "2025-06-14")], "met"),
            ([(10, "2025-06-13"), (10.9, "2025-06-14")], "not_met"),
            ([(10, "2025-06-12"), (12, "2025-06-14")], "met"),
            ([(10, "2025-06-12"), (11.5, "2025-06-14")], "not_met"),
            ([(12, "2025-06-13"), (11, "2025-06-14")], "not_met"),
            ([(11, "2025-06-14")], "unknown:missing"),
            ([(10, "2025-06-01"), (30, "2025-06-14")], "unknown:stale"),
            ([(10, "2024-06-01"), (30, "2024-06-02")], "unknown:stale"),
            ([(10, "2025-06-13"), (11, "2025-06-14"), (12, "2025-06-14")], "unknown:conflict"),
            ([(10, "2025-06-13T08:00"), (11, "2025-06-13T21:00")], "met"),
            ([(10, "2025-06-13T08:00"), (11, "2025-06-13T15:00")], "unknown:stale"),
        ],
    )
    def test_the_rate_between_two_values(self, rows: list[tuple[float, str]], expected: str) -> None:
        """By mg/dL a day, against 17.1 umol/L a day."""
        values = [result("total_bilirubin", value, "mg/dL", day) for value, day in rows]
        assert truth(self.RISE, measurements=values) == expected

    def test_a_fall_in_percent_of_the_earlier_value(self) -> None:
        """From 10 to 8 is a fall of 20 %."""
        rows = [result("hemoglobin", 10, "g/dL", "2025-06-01"), result("hemoglobin", 8, "g/dL", "2025-06-10")]
        assert truth(Changed("hemoglobin", "fall", Bound(20, "%")), measurements=rows) == "met"
        assert truth(Changed("hemoglobin", "fall", Bound(21, "%")), measurements=rows) == "not_met"


class TestPresent:
    """Conditions, treatments, allergies and states."""

    DIABETES = Present("condition", "diabetes")

    def test_what_the_vocabulary_does_not_know_is_never_absent(self) -> None:
        """A complete list may hold it by another name."""
        for rule in (Present("condition", "zorgblatt"), Graded("zorg_scale", ("I",)), Graded("z", ("I",), "max")):
            verdict = judge(rule, complete=["conditions", "scales"])
            assert [(gap.reason, gap.detail) for gap in verdict.missing] == [
                ("missing", "the vocabulary does not know it")
            ]

    def test_what_has_only_a_name_is_met_or_refuted_by_that_name_and_never_absent(self) -> None:
        """Case, hyphens, a plural and an adjective written into the name do not matter; another name says nothing."""
        rule = Present("condition", "prostatitis", "active", ("chronic",), named=True)
        assert truth(rule, conditions=[{"name": "Chronic prostatitis (disorder)"}]) == "met"
        assert truth(rule, conditions=[{"name": "Prostatitis"}]) == "unknown:missing"
        assert truth(rule, conditions=[{"name": "acute prostatitis"}], complete=["conditions"]) == "unknown:missing"
        code = Present("treatment", "bbi608", named=True)
        assert truth(code, medications=["BBI-608"]) == "met"
        assert truth(code, allergies=["BBI-608"]) == "unknown:missing"
        stricture = Present("condition", "urethral stricture", named=True)
        assert truth(stricture, conditions=[{"name": "urethral strictures", "status": "refuted"}]) == "not_met"
        assert truth(stricture, conditions=[{"name": "urethral stricture", "status": "resolved"}]) == "unknown:missing"
        coded = {"name": "CHRON. PROST.", "codes": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "N41.1"}]}
        told = judge(rule, conditions=[coded])
        assert (told.truth, [row.note for row in told.because]) == ("met", ["by the name of ICD-10-CM N41.1"])
        wider = Present("condition", "inflammatory diseases of prostate", named=True)
        assert truth(wider, conditions=[coded]) == "met"
        assert truth(wider, conditions=[coded | {"status": "refuted"}]) == "unknown:missing"
        assert truth(rule, conditions=[coded | {"status": "refuted"}]) == "not_met"
        assert truth(Present("condition", "acute prostatitis", named=True), conditions=[coded]) == "unknown:missing"
        verdict = judge(stricture, conditions=["urethral stricture"])
        assert [row.note for row in verdict.because] == ["by its name"]

    def test_absence_is_unknown_unless_it_is_known(self) -> None:
        """A complete list, a recorded no, or the user's policy make it a no."""
        assert truth(self.DIABETES) == "unknown:missing"
        assert truth(self.DIABETES, complete=["conditions"]) == "not_met"
        assert truth(self.DIABETES, conditions={"diabetes": False}) == "not_met"
        assert truth(self.DIABETES, Policy(assume_absent=frozenset(("conditions",)))) == "not_met"
        assert truth(Present("allergy", "heparin"), complete=["conditions"]) == "unknown:missing"

    def test_a_complete_list_with_unknown_names_proves_nothing(self) -> None:
        """The entry that is not understood may be the condition asked for."""
        assert truth(self.DIABETES, complete=["conditions"], conditions=["sugar sickness"]) == "unknown:missing"

    def test_a_kind_of_it_is_it_but_the_wider_word_decides_nothing(self) -> None:
        """Type 2 diabetes is diabetes; diabetes may be type 2."""
        kind = Present("condition", "type_2_diabetes")
        assert truth(self.DIABETES, conditions=["Type 2 diabetes"]) == "met"
        assert truth(kind, conditions=["diabetes"]) == "unknown:missing"
        assert truth(kind, conditions=["diabetes"], complete=["conditions"]) == "unknown:missing"
        assert truth(kind, conditions={"diabetes": False}) == "not_met"
        assert truth(self.DIABETES, conditions={"Type 2 diabetes": False}) == "unknown:missing"

    def test_resolved_is_history_and_not_active(self) -> None:
        """And an unknown status is unknown."""
        rows = {"diabetes": "resolved"}
        assert truth(self.DIABETES, conditions=rows) == "not_met"
        assert truth(Present("condition", "diabetes", "history"), conditions=rows) == "met"
        assert truth(Present("condition", "diabetes", "any"), conditions=rows) == "met"
        assert truth(self.DIABETES, conditions={"diabetes": "unknown"}) == "unknown:missing"
        assert truth(self.DIABETES, conditions={"Type 2 diabetes": "resolved"}) == "unknown:missing"

    def test_recorded_and_refuted_is_a_conflict(self) -> None:
        """Two records that exclude each other."""
        rows = [{"name": "diabetes"}, {"name": "diabetes", "status": "refuted"}]
        assert truth(self.DIABETES, conditions=rows) == "unknown:conflict"

    def test_a_refuted_quality_refutes_no_more_than_it_says(self) -> None:
        """No severe asthma may be mild asthma."""
        rows = [{"name": "asthma", "severity": "severe", "status": "refuted"}]
        assert truth(Present("condition", "asthma"), conditions=rows) == "unknown:missing"
        assert truth(Present("condition", "asthma", qualifiers=("severe",)), conditions=rows) == "not_met"

    def test_a_second_record_of_unknown_status_keeps_it_open(self) -> None:
        """One episode is over, of the other it is not known."""
        rows = [{"name": "asthma", "status": "resolved"}, {"name": "asthma", "status": "unknown"}]
        assert truth(Present("condition", "asthma"), conditions=rows) == "unknown:missing"

    def test_qualities_must_be_recorded(self) -> None:
        """Severe asthma: severe, mild, and not said."""
        rule = Present("condition", "asthma", qualifiers=("severe",))
        assert truth(rule, conditions=[{"name": "asthma", "severity": "Severe"}]) == "met"
        assert truth(rule, conditions=["asthma"]) == "unknown:missing"
        mild = [{"name": "asthma", "severity": "mild"}]
        assert truth(rule, conditions=mild) == "unknown:missing"
        assert truth(rule, conditions=mild, complete=["conditions"]) == "not_met"

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ({"status": "history", "onset": "2025-01-10"}, "met"),
            ({"status": "history", "onset": "2024-01-10"}, "unknown:stale"),
            ({"status": "history", "onset": "2024"}, "unknown:stale"),
            ({"status": "history"}, "unknown:missing"),
            ({"status": "active", "onset": "2020-01-01"}, "unknown:stale"),
            ({"status": "resolved", "onset": "2020-01-01", "abatement": "2025-01-01"}, "met"),
        ],
    )
    def test_an_event_within_a_window(self, row: dict[str, Any], expected: str) -> None:
        """A myocardial infarction within six months."""
        rule = Present("condition", "myocardial_infarction", "history", window=Window("within", 6, "month"))
        assert truth(rule, conditions=[{"name": "myocardial infarction", **row}]) == expected

    def test_an_old_event_is_no_proof_against_a_new_one(self) -> None:
        """Unless the list is complete."""
        rule = Present("condition", "myocardial_infarction", "history", window=Window("within", 6, "month"))
        old = [{"name": "myocardial infarction", "status": "history", "onset": "2020-01-01"}]
        assert truth(rule, conditions=old, complete=["conditions"]) == "not_met"

    def test_treatments_overlap_their_windows(self) -> None:
        """Begun long ago and still given; ended in time; ended before."""
        rule = Present("treatment", "chemotherapy", "any", window=Window("within", 4, "week"))
        assert truth(rule, medications=[{"name": "chemotherapy", "start": "2024-01-01"}]) == "met"
        ended = {"name": "chemotherapy", "start": "2024-01-01", "end": "2025-06-01"}
        assert truth(rule, medications=[ended]) == "met"
        assert truth(rule, medications=[{**ended, "end": "2025-05-01"}], complete=["medications"]) == "not_met"

    def test_lasting_and_elapsed_times(self) -> None:
        """On a treatment for three months; four weeks since it."""
        lasting = Present("treatment", "chemotherapy", window=Window("for", 3, "month"))
        assert truth(lasting, medications=[{"name": "chemotherapy", "start": "2025-01-01"}]) == "met"
        assert truth(lasting, medications=[{"name": "chemotherapy"}]) == "unknown:missing"
        since = Present("treatment", "chemotherapy", "any", window=Window("since", 4, "week"))
        ended = {"name": "chemotherapy", "start": "2025-01-01", "end": "2025-05-01"}
        assert truth(since, medications=[ended]) == "met"
        assert truth(since, medications=[{**ended, "end": "2025-06-10"}]) == "not_met"
        assert truth(since, medications=[{"name": "chemotherapy", "start": "2025-01-01"}]) == "not_met"

    def test_an_allergy_is_not_a_treatment(self) -> None:
        """Heparin given is no allergy to heparin, and the other way round."""
        assert truth(Present("allergy", "heparin"), allergies=["Heparin"]) == "met"
        assert truth(Present("allergy", "heparin"), medications=["Heparin"]) == "unknown:missing"
        assert truth(Present("treatment", "heparin"), allergies=["Heparin"]) == "unknown:missing"

    def test_a_man_is_not_pregnant(self) -> None:
        """No data is needed for it; of a woman it is asked."""
        either = AnyOf((Present("state", "pregnant"), Present("state", "breast_feeding")))
        assert truth(either, sex="male") == "not_met"
        assert truth(either, sex="female") == "unknown:missing"
        assert truth(either, sex="female", states={"pregnant": False, "breast_feeding": False}) == "not_met"


class TestLogic:
    """Strong Kleene logic, and what is still missing."""

    INR = Measured("inr", Bound(1.5), Bound(2.6))
    ACTIVITY = Measured("prothrombin_activity", Bound(20, "%"), Bound(40, "%"))

    def test_either_of_two_is_asked_for_both(self) -> None:
        """Neither known: both are missing; one known and satisfied: nothing is."""
        verdict = judge(AnyOf((self.INR, self.ACTIVITY)))
        assert [gap.fact for gap in verdict.missing] == ["inr", "prothrombin_activity"]
        assert not judge(AnyOf((self.INR, self.ACTIVITY)), inr=1.9).missing

    def test_what_can_change_nothing_is_not_asked_for(self) -> None:
        """A failed part of an "all" makes the rest irrelevant."""
        inner = AllOf((self.INR, self.ACTIVITY))
        verdict = judge(AnyOf((inner, Unclear("x"))), inr=1.0)
        assert [(gap.fact, gap.reason) for gap in verdict.missing] == [("x", "unclear")]

    @pytest.mark.parametrize(
        ("known", "expected"),
        [((1, 1), "met"), ((1, None), "unknown"), ((0, 0), "not_met"), ((1, 0), "unknown"), ((0, None), "unknown")],
    )
    def test_two_of_three(self, known: tuple[int | None, ...], expected: str) -> None:
        """Decided as soon as the third cannot change it."""
        names = ("inr", "meld_score", "child_pugh_score")
        rules = tuple(low(name, 10) for name in names)
        fields = {name: 12 if value else 5 for name, value in zip(names, known, strict=False) if value is not None}
        fields = {name: (6 if name == "meld_score" and value == 5 else value) for name, value in fields.items()}
        assert judge(AtLeast(2, rules), DEFAULT, **fields).truth == expected

    def test_people_are_asked_with_the_words_of_the_text(self) -> None:
        """Judgement and unclear carry their words, span and reason."""
        verdict = judge(
            AllOf((Judgement("signed consent", (0, 14)), Unclear("no etc.", "an open list", span=(15, 22))))
        )
        assert [(gap.fact, gap.reason, gap.span) for gap in verdict.missing] == [
            ("signed consent", "judgement", (0, 14)),
            ("no etc.", "unclear", (15, 22)),
        ]


ATOMS: tuple[Rule, ...] = (
    low("inr", 1.5),
    high("inr", 2.0, inclusive=False),
    low("meld_score", 20),
    Graded("nyha_class", ("III", "IV")),
    Graded("child_pugh_class", ("C",)),
    low("child_pugh_score", 12, inclusive=False),
    Present("condition", "diabetes"),
    Present("condition", "type_2_diabetes"),
    Present("allergy", "heparin"),
    low("age", 18, "year"),
    Judgement("consent"),
)
RULES = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: AllOf(tuple(rules))),
        st.lists(inner, min_size=1, max_size=3).map(lambda rules: AnyOf(tuple(rules))),
        st.tuples(st.integers(1, 3), st.lists(inner, min_size=1, max_size=3)).map(lambda p: AtLeast(p[0], tuple(p[1]))),
        inner.map(Not),
    ),
    max_leaves=8,
)
EXACT = {
    "inr": st.sampled_from((1.0, 1.5, 1.9, 2.0, 3.0)),
    "meld_score": st.sampled_from((10.0, 20.0, 30.0)),
    "child_pugh_score": st.sampled_from((6.0, 8.0, 11.0, 13.0)),
}


@st.composite
def growing_patients(draw: st.DrawFn) -> tuple[Patient, Patient]:
    """A patient of whom little is known, and the same one of whom more is."""
    vague, exact = Patient("p", date(2025, 6, 15), sex="female"), Patient("p", date(2025, 6, 15), sex="female")
    for name, values in EXACT.items():
        value = draw(values)
        knowledge = draw(st.sampled_from(("nothing", "range", "value")))
        wide = Interval(value - draw(st.sampled_from((0.0, 0.5, 4.0))), value + draw(st.sampled_from((0.0, 0.5, 4.0))))
        if knowledge != "nothing":
            shown = exactly(value) if knowledge == "value" else wide
            vague = replace(vague, measurements=(*vague.measurements, Measurement(name, shown)))
        exact = replace(exact, measurements=(*exact.measurements, Measurement(name, exactly(value))))
    level = draw(st.sampled_from(("I", "II", "III", "IV")))
    exact = replace(exact, grades=(Grade("nyha_class", (level,)),))
    possible = tuple(other for other in ("I", "II", "III", "IV") if other == level or draw(st.booleans()))
    vague = replace(vague, grades=(Grade("nyha_class", possible),)) if draw(st.booleans()) else vague
    known = tuple(
        Finding(
            "allergy" if name == "heparin" else "condition", name, status=draw(st.sampled_from(("active", "refuted")))
        )
        for name in draw(st.sampled_from((("diabetes", "heparin"), ("type_2_diabetes", "heparin"), ("heparin",))))
    )
    exact = replace(exact, findings=known, complete=frozenset(("conditions", "allergies")))
    vague = replace(vague, findings=known if draw(st.booleans()) else known[:1])
    return vague, exact


class TestKleeneLaws:
    """What must hold of every rule and every patient."""

    @settings(max_examples=300, deadline=None)
    @given(RULES, growing_patients())
    def test_knowing_more_never_turns_a_decided_verdict_around(self, rule: Rule, pair: tuple[Patient, Patient]) -> None:
        """Unknown may become met or not met; met and not met stay."""
        before, after = (judge_facts(rule, facts(read)) for read in pair)
        assert before.truth in ("unknown", after.truth)

    @settings(max_examples=200, deadline=None)
    @given(RULES, growing_patients())
    def test_an_exclusion_is_the_inclusion_of_its_opposite(self, rule: Rule, pair: tuple[Patient, Patient]) -> None:
        """The side of the text and a negation mirror each other."""
        known = facts(pair[0])
        inclusion = judge_criterion(Criterion("I1", "inclusion", ""), Not(rule), known)
        exclusion = judge_criterion(Criterion("E1", "exclusion", ""), rule, known)
        if "not_applicable" not in (inclusion.result, exclusion.result):
            assert inclusion.result == exclusion.result

    @settings(max_examples=200, deadline=None)
    @given(RULES, growing_patients())
    def test_only_the_unknown_lacks_something(self, rule: Rule, pair: tuple[Patient, Patient]) -> None:
        """Decided: nothing is missing; unknown: something is."""
        for read in pair:
            verdict = judge_facts(rule, facts(read))
            assert bool(verdict.missing) == (verdict.truth == "unknown")

    @settings(max_examples=100, deadline=None)
    @given(RULES, growing_patients())
    def test_order_does_not_matter(self, rule: Rule, pair: tuple[Patient, Patient]) -> None:
        """The parts of a rule may stand in any order."""
        other = Judgement("other")
        first, second = (AllOf((rule, other)), AllOf((other, rule)))
        known = facts(pair[0])
        assert judge_facts(first, known).truth == judge_facts(second, known).truth


class TestCriteria:
    """Pass, fail, unresolved, not applicable."""

    def judged(self, rule: Rule, side: Side, **fields: Any) -> CriterionVerdict:
        """A criterion of this side, judged."""
        return judge_criterion(Criterion("X1", side, ""), rule, facts(patient(**fields)))

    def test_an_exclusion_passes_when_not_met(self) -> None:
        """And a missing value leaves both sides unresolved."""
        rule = low("meld_score", 30, inclusive=False)
        assert self.judged(rule, "exclusion", meld_score=24).result == "pass"
        assert self.judged(rule, "exclusion", meld_score=31).result == "fail"
        assert self.judged(rule, "exclusion").result == "unresolved"
        assert self.judged(rule, "inclusion").result == "unresolved"

    def test_a_criterion_for_the_other_sex_does_not_apply(self) -> None:
        """ "For women < 12 g/dL" says nothing of a man; "men and women" binds both."""
        women, men = Graded("sex", ("female",)), Graded("sex", ("male",))
        for_women = AnyOf((Not(women), low("hemoglobin", 12, "g/dL")))
        both = AllOf((for_women, AnyOf((Not(men), low("hemoglobin", 13, "g/dL")))))
        assert self.judged(for_women, "inclusion", sex="male").result == "not_applicable"
        assert self.judged(for_women, "inclusion", sex="female").result == "unresolved"
        assert self.judged(both, "inclusion", sex="male", hemoglobin="14 g/dL").result == "pass"
        excluded = AllOf((women, high("hemoglobin", 12, "g/dL")))
        assert self.judged(excluded, "exclusion", sex="male").result == "not_applicable"
        assert self.judged(excluded, "exclusion", sex="female", hemoglobin="11 g/dL").result == "fail"

    def test_a_sex_or_age_criterion_itself_always_applies(self) -> None:
        """ "Women only" is failed by a man."""
        assert self.judged(Graded("sex", ("female",)), "inclusion", sex="male").result == "fail"
        assert self.judged(low("age", 18, "year"), "inclusion", age=17).result == "fail"


class TestTrials:
    """Outcome, score, answers, cohorts."""

    LINES = (
        line(1, low("inr", 1.5)),
        line(2, Judgement("signed consent")),
        line(1, low("meld_score", 30, inclusive=False), "exclusion"),
        line(2, AnyOf((Present("condition", "diabetes"), Unclear("etc."))), "exclusion"),
    )
    ANSWERS = (
        {"trial": "NCT1", "criterion": "I2", "result": "pass", "by": "A. Nurse", "date": "2025-06-10"},
        {"trial": "NCT1", "criterion": "E2", "result": "pass", "by": "A. Nurse"},
    )

    def of(self, **fields: Any) -> TrialVerdict:
        """The trial of these lines for a profile."""
        return trial(list(self.LINES), patient(**fields))

    def test_the_four_outcomes(self) -> None:
        """Failed; a fact wanting; a person wanted; all passed."""
        known = {"inr": 1.9, "meld_score": 24, "complete": ["conditions"]}
        assert self.of(**known).outcome == "potentially_eligible"
        assert self.of(**known, answers=self.ANSWERS).outcome == "eligible"
        assert self.of(**{**known, "meld_score": 31}, answers=self.ANSWERS).outcome == "ineligible"
        assert self.of(inr=1.9, meld_score=24).outcome == "undetermined"

    def test_the_score_counts_what_facts_decide(self) -> None:
        """Passed over passed and unresolved for want of a fact; 0 when ineligible; none without such criteria."""
        assert self.of(inr=1.9, meld_score=24).score == pytest.approx(2 / 3)
        assert self.of(inr=1.0).score == 0
        assert trial([line(1, Judgement("consent"))], patient()).score is None

    def test_no_criteria_leave_it_undetermined_and_say_so(self) -> None:
        """A record without criteria is no trial for everybody."""
        verdict = trial([], patient())
        assert (verdict.outcome, verdict.score, verdict.note) == ("undetermined", None, "no criteria in the record")

    def test_answers_decide_only_what_a_person_can_say(self) -> None:
        """Not a missing value; and never the wrong way round under a negation."""
        answer = {"trial": "NCT1", "criterion": "I1", "result": "pass", "by": "B"}
        mixed = AllOf((low("inr", 1.5), Not(Unclear("bleeding"))))
        (row,) = trial([line(1, mixed)], patient(answers=[answer])).criteria
        assert (row.result, [gap.fact for gap in row.missing]) == ("unresolved", ["inr"])
        (row,) = trial([line(1, mixed)], patient(answers=[answer], inr=1.9)).criteria
        assert (row.result, row.because[-1].by) == ("pass", "B")
        (row,) = trial([line(1, mixed)], patient(answers=[{**answer, "result": "fail"}], inr=1.9)).criteria
        assert row.result == "fail"

    def test_an_answer_nobody_asked_for_is_told(self) -> None:
        """It changes nothing and is not passed over in silence."""
        answer = {"trial": "NCT1", "criterion": "I9", "result": "pass", "by": "B"}
        assert "I9" in trial([line(1, low("inr", 1.5))], patient(answers=[answer])).note

    def test_of_equal_cohorts_the_one_with_the_fewest_open_lines_speaks(self) -> None:
        """A healthy child belongs to the healthy controls, though nobody has judged the words of the others."""
        lines = [
            line(1, Unclear("specific diagnostic criteria"), cohort="test group"),
            line(2, Measured("inr", None, Bound(2)), cohort="test group"),
            line(3, Measured("inr", None, Bound(3)), cohort="healthy control"),
            line(4, Judgement("consent")),
        ]
        for order in (lines, lines[::-1]):
            assert trial(order, patient(inr=1)).cohort == "healthy control"

    def test_the_best_cohort_speaks_for_the_trial(self) -> None:
        """A healthy control is not bound by the disease."""
        lines = [
            line(1, low("age", 1, "year")),
            line(2, Present("condition", "asthma"), cohort="test group"),
            line(3, Not(Present("condition", "asthma")), cohort="healthy control"),
        ]
        well = trial(lines, patient(age=8, complete=["conditions"]))
        assert (well.cohort, well.outcome) == ("healthy control", "eligible")
        assert [row.result for row in well.criteria] == ["pass", "not_applicable", "pass"]
        sick = trial(lines, patient(age=8, conditions=["asthma"]))
        assert (sick.cohort, sick.outcome) == ("test group", "eligible")

    def test_the_digest_follows_the_inputs(self) -> None:
        """Same inputs, same digest; another value, another one."""
        first, again, other = (self.of(inr=value).digest for value in (1.9, 1.9, 1.8))
        assert first == again != other


@pytest.mark.heavy
def test_ten_rules_take_less_than_a_tenth_of_a_millisecond() -> None:
    """One patient and trial, once the facts are laid out; the best of several runs."""
    rules: tuple[Rule, ...] = ATOMS[:10]
    lines = [line(number, rule) for number, rule in enumerate(rules)]
    known = facts(
        patient(inr=1.9, meld_score=24, nyha_class="II", child_pugh_class="B", age=40, conditions=["diabetes"])
    )
    best = float("inf")
    for _ in range(20):
        start = time.process_time()
        for _ in range(100):
            judge_trial(Trial("NCT1"), lines, known)
        best = min(best, (time.process_time() - start) / 100)
    assert best < 200e-6, f"{best * 1e6:.0f} microseconds"
