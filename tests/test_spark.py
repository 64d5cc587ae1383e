"""The engine past one machine: what Spark finds is what one machine finds, and what goes wrong is told in one message."""

from __future__ import annotations

import csv
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import populations as random_ones
import pytest
from click.testing import CliRunner
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from test_engines_agree import POLICIES, each_alone, real_books
from test_registry import shipped_books, trial
from test_screening import BAD, ROWS, book, written

import eligibility as el
from eligibility.cli.group import verbs
from eligibility.patients.read import read_patients
from eligibility.rules.rulebook import Rulebook
from eligibility.shipped import case_dir
from eligibility.spark.index import Parse, index_on_spark
from eligibility.spark.screen import screen_on_spark
from eligibility.spark.session import session
from eligibility.spark.tasks import Screen
from eligibility.trials.trial import Trial
from eligibility.verdicts.judge import facts_of, judge_trial
from eligibility.verdicts.outcome import ORDER
from eligibility.verdicts.policy import DEFAULT, Policy

ROOT = Path(__file__).resolve().parent.parent
ABSENT = [name for name in ("pyspark", "pyarrow", "pandas") if find_spec(name) is None]
WHY = f"{' and '.join(ABSENT)} not installed: pip install 'eligibility[spark]'" if ABSENT else "no java found"
pytestmark = pytest.mark.filterwarnings("ignore")  # those of pyspark, of which each version has others


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Two cores of this machine; a task that fails is tried four times, as on a cluster."""
    if ABSENT or shutil.which("java") is None:
        pytest.skip(WHY)
    from pyspark import cloudpickle
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    by_value: Callable[..., None] = cloudpickle.register_pickle_by_value
    by_value(sys.modules[__name__])  # tasks do not find tests by their names
    quiet = (ROOT / "eligibility" / "spark" / "log4j2.properties").as_uri()
    builder = SparkSession.builder.master("local[2,4]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={quiet}")
    made = (
        builder.config("spark.sql.shuffle.partitions", "4")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    yield made
    made.stop()


heavy = pytest.mark.heavy


def some(strategy: st.SearchStrategy[Any], number: int) -> list[Any]:
    """So many examples, the same each time."""
    found: list[Any] = []

    @settings(max_examples=number, database=None, phases=[Phase.generate])
    @given(strategy)
    def collect(example: Any) -> None:
        found.append(example)

    collect()
    return found


def numbered(books: Sequence[Rulebook]) -> list[Rulebook]:
    """Each as a trial of its own."""
    return [replace(one, trial=Trial(f"T{place}", one.trial.title)) for place, one in enumerate(books)]


def without_work(found: el.Screening) -> el.Screening:
    """All but how it was found, which depends on the pieces."""
    return replace(found, work=replace(found.work, compared=0, shared=0, single=0, by_tree=0, read=0), listed=None)


def listed(folder: Path) -> list[tuple[Any, ...]]:
    return sorted(duckdb.sql(f"FROM read_parquet('{folder}/*.parquet')").fetchall(), key=repr)


def assert_as_one_machine(
    books: Sequence[Rulebook], file: Path, target: Path, policy: Policy = DEFAULT, as_of: date | None = None
) -> None:
    """Counts, losses, list and faults are those of the columns, and each pair of patient and trial that of the tree."""
    told: dict[str, list[el.InputError]] = {"here": [], "spark": []}
    asked: dict[str, Any] = {"policy": policy, "as_of": as_of, "outcomes": ORDER}
    here = el.screen(books, file, output=target.with_suffix(".csv"), on_fault=told["here"].append, **asked)
    found = screen_on_spark(books, file, output=str(target), on_fault=told["spark"].append, **asked)
    assert without_work(found) == without_work(here)
    assert list(map(str, told["spark"])) == list(map(str, told["here"]))
    assert found.listed == here.listed == len(listed(target)) == here.patients * len(books)
    expected = []
    for patient in read_patients(file, as_of=as_of, on_fault=lambda _: None):
        facts = facts_of(patient, policy=policy)
        for one in books:
            tree = judge_trial(one.trial, one.lines, facts, policy)
            expected.append((patient.id, one.trial.id, tree.outcome, tree.score, tree.cohort))
    assert listed(target) == sorted(expected, key=repr)


@heavy
@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("place", range(3))
def test_random_trials_say_the_same_of_random_rows(place: int, ending: str, tmp_path: Path, spark: Any) -> None:
    """Spark = columns = tree, of outcome, score and cohort, bit for bit."""
    books = numbered([*some(random_ones.books(), 60), *each_alone(random_ones.plain_leaves()), *random_ones.cohorts()])
    chosen = random.Random(place)
    headings = [name for name in random_ones.COLUMNS if name != "date" and chosen.random() < 0.6]
    rows = [(f"P{row}", *(chosen.choice(random_ones.COLUMNS[name]) for name in headings)) for row in range(40)]
    file = written(tmp_path / f"table.{ending}", [("id", *headings), *rows])
    assert_as_one_machine(books, file, tmp_path / "list.parquet", POLICIES[place], (None, random_ones.TODAY)[place % 2])


@heavy
@pytest.mark.parametrize("theme", ["kidney by days", "women", "by days"])
def test_columns_that_have_to_do_with_each_other_say_the_same(theme: str, tmp_path: Path, spark: Any) -> None:
    """Units and ranges beside values, dates, what is computed."""
    headings, rows = random_ones.themed_table(theme, 40)
    books = numbered(each_alone([*random_ones.plain_leaves(), *random_ones.many_leaves(3, 40)]))
    file = written(tmp_path / "table.parquet", [tuple(headings), *map(tuple, rows)])
    assert_as_one_machine(books, file, tmp_path / "list.parquet")


@heavy
def test_real_trials_say_the_same_of_a_table_of_types(tmp_path: Path, spark: Any) -> None:
    """Numbers, yes and no, days and texts as Parquet has them, in several row groups; trials of the corpus."""
    file = tmp_path / "typed.parquet"
    duckdb.sql(
        "COPY (SELECT 'P' || i AS id, DATE '1950-01-01' + CAST(i * 97 % 25000 AS INTEGER) AS dob, "
        "CASE WHEN i % 2 = 0 THEN 'male' ELSE 'female' END AS sex, "
        'CASE WHEN i % 7 > 0 THEN CAST(6 + i % 90 / 9.0 AS FLOAT) END AS "hemoglobin [g/dL]", '
        'CASE WHEN i % 5 > 0 THEN CAST(0.3 + i % 40 / 10.0 AS DECIMAL(9, 2)) END AS "creatinine [mg/dL]", '
        'CAST(i % 400 AS USMALLINT) AS "platelets [10*9/L]", 15 + i % 300 / 10.0 AS bmi, '
        'CASE WHEN i % 3 > 0 THEN i % 4 = 1 END AS diabetes, i % 6 AS "ECOG", '
        "CASE WHEN i % 11 = 0 THEN ['hypertension', 'asthma'] ELSE [] END AS conditions "
        f"FROM range(500) t(i)) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 100)"
    )
    books = real_books(60, seed=9)
    assert_as_one_machine(books, file, tmp_path / "list.parquet", as_of=random_ones.TODAY)


@heavy
@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_what_is_wrong_with_a_table_is_said_in_the_same_words(
    case: str, ending: str, tmp_path: Path, spark: Any
) -> None:
    """Bad ids, no rows, headings that say nothing."""
    rows = BAD[case][0]
    file = written(tmp_path / f"bad.{ending}", [*rows, ("",) * len(rows[0])])
    said = []
    engines: tuple[Callable[..., el.Screening], ...] = (el.screen, screen_on_spark)
    for engine in engines:
        faults: list[el.InputError] = []
        try:
            patients = engine(book(), file, on_fault=faults.append).patients
        except el.InputError as error:
            faults, patients = [error], 0
        said.append((patients, list(map(str, faults))))
    assert said[0] == said[1]
    assert BAD[case][1] in said[0][1][0]


@heavy
def test_a_folder_of_parts_is_one_table(tmp_path: Path, spark: Any) -> None:
    """As clusters write them; an id that stands twice is told with its file."""
    (tmp_path / "parts").mkdir()
    for part in range(3):
        rows = [(f"{row[0]}{part if row[0] != 'a' else ''}", *row[1:]) for row in ROWS[1:]]
        written(tmp_path / "parts" / f"part-{part}.parquet", [ROWS[0], *rows])
    for file in (tmp_path / "parts").glob("*.csv"):
        file.unlink()
    faults: list[el.InputError] = []
    found = screen_on_spark(book(), tmp_path / "parts", on_fault=faults.append)
    assert found.patients == 16
    assert ["part-1.parquet row 2: id: the id a stands" in str(one) for one in faults] == [True, False]


class KilledOnce(Screen):
    """The process of the first task to come is killed in the middle of it."""

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        done = super().__call__(batches)
        yield next(done)
        try:
            open(f"{self.path}.flag", "x").close()
        except FileExistsError:
            yield from done
            return
        os.kill(os.getpid(), signal.SIGKILL)


class Failing(Screen):
    """Every task fails, with words of a patient."""

    def _chunk(self, *_: Any) -> Any:
        raise ValueError("Jane Doe has 12 g/dL")


class AlwaysKilled(Screen):
    """Every process is killed."""

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        os.kill(os.getpid(), signal.SIGKILL)
        yield


@heavy
def test_a_killed_worker_is_replaced_and_nothing_counts_twice(
    tmp_path: Path, spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its task is run again by another process."""
    file = written(tmp_path / "many.parquet", [ROWS[0], *((f"{row}", *ROWS[1 + row % 6][1:]) for row in range(600))])
    monkeypatch.setattr("eligibility.spark.screen.Screen", KilledOnce)
    assert_as_one_machine([book()], file, tmp_path / "list.parquet")
    assert Path(f"{file}.flag").exists()


