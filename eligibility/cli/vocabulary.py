"""`eligibility vocabulary`: the words the package knows, and those that trials lack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from eligibility.cli.inputs import VOCABULARY_OPTION, refuse_two_inputs, tell, trials_in, words_of
from eligibility.cli.progress import with_progress

if TYPE_CHECKING:
    from eligibility.errors import InputError
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word


@click.command("vocabulary", short_help="The words the package knows, and those that trials lack.")
@click.argument("names", nargs=-1, metavar="[WORD] | --missing [TRIALS]...")
@click.option("--missing", is_flag=True, help="What the criteria of TRIALS say that the vocabulary does not know.")
@click.option("--top", metavar="N", type=click.IntRange(1), default=30, help="With --missing: rows of a kind (30).")
@click.option("--json", "as_json", is_flag=True, help="With --missing: one JSON object a row, with schema_version.")
@VOCABULARY_OPTION
@click.pass_context
def command(
    ctx: click.Context, names: tuple[str, ...], missing: bool, top: int, as_json: bool, words: str | None
) -> None:
    """Show what is known about WORD (a key, a name, or part of one); without WORD, list all words.

    With --missing, list what stands in the criteria of TRIALS and is not known, the most frequent first: subjects of
    limits, units, and other phrases, each with an example. Exit code 1 when no word is called so.
    """
    known = words_of(words)
    if missing:
        ctx.exit(_missing(names, known, top, as_json))
    if len(names) > 1 or as_json:
        raise click.UsageError("one WORD, or --missing with TRIALS")
    ctx.exit(_show(names[0] if names else "", known))


def _show(word: str, known: Vocabulary) -> int:
    from eligibility.reports.word_as_text import word_as_text, words_as_text

    found = _found(known, word)
    if not found:
        click.echo(f"eligibility: no word is called {word!r}", err=True)
        return 1
    exactly = len(found) == 1 or bool(word and known.by_name(word))
    click.echo("\n".join(word_as_text(one, known) for one in found) if exactly else words_as_text(found), nl=False)
    return 0


def _missing(trials: tuple[str, ...], known: Vocabulary, top: int, as_json: bool) -> int:
    from eligibility.gaps.find import KINDS, find_gaps
    from eligibility.reports.gaps_as_text import gap_to_dict, gaps_as_text
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    faults: list[InputError] = []
    refuse_two_inputs(*trials)
    found = list(trials_in(trials, faults, known))
    books = (rulebook(one, known) if isinstance(one, Trial) else one for one in with_progress(found))
    gaps = find_gaps(books, known)
    shown = [gap for kind in KINDS for gap in [gap for gap in gaps if gap.kind == kind][:top]]
    if as_json:
        click.echo("".join(f"{json.dumps(gap_to_dict(gap))}\n" for gap in shown), nl=False)
    else:
        click.echo(gaps_as_text(shown), nl=False)
    return tell(faults)


def _found(known: Vocabulary, text: str) -> list[Word]:
    """The words called exactly so, else those with a name that holds the text, else none."""
    if text and (named := known.by_name(text)):
        return list(named)
    wanted = text.casefold()
    return [
        word
        for word in known.words.values()
        if any(wanted in name.casefold() for name in (word.key, word.label, *word.synonyms))
    ]
