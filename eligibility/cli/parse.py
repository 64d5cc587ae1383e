"""`eligibility parse`: criteria as rules, to look at, to edit as a rulebook, or as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.inputs import tell, trials_in, with_progress

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.rules.rulebook import Rulebook


@click.command("parse", short_help="Criteria as rules: to look at, to edit, or as JSON.")
@click.argument("trials", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option(
    "--underline/--rulebook", default=None, help="Words underlined, or a rulebook to edit (when not a terminal)."
)
@click.option("--vocabulary", "words", metavar="FILE", help="A TOML table with a site's own words and codes.")
@click.pass_context
def command(
    ctx: click.Context, /, trials: tuple[str, ...], as_json: bool, underline: bool | None, words: str | None
) -> None:
    """Show the criteria of TRIALS as rules: the source words underlined, the written form beneath.

    Where the output is no terminal it is a rulebook: `eligibility parse TRIAL > trial.rules`, edit it, then
    `eligibility match PATIENT trial.rules`. Without TRIALS, the trials that ship with the package.
    """
    from eligibility.reports.rules_as_text import rules_as_text
    from eligibility.rules.rulebook import rulebook, write_rulebook
    from eligibility.trials.trial import Trial
    from eligibility.vocabulary.tables import vocabulary

    faults: list[InputError] = []
    known = vocabulary(Path(words)) if words else None
    look = sys.stdout.isatty() if underline is None else underline
    show = _as_json if as_json else rules_as_text if look else write_rulebook
    for trial in with_progress(list(trials_in(trials, faults))):
        book = rulebook(trial, known) if isinstance(trial, Trial) else trial
        click.echo(show(book))
    ctx.exit(tell(faults))


def _as_json(book: Rulebook) -> str:
    from eligibility.reports.rules_as_json import parsed_trial

    parsed = ((line.criterion, line.rule) for line in book.lines)
    return json.dumps(parsed_trial(book.trial, parsed), ensure_ascii=False)
