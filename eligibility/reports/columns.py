"""Verdicts as columns, with the names of the stable JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eligibility.reports.wording import counts, evidence_words, gaps_words
from eligibility.rules.notation import notation
from eligibility.verdicts.verdict import TrialVerdict

_SAME = ("patient", "as_of", "trial", "title", "status", "cohort", "outcome", "score", "note")


def trial_columns(verdicts: Sequence[TrialVerdict]) -> dict[str, list[Any]]:
    """A value a trial: what was decided, and how many criteria came out each way."""
    columns: dict[str, list[Any]] = {name: [getattr(one, name) for one in verdicts] for name in _SAME}
    counted = [counts(one) for one in verdicts]
    for result in ("pass", "fail", "unresolved", "not_applicable"):
        columns[result] = [one[result] for one in counted]
    return columns


def criterion_columns(verdicts: Sequence[TrialVerdict]) -> dict[str, list[Any]]:
    """A value a criterion of every trial: its words and rule, the result, facts and gaps in words."""
    rows = [(verdict, row) for verdict in verdicts for row in verdict.criteria]
    return {
        "patient": [verdict.patient for verdict, _ in rows],
        "trial": [verdict.trial for verdict, _ in rows],
        "criterion": [row.criterion.id for _, row in rows],
        "side": [row.criterion.side for _, row in rows],
        "text": [row.criterion.text for _, row in rows],
        "rule": [notation(row.rule) for _, row in rows],
        "result": [row.result for _, row in rows],
        "because": ["; ".join(map(evidence_words, row.because)) for _, row in rows],
        "missing": ["; ".join(map(gaps_words, row.missing)) for _, row in rows],
    }
