"""Many patients against trials: the counts, the losses, the list, and what goes wrong with files."""

from __future__ import annotations

import csv
import errno
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest
from running import run

import eligibility as el
from eligibility.criteria.criterion import Criterion
from eligibility.patients.read import read_patients
from eligibility.population.seen import Seen
from eligibility.reports.screening_as_json import screening_as_json
from eligibility.reports.screening_as_text import print_screening, screening_as_text
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.screening.loosening import loosened
from eligibility.shipped import case_dir
from eligibility.trials.trial import Trial
from eligibility.verdicts.outcome import ORDER

ROWS = [
    ("id", "age", "sex", "hemoglobin [g/dL]", "creatinine", "creatinine_unit", "diabetes", "conditions"),
    ("a", "40", "female", "12", "0.9", "mg/dL", "yes", ""),
    ("b", "17", "male", "13", "80", "umol/L", "yes", "asthma"),
    ("c", "60", "male", "8.5", "1.0", "mg/dL", "yes", ""),
    ("d", "70", "female", "7", "1", "mg/dL", "no", ""),
    ("e", "50", "", "", "0.8", "furlong", "yes", ""),
    ("f", "55", "male", "<5", "9", "mg/dL", "", "type 2 diabetes; hypertension"),
]
ASKED = (
    ("inclusion", "age >= 18 year"),
    ("inclusion", "hemoglobin >= 9 g/dL"),
    ("inclusion", "has diabetes"),
    ("exclusion", "creatinine > 132.6 umol/L"),
    ("exclusion", "has asthma"),
)


def book(*asked: tuple[str, str], id: str = "T1") -> Rulebook:
    """A trial of written rules."""
    lines = tuple(
        Line(Criterion(f"C{place}", "inclusion" if side == "inclusion" else "exclusion", text), el.read_rule(text))
        for place, (side, text) in enumerate(asked or ASKED, 1)
    )
    return Rulebook(Trial(id, "A title"), lines)


def written(file: Path, rows: Sequence[tuple[str, ...]]) -> Path:
    """A table as CSV, or as Parquet by the file's ending."""
    plain = file.with_suffix(".csv")
    with plain.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    if file.suffix == ".parquet":
        duckdb.sql(f"COPY (FROM read_csv('{plain}', header = true)) TO '{file}' (FORMAT parquet)")
    return file


