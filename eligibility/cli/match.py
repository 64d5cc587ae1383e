"""`eligibility match`: one patient against trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import (
    refuse_two_inputs,
    refuse_unknown_ids,
    tell,
    tell_idle_answers,
    trials_in,
    with_progress,
)
from eligibility.cli.judging import Judging, judging, policy_options
from eligibility.cli.showing import Showing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eligibility.errors import InputError
    from eligibility.patients.patient import Patient
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial


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
    from eligibility.matching import match

    refuse_two_inputs(patient, *trials, options["answers"])
    faults: list[InputError] = []
    case, showing = judging(options), Showing.of(ctx)
    people = case.patients(patient, faults)
    first = next(people, None)  # a patient who cannot be read need not wait for all trials to be read
    if first is None:
        ctx.exit(tell(faults))
    people = showing.one_or_more(first, people)
    if registry := _registry_of(trials):
        ctx.exit(_match_registry(people, registry, case, options, faults, showing))
    found = _only(list(trials_in(trials, faults, case.words)), options["only"], faults)
    _refuse_unknown_status(options["status"], [_status(one) for one in found])
    books = _books(found, case, options)
    for person in people if books else ():
        tell_idle_answers(person, map(_id, found))
        showing.show(match(person, books, policy=case.policy, vocabulary=case.words))
    showing.overview()
    ctx.exit(tell(faults))


def _only(found: list[Trial | Rulebook], wanted: Sequence[str], faults: list[InputError]) -> list[Trial | Rulebook]:
    """The trials that were asked for; an id that none of them has joins `faults`."""
    refuse_unknown_ids(wanted, [_id(one) for one in found], faults)
    return [one for one in found if not wanted or _id(one) in wanted]


def _id(found: Trial | Rulebook) -> str:
    from eligibility.trials.trial import Trial

    return found.id if isinstance(found, Trial) else found.trial.id


def _registry_of(trials: tuple[str, ...]) -> str | None:
    """The registry among the trials; raises UsageError when it is not the only one that is given."""
    from eligibility.registry.store import is_registry

    found = next((path for path in trials if is_registry(path)), None)
    if found is not None and len(trials) > 1:
        raise click.UsageError(f"{found} is a registry: match it alone, or index all trials into one")
    return found


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
    from eligibility.registry.registry import read_registry

    registry = read_registry(path, case.words)
    _refuse_unknown_status(options["status"], registry.statuses)
    ids = frozenset(registry.ids)
    refuse_unknown_ids(options["only"], ids, faults)
    for person in people:
        tell_idle_answers(person, ids)
        ways: dict[str, Any] = {"policy": case.policy, "status": options["status"], "top": options["top"] or TOP}
        report = match_registry(person, registry, only=options["only"] or None, **ways)
        if not report.verdicts:
            click.echo(f"eligibility: {_none_of_status(options['status'], registry.statuses)}", err=True)
        showing.show(report)
    showing.overview()
    return tell(faults)


def _books(found: Sequence[Trial | Rulebook], case: Judging, options: dict[str, Any]) -> list[Rulebook]:
    """The rulebooks of the trials that are wanted; when there is none, why is said on standard error."""
    from eligibility.matching import is_of_status
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    wanted = [one for one in found if is_of_status(one, options["status"])]
    if not wanted:
        why = (
            _none_of_status(options["status"], [_status(one) for one in found])
            if found
            else "there is no trial in what was given"
        )
        click.echo(f"eligibility: {why}", err=True)
    shown = with_progress(wanted, options["no_color"])
    return [rulebook(one, case.words) if isinstance(one, Trial) else one for one in shown]


def _status(found: Trial | Rulebook) -> str:
    from eligibility.matching import status_of

    return status_of(found)


def _refuse_unknown_status(status: str | None, there: Sequence[str | None]) -> None:
    """Raises UsageError for a word that is neither a registry status nor one of those that are there."""
    from eligibility.matching import plain_status
    from eligibility.trials.record import STATUSES

    known = sorted(plain_status(word) for word in STATUSES)
    if status is not None and plain_status(status) not in (*known, *(plain_status(own or "") for own in set(there))):
        raise click.UsageError(f"--status {status}: no such status; one of {', '.join(known)}")


def _none_of_status(status: str, there: Sequence[str | None]) -> str:
    from collections import Counter

    from eligibility.matching import plain_status

    counted = Counter(plain_status(own or "") or "without status" for own in there)
    listed = ", ".join(f"{name} ({number})" for name, number in sorted(counted.items()))
    plural = "trial is" if len(there) == 1 else "trials are"
    return f"0 of {len(there)} {plural} {plain_status(status)}; there are: {listed}"