@heavy
@pytest.mark.parametrize(
    ("task", "message"),
    [(Failing, "a task failed: ValueError in test_spark.py"), (AlwaysKilled, "killed again and again")],
)
def test_tasks_that_fail_for_good_leave_one_message_and_nothing_else(
    task: type[Screen], message: str, tmp_path: Path, spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No half of a list, and no word of a patient."""
    file = written(tmp_path / "cohort.parquet", ROWS)
    before = sorted(tmp_path.iterdir())
    monkeypatch.setattr("eligibility.spark.screen.Screen", task)
    with pytest.raises(el.InputError, match=message) as caught:
        screen_on_spark(book(), file, output=str(tmp_path / "list.parquet"))
    assert "Jane" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


@heavy
def test_another_version_on_an_executor_is_refused(tmp_path: Path, spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It might read rules otherwise."""
    monkeypatch.setattr("eligibility.spark.screen.made_by", lambda: "another")
    with pytest.raises(el.InputError, match="another version of eligibility"):
        screen_on_spark(book(), written(tmp_path / "cohort.csv", ROWS))


@heavy
def test_a_list_is_whole_or_not_there(tmp_path: Path, spark: Any) -> None:
    """It overwrites nothing, may be empty, and is not written where faults are raised."""
    file, target = written(tmp_path / "cohort.parquet", ROWS), tmp_path / "list.parquet"
    found = screen_on_spark(book(), file, output=str(target), outcomes=("eligible",))
    assert (found.listed, listed(target)) == (0, [])
    assert (target / "_SUCCESS").is_file()
    assert target.stat().st_mode & 0o777 == 0o700
    with pytest.raises(el.InputError, match="something stands there already"):
        screen_on_spark(book(), file, output=str(target))
    with pytest.raises(el.InputError, match="as a folder of Parquet files"):
        screen_on_spark(book(), file, output=str(tmp_path / "list.csv"))
    twice = written(tmp_path / "twice.parquet", [*ROWS, ROWS[1]])
    with pytest.raises(el.InputError, match="stands in an earlier row"):
        screen_on_spark(book(), twice, output=str(tmp_path / "other"))
    assert not [one.name for one in tmp_path.iterdir() if "other" in one.name or one.name.startswith(".list")]


TALL = [("patient_id", "code", "value", "unit"), ("a", "718-7", "12", "g/dL")]
VISITS = [("id", "date", "hemoglobin [g/dL]"), ("a", "2025-01-01", "7"), ("a", "2025-02-01", "12")]


@heavy
@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize(("rows", "message"), [(TALL, "observation a row|several rows"), (VISITS, "several rows")])
def test_several_rows_a_patient_are_refused(
    rows: Sequence[tuple[str, ...]], message: str, ending: str, tmp_path: Path, spark: Any
) -> None:
    """With what to do instead."""
    with pytest.raises(el.InputError, match=rf"({message}).*leave --engine spark out"):
        screen_on_spark(book(), written(tmp_path / f"rows.{ending}", rows))


@heavy
def test_what_is_no_table_is_refused(tmp_path: Path, spark: Any) -> None:
    """A profile, nothing, an empty folder, a broken file."""
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "empty").mkdir()
    wrong: dict[Path, str] = {
        case_dir() / "patients" / "liver-failure.json": "is no table",
        tmp_path / "nothing.parquet": "no such file",
        tmp_path / "nothing.csv": "no such file",
        tmp_path / "empty": "holds no Parquet file",
        tmp_path / "broken.parquet": "no Parquet file that can be read",
    }
    for file, message in wrong.items():
        with pytest.raises(el.InputError, match=message):
            screen_on_spark(book(), file)


