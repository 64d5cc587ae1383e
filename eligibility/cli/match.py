"""`eligibility match`: one patient against trials."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import colour_wanted, judging, policy_options, tell, trials_in, with_progress

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.reports.report import Report


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

    faults: list[InputError] = []
    case = judging(patient, options)
    found = with_progress(list(trials_in(trials, faults)))
    report = match(case.patient, found, policy=case.policy, status=options["status"], vocabulary=case.words)
    if options["top"]:
        report = replace(report, verdicts=report.verdicts[: options["top"]])
    _show(report, options)
    ctx.exit(tell(faults))


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
