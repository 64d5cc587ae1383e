"""What several verbs share: reading trials from arguments, and telling what could not be read."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.visible import visible

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial
    from eligibility.vocabulary.tables import Vocabulary

_NOT_HERE = (
    "a registry that `eligibility index` wrote; this verb reads trials from their records",
    "give the records; `eligibility match PATIENT` and `eligibility next PATIENT` take the registry",
)
QUIET = "eligibility.quiet"
_RULEBOOK_BYTES = 20_000_000


def trials_in(
    paths: Sequence[str], faults: list[InputError], words: Vocabulary | None = None
) -> Iterator[Trial | Rulebook]:
    """The trials of files, folders and `-`, and rulebooks (`.rules`); without paths, the shipped trials.

    What cannot be read, and a trial that comes twice, joins `faults`; the rest still comes. In a folder a rulebook
    stands for the record of its trial, which is said on standard error. Rulebooks are in the vocabulary `words`.
    """
    from eligibility.errors import InputError
    from eligibility.trials.trial import Trial

    seen: dict[str, Seen] = {}
    for path in map(_shipped_if_id, paths) if paths else shipped_records():
        try:
            for found in _found(path, faults, words):
                trial = found if isinstance(found, Trial) else found.trial
                if not _is_twin(trial, Seen(path, trial.source, not isinstance(found, Trial)), seen, faults):
                    yield found
        except InputError as error:
            faults.append(error)


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a trial was read from: the argument, the file, and whether it is a rulebook."""

    argument: str
    file: str
    rulebook: bool


def _found(path: str, faults: list[InputError], words: Vocabulary | None) -> Iterator[Trial | Rulebook]:
    from eligibility.rules.rulebook import read_rulebook
    from eligibility.trials.read import read_trials

    if path.endswith(".rules"):
        yield read_rulebook(text_of(path), path, words)
        return
    _refuse_registry(path, *_NOT_HERE)
    if not Path(path).is_dir():
        _refuse_unknown_id(path)
        yield from read_trials(path, on_fault=faults.append)
        return
    books = _rulebooks_in(path)
    yield from _each_book(books, faults, words)
    if not books or _has_records(path):
        yield from read_trials(path, on_fault=faults.append)


def _rulebooks_in(folder: str) -> list[str]:
    from eligibility.trials.files import files_within

    return [str(file) for file in files_within(Path(folder), (".rules",)) if file.suffix == ".rules"]


def _has_records(folder: str) -> bool:
    from eligibility.trials.files import RECORD_SUFFIXES, files_within

    return bool(files_within(Path(folder), RECORD_SUFFIXES))


def _each_book(books: list[str], faults: list[InputError], words: Vocabulary | None) -> Iterator[Rulebook]:
    from eligibility.errors import InputError
    from eligibility.rules.rulebook import read_rulebook

    for book in books:
        try:
            yield read_rulebook(text_of(book), book, words)
        except InputError as error:
            faults.append(error)


def _refuse_registry(path: str, problem: str, remedy: str) -> None:
    """Raises InputError for a registry."""
    from eligibility.errors import Fault, InputError
    from eligibility.registry.store import is_registry

    if is_registry(path):
        raise InputError(path, Fault("", problem, remedy))


def _refuse_unknown_id(path: str) -> None:
    """Raises InputError, naming the shipped ids, for what is no file and looks like an id."""
    from eligibility.errors import Fault, InputError

    if path.isalnum() and not Path(path).exists():
        shipped = ", ".join(shipped_trials())
        raise InputError(path, Fault("", "no such file, and no shipped trial of this id", f"shipped are {shipped}"))


def text_of(path: str) -> str:
    """A rulebook's text, within limits. Raises InputError for what cannot be read, and for what is no text."""
    from eligibility.errors import Fault, InputError

    try:
        if Path(path).stat().st_size > _RULEBOOK_BYTES:
            raise InputError(path, Fault("", f"larger than {_RULEBOOK_BYTES // 1_000_000} MB", "split it"))
        with open(path, encoding="utf-8", newline="") as file:  # the words of a record keep their own line ends
            return file.read()
    except OSError as error:
        raise InputError(path, Fault("", error.strerror or "cannot be read", "check the path")) from None
    except UnicodeDecodeError as error:
        raise InputError(path, Fault(f"byte {error.start}", "not UTF-8 text", "save the file as UTF-8")) from None


def made_folder(folder: Path) -> None:
    """Make a folder to write in, if it is not there. Raises InputError where it cannot be made."""
    from eligibility.errors import Fault, InputError

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(folder), Fault("", error.strerror or "cannot be made", "name another folder")) from None


