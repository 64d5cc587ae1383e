"""`eligibility explain`: one patient and one trial, to the last fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import refuse_two_inputs, tell, tell_idle_answers, trials_in
from eligibility.cli.judging import judging, policy_options

if TYPE_CHECKING:
    from eligibility.errors import InputError


@click.command("explain", short_help="One patient and one trial, to the last fact.")
@click.argument("patient")
@click.argument("trial")
@policy_options
@click.pass_context
def command(ctx: click.Context, /, patient: str, trial: str, **options: Any) -> None:
    """Show every criterion of TRIAL for PATIENT: its words, its rule, the facts and what is open.

    TRIAL is a record file, a rulebook (.rules) or the id of a shipped trial.
    """
    from eligibility.matching import match
    from eligibility.reports.as_explanation import as_explanation
    from eligibility.trials.trial import Trial

    refuse_two_inputs(patient, trial, options["answers"])
    faults: list[InputError] = []
    case = judging(options)
    people = list(case.patients(patient, faults))
    found = list(trials_in((trial,), faults, case.words)) if people else []
    ids = [one.id if isinstance(one, Trial) else one.trial.id for one in found]
    for person in people if found else ():
        tell_idle_answers(person, ids)
        report = match(person, found, policy=case.policy, vocabulary=case.words)
        click.echo(as_explanation(report), nl=False)
    ctx.exit(tell(faults))
