"""The page of a screening: how many patients fit each trial, and criterion by criterion where the others are lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from eligibility.reports.html.environment import asset, environment, hash_of
from eligibility.reports.html.page import MOST_BYTES, within
from eligibility.reports.html.view import outcome_badge
from eligibility.reports.screening import Attrition, Screened, Screening
from eligibility.reports.screening_as_text import CRITERIA, criterion_numbers, foot_lines, opening, relaxation_lines
from eligibility.reports.wording import OUTCOMES, one_line, shortened
from eligibility.verdicts.judge import version

_WIDTH = 1000  # of a bar, in units of its own
_WORDS = 240  # characters of a criterion
_REMAINING = "Remaining"


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion: the numbers of the text report by their headings, and the pieces of its bar."""

    id: str
    side: str
    rule: str
    words: str
    remaining: str
    gone: str
    numbers: tuple[tuple[str, str], ...]
    stay: float
    lost_from: float
    lost: float


@dataclass(frozen=True, slots=True)
class Cohort:
    """The criteria that bind one cohort, None where the trial has none."""

    name: str | None
    rows: tuple[Row, ...]


def screening_page(screening: Screening) -> str:
    """The whole file; the same bytes for the same screening. What would not fit is counted at its end."""
    from markupsafe import Markup

    style = asset("report.css") + asset("screening.css")
    shown = list(within(MOST_BYTES, (_trial(trial, screening.patients) for trial in screening.trials)))
    return environment().get_template("screening.html").render(
        policy=f"default-src 'none'; style-src '{hash_of(style)}'; base-uri 'none'; form-action 'none'",
        style=Markup(style),
        title=opening(screening),
        trials=Markup("".join(shown)),
        left_out=len(screening.trials) - len(shown),
        foot=[*foot_lines(screening)],
        version=version(),
    )  # fmt: skip


def _trial(trial: Screened, patients: int) -> str:
    filled: dict[str, Any] = {
        "id": trial.trial,
        "heading": trial.title,
        "outcomes": [(outcome_badge(outcome), trial.counts[outcome]) for outcome in OUTCOMES],
        "cohorts": [*_cohorts(trial, patients)],
        "gains": [line for line in relaxation_lines(trial) if line],
    }
    return environment().get_template("screened.html").render(**filled)


def _cohorts(trial: Screened, patients: int) -> Iterator[Cohort]:
    for name, rows in groupby(trial.attrition, key=lambda row: row.cohort):
        yield Cohort(name, tuple(_rows([*rows], patients)))


def _rows(rows: list[Attrition], patients: int) -> Iterator[Row]:
    before = patients
    for row in rows:
        gone, whole = before - row.remaining, max(patients, 1)
        told = dict(zip(CRITERIA[1:-1], criterion_numbers(row), strict=True))
        remaining = told.pop(_REMAINING)
        yield Row(
            id=row.id,
            side=row.side,
            rule=row.notation,
            words=shortened(one_line(row.text), _WORDS),
            remaining=remaining,
            gone=f"{gone:,}" if gone else "",
            numbers=tuple(told.items()),
            stay=round(_WIDTH * row.remaining / whole, 1),
            lost_from=round(_WIDTH * row.remaining / whole, 1),
            lost=round(_WIDTH * gone / whole, 1),
        )
        before = row.remaining
