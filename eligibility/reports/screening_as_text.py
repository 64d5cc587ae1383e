"""A screening as tables: plain text for pipes and files, rich ones for a terminal, with the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from eligibility.reports.screening import Attrition, Relaxation, Screened, Screening
from eligibility.reports.wording import OUTCOMES, one_line, shortened

TRIALS = ("Trial", *(name.capitalize() for name in OUTCOMES.values()), "Title")
CRITERIA = ("Criterion", "Pass", "Fail", "Unknown", "No fact", "Not appl.", "Remaining", "Only here", "Rule")
_TITLE, _RULE = 40, 60
_MOST_RELAXED = 5
_SIDES = {"inclusion": "in", "exclusion": "ex"}


def screening_as_text(screening: Screening) -> str:
    """The whole screening: a line a trial, then each trial criterion by criterion, and what would gain patients."""
    lines = [opening(screening), "", *_columns([TRIALS, *map(trial_cells, screening.trials)])]
    for trial in screening.trials:
        if trial.attrition:
            lines += ["", heading(trial), *_columns([CRITERIA, *map(criterion_cells, trial.attrition)])]
            lines += relaxation_lines(trial)
    return "\n".join([*lines, "", *foot_lines(screening)]) + "\n"


def print_screening(screening: Screening, file: IO[str], *, colour: bool = True) -> None:
    """The same to a terminal at its own width; `colour` False for none."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
        made = Table(box=box.SIMPLE_HEAD)
        for place, name in enumerate(headings):
            last = place == len(headings) - 1
            made.add_column(name, justify="left" if place == 0 or last else "right", overflow="fold")
        for row in rows:
            made.add_row(*map(Text, row))
        return made

    console = Console(file=file, color_system="auto" if colour else None, highlight=False, markup=False, emoji=False)
    console.print(opening(screening), style="bold")
    console.print(table(TRIALS, [trial_cells(trial) for trial in screening.trials]))
    for trial in screening.trials:
        if trial.attrition:
            console.rule(heading(trial), align="left")
            console.print(table(CRITERIA, [criterion_cells(row) for row in trial.attrition]))
            for line in relaxation_lines(trial):
                console.print(line)
    for line in foot_lines(screening):
        console.print(line, style="dim")


def opening(screening: Screening) -> str:
    """How many patients and trials, and the day."""
    day = f", as of {screening.as_of}" if screening.as_of else ""
    trials = "1 trial" if len(screening.trials) == 1 else f"{len(screening.trials):,} trials"
    return f"{screening.patients:,} patients against {trials}{day}"


def heading(trial: Screened) -> str:
    """A trial's id and title."""
    return f"{one_line(trial.trial)}  {shortened(one_line(trial.title), 80)}".rstrip()


def trial_cells(trial: Screened) -> tuple[str, ...]:
    """One trial as a row."""
    counts = (f"{trial.counts[outcome]:,}" for outcome in OUTCOMES)
    return one_line(trial.trial), *counts, shortened(one_line(trial.title), _TITLE)


def criterion_cells(row: Attrition) -> tuple[str, ...]:
    """One criterion as a row; who lacks a fact is among the unknown."""
    cohort = f" {one_line(row.cohort)}" if row.cohort else ""
    name, rule = f"{_SIDES[row.side]} {one_line(row.id)}{cohort}", shortened(one_line(row.notation), _RULE)
    return name, *criterion_numbers(row), rule


def criterion_numbers(row: Attrition) -> tuple[str, ...]:
    """What stands under the headings of CRITERIA between the first and the last."""
    numbers = (row.passed, row.failed, row.unresolved, row.lacking, row.not_applicable, row.remaining, row.only_here)
    return tuple(f"{number:,}" for number in numbers)


def relaxation_lines(trial: Screened) -> list[str]:
    """What dropping or loosening one criterion would gain, the most first."""
    dropped = [row for row in trial.relaxations if row.to is None][:_MOST_RELAXED]
    lines = [_relaxed(row, trial.relaxations) for row in dropped]
    return ["", *lines] if lines else []


def _relaxed(row: Relaxation, others: Sequence[Relaxation]) -> str:
    same = [one for one in others if (one.cohort, one.id) == (row.cohort, row.id) and one.to]
    looser = "".join(f"; at {shortened(one_line(one.to or ''), _RULE)}: +{one.gained:,}" for one in same)
    noun = "patient" if row.gained == 1 else "patients"
    return f"without {one_line(row.id)}: +{row.gained:,} {noun}{looser}"


def foot_lines(screening: Screening) -> Iterator[str]:
    """The policy, and how the verdicts were found."""
    yield from screening.policy.lines(())
    work = screening.work
    yield (
        f"{work.leaves:,} distinct tests: {work.compared:,} values compared as columns ({work.read:,} read or computed "
        f"for a single patient first), {work.shared:,} verdicts of patients who are alike, {work.single:,} verdicts of "
        f"single patients (in {work.by_tree:,} tests)"
    )
    if screening.listed is not None:
        yield f"{screening.listed:,} pairs of patient and trial listed"


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Aligned columns, numbers to the right, the last one as it is."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)]
        yield "  ".join((*cells, row[-1])).rstrip()
