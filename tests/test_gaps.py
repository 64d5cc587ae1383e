"""What trials say that the vocabulary has no word for: counted, so that the next words to add are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import eligibility.gaps.find as finding
from eligibility.cli.vocabulary import command
from eligibility.gaps.find import find_gaps
from eligibility.gaps.gap import Gap
from eligibility.rules.rulebook import rulebook
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary


def gaps(*texts: str) -> list[Gap]:
    """The gaps of trials whose criteria are these, one trial a text."""
    trials = (Trial(f"NCT0000000{n}", criteria=text) for n, text in enumerate(texts, 1))
    return list(find_gaps((rulebook(trial) for trial in trials), vocabulary()))


def found(kind: str, *texts: str) -> list[tuple[str, int, int]]:
    return [(gap.phrase, gap.criteria, gap.trials) for gap in gaps(*texts) if gap.kind == kind]


@pytest.mark.parametrize(
    "line",
    [
        "Serum zorblaxin ≥ 3 mg/dL",
        "Patients with serum zorblaxin level of at least 3 mg/dL",
        "Age ≥ 18 years, serum zorblaxin (SZ) > 3 mg/dL",
        "serum zorblaxin between 3 and 5 mg/dL",
        "serum zorblaxin 3 or more",
        "serum zorblaxin 3-5 mg/dL",
    ],
)
def test_the_subject_of_a_limit_is_what_stands_before_it(line: str) -> None:
    assert [phrase.removesuffix(" level") for phrase, *_ in found("subject", line)] == ["serum zorblaxin"]


@pytest.mark.parametrize("line", ["Hemoglobin ≥ 9 g/dL", "zorbled for at least 3 months", "recovered from surgery"])
def test_what_is_known_lasts_or_has_no_number_is_no_subject(line: str) -> None:
    assert found("subject", line) == []


def test_an_unknown_unit_is_named_as_written() -> None:
    assert found("unit", "Hemoglobin ≥ 9 Furlongs/mL.") == [("Furlongs/mL", 1, 1)]


def test_each_criterion_and_each_trial_counts_once_and_the_most_frequent_comes_first() -> None:
    one = "Inclusion Criteria:\n\n* zorblax > 3 and zorblax > 5\n* zorblax < 9\n* quux > 1"
    two = "Inclusion Criteria:\n\n* Zorblax ≥ 3"
    assert found("subject", one, two) == [("zorblax", 3, 2), ("quux", 1, 1)]
    first = next(gap for gap in gaps(one, two) if gap.phrase == "zorblax")
    assert (first.trial, first.example) == ("NCT00000001", "zorblax > 3 and zorblax > 5")


def test_memory_is_bounded_by_forgetting_what_was_seen_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MAX_PHRASES", 3)
    lines = "".join(f"\n* quux{'abcdefgh'[n % 8]} > {n}\n* zorblax > {n}" for n in range(40))
    counts = {phrase: criteria for phrase, criteria, _ in found("subject", f"Inclusion Criteria:\n{lines}")}
    assert counts["zorblax"] > 30
    assert len(counts) <= 4


def test_text_in_another_language_lacks_no_words() -> None:
    assert gaps("Criterios de inclusión:\n\n* Edad mayor de 18 años y con zorblax > 3") == []


def test_the_command_prints_a_table_or_json_lines(tmp_path: Path) -> None:
    row = {"nct_id": "NCT00000001", "criteria": "Inclusion Criteria:\n\n* zorblax > 3\n* quux > 1 furlongs"}
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row))
    table = CliRunner().invoke(command, ["--missing", str(file)])
    assert table.exit_code == 0
    assert "      1      1  zorblax\n" in table.output
    lines = CliRunner().invoke(command, ["--missing", "--json", "--top", "1", str(file)]).output.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["subject", "unit", "phrase"]
    assert json.loads(lines[0])["schema_version"] == "1.0"
    assert CliRunner().invoke(command, ["one", "two"]).exit_code == 2
