"""`eligibility review`: walk the lines of a rulebook, source beside rule, and lock what a person has checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from eligibility.cli.asking import any_input, line_of, said_by
from eligibility.cli.inputs import VOCABULARY_OPTION, made_folder, refuse_two_inputs, tell, trials_in, words_of
from eligibility.cli.visible import visible

if TYPE_CHECKING:
    from datetime import datetime

    from eligibility.errors import InputError
    from eligibility.rules.rule import Rule
    from eligibility.rules.rulebook import Line, Rulebook
    from eligibility.vocabulary.tables import Vocabulary


@click.command("review", short_help="Check rules beside their source, correct and lock them.")
@click.argument("trial")
@click.argument("book")
@click.option("--by", metavar="INITIALS", help="Who reviews; goes into the lock of every line.")
@click.option(
    "--date",
    "day",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the locks (YYYY-MM-DD). Without it today, by the clock of this machine: a person reviews now.",
)
@click.option("--unclear", "unclear_only", is_flag=True, help="Only lines with words that were not understood.")
@click.option("--overwrite", is_flag=True, help="Read lines anew that were edited by hand and not locked.")
@VOCABULARY_OPTION
@click.pass_context
def command(
    ctx: click.Context, /, trial: str, book: str, by: str | None, day: datetime | None, unclear_only: bool,
    overwrite: bool, words: str | None,
) -> None:  # fmt: skip
    """Walk the lines of TRIAL that are unclear or not locked, the source's words beside the rule, and save in BOOK.

    BOOK is a rulebook (FILE.rules) or a folder of them; it is made from TRIAL, a record, if it is not there. At each
    line: l locks the rule as it is, e asks for another one, s skips, b goes back, q quits; then Enter. A rule is
    checked as it is typed in, and what is wrong is shown. Every lock is in BOOK at once; a locked line is never read
    anew.
    """
    from eligibility.cli.books import file_of, renewed
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    refuse_two_inputs(trial, book)
    if "-" in (trial, book):
        raise click.UsageError("answers come from standard input: name a file instead of -")
    any_input()
    who = said_by(by, "Your initials", 100)
    lock = f"{who} {day.date() if day else date.today()}"
    faults: list[InputError] = []
    known = words_of(words)
    for found in trials_in((trial,), faults, known):
        new = rulebook(found, known) if isinstance(found, Trial) else found
        file = Path(book) if book.endswith(".rules") else file_of(Path(book), new.trial.id)
        if not Walk(file, lock, known).through(renewed(file, new, known, overwrite)[0], unclear_only):
            break
    ctx.exit(tell(faults))


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the locks go, what they say, and the words that rules may use."""

    file: Path
    lock: str
    words: Vocabulary

    def through(self, book: Rulebook, unclear_only: bool) -> bool:
        """Ask about all that is open in a rulebook; False when the person has had enough."""
        from eligibility.reports.reviewing import open_lines, side_by_side
        from eligibility.reports.wording import one_line

        ids = open_lines(book, unclear_only)
        click.echo(f"{one_line(book.trial.id)} · {len(ids)} of {len(book.lines)} lines to review")
        lines = {line.criterion.id: line for line in book.lines}
        place = 0
        while place < len(ids):
            line = lines[ids[place]]
            click.echo()
            for text in side_by_side(line, place + 1, len(ids)):
                click.echo(text)
            move, rule = self._move(line)
            if move == "quit":
                return False
            if rule is not None:
                lines[ids[place]] = replace(line, rule=rule, locked=self.lock)
                self._save(replace(book, lines=tuple(lines.values())), lines[ids[place]])
            place = max(place - 1, 0) if move == "back" else place + 1
        return True

    def _move(self, line: Line) -> tuple[str, Rule | None]:
        """What the person wants of a line: a word, and the rule to lock if there is one."""
        from eligibility.reports.reviewing import HELP
        from eligibility.rules.revision import held

        while True:
            said = line_of("> ")
            match said if said is None else said.strip().casefold():
                case None | "q" | "quit":
                    return "quit", None
                case "s" | "skip":
                    return "skip", None
                case "b" | "back":
                    return "back", None
                case "l" | "lock":
                    return "lock", held(line)
                case "e" | "edit":
                    if (rule := self._edited()) is not None:
                        return "lock", rule
                case _:
                    click.echo(f"  {HELP}")

    def _edited(self) -> Rule | None:
        """A rule as it is typed in, asked for until it can be read; None for an empty line."""
        while True:
            said = line_of("rule> ")
            if said is None or not said.strip():
                click.echo("  left as it was")
                return None
            if (rule := self._checked(said.strip())) is not None:
                return rule

    def _checked(self, text: str) -> Rule | None:
        from eligibility.errors import InputError
        from eligibility.rules.notation import notation
        from eligibility.rules.rulebook import rule_of

        try:
            rule = rule_of(text, self.words)
        except InputError as problem:
            for fault in problem.faults:
                for row in visible(str(fault)).split("\n"):
                    click.echo(f"  {row}")
            return None
        click.echo(f"  reads: {notation(rule)}")
        return rule

    def _save(self, book: Rulebook, line: Line) -> None:
        from eligibility.cli.books import write_book

        made_folder(self.file.parent)
        write_book(self.file, book)
        click.echo(f"  locked: {line.criterion.id} by {visible(self.lock)}")
