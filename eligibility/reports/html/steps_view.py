"""What the page says of next steps: five lists, in the words of every other report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.reports.questions import question
from eligibility.reports.report import Report
from eligibility.reports.steps_wording import (
    ASKS,
    NEAR,
    NEAR_MISSES,
    NEVER,
    STALE,
    TURNS,
    background,
    few,
    gain,
    miss_words,
    never_words,
    stale_words,
    turn_words,
)
from eligibility.reports.wording import label
from eligibility.steps.next_steps import Ask, NearMiss, NextSteps

MOST = 20


@dataclass(frozen=True, slots=True)
class StepsView:
    """One list: each row a line with more lines below it; `more` rows are not shown, of `number` in all."""

    title: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    number: int

    @property
    def more(self) -> int:
        """How many rows are not shown."""
        return self.number - len(self.rows)


def steps_views(report: Report, steps: NextSteps) -> list[StepsView]:
    """The lists that hold anything, of each the first MOST; of a redacted report without what is left out there."""
    near = [row for row in steps.near if row.nearness[1] <= NEAR and not _tells_age(report, row)]
    lists = (
        (ASKS, len(steps.asks), (_ask(report, ask) for ask in steps.asks[:MOST])),
        (STALE, len(steps.stale), ((stale_words(row), ()) for row in steps.stale[:MOST])),
        (NEAR_MISSES, len(near), (_near(row) for row in near[:MOST])),
        (TURNS, len(steps.turns), ((turn_words(row), ()) for row in steps.turns[:MOST])),
        (NEVER, len(steps.never), ((never_words(row), ()) for row in steps.never[:MOST])),
    )
    return [StepsView(title, tuple(_told(report, rows)), number) for title, number, rows in lists if number]


def _told(report: Report, rows: Iterator[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for head, lines in rows:
        told = [report.veil.words(text) if report.veil else text for text in (head, *lines) if text]
        yield told[0], tuple(told[1:])


def _ask(report: Report, ask: Ask) -> tuple[str, tuple[str, ...]]:
    name = label(ask.subject.fact)
    decides = f"decides {few(ask.decides)}" if ask.decides else ""
    return f"{name[:1].upper()}{name[1:]} — {gain(ask)}", (question(ask, report.words), background(ask), decides)


def _near(row: NearMiss) -> tuple[str, tuple[str, ...]]:
    return row.trial, tuple(f"{miss.criterion}: {miss_words(miss)}" for miss in row.misses)


def _tells_age(report: Report, row: NearMiss) -> bool:
    """Whether how far an age is from a limit would tell an age that is left out."""
    return report.veil is not None and any(report.veil.tells_age(miss.fact, miss.value) for miss in row.misses)
