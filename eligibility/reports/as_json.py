"""A report as the stable JSON: one object a patient-trial pair, one a line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from eligibility.reports.report import Report
from eligibility.verdicts.verdict import CriterionVerdict, Evidence, Missing, TrialVerdict

SCHEMA_VERSION = "1.0"


def as_json(report: Report) -> str:
    """The report as JSON Lines, in the order of the ranking; the same bytes for the same inputs."""
    return "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs(report))


def pairs(report: Report) -> list[dict[str, Any]]:
    """The report as plain values, one object a pair."""
    common = {
        "policy": list(report.policy.lines()),
        "unrecognised": list(report.unrecognised),
        "as_of_from": report.day_from or None,
        "left_out": list(report.left_out),
        "record_faults": [str(fault) for fault in report.faults],
        "died": report.died or None,
    }
    whole = {"registry": asdict(report.whole)} if report.whole else {}
    veiled = {"redacted": True, "digest": None} if report.redacted else {}
    return [_pair(verdict) | common | whole | veiled for verdict in report.verdicts]


def _pair(verdict: TrialVerdict) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "patient": verdict.patient,
        "as_of": verdict.as_of,
        "trial": verdict.trial,
        "title": verdict.title,
        "status": verdict.status,
        "cohort": verdict.cohort,
        "outcome": verdict.outcome,
        "score": verdict.score,
        "note": verdict.note,
        "criteria": [_criterion(row) for row in verdict.criteria],
        "digest": verdict.digest,
    }


def _criterion(row: CriterionVerdict) -> dict[str, Any]:
    return {
        "id": row.criterion.id,
        "side": row.criterion.side,
        "text": row.criterion.text,
        "result": row.result,
        "because": [because_to_dict(fact) for fact in row.because],
        "missing": [missing_to_dict(gap) for gap in row.missing],
    }


def because_to_dict(fact: Evidence) -> dict[str, Any]:
    """A fact that a verdict rests on, as plain values."""
    return {
        "fact": fact.fact,
        "value": fact.value,
        "unit": fact.unit,
        "date": fact.date,
        "source": fact.source,
        "compared": fact.compared,
        "derived_from": list(fact.derived_from),
        "by": fact.by,
        "note": fact.note,
    }


def missing_to_dict(gap: Missing) -> dict[str, Any]:
    """What a verdict lacks, as plain values."""
    return {
        "fact": gap.fact,
        "reason": gap.reason,
        "span": list(gap.span) if gap.span else None,
        "detail": gap.detail,
    }
