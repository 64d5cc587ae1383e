"""`eligibility match`: one patient against trials."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.choosing import books_of, none_of_status, refuse_unknown_status, registry_of
from eligibility.cli.inputs import refuse_two_inputs, refuse_unknown_ids, remark, tell, tell_idle_answers
from eligibility.cli.judging import Judging, judging, policy_options
from eligibility.cli.showing import Showing, refuse_same_outputs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient


@click.command("match", short_help="One patient against trials: eligible or not, why, and what is missing.")
@click.argument("patient")
@click.argument("trials", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a trial and line, with schema_version.")
@click.option("--status", metavar="STATUS", help="Only trials with this registry status, e.g. recruiting.")
@click.option("--only", metavar="ID", multiple=True, help="Only this trial of those that are given. Repeatable.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), help="Show only the first N of the ranking.")
@click.option(
    "--html",
    metavar="FILE",
    help="Write the report there as one page that needs no network; a folder takes a page a patient, - is standard"
    " output.",
)
@click.option("--xlsx", metavar="FILE", help="Write a screening log there: a workbook of pairs and of criteria.")
@click.option("--csv", metavar="FILE", help="Write the pairs of patient and trial there, one a row.")
@click.option("--csv-criteria", metavar="FILE", help="Write the criteria of every pair there, one a row.")
@click.option(
    "--redact",
    is_flag=True,
    help="Leave out ids, names and exact dates, in every form of the report; days count back from that of judging.",
)
@policy_options
@click.option("--no-color", is_flag=True, help="No colour, even on a terminal (as NO_COLOR does).")
@click.pass_context
def command(ctx: click.Context, /, patient: str, trials: tuple[str, ...], **options: Any) -> None:
    """Say for each of TRIALS whether PATIENT is eligible, why, and what is missing.

    PATIENT is a profile, FHIR R4, OMOP CDM tables or a table (a file, a folder, or - for standard input); each of
    several patients is matched. TRIALS are record files, folders, rulebooks (.rules), ids of shipped trials, or -;
    without TRIALS, all trials that ship with the package. Instead of TRIALS one registry, as `index` wrote it: the
    first 20 of its ranking are shown, or --top.
    """
    from eligibility.matching import match, next_steps

    refuse_two_inputs(patient, *trials, options["answers"])
    refuse_same_outputs(options, patient, *trials)
    faults: list[InputError] = []
    case, showing = judging(options), Showing.of(ctx)
    people = case.patients(patient, faults)
    first = next(people, None)  # a patient who cannot be read need not wait for all trials to be read
    if first is None:
        ctx.exit(tell(faults))
    people = showing.one_or_more(first, people)
    if registry := registry_of(trials):
        ctx.exit(_match_registry(people, registry, case, options, faults, showing))
    ids, books = books_of(trials, case, options, faults)
    if books:
        with showing.logging():
            for person in people:
                tell_idle_answers(person, ids)
                ways: dict[str, Any] = {"policy": case.policy, "vocabulary": case.words}
                showing.show(match(person, books, **ways), partial(next_steps, person, books, **ways))
    showing.overview()
    ctx.exit(tell(faults))


def _match_registry(
    people: Iterable[Patient],
    path: str,
    case: Judging,
    options: dict[str, Any],
    faults: list[InputError],
    showing: Showing,
) -> int:
    """Every patient against a whole registry; the exit code."""
    from eligibility.registry.match import TOP, match_registry
    from eligibility.registry.next import next_in_registry
    from eligibility.registry.registry import read_registry

    registry = read_registry(path, case.words)
    refuse_unknown_status(options["status"], registry.statuses)
    ids = frozenset(registry.ids)
    refuse_unknown_ids(options["only"], ids, faults)
    with showing.logging():
        for person in people:
            tell_idle_answers(person, ids)
            ways = {"policy": case.policy, "status": options["status"], "only": options["only"] or None}
            report = match_registry(person, registry, top=options["top"] or TOP, **ways)
            if not report.verdicts:
                remark(none_of_status(options["status"], registry.statuses))
            showing.show(report, partial(next_in_registry, person, registry, **ways))
    showing.overview()
    return tell(faults)
