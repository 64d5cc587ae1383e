"""`eligibility demo`: the whole road on what ships with the package, and the commands to go it again."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eligibility.patients.patient import Patient
    from eligibility.rules.rulebook import Rulebook

PATIENT, TRIAL = "liver-failure", "NCT05940610"
WIDTH = 100
_CRITERIA = ("I2", "E3")
_AFTERWARDS = (
    ("your own patient and trials", "eligibility match patient.json trials/"),
    ("the report as a page for a browser", f"eligibility match {PATIENT} --html report.html"),
    ("what would change", f'eligibility explain {PATIENT} {TRIAL} --what-if "bilirubin = 2 mg/dL"'),
    ("all verbs; each has examples", "eligibility --help"),
)


@click.command("demo", short_help="A first look, on a made-up patient and five trials; needs no file.")
@click.pass_context
def command(ctx: click.Context, /) -> None:
    """Show on a made-up patient and the shipped trials what is read, the verdict, why, and what to ask next.

    Above each part stands the command that shows all of it. Nothing is written, nothing is asked of a network.
    """
    from eligibility.cli.inputs import patient_file, trials_in
    from eligibility.errors import InputError
    from eligibility.patients.read import read_patient
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    faults: list[InputError] = []
    books = [rulebook(one) if isinstance(one, Trial) else one for one in trials_in((), faults)]
    for line in _told(read_patient(patient_file(PATIENT)), books):
        click.echo(line)


def _told(patient: Patient, books: list[Rulebook]) -> Iterator[str]:
    from eligibility.matching import match, next_steps
    from eligibility.reports.as_explanation import criterion_lines
    from eligibility.reports.as_text import opening_lines
    from eligibility.reports.rules_as_text import line_lines
    from eligibility.reports.sentences import outcome_sentence
    from eligibility.reports.steps_as_text import steps_as_text
    from eligibility.reports.survey_as_text import patient_as_text

    yield f"A made-up patient against the {len(books)} trials that ship with the package."
    yield from _part(1, "Who it is: a file of dated facts with units", f"eligibility patients {PATIENT}")
    yield patient_as_text(patient).rstrip("\n")
    yield from _part(2, "What is read: the words of a trial become rules", f"eligibility parse {TRIAL}")
    book = next(book for book in books if book.trial.id == TRIAL)
    yield from _apart(line_lines(line) for line in book.lines if line.criterion.id in _CRITERIA)
    report = match(patient, books)
    yield from _part(3, "The verdict: every trial, the best first", f"eligibility match {PATIENT}")
    yield from opening_lines(report)
    verdict = report.verdict(TRIAL)
    yield from _part(4, "Why: down to the facts", f"eligibility explain {PATIENT} {TRIAL}")
    yield from textwrap.wrap(f"{TRIAL}: {outcome_sentence(verdict)}", WIDTH)
    yield ""
    rows = [row for row in verdict.criteria if row.criterion.id in _CRITERIA]
    yield from _apart(criterion_lines(report, verdict, row) for row in rows)
    yield from _part(5, "What to ask next", f"eligibility next {PATIENT}")
    yield steps_as_text(next_steps(patient, books), report.words, top=2).rstrip("\n")
    yield from _part(6, "Go on", "")
    yield from (f"{says:36}{what}" for says, what in _AFTERWARDS)


def _part(number: int, title: str, again: str) -> Iterator[str]:
    head = f"{number}  {title}"
    yield from ("", head, "═" * len(head))
    if again:
        yield from (f"$ {again}", "")


def _apart(groups: Iterable[Iterator[str]]) -> Iterator[str]:
    """Groups of lines with an empty line between."""
    for place, lines in enumerate(groups):
        if place:
            yield ""
        yield from lines
