"""`eligibility match`: one patient against trials."""

from __future__ import annotations

import sys
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.choosing import books_of, none_of_status, refuse_unknown_status, registry_of
from eligibility.cli.inputs import colour_wanted, refuse_two_inputs, tell, tell_idle_answers
from eligibility.cli.judging import Judging, judging, policy_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.reports.overview_as_text import Line
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

    PATIENT is a profile, FHIR R4, OMOP CDM tables or a table (a file, a folder, or - for standard input); each of
    several patients is matched. TRIALS are record files, folders, rulebooks (.rules), ids of shipped trials, or -;
    without TRIALS, all trials that ship with the package. Instead of TRIALS one registry, as `index` wrote it: the
    first 20 of its ranking are shown, or --top.
    """
    from eligibility.matching import match
    from eligibility.reports.overview_as_text import line_of

    refuse_two_inputs(patient, *trials, options["answers"])
    faults: list[InputError] = []
    case = judging(options)
    people = case.patients(patient, faults)
    first = next(people, None)  # a patient who cannot be read need not wait for all trials to be read
    if first is None:
        ctx.exit(tell(faults))
    if registry := registry_of(trials):
        ctx.exit(_match_registry(chain((first,), people), registry, case, options, faults))
    ids, books = books_of(trials, case, options, faults)
    lines: list[Line] = []
    for person in chain((first,), people) if books else ():
        tell_idle_answers(person, ids)
        report = match(person, books, policy=case.policy, vocabulary=case.words)
        lines.append(line_of(report))
        _show(report, options)
    _overview(lines, options)
    ctx.exit(tell(faults))


def _overview(lines: Sequence[Line], options: dict[str, Any]) -> None:
    from eligibility.reports.overview_as_text import overview_as_text

    if len(lines) > 1 and not options["as_json"]:
        click.echo(overview_as_text(lines), nl=False)


def _match_registry(
    people: Iterable[Patient], path: str, case: Judging, options: dict[str, Any], faults: list[InputError]
) -> int:
    """Every patient against a whole registry; the exit code."""
    from eligibility.registry.match import TOP, match_registry
    from eligibility.registry.registry import read_registry
    from eligibility.reports.overview_as_text import line_of

    registry = read_registry(path, case.words)
    refuse_unknown_status(options["status"], registry.statuses)
    ids = frozenset(registry.ids)
    lines: list[Line] = []
    for person in people:
        tell_idle_answers(person, ids)
        top = options["top"] or TOP
        report = match_registry(person, registry, policy=case.policy, status=options["status"], top=top)
        if not report.verdicts:
            click.echo(f"eligibility: {none_of_status(options['status'], registry.statuses)}", err=True)
        lines.append(line_of(report))
        _show(report, options)
    _overview(lines, options)
    return tell(faults)


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
