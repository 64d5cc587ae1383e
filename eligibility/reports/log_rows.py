"""The screening log as rows: a pair of patient and trial, and a criterion, each as coordinators keep them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from eligibility.reports.frame import foot_lines, of_day
from eligibility.reports.report import Report
from eligibility.reports.sentences import outcome_sentence, sentence
from eligibility.reports.wording import OUTCOMES, RESULTS, counts, evidence_words, gaps, label, one_line, printable
from eligibility.rules.notation import notation
from eligibility.verdicts.outcome import lacks_fact
from eligibility.verdicts.verdict import FACT_REASONS, CriterionVerdict, TrialVerdict
from eligibility.vocabulary.tables import vocabulary

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

Cell = str | int | float | None

# A heading with the width of its column, in characters.
PAIRS: tuple[tuple[str, int], ...] = (
    ("Patient", 16), ("As of", 11), ("Trial", 14), ("Title", 36), ("Status", 14), ("Cohort", 12), ("Outcome", 20),
    ("Score", 7), ("Pass", 6), ("Fail", 6), ("Open", 6), ("Why", 44), ("Criteria that fail", 18),
    ("Facts to find out", 36), ("Criteria for a person", 18), ("Note", 24), ("Decision", 12), ("Reason", 24),
    ("Decided by", 14), ("Decided on", 12),
)  # fmt: skip
# What a person fills in.
_FOR_A_PERSON = 4
CRITERIA: tuple[tuple[str, int], ...] = (
    ("Patient", 16), ("Trial", 14), ("Criterion", 9), ("Side", 10), ("Cohort", 12), ("Result", 14), ("Words", 60),
    ("Sentence", 60), ("Facts", 44), ("Open", 44), ("Answered by", 16), ("Rule", 44),
)  # fmt: skip
ABOUT: tuple[tuple[str, int], ...] = (("Patient", 16), ("About", 120))


def pair_rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    """A row a trial, in the order of the ranking; the last columns are left to a person."""
    for verdict in report.verdicts:
        yield _pair(report, verdict)


def _pair(report: Report, verdict: TrialVerdict) -> tuple[Cell, ...]:
    counted, rows = counts(verdict), verdict.criteria
    lacking = dict.fromkeys(
        label(gap.fact) for row in rows if lacks_fact(row) for gap in row.missing if _of_fact(gap.reason)
    )
    person = [
        row.criterion.id
        for row in rows
        if row.result == "unresolved" and any(not _of_fact(gap.reason) for gap in row.missing)
    ]
    return (
        one_line(verdict.patient),
        report.as_of.isoformat() if report.as_of else None,
        one_line(verdict.trial),
        one_line(verdict.title),
        one_line(verdict.status or "").replace("_", " ").lower() or None,
        one_line(verdict.cohort) if verdict.cohort else None,
        OUTCOMES[verdict.outcome].capitalize(),
        verdict.score,
        counted["pass"],
        counted["fail"],
        counted["unresolved"],
        outcome_sentence(verdict),
        ", ".join(row.criterion.id for row in rows if row.result == "fail") or None,
        ", ".join(lacking) or None,
        ", ".join(person) or None,
        one_line(verdict.note) or None,
        *(None,) * _FOR_A_PERSON,
    )


def _of_fact(reason: str) -> bool:
    return reason in FACT_REASONS


def criterion_rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    """A row a criterion of every trial."""
    words = report.facts.words if report.facts else vocabulary().words
    for verdict in report.verdicts:
        for row in verdict.criteria:
            yield _criterion(verdict, row, words)


def _criterion(verdict: TrialVerdict, row: CriterionVerdict, words: Mapping[str, Word]) -> tuple[Cell, ...]:
    criterion = row.criterion
    return (
        one_line(verdict.patient),
        one_line(verdict.trial),
        one_line(criterion.id),
        criterion.side,
        one_line(criterion.cohort) if criterion.cohort else None,
        RESULTS[row.result],
        one_line(criterion.text),
        sentence(row, words),
        "; ".join(evidence_words(fact) for fact in row.because) or None,
        "; ".join(gaps(row, most=1000)) or None,
        ", ".join(dict.fromkeys(one_line(fact.by) for fact in row.because if fact.by)) or None,
        printable(notation(row.rule)),
    )


def about_rows(report: Report) -> Iterator[tuple[Cell, ...]]:
    """How the patient was judged: the day, policy, formula, what was not read, digests."""
    who = one_line(report.patient)
    yield (who, of_day(report))
    for line in foot_lines(report):
        yield (who, line)
