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
    from eligibility.reports.report import Report
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
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option("--redact", is_flag=True, help="Leave out ids, names and exact dates; without the proof down to facts.")
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
    for number, person in enumerate(people if found else (), 1):
        tell_idle_answers(person, ids)
        click.echo(_told(person, found, case, suppositions, str(number)), nl=False)
    ctx.exit(tell(faults))


def _told(
    person: Patient, found: Sequence[Trial | Rulebook], case: Judging, suppositions: tuple[str, ...], name: str
) -> str:
    """The explanation, or what suppositions change; redacted under the name, where that is asked for."""
    from eligibility.matching import match
    from eligibility.reports.redacting import redacted

    def report_of(someone: Patient) -> Report:
        report = match(someone, found, policy=case.policy, vocabulary=case.words)
        return redacted(report, name) if case.options["redact"] else report

    as_json = case.options["as_json"]
    report = report_of(person)
    if not suppositions:
        from eligibility.reports.as_explanation import as_explanation
        from eligibility.reports.explanation_as_json import explanation_as_json

        return explanation_as_json(report) if as_json else as_explanation(report)
    from eligibility.reports.as_flips import as_flips
    from eligibility.reports.explanation_as_json import flips_as_json
    from eligibility.steps.what_if import left_as_recorded, what_if

    supposed = what_if(person, *suppositions, vocabulary=case.words)
    show = flips_as_json if as_json else as_flips
    return show(report, report_of(supposed), suppositions, left_as_recorded(supposed))
