"""One patient against trials: the examples of the five records, ranking, and the stable JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility.criteria.criterion import Criterion, Side
from eligibility.matching import match
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import Patient
from eligibility.reports.as_json import as_json, pairs
from eligibility.reports.frame import foot_lines, opening
from eligibility.reports.report import Report
from eligibility.rules.notation import read_rule
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.trials.trial import Trial
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import CriterionVerdict
from eligibility.vocabulary.tables import vocabulary

LIVER = (
    ("I1", 'unclear "acute on chronic liver failure" because "too long"'),
    ("I2", "total_bilirubin >= 171 umol/L or increase of total_bilirubin >= 17.1 umol/L per 1 day"),
    ("I3", "prothrombin_activity 20 % .. 40 % or inr 1.5 .. 2.6"),
    ("I4", "hepatic_encephalopathy_grade in {0, minimal, I, II}"),
    ("I5", "total_bilirubin >= 10 ULN"),
    ("E2", 'has allergy to heparin or has allergy to protamine or unclear "drugs used in treatment" because "vague"'),
    ("E3", "meld_score > 30"),
    ("E4", 'has diabetes or unclear "etc." because "an open list"'),
    ("R1", "age 18 year .. 65 year"),
)
KNOWN: dict[str, Any] = {
    "id": "p1",
    "as_of": "2025-06-15",
    "age": 40,
    "sex": "male",
    "measurements": [
        {
            "name": "total bilirubin",
            "value": 12,
            "unit": "mg/dL",
            "date": "2025-06-14",
            "reference_range": {"low": 0.3, "high": 1.2},
        }
    ],
    "inr": 1.9,
    "meld_score": 24,
    "scales": {"hepatic encephalopathy grade": "I"},
    "conditions": ["ascites"],
    "complete": ["conditions", "allergies"],
}


def patient(**changes: Any) -> Patient:
    """The patient of the examples with these changes; None takes a field away."""
    fields = {key: value for key, value in (KNOWN | changes).items() if value is not None}
    return profile(fields, file="patient.json", vocabulary=vocabulary())


def book(trial: str, rules: tuple[tuple[str, str], ...], **fields: Any) -> Rulebook:
    """A rulebook of written rules; ids that begin with E are exclusions."""
    lines = []
    for name, written in rules:
        side: Side = "exclusion" if name.startswith("E") else "inclusion"
        lines.append(Line(Criterion(name, side, f"words of {name}"), read_rule(written)))
    return Rulebook(Trial(trial, **fields), tuple(lines))


def liver(**changes: Any) -> Report:
    """The patient of the examples against NCT05940610."""
    return match(patient(**changes), [book("NCT05940610", LIVER, title="Plasma exchange", status="WITHDRAWN")])


def row(report: Report, name: str) -> CriterionVerdict:
    """One criterion of the one trial."""
    return next(row for row in report.judgements(report.verdicts[0].trial) if row.criterion.id == name)


class TestTheLiverTrial:
    """NCT05940610 and the patient of the examples."""

    ANSWERS = tuple(
        {"trial": "NCT05940610", "criterion": name, "result": "pass", "by": "A. Nurse", "date": "2025-06-15"}
        for name in ("I1", "E2", "E4")
    )

    def test_all_facts_known_and_open_words_left_is_potentially_eligible(self) -> None:
        """Every line a fact decides passes; the rest is for a person."""
        report = liver()
        assert report.verdicts[0].outcome == "potentially_eligible"
        assert {row.criterion.id for row in report.judgements("NCT05940610") if row.result != "pass"} == {
            "I1",
            "E2",
            "E4",
        }
        assert row(report, "I2").because[0].compared == "205 umol/L"

    def test_every_open_line_answered_is_eligible(self) -> None:
        """With the name of who answered."""
        report = liver(answers=self.ANSWERS)
        assert report.verdicts[0].outcome == "eligible"
        assert "A. Nurse" in [fact.by for fact in row(report, "E2").because]

    def test_a_meld_of_31_is_ineligible_by_that_line(self) -> None:
        """One line fails, and it is named."""
        report = liver(meld_score=31)
        assert report.verdicts[0].outcome == "ineligible"
        assert [row.criterion.id for row in report.judgements("NCT05940610") if row.result == "fail"] == ["E3"]

    def test_without_inr_either_test_is_asked_for(self) -> None:
        """INR or prothrombin activity: one of them is enough, both are named."""
        report = liver(inr=None)
        assert report.verdicts[0].outcome == "undetermined"
        assert [gap.fact for gap in row(report, "I3").missing] == ["prothrombin_activity", "inr"]

    def test_meld_na_does_not_stand_in_for_meld(self) -> None:
        """The line stays unresolved for want of the MELD score."""
        report = liver(meld_score=None, meld_na_score=31)
        assert [(gap.fact, gap.reason) for gap in row(report, "E3").missing] == [("meld_score", "missing")]
        assert report.verdicts[0].outcome == "undetermined"


class TestTheOtherTrials:
    """Lines of NCT04282928 and NCT05862675."""

    @pytest.mark.parametrize(
        ("rule", "facts", "result"),
        [
            ("bmi 20 kg/m2 .. 30 kg/m2", {"bmi": "31 kg/m2"}, "fail"),
            ("not (nyha_class in {IV})", {"nyha_class": "III"}, "pass"),
            ("not (child_pugh_score > 12)", {"child_pugh_class": "C"}, "unresolved"),
            ("not (child_pugh_score > 12)", {"child_pugh_class": "A"}, "pass"),
            ("not (child_pugh_score > 12)", {"child_pugh_class": "C", "child_pugh_score": 13}, "fail"),
            ("is pregnant or is breast feeding", {}, "fail"),
            ("age 1 year .. 14 year", {"age": None, "birth_date": "2010-07-15"}, "pass"),
            ("age 1 year .. 14 year", {"age": None, "birth_date": "2010-06-15"}, "fail"),
            ("has asthma", {"age": 8, "conditions": ["asthma"]}, "pass"),
        ],
    )
    def test_one_line(self, rule: str, facts: dict[str, Any], result: str) -> None:
        """Written as an inclusion."""
        report = match(patient(**facts), [book("NCT0", (("I1", rule),))])
        assert row(report, "I1").result == result


class TestRanking:
    """The best first; the order does not depend on the order of the trials."""

    BOOKS = (
        book("NCT1", (("I1", "inr >= 3"),), status="RECRUITING"),
        book("NCT2", (("I1", "inr >= 1.5"), ("I2", "crp <= 5 mg/L")), status="RECRUITING"),
        book("NCT3", (("I1", "inr >= 1.5"), ("I2", "crp <= 5 mg/L"), ("I3", "meld_score <= 30"))),
        book("NCT4", (("I1", "inr >= 1.5"), ("I2", 'judgement "consent"')), status="NOT_YET_RECRUITING"),
        book("NCT5", (("I1", "inr >= 1.5"),), status="WITHDRAWN"),
        book("NCT6", (("I1", "inr >= 1.5"), ("I2", "meld_score <= 30"))),
        book("NCT7", ()),
    )

    def test_by_outcome_then_score_then_number_passed(self) -> None:
        """Undetermined trials by how much is known; a trial without criteria after those with some."""
        expected = ["NCT6", "NCT5", "NCT4", "NCT3", "NCT2", "NCT7", "NCT1"]
        for books in (self.BOOKS, self.BOOKS[::-1]):
            assert [verdict.trial for verdict in match(patient(), books).verdicts] == expected

    def test_status_filters_and_changes_no_verdict(self) -> None:
        """Recruiting is not the same as not yet recruiting."""
        assert [verdict.trial for verdict in match(patient(), self.BOOKS, status="recruiting").verdicts] == [
            "NCT2",
            "NCT1",
        ]
        assert [row.trial for row in match(patient(), self.BOOKS, status="not yet recruiting").verdicts] == ["NCT4"]

    def test_a_trial_as_published_is_read_on_the_way(self) -> None:
        """Record to verdict in one call."""
        trial = Trial("NCT8", criteria="Inclusion Criteria:\n\n* Hemoglobin ≥ 9 g/dL\n")
        report = match(patient(hemoglobin="8.9 g/dL"), [trial])
        assert [row.result for row in report.judgements(trial)] == ["fail"]
        with pytest.raises(KeyError):
            report.judgements("NCT9")


class TestTheReportItself:
    """What a reader needs to trust it."""

    def test_one_trial_needs_no_list(self) -> None:
        """`match(patient, trial)` is what people write first."""
        (one,) = match(patient(), TestRanking.BOOKS[0]).verdicts
        assert one.trial == "NCT1"

    def test_it_names_the_fact_that_set_the_day_and_those_left_out(self) -> None:
        """So that a slip in a date is seen."""
        report = match(patient(as_of=None), TestRanking.BOOKS[:1])
        assert opening(report) == "Patient p1, as of 2025-06-14, the day of the latest fact (measurements[0].date)"
        assert "the day" not in opening(match(patient(), TestRanking.BOOKS[:1]))
        given = {"measurements": KNOWN["measurements"]}
        earlier = profile(given, file="f", vocabulary=vocabulary(), as_of=date(2025, 1, 1))
        (foot,) = [line for line in foot_lines(match(earlier, TestRanking.BOOKS[:1])) if line.startswith("Left")]
        assert foot == "Left out, since it is dated after 2025-01-01: measurements[0]."

    def test_the_policy_speaks_of_what_the_trials_ask_for(self) -> None:
        """Nobody's birth weight matters to a trial of adults."""
        (first, *_) = foot_lines(match(patient(), TestRanking.BOOKS[:1]))
        assert "height" not in first
        (first, *_) = foot_lines(match(patient(), [book("NCT1", (("I1", "height >= 150 cm"),))]))
        assert "height counts for 365 days" in first
        assert "birth" not in first
        chosen = Policy(lasting=(("height", 30),))
        assert "height counts for 30 days" in foot_lines(match(patient(), TestRanking.BOOKS[:1], policy=chosen))[0]

    def test_answers_that_decide_nothing_are_told(self) -> None:
        """An id that is none, and a criterion that facts decide."""
        row = {"trial": "NCT1", "result": "pass", "by": "A."}
        report = match(patient(answers=[{**row, "criterion": "ZZ"}, {**row, "criterion": "I1"}]), TestRanking.BOOKS[:1])
        assert report.verdicts[0].note == (
            "no criterion ZZ in this trial, so the answer was not used; "
            "I1 is decided by facts, so the answer was not used"
        )


