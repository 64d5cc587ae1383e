"""What the verbs that walk with a person share: who that is, and what they type in."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click


def said_by(by: str | None, question: str, longest: int) -> str:
    """Who answers, asked for on a terminal. Raises UsageError where nobody says so in at most `longest` characters."""
    if by is None and sys.stdin.isatty():
        by = click.prompt(question)
    name = " ".join((by or "").split())
    if not name or len(name) > longest:
        raise click.UsageError(f"--by NAME: say who it is, in at most {longest} characters")
    return name


def any_input() -> None:
    """What is no text is no answer, and must not end the walk."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def line_of(prompt: str) -> str | None:
    """A line of standard input; None at its end."""
    click.echo(prompt, nl=False)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        click.echo()  # nobody has pressed Enter
    return None if not line or "\x04" in line else line
