"""Match one patient against trials, and say what to do next: the only place that knows the whole road."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from eligibility.patients.patient import Patient
from eligibility.reports.report import Report
from eligibility.rules.rulebook import Rulebook, rulebook
from eligibility.steps.find import find_steps
from eligibility.steps.next_steps import NextSteps
from eligibility.trials.trial import Trial
from eligibility.verdicts.judge import facts_of, judge_trial
from eligibility.verdicts.outcome import rank
from eligibility.verdicts.policy import DEFAULT, Policy

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary


def match(
    patient: Patient,
    trials: Trial | Rulebook | Iterable[Trial | Rulebook],
    *,
    policy: Policy = DEFAULT,
    status: str | None = None,
    vocabulary: Vocabulary | None = None,
) -> Report:
    """One patient against a trial, or several, or against rulebooks a person has edited, the best first.

    `status` keeps only the trials of that registry status ("recruiting", "NOT_YET_RECRUITING"); it changes no verdict.
    `vocabulary` is the one the patient was read with. Never raises on what is not understood or not known.
    """
    facts = facts_of(patient, vocabulary, policy)
    books = _books(trials, status, vocabulary)
    verdicts = [judge_trial(book.trial, book.lines, facts, policy, digest=book.digest) for book in books]
    return Report(
        patient=patient.id,
        as_of=facts.patient.as_of,
        verdicts=tuple(sorted(verdicts, key=rank)),
        policy=policy,
        unrecognised=patient.unrecognised,
        day_from=patient.day_from,
        left_out=patient.left_out,
        faults=patient.faults,
        died=patient.died.text if patient.died else "",
        facts=facts,
    )


def next_steps(
    patient: Patient,
    trials: Trial | Rulebook | Iterable[Trial | Rulebook],
    *,
    policy: Policy = DEFAULT,
    status: str | None = None,
    vocabulary: Vocabulary | None = None,
) -> NextSteps:
    """What to do next: facts to find out in order of gain, what is too old, near misses, days to look again.

    The arguments are those of `match`, whose verdicts these are steps from.
    """
    return find_steps(_books(trials, status, vocabulary), facts_of(patient, vocabulary, policy), policy)


def _books(
    trials: Trial | Rulebook | Iterable[Trial | Rulebook], status: str | None, vocabulary: Vocabulary | None
) -> Iterator[Rulebook]:
    return (
        trial if isinstance(trial, Rulebook) else rulebook(trial, vocabulary)
        for trial in ((trials,) if isinstance(trials, Trial | Rulebook) else trials)
        if is_of_status(trial, status)
    )


def is_of_status(trial: Trial | Rulebook, status: str | None) -> bool:
    """Whether a trial has this registry status; every trial has None."""
    return status is None or plain_status(status_of(trial)) == plain_status(status)


def status_of(trial: Trial | Rulebook) -> str:
    """The registry status of a trial or of a rulebook's trial, "" when none is given."""
    return (trial.trial.status if isinstance(trial, Rulebook) else trial.status) or ""


def plain_status(status: str) -> str:
    """A registry status in small letters and spaces: NOT_YET_RECRUITING is not yet recruiting."""
    return " ".join(status.casefold().replace("_", " ").replace("-", " ").split())
