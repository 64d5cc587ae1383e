"""A progress bar on standard error for what takes long, while a person is watching."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eligibility.cli.inputs import colour_wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Advance(Protocol):
        """Tells that so many more are done, of how many in all where that is known."""

        def __call__(self, number: int, of: int | None = None) -> None:
            """So many more, of so many."""


@contextmanager
def counting(doing: str, things: str, no_color: bool) -> Iterator[Advance]:
    """A bar that says how many `things` are done, how many a second, and when the rest will be, where that is known.

    Only on a terminal, and unless `no_color` or NO_COLOR ask for none. What is written to the terminal meanwhile
    stands above the bar.
    """
    if not sys.stderr.isatty() or not colour_wanted(no_color):
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
