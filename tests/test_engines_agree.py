"""One meaning, many engines: what the tree says of one patient the columns say of many."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import crowds
import populations as random_ones
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion
from eligibility.errors import InputError
from eligibility.patients.patient import Patient
from eligibility.patients.read import read_patients
from eligibility.population.chunk import Chunk
from eligibility.population.people import People
from eligibility.population.read import read_population
from eligibility.rules.rule import Rule
from eligibility.rules.rulebook import Line, Rulebook, rulebook
from eligibility.shipped import case_dir
from eligibility.trials.read import read_trials
from eligibility.trials.trial import Trial
from eligibility.verdicts.arrays.interning import TrialsInterner
from eligibility.verdicts.arrays.leaf_codes import leaf_codes
from eligibility.verdicts.by_arrays import rank_trials, truths
from eligibility.verdicts.by_columns import judge_trial_columns
from eligibility.verdicts.columns.leaf_planes import Bench, Desk
from eligibility.verdicts.columns.logic import Run
from eligibility.verdicts.columns.planes import unpacked
from eligibility.verdicts.columns.program import Program
from eligibility.verdicts.judge import ENGINES, facts_of, judge_trial
from eligibility.verdicts.outcome import ORDER
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import FACT_REASONS
from eligibility.vocabulary.tables import vocabulary

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "trials-dev.jsonl.gz"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "patients"
POLICIES = (
    DEFAULT,
    Policy(assume_absent=frozenset(("conditions", "states", "dialysis")), table_ranges=True),
    Policy(measurement_days=30, scale_days=20, assume_absent=frozenset(("medications", "dialysis"))),
)


def differences(
    books: Sequence[Rulebook], chunks: Sequence[tuple[Chunk, Sequence[Patient]]], policy: Policy
) -> Iterator[str]:
    """Where the columns say of a trial something else than the tree does."""
    program = Program(books, Bench(vocabulary(), policy))
    for chunk, people in chunks:
        run = Run(Desk(program.bench, chunk))
        facts = [facts_of(patient, policy=policy) for patient in people]
        for trial in program.trials:
            judged = judge_trial_columns(trial, run)
            scores, size = judged.scores, len(people)
            outcomes = {outcome: unpacked(judged.outcome(outcome), size) for outcome in ORDER}
            for row, (patient, known) in enumerate(zip(people, facts, strict=True)):
                tree = judge_trial(trial.book.trial, trial.book.lines, known, policy)
                place = 0 if judged.best is None else int(judged.best[row])
                score = None if scores[row] != scores[row] else float(scores[row])
                mine = [outcome for outcome in ORDER if outcomes[outcome][row]], score, judged.cohorts[place].cohort
                if mine != ([tree.outcome], tree.score, tree.cohort):
                    yield f"{patient}: tree {tree.outcome, tree.score, tree.cohort}, columns {mine}: {trial.book.lines}"


def array_differences(books: Sequence[Rulebook], people: Sequence[Patient], policy: Policy) -> Iterator[str]:
    """Where the arrays say of a trial something else than the tree does, of outcome, score or number passed."""
    interner = TrialsInterner()
    for book in books:
        interner.add(book.lines)
    rules, trials = interner.arrays()
    for patient in people:
        patient = replace(patient, answers=())  # a trial with answers is the tree's
        facts = facts_of(patient, policy=policy)
        ranked = rank_trials(trials, truths(rules, leaf_codes(rules, facts, policy).codes))
        trees = [judge_trial(book.trial, book.lines, facts, policy) for book in books]
        for place, tree in enumerate(trees):
            score = None if ranked.scores[place] != ranked.scores[place] else float(ranked.scores[place])
            mine = ORDER[ranked.outcomes[place]], score, int(ranked.passed[place])
            if mine != (tree.outcome, tree.score, sum(row.result == "pass" for row in tree.criteria)):
                yield f"{patient}: tree {tree.outcome, tree.score}, arrays {mine}: {books[place].lines}"


def as_people(people: Sequence[Patient]) -> list[tuple[Chunk, Sequence[Patient]]]:
    half = len(people) // 2
    return [(People(part), part) for part in (people[:half], people[half:])]


@settings(max_examples=100, deadline=None)
@given(
    random_ones.books(),
    st.lists(random_ones.patients(), min_size=1, max_size=5).map(random_ones.renamed),
    st.sampled_from(POLICIES),
)
def test_random_trials_say_the_same_of_random_patients(book: Rulebook, people: list[Patient], policy: Policy) -> None:
    """Outcome, score and cohort; values missing, stale, in conflict, intervals, in strange units, answered by persons."""
    assert next(differences([book], as_people(people), policy), "") == ""
    assert next(array_differences([book], people, policy), "") == ""


@settings(max_examples=100, deadline=None)
@given(random_ones.rules, random_ones.patients(), st.sampled_from(POLICIES))
def test_a_random_rule_has_the_same_verdict(rule: Rule, patient: Patient, policy: Policy) -> None:
    """Met, not met or unknown, and of the unknown whether a fact is missing."""
    found = {name: engine(rule, patient, policy) for name, engine in ENGINES.items()}
    said = {(one.truth, any(gap.reason in FACT_REASONS for gap in one.missing)) for one in found.values()}
    assert len(said) == 1, found


@pytest.mark.parametrize("policy", POLICIES)
def test_no_leaf_takes_patients_for_alike_who_differ_for_it(policy: Policy) -> None:
    """Every leaf over people of whom one thing is known, or a few: what a leaf does not look at must not matter."""
    people = random_ones.gallery(1, 400)
    books = [*random_ones.cohorts(), *each_alone(random_ones.plain_leaves())]
    assert next(differences(books, as_people(people), policy), "") == ""
    assert next(array_differences([*books, *each_alone(random_ones.many_leaves(5, 150))], people, policy), "") == ""


@pytest.mark.parametrize("place", range(len(POLICIES)))
def test_many_who_differ_in_little_are_not_taken_for_one_another(place: int) -> None:
    """Times before, on and behind the edge of windows, on several clocks; one value and many; what is over and what not."""
    people, books = crowds.crowd(place, 250), each_alone(crowds.leaves(place, 60))
    assert next(differences(books, [(People(people), people)], POLICIES[place]), "") == ""


def as_table(file: Path, as_of: date | None, rows: int) -> list[tuple[Chunk, Sequence[Patient]]]:
    """The chunks of a table, each with the patients that the reader of single ones makes of its rows."""
    people = {one.id: one for one in read_patients(file, as_of=as_of, on_fault=lambda _: None)}
    chunks = read_population(file, as_of=as_of, vocabulary=vocabulary(), on_fault=lambda _: None, rows=rows)
    pairs: list[tuple[Chunk, Sequence[Patient]]] = [(chunk, [people[id] for id in chunk.ids]) for chunk in chunks]
    assert sum(len(some) for _, some in pairs) == len(people)
    return pairs


@settings(max_examples=40, deadline=None)
@given(random_ones.tables(), random_ones.books(), st.sampled_from((None, random_ones.TODAY)), st.sampled_from(POLICIES))
def test_random_trials_say_the_same_of_a_table_as_of_its_rows(
    table: tuple[list[str], list[list[str]]], book: Rulebook, as_of: date | None, policy: Policy
) -> None:
    """Units that change by row, words among numbers, reference ranges, dates, lists, what is computed and what is not."""
    with TemporaryDirectory() as folder:
        try:
            pairs = as_table(written(Path(folder) / "table.csv", table), as_of, 5)
        except InputError:  # headings that say the same twice
            return
        assert next(differences([book, *each_alone(random_ones.plain_leaves())], pairs, policy), "") == ""


@pytest.mark.parametrize("as_of", [None, random_ones.TODAY])
@pytest.mark.parametrize("theme", random_ones.THEMES)
def test_columns_that_have_to_do_with_each_other_say_the_same_as_rows(
    theme: str, as_of: date | None, tmp_path: Path
) -> None:
    """What is computed where nothing is recorded, units and ranges beside values, dates, words of women, kinds of kinds."""
    file = written(tmp_path / "table.csv", random_ones.themed_table(theme, 40))
    rules = [*random_ones.plain_leaves(), *random_ones.many_leaves(3, 150)]
    policy = POLICIES[(len(theme) + 1) % len(POLICIES)]
    assert next(differences(each_alone(rules), as_table(file, as_of, 25), policy), "") == ""


def written(file: Path, table: tuple[list[str], list[list[str]]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([table[0], *table[1]])
    return file


def each_alone(rules: Sequence[Rule]) -> list[Rulebook]:
    """A trial for each rule."""
    lines = [Line(Criterion("C", "inclusion", ""), rule) for rule in rules]
    return [Rulebook(Trial(str(place)), (line,)) for place, line in enumerate(lines)]


def real_books(number: int, seed: int) -> list[Rulebook]:
    """Rulebooks of random trials of the corpus."""
    if not CORPUS.is_file():
        pytest.skip("the corpus of trials is not beside the checkout")
    chosen = random.Random(seed)
    with gzip.open(CORPUS, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if chosen.random() < number / 18_000]
    fields = ("title", "minimum_age", "maximum_age", "sex", "healthy_volunteers", "criteria")
    rows = [
        row for row in rows if int(hashlib.sha256(row["nct_id"].encode()).hexdigest(), 16) % 3
    ]  # the rest is unread
    return [rulebook(Trial(row["nct_id"], **{name: row[name] for name in fields if row.get(name)})) for row in rows]


def shipped_people() -> list[Patient]:
    """The patients that ship with the cases."""
    files = sorted((case_dir() / "patients").iterdir())
    return [patient for file in files for patient in read_patients(file)]


def shared_people() -> list[Patient]:
    """Whole records in FHIR and OMOP."""
    if not SHARED.is_dir():
        pytest.skip("the shared patients are not beside the checkout")
    files = [file for folder in ("fhir", "mcode", "omop") for file in sorted((SHARED / folder).iterdir())]
    found: list[Patient] = []
    for file in files:
        if file.is_dir() or file.suffix in (".gz", ".json", ".zip"):
            found += islice(read_patients(file, on_fault=lambda _: None, others=True), 4)
    return found


def test_real_trials_say_the_same_of_shipped_patients() -> None:
    """Every shipped trial and a random lot of the corpus, as columns and as trees."""
    books = [
        *(rulebook(trial) for file in sorted(case_dir().glob("trials/*/record.*")) for trial in read_trials(file)),
        *real_books(60, seed=1),
    ]
    assert next(differences(books, as_people(shipped_people()), DEFAULT), "") == ""
    assert next(array_differences(books, shipped_people(), DEFAULT), "") == ""


@pytest.mark.heavy
def test_real_trials_say_the_same_of_a_database() -> None:
    """Many persons of one OMOP database in one chunk, most of whom are like others in what a test looks at."""
    if not SHARED.is_dir():
        pytest.skip("the shared patients are not beside the checkout")
    people = list(islice(read_patients(SHARED / "omop" / "eunomia.duckdb"), 150))
    assert next(differences(real_books(60, seed=4), [(People(people), people)], DEFAULT), "") == ""


@pytest.mark.heavy
@pytest.mark.parametrize("policy", POLICIES)
def test_real_trials_say_the_same_of_whole_records(policy: Policy) -> None:
    """Hundreds of trials and records with thousands of entries."""
    books = real_books(300, seed=2)
    assert next(differences(books, as_people(shared_people()), policy), "") == ""
    assert next(array_differences(books, shared_people(), policy), "") == ""
