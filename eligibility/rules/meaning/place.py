"""Where a reading stands, and why one has no rule: plain values shared by the readers of quantities and levels."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.criteria.criterion import Side
from eligibility.spans import Span


class NotUnderstood(Exception):
    """Why a reading has no rule, in words for a person; `hint` is what it might mean."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reading stands: the words for an `Unclear`, and the span."""

    text: str
    span: Span
    side: Side = "inclusion"
