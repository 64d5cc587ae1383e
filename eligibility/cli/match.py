"""`eligibility match`: one patient against trials."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import (
    colour_wanted,
    refuse_two_inputs,
    tell,
    tell_idle_answers,
    trials_in,
    with_progress,
)
from eligibility.cli.judging import Judging, judging, policy_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eligibility.errors import InputError
    from eligibility.reports.overview_as_text import Line
    from eligibility.reports.report import Report
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial


@click.command("match", short_help="One patient against trials: eligible or not, why, and what is missing.")
@click.argument("patient")
@click.argument("trials", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option("--status", metavar="STATUS", help="Only trials with this registry status, e.g. recruiting.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), help="Show only the first N of the ranking.")
@policy_options
@click.option("--no-color", is_flag=True, help="No colour, even on a terminal (as NO_COLOR does).")
@click.pass_context
def command(ctx: click.Context, /, patient: str, trials: tuple[str, ...], **options: Any) -> None:
    """Say for each of TRIALS whether PATIENT is eligible, why, and what is missing.

    PATIENT is a profile, FHIR R4, OMOP CDM tables or a table (a file, a folder, or - for standard input); each of
    several patients is matched. TRIALS are record files, folders, rulebooks (.rules), ids of shipped trials, or -;
    without TRIALS, all trials that ship with the package.
    """
    from eligibility.matching import match
    from eligibility.reports.overview_as_text import line_of, overview_as_text

    refuse_two_inputs(patient, *trials, options["answers"])
    faults: list[InputError] = []
    case = judging(options)
    people = case.patients(patient, faults)
    first = next(people, None)  # a patient who cannot be read need not wait for all trials to be read
    if first is None:
        ctx.exit(tell(faults))
    found = list(trials_in(trials, faults, case.words))
    _refuse_unknown_status(options["status"], found)
    books = _books(found, case, options)
    lines: list[Line] = []
    for person in chain((first,), people) if books else ():
        tell_idle_answers(person, found)
        report = match(person, books, policy=case.policy, vocabulary=case.words)
        lines.append(line_of(report))
        _show(report, options)
    if len(lines) > 1 and not options["as_json"]:
        click.echo(overview_as_text(lines), nl=False)
    ctx.exit(tell(faults))


def _books(found: Sequence[Trial | Rulebook], case: Judging, options: dict[str, Any]) -> list[Rulebook]:
    """The rulebooks of the trials that are wanted; when there is none, why is said on standard error."""
    from eligibility.matching import is_of_status
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    wanted = [one for one in found if is_of_status(one, options["status"])]
    if not wanted:
        why = _none_of_status(options["status"], found) if found else "there is no trial in what was given"
        click.echo(f"eligibility: {why}", err=True)
    shown = with_progress(wanted, options["no_color"])
    return [rulebook(one, case.words) if isinstance(one, Trial) else one for one in shown]


def _refuse_unknown_status(status: str | None, found: Sequence[Trial | Rulebook]) -> None:
    """Raises UsageError for a word that is neither a registry status nor one of these trials'."""
    from eligibility.matching import plain_status, status_of
    from eligibility.trials.record import STATUSES

    known = sorted(plain_status(word) for word in STATUSES)
    if status is not None and plain_status(status) not in (*known, *(plain_status(status_of(one)) for one in found)):
        raise click.UsageError(f"--status {status}: no such status; one of {', '.join(known)}")


def _none_of_status(status: str, found: Sequence[Trial | Rulebook]) -> str:
    from collections import Counter

    from eligibility.matching import plain_status, status_of

    counted = Counter(plain_status(status_of(one)) or "without status" for one in found)
    there = ", ".join(f"{name} ({number})" for name, number in sorted(counted.items()))
    plural = "trial is" if len(found) == 1 else "trials are"
    return f"0 of {len(found)} {plural} {plain_status(status)}; there are: {there}"


def _show(report: Report, options: dict[str, Any]) -> None:
    from eligibility.reports.as_json import as_json
    from eligibility.reports.as_text import as_text

    report = replace(report, verdicts=report.verdicts[: options["top"]])
    if options["as_json"]:
        click.echo(as_json(report), nl=False)
    elif sys.stdout.isatty():
        from eligibility.reports.as_terminal import print_report

        print_report(report, sys.stdout, colour=colour_wanted(options["no_color"]))
    else:
        click.echo(as_text(report), nl=False)
