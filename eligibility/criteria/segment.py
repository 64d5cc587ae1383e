"""The verb of this station: cut a trial into its criteria."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from eligibility.criteria.criterion import Criterion, Source
from eligibility.criteria.cutting import cut_places
from eligibility.criteria.description import described
from eligibility.criteria.grouping import Cut, group
from eligibility.criteria.headings import is_everybody
from eligibility.criteria.layout import lines
from eligibility.trials.trial import Trial


def segment(trial: Trial) -> tuple[Criterion, ...]:
    """Return the criteria of a trial: from its criteria text, its description, its age and sex fields.

    Each text criterion is the exact slice `[start, end)` of `trial.criteria` (source "text") or
    `trial.description` (source "description"); record fields have no offsets. Ids count within their kind:
    I1 … inclusion, E1 … exclusion, D1 … description, R1 … record. No criteria at all give an empty tuple.
    """
    text = group(lines(trial.criteria, cut_places(trial.criteria)), trial.criteria)
    sides = {cut.side for cut in text}
    told = described(trial.description, sides) if trial.description else []
    divided = _is_divided([*text, *told])
    return (
        *_numbered(text, trial.criteria, "text", divided),
        *_numbered(told, trial.description, "description", divided),
        *_recorded(trial),
    )


_OTHERS: Final = re.compile(
    r"\b(?:healthy|controls?|donors?|caregivers?|carers?|care partners?|partners?|parents?|mothers?|infants?|"
    r"clinicians?|providers?|physicians?|siblings?|relatives?|famil|spouses?|staff|nurses?)\b", re.I
)  # fmt: skip
_LETTERS: Final = {"inclusion": "I", "exclusion": "E"}


def _is_divided(cuts: list[Cut]) -> bool:
    """Whether others than the patients take part, so that "patients" names a cohort of its own."""
    return any(cut.cohort and _OTHERS.search(cut.cohort) for cut in cuts)


def _numbered(cuts: list[Cut], text: str, source: Source, divided: bool) -> Iterator[Criterion]:
    counts = {"inclusion": 0, "exclusion": 0, "described": 0}
    for start, end, side, cohort in cuts:
        kind = side if source == "text" else "described"
        counts[kind] += 1
        id = f"{_LETTERS.get(kind, 'D')}{counts[kind]}"
        bound = None if cohort and not divided and is_everybody(cohort) else cohort
        yield Criterion(id, side, text[start:end], source, start, end, bound)


def _recorded(trial: Trial) -> Iterator[Criterion]:
    number = 0
    for text in (_age(trial.minimum_age, trial.maximum_age), _sex(trial.sex)):
        if text:
            number += 1
            yield Criterion(f"R{number}", "inclusion", text, "record")


def _age(low: str | None, high: str | None) -> str | None:
    if low and high:
        return f"Age {low} to {high}"
    return f"Age {low} or older" if low else (f"Age up to {high}" if high else None)


def _sex(sex: str | None) -> str | None:
    return f"Sex: {sex.capitalize()}" if sex in {"FEMALE", "MALE"} else None
