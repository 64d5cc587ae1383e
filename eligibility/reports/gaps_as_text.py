"""The words that texts lack, as a table a person reads, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from eligibility.gaps.gap import Gap
from eligibility.reports.wording import one_line

SCHEMA_VERSION = "1.0"
_TITLES = {
    "subject": "subjects of limits that are not in the vocabulary",
    "unit": "what stands where a unit should",
    "phrase": "other words that were not understood",
}


def gaps_as_text(gaps: Sequence[Gap]) -> str:
    """A block a kind: criteria, trials, phrase; below it the example and its trial."""
    lines: list[str] = []
    for kind, title in _TITLES.items():
        rows = [gap for gap in gaps if gap.kind == kind]
        if rows:
            lines += ["", f"{title} (criteria, trials, phrase)"] if lines else [f"{title} (criteria, trials, phrase)"]
        for gap in rows:
            lines += [
                f"{gap.criteria:7} {gap.trials:6}  {one_line(gap.phrase)}",
                f"{'':16}  {one_line(gap.trial)}: {one_line(gap.example)}",
            ]
    return "".join(f"{line}\n" for line in lines)


def gap_to_dict(gap: Gap) -> dict[str, Any]:
    """One gap as plain JSON values."""
    return {"schema_version": SCHEMA_VERSION, **asdict(gap)}
