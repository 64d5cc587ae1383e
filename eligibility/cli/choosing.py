"""Which trials a verb is about: a registry, or rulebooks of the wanted status, and why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import refuse_unknown_ids, remark, trials_in
from eligibility.cli.progress import with_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eligibility.cli.judging import Judging
    from eligibility.errors import InputError
    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial


def books_of(
    trials: tuple[str, ...], case: Judging, options: dict[str, Any], faults: list[InputError]
) -> tuple[frozenset[str], list[Rulebook]]:
    """The ids of all trials that are given, and the rulebooks of those of the wanted status.

    When there is none of these, why is said on standard error. What cannot be read joins `faults`.
    """
    found = _only(list(trials_in(trials, faults, case.words)), options.get("only", ()), faults)
    refuse_unknown_status(options["status"], [_status(one) for one in found])
    return frozenset(map(_id, found)), _books(found, case, options)


def registry_of(trials: tuple[str, ...]) -> str | None:
    """The registry among the trials; raises UsageError when it is not the only one that is given."""
    from eligibility.registry.store import is_registry

    found = next((path for path in trials if is_registry(path)), None)
    if found is not None and len(trials) > 1:
        raise click.UsageError(f"{found} is a registry: match it alone, or index all trials into one")
    return found


def _only(found: list[Trial | Rulebook], wanted: Sequence[str], faults: list[InputError]) -> list[Trial | Rulebook]:
    """The trials that were asked for; an id that none of them has joins `faults`."""
    refuse_unknown_ids(wanted, [_id(one) for one in found], faults)
    return [one for one in found if not wanted or _id(one) in wanted]


def _id(found: Trial | Rulebook) -> str:
    from eligibility.trials.trial import Trial

    return found.id if isinstance(found, Trial) else found.trial.id


def _books(found: Sequence[Trial | Rulebook], case: Judging, options: dict[str, Any]) -> list[Rulebook]:
    """The rulebooks of the trials that are wanted; when there is none, why is said on standard error."""
    from eligibility.matching import is_of_status
    from eligibility.rules.rulebook import rulebook
    from eligibility.trials.trial import Trial

    wanted = [one for one in found if is_of_status(one, options["status"])]
    if not wanted:
        why = (
            none_of_status(options["status"], [_status(one) for one in found])
            if found
            else "there is no trial in what was given"
        )
        remark(why)
    shown = with_progress(wanted, options["no_color"])
    return [rulebook(one, case.words) if isinstance(one, Trial) else one for one in shown]


def _status(found: Trial | Rulebook) -> str:
    from eligibility.matching import status_of

    return status_of(found)


def refuse_unknown_status(status: str | None, there: Sequence[str | None]) -> None:
    """Raises UsageError for a word that is neither a registry status nor one of those that are there."""
    from eligibility.matching import plain_status
    from eligibility.trials.record import STATUSES

    known = sorted(plain_status(word) for word in STATUSES)
    if status is not None and plain_status(status) not in (*known, *(plain_status(own or "") for own in set(there))):
        raise click.UsageError(f"--status {status}: no such status; one of {', '.join(known)}")


def none_of_status(status: str, there: Sequence[str | None]) -> str:
    """Why no trial is of a status: how many there are of each."""
    from collections import Counter

    from eligibility.matching import plain_status

    counted = Counter(plain_status(own or "") or "without status" for own in there)
    listed = ", ".join(f"{name} ({number})" for name, number in sorted(counted.items()))
    plural = "trial is" if len(there) == 1 else "trials are"
    return f"0 of {len(there)} {plural} {plain_status(status)}; there are: {listed}"
