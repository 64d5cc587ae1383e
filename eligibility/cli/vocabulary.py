"""`eligibility vocabulary`: the words the package knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eligibility.cli.inputs import VOCABULARY_OPTION, words_of

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word


@click.command("vocabulary", short_help="The words the package knows.")
@click.argument("word", default="")
@VOCABULARY_OPTION
@click.pass_context
def command(ctx: click.Context, word: str, words: str | None) -> None:
    """Show what is known about WORD (a key, a name, or part of one); without WORD, list all words.

    Exit code 1 when no word is called so.
    """
    from eligibility.reports.word_as_text import word_as_text, words_as_text

    known = words_of(words)
    found = _found(known, word)
    if not found:
        click.echo(f"eligibility: no word is called {word!r}", err=True)
        ctx.exit(1)
    exactly = len(found) == 1 or bool(word and known.by_name(word))
    click.echo("\n".join(word_as_text(one, known) for one in found) if exactly else words_as_text(found), nl=False)


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
