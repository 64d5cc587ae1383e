"""Several patients against the same trials at a glance: a line a patient, outcomes of few trials or their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from eligibility.reports.report import Report
from eligibility.reports.wording import OUTCOMES, one_line
from eligibility.verdicts.verdict import Outcome

_MOST_TRIALS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """One patient: the outcome of each trial, by trial; of a registry how many trials have each outcome."""

    patient: str
    outcomes: tuple[tuple[str, Outcome], ...]
    counts: tuple[tuple[Outcome, int], ...] = ()


def line_of(report: Report) -> Line:
    """What is kept of a report until all patients have passed."""
    if report.whole is not None:
        return Line(report.patient, (), tuple(report.whole.counts.items()))
    return Line(report.patient, tuple(sorted((verdict.trial, verdict.outcome) for verdict in report.verdicts)))


def overview_as_text(lines: Sequence[Line]) -> str:
    """All patients as a table, in the order they came."""
    trials = [trial for trial, _ in lines[0].outcomes] if lines else []
    few = len(trials) <= _MOST_TRIALS and not any(line.counts for line in lines)
    headings = ["Patient", *(map(one_line, trials) if few else OUTCOMES.values())]
    rows = [headings, *([one_line(line.patient), *(_each(line) if few else _counted(line))] for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return f"{len(lines)} patients\n" + "".join(f"{line}\n" for line in text)


def _each(line: Line) -> list[str]:
    return [OUTCOMES[outcome] for _, outcome in line.outcomes]


def _counted(line: Line) -> list[str]:
    counted = Counter(dict(line.counts) or [outcome for _, outcome in line.outcomes])
    return [str(counted[outcome]) for outcome in OUTCOMES]
