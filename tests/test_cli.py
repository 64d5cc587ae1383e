"""The command line: data on standard output, messages on standard error, exit codes that mean something."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest

from eligibility.cli import main
from eligibility.cli.inputs import KINDS, shipped_records
from eligibility.vocabulary.word import Kind

ROOT = Path(__file__).resolve().parent.parent
PATIENT = {
    "id": "p1",
    "as_of": "2025-03-01",
    "birth_date": "1985-02-01",
    "sex": "male",
    "measurements": [
        {"name": "bmi", "value": 24, "unit": "kg/m2", "date": "2025-02-20"},
        {"name": "inr", "value": 1.9, "date": "2025-02-20"},
    ],
    "scales": {"nyha_class": "II"},
}
OUTCOMES = {"eligible", "potentially_eligible", "undetermined", "ineligible"}


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str


Cli = Callable[..., Done]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in this process, as its script does."""

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["eligibility", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Done(
            ended.value.code or 0 if isinstance(ended.value.code, int | None) else 99, captured.out, captured.err
        )

    return run


@pytest.fixture
def patient(tmp_path: Path) -> Path:
    return profile(tmp_path, **PATIENT)


def profile(folder: Path, **fields: Any) -> Path:
    file = folder / "patient.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    return file


def record(folder: Path, name: str, **fields: Any) -> Path:
    file = folder / f"{name}.jsonl"
    row = {"nct_id": name, "criteria": "Inclusion Criteria:\n\n* Age ≥ 18 years\n* INR < 1.5\n", **fields}
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return file


def test_match_without_trials_ranks_all_shipped_trials(cli: Cli, patient: Path) -> None:
    """The main job: one line a trial in the ranking, then its criteria, policy, formula and digests."""
    done = cli("match", patient)
    assert (done.code, done.err) == (0, "")
    for file in shipped_records():
        assert Path(file).parent.name in done.out
    assert re.search(r"^Policy: measurements count for 90 days", done.out, re.MULTILINE)
    assert "Formula: score = " in done.out
    assert "Digests of rules" in done.out
    assert max(map(len, done.out.splitlines())) <= 100


def test_match_says_why_and_what_is_missing(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """The fact that decided a criterion stands beside its words; so does the one that is lacking."""
    trial = record(tmp_path, "NCT1", criteria="Inclusion Criteria:\n\n* INR < 1.5\n* Platelets ≥ 100 x 10^9/L\n")
    done = cli("match", patient, trial)
    assert re.search(r"✗ fail .*INR < 1.5 .*INR 1.9.* on 2025-02-20", done.out)
    assert re.search(r"\? unresolved .*Platelets .*Platelet", done.out)
    assert "INELIGIBLE" in done.out


def test_match_json_is_one_object_a_trial(cli: Cli, patient: Path) -> None:
    """The stable JSON of the design."""
    lines = [json.loads(line) for line in cli("match", patient, "--json").out.splitlines()]
    assert {row["trial"] for row in lines} == {Path(file).parent.name for file in shipped_records()}
    for row in lines:
        assert row["schema_version"] == "1.0"
        assert row["patient"] == "p1"
        assert row["as_of"] == "2025-03-01"
        assert row["outcome"] in OUTCOMES
        assert {"cohort", "score", "criteria", "digest"} <= row.keys()


def test_status_keeps_only_trials_of_that_status(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """Whatever the case or the underscore."""
    open_ = record(tmp_path, "NCT1", status="RECRUITING")
    shut = record(tmp_path, "NCT2", status="NOT_YET_RECRUITING")
    assert "NCT2" not in cli("match", patient, open_, shut, "--status", "recruiting").out
    assert "NCT1" not in cli("match", patient, open_, shut, "--status", "not yet recruiting").out


def test_a_status_is_one_of_the_registry_and_one_that_none_has_is_one_line(
    cli: Cli, patient: Path, tmp_path: Path
) -> None:
    """No empty report that looks like a finding."""
    open_ = record(tmp_path, "NCT1", status="RECRUITING")
    shut = record(tmp_path, "NCT2", status="COMPLETED")
    assert "not yet recruiting, recruiting, suspended" in cli("match", patient, open_, "--status", "foo").err
    done = cli("match", patient, open_, shut, "--status", "withdrawn")
    assert (done.code, done.out) == (0, "")
    assert done.err == "eligibility: 0 of 2 trials are withdrawn; there are: completed (1), recruiting (1)\n"
    empty = cli("match", patient, tmp_path / "none.json")
    assert (empty.code, empty.out) == (2, "")


def test_folders_are_read_whole_and_a_rulebook_stands_for_its_record(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """Nested folders too, hidden ones not; what was left out is told."""
    deep = tmp_path / "trials" / "a" / "b"
    hidden = tmp_path / "trials" / ".old"
    deep.mkdir(parents=True)
    hidden.mkdir()
    record(deep, "NCT1")
    record(tmp_path / "trials", "NCT2")
    record(hidden, "NCT3")
    book = tmp_path / "trials" / "own.rules"
    book.write_text("trial NCT1\n\ninclusion #I1\n| INR\ninr < 9\n", encoding="utf-8")
    (tmp_path / "trials" / "bad.rules").write_text("trial NCT9\n\ninclusion #I1\n| INR\ninnr < 9\n", encoding="utf-8")
    done = cli("match", patient, tmp_path / "trials", "--json")
    rows = {row["trial"]: row for row in map(json.loads, done.out.splitlines())}
    assert set(rows) == {"NCT1", "NCT2"}
    assert [row["text"] for row in rows["NCT1"]["criteria"]] == ["INR"]
    assert "NCT1: the rulebook" in done.err
    assert "innr" in done.err
    assert done.code == 2


def test_a_folder_of_rulebooks_only_is_read(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """Nobody must keep a record beside them."""
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "own.rules").write_text("trial NCT1\n\ninclusion #I1\n| INR\ninr < 9\n", encoding="utf-8")
    done = cli("match", patient, tmp_path / "books")
    assert (done.code, done.err) == (0, "")
    assert " ELIGIBLE" in done.out


def test_a_rulebook_may_use_a_site_s_words(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """And without its table they are refused."""
    words = tmp_path / "local.toml"
    words.write_text('[zorblax]\nkind = "quantity"\nlabel = "Zorblax"\nunit = "g/L"\n', encoding="utf-8")
    book = tmp_path / "own.rules"
    book.write_text("trial NCT1\n\ninclusion #I1\n| Z\nzorblax < 9 g/L\n", encoding="utf-8")
    assert "no quantity 'zorblax'" in cli("match", patient, book).err
    assert cli("match", patient, book, "--vocabulary", words).code == 0


def test_a_misspelt_id_is_told_the_shipped_ones(cli: Cli, patient: Path) -> None:
    """In small letters, say."""
    assert "shipped are NCT03123458, NCT04282928" in cli("match", patient, "nct05940610").err


def test_the_form_of_a_site_s_table_is_shown(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """In the help and with the error: there is no file to look it up in."""
    words = tmp_path / "local.toml"
    for content in ('[zorblax]\nlabel = "Zorblax"\n', '[zorblax]\nkind = "lab"\nlabel = "Z"\n', "zorblax: 3\n"):
        words.write_text(content, encoding="utf-8")
        for verb in (["match", patient], ["parse"], ["vocabulary"]):
            done = cli(*verb, "--vocabulary", words)
            assert done.code == 2
            assert 'kind = "quantity"' in done.err
            assert "allergen" in done.err
    assert get_args(Kind) == KINDS
    for verb_ in ("match", "explain", "parse", "vocabulary"):
        assert all(kind in cli(verb_, "--help").out for kind in ("[zorblax]", *get_args(Kind)))


def test_answers_for_trials_that_are_not_judged_are_told(cli: Cli, tmp_path: Path) -> None:
    """A slip in an id must not look like an answer that was used."""
    trial = record(tmp_path, "NCT1")
    who = profile(tmp_path, **PATIENT, answers=[{"trial": "NCTX", "criterion": "I1", "result": "pass", "by": "A."}])
    done = cli("match", who, trial)
    assert done.err == "eligibility: there are answers for trials that are not judged here: NCTX\n"
    assert done.code == 0


def test_top_shows_the_head_of_the_ranking(cli: Cli, patient: Path) -> None:
    """The best stay."""
    every = cli("match", patient, "--json").out.splitlines()
    assert cli("match", patient, "--json", "--top", 2).out.splitlines() == every[:2]


def test_as_of_moves_the_day(cli: Cli, tmp_path: Path) -> None:
    """An age limit is a birthday: the day before it and the day itself."""
    trial = record(tmp_path, "NCT1", criteria="Inclusion Criteria:\n\n* Age ≥ 18 years\n")
    young = profile(tmp_path, id="young", birth_date="2007-05-10")
    results = [
        json.loads(cli("match", young, trial, "--as-of", day, "--json").out)["criteria"][0]["result"]
        for day in ("2025-05-09", "2025-05-10")
    ]
    assert results == ["fail", "pass"]


def test_policy_is_printed(cli: Cli, patient: Path) -> None:
    """A verdict that rests on a choice shows the choice."""
    done = cli(
        "match",
        patient,
        "--assume-absent",
        "conditions",
        "--max-age",
        "30",
        "--max-age",
        "inr=7",
        "--max-age",
        "scales=99",
    )
    policy = " ".join(done.out.split("Policy:")[1].split("Formula:")[0].split())
    assert "count for 30 days, scales for 99" in policy
    assert "inr counts for 7 days" in policy
    assert "conditions is assumed absent" in policy


def test_a_policy_is_written_down_once_for_a_site(cli: Cli, tmp_path: Path) -> None:
    """Lists and words that count as absent, and days, as the options of these names; each is printed."""
    trial = record(
        tmp_path, "NCT1", criteria="Exclusion Criteria:\n\n* Dialysis\n* Haemodialysis\n* Asthma\n* Use of warfarin\n"
    )
    who = profile(tmp_path, id="p", as_of="2025-03-01")
    policy = tmp_path / "policy.toml"
    policy.write_text('assume_absent = ["dialysis", "anticoagulant"]\n[max_age]\nscales = 99\ninr = 7\n')
    done = cli("match", who, trial, "--policy", policy, "--json")
    row = json.loads(done.out)
    assert [one["result"] for one in row["criteria"]] == ["pass", "pass", "unresolved", "pass"]
    assert "dialysis not recorded is assumed absent" in row["policy"]
    assert {"measurements count for 90 days, scales for 99", "inr counts for 7 days"} <= set(row["policy"])
    more = json.loads(
        cli("match", who, trial, "--policy", policy, "--assume-absent", "conditions,asthma", "--json").out
    )
    assert [one["result"] for one in more["criteria"]] == ["pass"] * 4
    recorded = profile(tmp_path, id="q", as_of="2025-03-01", states={"hemodialysis": True})
    told = json.loads(cli("match", recorded, trial, "--policy", policy, "--json").out)
    assert [one["result"] for one in told["criteria"]][:2] == ["fail", "fail"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('assume_absent = "conditions"', "is no list"),
        ('assume_absent = ["everything"]', "'everything' is neither a list nor a word"),
        ('assume_absent = ["creatinine"]', "'creatinine' is neither a list nor a word"),
        ("assume = 1", "is no field of a policy"),
        ("[max_age]\nzorblax = 3", "the vocabulary has no such word"),
        ("[max_age]\nscales = 0", "is no number of days"),
        ("max_age = 3", "is no table"),
        ("table_ranges = 1", "is neither true nor false"),
        ("assume_absent [", "is not TOML"),
    ],
)
def test_a_policy_that_is_wrong_says_where(cli: Cli, tmp_path: Path, patient: Path, text: str, fault: str) -> None:
    """Nothing is judged by half of it."""
    policy = tmp_path / "policy.toml"
    policy.write_text(text)
    done = cli("match", patient, "--policy", policy)
    assert (done.code, done.out) == (2, "")
    assert fault in " ".join(done.err.split())


def test_answers_come_from_a_file(cli: Cli, tmp_path: Path) -> None:
    """They decide what only a person can say, and are shown with the name."""
    trial = record(tmp_path, "NCT1", criteria="Inclusion Criteria:\n\n* Signed informed consent\n")
    who = profile(tmp_path, **PATIENT)
    key = json.loads(cli("match", who, trial, "--json").out)["criteria"][0]["id"]
    answers = tmp_path / "answers.json"
    answers.write_text(
        json.dumps([{"trial": "NCT1", "criterion": key, "result": "pass", "by": "Dr. Grey", "date": "2025-03-01"}])
    )
    assert json.loads(cli("match", who, trial, "--json").out)["outcome"] == "potentially_eligible"
    done = cli("match", who, trial, "--answers", answers)
    assert " ELIGIBLE" in done.out
    assert "Dr. Grey" in done.out


def test_a_site_adds_its_own_words(cli: Cli, tmp_path: Path) -> None:
    """In the criteria and in the profile, without touching the package."""
    words = tmp_path / "local.toml"
    words.write_text('[zorblax]\nkind = "quantity"\nlabel = "Zorblax"\nunit = "g/L"\nsynonyms = ["zorblax"]\n')
    trial = record(tmp_path, "NCT1", criteria="Inclusion Criteria:\n\n* Zorblax ≥ 5 g/L\n")
    who = profile(
        tmp_path,
        id="p",
        as_of="2025-03-01",
        measurements=[{"name": "zorblax", "value": 6, "unit": "g/L", "date": "2025-03-01"}],
    )
    assert json.loads(cli("match", who, trial, "--json").out)["criteria"][0]["result"] == "unresolved"
    done = cli("match", who, trial, "--json", "--vocabulary", words)
    assert json.loads(done.out)["criteria"][0]["result"] == "pass"


MISUSE = [
    ["match"],
    ["nonsense"],
    ["match", "{patient}", "--as-of", "soon"],
    ["match", "{patient}", "--assume-absent", "everything"],
    ["match", "{patient}", "--max-age", "soon"],
    ["match", "{patient}", "--max-age", "no_such_fact=3"],
    ["match", "{patient}", "--top", "0"],
    ["match", "{patient}", "--answers", "{folder}/none.json"],
    ["match", "{patient}", "--policy", "{folder}/none.toml"],
    ["match", "{patient}", "--assume-absent", "creatinine"],
    ["match", "{patient}", "--vocabulary", "{folder}/none.toml"],
    ["match", "{folder}/none.json"],
    ["match", "{patient}", "{folder}/none.json"],
    ["explain", "{patient}", "{folder}/none.json"],
    ["parse", "{folder}/none.json"],
    ["cases", "no case holds these words"],
    ["match", "-", "-"],
    ["match", "{patient}", "-", "--answers", "-"],
    ["explain", "-", "-"],
    ["parse", "-", "-"],
    ["match", "{patient}", "--status", "foo"],
]


@pytest.mark.parametrize("arguments", MISUSE, ids=" ".join)
def test_misuse_is_one_message_and_exit_code_2(cli: Cli, patient: Path, arguments: list[str]) -> None:
    """On standard error, without a traceback."""
    done = cli(*(text.format(patient=patient, folder=patient.parent) for text in arguments))
    assert done.code == 2
    assert done.err.strip()


BAD_PROFILES: dict[str, bytes] = {
    "empty": b"",
    "broken": b'{"id": "p", ',
    "not an object": b"[1, 2]",
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "NaN": b'{"inr": NaN}',
    "no such unit": b'{"total_bilirubin": "12 mg/dl/h"}',
    "a word for a value": b'{"inr": "rather high"}',
    "impossible": b'{"bmi": 900}',
    "the future": b'{"as_of": "2025-03-01", "measurements": [{"name": "inr", "value": 1, "date": "2031-01-01"}]}',
    "deep": b"[" * 5000,
}


@pytest.mark.parametrize("name", BAD_PROFILES)
def test_a_bad_profile_is_named_with_place_and_remedy(cli: Cli, tmp_path: Path, name: str) -> None:
    """No verdict comes of it, and nothing on standard output looks like one."""
    file = tmp_path / "bad.json"
    file.write_bytes(BAD_PROFILES[name])
    done = cli("match", file)
    assert (done.code, done.out) == (2, "")
    assert "bad.json" in done.err
    assert re.search(r"\(.+\)", done.err), "a remedy stands in brackets"


def test_all_faults_of_a_profile_are_told_at_once(cli: Cli, tmp_path: Path) -> None:
    """Nobody should have to run it four times."""
    file = profile(tmp_path, bmi=900, inr="rather high", total_bilirubin="12 mg/dl/h")
    done = cli("match", file)
    assert all(word in done.err for word in ("bmi", "inr", "total_bilirubin"))


def test_a_bad_record_among_good_ones_is_listed_and_the_rest_is_done(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """The exit code still says that something was wrong."""
    good = record(tmp_path, "NCT1")
    bad = tmp_path / "bad.json"
    bad.write_text("{", encoding="utf-8")
    done = cli("match", patient, bad, good, good)
    assert done.code == 2
    assert "NCT1" in done.out
    assert "bad.json" in done.err
    assert "already read" in done.err


def test_a_profile_and_a_record_come_from_standard_input(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """`-` is a file like any other."""
    trial = record(tmp_path, "NCT1")
    assert cli("match", "-", trial, stdin=patient.read_bytes()).out == cli("match", patient, trial).out
    assert cli("match", patient, "-", stdin=trial.read_bytes()).out == cli("match", patient, trial).out


def test_hostile_words_of_a_record_do_not_reach_the_terminal(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """Escape sequences and bidi overrides in title and criteria are spelled out, not sent."""
    evil = "\x1b]0;owned\x07\u202e"
    trial = record(tmp_path, "NCT1", title=f"A{evil}", criteria=f"Inclusion Criteria:\n\n* Age ≥ 18 years {evil}\n")
    for verb in ("match", "explain"):
        out = cli(verb, patient, trial).out
        assert "NCT1" in out
        assert not set(out) & {"\x1b", "\x07", "\u202e"}


def test_explain_shows_every_criterion_with_rule_words_and_facts(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """Nothing is cut, and every fact names its place in the profile."""
    trial = record(tmp_path, "NCT1")
    done = cli("explain", patient, trial)
    assert done.code == 0
    assert "INR < 1.5\n" in done.out
    assert "inr < 1.5 — not met\n" in done.out
    assert re.search(r"fact +INR 1.9.*measurements", done.out)
    assert "^" in done.out


def test_explain_takes_the_id_of_a_shipped_trial(cli: Cli, patient: Path) -> None:
    """For a first look without a record at hand."""
    done = cli("explain", patient, "NCT04282928")
    assert done.code == 0
    assert "NCT04282928" in done.out


def test_parse_json_has_rules_exact_offsets_and_a_coverage_that_sums(cli: Cli) -> None:
    """The stable JSON of the design, for all shipped trials."""
    from eligibility.reports.rules_as_json import rule_from_dict
    from eligibility.rules.notation import notation
    from eligibility.trials.read import read_trial

    trials = {trial.id: trial for trial in map(read_trial, shipped_records())}
    rows = [json.loads(line) for line in cli("parse", "--json").out.splitlines()]
    assert {row["trial"]["id"] for row in rows} == set(trials)
    for row in rows:
        trial = trials[row["trial"]["id"]]
        sources = {"text": trial.criteria, "description": trial.description}
        for criterion in row["criteria"]:
            if criterion["source"] == "record":
                assert not re.search(r'"span": \[', json.dumps(criterion["rule"])), (
                    "no text of the record to point into"
                )
            else:
                assert sources[criterion["source"]][criterion["start"] : criterion["end"]] == criterion["text"]
            assert notation(rule_from_dict(criterion["rule"])) == criterion["notation"]
        counted = dict(row["coverage"])
        assert counted.pop("criteria") == sum(counted.values()) == len(row["criteria"])


def test_parse_writes_a_rulebook_that_match_uses(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """A person edits a bound, and the verdict follows."""
    trial = record(tmp_path, "NCT1")
    book = tmp_path / "trial.rules"
    book.write_text(cli("parse", trial).out, encoding="utf-8")
    assert "INELIGIBLE" in cli("match", patient, book).out
    book.write_text(book.read_text(encoding="utf-8").replace("inr < 1.5", "inr < 2.5"), encoding="utf-8")
    assert " ELIGIBLE" in cli("match", patient, book).out


def test_the_marks_of_a_rulebook_stand_under_the_words_and_carry_no_meaning(cli: Cli) -> None:
    """Of every shipped trial: the same rulebook with and without them, each mark below a word of its criterion."""
    from eligibility.reports.rules_as_text import underlined_rulebook
    from eligibility.rules.rulebook import read_rulebook, rulebook, write_rulebook
    from eligibility.trials.read import read_trial

    for trial in map(read_trial, shipped_records()):
        text = underlined_rulebook(rulebook(trial))
        assert read_rulebook(text) == read_rulebook(write_rulebook(rulebook(trial)))
        rows = text.split("\n")
        pairs = [(above, row) for above, row in pairwise(rows) if re.match("# [ ^~]*[~^]$", row)]
        assert all(above.startswith("| ") and len(row) <= len(above) for above, row in pairs)


def test_many_trials_make_no_noise_in_a_pipe(cli: Cli, patient: Path, tmp_path: Path) -> None:
    """The progress bar is for a terminal; standard error stays for messages."""
    file = tmp_path / "many.jsonl"
    row = {"criteria": "Inclusion Criteria:\n\n* Age ≥ 18 years\n"}
    file.write_text("".join(json.dumps({"nct_id": f"NCT{n}", **row}) + "\n" for n in range(301)), encoding="utf-8")
    done = cli("match", patient, file, "--top", 1)
    assert (done.code, done.err) == (0, "")


CROSSED = "Inclusion Criteria:\n\n* BMI ≥ 30 kg/m2\n* BMI < 28 kg/m2\n* Hemoglobin ≥ 9\n"


def test_check_exits_with_1_when_something_is_found_and_with_0_when_nothing_is(cli: Cli, tmp_path: Path) -> None:
    """Sound trials are counted, not shown; without trials, the shipped ones are checked."""
    sound, crossed = record(tmp_path, "NCT1"), record(tmp_path, "NCT2", criteria=CROSSED)
    done = cli("check", sound, crossed)
    assert (done.code, done.err) == (1, "")
    assert "NCT2 · 2 findings" in done.out
    assert "NCT1" not in done.out
    assert "2 trials checked, 1 with findings: 1 contradiction, 1 missing-unit" in done.out
    assert (cli("check", sound).code, cli("check").code) == (0, 0)


def test_check_leaves_out_kinds_on_request(cli: Cli, tmp_path: Path) -> None:
    """A kind that a site does not care for must not make its checks fail; a kind that is none is misuse."""
    crossed = record(tmp_path, "NCT2", criteria=CROSSED)
    assert "missing-unit" not in cli("check", crossed, "--without", "missing-unit").out
    assert cli("check", crossed, "--without", "missing-unit", "--without", "contradiction").code == 0
    assert cli("check", crossed, "--without", "no-such-kind").code == 2


def test_check_json_is_one_object_a_trial(cli: Cli, tmp_path: Path) -> None:
    """Also for a trial with nothing to find."""
    sound, crossed = record(tmp_path, "NCT1"), record(tmp_path, "NCT2", criteria=CROSSED)
    done = cli("check", sound, crossed, "--json")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 1
    assert [(row["schema_version"], row["trial"], len(row["findings"])) for row in rows] == [
        ("1.0", "NCT1", 0),
        ("1.0", "NCT2", 2),
    ]
    assert {kind["kind"] for row in rows for kind in row["findings"]} == {"contradiction", "missing-unit"}


def test_check_reads_what_the_other_verbs_read(cli: Cli, tmp_path: Path) -> None:
    """Standard input, rulebooks, folders, ids of shipped trials; the unreadable is told and counts above findings."""
    crossed = record(tmp_path, "NCT2", criteria=CROSSED)
    assert cli("check", "-", stdin=crossed.read_bytes()).code == 1
    book = tmp_path / "book.rules"
    book.write_text(cli("parse", crossed, "--rulebook").out, encoding="utf-8")
    assert "contradiction" in cli("check", book).out
    assert cli("check", tmp_path).code == 1
    assert cli("check", "NCT05940610").code == 0
    done = cli("check", crossed, tmp_path / "none.json")
    assert (done.code, "NCT2" in done.out, "none.json" in done.err) == (2, True, True)


def test_cases_exit_with_1_when_one_differs(cli: Cli, tmp_path: Path) -> None:
    """And with 0 when none does."""
    file = tmp_path / "age.toml"
    file.write_text('[[case]]\nsays = ["Age ≥ 18 years"]\nmeans = "age >= 18 year"\n', encoding="utf-8")
    done = cli("cases", file)
    assert (done.code, done.out.splitlines()[-1]) == (0, "1 case, 0 differ")
    file.write_text(file.read_text(encoding="utf-8").replace('18 year"', '19 year"'), encoding="utf-8")
    done = cli("cases", file)
    assert done.code == 1
    assert "means age >= 18 year" in done.out
    done = cli("cases", file, "--accept")
    assert done.code == 0
    assert "rewritten" in done.err


def test_vocabulary_shows_a_word_by_any_name(cli: Cli) -> None:
    """A key, a synonym, a part of a name, or nothing at all."""
    assert cli("vocabulary", "total_bilirubin").out == cli("vocabulary", "TBili").out
    assert "LOINC 1975-2" in cli("vocabulary", "TBili").out
    assert "child_pugh_class" in cli("vocabulary", "pugh").out
    assert len(cli("vocabulary").out.splitlines()) > 100
    assert cli("vocabulary", "no such word").code == 1


def test_an_interrupt_ends_with_130(cli: Cli, patient: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The convention of shells for Ctrl-C."""

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("eligibility.matching.match", interrupted)
    assert cli("match", patient).code == 130


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command.replace("eligibility", f"{sys.executable} -m eligibility")],
        cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_a_reader_that_stops_early_is_no_error(patient: Path) -> None:
    """`| head -1`, with long output and with none of it read."""
    done = shell("eligibility vocabulary | head -n 1; echo ${PIPESTATUS[0]}; eligibility vocabulary | true")
    assert done.stdout.splitlines()[1:] == ["0"]
    assert done.stderr == ""


def test_same_inputs_give_same_bytes(patient: Path) -> None:
    """Whatever the order in which Python hashes strings, and on any day."""
    runs = {
        shell(f"eligibility match {patient}; eligibility parse --json", PYTHONHASHSEED=seed).stdout for seed in "123"
    }
    assert len(runs) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["plain", "NO_COLOR"]
)
def test_colour_only_on_a_terminal_that_wants_it(patient: Path, environment: dict[str, str], coloured: bool) -> None:
    """On a terminal there are tables, in colour unless NO_COLOR is set."""
    import pty

    lead, follow = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "eligibility", "match", str(patient)],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=follow, stderr=subprocess.DEVNULL,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8", **environment},
    )  # fmt: skip
    os.close(follow)
    shown = b"".join(iter(lambda: read(lead), b"")).decode("utf-8")
    assert process.wait() == 0
    assert "NCT04282928" in shown
    assert bool(re.search(r"\x1b\[[\d;]*3[1-6]m", shown)) == coloured
    assert ("\x1b" in shown) == coloured, "bold and dim are escape codes too"


def read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # the other end of a pseudo-terminal was closed
        return b""


def test_several_patients_end_in_an_overview(cli: Cli) -> None:
    """Each is matched, and who fits where stands in one table at the end."""
    done = cli("match", ROOT / "cases/patients/clinic.csv", "NCT05940610", "NCT04282928")
    last = done.out.splitlines()[-4:]
    assert last[0] == "2 patients"
    assert last[1].split() == ["Patient", "NCT04282928", "NCT05940610"]
    assert [line.split()[0] for line in last[2:]] == ["p1", "p2"]
    assert done.out.count("Patient p") == 2


def test_patients_shows_what_was_understood_and_what_not(cli: Cli) -> None:
    """As text and, one patient a line, as JSON."""
    file = ROOT / "cases/patients/cirrhosis-fhir.json"
    text = cli("patients", file)
    assert text.code == 0
    assert "inr (by code)" in text.out
    assert "not possible for Body weight" in text.out
    (row,) = map(json.loads, cli("patients", file, "--json").out.splitlines())
    assert row["facts"]["results"] == 10
    assert {kind: n for kind, n in row["passed_over"].items() if "Family" in kind} == {"FamilyMemberHistory": 1}
    assert [item["word"] for item in row["items"] if "GLU-POC" in item["said"]] == [None]


def test_one_of_several_patients_is_chosen_by_its_id(cli: Cli) -> None:
    """An id that is not there is told, with where to look."""
    file = ROOT / "cases/patients/clinic.csv"
    assert cli("match", file, "NCT05940610", "--patient", "p2").out.startswith("Patient p2,")
    done = cli("match", file, "NCT05940610", "--patient", "p9")
    assert (done.code, done.out) == (2, "")
    assert "holds no patient 'p9'" in done.err


def test_a_file_without_a_patient_prints_nothing_but_why(cli: Cli, tmp_path: Path) -> None:
    """No table of zeros that could be taken for a result."""
    (tmp_path / "trial.json").write_text('{"resourceType": "ResearchStudy"}')
    done = cli("patients", tmp_path / "trial.json")
    assert (done.code, done.out) == (2, "")
    assert "holds no patient, only 1 ResearchStudy" in done.err
