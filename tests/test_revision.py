"""Rulebooks that people correct: what is locked stays, what was edited is not lost, and what changed is told."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest
from running import run

import eligibility as el
from eligibility.patients.from_profile import profile
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.revision import compare, revised, to_review
from eligibility.rules.rulebook import Line, Rulebook, rulebook
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary

HEAD = "Inclusion Criteria:\n\n"
FIRST = f"{HEAD}* Hemoglobin >= 9 g/dL\n* INR < 1.5\n* Zorblax below the knee\n"


def trial(criteria: str = FIRST, id: str = "T1") -> Trial:
    return Trial(id=id, criteria=criteria)


def locked(book: Rulebook, id: str, rule: str) -> Rulebook:
    lines = (
        Line(line.criterion, read_rule(rule), "JD 2026-01-02") if line.criterion.id == id else line
        for line in book.lines
    )
    return Rulebook(book.trial, tuple(lines))


def record(folder: Path, criteria: str = FIRST, id: str = "T1") -> Path:
    file = folder / "trials.jsonl"
    file.write_text(json.dumps({"nct_id": id, "criteria": criteria}) + "\n", encoding="utf-8")
    return file


def rules(book: Rulebook) -> dict[str, str]:
    return {line.criterion.id: notation(line.rule) for line in book.lines}


# ---------------------------------------------------------------- reading again


def test_a_locked_line_stays_wherever_its_words_stand() -> None:
    """Though the reader says otherwise, and a line was put before it."""
    old = locked(rulebook(trial()), "I2", "inr < 2")
    new = rulebook(trial(f"{HEAD}* Age 18 or older\n* Hemoglobin >= 9 g/dL\n* INR   <\n  1.5\n"))
    book = revised(old, new)
    assert rules(book)["I3"] == "inr < 2"
    assert [line.locked for line in book.lines] == [None, None, "JD 2026-01-02"]


def test_a_lock_for_other_words_decides_nothing_until_it_is_reviewed() -> None:
    """The rule is kept to be seen; a patient who fails it is not refused, and one who passes is not taken."""
    old = locked(rulebook(trial()), "I2", "inr < 2")
    book = revised(old, rulebook(trial(FIRST.replace("1.5", "1.2"))))
    line = book.lines[1]
    assert to_review(line)
    assert line.locked == "JD 2026-01-02"
    assert "reads (inr < 2)" in notation(line.rule)
    for value in ("1", "5"):
        assert el.judge(line.rule, profile({"inr": value}, file="test", vocabulary=vocabulary())).truth == "unknown"
    again = revised(book, rulebook(trial(FIRST.replace("1.5", "1.1"))))
    assert notation(again.lines[1].rule).count("reads") == 1
    back = el.read_rulebook(el.write_rulebook(book))
    assert to_review(back.lines[1])


def test_changes_are_told_by_kind() -> None:
    """Same, another rule, other words, new and gone."""
    old = locked(rulebook(trial()), "I2", "inr < 2")
    new = rulebook(trial(f"{HEAD}* Hemoglobin >= 10 g/dL\n* INR < 1.5\n* Age 18 or older\n"))
    kinds = [change.kind for change in compare(old, new)]
    assert kinds == ["words", "rule", "new", "gone"]
    assert {change.kind for change in compare(new, new)} == {"same"}


def test_an_exclusion_is_never_taken_for_the_inclusion_in_the_same_words() -> None:
    """A lock of the one says nothing of the other."""
    old = locked(rulebook(trial()), "I2", "inr < 2")
    new = rulebook(trial("Exclusion Criteria:\n\n* INR < 1.5\n"))
    assert revised(old, new).lines[0].locked is None
    assert "gone" in [change.kind for change in compare(old, new)]


# ---------------------------------------------------------------- parse -o


def test_parse_writes_a_rulebook_a_trial_that_match_takes(tmp_path: Path) -> None:
    """The folder is made; the files are for everybody who may see the folder, unlike those of patients."""
    folder = tmp_path / "deep" / "rules"
    done = run("parse", record(tmp_path), "-o", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{folder / 'T1.rules'}: new, 3 lines\n"
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((folder / "T1.rules").stat().st_mode) == 0o666 & ~mask
    matched = run("match", "cases/patients/liver-failure.json", folder)
    assert "T1" in matched.stdout
    assert [file.name for file in folder.iterdir()] == ["T1.rules"]


def test_parse_again_keeps_what_is_locked_and_tells_what_changed(tmp_path: Path) -> None:
    """And the verdicts are those of the lock."""
    folder = tmp_path / "rules"
    run("parse", record(tmp_path), "-o", folder)
    file = folder / "T1.rules"
    text = re.sub(r"(#I2 \[\d+:\d+\])", r'\1 locked "JD 2026-01-02"', file.read_text()).replace("inr < 1.5", "inr < 2")
    file.write_text(text)
    done = run("parse", record(tmp_path, FIRST.replace("9 g", "10 g")), "-o", folder)
    assert done.stdout == f"{file}: read again, 1 other words, 1 as before; 1 locked and kept\n"
    assert rules(el.read_rulebook(file.read_text())) == {
        "I1": "hemoglobin >= 10 g/dL", "I2": "inr < 2", "I3": 'unclear "Zorblax below the knee"'
    } | {"I3": rules(rulebook(trial()))["I3"]}  # fmt: skip
    done = run("parse", record(tmp_path, FIRST.replace("1.5", "1.2")), "-o", folder)
    assert "locked in other words, to be reviewed: I2" in done.stdout
    done = run("parse", record(tmp_path, HEAD + "* Hemoglobin >= 10 g/dL\n"), "-o", folder)
    assert "locked and no longer there: I2" in done.stdout


def test_an_edit_that_nobody_locked_is_not_lost_unasked(tmp_path: Path) -> None:
    """The file stays as it is, its line is named; --overwrite reads it anew."""
    folder = tmp_path / "rules"
    source = record(tmp_path)
    run("parse", source, "-o", folder)
    file = folder / "T1.rules"
    file.write_text(file.read_text().replace("inr < 1.5", "inr < 2"))
    before = file.read_text()
    done = run("parse", source, "-o", folder)
    assert done.returncode == 2
    assert "unlocked lines would be lost: #I2" in done.stderr
    assert "locked" in done.stderr
    assert file.read_text() == before
    assert run("parse", source, "-o", folder, "--overwrite").returncode == 0
    assert "inr < 1.5" in file.read_text()


@pytest.mark.parametrize("id", ["../T1", "a/b", ".hidden"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, id: str) -> None:
    """It is refused, and nothing is written."""
    folder = tmp_path / "rules"
    done = run("parse", record(tmp_path, id=id), "-o", folder)
    assert done.returncode == 2
    assert "no file can be called after this id" in done.stderr
    assert list(folder.iterdir()) == []


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file where the folder should be, JSON as well, a rulebook of another trial, a broken one."""
    source = record(tmp_path)
    assert run("parse", source, "-o", source).returncode == 2
    assert "without --json" in run("parse", source, "--json", "-o", tmp_path / "r").stderr
    file = tmp_path / "r" / "T1.rules"
    file.parent.mkdir()
    file.write_text("trial T2\n")
    assert "holds the rules of T2, not of T1" in run("parse", source, "-o", file.parent).stderr
    file.write_text("no rulebook")
    done = run("parse", source, "-o", file.parent)
    assert done.returncode == 2
    assert file.read_text() == "no rulebook"


