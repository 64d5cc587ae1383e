"""Next steps as plain text, 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from eligibility.reports.questions import question
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
    opening_lines,
    stale_words,
    turn_words,
)
from eligibility.reports.wording import label, one_line
from eligibility.steps.next_steps import Ask, NearMiss, NextSteps

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

WIDTH = 100
_NUMBER = 4


def steps_as_text(steps: NextSteps, words: Mapping[str, Word], *, top: int | None = 20) -> str:
    """The steps in five lists, of each the first `top`; how many more there are is said. None cuts nothing."""
    lines = [line for text in opening_lines(steps) for line in textwrap.wrap(text, WIDTH)] + [""]
    head = len(lines)
    lines += _titled(ASKS, list(_asks(steps, words, top)))
    lines += _titled(STALE, [stale_words(row) for row in steps.stale], top)
    near = [row for row in steps.near if row.nearness[1] <= NEAR]
    far = len(steps.near) - len(near)
    lines += _titled(NEAR_MISSES, [line for row in near for line in _near(row)], top)
    if far:
        lines += [f"{far} more {'fails' if far == 1 else 'fail'} by more than half of a limit (--json lists all).", ""]
    lines += _titled(TURNS, [turn_words(turn) for turn in steps.turns], top)
    lines += _titled(NEVER, [never_words(row) for row in steps.never], top)
    if len(lines) == head:
        lines += ["Nothing is to be done: no fact is missing, nothing nearly fits, and time changes nothing.", ""]
    policy = "; ".join(steps.policy.lines(frozenset()))
    return "\n".join([*lines, *textwrap.wrap(f"Policy: {policy}.", WIDTH)]) + "\n"


def _titled(title: str, rows: Sequence[str], top: int | None = None) -> Iterator[str]:
    if not rows:
        return
    yield from (title, "─" * len(title))
    for row in rows[:top]:
        yield from textwrap.wrap(row, WIDTH, subsequent_indent=" " * _NUMBER, break_on_hyphens=False) if top else [row]
    if top is not None and len(rows) > top:
        yield f"… and {len(rows) - top} more (--top)"
    yield ""


def _asks(steps: NextSteps, words: Mapping[str, Word], top: int | None) -> Iterator[str]:
    decided = 0
    for number, ask in enumerate(steps.asks[:top], 1):
        decided += len(ask.decides)
        yield from _ask(number, ask, words)
    more = len(steps.asks) - (top or len(steps.asks))
    if more > 0:
        yield f"… and {more} more (--top)"
    if steps.asks:
        together = "These" if more <= 0 else "The facts above"
        yield f"{together} decide {decided} of {steps.undetermined} undetermined trials."


def _ask(number: int, ask: Ask, words: Mapping[str, Word]) -> Iterator[str]:
    indent = " " * _NUMBER
    lead = f"{number}.".ljust(_NUMBER)
    name = label(ask.subject.fact)
    texts = [f"{name[:1].upper()}{name[1:]} — {gain(ask)}", question(ask, words), background(ask)]
    texts.append(f"decides {few(ask.decides)}" if ask.decides else "")
    for text in filter(None, texts):
        yield from textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)
        lead = indent


def _near(row: NearMiss) -> Iterator[str]:
    for miss in row.misses:
        yield f"{one_line(row.trial)} {miss.criterion}: {miss_words(miss)}"
