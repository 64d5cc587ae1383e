"""`eligibility export`: a trial in the language of another engine, and what is lost on the way."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.inputs import VOCABULARY_OPTION, refuse_two_inputs, tell, trials_in, words_of

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.exports.loss import Export
    from eligibility.rules.rulebook import Rulebook
    from eligibility.vocabulary.tables import Vocabulary


@click.command("export", short_help="A trial in the language of another engine, with what is lost.")
@click.argument("trial")
@click.option("--to", "format_", metavar="FORMAT", required=True, help="circe: a cohort definition of OHDSI, JSON.")
@click.option("-o", "--output", metavar="FILE", help="Write there instead of to standard output.")
@click.option(
    "--loss", metavar="FILE", help="Write the loss report there, as JSON, not to standard error; - is standard output."
)
@click.option("--strict", is_flag=True, help="Write nothing, and exit with 1, unless every criterion is exact.")
@click.option("--as-of", metavar="DATE", type=click.DateTime(["%Y-%m-%d"]), help="The day to judge by (YYYY-MM-DD).")
@click.option(
    "--omop", metavar="DATABASE", help="The OMOP database that it is for, whose concept ids are used: as of `match`."
)
@VOCABULARY_OPTION
@click.pass_context
def command(
    ctx: click.Context,
    /,
    trial: str,
    format_: str,
    output: str | None,
    loss: str | None,
    strict: bool,
    as_of: datetime | None,
    omop: str | None,
    words: str | None,
) -> None:
    """Write TRIAL in the language of another engine, and say of each criterion what is lost there.

    Every criterion is exact, exact where the data are as assumed, weaker, stronger, or left out because it cannot be
    said; the loss report names which and why. TRIAL is a record file, a rulebook (.rules), or the id of a shipped
    trial. Without --omop no concept ids are known, and codes stand in the loss report alone.
    """
    from eligibility.exports.export import export
    from eligibility.exports.read_terms import read_terms
    from eligibility.exports.setting import Setting

    refuse_two_inputs(trial)
    if "" in (output, loss) or (loss == "-" and output in (None, "-")):
        raise click.UsageError("--loss - needs -o FILE: only one of the two can be standard output")
    known = words_of(words)
    terms = read_terms(omop, known) if omop else None
    setting = Setting(known, as_of.date() if as_of else None, terms=terms)
    faults: list[InputError] = []
    book = _only_book(trial, known, faults)
    if book is None or faults:
        ctx.exit(tell(faults))
    made = export(book, to=format_, setting=setting)
    refused = strict and not made.loss.is_exact
    _write(made, None if refused else output or "-", loss)
    if refused:
        click.echo("eligibility: not every criterion is exact, so nothing was exported (--strict)", err=True)
    ctx.exit(int(refused))


def _only_book(trial: str, words: Vocabulary, faults: list[InputError]) -> Rulebook | None:
    """The one trial that is given as a rulebook; why there is none, or not only one, joins `faults`."""
    from eligibility.errors import Fault, InputError
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    found = list(trials_in((trial,), faults, words))
    if len(found) == 1:
        return rulebook(found[0], words) if isinstance(found[0], Trial) else found[0]
    if not faults:
        faults.append(InputError(trial, Fault("", f"holds {len(found)} trials", "export one at a time")))
    return None


def _write(made: Export, output: str | None, loss: str | None) -> None:
    """The export to a file or standard output (None: not at all), the report as JSON to a file or as text to stderr."""
    from eligibility.reports.loss_as_json import loss_to_dict
    from eligibility.reports.loss_as_text import loss_as_text

    if output is not None:
        _put(made.text, output, "export")
    if loss is None:
        click.echo(loss_as_text(made.loss), nl=False, err=True)
    else:
        _put(json.dumps(loss_to_dict(made.loss), ensure_ascii=False, indent=2) + "\n", loss, "loss report")


def _put(text: str, file: str, what: str) -> None:
    from eligibility.whole_file import whole_file

    if file == "-":
        sys.stdout.write(text)
        return
    with whole_file(Path(file), what) as draft:
        draft.write_text(text, encoding="utf-8")
