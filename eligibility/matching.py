"""Match one patient against trials: the only place that knows the whole road."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eligibility.patients.patient import Patient
from eligibility.reports.report import Report
from eligibility.rules.rulebook import Rulebook, rulebook
from eligibility.trials.trial import Trial
from eligibility.verdicts.judge import facts_of, judge_trial
from eligibility.verdicts.outcome import rank
from eligibility.verdicts.policy import DEFAULT, Policy

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary


def match(
    patient: Patient,
    trials: Iterable[Trial | Rulebook],
    *,
    policy: Policy = DEFAULT,
    status: str | None = None,
    vocabulary: Vocabulary | None = None,
) -> Report:
    """One patient against trials, or against rulebooks a person has edited, the best first.

    `status` keeps only the trials of that registry status ("recruiting", "NOT_YET_RECRUITING"); it changes no verdict.
    `vocabulary` is the one the patient was read with. Never raises on what is not understood or not known.
    """
    facts = facts_of(patient, vocabulary)
    books = (
        trial if isinstance(trial, Rulebook) else rulebook(trial, vocabulary)
        for trial in trials
        if _wanted(trial, status)
    )
    verdicts = [judge_trial(book.trial, book.lines, facts, policy, digest=book.digest) for book in books]
    return Report(patient.id, facts.patient.as_of, tuple(sorted(verdicts, key=rank)), policy, patient.unrecognised)


def _wanted(trial: Trial | Rulebook, status: str | None) -> bool:
    own = trial.trial.status if isinstance(trial, Rulebook) else trial.status
    return status is None or _plain(own or "") == _plain(status)


def _plain(status: str) -> str:
    return " ".join(status.casefold().replace("_", " ").replace("-", " ").split())
