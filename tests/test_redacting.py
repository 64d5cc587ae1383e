"""A redacted report: the same verdicts, and nothing in any form of it that says whose they are."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import eligibility as el
from eligibility.errors import Fault
from eligibility.patients.patient import UNREAD, Answer, Finding
from eligibility.reports.as_explanation import as_explanation
from eligibility.reports.as_json import as_json
from eligibility.reports.as_text import as_text
from eligibility.reports.report import Report
from eligibility.reports.wording import evidence_words
from eligibility.verdicts.verdict import CriterionVerdict, Evidence, Missing, TrialVerdict, Verdict

ROOT = Path(__file__).resolve().parent.parent
FORMS = {"text": as_text, "explanation": as_explanation, "json": as_json, "html": el.as_html}
SECRETS = ("Ada-Lovelace", "made-up-1", "liver-failure", "Dr Grey", "bilirubin-before", "conditions[", "ward meter")
DATE = re.compile(r"\b(19|20)\d\d-\d\d(-\d\d)?\b")


def patients() -> list[el.Patient]:
    """The shipped ones, with everything that a record may tell of a person."""
    found = []
    for name in ("liver-failure.json", "cirrhosis-fhir.json"):
        patient = el.read_patient(ROOT / "cases" / "patients" / name)
        measured = tuple(replace(row, source=f"Ada-Lovelace.json: {row.source}") for row in patient.measurements)
        called = Finding(
            "condition", "crohn disease", "Ada-Lovelace's Crohn disease", (("ICD-10-CM", "K50.9"),), known=False
        )
        answers = (Answer("NCT05940610", "E4", "pass", "Dr Grey", "2025-02-25"),)
        found.append(
            replace(
                patient,
                measurements=measured,
                findings=(*patient.findings, called),
                answers=answers,
                unrecognised=("Ada-Lovelace's test in 2025-01-02",),
                left_out=("Ada-Lovelace 2026-01-01",),
                faults=(Fault("Ada-Lovelace", "born 1968-11-03"),),
            )
        )
    return found


def reports() -> list[Report]:
    trials = [el.read_trial(path) for path in sorted((ROOT / "cases" / "trials").glob("*/record.*"))]
    return [el.match(patient, trials) for patient in patients()]


@pytest.mark.parametrize("form", FORMS)
def test_no_form_tells_whose_it_is(form: str) -> None:
    """Ids, names, places in the record and exact dates are gone; before, they were there."""
    for report in reports():
        plain, veiled = FORMS[form](report), FORMS[form](el.redacted(report))
        assert any(secret in plain for secret in SECRETS)
        assert [secret for secret in SECRETS if secret in veiled] == []
        trial_words = "".join(row.criterion.text for verdict in report.verdicts for row in verdict.criteria)
        dates = {found[0] for found in DATE.finditer(veiled)} - {found[0] for found in DATE.finditer(trial_words)}
        assert dates == set()


def test_the_verdicts_are_the_same() -> None:
    """Only what is told is less."""
    for report in reports():
        veiled = el.redacted(report)
        assert [(one.trial, one.outcome, one.score) for one in veiled.verdicts] == [
            (one.trial, one.outcome, one.score) for one in report.verdicts
        ]
        assert [row.result for one in veiled.verdicts for row in one.criteria] == [
            row.result for one in report.verdicts for row in one.criteria
        ]


def test_values_and_units_stay_and_days_count_back() -> None:
    """A reviewer needs how old a value is, not of which day."""
    veiled = el.redacted(reports()[0])
    told = " ".join(as_explanation(veiled).split())
    assert "Total bilirubin 12 mg/dL (= 205 umol/L) of 3 days earlier" in told
    assert "days count from the day of judging" in as_text(veiled)


def fact(**fields: str) -> str:
    """One fact of a report of 2025-03-01, redacted, in words."""
    evidence = Evidence(**{"fact": "inr", "value": "1.9", **fields})  # type: ignore[arg-type]  # all of them are words
    return evidence_words(_veiled(evidence).because[0])


def _veiled(evidence: Evidence, detail: str = "") -> CriterionVerdict:
    report = reports()[0]
    row = report.verdicts[0].criteria[0]
    row = replace(row, verdict=Verdict("unknown", (evidence,), (Missing("inr", "stale", None, detail),)))
    verdict: TrialVerdict = replace(report.verdicts[0], criteria=(row,))
    return el.redacted(replace(report, verdicts=(verdict,))).verdicts[0].criteria[0]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"date": "2025-02-27"}, "INR 1.9 of 2 days earlier"),
        ({"date": "2025-02-28T07:30:00+01:00"}, "INR 1.9 of 1 day earlier"),
        ({"date": "2025-03-01 09:00"}, "INR 1.9 on the day of judging"),
        ({"date": "2025-02"}, "INR 1.9 on 2025"),
        ({"date": "2025-02-31"}, "INR 1.9 on a day left out"),
        ({"fact": "asthma", "value": "yes", "date": "2025-02-20"}, "Asthma: yes since 9 days earlier"),
        ({"note": "a copy of 2025-02-27"}, "INR 1.9 [a copy of 2 days earlier]"),
        ({"value": "Ada, see letter", "note": UNREAD}, f"INR what could not be read [{UNREAD}]"),
        ({"fact": "Ada-Lovelace's disease", "value": "yes"}, "recorded by this name: yes"),
        ({"fact": "age", "value": "89", "unit": "year"}, "Age 89 years"),
        ({"fact": "age", "value": "93", "unit": "year", "date": "2025-03-01"}, "Age >89 years"),
        ({"fact": "Consent", "value": "pass", "by": "Dr Grey", "date": "2025-02-27"}, 'answered "pass" by a person of 2 days earlier: "Consent"'),
    ],
)  # fmt: skip
def test_a_fact_tells_what_it_must(fields: dict[str, str], told: str) -> None:
    """Days before the day of judging, years, values; not who, where, or what somebody wrote freely."""
    assert fact(**fields) == told


def test_a_reason_tells_no_date_either() -> None:
    """ "The last value, of 2025-01-03, is older …"."""
    row = _veiled(Evidence("inr", "1.9"), "the last value, of 2025-01-01, is older than 14 days")
    assert row.missing[0].detail == "the last value, of 59 days earlier, is older than 14 days"


def test_json_says_that_it_is_redacted_and_gives_no_digest() -> None:
    """A digest of the record could be tried against guesses of it."""
    pair = json.loads(as_json(el.redacted(reports()[0])).splitlines()[0])
    assert (pair["redacted"], pair["digest"], pair["as_of"]) == (True, None, None)
    assert pair["unrecognised"] == ["1 name or code"]
    assert "redacted" not in json.loads(as_json(reports()[0]).splitlines()[0])
