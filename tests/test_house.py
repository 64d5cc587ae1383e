"""The house: floors, siblings, sizes, the public face, and a light front door."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import eligibility

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "eligibility"
DEBT_MARKS = "todo|fixme|xxx|hack".upper()
MODULES = sorted(path for path in PACKAGE.rglob("*.py"))
HEAVY = {
    "lark", "pint", "pydantic", "rich", "numpy", "hypothesis", "duckdb", "jinja2", "pyspark", "pyarrow", "pandas", "xlsxwriter",
}  # fmt: skip
FACE = {
    "CriterionVerdict", "EligibilityError", "Finding", "InputError", "Criterion", "Patient", "Report", "Rule", "Rulebook",
    "TableError", "Policy", "Screening", "Trial", "TrialVerdict", "Verdict", "check", "judge", "match", "notation", "parse", "read_patient", "read_policy",
    "read_patients", "read_rule", "read_rulebook", "read_trial", "read_trials", "rulebook", "segment", "read_vocabulary",
    "screen", "write_rulebook", "index", "match_registry", "Registry", "read_registry",
    "next_steps", "next_in_registry", "NextSteps", "what_if", "write_log",
    "as_html", "write_html", "write_screening", "redacted", "export",
}  # fmt: skip


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the package in a folder, by the contracts of the pyproject.toml there."""
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


def test_imports_run_down_the_floors_without_circles_and_every_module_has_a_floor() -> None:
    """import-linter reads imports inside functions and under TYPE_CHECKING too."""
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_of_floors_finds_an_arrow_that_runs_up(tmp_path: Path) -> None:
    """A house test that cannot fail guards nothing: the same contracts reject a copy with one arrow up."""
    shutil.copytree(PACKAGE, tmp_path / "eligibility", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    spans = tmp_path / "eligibility" / "spans.py"
    spans.write_text(spans.read_text() + "\ndef up() -> None:\n    import eligibility.cli.group\n")
    done = lint_imports(tmp_path)
    assert done.returncode == 1
    assert "eligibility.spans -> eligibility.cli.group" in done.stdout


def test_a_station_opens_with_one_sentence_and_no_code() -> None:
    """A package face that everyone imports is where circles begin; the public face and the command's are the only two."""
    folders = {path.parent for path in MODULES}
    assert {name(folder) for folder in folders if not (folder / "__init__.py").is_file()} == set()
    faces = {PACKAGE, PACKAGE / "cli"}
    busy = [
        name(folder) for folder in folders - faces if len(ast.parse((folder / "__init__.py").read_text()).body) != 1
    ]
    assert busy == []


def test_ways_never_import_each_other() -> None:
    """`from_*`, `by_*` and `as_*` are siblings over one noun; their verb alone knows them all."""
    ways = {path for path in MODULES if re.match(r"(from|by|as)_", path.name)}
    stems = {f"eligibility.{path.parent.name}.{path.stem}" for path in ways}
    arrows = {(name(path), target) for path in ways for target in imports(path) if target in stems}
    assert arrows == set()


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_file_is_short_enough_to_read_at_a_sitting(path: Path) -> None:
    """About 300 lines; a longer one is two things."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_functions_are_small() -> None:
    """Half of them within 8 lines and nine of ten within 25, docstrings left out."""
    lengths = sorted(body_lines(node) for path in MODULES for node in functions(path))
    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_what_is_compiled_can_be() -> None:
    """mypyc breaks down at `x in (*some, y)`, and the wheel is then built without it."""
    for path in (path for path in MODULES if path.is_relative_to(PACKAGE / "rules")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
                among = node.comparators[0]
                starred = isinstance(among, ast.Tuple | ast.List | ast.Set) and any(
                    isinstance(item, ast.Starred) for item in among.elts
                )
                assert not starred, f"{name(path)}:{node.lineno}"


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def test_no_drawer_for_odds_and_ends() -> None:
    """A module is named for what it holds."""
    assert [name(path) for path in MODULES if path.stem in {"utils", "util", "helpers", "common", "misc"}] == []


def test_nothing_is_left_to_do_and_no_check_is_silenced_without_a_reason() -> None:
    """Comments hold no to-do marks, and a lint or type ignore names its rule and is followed by why."""
    found = [f"{name(path)}:{line} {text}" for path in MODULES for line, text in comments(path) if is_debt(text)]
    assert found == []


def comments(path: Path) -> Iterator[tuple[int, str]]:
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def is_debt(comment: str) -> bool:
    if re.search(rf"\b({DEBT_MARKS})\b", comment):
        return True
    silenced = re.match(r"#\s*(type:\s*ignore|noqa)", comment)
    return bool(silenced) and not re.match(r"#\s*(type:\s*ignore\[[\w,-]+\]|noqa:\s*[A-Z0-9, ]+)\s+#?\s*\w+", comment)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_everything_public_says_what_it_is(path: Path) -> None:
    """Modules and their public classes and functions have docstrings (ruff looks at methods too)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [node.name for node in public(tree) if ast.get_docstring(node) is None]
    assert ast.get_docstring(tree)
    assert silent == []


def public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node


def test_the_public_face_is_what_it_was() -> None:
    """Programs rely on these names: taking one away is a breaking change, adding one is a decision."""
    assert set(eligibility.__all__) == FACE
    assert set(dir(eligibility)) >= FACE


@pytest.mark.parametrize("public_name", sorted(FACE))
def test_every_name_of_the_face_is_there(public_name: str) -> None:
    """The lazy names lead to something, and to what a type checker sees."""
    assert getattr(eligibility, public_name) is not None


def test_a_name_that_is_not_on_the_face_is_an_attribute_error() -> None:
    """Laziness must not swallow a misspelling."""
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = eligibility.no_such_name


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["match", "--help"], ["screen", "--help"], ["check", "--help"], ["cases", "--help"]],
    ids=" ".join,
)
def test_help_is_light(arguments: list[str]) -> None:
    """Asking for help imports no parser, no units, no tables."""
    code = (
        f"import sys; sys.argv = ['eligibility', *{arguments!r}]\n"
        "from eligibility.cli import main\n"
        "try: main()\n"
        "except SystemExit as done: assert not done.code, done.code\n"
        "print('LOADED', *sorted({module.split('.')[0] for module in sys.modules}))"
    )
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split("LOADED", 1)[1].split()) & HEAVY == set()


def test_importing_the_package_loads_nothing_else() -> None:
    """`import eligibility` is free; each name pays for itself."""
    done = run("-c", "import sys, eligibility; print(*(m for m in sys.modules if m.startswith('eligibility.')))")
    assert done.stdout.split() == []
