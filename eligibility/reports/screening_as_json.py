"""A screening as the stable JSON: one object a trial, one a line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from eligibility.reports.screening import Screened, Screening

SCHEMA_VERSION = "1.0"


def screening_as_json(screening: Screening) -> str:
    """JSON Lines, in the order in which the trials were given; the same bytes for the same inputs."""
    return "".join(json.dumps(_trial(trial, screening), ensure_ascii=False) + "\n" for trial in screening.trials)


def _trial(trial: Screened, screening: Screening) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "trial": trial.trial,
        "title": trial.title,
        "status": trial.status,
        "as_of": screening.as_of,
        "patients": screening.patients,
        "counts": dict(trial.counts),
        "criteria": [asdict(row) for row in trial.attrition],
        "relaxations": [asdict(row) for row in trial.relaxations],
        "digest": trial.digest,
        "policy": list(screening.policy.lines()),
        "work": asdict(screening.work),
    }
