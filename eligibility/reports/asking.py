"""The criteria of a trial that wait for a person, as questions on a plain terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Literal

from eligibility.reports.underline import underlined
from eligibility.reports.wording import evidence_words, gaps, one_line
from eligibility.verdicts.verdict import FACT_REASONS, CriterionVerdict, TrialVerdict

WIDTH = 100
HELP = "y yes, n no, s skip, b back, q quit"
_QUESTIONS = {
    "inclusion": "Is it fulfilled, as far as these words go?",
    "exclusion": "Does it exclude the patient, as far as these words go?",
}


def waiting(verdict: TrialVerdict) -> list[CriterionVerdict]:
    """The criteria in which only a person's word is still open, or that and a fact, in reading order."""
    return [
        row
        for row in verdict.criteria
        if row.result == "unresolved" and any(gap.reason not in FACT_REASONS for gap in row.missing)
    ]


def result_of_word(row: CriterionVerdict, yes: bool) -> Literal["pass", "fail"]:
    """What a yes or no to the question of a criterion means for it."""
    return "pass" if yes == (row.criterion.side == "inclusion") else "fail"


def asked(row: CriterionVerdict, number: int, total: int) -> Iterator[str]:
    """The lines of one question: the words, what is known, what is open; the last one is the question."""
    cohort = f" · cohort {one_line(row.criterion.cohort)}" if row.criterion.cohort else ""
    yield f"{number} of {total} · {row.criterion.side} {row.criterion.id}{cohort}"
    yield from (f"  {line}" for line in underlined(row.criterion.text, row.rule, WIDTH - 2))
    for fact in row.because:
        yield from _labelled("fact", evidence_words(fact))
    for phrase in gaps(row, most=1000):
        yield from _labelled("open", phrase)
    yield f"  {_QUESTIONS[row.criterion.side]} ({HELP})"


def _labelled(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"  {label}  ", subsequent_indent="        ", break_on_hyphens=False
    )