def tables(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a registry, in their order."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = [row[0] for row in connection.sql("SELECT table_name FROM duckdb_tables()").fetchall()]
        return {name: connection.sql(f"FROM {name}").fetchall() for name in names}


@heavy
def test_a_registry_is_the_same_row_by_row(tmp_path: Path, spark: Any) -> None:
    """Records, rulebooks, half characters; of one that stands only what has changed is read again."""
    odd = trial("odd", "Inclusion Criteria:\n- Age 18 to 75 years \ud83d\n- Hemoglobin >= 9 g/dL")
    found: list[el.Trial | Rulebook] = [*(trial(f"T{place}") for place in range(150)), odd, *shipped_books()]
    here, there = tmp_path / "here.eligibility", tmp_path / "there.eligibility"
    assert index_on_spark(found, there) == el.index(found, here, workers=1)
    assert tables(there) == tables(here)
    found[3] = trial("T3", "Inclusion Criteria:\n- Platelets >= 100 x 10^9/L")
    done = index_on_spark(found, there)
    el.index(found, here, workers=1)
    assert (done.read, tables(there)) == (1, tables(here))


class KilledAfterSome(Parse):
    """Processes are killed as soon as a trial of this name comes."""

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        def watched() -> Iterator[Any]:
            for batch in batches:
                if any('"T600"' in text for text in batch.column(0).to_pylist()):
                    os.kill(os.getpid(), signal.SIGKILL)
                yield batch

        yield from super().__call__(watched())


@heavy
def test_what_was_indexed_before_tasks_failed_is_kept(
    tmp_path: Path, spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next call goes on from there."""
    found, target = [trial(f"T{place}") for place in range(601)], tmp_path / "some.eligibility"
    with monkeypatch.context() as patched:
        patched.setattr("eligibility.spark.index.Parse", KilledAfterSome)
        with pytest.raises(el.InputError, match="killed again and again"):
            index_on_spark(found, target)
    assert not target.exists()
    read: list[int] = []
    done = index_on_spark(found, target, on_progress=read.append)
    assert (done.holds.trials, done.read) == (601, 601 - 512)


def spark_submit(*arguments: str) -> str:
    """Standard output of the documented line."""
    submit = shutil.which("spark-submit", path=str(Path(sys.executable).parent)) or "spark-submit"
    entry = str(ROOT / "eligibility" / "__main__.py")
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [submit, "--master", "local[2]", entry, *arguments, "--engine", "spark"],
        capture_output=True, encoding="utf-8", check=False, env=environment, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@heavy
def test_the_documented_line_of_spark_submit_says_what_the_command_says(tmp_path: Path, spark: Any) -> None:
    """Screening and indexing, from the file of the package's own command."""
    asked = ["screen", "docs/cohort.csv", "docs/heart.rules", "--assume-absent", "conditions"]
    here = CliRunner().invoke(verbs, asked, catch_exceptions=False).output
    assert spark_submit(*asked).splitlines()[:-1] == here.splitlines()[:-1]
    target = tmp_path / "some.eligibility"
    assert "2 trials" in spark_submit("index", "NCT05940610", "NCT04282928", "-o", str(target))
    assert target.is_file()


def test_the_command_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setattr("eligibility.spark.session._PACKAGES", ("numpy", "no_such_package"))
    with pytest.raises(el.InputError, match=r"needs no_such_package.*eligibility\[spark\]"), session("x", 1):
        pass


def fake_java(said: str) -> Callable[[Path], dict[str, str]]:
    def made(folder: Path) -> dict[str, str]:
        (folder / "bin").mkdir()
        java = folder / "bin" / "java"
        java.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
        java.chmod(0o755)
        return {"JAVA_HOME": str(folder)}

    return made


@pytest.mark.skipif(os.name == "nt", reason="the made-up java is a shell script")
@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda folder: {"PATH": str(folder), "JAVA_HOME": ""}, "needs Java 17 or newer, not found here"),
        (lambda folder: {"JAVA_HOME": str(folder)}, "needs Java 17 or newer, not found here"),
        (fake_java('openjdk version "11.0.2"'), "needs Java 17 or newer, and Java 11 is"),
        (fake_java('java version "1.8.0_202"'), "needs Java 17 or newer, and Java 8 is"),
        (fake_java("nonsense"), "needs Java 17 or newer, and what is called java is none"),
    ],
)
def test_a_missing_or_old_java_is_told(
    made: Callable[[Path], dict[str, str]], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before Spark is started."""
    from eligibility.spark.session import _refuse_without_java

    for name, value in made(tmp_path).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(el.InputError, match=message):
        _refuse_without_java("x")


def test_answers_are_for_the_local_engine(tmp_path: Path) -> None:
    """Each is of one patient."""
    file = tmp_path / "cohort.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows(ROWS)
    asked = ["screen", str(file), "docs/heart.rules", "--engine", "spark", "--format", "fhir"]
    done = CliRunner().invoke(verbs, asked)
    assert done.exit_code == 2
    assert "takes tables only" in done.output
