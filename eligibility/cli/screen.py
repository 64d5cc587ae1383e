"""`eligibility screen`: many patients against trials."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from eligibility.cli.inputs import ENGINE_OPTION, colour_wanted, patient_file, refuse_two_inputs, tell, trials_in
from eligibility.cli.judging import Judging, judging, population_options
from eligibility.cli.progress import counting, with_progress
from eligibility.cli.showing import LOGS, refuse_same_outputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.reports.screening import Screening
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial

_FEW = 5


@click.command("screen", short_help="Many patients against trials: how many are eligible, and where others are lost.")
@click.argument("patients")
@click.argument("trials", nargs=-1)
@click.option("-o", "--output", metavar="FILE", help="List the candidates there, a row a trial: .csv or .parquet.")
@click.option(
    "--xlsx", metavar="FILE", help="Write a workbook there: candidates, trials, attrition, what loosening would gain."
)
@click.option("--html", metavar="FILE", help="Write a page there instead: the same numbers, with bars of who remains.")
@click.option(
    "--outcome",
    "outcomes",
    metavar="OUTCOME",
    multiple=True,
    default=("eligible", "potentially_eligible"),
    help="Who is listed: eligible, potentially_eligible (these two by default), undetermined, ineligible. Repeatable.",
)
@click.option(
    "--attrition/--no-attrition",
    default=None,
    help="Count each criterion too, and what loosening it would gain "
    f"(by default for up to {_FEW} trials, and for --xlsx and --html).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option("--status", metavar="STATUS", help="Only trials with this registry status, e.g. recruiting.")
@ENGINE_OPTION
@population_options
@click.option("--no-color", is_flag=True, help="No colour, even on a terminal (as NO_COLOR does).")
@click.pass_context
def command(ctx: click.Context, /, patients: str, trials: tuple[str, ...], **options: Any) -> None:
    """Count for each of TRIALS how many of PATIENTS are eligible, potentially eligible, undetermined and ineligible.

    PATIENTS is a table with one patient a row (CSV, Parquet), which is judged column by column, or whatever `match`
    reads: OMOP CDM tables, FHIR R4 (a folder of a bulk export), profiles, tables of one observation a row. TRIALS are
    record files, folders, rulebooks (.rules), ids of shipped trials, or -; without TRIALS, the shipped trials.
    Needs pip install 'eligibility[population]', and for --engine spark 'eligibility[spark]' (docs/cluster.md).
    """
    from eligibility.screening.screen import refuse_without_packages

    refuse_two_inputs(patients, *trials, options["answers"], options["output"], options["xlsx"], options["html"])
    if options["html"] == "-":
        raise click.UsageError("a page of a screening is a file: name one instead of -")
    refuse_same_outputs({**dict.fromkeys(("html", *LOGS)), **options}, patients, *trials, options["output"] or "-")
    _refuse_unknown_outcomes(options["outcomes"])
    patients = patient_file(patients)
    refuse_without_packages(patients)
    faults: list[InputError] = []
    case = judging(options)
    books = _books(list(trials_in(trials, faults, case.words)), case, options)
    few = len(books) <= _FEW or bool(options["xlsx"] or options["html"])
    attrition = few if options["attrition"] is None else options["attrition"]
    if not books:
        click.echo("eligibility: there is no trial to screen for in what was given", err=True)
        ctx.exit(tell(faults) or 2)
    found = _screened(books, patients, case, attrition, options, faults)
    if found.patients:
        _show(found, options)
    ctx.exit(tell(faults))


def _screened(
    books: list[Rulebook],
    patients: str,
    case: Judging,
    attrition: bool,
    options: dict[str, Any],
    faults: list[InputError],
) -> Screening:
    """By the engine that was asked for; where a workbook is wanted it is written while patients are judged."""
    asked: dict[str, Any] = {
        "output": options["output"],
        "outcomes": options["outcomes"],
        "attrition": attrition,
        "as_of": options["as_of"].date() if options["as_of"] else None,
        "policy": case.policy,
        "vocabulary": case.words,
        "on_fault": faults.append,
    }
    if options["engine"] == "spark":
        from eligibility.spark.screen import screen_on_spark

        if options["answers"] or options["xlsx"] or options["format_"] not in (None, "table"):
            problem = "--engine spark takes tables only, no --answers, and writes no --xlsx"
            raise click.UsageError(f"{problem}: leave --engine out")
        return screen_on_spark(books, patients, **asked)
    asked |= {"format": options["format_"], "others": options["others"], "answered": _answering(case, options)}
    if not options["xlsx"]:
        return _watched(books, patients, options, **asked)
    from eligibility.reports.population_log import population_log

    with population_log(Path(options["xlsx"])) as log:
        found = _watched(books, patients, options, listing=log.add, **asked)
        log.finish(found)
    return found


def _watched(books: list[Rulebook], patients: str, options: dict[str, Any], **asked: Any) -> Screening:
    """On this machine, with a bar on a terminal."""
    from eligibility.screening.screen import screen

    with counting("screening", "patients", options["no_color"]) as advance:
        return screen(books, patients, on_progress=advance, **asked)


def _books(found: list[Trial | Rulebook], case: Judging, options: dict[str, Any]) -> list[Rulebook]:
    """The rulebooks of the trials that are wanted."""
    from eligibility.matching import is_of_status
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    wanted = [one for one in found if is_of_status(one, options["status"])]
    shown = with_progress(wanted, options["no_color"])
    return [rulebook(one, case.words) if isinstance(one, Trial) else one for one in shown]


def _refuse_unknown_outcomes(outcomes: tuple[str, ...]) -> None:
    from eligibility.verdicts.verdict import Outcome

    known = get_args(Outcome)
    if unknown := [one for one in outcomes if one not in known]:
        raise click.UsageError(f"--outcome {unknown[0]}: one of {', '.join(known)}")


def _answering(case: Judging, options: dict[str, Any]) -> Callable[[Patient], Patient] | None:
    """What adds the answers of a file to a patient, None without such a file."""
    from eligibility.patients.answers import answered

    if not case.answers:
        return None
    return lambda patient: answered(patient, case.answers, options["answers"])


def _show(found: Screening, options: dict[str, Any]) -> None:
    from eligibility.reports.screening_as_json import screening_as_json
    from eligibility.reports.screening_as_text import opening, print_screening, screening_as_text

    if options["html"]:
        from eligibility.reports.screening_as_html import write_screening

        write_screening(found, options["html"])
        click.echo(f"{options['html']}: {opening(found)}", err=options["as_json"])
    if options["as_json"]:
        click.echo(screening_as_json(found), nl=False)
    elif sys.stdout.isatty() and not options["html"]:
        print_screening(found, sys.stdout, colour=colour_wanted(options["no_color"]))
    elif not options["html"]:
        click.echo(screening_as_text(found), nl=False)