def _is_twin(trial: Trial, here: Seen, seen: dict[str, Seen], faults: list[InputError]) -> bool:
    from eligibility.errors import Fault, InputError

    first = seen.setdefault(trial.id, here)
    if first is here:
        return False
    if first.rulebook and not here.rulebook and first.argument == here.argument:
        remark(f"{trial.id}: the rulebook {first.file} stands for the record {here.file}")
        return True
    fault = Fault(trial.id, f"this trial was already read from {first.file or first.argument}", "give each trial once")
    faults.append(InputError(here.argument, fault))
    return True


def refuse_two_inputs(*paths: str | None) -> None:
    """Raises UsageError when standard input is asked for more than once, or a path is empty (an unset variable)."""
    if "" in paths:
        raise click.UsageError("an empty path names nothing; . is the current folder")
    if paths.count("-") > 1:
        raise click.UsageError("- (standard input) may stand only once")


def _shipped_if_id(path: str) -> str:
    """The record of a shipped trial when its id is given, and no file is called so."""
    return path if Path(path).exists() else shipped_trials().get(path, path)


def patient_file(path: str) -> str:
    """The file of a shipped patient when its name is given, and no file is called so; else the path.

    Raises InputError for a registry of trials.
    """
    if path == "-":
        return path
    _refuse_registry(path, "a registry of trials", "give a file of patients first, and this file behind it")
    return path if Path(path).exists() else shipped_patients().get(path, path)


def shipped_patients() -> dict[str, str]:
    """The names of the files of patients that ship with the package, and where they are."""
    from eligibility.shipped import case_dir

    return {file.stem: str(file) for file in sorted(Path(case_dir()).glob("patients/*.*"))}


def shipped_trials() -> dict[str, str]:
    """The ids of the trials that ship with the package, and where their records are."""
    return {Path(record).parent.name: record for record in shipped_records()}


def shipped_records() -> list[str]:
    """The record files of the trials that ship with the package, in order of their ids."""
    from eligibility.shipped import case_dir

    return [str(path) for path in sorted(Path(case_dir()).glob("trials/*/record.*"))]


def refuse_unknown_ids(wanted: Iterable[str], there: Container[str], faults: list[InputError]) -> None:
    """An id that was asked for and that no trial has joins `faults`."""
    from eligibility.errors import Fault, InputError

    for id in wanted:
        if id not in there:
            faults.append(InputError(id, Fault("", "no trial of this id is in what was given", "check --only")))


def tell_idle_answers(patient: Patient, ids: Iterable[str]) -> None:
    """Say on standard error which answers are for trials that are not judged now; a trial's own stand in its note."""
    here = frozenset(ids)
    idle = list(dict.fromkeys(row.trial for row in patient.answers if row.trial not in here))
    if idle:
        remark(f"there are answers for trials that are not judged here: {', '.join(idle)}")


def remark(message: str) -> None:
    """Say something that is no fault on standard error, unless --quiet asks for faults alone."""
    if not is_quiet():
        click.echo(f"eligibility: {visible(message)}", err=True)


def is_quiet() -> bool:
    """Whether --quiet stands on the command line, before the verb or behind it."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))


def tell(faults: Iterable[InputError]) -> int:
    """List what could not be read on standard error; the exit code: 2 when there was anything, else 0."""
    code = 0
    for fault in faults:
        click.echo(f"eligibility: {visible(str(fault))}", err=True)
        code = 2
    return code


KINDS = ("quantity", "scale", "condition", "treatment", "procedure", "allergen", "state")
ROW = '[zorblax]  kind = "quantity"  label = "Zorblax"  unit = "g/L"  synonyms = ["ZBX"]  loinc = [["1234-5"]]'
VOCABULARY_OPTION = click.option(
    "--vocabulary",
    "words",
    metavar="FILE",
    help="A site's own words and codes: a TOML file of rows, each field on a line of its own, for example "
    f"{ROW}. Kinds: {', '.join(KINDS)}. A known key takes more synonyms and codes.",
)


ENGINE_OPTION = click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    help="spark: by the tasks of PySpark, on all cores here or on the cluster of spark-submit (docs/cluster.md).",
)


def words_of(file: str | None) -> Vocabulary:
    """The shipped vocabulary, or with a site's own words; raises InputError that shows the form of a row."""
    from eligibility.errors import Fault, InputError, TableError
    from eligibility.vocabulary.tables import vocabulary

    if not file:
        return vocabulary()
    form = f"a row, each field on a line of its own: {ROW}; kinds are {', '.join(KINDS)}"
    try:
        return vocabulary(Path(file))
    except TableError as error:
        raise InputError(file, Fault(f"[{error.row}]", error.problem, form)) from None
    except InputError as error:
        if any("TOML" in fault.problem for fault in error.faults):
            raise InputError(file, *(Fault(fault.place, fault.problem, form) for fault in error.faults)) from None
        raise


def colour_wanted(no_color: bool) -> bool:
    """Colour unless the flag or the NO_COLOR environment variable says otherwise (https://no-color.org)."""
    return not no_color and not os.environ.get("NO_COLOR")
