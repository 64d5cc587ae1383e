"""One trial explained to the last fact: the outcome, why, each criterion's sentence, words, and proof."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from eligibility.reports.frame import foot_lines, opening
from eligibility.reports.report import Report
from eligibility.reports.sentences import outcome_sentence, sentence
from eligibility.reports.underline import underlined
from eligibility.reports.wording import MARKS, RESULTS, evidence_words, gaps_words, head_line, one_line, printable
from eligibility.rules.notation import notation
from eligibility.verdicts.proof import Step
from eligibility.verdicts.verdict import CriterionVerdict, TrialVerdict, Truth

WIDTH = 100
_TRUTHS: dict[Truth, str] = {"met": "met", "not_met": "not met", "unknown": "unknown"}
_HEADS = {"all": "all of these", "any": "one of these", "not": "not"}


def as_explanation(report: Report) -> str:
    """Every trial of the report, every criterion whole; plain text, 100 columns."""
    lines = [opening(report), ""]
    for verdict in report.verdicts:
        lines += _trial(report, verdict)
    lines += [line for text in foot_lines(report) for line in textwrap.wrap(text, WIDTH)]
    return "\n".join(lines) + "\n"


def _trial(report: Report, verdict: TrialVerdict) -> Iterator[str]:
    head = head_line(verdict)
    yield from (head, "─" * min(len(head), WIDTH))
    for text in filter(None, (verdict.title, verdict.note)):
        yield from textwrap.wrap(one_line(text), WIDTH)
    yield from textwrap.wrap(outcome_sentence(verdict), WIDTH)
    yield ""
    for criterion in verdict.criteria:
        yield from criterion_lines(report, verdict, criterion)
        yield ""


def criterion_lines(report: Report, trial: TrialVerdict, row: CriterionVerdict) -> Iterator[str]:
    """One criterion of a trial: its result, words, sentence, and proof."""
    criterion, words = row.criterion, report.words
    cohort = f" · cohort {one_line(criterion.cohort)}" if criterion.cohort else ""
    origin = "" if criterion.source == "text" else f" · from the {criterion.source}"
    yield f"{MARKS[row.result]} {RESULTS[row.result]} · {criterion.side} {criterion.id}{cohort}{origin}"
    yield from (f"  {line}" for line in underlined(criterion.text, row.rule, WIDTH - 2))
    yield from _wrapped(sentence(row, words), "  ", "  ")
    proof = report.proof(trial, row)
    if proof is None:
        yield from _wrapped(printable(notation(row.rule)), "  rule  ", "        ")
        return
    yield from _step(proof, "  ", "  ")


def _step(step: Step, lead: str, indent: str) -> Iterator[str]:
    """A rule with what holds of it; below it its parts, or the facts of a test and what is open."""
    head = printable(notation(step.rule)) if not step.steps else _head(step)
    yield from _wrapped(f"{head} — {_TRUTHS[step.verdict.truth]}", lead, indent + ("│ " if step.steps else "  "))
    for number, part in enumerate(step.steps, 1):
        last = number == len(step.steps)
        yield from _step(part, indent + ("└─ " if last else "├─ "), indent + ("   " if last else "│  "))
    if not step.steps:
        for fact in step.verdict.because:
            place = f" — {one_line(fact.source)}" if fact.source else ""
            yield from _wrapped(f"fact  {evidence_words(fact)}{place}", f"{indent}  ", f"{indent}        ")
        for gap in step.verdict.missing:
            yield from _wrapped(f"open  {gaps_words(gap)}", f"{indent}  ", f"{indent}        ")


def _head(step: Step) -> str:
    rule = step.rule
    return _HEADS.get(rule.kind) or f"at least {getattr(rule, 'count', '')} of these"


def _wrapped(text: str, lead: str, indent: str) -> list[str]:
    width = max(WIDTH, len(indent) + 40)  # deep in a tree there must be room for words
    return textwrap.wrap(text, width, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)
