"""`eligibility schema`: the published shape of what other programs read and write."""

from __future__ import annotations

import click

SHAPES = ("rule", "report", "patient")


@click.command("schema", short_help="The JSON Schema of a rule, a report or a patient profile.")
@click.argument("shape", type=click.Choice(SHAPES))
def command(shape: str) -> None:
    """Print the JSON Schema (draft 2020-12) of SHAPE; its `$id` ends with the version.

    rule: what `rule` holds in `parse --json`. report: a line of `match --json`. patient: one profile, as `match` reads.
    """
    from eligibility.schemas.schema import schema_text

    click.echo(schema_text(shape), nl=False)
