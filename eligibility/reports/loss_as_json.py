"""A loss report as stable JSON; `schema_version` changes when it does."""

from __future__ import annotations

from typing import Any

from eligibility.exports.loss import ASSUMPTIONS, Loss, LossReport

SCHEMA_VERSION = "1.0"


def loss_to_dict(report: LossReport) -> dict[str, Any]:
    """The report as plain JSON values: counts by grade, what is assumed, each criterion, and the codes it needs."""
    return {
        "schema_version": SCHEMA_VERSION,
        "trial": report.trial,
        "format": report.dialect,
        "counts": dict(report.counts()),
        "assumed": {key: ASSUMPTIONS[key] for key in report.assumed()},
        "criteria": [_criterion(line) for line in report.lines],
        "codes": [
            {
                "word": one.word,
                "codes": [{"system": system, "code": code} for system, code in one.codes],
                "concept_ids": list(one.concepts),
            }
            for one in report.needed
        ],
    }


def _criterion(line: Loss) -> dict[str, Any]:
    criterion = line.criterion
    return {
        "id": criterion.id,
        "side": criterion.side,
        "cohort": criterion.cohort,
        "text": criterion.text,
        "grade": line.grade,
        "why": list(line.why),
        "assuming": list(line.assuming),
    }
