"""`eligibility explain`: one patient and one trial, to the last fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import refuse_two_inputs, tell, tell_idle_answers, trials_in
from eligibility.cli.judging import judging, policy_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eligibility.cli.judging import Judging
    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial


@click.command("explain", short_help="One patient and one trial, to the last fact.")
@click.argument("patient")
@click.argument("trial")
@click.option(
    "--what-if",
    "suppositions",
    metavar="FACT",
    multiple=True,
    help='Show instead what would change if this were so today: "bilirubin = 2 mg/dL", "ecog = 1", "age = 54 years",'
    ' "pregnant = no", "has diabetes", "no allergy to heparin". Repeatable.',
)
@policy_options
@click.pass_context
def command(ctx: click.Context, /, patient: str, trial: str, suppositions: tuple[str, ...], **options: Any) -> None:
    """Prove the outcome of TRIAL for PATIENT: each criterion's sentence and words, what holds of each part, the facts.

    TRIAL is a record file, a rulebook (.rules) or the id of a shipped trial.
    """
    from eligibility.trials.trial import Trial

    refuse_two_inputs(patient, trial, options["answers"])
    faults: list[InputError] = []
    case = judging(options)
    people = list(case.patients(patient, faults))
    found = list(trials_in((trial,), faults, case.words)) if people else []
    ids = [one.id if isinstance(one, Trial) else one.trial.id for one in found]
    for person in people if found else ():
        tell_idle_answers(person, ids)
        click.echo(_told(person, found, case, suppositions), nl=False)
    ctx.exit(tell(faults))


def _told(person: Patient, found: Sequence[Trial | Rulebook], case: Judging, suppositions: tuple[str, ...]) -> str:
    """The explanation, or what suppositions change."""
    from eligibility.matching import match

    report = match(person, found, policy=case.policy, vocabulary=case.words)
    if not suppositions:
        from eligibility.reports.as_explanation import as_explanation

        return as_explanation(report)
    from eligibility.reports.as_flips import as_flips
    from eligibility.steps.what_if import left_as_recorded, what_if

    supposed = what_if(person, *suppositions, vocabulary=case.words)
    after = match(supposed, found, policy=case.policy, vocabulary=case.words)
    return as_flips(report, after, suppositions, left_as_recorded(supposed))
