"""One patient against a registry: the same verdicts as trial by trial, and a file that is whole or says what to do."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from test_engines_agree import POLICIES, real_books, shared_people, shipped_people

import eligibility as el
from eligibility.cli.group import verbs
from eligibility.patients.patient import Answer
from eligibility.registry import index as indexing
from eligibility.registry.draft import draft, draft_path
from eligibility.registry.reader import reader_digest, words_digest
from eligibility.registry.rows import book_of, digest_of, row_of, rows_of
from eligibility.reports.rules_as_json import rule_to_dict
from eligibility.shipped import case_dir
from eligibility.verdicts.arrays.interning import Interner
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.vocabulary.tables import vocabulary

ROOT = Path(__file__).resolve().parent.parent
PATIENT = case_dir() / "patients" / "liver-failure.json"


def shipped_books() -> list[el.Rulebook]:
    records = sorted(case_dir().glob("trials/*/record.*"))
    return [el.rulebook(trial) for record in records for trial in el.read_trials(record)]


def trial(id: str, criteria: str = "Inclusion Criteria:\n- Age 18 to 75 years\n- Hemoglobin >= 9 g/dL") -> el.Trial:
    return el.Trial(id, f"Title of {id}", "RECRUITING", criteria=criteria)


def assert_as_trial_by_trial(file: Path, books: list[el.Rulebook], patient: el.Patient, policy: Policy) -> None:
    """Order, outcome, score, every criterion and digest are those of `match`."""
    whole = el.match(patient, books, policy=policy)
    found = el.match_registry(patient, el.read_registry(file), policy=policy, top=len(books))
    assert found.verdicts == whole.verdicts
    assert found.whole is not None
    counted = Counter(verdict.outcome for verdict in whole.verdicts)
    assert {name: number for name, number in found.whole.counts.items() if number} == counted


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("registry") / "shipped.eligibility"
    el.index(shipped_books(), file, workers=1)
    return file


@pytest.mark.parametrize("policy", POLICIES)
def test_a_registry_says_what_its_trials_say(shipped: Path, policy: Policy) -> None:
    """Of every patient that ships with the cases."""
    for patient in shipped_people():
        assert_as_trial_by_trial(shipped, shipped_books(), patient, policy)


def test_real_trials_say_the_same_of_whole_records(tmp_path: Path) -> None:
    """A lot of the corpus and patients in FHIR and OMOP."""
    books = real_books(120, seed=5)
    el.index(books, tmp_path / "some.eligibility", workers=1)
    for patient in shared_people()[::6]:
        assert_as_trial_by_trial(tmp_path / "some.eligibility", books, patient, DEFAULT)


def test_answers_of_a_person_count(shipped: Path) -> None:
    """In the trial that they are of, and in its rank."""
    patient = el.read_patient(PATIENT)
    verdict = el.match(patient, shipped_books()).verdicts[0]
    open_ = [row.criterion.id for row in verdict.criteria if row.result == "unresolved"]
    answers = tuple(Answer(verdict.trial, id, "pass", "Dr A") for id in open_)
    patient = replace(patient, answers=answers)
    assert_as_trial_by_trial(shipped, shipped_books(), patient, DEFAULT)


def test_the_best_are_shown_and_all_are_counted(shipped: Path) -> None:
    """`--top` cuts the list, `--status` the trials."""
    patient, registry = el.read_patient(PATIENT), el.read_registry(shipped)
    ranked = el.match(patient, shipped_books()).verdicts
    first = el.match_registry(patient, registry, top=2)
    assert first.verdicts == ranked[:2]
    assert first.whole is not None
    assert first.whole.trials == len(ranked)
    status = next(verdict.status for verdict in ranked if verdict.status)
    chosen = el.match_registry(patient, registry, status=status)
    assert [one.trial for one in chosen.verdicts] == [one.trial for one in ranked if one.status == status][:20]


def test_a_row_says_all_that_the_rulebook_says() -> None:
    """Words, cohorts, spans and every rule, from one process to another."""
    for book in shipped_books():
        again = book_of(row_of(book))
        assert (again.lines, again.digest, again.trial.title) == (book.lines, book.digest, book.trial.title)
        for line, same in zip(book.lines, again.lines, strict=True):
            assert rule_to_dict(same.rule) == rule_to_dict(line.rule)
            assert same.criterion == line.criterion


def test_every_distinct_test_stands_once() -> None:
    """Wherever it stands in the words of trials, and comes back as it was."""
    interner = Interner()
    leaves = [
        el.read_rule(text) for text in ("age >= 18 year", "has diabetes", 'has "x" by name within 1 year before d')
    ]
    references = [interner.reference(leaf) for leaf in (*leaves, *leaves)]
    assert references[:3] == references[3:]
    rules, _ = interner.arrays()
    assert {rules.leaves.leaf(place) for place in range(rules.leaves.size)} == set(leaves)


# ---------------------------------------------------------------- what is read again


def test_only_what_changed_is_read_again(tmp_path: Path) -> None:
    """By the digest of the record; what is no longer given is no longer there."""
    file, trials = tmp_path / "r.eligibility", [trial(f"T{number}") for number in range(5)]
    assert (el.index(trials, file, workers=1).read, el.index(trials, file, workers=1).read) == (5, 0)
    before = file.stat().st_mtime_ns
    el.index(trials, file, workers=1)
    assert file.stat().st_mtime_ns == before
    changed = [*trials[:3], trial("T3", "Inclusion Criteria:\n- Asthma"), trial("T9")]
    done = el.index(changed, file, workers=1)
    assert (done.read, done.unchanged, done.holds.trials) == (2, 3, 5)
    assert el.read_registry(file).ids == ["T0", "T1", "T2", "T3", "T9"]
    assert_as_trial_by_trial(file, [el.rulebook(one) for one in changed], el.read_patient(PATIENT), DEFAULT)
    assert list(tmp_path.iterdir()) == [file]


def test_rulebooks_of_a_person_are_kept_as_they_are(tmp_path: Path) -> None:
    """Locked lines and edited rules."""
    book = el.read_rulebook((ROOT / "docs" / "heart.rules").read_text(encoding="utf-8"))
    el.index([book], tmp_path / "r.eligibility", workers=1)
    assert el.read_registry(tmp_path / "r.eligibility").books([0])[0].lines == book.lines
    assert digest_of(book) != digest_of(replace(book, lines=book.lines[1:]))


def test_another_reader_reads_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a registry of another reader or other words is not used."""
    file = tmp_path / "r.eligibility"
    el.index([trial("T1")], file, workers=1)
    own = tmp_path / "own.toml"
    own.write_text('[zorblax]\nkind = "quantity"\nlabel = "Zorblax"\nunit = "g/L"\n', encoding="utf-8")
    with pytest.raises(el.InputError, match=r"indexed with other words \(give the same --vocabulary"):
        el.read_registry(file, vocabulary(own))
    monkeypatch.setattr("eligibility.registry.registry.reader_digest", lambda: "another")
    with pytest.raises(el.InputError, match=r"another version of this package.*eligibility index TRIALS -o"):
        el.read_registry(file)
    monkeypatch.setattr(indexing, "reader_digest", lambda: "another")
    assert el.index([trial("T1")], file, workers=1).read == 1


