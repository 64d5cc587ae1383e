"""`eligibility answer`: walk what only a person can say, and record the answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from eligibility.cli.asking import any_input, line_of, said_by
from eligibility.cli.inputs import refuse_two_inputs, tell, trials_in
from eligibility.cli.judging import judging, policy_options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from eligibility.cli.judging import Judging
    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial
    from eligibility.verdicts.verdict import CriterionVerdict, TrialVerdict

Move = Literal["yes", "no", "skip", "back", "quit"]
_MOVES: dict[str, Move] = {
    "y": "yes", "yes": "yes", "n": "no", "no": "no", "s": "skip", "skip": "skip", "b": "back", "back": "back",
    "q": "quit", "quit": "quit",
}  # fmt: skip


@click.command("answer", short_help="Answer what only a person can say of a trial, and record it.")
@click.argument("patient")
@click.argument("trial")
@click.option("--by", metavar="NAME", help="Who answers; recorded with every answer.")
@click.option(
    "--date",
    "day",
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day of the answers (YYYY-MM-DD). Without it today, by the clock of this machine: a person answers now.",
)
@policy_options
@click.pass_context
def command(
    ctx: click.Context, /, patient: str, trial: str, by: str | None, day: datetime | None, **options: Any
) -> None:
    """Walk the lines of TRIAL for PATIENT that wait for a person, and record result, name and date in --answers FILE.

    Each is asked with its words, the facts that are known and what is open: y yes, n no, s skip, b back, q quit; then
    Enter. Every answer is in the file at once, for `match --answers FILE` and all other verbs; an earlier answer to
    the same line is replaced. The file need not be there before. An inclusion that is fulfilled passes, an exclusion
    that does not exclude the patient passes.
    """
    refuse_two_inputs(patient, trial, options["answers"])
    if "-" in (patient, trial, options["answers"]):
        raise click.UsageError("answers come from standard input: name a file instead of -")
    if not options["answers"]:
        raise click.UsageError("--answers FILE: name the file that the answers go to; it is made if it is not there")
    file = Path(options["answers"])
    case = _case(file, options)
    any_input()
    walk = Walk(file, said_by(by, "Who answers", 500), day.date() if day else date.today())
    faults: list[InputError] = []
    people = list(case.patients(patient, faults))
    found = list(trials_in((trial,), faults, case.words)) if people else []
    for person in people:
        if not all(walk.through(person, one, case) for one in found):
            break
    ctx.exit(tell(faults))


def _case(file: Path, options: dict[str, Any]) -> Judging:
    """The policy and the answers so far; a file that is not there yet has none."""
    from eligibility.patients.answers_file import answers_in

    there = bool(answers_in(file))
    return judging({**options, "answers": str(file) if there else None})


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the answers go, who gives them, and on which day."""

    file: Path
    by: str
    day: date

    def through(self, person: Patient, found: Trial | Rulebook, case: Judging) -> bool:
        """Ask all that waits in a trial; False when the person who answers has had enough."""
        from eligibility.matching import match
        from eligibility.reports.asking import waiting

        self._refuse_late(person)
        verdict = match(person, found, policy=case.policy, vocabulary=case.words).verdicts[0]
        rows = waiting(verdict)
        _head(person, verdict, rows)
        done: dict[str, str] = {}
        place, goes_on = 0, True
        while goes_on and place < len(rows):
            move = _asked(rows[place], place + 1, len(rows))
            if move in ("yes", "no"):
                done[rows[place].criterion.id] = self._record(person, verdict, rows[place], move == "yes")
            goes_on = move != "quit"
            place = max(place - 1, 0) if move == "back" else place + 1
        if done:
            self._close(person, found, case, len(done))
        return goes_on

    def _record(self, person: Patient, verdict: TrialVerdict, row: CriterionVerdict, yes: bool) -> str:
        from eligibility.patients.answers_file import record_answer
        from eligibility.patients.patient import Answer
        from eligibility.reports.asking import result_of_word

        result = result_of_word(row, yes)
        day = self.day.isoformat()
        record_answer(self.file, Answer(verdict.trial, row.criterion.id, result, self.by, day, person.id))
        click.echo(f"  recorded: {row.criterion.id} {result}")
        return result

    def _close(self, person: Patient, found: Trial | Rulebook, case: Judging, number: int) -> None:
        """What follows from the answers."""
        from eligibility.matching import match
        from eligibility.patients.answers import answered, read_answers
        from eligibility.reports.sentences import outcome_sentence

        told = answered(person, read_answers(self.file), str(self.file))
        verdict = match(told, found, policy=case.policy, vocabulary=case.words).verdicts[0]
        click.echo(f"\n{number} {'answer' if number == 1 else 'answers'} in {self.file}. {outcome_sentence(verdict)}")

    def _refuse_late(self, person: Patient) -> None:
        """No verb takes an answer that was given after the day it judges by."""
        if person.as_of and self.day > person.as_of:
            problem = f"answers of {self.day} would lie after {person.as_of}, the day the patient is judged by"
            raise click.UsageError(
                f"{problem}: give --date {person.as_of}, or judge by a later day (--as-of {self.day})"
            )


def _head(person: Patient, verdict: TrialVerdict, rows: Sequence[CriterionVerdict]) -> None:
    from eligibility.reports.wording import OUTCOMES, one_line

    total = f"{len(rows)} of {len(verdict.criteria)} criteria {'waits' if len(rows) == 1 else 'wait'} for a person"
    click.echo(f"Patient {one_line(person.id)} · {one_line(verdict.trial)} · {OUTCOMES[verdict.outcome]} · {total}")


def _asked(row: CriterionVerdict, number: int, total: int) -> Move:
    """One criterion, until the answer is one."""
    from eligibility.reports.asking import HELP, asked

    click.echo()
    for line in asked(row, number, total):
        click.echo(line)
    while True:
        said = line_of("> ")
        if said is None:
            return "quit"
        if move := _MOVES.get(said.strip().casefold()):
            return move
        click.echo(f"  {HELP}")
