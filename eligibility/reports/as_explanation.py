"""One trial explained to the last fact: words underlined, their rule, what decided it and from where."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from eligibility.reports.frame import foot_lines, opening
from eligibility.reports.report import Report
from eligibility.reports.underline import underlined
from eligibility.reports.wording import MARKS, RESULTS, evidence_words, gaps, head_line, one_line, printable
from eligibility.rules.notation import notation
from eligibility.verdicts.verdict import CriterionVerdict, TrialVerdict

WIDTH = 100
_LABEL = 9


def as_explanation(report: Report) -> str:
    """Every trial of the report, every criterion whole; plain text, 100 columns."""
    lines = [opening(report), ""]
    for verdict in report.verdicts:
        lines += _trial(verdict)
    lines += [line for text in foot_lines(report) for line in textwrap.wrap(text, WIDTH)]
    return "\n".join(lines) + "\n"


def _trial(verdict: TrialVerdict) -> Iterator[str]:
    head = head_line(verdict)
    yield from (head, "─" * min(len(head), WIDTH))
    for text in filter(None, (verdict.title, verdict.note)):
        yield from textwrap.wrap(one_line(text), WIDTH)
    yield ""
    for criterion in verdict.criteria:
        yield from _criterion(criterion)
        yield ""


def _criterion(verdict: CriterionVerdict) -> Iterator[str]:
    criterion = verdict.criterion
    cohort = f" · cohort {one_line(criterion.cohort)}" if criterion.cohort else ""
    origin = "" if criterion.source == "text" else f" · from the {criterion.source}"
    yield f"{MARKS[verdict.result]} {RESULTS[verdict.result]} · {criterion.side} {criterion.id}{cohort}{origin}"
    yield from (f"  {line}" for line in underlined(criterion.text, verdict.rule, WIDTH - 2))
    yield from _labelled("rule", printable(notation(verdict.rule)))
    for fact in verdict.because:
        place = f" — {one_line(fact.source)}" if fact.source else ""
        yield from _labelled("fact", evidence_words(fact) + place)
    for phrase in gaps(verdict, most=1000):
        yield from _labelled("open", phrase)


def _labelled(label: str, text: str) -> Iterator[str]:
    indent = " " * (_LABEL + 2)
    lead = f"  {label}".ljust(_LABEL + 2)
    yield from textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=indent)
