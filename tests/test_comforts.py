"""What makes the command line easy: a demonstration, examples, completion, quiet runs, and errors that tell the remedy."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
import running
from click.testing import CliRunner

from eligibility.cli.examples import EXAMPLES
from eligibility.cli.group import VERBS, verbs
from eligibility.cli.inputs import shipped_patients, shipped_trials

RUNS = [command for rows in EXAMPLES.values() for command, _ in rows]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder without any file of the package, and one registry."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "empty.json").touch()
    (folder / "noise.bin").write_bytes(bytes(range(128, 256)))
    (folder / "folder").mkdir()
    run("index", "NCT04850469", "-o", "trials.eligibility", at=folder)
    return folder


def run(*words: str, at: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    with patch.object(running, "ROOT", at):
        return running.run(*words, stdin=stdin)


def test_every_verb_has_examples_in_its_help() -> None:
    assert set(EXAMPLES) == set(VERBS)
    for verb in VERBS:
        text = CliRunner().invoke(verbs, [verb, "--help"], terminal_width=200).output
        assert all(f"$ {command}" in text for command, _ in EXAMPLES[verb])
        assert "-q, --quiet" in text


@pytest.mark.parametrize("command", RUNS)
def test_every_example_runs_as_it_stands(command: str, desk: Path) -> None:
    """From a folder that has nothing but what the examples before it wrote."""
    name, *words = shlex.split(command)
    assert name == "eligibility"
    done = run(*words, at=desk)
    assert done.returncode in ((0, 1) if words[0] == "check" else (0,)), done.stderr
    assert done.stdout
    assert not done.stderr


def test_the_demonstration_needs_no_file_and_names_commands_that_run(tmp_path: Path) -> None:
    done = run("demo", at=tmp_path)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])
    assert max(map(len, done.stdout.splitlines()[:-2])) <= 100
    for part in ("POTENTIALLY ELIGIBLE", "^^^^", "→ meld_score > 30", "(= 205 umol/L)", "Find out, in order of gain"):
        assert part in done.stdout
    commands = [line[2:] for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert len(commands) == 5
    for command in commands:
        assert run(*shlex.split(command)[1:], at=tmp_path).returncode == 0


def test_what_the_demonstration_shows_stands_in_the_verbs_it_names(tmp_path: Path) -> None:
    told = run("demo", at=tmp_path).stdout
    explained = run("explain", "liver-failure", "NCT05940610", at=tmp_path).stdout
    why = told[told.index("✓ pass · exclusion E3") : told.index("5  What to ask next")].strip()
    assert why in explained


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_a_shell_asks_the_command(shell: str, tmp_path: Path) -> None:
    done = run("completion", shell, at=tmp_path)
    assert f"_ELIGIBILITY_COMPLETE={shell}_complete" in done.stdout
    if found := shutil.which(shell):
        checked = subprocess.run([found, "-n"], input=done.stdout, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("eligibility ex", ["plain,explain"]),
        ("eligibility match liv", ["plain,liver-failure", "file,liv"]),
        ("eligibility match liver-failure NCT059", ["plain,NCT05940610", "file,NCT059"]),
        ("eligibility match --html re", ["file,re"]),
        ("eligibility match --red", ["plain,--redact"]),
        ("eligibility screen clinic NCT042", ["plain,NCT04282928", "file,NCT042"]),
    ],
)
def test_a_shell_is_offered_verbs_options_files_and_ids(typed: str, offered: list[str]) -> None:
    asked = {"_ELIGIBILITY_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    done = CliRunner().invoke(verbs, prog_name="eligibility", env=asked)
    assert done.output.splitlines() == offered


def test_a_file_of_ones_own_comes_before_what_is_shipped(tmp_path: Path) -> None:
    (tmp_path / "clinic").write_text('{"id": "mine", "age": "54 years"}', encoding="utf-8")
    assert run("patients", "clinic", at=tmp_path).stdout.startswith("mine")
    assert {"clinic", "liver-failure"} <= shipped_patients().keys()
    assert "NCT05940610" in shipped_trials()


@pytest.mark.parametrize("words", [("-q", "match"), ("match", "--quiet")])
def test_quiet_leaves_out_remarks_and_keeps_faults(words: tuple[str, ...], tmp_path: Path) -> None:
    given = ("liver-failure", "NCT05940610", "--status", "recruiting")
    assert "0 of 1 trial is recruiting" in run("match", *given, at=tmp_path).stderr
    assert run(*words, *given, at=tmp_path).stderr == ""
    assert "no such file" in run(*words, "nobody.json", at=tmp_path).stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        *((words, "a registry that `eligibility index` wrote") for words in (
            ("parse", "trials.eligibility"),
            ("check", "trials.eligibility"),
            ("screen", "clinic", "trials.eligibility"),
            ("explain", "liver-failure", "trials.eligibility"),
            ("vocabulary", "--missing", "trials.eligibility"),
            ("index", "trials.eligibility", "-o", "other.eligibility"),
        )),
        *((words, "a registry of trials (give a file of patients first") for words in (
            ("match", "trials.eligibility"),
            ("patients", "trials.eligibility"),
            ("screen", "trials.eligibility"),
        )),
        (("index", "empty.json", "-o", "other.eligibility"), "empty.json: the file is empty"),
        *(((verb, "nobody.json"), "nobody.json: no such file") for verb in ("match", "next", "patients", "screen", "parse", "check")),
        *(((verb, "folder"), "folder: the folder h") for verb in ("match", "next", "patients", "screen", "parse", "check")),
        *(((verb, "empty.json"), "empty.json: the file is empty (") for verb in ("match", "next", "patients", "screen", "parse", "check")),
        *(((verb, "noise.bin"), "UTF-8 (save the file as UTF-8)") for verb in ("match", "next", "patients")),
        (("completion", "csh"), "'bash', 'zsh', 'fish'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_bad_input_is_told_with_file_and_remedy(words: tuple[str, ...], told: str, desk: Path) -> None:
    done = run(*words, at=desk)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (desk / "other.eligibility").exists()


@pytest.fixture
def interrupted() -> Iterator[None]:
    """A person who presses Ctrl-C when the report is written."""
    with patch("eligibility.reports.as_html.page", side_effect=KeyboardInterrupt):
        yield


@pytest.mark.usefixtures("interrupted")
def test_an_interruption_leaves_no_traceback_and_no_half_file(tmp_path: Path) -> None:
    done = run("match", "liver-failure", "NCT05940610", "--html", "report.html", at=tmp_path)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.strip() == "eligibility: interrupted"
    assert list(tmp_path.iterdir()) == []
