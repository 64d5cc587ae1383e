"""The noun of what a reader of patients is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary


@dataclass(frozen=True, slots=True)
class Asked:
    """How to read a file: in the words of `vocabulary`, as of a day (None: each patient's own).

    `others`: leave resources of patients who are not in a FHIR bundle out, instead of refusing the bundle.
    """

    vocabulary: Vocabulary
    as_of: date | None = None
    others: bool = False
