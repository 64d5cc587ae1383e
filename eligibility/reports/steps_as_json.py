"""Next steps as the stable JSON: one object a patient."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from eligibility.reports.questions import question
from eligibility.rules.notation import notation
from eligibility.steps.next_steps import Ask, NearMiss, NextSteps, Turn

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

SCHEMA_VERSION = "1.0"


def steps_as_json(steps: NextSteps, words: Mapping[str, Word]) -> str:
    """The steps as one line of JSON; the same bytes for the same inputs."""
    return json.dumps(steps_to_dict(steps, words), ensure_ascii=False) + "\n"


def steps_to_dict(steps: NextSteps, words: Mapping[str, Word]) -> dict[str, Any]:
    """The steps as plain values."""
    veiled = {"redacted": True} if steps.redacted else {}
    return {
        "schema_version": SCHEMA_VERSION,
        "patient": steps.patient,
        "as_of": steps.as_of.isoformat() if steps.as_of else None,
        "outcomes": dict(steps.counts),
        "looked_at": dict(steps.looked_at) if steps.looked_at else None,
        "find_out": [_ask(ask, words) for ask in steps.asks],
        "too_old": [
            asdict(row) | {"counts_from": str(row.counts_from) if row.counts_from else None, "trials": [*row.trials]}
            for row in steps.stale
        ],
        "near_misses": [_near(row) for row in steps.near],
        "by_time_alone": [_turn(turn) for turn in steps.turns],
        "not_by_facts": [asdict(row) for row in steps.never],
        "policy": list(steps.policy.lines()),
    } | veiled


def _ask(ask: Ask, words: Mapping[str, Word]) -> dict[str, Any]:
    return {
        "fact": ask.subject.fact,
        "kind": ask.subject.sort,
        "question": question(ask, words),
        "decides": [*ask.decides],
        "alone": [*ask.alone],
        "wanted_by": [*ask.wanted_by],
        "computes": [*ask.computes],
        "reasons": [*ask.reasons],
        "details": [*ask.details],
        "tests": sorted({notation(test) for test in ask.tests}),
    }


def _near(row: NearMiss) -> dict[str, Any]:
    return {"trial": row.trial, "fails": [asdict(miss) | {"share": round(miss.share, 6)} for miss in row.misses]}


def _turn(turn: Turn) -> dict[str, Any]:
    changes = [{"criterion": name, "before": before, "after": after} for name, before, after in turn.changes]
    return {
        "trial": turn.trial,
        "now": turn.now,
        "date": str(turn.day),
        "then": turn.then,
        "changes": changes,
    }
