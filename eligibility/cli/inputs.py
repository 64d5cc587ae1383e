"""What several verbs share: reading trials from arguments, and telling what could not be read."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial
    from eligibility.verdicts.policy import Policy
    from eligibility.vocabulary.tables import Vocabulary

_MANY = 300
_RULEBOOK_BYTES = 20_000_000
Command = TypeVar("Command", bound=Callable[..., Any])


def trials_in(paths: Sequence[str], faults: list[InputError]) -> Iterator[Trial | Rulebook]:
    """The trials of files, folders and `-`, and rulebooks (`.rules`); without paths, the shipped trials.

    What cannot be read, and a trial that comes twice, joins `faults`; the rest still comes.
    """
    from eligibility.errors import InputError
    from eligibility.trials.trial import Trial

    seen: dict[str, str] = {}
    for path in map(_shipped_if_id, paths) if paths else shipped_records():
        try:
            for found in _found(path, faults):
                trial = found if isinstance(found, Trial) else found.trial
                if not _is_twin(trial.id, path, seen, faults):
                    yield found
        except InputError as error:
            faults.append(error)


def _found(path: str, faults: list[InputError]) -> Iterator[Trial | Rulebook]:
    from eligibility.rules.rulebook import read_rulebook
    from eligibility.trials.read import read_trials

    if path.endswith(".rules"):
        yield read_rulebook(_text(path), path)
    else:
        yield from read_trials(path, on_fault=faults.append)


def _text(path: str) -> str:
    """A rulebook's text, within limits."""
    from eligibility.errors import Fault, InputError

    try:
        if Path(path).stat().st_size > _RULEBOOK_BYTES:
            raise InputError(path, Fault("", f"larger than {_RULEBOOK_BYTES // 1_000_000} MB", "split it"))
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(path, Fault("", error.strerror or "cannot be read", "check the path")) from None
    except UnicodeDecodeError as error:
        raise InputError(path, Fault(f"byte {error.start}", "not UTF-8 text", "save the file as UTF-8")) from None


def _is_twin(key: str, path: str, seen: dict[str, str], faults: list[InputError]) -> bool:
    from eligibility.errors import Fault, InputError

    if key not in seen:
        seen[key] = path
        return False
    fault = Fault(key, f"this trial was already read from {seen[key]}", "give each trial once")
    faults.append(InputError(path, fault))
    return True


def _shipped_if_id(path: str) -> str:
    """The record of a shipped trial when its id is given, and no file is called so."""
    own = [record for record in shipped_records() if Path(record).parent.name == path]
    return own[0] if own and not Path(path).exists() else path


def shipped_records() -> list[str]:
    """The record files of the trials that ship with the package, in order of their ids."""
    from eligibility.shipped import case_dir

    return [str(path) for path in sorted(Path(case_dir()).glob("trials/*/record.*"))]


def tell(faults: Iterable[InputError]) -> int:
    """List what could not be read on standard error; the exit code: 2 when there was anything, else 0."""
    code = 0
    for fault in faults:
        click.echo(f"eligibility: {fault}", err=True)
        code = 2
    return code


def policy_options(command: Command) -> Command:
    """The options of every verb that judges: the day, what absence means, how old facts may be, answers, words."""
    for option in reversed(_POLICY_OPTIONS):
        command = option(command)
    return command


_POLICY_OPTIONS = (
    click.option(
        "--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Judge as of this day (YYYY-MM-DD)."
    ),
    click.option("--answers", metavar="FILE", help="A person's answers: JSON of {trial, criterion, result, by, date}."),
    click.option(
        "--assume-absent",
        metavar="KINDS",
        default="",
        help="What is not in these lists counts as no, e.g. conditions,allergies. Printed with the report.",
    ),
    click.option(
        "--max-age",
        metavar="[NAME=]DAYS",
        multiple=True,
        help="How old a result may be where the text gives no window: 90, scales=180, creatinine=14 … Repeatable.",
    ),
    click.option(
        "--table-ranges", is_flag=True, help="Use the vocabulary's reference range where the patient's is missing."
    ),
    click.option("--vocabulary", "words", metavar="FILE", help="A TOML table with a site's own words and codes."),
)


@dataclass(frozen=True, slots=True)
class Judging:
    """What the policy options said, as the road takes it."""

    patient: Patient
    policy: Policy
    words: Vocabulary


def judging(patient: str, options: dict[str, Any]) -> Judging:
    """Read the patient and the policy from the values of `policy_options`; raises InputError and UsageError."""
    from eligibility.patients.answers import answered, read_answers
    from eligibility.patients.read import read_patient
    from eligibility.vocabulary.tables import vocabulary

    words = vocabulary(Path(options["words"]) if options["words"] else None)
    day = options["as_of"].date() if options["as_of"] else None
    who = read_patient(patient, as_of=day, vocabulary=words)
    if options["answers"]:
        who = answered(who, read_answers(options["answers"]))
    return Judging(who, _policy(options, words), words)


def _policy(options: dict[str, Any], words: Vocabulary) -> Policy:
    from eligibility.patients.patient import LISTS
    from eligibility.verdicts.policy import Policy

    absent = frozenset(kind.strip() for kind in options["assume_absent"].split(",") if kind.strip())
    if unknown := absent - set(LISTS):
        raise click.UsageError(f"--assume-absent: no list {', '.join(sorted(unknown))}; one of {', '.join(LISTS)}")
    policy = Policy(assume_absent=absent, table_ranges=options["table_ranges"])
    for text in options["max_age"]:
        policy = _aged(policy, text, words)
    return policy


def _aged(policy: Policy, text: str, words: Vocabulary) -> Policy:
    name, _, days = text.rpartition("=")
    if not days.isdecimal() or not 0 < int(days) < 100_000:
        raise click.UsageError(f"--max-age {text}: write DAYS or NAME=DAYS, days from 1 to 99999")
    if name in ("", "measurements"):
        return replace(policy, measurement_days=int(days))
    if name == "scales":
        return replace(policy, scale_days=int(days))
    if name not in words.words:
        raise click.UsageError(f"--max-age {text}: the vocabulary has no {name!r}; `eligibility vocabulary` lists it")
    kept = tuple(pair for pair in policy.lasting if pair[0] != name)
    return replace(policy, lasting=(*kept, (name, int(days))))


def colour_wanted(no_color: bool) -> bool:
    """Colour unless the flag or the NO_COLOR environment variable says otherwise (https://no-color.org)."""
    return not no_color and not os.environ.get("NO_COLOR")


def with_progress(trials: list[Trial | Rulebook]) -> Iterable[Trial | Rulebook]:
    """The trials, with a progress bar on standard error when there are many and a person is watching."""
    if len(trials) <= _MANY or not sys.stderr.isatty():
        return trials
    from rich.console import Console
    from rich.progress import track

    return track(trials, description="matching", console=Console(stderr=True), transient=True)
