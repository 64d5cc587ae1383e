"""What changed between two versions of a trial's rules, as one JSON object a trial."""

from __future__ import annotations

from typing import Any

from eligibility.reports.diff import Flip, TrialDiff
from eligibility.rules.notation import notation
from eligibility.rules.revision import Change
from eligibility.rules.rulebook import Line

SCHEMA_VERSION = 1


def diff_as_json(diff: TrialDiff) -> dict[str, Any]:
    """`changes` holds the lines that are others, `same` counts the rest; `flips` only where patients were given."""
    told: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "trial": diff.trial}
    if diff.missing:
        return {**told, "missing": diff.missing}
    told["same"] = diff.count("same")
    told["changes"] = [_change(change) for change in diff.changes if change.kind != "same"]
    if diff.patients is not None:
        told |= {"patients": diff.patients, "flips": [_flip(flip, diff.changes) for flip in diff.flips]}
    return told


def _change(change: Change) -> dict[str, Any]:
    return {"kind": change.kind, "before": _line(change.before), "after": _line(change.after)}


def _line(line: Line | None) -> dict[str, Any] | None:
    if line is None:
        return None
    one = line.criterion
    told = {"id": one.id, "side": one.side, "cohort": one.cohort, "text": one.text, "rule": notation(line.rule)}
    return {**told, "locked": line.locked}


def _flip(flip: Flip, changes: tuple[Change, ...]) -> dict[str, Any]:
    rows = [
        {
            "before": before and {"id": before.criterion.id, "result": before.result},
            "after": after and {"id": after.criterion.id, "result": after.result},
        }
        for before, after in flip.rows(changes)
    ]
    outcomes = {"before": flip.before.outcome, "after": flip.after.outcome}
    return {"patient": flip.patient, **outcomes, "criteria": rows}
