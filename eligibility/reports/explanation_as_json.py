"""An explanation as the stable JSON: the pair as `match` tells it, with sentences and the proof of every criterion."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from eligibility.reports.as_flips import changed_rows, computed_lines
from eligibility.reports.as_json import SCHEMA_VERSION, because_to_dict, missing_to_dict, pairs
from eligibility.reports.report import Report
from eligibility.reports.sentences import outcome_sentence, sentence
from eligibility.rules.notation import notation
from eligibility.verdicts.proof import Step
from eligibility.verdicts.verdict import CriterionVerdict, TrialVerdict


def explanation_as_json(report: Report) -> str:
    """One object a trial and line: what `match --json` tells, `sentence`, and of each criterion sentence, rule, proof.

    `proof` is null where `as_explanation` shows none: of what does not apply, and in a redacted report.
    """
    told = zip(report.verdicts, pairs(report), strict=True)
    return "".join(json.dumps(_explained(report, *one), ensure_ascii=False) + "\n" for one in told)


def flips_as_json(before: Report, after: Report, suppositions: Sequence[str], recorded: frozenset[str]) -> str:
    """One object a trial and line: outcome, score and cohort before and after, and the criteria that change.

    `suppositions` and `recorded` are as for `as_flips`.
    """
    common: dict[str, Any] = {"supposed": [*suppositions], "computed": [*computed_lines(before, after, recorded)]}
    if after.redacted:
        common |= {"redacted": True}
    rows = (_flipped(before, after, verdict) | common for verdict in after.verdicts)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _explained(report: Report, verdict: TrialVerdict, pair: dict[str, Any]) -> dict[str, Any]:
    criteria = [
        told | _reasons(report, row) | {"proof": _proof(report.proof(verdict, row))}
        for told, row in zip(pair["criteria"], verdict.criteria, strict=True)
    ]
    return pair | {"sentence": outcome_sentence(verdict), "criteria": criteria}


def _reasons(report: Report, row: CriterionVerdict) -> dict[str, Any]:
    return {"sentence": sentence(row, report.words), "notation": notation(row.rule)}


def _proof(step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {
        "rule": notation(step.rule),
        "kind": step.rule.kind,
        "truth": step.verdict.truth,
        "because": [because_to_dict(fact) for fact in step.verdict.because],
        "missing": [missing_to_dict(gap) for gap in step.verdict.missing],
        "steps": [_proof(part) for part in step.steps],
    }


def _flipped(before: Report, after: Report, now: TrialVerdict) -> dict[str, Any]:
    was = before.verdict(now.trial)
    return {
        "schema_version": SCHEMA_VERSION,
        "patient": now.patient,
        "as_of": now.as_of,
        "trial": now.trial,
        "before": _outcome(was),
        "after": _outcome(now),
        "criteria": [
            {"id": row.criterion.id, "side": row.criterion.side, "text": row.criterion.text}
            | {"before": _decided(before, earlier), "after": _decided(after, row)}
            for earlier, row in changed_rows(was, now)
        ],
    }


def _outcome(verdict: TrialVerdict) -> dict[str, Any]:
    told = {"outcome": verdict.outcome, "score": verdict.score, "cohort": verdict.cohort}
    return told | {"sentence": outcome_sentence(verdict)}


def _decided(report: Report, row: CriterionVerdict) -> dict[str, Any]:
    return {
        "result": row.result,
        "because": [because_to_dict(fact) for fact in row.because],
        "missing": [missing_to_dict(gap) for gap in row.missing],
        "sentence": sentence(row, report.words),
    }