@pytest.fixture(params=["csv", "parquet"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return written(tmp_path / f"cohort.{request.param}", ROWS)


def one_by_one(file: Path, trial: Rulebook) -> dict[str, str]:
    """The outcome of each patient, as `match` finds it."""
    return {patient.id: el.match(patient, trial).verdicts[0].outcome for patient in read_patients(file)}


def test_the_counts_are_those_of_patients_matched_one_by_one(table: Path) -> None:
    """Whatever the columns are made of."""
    found = el.screen(book(), table)
    alone = Counter(one_by_one(table, book()).values())
    assert found.patients == 6
    assert found.trials[0].counts == {outcome: alone[outcome] for outcome in ORDER}


@pytest.mark.parametrize("name", ["liver-failure.json", "cirrhosis-fhir.json", "clinic.csv"])
def test_any_file_of_patients_can_be_screened(name: str) -> None:
    """Profiles, FHIR and tables, against the shipped trials."""
    file = case_dir() / "patients" / name
    trials = [trial for record in sorted(case_dir().glob("trials/*/record.*")) for trial in el.read_trials(record)]
    found = el.screen(trials, file)
    reports = [el.match(patient, trials) for patient in read_patients(file)]
    for screened in found.trials:
        alone = Counter(report.verdict(screened.trial).outcome for report in reports)
        assert screened.counts == {outcome: alone[outcome] for outcome in ORDER}


def test_attrition_says_where_patients_are_lost(table: Path) -> None:
    """Each criterion over all patients, who remains behind it, and who fails it alone."""
    rows = {row.id: row for row in el.screen(book(), table).trials[0].attrition}
    assert [row.passed + row.failed + row.unresolved + row.not_applicable for row in rows.values()] == [6] * 5
    assert (rows["C1"].failed, rows["C1"].remaining) == (1, 5)
    assert (rows["C2"].failed, rows["C2"].unresolved, rows["C2"].lacking, rows["C2"].remaining) == (3, 1, 1, 2)
    assert (rows["C4"].failed, rows["C4"].unresolved) == (1, 1)
    assert rows["C2"].only_here == 1


def test_a_relaxation_gains_whom_the_looser_trial_does_not_refuse(table: Path) -> None:
    """The number is that of the trial judged again with the looser criterion."""
    screened = el.screen(book(), table).trials[0]
    refused = screened.counts["ineligible"]
    for one in screened.relaxations:
        place = int(one.id[1:]) - 1
        asked = [pair for index, pair in enumerate(ASKED) if index != place or one.to]
        if one.to:
            asked[place] = (ASKED[place][0], one.to)
        assert one.gained == refused - el.screen(book(*asked), table).trials[0].counts["ineligible"]
    assert {(one.id, one.to) for one in screened.relaxations} >= {("C2", None), ("C2", "hemoglobin >= 8.1 g/dL")}


def test_a_limit_is_loosened_to_the_side_that_lets_patients_in() -> None:
    """Whatever the side and the nots in between."""
    for text, side, wanted in (
        ("hemoglobin >= 9 g/dL", "inclusion", "hemoglobin >= 8.1 g/dL"),
        ("creatinine > 2 mg/dL", "exclusion", "creatinine > 2.2 mg/dL"),
        ("not (age > 65 year)", "inclusion", "not age > 66 year"),
    ):
        rules = list(loosened(el.read_rule(text), "inclusion" if side == "inclusion" else "exclusion"))
        assert wanted in map(el.notation, rules)
        assert len(rules) == 3


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_the_list_holds_every_candidate_with_the_score_of_match(table: Path, tmp_path: Path, ending: str) -> None:
    """Patient, trial, outcome, score, cohort."""
    target = tmp_path / f"list.{ending}"
    trial = book(*ASKED[:3], ("inclusion", 'judgement "consent"'))
    found = el.screen(trial, table, output=target, outcomes=("potentially_eligible", "undetermined"))
    rows = duckdb.sql(f"FROM '{target}'").fetchall()
    expected = []
    for patient in read_patients(table):
        verdict = el.match(patient, trial).verdicts[0]
        if verdict.outcome in ("potentially_eligible", "undetermined"):
            expected.append((patient.id, "T1", verdict.outcome, verdict.score, None))
    assert [tuple(row) for row in rows] == expected
    assert found.listed == len(expected) > 1
    assert not list(tmp_path.glob(".list*"))


def test_nothing_is_left_when_the_list_cannot_be_finished(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, an interruption: an older list stays, and no half of a new one is taken for it."""
    target = tmp_path / "list.csv"
    target.write_text("older\n")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(el.InputError, match="the disk is full, and no list was written"):
        el.screen(book(), table, output=target)
    monkeypatch.setattr("eligibility.screening.counting.judge_trial_columns", interrupted)
    with pytest.raises(KeyboardInterrupt):
        el.screen(book(), table, output=target)
    assert target.read_text() == "older\n"
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_a_list_has_one_of_two_endings(table: Path, tmp_path: Path) -> None:
    """The ending says the form."""
    with pytest.raises(el.InputError, match=r"neither \.csv nor \.parquet"):
        el.screen(book(), table, output=tmp_path / "list.txt")


BAD: dict[str, tuple[Sequence[tuple[str, ...]], str, int]] = {
    "an id that stands twice": ([*ROWS, ROWS[1]], "row 8: id: the id a stands in an earlier row too", 6),
    "a row without an id": ([*ROWS, ("", "40", "male", "", "", "", "", "")], "row 8: has no id of a patient", 6),
    "a table without rows": (ROWS[:1], "holds no row below the headings", 0),
    "headings that say nothing": ([("foo", "bar"), ("1", "2")], "none of the columns is understood", 0),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_is_wrong_with_a_table_is_said_and_the_rest_is_judged(tmp_path: Path, case: str, ending: str) -> None:
    """A fault is of a row, and the other rows count."""
    rows, message, judged = BAD[case]
    file = written(tmp_path / f"bad.{ending}", rows)
    faults: list[el.InputError] = []
    try:
        found = el.screen(book(), file, on_fault=faults.append).patients
    except el.InputError as error:
        faults, found = [error], 0
    assert message in str(faults[0])
    assert found == judged


def test_without_somebody_to_tell_of_faults_they_are_raised_and_no_list_is_written(tmp_path: Path) -> None:
    """Half a result is not taken for a whole one unasked."""
    file = written(tmp_path / "twice.csv", [*ROWS, ROWS[1]])
    with pytest.raises(el.InputError, match="stands in an earlier row"):
        el.screen(book(), file, output=tmp_path / "list.csv")
    assert not (tmp_path / "list.csv").exists()


def test_a_column_of_words_where_numbers_should_be_is_not_known(tmp_path: Path) -> None:
    """A wrong type is no reason to stop: nobody passes, nobody fails."""
    rows = [(*row[:3], "high" if place else row[3], *row[4:]) for place, row in enumerate(ROWS)]
    found = el.screen(book(("inclusion", "hemoglobin >= 9 g/dL")), written(tmp_path / "words.parquet", rows))
    assert found.trials[0].counts["undetermined"] == 6


def test_visits_of_one_patient_are_taken_together(tmp_path: Path) -> None:
    """Several rows of an id on different days are read patient by patient."""
    rows = [
        ("id", "date", "hemoglobin [g/dL]"),
        ("a", "2025-01-01", "7"),
        ("a", "2025-02-01", "12"),
        ("b", "2025-02-01", "8"),
    ]
    file = written(tmp_path / "visits.csv", rows)
    found = el.screen(book(("inclusion", "hemoglobin >= 9 g/dL")), file)
    assert (found.patients, found.trials[0].counts["eligible"]) == (2, 1)


def test_a_table_in_many_chunks_counts_as_in_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks end within words of 64 bits, and ids are told from those of earlier chunks."""
    rows = [(str(place), *ROWS[1 + place % 6][1:]) for place in range(1000)]
    file = written(tmp_path / "many.parquet", [ROWS[0], *rows, rows[3]])
    whole = el.screen(book(), file, on_fault=lambda _: None)
    monkeypatch.setattr("eligibility.population.read.ROWS", 70)
    parts = el.screen(book(), file, on_fault=lambda _: None)
    assert parts.patients == whole.patients == 1000
    assert [one.counts for one in parts.trials] == [one.counts for one in whole.trials]
    assert [one.attrition for one in parts.trials] == [one.attrition for one in whole.trials]


def test_ids_are_remembered_over_any_number_of_chunks() -> None:
    """In runs that are merged."""
    seen = Seen()
    assert [seen.again([str(one) for one in range(start, start + 10)]) for start in range(0, 500, 10)] == [set()] * 50
    assert seen.again(["new", "77", "new"]) == {1, 2}


def test_whoever_watches_hears_of_every_patient_of_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many more are done, and of how many, where the file tells; of records some at a time."""
    monkeypatch.setattr("eligibility.population.read.ROWS", 70)
    monkeypatch.setattr("eligibility.population.read._SOME", 2)
    file = written(tmp_path / "many.parquet", [ROWS[0], *((str(place), *ROWS[1][1:]) for place in range(100))])
    told: list[tuple[int, int | None]] = []
    el.screen(book(), file, on_progress=lambda number, of: told.append((number, of)))
    assert told == [(70, 100), (30, 100)]
    rows = [("patient_id", "test", "value"), *((str(place), "hemoglobin", "9 g/dL") for place in range(5))]
    tall: list[tuple[int, int | None]] = []
    el.screen(book(), written(tmp_path / "tall.csv", rows), on_progress=lambda number, of: tall.append((number, of)))
    assert tall == [(2, None), (2, None)]


def test_a_value_is_computed_only_for_whom_all_inputs_are_there(tmp_path: Path) -> None:
    """And compared as a column then, as the counts of the work tell."""
    rows = [("id", "weight [kg]", "height [cm]", "bmi"), ("a", "70", "170", ""), ("b", "", "170", ""), ("c", "70", "", ""), ("d", "120", "170", ""), ("e", "", "", "40")]  # fmt: skip
    file = written(tmp_path / "wide.csv", rows)
    found = el.screen(book(("inclusion", "bmi < 30 kg/m2")), file, attrition=False)
    assert found.trials[0].counts == {"eligible": 1, "potentially_eligible": 0, "undetermined": 2, "ineligible": 2}
    assert (found.work.compared, found.work.read, found.work.single) == (5, 2, 0)


TALL = (
    "patient_id,test,value,unit,date",
    "a,hemoglobin,8,g/dL,2025-01-01",
    "a,hemoglobin,95,g/L,2025-01-02",
    "a,hemoglobin,95,g/L,2025-01-02",
    "b,hemoglobin,high,g/dL,2025-01-01",
    "c,hemoglobin,8,furlong,2025-01-01",
    "d,hemoglobin,8,g/dL,2025-01-01",
    "d,hemoglobin,12,g/dL,2025-01-01",
    ",hemoglobin,3,g/dL,2025-01-01",
)


def test_observations_in_changing_units_words_and_pairs_count_as_in_match(tmp_path: Path) -> None:
    """The latest in its own unit; a word, a strange unit and two values of one day tell nothing; a row of nobody is named."""
    file = tmp_path / "tall.csv"
    file.write_text("\n".join(TALL) + "\n", encoding="utf-8")
    asked, faults = book(("inclusion", "hemoglobin >= 9 g/dL")), list[el.InputError]()
    found = el.screen(asked, file, attrition=False, on_fault=faults.append)
    assert found.trials[0].counts == {"eligible": 1, "potentially_eligible": 0, "undetermined": 3, "ineligible": 0}
    assert [str(fault.faults[0].place) for fault in faults] == ["row 9"]
    assert found.work.single == 1


def test_a_day_may_be_given(tmp_path: Path) -> None:
    """What lies after it does not count, and ages are of that day."""
    rows = [
        ("id", "dob", "date", "hemoglobin [g/dL]"),
        ("a", "2000-01-01", "2025-06-01", "12"),
        ("b", "1980-01-01", "2024-05-01", "12"),
    ]
    asked = book(("inclusion", "hemoglobin >= 9 g/dL"), ("inclusion", "age >= 30 year"))
    found = el.screen(asked, written(tmp_path / "days.csv", rows), as_of=date(2024, 6, 1))
    assert found.as_of == "2024-06-01"
    assert found.trials[0].counts == {"eligible": 1, "potentially_eligible": 0, "undetermined": 0, "ineligible": 1}


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("rules") / "trial.rules"
    file.write_text(el.write_rulebook(book()), encoding="utf-8")
    return str(file)


def test_the_command_prints_lists_and_ends_well(table: Path, tmp_path: Path, rules: str) -> None:
    """Text on standard output, the list where it was asked for."""
    done = run("screen", str(table), rules, "-o", str(tmp_path / "list.csv"), "--outcome", "ineligible")
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 patients against 1 trial" in done.stdout
    assert "without C2: +1 patient; at hemoglobin >= 8.1 g/dL: +1" in done.stdout
    assert (tmp_path / "list.csv").read_text().count("ineligible") == 4


def test_the_command_prints_json_lines(table: Path, rules: str) -> None:
    """One object a trial, with a version of its form."""
    (line,) = run("screen", str(table), rules, "--json").stdout.splitlines()
    found = json.loads(line)
    assert found["schema_version"] == "1.0"
    assert found["patients"] == sum(found["counts"].values()) == 6
    assert [row["id"] for row in found["criteria"]] == ["C1", "C2", "C3", "C4", "C5"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no-such-file.csv",), "no such file"),
        (("-", "-"), "only once"),
        (("x.csv", "--outcome", "maybe"), "one of eligible"),
    ],
)
def test_misuse_is_told(arguments: tuple[str, ...], message: str, rules: str) -> None:
    """Exit code 2, and a message on standard error."""
    done = run("screen", *arguments, rules) if "-" not in arguments else run("screen", *arguments)
    assert done.returncode == 2
    assert message in done.stderr


def test_without_its_packages_the_command_says_what_to_install(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setattr("eligibility.screening.screen._PACKAGES", ("numpy", "no_such_package"))
    with pytest.raises(el.InputError, match=r"needs no_such_package.*eligibility\[population\]"):
        el.screen(book(), table)


def test_a_terminal_shows_the_same_tables(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By rich, with every number of the text."""
    found = el.screen(book(), table)
    monkeypatch.setenv("COLUMNS", "200")
    print_screening(found, sys.stdout, colour=False)
    shown = capsys.readouterr().out
    assert "Only here" in shown
    assert "without C2: +1 patient" in shown
    assert screening_as_json(found).count("\n") == 1


def test_text_is_the_same_for_the_same_inputs(table: Path) -> None:
    """Same inputs, same bytes."""
    assert screening_as_text(el.screen(book(), table)) == screening_as_text(el.screen(book(), table))
