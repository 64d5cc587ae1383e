"""A screening of many patients as a workbook: who was found, trials, where patients are lost, what loosening gains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from eligibility.reports.log_rows import Cell
from eligibility.reports.screening import Screening
from eligibility.reports.screening_as_text import foot_lines, opening
from eligibility.reports.tables import SheetRows, Workbook, workbook
from eligibility.reports.wording import OUTCOMES, one_line

_CANDIDATES = (
    ("Patient", 18), ("Trial", 14), ("Outcome", 20), ("Score", 7), ("Cohort", 14), ("Decision", 12), ("Reason", 30),
    ("Decided by", 14), ("Decided on", 12),
)  # fmt: skip
_TRIALS = (
    ("Trial", 14), ("Title", 44), ("Status", 16), *((name.capitalize(), 12) for name in OUTCOMES.values()),
)  # fmt: skip
_ATTRITION = (
    ("Trial", 14), ("Cohort", 14), ("Criterion", 9), ("Side", 10), ("Words", 60), ("Pass", 9), ("Fail", 9),
    ("Unknown", 9), ("No fact", 9), ("Does not apply", 9), ("Remaining", 10), ("Lost only here", 10), ("Rule", 50),
)  # fmt: skip
_LOOSENING = (("Trial", 14), ("Cohort", 14), ("Criterion", 9), ("Read instead", 50), ("Patients gained", 10))
_ABOUT = (("About", 120),)
_OUTCOMES: dict[str, str] = {key: name.capitalize() for key, name in OUTCOMES.items()}
Candidate = tuple[str, str, str, float | None, str | None]


@dataclass(slots=True)
class PopulationLog:
    """A workbook that is being written."""

    book: Workbook
    candidates: SheetRows

    def add(self, rows: Sequence[Candidate]) -> None:
        """More pairs of patient and trial, in the order in which they are judged."""
        for patient, trial, outcome, score, cohort in rows:
            told = one_line(cohort) if cohort else None
            self.candidates.add((one_line(patient), one_line(trial), _OUTCOMES[outcome], score, told))

    def finish(self, screening: Screening) -> None:
        """The counts, once all patients are judged."""
        made = {
            "Trials": (_TRIALS, _trials(screening)),
            "Attrition": (_ATTRITION, _attrition(screening)),
            "Loosening": (_LOOSENING, _loosening(screening)),
            "About": (_ABOUT, ((line,) for line in (opening(screening), *foot_lines(screening)))),
        }
        for name, (columns, rows) in made.items():
            sheet = self.book.sheet(name, columns)
            for row in rows:
                sheet.add(row)


@contextmanager
def population_log(path: Path) -> Iterator[PopulationLog]:
    """A workbook of a screening; it stands there only when the block ends without an error."""
    with workbook(path) as book:
        yield PopulationLog(book, book.sheet("Candidates", _CANDIDATES))


def _trials(screening: Screening) -> Iterator[tuple[Cell, ...]]:
    for trial in screening.trials:
        status = one_line(trial.status or "").replace("_", " ").lower() or None
        yield (one_line(trial.trial), one_line(trial.title), status, *(trial.counts[outcome] for outcome in OUTCOMES))


def _attrition(screening: Screening) -> Iterator[tuple[Cell, ...]]:
    for trial in screening.trials:
        for row in trial.attrition:
            yield (
                one_line(trial.trial),
                one_line(row.cohort) if row.cohort else None,
                one_line(row.id),
                row.side,
                one_line(row.text),
                row.passed,
                row.failed,
                row.unresolved,
                row.lacking,
                row.not_applicable,
                row.remaining,
                row.only_here,
                one_line(row.notation),
            )


def _loosening(screening: Screening) -> Iterator[tuple[Cell, ...]]:
    for trial in screening.trials:
        for row in trial.relaxations:
            cohort = one_line(row.cohort) if row.cohort else None
            instead = one_line(row.to) if row.to else "without it"
            yield (one_line(trial.trial), cohort, one_line(row.id), instead, row.gained)
