"""`eligibility index`: many trials → one registry file, for one patient after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import ENGINE_OPTION, VOCABULARY_OPTION, refuse_two_inputs, tell, trials_in, words_of
from eligibility.cli.progress import counting
from eligibility.errors import EligibilityError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eligibility.errors import InputError
    from eligibility.registry.index import Indexed
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial


@click.command("index", short_help="Many trials into one file, so that a patient is matched to all in a second.")
@click.argument("trials", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE", required=True, help="The registry, by custom NAME.eligibility.")
@click.option("--workers", metavar="N", type=click.IntRange(min=1), help="How many processes read (one a core).")
@ENGINE_OPTION
@VOCABULARY_OPTION
@click.option("--no-color", is_flag=True, help="No colour and no progress bar (as NO_COLOR does).")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    trials: tuple[str, ...],
    output: str,
    workers: int | None,
    engine: str,
    words: str | None,
    no_color: bool,
) -> None:
    """Read TRIALS into rules once and write them to FILE, which `eligibility match PATIENT FILE` matches as a whole.

    TRIALS are record files, folders, rulebooks (.rules), ids of shipped trials, or -. Of a registry that is there
    already what has not changed is kept. After an interruption the same command goes on where it was.
    Needs pip install 'eligibility[population]', and for --engine spark 'eligibility[spark]' (docs/cluster.md).
    """
    refuse_two_inputs(*trials, output)
    faults: list[InputError] = []
    known = words_of(words)
    with counting("indexing", "trials", no_color) as advance:
        found = trials_in(trials, faults, known)
        try:
            done = _indexed(found, output, engine, vocabulary=known, workers=workers, on_progress=advance)
        except EligibilityError:
            tell(faults)  # why no trial was there to index
            raise
    holds = done.holds
    click.echo(f"{holds.trials:,} trials, {holds.criteria:,} criteria, {holds.leaves:,} distinct tests of facts")
    click.echo(f"read into rules: {done.read:,}; unchanged: {done.unchanged:,}")
    ctx.exit(tell(faults))


def _indexed(
    trials: Iterator[Trial | Rulebook], output: str, engine: str, *, workers: int | None, **asked: Any
) -> Indexed:
    """By the engine that was asked for."""
    if engine == "spark":
        from eligibility.spark.index import index_on_spark

        if workers is not None:
            raise click.UsageError("--workers is for this machine alone; with --engine spark its master says how many")
        return index_on_spark(trials, output, **asked)
    from eligibility.registry.index import index

    return index(trials, output, workers=workers, **asked)
