"""What the verbs that judge share: the options of the policy, and reading patients by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eligibility.cli.inputs import VOCABULARY_OPTION, patient_file, words_of

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.patients.patient import Answer, Patient
    from eligibility.verdicts.policy import Policy
    from eligibility.vocabulary.tables import Vocabulary

Command = TypeVar("Command", bound=Callable[..., Any])


def patient_options(command: Command) -> Command:
    """The options of every verb that reads patients: format, which of several, words."""
    for option in reversed(_PATIENT_OPTIONS):
        command = option(command)
    return command


def policy_options(command: Command) -> Command:
    """The options of every verb that judges: the day, what absence means, how old facts may be, answers, words."""
    for option in reversed((*_PATIENT_OPTIONS, *_POLICY_OPTIONS)):
        command = option(command)
    return command


def population_options(command: Command) -> Command:
    """The same for all patients of a file."""
    others = [option for option in _PATIENT_OPTIONS if option is not _CHOSEN]
    for option in reversed((*others, *_POLICY_OPTIONS)):
        command = option(command)
    return command


_CHOSEN = click.option("--patient", "chosen", metavar="ID", help="Only this patient of a file that holds several.")
_PATIENT_OPTIONS = (
    click.option(
        "--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="Judge as of this day (YYYY-MM-DD)."
    ),
    _CHOSEN,
    click.option(
        "--format", "format_", metavar="FORMAT", help="profile, fhir, omop or table, when the content does not tell."
    ),
    click.option(
        "--leave-out-others",
        "others",
        is_flag=True,
        help="Leave FHIR resources of patients who are not in their bundle out, instead of refusing the bundle.",
    ),
    VOCABULARY_OPTION,
)
_POLICY_OPTIONS = (
    click.option("--answers", metavar="FILE", help="A person's answers: JSON of {trial, criterion, result, by, date}."),
    click.option(
        "--assume-absent",
        metavar="KINDS",
        default="",
        help="What is not in these lists counts as no, e.g. conditions,allergies; a word (dialysis) stands for itself"
        " and its kinds. Printed with the report.",
    ),
    click.option(
        "--policy",
        metavar="FILE",
        help="A TOML file with assume_absent, table_ranges and [max_age], as the options of these names.",
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
)


@dataclass(frozen=True, slots=True)
class Judging:
    """What the options said, as the road takes it."""

    policy: Policy
    words: Vocabulary
    answers: tuple[Answer, ...]
    options: dict[str, Any]

    def patients(self, path: str, faults: list[InputError]) -> Iterator[Patient]:
        """The patients of a file, with their answers; those that cannot be read join `faults`."""
        from eligibility.patients.answers import answered

        for patient in patients_in(path, self.options, self.words, faults):
            yield answered(patient, self.answers, self.options["answers"]) if self.answers else patient


def judging(options: dict[str, Any]) -> Judging:
    """Read vocabulary, policy and answers from the values of `policy_options`; raises InputError and UsageError."""
    from eligibility.patients.answers import read_answers

    words = words_of(options["words"])
    answers = read_answers(options["answers"]) if options["answers"] else ()
    return Judging(_policy(options, words), words, answers, options)


def patients_in(path: str, options: dict[str, Any], words: Vocabulary, faults: list[InputError]) -> Iterator[Patient]:
    """The patients of a file, or the one that was asked for; those that cannot be read join `faults`."""
    from eligibility.errors import Fault, InputError
    from eligibility.patients.read import read_patients

    day, chosen, found = (options["as_of"].date() if options["as_of"] else None), options["chosen"], False
    ways = {"format": options["format_"], "others": options["others"]}
    for patient in read_patients(patient_file(path), as_of=day, vocabulary=words, on_fault=faults.append, **ways):
        if chosen is None or patient.id == chosen:
            found = True
            yield patient
        if chosen is not None and found:
            return
    if chosen is not None and not found:
        remedy = "`eligibility patients` lists those of a file"
        faults.append(InputError(path, Fault("", f"holds no patient {chosen!r} that can be read", remedy)))


def _policy(options: dict[str, Any], words: Vocabulary) -> Policy:
    """What the file says, and what the other options add to it or say instead."""
    from eligibility.patients.patient import LISTS
    from eligibility.verdicts.policy import DEFAULT
    from eligibility.verdicts.policy_file import names_absence, read_policy

    policy = read_policy(options["policy"], words) if options["policy"] else DEFAULT
    absent = frozenset(kind.strip() for kind in options["assume_absent"].split(",") if kind.strip())
    if unknown := [name for name in sorted(absent) if not names_absence(name, words)]:
        lists = ", ".join(LISTS)
        raise click.UsageError(f"--assume-absent: no list or word {', '.join(unknown)}; one of {lists}, or a word")
    policy = replace(
        policy,
        assume_absent=policy.assume_absent | absent,
        table_ranges=policy.table_ranges or options["table_ranges"],
    )
    for text in options["max_age"]:
        policy = _aged(policy, text, words)
    return policy


def _aged(policy: Policy, text: str, words: Vocabulary) -> Policy:
    from eligibility.verdicts.policy_file import MOST_DAYS, aged

    name, _, days = text.rpartition("=")
    if not (days.isascii() and days.isdecimal()) or not 0 < int(days[:9]) <= MOST_DAYS:
        raise click.UsageError(f"--max-age {text}: write DAYS or NAME=DAYS, days from 1 to {MOST_DAYS}")
    if name not in ("", "measurements", "scales") and name not in words.words:
        raise click.UsageError(f"--max-age {text}: the vocabulary has no {name!r}; `eligibility vocabulary` lists it")
    return aged(policy, name or "measurements", int(days))
