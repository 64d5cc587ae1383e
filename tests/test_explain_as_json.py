"""What `explain --json` tells is what `explain` tells, and `--redact` of `explain` and `next` tells nobody whose it is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from running import run

import eligibility as el
from eligibility.cli.inputs import shipped_patients
from eligibility.reports.redacting import redacted_steps

ASKED = ("explain", "liver-failure", "NCT05940610")
WHAT_IF = ("--what-if", "bilirubin = 2 mg/dL")
DATE = re.compile(r"\b(19|20)\d\d-\d\d\b")


def told(*words: str) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def plain(*words: str) -> str:
    return " ".join(run(*words).stdout.split())


def test_it_is_what_match_tells_with_sentences_and_proofs() -> None:
    explained, text = told(*ASKED), plain(*ASKED)
    matched = told("match", *ASKED[1:])
    for row in explained["criteria"]:
        assert " ".join(row.pop("sentence").split()) in text
        proof = row.pop("proof")
        assert proof["rule"] == row.pop("notation")
        assert proof["truth"] in ("met", "not_met", "unknown")
        assert bool(proof["steps"]) == (proof["kind"] in ("all", "any", "not", "at_least"))
    assert explained.pop("sentence") in text
    assert explained == matched


def test_a_proof_goes_down_to_the_facts() -> None:
    second = told(*ASKED)["criteria"][1]
    first, other = second["proof"]["steps"]
    assert (first["truth"], first["because"][0]["compared"]) == ("met", "205 umol/L")
    assert (other["truth"], other["missing"][0]["reason"]) == ("unknown", "missing")


def test_suppositions_tell_before_and_after() -> None:
    found, text = told(*ASKED, *WHAT_IF), plain(*ASKED, *WHAT_IF)
    assert (found["before"]["outcome"], found["after"]["outcome"]) == ("potentially_eligible", "ineligible")
    assert found["supposed"] == ["bilirubin = 2 mg/dL"]
    assert found["computed"] == ["As recorded, since it cannot be computed from what is known: MELD score"]
    assert {row["id"]: row["after"]["result"] for row in found["criteria"]}["I1"] == "fail"
    for row in found["criteria"]:
        assert row["before"] != row["after"]
        assert f"then: {row['after']['sentence']}" in text


@pytest.mark.parametrize("form", [(), ("--json",)])
@pytest.mark.parametrize("words", [ASKED, (*ASKED, *WHAT_IF), ("next", "liver-failure")], ids=" ".join)
def test_redacted_it_tells_no_id_no_day_and_no_place(words: tuple[str, ...], form: tuple[str, ...]) -> None:
    open_, veiled = (run(*words, *form, *more).stdout for more in ((), ("--redact",)))
    assert "liver-failure" in open_
    assert DATE.search(open_)
    assert "liver-failure" not in veiled
    assert not DATE.search(veiled)
    assert "measurements[" not in veiled
    assert re.search(r"\d+ days (earlier|later)", veiled)
    assert ('"redacted": true' if form else "days count from the day of judging") in veiled


def test_of_redacted_steps_the_ids_of_trials_stay() -> None:
    """A European number begins like a day."""
    patient = el.read_patient(shipped_patients()["liver-failure"])
    trial = el.Trial("2019-001234-12", criteria="Inclusion Criteria:\n\n* MELD score > 26\n* Age > 89 years\n")
    veiled = el.redacted(el.match(patient, trial), "1")
    steps = redacted_steps(el.next_steps(patient, trial), veiled)
    assert veiled.veil is not None
    assert veiled.veil.words("2019-001234-12 of 2025-02-26") == "2019-001234-12 of 3 days earlier"
    assert [row.trial for row in steps.near] == ["2019-001234-12"]


def test_redacted_steps_need_a_redacted_report() -> None:
    patient = el.read_patient(shipped_patients()["liver-failure"])
    with pytest.raises(ValueError, match="not redacted"):
        redacted_steps(el.next_steps(patient, ()), el.match(patient, ()))
