"""`eligibility check`: what to look at again in the words of a trial."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from eligibility.checks.finding import KINDS
from eligibility.cli.inputs import VOCABULARY_OPTION, refuse_two_inputs, tell, trials_in, words_of
from eligibility.cli.progress import with_progress

if TYPE_CHECKING:
    from eligibility.checks.finding import Finding
    from eligibility.errors import InputError


@click.command("check", short_help="What to look at again in the words of a trial.")
@click.argument("trials", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option(
    "--without", metavar="KIND", multiple=True, type=click.Choice(KINDS), help="Leave a kind out. Repeatable."
)
@VOCABULARY_OPTION
@click.pass_context
def command(
    ctx: click.Context, /, trials: tuple[str, ...], as_json: bool, without: tuple[str, ...], words: str | None
) -> None:
    """Find in TRIALS what is contradictory, impossible, odd, repeated or at odds with the record.

    Contradictions, limits that disagree, levels, values and units that cannot be, units that are not given, ages
    and sexes against the record's fields, healthy values among the exclusions, exclusions that restate an
    inclusion, and duplicates: each with the words, why, and what to check. TRIALS are record files, folders,
    rulebooks (.rules), ids of shipped trials, or -; without TRIALS, the shipped trials.
    Of one quantity in one trial the first 200 limits are compared. Exit code 1 when something is found.
    """
    from eligibility.checks.check import check
    from eligibility.reports.findings_as_json import checked_trial
    from eligibility.reports.findings_as_text import findings_as_text, summary
    from eligibility.trials.trial import Trial

    faults: list[InputError] = []
    refuse_two_inputs(*trials)
    known = words_of(words)
    total: list[list[Finding]] = []
    for given in with_progress(list(trials_in(trials, faults, known))):
        found = [finding for finding in check(given, known) if finding.kind not in without]
        trial = given if isinstance(given, Trial) else given.trial
        if as_json:
            click.echo(json.dumps(checked_trial(trial, found), ensure_ascii=False))
        elif found:
            click.echo(findings_as_text(trial, found))
        total.append(found)
    if not as_json:
        click.echo(summary(len(total), [one for found in total for one in found], sum(map(bool, total))), nl=False)
    ctx.exit(tell(faults) or int(any(total)))
