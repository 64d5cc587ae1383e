"""Screening logs: workbooks and CSV as coordinators keep them, in which no text acts, whole or not at all."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import run

import eligibility as el
from eligibility.criteria.criterion import Criterion
from eligibility.errors import InputError
from eligibility.matching import match
from eligibility.reports import tables
from eligibility.reports.log_rows import CRITERIA, PAIRS
from eligibility.reports.report import Report
from eligibility.reports.screening_log import write_log
from eligibility.reports.tables import csv_rows, safe, workbook
from eligibility.rules.notation import read_rule
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.trials.trial import Trial

openpyxl = pytest.importorskip("openpyxl")
pytest.importorskip("xlsxwriter")
ROOT = Path(__file__).resolve().parent.parent
EVIL = '=HYPERLINK("http://x","y")'


def report() -> Report:
    trials = [el.read_trial(path) for path in sorted(ROOT.glob("cases/trials/*/record.*"))]
    return match(el.read_patient(ROOT / "cases/patients/liver-failure.json"), trials)


def evil() -> Report:
    """A patient and a trial of which every word is a formula, a script or a sign that turns text around."""
    criterion = Criterion("I1", "inclusion", f"{EVIL}\u202e\x1b[31m<script>")
    book = Rulebook(Trial("@SUM(1)", "+1+2", "-2"), (Line(criterion, read_rule('judgement "=1+1"')),))
    someone = replace(el.read_patient(ROOT / "cases/patients/liver-failure.json"), id=EVIL)
    return match(someone, book)


def sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(path)}


def test_a_pair_is_a_row_and_so_is_a_criterion(tmp_path: Path) -> None:
    """In the order of the ranking, with what a coordinator asks first."""
    found = report()
    assert write_log(found, xlsx=tmp_path / "log.xlsx") == 5
    read = sheets(tmp_path / "log.xlsx")
    assert list(read) == ["Screening log", "Criteria", "About"]
    pairs = [dict(zip(read["Screening log"][0], row, strict=True)) for row in read["Screening log"][1:]]
    assert [row["Trial"] for row in pairs] == [verdict.trial for verdict in found.verdicts]
    assert pairs[0]["Outcome"] == "Potentially eligible"
    assert (pairs[0]["Pass"], pairs[0]["Fail"], pairs[0]["Open"]) == (6, 0, 3)
    assert pairs[0]["Criteria for a person"] == "I1, E2, E4"
    assert pairs[1]["Facts to find out"] == "In hospital, Length of stay in intensive care"
    assert {row["Decision"] for row in pairs} == {None}
    criteria = read["Criteria"]
    assert criteria[0] == tuple(name for name, _ in CRITERIA)
    assert len(criteria) - 1 == sum(len(verdict.criteria) for verdict in found.verdicts)


def test_headings_are_frozen_and_every_sheet_has_a_filter(tmp_path: Path) -> None:
    """As people who scroll need it; an empty log too."""
    for name, reports in (("log.xlsx", [report()]), ("none.xlsx", [])):
        write_log(reports, xlsx=tmp_path / name)
        for sheet in openpyxl.load_workbook(tmp_path / name):
            assert sheet.freeze_panes == "B2"
            assert sheet.auto_filter.ref.startswith("A1:")
            assert sheet["A1"].font.bold
            assert sheet.print_title_rows == "$1:$1"
    assert openpyxl.load_workbook(tmp_path / "log.xlsx")["Criteria"].column_dimensions["G"].width > 50


def test_csv_says_the_same_as_the_workbook(tmp_path: Path) -> None:
    """Cell by cell."""
    write_log(report(), xlsx=tmp_path / "log.xlsx", csv=tmp_path / "log.csv", csv_criteria=tmp_path / "criteria.csv")
    read = sheets(tmp_path / "log.xlsx")
    for file, sheet in (("log.csv", "Screening log"), ("criteria.csv", "Criteria")):
        assert (tmp_path / file).read_bytes().startswith(b"\xef\xbb\xbf")
        with open(tmp_path / file, encoding="utf-8-sig", newline="") as text:
            rows = list(csv.reader(text))
        shown = [["" if cell is None else str(cell) for cell in row] for row in read[sheet]]
        assert [[_number(cell) for cell in row] for row in rows] == [[_number(cell) for cell in row] for row in shown]


def _number(cell: str) -> str:
    return cell.removesuffix(".0")


def test_no_text_is_a_formula_or_a_link(tmp_path: Path) -> None:
    """In a workbook by its kind, in CSV by an apostrophe; signs that steer are spelled out."""
    write_log(evil(), xlsx=tmp_path / "log.xlsx", csv=tmp_path / "log.csv", csv_criteria=tmp_path / "c.csv")
    for sheet in openpyxl.load_workbook(tmp_path / "log.xlsx"):
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            assert cell.data_type in ("s", "n"), cell.coordinate
            assert cell.hyperlink is None
    assert sheets(tmp_path / "log.xlsx")["Screening log"][1][0] == EVIL
    for name in ("log.csv", "c.csv"):
        with open(tmp_path / name, encoding="utf-8-sig", newline="") as text:
            for row in csv.reader(text):
                assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        content = (tmp_path / name).read_text(encoding="utf-8-sig")
        assert "\u202e" not in content
        assert "\x1b" not in content


@given(st.text(max_size=20))
def test_safe_text_never_begins_like_a_formula_and_loses_nothing(text: str) -> None:
    """An apostrophe before it, or as it is."""
    assert not safe(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert safe(text).removeprefix("'") in (text, text.removeprefix("'"))


def test_a_log_is_for_its_owner_and_always_the_same(tmp_path: Path) -> None:
    """Mode 0600, no clock in it, nothing left beside it."""
    for name in ("a", "b"):
        write_log(report(), xlsx=tmp_path / f"{name}.xlsx", csv=tmp_path / f"{name}.csv")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 4


def test_a_log_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """When something goes wrong an older one stays, and nothing is left beside it."""
    (tmp_path / "log.xlsx").write_text("older")
    with pytest.raises(AttributeError):
        write_log([report(), None], xlsx=tmp_path / "log.xlsx", csv=tmp_path / "log.csv")  # type: ignore[list-item] # it is no report
    assert [path.name for path in tmp_path.iterdir()] == ["log.xlsx"]
    assert (tmp_path / "log.xlsx").read_text() == "older"


def test_a_sheet_that_is_full_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is dropped silently."""
    monkeypatch.setattr(tables, "MOST_ROWS", 3)
    with pytest.raises(InputError, match="a sheet holds 3 rows"):
        write_log(report(), xlsx=tmp_path / "log.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_is_too_long_is_cut_with_a_sign(tmp_path: Path) -> None:
    """A workbook holds 32,767 characters a cell, CSV any number."""
    with workbook(tmp_path / "log.xlsx") as book, csv_rows(tmp_path / "log.csv", PAIRS[:1]) as lines:
        for rows in (book.sheet("Log", PAIRS[:1]), lines):
            rows.add(("x" * 40_000,))
    cell = sheets(tmp_path / "log.xlsx")["Log"][1][0]
    assert len(cell) == 32_767
    assert cell.endswith(" …")
    assert "x" * 40_000 in (tmp_path / "log.csv").read_text(encoding="utf-8-sig")


def test_without_the_package_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And CSV is still there."""
    monkeypatch.setattr(tables, "find_spec", lambda _: None)
    with pytest.raises(InputError, match=r"eligibility\[xlsx\]"):
        write_log(report(), xlsx=tmp_path / "log.xlsx")
    assert write_log(report(), csv=tmp_path / "log.csv") == 5


def numbers(path: Path, sheet: str) -> Iterator[dict[str, Any]]:
    head, *rows = sheets(path)[sheet]
    yield from (dict(zip(head, row, strict=True)) for row in rows)


def test_several_patients_go_into_one_log(tmp_path: Path) -> None:
    """Redacted where that is asked for."""
    log = tmp_path / "log.xlsx"
    done = run("match", "cases/patients/clinic.csv", "NCT05940610", "--xlsx", str(log))
    assert "pairs of patient and trial" in done.stdout
    rows = list(numbers(log, "Screening log"))
    assert len({row["Patient"] for row in rows}) == len(rows) > 1
    veiled = run("match", "cases/patients/clinic.csv", "NCT05940610", "--redact", "--csv", str(tmp_path / "r.csv"))
    assert veiled.returncode == done.returncode
    content = (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert not [
        row["Patient"] for row in rows if f"\n{row['Patient']}," in content and not str(row["Patient"]).isdigit()
    ]


def test_a_population_has_its_candidates_and_its_attrition(tmp_path: Path) -> None:
    """The numbers of the text."""
    log, list_ = tmp_path / "log.xlsx", tmp_path / "list.csv"
    done = run(
        "screen", "docs/cohort.csv", "docs/heart.rules", "--assume-absent", "conditions", "--xlsx", str(log), "-o", str(list_)
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [row["Patient"] for row in numbers(log, "Candidates")] == ["001", "009"]
    assert list_.read_text().count("\n") == 3
    (trial,) = numbers(log, "Trials")
    assert (trial["Potentially eligible"], trial["Ineligible"]) == (2, 8)
    attrition = {row["Criterion"]: row["Remaining"] for row in numbers(log, "Attrition")}
    assert attrition == {"I1": 8, "I2": 7, "I3": 4, "E1": 3, "E2": 2, "I4": 2}
    assert {row["Criterion"] for row in numbers(log, "Loosening")} >= {"I1", "E2"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--xlsx", "-"), "name one instead of -"),
        (("--csv", ""), "empty path"),
        (("--csv", "{tmp}/a", "--csv-criteria", "{tmp}/a"), "the same file"),
        (("--csv", "cases/patients/liver-failure.json"), "would be overwritten"),
        (("--xlsx", "{tmp}"), "is a folder"),
        (("--xlsx", "{tmp}/none/log.xlsx"), "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """With the file and the remedy, exit code 2, nothing written, and no input overwritten."""
    before = (ROOT / "cases/patients/liver-failure.json").read_bytes()
    done = run(
        "match", "cases/patients/liver-failure.json", "NCT05940610", *(word.format(tmp=tmp_path) for word in arguments)
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert list(tmp_path.iterdir()) == []
    assert (ROOT / "cases/patients/liver-failure.json").read_bytes() == before
