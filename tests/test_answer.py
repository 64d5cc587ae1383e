"""Answering: what waits for a person is walked, and every answer is in the file at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from running import run

from eligibility.patients.answers import read_answers
from eligibility.patients.answers_file import record_answer
from eligibility.patients.patient import Answer

ROOT = Path(__file__).resolve().parent.parent
PATIENT = "cases/patients/liver-failure.json"
TRIAL = "NCT05940610"
DAY = "2025-03-01"


def answer(file: Path, said: str | bytes, *more: str) -> subprocess.CompletedProcess[str]:
    return run("answer", PATIENT, TRIAL, "--by", "A. Nurse", "--date", DAY, "--answers", str(file), *more, stdin=said)


def kept(file: Path) -> dict[str, str]:
    return {row.criterion: row.result for row in read_answers(file)}


def test_what_waits_is_walked_and_recorded_with_name_and_day(tmp_path: Path) -> None:
    """Yes to an inclusion passes it, yes to an exclusion fails it; the file is its owner's alone."""
    file = tmp_path / "answers.json"
    done = answer(file, "y\nn\ny\n")
    assert done.returncode == 0, done.stderr
    assert kept(file) == {"I1": "pass", "E2": "pass", "E4": "fail"}
    assert {(row.by, row.date, row.patient) for row in read_answers(file)} == {("A. Nurse", DAY, "liver-failure")}
    assert file.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["answers.json"]
    assert "3 answers in" in done.stdout
    assert "Ineligible, since E4 fails." in done.stdout


def test_the_report_shows_who_answered_what_and_when(tmp_path: Path) -> None:
    """In the words that match prints, and nothing is asked a second time."""
    file = tmp_path / "answers.json"
    answer(file, "y\nn\nn\n")
    done = run("match", PATIENT, TRIAL, "--answers", str(file))
    assert f"{TRIAL} · ELIGIBLE" in done.stdout
    words = " ".join(done.stdout.split())
    assert 'answered "pass" by A. Nurse on 2025-03-01' in words or "A. Nurse" in words
    assert "0 of 9 criteria wait for a person" in answer(file, "").stdout


def test_skip_back_and_quit(tmp_path: Path) -> None:
    """A later answer replaces the earlier one; what was skipped waits; after quitting what was said is kept."""
    file = tmp_path / "answers.json"
    answer(file, "y\nb\nn\ns\nq\n")
    assert kept(file) == {"I1": "fail"}
    assert "1 of 2 · exclusion E2" in answer(file, "q\n").stdout
    answer(file, "b\nY\n")
    assert kept(file) == {"I1": "fail", "E2": "fail"}


def test_what_is_no_answer_is_asked_again(tmp_path: Path) -> None:
    """An empty line, other words, bytes that are no text; at the end of the input the walk ends."""
    file = tmp_path / "answers.json"
    done = answer(file, b"\nperhaps\n\xff\xfe\x1b[2J\nYES\n")
    assert done.returncode == 0, done.stderr
    assert kept(file) == {"I1": "pass"}
    assert done.stdout.count("y yes, n no, s skip, b back, q quit\n") >= 3
    assert "\x1b" not in done.stdout


def test_every_answer_is_in_the_file_before_the_next_question(tmp_path: Path) -> None:
    """Whoever is interrupted loses nothing."""
    file = tmp_path / "answers.json"
    command = [sys.executable, "-u", "-m", "eligibility", "answer", PATIENT, TRIAL, "--by", "A", "--date", DAY]
    with subprocess.Popen(
        [*command, "--answers", str(file)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdin
        assert running.stdout
        running.stdin.write("y\n")
        running.stdin.flush()
        for line in running.stdout:
            if "2 of 3" in line:
                break
        assert kept(file) == {"I1": "pass"}
        running.send_signal(signal.SIGINT)
        running.stdin.close()
        running.stdout.read()
    assert kept(file) == {"I1": "pass"}
    assert running.returncode in (0, 130)


def test_other_answers_stay_in_their_file(tmp_path: Path) -> None:
    """Of other patients and trials, in JSON and in JSON Lines."""
    other: dict[str, Any] = {
        "patient": "x",
        "trial": "NCT1",
        "criterion": "I1",
        "result": "fail",
        "by": "B",
        "date": DAY,
    }
    for name, text in (("a.json", json.dumps([other])), ("a.jsonl", json.dumps(other) + "\n"), ("empty.json", "")):
        file = tmp_path / name
        file.write_text(text)
        answer(file, "y\n")
        found = [(row.patient, row.trial, row.criterion, row.result) for row in read_answers(file)]
        assert found[-1] == ("liver-failure", TRIAL, "I1", "pass")
        assert found[:-1] == ([("x", "NCT1", "I1", "fail")] if text else [])


def test_the_day_is_today_where_none_is_given(tmp_path: Path) -> None:
    """The one place for the clock; a day after that of judging is refused before anything is asked."""
    file = tmp_path / "answers.json"
    late = run("answer", PATIENT, TRIAL, "--by", "A", "--answers", str(file), stdin="y\n")
    assert (late.returncode, late.stdout) == (2, "")
    assert "--date 2025-03-01" in late.stderr
    assert "--as-of" in late.stderr
    assert not file.exists()
    done = run("answer", PATIENT, TRIAL, "--by", "A", "--as-of", "2100-01-01", "--answers", str(file), stdin="y\n")
    assert done.returncode == 0, done.stderr
    assert read_answers(file)[0].date is not None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PATIENT, TRIAL, "--by", "A"), "--answers FILE"),
        ((PATIENT, TRIAL, "--answers", "{tmp}/a.json"), "--by NAME"),
        ((PATIENT, TRIAL, "--by", " ", "--answers", "{tmp}/a.json"), "--by NAME"),
        ((PATIENT, TRIAL, "--by", "A", "--answers", "{tmp}"), "{tmp}"),
        ((PATIENT, TRIAL, "--by", "A", "--answers", "{tmp}/no/a.json"), "there is no folder"),
        ((PATIENT, TRIAL, "--by", "A", "--answers", "{tmp}/a.json.gz"), "packed"),
        ((PATIENT, TRIAL, "--by", "A", "--answers", "{tmp}/wrong.json"), "wrong.json"),
        ((PATIENT, "NCT00000000", "--by", "A", "--answers", "{tmp}/a.json"), "no shipped trial"),
        (("nobody.json", TRIAL, "--by", "A", "--answers", "{tmp}/a.json"), "nobody.json"),
        (("-", TRIAL, "--by", "A", "--answers", "{tmp}/a.json"), "standard input"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """File, place and remedy, exit code 2, and no file."""
    (tmp_path / "wrong.json").write_text('{"answers": [{"trial": 1}]}')
    done = run("answer", *(word.format(tmp=tmp_path) for word in arguments), "--date", DAY, stdin="y\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert said.format(tmp=tmp_path) in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.json"]


def test_hostile_names_are_kept_as_they_are_and_shown_harmless(tmp_path: Path) -> None:
    """The file is data; the terminal is not steered."""
    file = tmp_path / "answers.json"
    record_answer(file, Answer(TRIAL, "I1", "pass", '=HYPERLINK("x")\u202e', DAY, "liver-failure"))
    assert read_answers(file)[0].by.startswith("=HYPERLINK")
    done = run("match", PATIENT, TRIAL, "--answers", str(file))
    assert "\u202e" not in done.stdout