# ---------------------------------------------------------------- review


def review(folder: Path, said: str, *more: str) -> tuple[int, str, str]:
    done = run("review", record(folder), folder, "--by", "JD", "--date", "2026-01-02", *more, stdin=said)
    return done.returncode, done.stdout, done.stderr


def test_review_locks_what_was_checked_at_once(tmp_path: Path) -> None:
    """As it is, or as typed in; whoever quits goes on where they were."""
    code, told, _ = review(tmp_path, "l\ne\ninr < 2\nq\n")
    assert code == 0
    assert "T1 · 3 of 3 lines to review" in told
    assert "│ hemoglobin >= 9 g/dL" in told
    book = el.read_rulebook((tmp_path / "T1.rules").read_text())
    assert [line.locked for line in book.lines] == ["JD 2026-01-02", "JD 2026-01-02", None]
    assert rules(book)["I2"] == "inr < 2"
    assert "1 of 3 lines to review" in review(tmp_path, "q\n")[1]


def test_a_slip_of_the_pen_is_shown_where_it_is_and_asked_again(tmp_path: Path) -> None:
    """A word that is not known has what was meant beside it; nothing is locked by it, and an empty line gives up."""
    _, told, _ = review(tmp_path, "s\ne\ninr << 2\nbilirubn < 2\ninr < 2 furlong\n\nq\n")
    assert re.search(r"inr << 2\n +\^", told)
    assert "has no quantity 'bilirubn'" in told
    assert told.count("rule>") == 4
    assert "left as it was" in told
    assert not (tmp_path / "T1.rules").exists()


