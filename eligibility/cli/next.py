"""`eligibility next`: what to do next for a patient."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.choosing import books_of, refuse_unknown_status, registry_of
from eligibility.cli.inputs import refuse_two_inputs, tell, tell_idle_answers
from eligibility.cli.judging import judging, policy_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from eligibility.cli.judging import Judging
    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.steps.next_steps import NextSteps


@click.command("next", short_help="What to find out next, near misses, and when to look again.")
@click.argument("patient")
@click.argument("trials", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a patient and line, with schema_version.")
@click.option("--status", metavar="STATUS", help="Only trials with this registry status, e.g. recruiting.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), default=20, help="Rows of each list (20).")
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(min=1),
    default=200,
    help="Of a registry, how many trials of each outcome are looked at, in the order of the ranking (200).",
)
@click.option("--redact", is_flag=True, help="Leave out ids, names and exact dates; days count from that of judging.")
@policy_options
@click.option("--no-color", is_flag=True, help="No progress bar (as NO_COLOR does).")
@click.pass_context
def command(ctx: click.Context, /, patient: str, trials: tuple[str, ...], **options: Any) -> None:
    """Say what to do next for PATIENT: which missing facts decide most of TRIALS, and the questions to ask for them.

    Also what is recorded and too old, what fails by how much, and the first day on which a trial's outcome changes
    by time alone. PATIENT and TRIALS are as for `match`; instead of TRIALS one registry, as `index` wrote it.
    """
    refuse_two_inputs(patient, *trials, options["answers"])
    faults: list[InputError] = []
    case = judging(options)
    people = case.patients(patient, faults)
    first = next(people, None)  # a patient who cannot be read need not wait for all trials to be read
    if first is None:
        ctx.exit(tell(faults))
    ids, steps_of = _way(trials, case, options, faults)
    for number, person in enumerate(chain((first,), people) if ids else (), 1):
        tell_idle_answers(person, ids)
        steps = steps_of(person)
        _show(_redacted(steps, person, case, str(number)) if options["redact"] else steps, case, options)
    ctx.exit(tell(faults))


def _way(
    trials: tuple[str, ...], case: Judging, options: dict[str, Any], faults: list[InputError]
) -> tuple[frozenset[str], Callable[[Patient], NextSteps]]:
    """The trials' ids, and what finds the steps of a patient."""
    from eligibility.matching import next_steps

    if path := registry_of(trials):
        from eligibility.registry.next import next_in_registry
        from eligibility.registry.registry import read_registry

        registry = read_registry(path, case.words)
        refuse_unknown_status(options["status"], registry.statuses)
        ways = {"status": options["status"], "most": options["most"]}
        return frozenset(registry.ids), lambda person: next_in_registry(person, registry, policy=case.policy, **ways)
    ids, books = books_of(trials, case, options, faults)
    return ids if books else frozenset(), lambda person: next_steps(
        person, books, policy=case.policy, vocabulary=case.words
    )


def _redacted(steps: NextSteps, person: Patient, case: Judging, name: str) -> NextSteps:
    """The steps as a redacted report of the patient tells days and words of the record."""
    from eligibility.matching import match
    from eligibility.reports.redacting import redacted, redacted_steps

    return redacted_steps(steps, redacted(match(person, (), policy=case.policy, vocabulary=case.words), name))


def _show(steps: NextSteps, case: Judging, options: dict[str, Any]) -> None:
    from eligibility.reports.steps_as_json import steps_as_json
    from eligibility.reports.steps_as_text import steps_as_text

    if options["as_json"]:
        click.echo(steps_as_json(steps, case.words.words), nl=False)
    else:
        click.echo(steps_as_text(steps, case.words.words, top=options["top"]), nl=False)