def test_several_processes_read_what_one_reads(tmp_path: Path) -> None:
    """More trials than one batch, with a site's own words."""
    own = tmp_path / "own.toml"
    own.write_text(
        '[zorblax]\nkind = "quantity"\nlabel = "Zorblax"\nunit = "g/L"\nsynonyms = ["zorblax"]\n', encoding="utf-8"
    )
    words = vocabulary(own)
    trials = [trial(f"T{number}", f"Inclusion Criteria:\n- Zorblax > {number} g/L") for number in range(200)]
    done = [
        el.index(trials, tmp_path / f"{workers}.eligibility", vocabulary=words, workers=workers) for workers in (1, 2)
    ]
    assert done[0] == done[1]
    assert done[0].holds.leaves == 200


# ---------------------------------------------------------------- what goes wrong


def endless(trials: list[el.Trial], then: Callable[[], object]) -> Iterator[el.Trial]:
    yield from trials
    then()


def test_an_interruption_loses_nothing_that_was_finished(tmp_path: Path) -> None:
    """The next run goes on; until then the unfinished file is not taken for a registry."""
    file, trials = tmp_path / "r.eligibility", [trial(f"T{number}") for number in range(200)]

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        el.index(endless(trials, stop), file, workers=1)
    assert not file.exists()
    with pytest.raises(el.InputError, match=r"interrupted.*run the same command again"):
        el.read_registry(draft_path(file))
    done = el.index(trials, file, workers=1)
    assert done.read <= 200 - 128
    assert el.read_registry(file).ids == sorted(one.id for one in trials)
    assert list(tmp_path.iterdir()) == [file]


