"""Where a reading stands, and why one has no rule: plain values shared by the readers of quantities and levels."""

from __future__ import annotations

from dataclasses import dataclass

from eligibility.criteria.criterion import Side
from eligibility.spans import Span


class NotUnderstood(Exception):
    """Why a reading has no rule, in words for a person; `hint` is what it might mean.

    `legible` when only the value or its unit is in doubt: what is written can be shown as it stands.
    """

    def __init__(self, reason: str, hint: str = "", *, legible: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.hint, self.legible = reason, hint, legible


@dataclass(init=False, slots=True)
class Place:
    """Where a reading stands: the words for an `Unclear`, the span, and whether values are checked."""

    text: str
    span: Span
    side: Side
    checked: bool

    def __init__(
        self,
        text: str,
        span: Span,
        side: Side = "inclusion",
        checked: bool = True,
    ) -> None:
        self.text = text
        self.span = span
        self.side = side
        self.checked = checked
