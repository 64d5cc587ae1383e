"""`eligibility parse`: criteria as rules, to look at, to edit as a rulebook, or as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.inputs import VOCABULARY_OPTION, made_folder, refuse_two_inputs, tell, trials_in, words_of
from eligibility.cli.progress import with_progress

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.rules.rulebook import Rulebook
    from eligibility.vocabulary.tables import Vocabulary


@click.command("parse", short_help="Criteria as rules: to look at, to edit, or as JSON.")
@click.argument("trials", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option("--wrap/--rulebook", "wrap", default=None, help="Lines of 100 columns, or a rulebook to edit.")
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write a rulebook a trial, FOLDER/ID.rules. Of one that is there, locked lines stay as they are.",
)
@click.option("--overwrite", is_flag=True, help="With -o: read lines anew that were edited by hand and not locked.")
@VOCABULARY_OPTION
@click.pass_context
def command(
    ctx: click.Context, /, trials: tuple[str, ...], as_json: bool, wrap: bool | None, folder: Path | None,
    overwrite: bool, words: str | None,
) -> None:  # fmt: skip
    """Show the criteria of TRIALS as rules: the source words underlined, the written form beneath.

    On a terminal the words are wrapped; elsewhere the output is a rulebook: `eligibility parse TRIAL >
    trial.rules`, edit it, `eligibility match PATIENT trial.rules`. Without TRIALS, the shipped trials.

    With -o FOLDER a rulebook a trial is written. When trials are read again, after an amendment, lines that a person
    locked stay; a locked line whose words are others now decides nothing until it is reviewed.
    """
    from eligibility.reports.rules_as_text import rules_as_text, underlined_rulebook
    from eligibility.reports.wording import shown
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    faults: list[InputError] = []
    refuse_two_inputs(*trials)
    known = words_of(words)
    if folder is not None:
        if as_json:
            raise click.UsageError("-o writes rulebooks: without --json")
        _write(folder, trials, known, overwrite, faults)
        ctx.exit(tell(faults))
    look = sys.stdout.isatty() if wrap is None else wrap
    show = _as_json if as_json else rules_as_text if look else underlined_rulebook
    for trial in with_progress(list(trials_in(trials, faults, known))):
        book = rulebook(trial, known) if isinstance(trial, Trial) else trial
        text = show(book)
        click.echo(shown(text) if sys.stdout.isatty() else text)
    ctx.exit(tell(faults))


def _write(folder: Path, trials: tuple[str, ...], words: Vocabulary, overwrite: bool, faults: list[InputError]) -> None:
    """A rulebook a trial, and a line that says what became of it."""
    from eligibility.cli.books import file_of, renewed, write_book
    from eligibility.errors import InputError
    from eligibility.reports.diff_as_text import renewal
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    made_folder(folder)
    for trial in with_progress(list(trials_in(trials, faults, words))):
        try:
            book = rulebook(trial, words) if isinstance(trial, Trial) else trial
            file = file_of(folder, book.trial.id)
            book, changes = renewed(file, book, words, overwrite)
            write_book(file, book)
            click.echo(renewal(str(file), book, changes))
        except InputError as error:
            faults.append(error)


def _as_json(book: Rulebook) -> str:
    from eligibility.reports.rules_as_json import parsed_trial

    parsed = ((line.criterion, line.rule) for line in book.lines)
    return json.dumps(parsed_trial(book.trial, parsed), ensure_ascii=False)