class TestJson:
    """The stable form other programs rely on."""

    def test_a_pair_has_the_fields_of_the_schema(self) -> None:
        """Names and types as published."""
        (pair,) = pairs(liver(inr=None))
        assert (pair["schema_version"], pair["patient"], pair["as_of"], pair["trial"]) == (
            "1.0",
            "p1",
            "2025-06-15",
            "NCT05940610",
        )
        assert pair["outcome"] == "undetermined"
        assert 0 < pair["score"] < 1
        rows = {row["id"]: row for row in pair["criteria"]}
        assert rows["I2"] == {
            "id": "I2",
            "side": "inclusion",
            "text": "words of I2",
            "result": "pass",
            "because": [
                {
                    "fact": "total_bilirubin",
                    "value": "12",
                    "unit": "mg/dL",
                    "date": "2025-06-14",
                    "source": "measurements[0]",
                    "compared": "205 umol/L",
                    "derived_from": [],
                    "by": None,
                    "note": "",
                }
            ],
            "missing": [],
        }
        assert {gap["fact"]: gap["reason"] for gap in rows["I3"]["missing"]} == {
            "prothrombin_activity": "missing",
            "inr": "missing",
        }
        assert pair["policy"][0] == "measurements count for 90 days, scales for 180"

    def test_one_object_a_line(self) -> None:
        """JSON Lines, each line whole."""
        text = as_json(match(patient(), TestRanking.BOOKS))
        assert [json.loads(line)["trial"] for line in text.splitlines()][:2] == ["NCT6", "NCT5"]

    def test_policy_and_unrecognised_names_are_told(self) -> None:
        """What the user chose and what could not be used."""
        policy = Policy(assume_absent=frozenset(("medications",)))
        report = match(patient(conditions=["Zieve syndrome"]), TestRanking.BOOKS[:1], policy=policy)
        (pair,) = pairs(report)
        assert "what is not in the medications is assumed absent" in pair["policy"]
        assert pair["unrecognised"] == ["conditions[0]: Zieve syndrome"]

    def test_the_same_inputs_give_the_same_bytes_in_every_process(self) -> None:
        """Whatever the seed of the hashes."""
        code = (
            "from test_matching import *\n"
            "import sys; sys.stdout.write(as_json(match(patient(), [*TestRanking.BOOKS, book('N', LIVER)],"
            " policy=Policy(assume_absent=frozenset(('medications', 'states', 'procedures'))))))"
        )
        outputs = {
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=Path(__file__).parent,
                env={**os.environ, "PYTHONHASHSEED": seed},
                capture_output=True,
                check=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(outputs) == 1
        assert outputs.pop()
