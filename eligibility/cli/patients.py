"""`eligibility patients`: how a file of patients is understood."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import tell, words_of
from eligibility.cli.judging import patient_options, patients_in

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient

_NAMED = 20


@click.command("patients", short_help="What a file of patients holds, how it was understood, and what was not.")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a patient and line, with schema_version.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=40, help="Rows of each table (40).")
@patient_options
@click.pass_context
def command(ctx: click.Context, /, file: str, as_json: bool, top: int, **options: Any) -> None:
    """Show how every name, code, column and unit of FILE was understood, and what was not.

    FILE is a profile, FHIR R4 (a bundle, a resource, a bulk export), OMOP CDM tables (DuckDB, a folder or zip of CSV
    or Parquet), a table of patients (CSV, Parquet), a folder, or -.
    """
    from eligibility.patients.survey import survey
    from eligibility.reports.survey_as_json import patient_to_dict
    from eligibility.reports.survey_as_text import survey_as_text

    faults: list[InputError] = []
    found = patients_in(file, options, words_of(options["words"]), faults)
    if as_json:
        for patient in found:
            click.echo(json.dumps(patient_to_dict(patient), ensure_ascii=False))
    else:
        whole = survey(_named(found))
        if whole.patients:
            click.echo(survey_as_text(whole, top), nl=False)
    ctx.exit(tell(faults))


def _named(patients: Iterable[Patient]) -> Iterator[Patient]:
    """The patients; the first of them are named in a line each as they pass."""
    from eligibility.reports.survey_as_text import patient_as_text

    for number, patient in enumerate(patients):
        if number < _NAMED:
            click.echo(patient_as_text(patient), nl=False)
        elif number == _NAMED:
            click.echo("…")
        yield patient
