"""`eligibility match`: one patient against trials."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import (
    colour_wanted,
    judging,
    policy_options,
    refuse_two_inputs,
    tell,
    tell_idle_answers,
    trials_in,
    with_progress,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eligibility.errors import InputError
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

    PATIENT is a profile (a JSON file, or - for standard input). TRIALS are record files, folders,
    rulebooks (.rules), ids of shipped trials, or -; without TRIALS, all trials that ship with the package.
    """
    from eligibility.matching import match

    refuse_two_inputs(patient, *trials, options["answers"])
    faults: list[InputError] = []
    case = judging(patient, options)
    found = list(trials_in(trials, faults, case.words))
    _refuse_unknown_status(options["status"], found)
    tell_idle_answers(case.patient, found)
    shown = with_progress(found, options["no_color"])
    report = match(case.patient, shown, policy=case.policy, status=options["status"], vocabulary=case.words)
    if report.verdicts:
        top = report.verdicts[: options["top"]]
        _show(replace(report, verdicts=top), options)
    elif found:
        click.echo(f"eligibility: {_none_of_status(options['status'], found)}", err=True)
    elif not faults:
        click.echo("eligibility: there is no trial in what was given", err=True)
    ctx.exit(tell(faults))


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

    if options["as_json"]:
        click.echo(as_json(report), nl=False)
    elif sys.stdout.isatty():
        from eligibility.reports.as_terminal import print_report

        print_report(report, sys.stdout, colour=colour_wanted(options["no_color"]))
    else:
        click.echo(as_text(report), nl=False)
