"""The noun of this station: one criterion, with the exact words it was cut from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["inclusion", "exclusion"]
Source = Literal["text", "description", "record"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One inclusion or exclusion criterion.

    `text` is the exact slice `[start, end)` of the text that `source` names: the criteria text or the
    description of the record; nested list items stay inside their parent's slice. For `record`
    (structured age and sex fields) there is no text, and `start` and `end` are None. `cohort` is the
    heading's own name of the group it binds, None when it binds everybody.
    """

    id: str
    side: Side
    text: str
    source: Source = "text"
    start: int | None = None
    end: int | None = None
    cohort: str | None = None
