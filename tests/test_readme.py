"""What the README shows is what happens."""

from __future__ import annotations

import doctest
import os
import re
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import running

ROOT = Path(__file__).resolve().parent.parent
REGISTRY = "trials.eligibility"
WRITTEN = ("report.html", "log.csv", "answers.json", "rules")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
}


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def transcript(block: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with the output shown beneath it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(command, output) for command, _, output in (part.partition("\n") for part in parts)]


COMMANDS = [pair for page in PAGES.values() for block in blocks("console", page) for pair in transcript(block)]


def run(command: str) -> str:
    """Standard output of a command of the package, run from the top of the checkout; pipes to `head` are done here."""
    words, _, head = command.partition(" | head -n ")
    name, *arguments = shlex.split(words)
    assert name == "eligibility"
    with TemporaryDirectory() as folder:  # files are written, or stand already, where no checkout is
        file = str(Path(folder, REGISTRY))
        arguments = [str(Path(folder, word)) if word in WRITTEN else word for word in arguments]
        if REGISTRY in arguments and arguments[0] != "index":
            made = next(command for command, _ in COMMANDS if command.endswith(f" -o {REGISTRY}"))
            output_of([*shlex.split(made)[1:-1], file])
        text = output_of([file if word == REGISTRY else word for word in arguments])
        lines = text.replace(f"{folder}{os.sep}", "").splitlines(keepends=True)
    return "".join(lines[: int(head)] if head else lines)


def output_of(arguments: list[str]) -> str:
    done = running.run(*arguments)
    assert done.returncode == (1 if arguments[0] == "check" else 0), done.stderr  # what is shown of it has findings
    return done.stdout


@pytest.mark.parametrize(("command", "output"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_every_command_prints_what_is_shown(command: str, output: str) -> None:
    """A line `…` stands for lines left out, an `…` at the end of a line for the rest of it."""
    shown = run(command)
    assert re.fullmatch("".join(map(line_pattern, output.splitlines())), shown), shown


def line_pattern(line: str) -> str:
    if line == "…":
        return r"(?:.*\n)*?"
    return re.escape(line.removesuffix("…")) + (r".*\n" if line.endswith("…") else r"\n")


def test_the_library_screen_is_true() -> None:
    """Every `>>>` line, as a doctest."""
    sessions = blocks("pycon")
    assert sessions
    test = doctest.DocTestParser().get_doctest("\n".join(sessions), {}, "README.md", "README.md", 0)
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        results = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    finally:
        os.chdir(before)
    assert results.attempted > 5
    assert results.failed == 0


def test_the_first_command_installs_and_matches_a_shipped_patient() -> None:
    """Its last step is run here; the whole line is run in a new environment by `.ci/run`."""
    first, second = (block.strip() for block in blocks("sh")[:2])
    steps = [step.strip() for step in first.split("&&")]
    assert steps[0] == "python3 -m venv .venv"
    assert steps[-1].startswith(".venv/bin/eligibility match ")
    assert "score" in run(steps[-1].removeprefix(".venv/bin/"))
    assert second.startswith("python3 -m venv .venv")
    assert "pytest" in second


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_folder_named_is_there(page: str) -> None:
    """Links, and paths in backquotes that have no placeholder in them."""
    named = set(re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGES[page]))
    named |= set(re.findall(r"`((?:eligibility|grammars|cases|tests|\.ci)/[\w./-]*)`", PAGES[page]))
    folders = (ROOT, ROOT / "eligibility", (ROOT / page).parent)
    there = {path for path in named if any((folder / path).exists() for folder in folders)}
    assert named - there - {"patients/from_x.py"} == set()


def test_every_verb_is_shown() -> None:
    """A verb without an example is a verb nobody finds."""
    from eligibility.cli.group import VERBS

    shown = {command.split()[1] for command, _ in COMMANDS} | {blocks("sh")[0].split("eligibility ")[1].split()[0]}
    assert shown >= set(VERBS)


def test_the_package_shows_only_its_public_names() -> None:
    """What a person sees after `el.` and the tab key."""
    import eligibility as el

    assert [name for name in dir(el) if name not in el.__all__] == []
    assert "import_module" not in dir(el)
