"""`eligibility diff`: what changed between two versions of the rules, and whose verdicts it turns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import refuse_two_inputs, tell, trials_in
from eligibility.cli.judging import judging, policy_options

if TYPE_CHECKING:
    from eligibility.cli.judging import Judging
    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.reports.diff import Flip, TrialDiff
    from eligibility.rules.rulebook import Rulebook


@click.command("diff", short_help="What changed between two versions of the rules, and for whom.")
@click.argument("old")
@click.argument("new")
@click.argument("patients", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@policy_options
@click.pass_context
def command(ctx: click.Context, /, old: str, new: str, patients: str | None, as_json: bool, **options: Any) -> None:
    """Compare the trials of OLD with those of NEW: rulebooks, folders of them, or records, line by line.

    Lines are the same criterion when they stand on the same side, for the same cohort, in the same or similar words.
    With PATIENTS it is told, trial by trial, who is judged otherwise by NEW, and by which criteria.
    """
    from eligibility.reports.diff_as_json import diff_as_json
    from eligibility.reports.diff_as_text import diff_as_text

    refuse_two_inputs(old, new, patients, options["answers"])
    case = judging(options)
    faults: list[InputError] = []
    before, after = _books(old, faults, case), _books(new, faults, case)
    people = list(case.patients(patients, faults)) if patients else None
    for number, diff in enumerate(_diffs(before, after, people, case)):
        if as_json:
            click.echo(json.dumps(diff_as_json(diff), ensure_ascii=False))
        else:
            click.echo(("\n" if number else "") + diff_as_text(diff), nl=False)
    ctx.exit(tell(faults))


def _books(path: str, faults: list[InputError], case: Judging) -> dict[str, Rulebook]:
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    found = trials_in((path,), faults, case.words)
    books = (rulebook(one, case.words) if isinstance(one, Trial) else one for one in found)
    return {book.trial.id: book for book in books}


def _diffs(
    old: dict[str, Rulebook], new: dict[str, Rulebook], people: list[Patient] | None, case: Judging
) -> Iterator[TrialDiff]:
    from eligibility.reports.diff import TrialDiff
    from eligibility.rules.revision import compare

    for id in sorted(old.keys() | new.keys()):
        if id not in old or id not in new:
            yield TrialDiff(id, missing="only in NEW" if id in new else "only in OLD")
            continue
        flips = [flip for one in people or () if (flip := _flip(one, old[id], new[id], case)) is not None]
        number = None if people is None else len(people)
        yield TrialDiff(id, compare(old[id], new[id]), tuple(flips), number)


def _flip(patient: Patient, old: Rulebook, new: Rulebook, case: Judging) -> Flip | None:
    """Nothing where outcome and the results of all lines are as before."""
    from eligibility.matching import match
    from eligibility.reports.diff import Flip
    from eligibility.rules.revision import compare

    was, now = (match(patient, book, policy=case.policy, vocabulary=case.words).verdicts[0] for book in (old, new))
    flip = Flip(patient.id, was, now)
    return flip if flip.turns or any(flip.rows(compare(old, new))) else None