def heeding_interrupts() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would what it starts itself."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_killed_process_loses_nothing_that_was_finished(tmp_path: Path, sent: signal.Signals, code: int) -> None:
    """Whatever stands in the draft is read no more."""
    file, records = tmp_path / "r.eligibility", tmp_path / "records.jsonl"
    row = {"criteria": "Inclusion Criteria:\n- Hemoglobin >= 9 g/dL\n- Age 18 or older"}
    records.write_text("".join(json.dumps({"nct_id": f"T{n}", **row}) + "\n" for n in range(20_000)), encoding="utf-8")
    command = [sys.executable, "-m", "eligibility", "index", str(records), "-o", str(file), "--workers", "1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, preexec_fn=heeding_interrupts)
    wal = draft_path(file).with_name(f"{draft_path(file).name}.wal")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (wal.exists() and wal.stat().st_size > 50_000):
        time.sleep(0.02)
    process.send_signal(sent)
    assert process.wait() == code
    assert not file.exists()
    with draft(file, reader_digest(), words_digest(vocabulary())) as left:
        assert len(left.digests) >= 64


def test_a_full_disk_is_told_and_leaves_no_half_registry(tmp_path: Path) -> None:
    """Once there is room the same command goes on."""
    records = tmp_path / "records.jsonl"
    row = {"criteria": "Inclusion Criteria:\n" + "".join(f"- Hemoglobin >= {n} g/dL\n" for n in range(40))}
    records.write_text("".join(json.dumps({"nct_id": f"T{n}", **row}) + "\n" for n in range(300)), encoding="utf-8")
    command = [sys.executable, "-m", "eligibility", "index", str(records), "-o", str(tmp_path / "r.eligibility")]

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=little_room, check=False)
    assert done.returncode == 2, done
    assert "the disk is full" in done.stderr
    assert "run the same command again" in done.stderr
    assert not (tmp_path / "r.eligibility").exists()
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert len(el.read_registry(tmp_path / "r.eligibility").ids) == 300


def test_what_is_no_registry_is_refused_and_not_overwritten(tmp_path: Path) -> None:
    """Other databases, broken files, empty ones; each says what to do."""
    other, broken, cut = (tmp_path / f"{name}.eligibility" for name in ("other", "broken", "cut"))
    duckdb.connect(str(other)).execute("CREATE TABLE people (id INTEGER)").close()
    broken.write_bytes(b"not a database at all, whatever its name")
    el.index([trial("T1")], cut, workers=1)
    cut.write_bytes(cut.read_bytes()[:6000])
    for file, said in ((other, "a database, but no registry"), (broken, "is damaged"), (cut, "is damaged")):
        before = file.read_bytes()
        with pytest.raises(el.InputError, match=said):
            el.read_registry(file)
        with pytest.raises(el.InputError, match=r"remove it|something else than a registry"):
            el.index([trial("T1")], file, workers=1)
        assert file.read_bytes() == before


def test_trials_that_come_twice_and_none_at_all(tmp_path: Path) -> None:
    """Each is told, and no registry is written."""
    for trials, said in (([], "no trial to index"), ([trial("T1"), trial("T1")], "T1: this trial comes twice")):
        with pytest.raises(el.InputError, match=said):
            el.index(trials, tmp_path / "r.eligibility", workers=1)
        assert not (tmp_path / "r.eligibility").exists()


def test_texts_that_no_file_can_say_do_not_stop_an_index(tmp_path: Path) -> None:
    """Half a character of UTF-16, a zero, another language."""
    odd = trial("T1", "Inclusion Criteria:\n- Known \ud800osis\n- a\0b\n- 年龄 18 岁")
    el.index([odd], tmp_path / "r.eligibility", workers=1)
    (book,) = el.read_registry(tmp_path / "r.eligibility").books([0])
    assert book.lines == el.rulebook(odd).lines


# ---------------------------------------------------------------- the command line


def test_match_recognises_a_registry(shipped: Path) -> None:
    """Text, JSON, and what cannot go with it."""
    run = CliRunner()
    text = run.invoke(verbs, ["match", str(PATIENT), str(shipped), "--top", "1"])
    assert text.exit_code == 0
    assert "; the first 1 follow" in text.stdout
    assert "judged one by one" in text.stdout
    objects = run.invoke(verbs, ["match", str(PATIENT), str(shipped), "--top", "2", "--json"]).stdout.splitlines()
    assert [json.loads(line)["registry"]["trials"] for line in objects] == [len(shipped_books())] * 2
    both = run.invoke(verbs, ["match", str(PATIENT), str(shipped), str(shipped)])
    assert both.exit_code == 2
    assert "match it alone" in both.output
    none = run.invoke(verbs, ["match", str(PATIENT), str(shipped), "--status", "suspended"])
    assert "there are:" in none.stderr


def test_what_cannot_be_read_is_told_and_the_rest_is_indexed(tmp_path: Path) -> None:
    """Exit code 2, as of every verb."""
    records = tmp_path / "records.jsonl"
    records.write_text('{"nct_id": "T1", "criteria": "Inclusion Criteria:\\n- Asthma"}\nbroken\n', encoding="utf-8")
    done = CliRunner().invoke(verbs, ["index", str(records), "-o", str(tmp_path / "r.eligibility")])
    assert done.exit_code == 2
    assert "1 trials" in done.stdout
    assert "row 2" in done.stderr


def test_rows_are_a_pure_function_of_trials() -> None:
    """In any process, in parts of any size."""
    trials = [trial("T1"), trial("T2", "Exclusion Criteria:\n- Pregnant")]
    assert rows_of(trials) == [*rows_of(trials[:1]), *rows_of(trials[1:])]
    assert os.path.basename(draft_path(Path("a/b.eligibility"))) == "b.eligibility.part"
