"""A progress bar on standard error for what takes long, while a person is watching."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eligibility.cli.inputs import colour_wanted, is_quiet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from eligibility.rules.rulebook import Rulebook
    from eligibility.trials.trial import Trial

    class Advance(Protocol):
        """Tells that so many more are done, of how many in all where that is known."""

        def __call__(self, number: int, of: int | None = None) -> None:
            """So many more, of so many."""


_MANY = 300


def with_progress(
    trials: list[Trial | Rulebook], no_color: bool = False, doing: str = "reading"
) -> Iterator[Trial | Rulebook]:
    """The trials, with a bar when there are many and a person is watching."""
    if len(trials) <= _MANY:
        yield from trials
        return
    with counting(doing, "trials", no_color) as advance:
        for trial in trials:
            yield trial
            advance(1, len(trials))


@contextmanager
def counting(doing: str, things: str, no_color: bool) -> Iterator[Advance]:
    """A bar that says how many `things` are done, how many a second, and when the rest will be, where that is known.

    Only on a terminal, and unless --quiet, `no_color` or NO_COLOR ask for none. What is written to the terminal
    meanwhile stands above the bar.
    """
    if is_quiet() or not sys.stderr.isatty() or not colour_wanted(no_color):
        yield lambda number, of=None: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, Task, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    class Rate(TextColumn):
        def render(self, task: Task):  # type: ignore[no-untyped-def] # rich's Text
            known = f" of {task.total:,.0f}" if task.total else ""
            speed = f", {task.speed:,.0f} a second" if task.speed else ""
            task.fields["told"] = f"{task.completed:,.0f}{known} {things}{speed}"
            return super().render(task)

    shown = TextColumn(doing), BarColumn(), Rate("{task.fields[told]}"), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*shown, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, told="")

        def advance(number: int, of: int | None = None) -> None:
            bar.update(task, advance=number, total=of)

        yield advance
