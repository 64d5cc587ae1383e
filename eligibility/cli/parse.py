"""`eligibility parse`: criteria as rules, to look at, to edit as a rulebook, or as JSON."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from eligibility.cli.inputs import VOCABULARY_OPTION, refuse_two_inputs, tell, trials_in, words_of
from eligibility.cli.progress import with_progress

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.rules.rulebook import Rulebook


@click.command("parse", short_help="Criteria as rules: to look at, to edit, or as JSON.")
@click.argument("trials", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option("--wrap/--rulebook", "wrap", default=None, help="Lines of 100 columns, or a rulebook to edit.")
@VOCABULARY_OPTION
@click.pass_context
def command(
    ctx: click.Context, /, trials: tuple[str, ...], as_json: bool, wrap: bool | None, words: str | None
) -> None:
    """Show the criteria of TRIALS as rules: the source words underlined, the written form beneath.

    On a terminal the words are wrapped; elsewhere the output is a rulebook: `eligibility parse TRIAL >
    trial.rules`, edit it, `eligibility match PATIENT trial.rules`. Without TRIALS, the shipped trials.
    """
    from eligibility.reports.rules_as_text import rules_as_text, underlined_rulebook
    from eligibility.reports.wording import shown
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    faults: list[InputError] = []
    refuse_two_inputs(*trials)
    known = words_of(words)
    look = sys.stdout.isatty() if wrap is None else wrap
    show = _as_json if as_json else rules_as_text if look else underlined_rulebook
    for trial in with_progress(list(trials_in(trials, faults, known))):
        book = rulebook(trial, known) if isinstance(trial, Trial) else trial
        text = show(book)
        click.echo(shown(text) if sys.stdout.isatty() else text)
    ctx.exit(tell(faults))


def _as_json(book: Rulebook) -> str:
    from eligibility.reports.rules_as_json import parsed_trial

    parsed = ((line.criterion, line.rule) for line in book.lines)
    return json.dumps(parsed_trial(book.trial, parsed), ensure_ascii=False)