def test_only_what_is_unclear_may_be_walked(tmp_path: Path) -> None:
    """Back, skip, a word that is no answer, and the end of the input are all understood."""
    _, told, _ = review(tmp_path, "what?\nb\ns\n", "--unclear")
    assert "1 of 3 lines to review" in told
    assert told.count("Zorblax") == 2 * 2
    assert "l lock as it is" in told


def test_a_lock_for_other_words_is_walked_and_may_be_confirmed(tmp_path: Path) -> None:
    """Its rule then holds for the new words."""
    review(tmp_path, "s\nl\nq\n")
    file = record(tmp_path, FIRST.replace("1.5", "1.2"))
    done = run("review", file, tmp_path, "--by", "AB", "--date", "2026-02-02", stdin="s\nl\nq\n")
    assert "locked JD 2026-01-02, and its words changed since" in done.stdout
    line = el.read_rulebook((tmp_path / "T1.rules").read_text()).lines[1]
    assert (notation(line.rule), line.locked) == ("inr < 1.5", "AB 2026-02-02")


def test_who_reviews_has_a_name(tmp_path: Path) -> None:
    """And the answers come from standard input alone."""
    assert run("review", record(tmp_path), tmp_path, stdin="l\n").returncode == 2
    assert run("review", "-", tmp_path, "--by", "JD").returncode == 2


def test_hostile_words_reach_no_terminal(tmp_path: Path) -> None:
    """Neither those of a record nor those typed in."""
    source = record(tmp_path, HEAD + "* INR < 1.5 \x1b[2J\u202e\n")
    done = run("review", source, tmp_path, "--by", "J\x1bD", "--date", "2026-01-02", stdin="e\n\x1b[2J\n\nl\n")
    shown = done.stdout + run("diff", tmp_path / "T1.rules", record(tmp_path)).stdout
    assert all(line.isprintable() for line in shown.splitlines())


# ---------------------------------------------------------------- diff


def test_diff_names_changed_lines_and_whose_verdict_turns(tmp_path: Path) -> None:
    """As text and as JSON."""
    old, new = tmp_path / "old", tmp_path / "new"
    run("parse", record(tmp_path), "-o", old)
    run("parse", record(tmp_path, FIRST.replace("9 g", "12 g")), "-o", new)
    people = tmp_path / "people.jsonl"
    people.write_text('{"id": "p1", "hemoglobin": "10 g/dL"}\n{"id": "p2", "hemoglobin": "13 g/dL"}\n')
    done = run("diff", old, new, people)
    assert done.returncode == 0
    assert done.stdout.startswith("T1 · 1 other words, 2 as before\n")
    assert "hemoglobin >= 9 g/dL" in done.stdout
    assert "1 of 2 patients have another outcome\n" in done.stdout
    assert "p1 · UNDETERMINED → INELIGIBLE" in done.stdout
    assert "inclusion I1: pass → fail" in done.stdout
    told = json.loads(run("diff", old, new, people, "--json").stdout)
    assert [change["kind"] for change in told["changes"]] == ["words"]
    assert told["flips"] == [
        {
            "patient": "p1", "before": "undetermined", "after": "ineligible",
            "criteria": [{"before": {"id": "I1", "result": "pass"}, "after": {"id": "I1", "result": "fail"}}],
        }
    ]  # fmt: skip


def test_a_trial_that_is_only_in_one_of_them_is_named(tmp_path: Path) -> None:
    """And records are compared like rulebooks."""
    done = run("diff", "NCT05940610", record(tmp_path))
    assert done.stdout == "NCT05940610 · only in OLD\n\nT1 · only in NEW\n"
