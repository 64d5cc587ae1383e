"""The findings of a trial as the stable JSON of `check --json`; `schema_version` changes when it does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from eligibility.checks.finding import Finding, Quote
from eligibility.trials.trial import Trial

SCHEMA_VERSION = "1.0"


def checked_trial(trial: Trial, findings: Iterable[Finding]) -> dict[str, Any]:
    """One object of `check --json`: the trial and its findings, an empty list when there are none."""
    return {
        "schema_version": SCHEMA_VERSION,
        "trial": trial.id,
        "title": trial.title,
        "findings": [_finding(finding) for finding in findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "criteria": list(finding.criteria),
        "about": list(finding.about),
        "why": finding.why,
        "check": finding.check,
        "quotes": [_quote(quote) for quote in finding.quotes],
    }


def _quote(quote: Quote) -> dict[str, Any]:
    """The exact words; `start` and `end` count in the text named by `source`, null where the place is not known."""
    one, (start, end) = quote.criterion, quote.place or (None, None)
    return {
        "criterion": one.id,
        "side": one.side,
        "cohort": one.cohort,
        "source": one.source,
        "text": quote.text,
        "start": start,
        "end": end,
    }
