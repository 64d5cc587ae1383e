"""What a report says around its verdicts: whose it is, of which day, how it was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from eligibility.reports.report import Report
from eligibility.reports.wording import OUTCOMES, one_line
from eligibility.rules.leaves import leaves
from eligibility.verdicts.verdict import Outcome, TrialVerdict

_MOST_NAMED = 12


def opening(report: Report) -> str:
    """Whose report it is, and of which day."""
    return f"{whose(report)}, {of_day(report)}"


def whose(report: Report) -> str:
    """Whose report it is."""
    return f"Patient {one_line(report.patient)}"


def of_day(report: Report) -> str:
    """Of which day it is, from where the day is known, and whether somebody died."""
    day = f"as of {report.as_of}" if report.as_of else "no day given, no dated fact"
    day = "without ids, names and exact dates; days count from the day of judging" if report.redacted else day
    day += f", the day of the latest fact ({one_line(report.day_from)})" if report.day_from else ""
    died = f", recorded as deceased ({one_line(report.died)})" if report.died else ""
    return f"{day}{died}"


def whole_lines(report: Report) -> list[str]:
    """Of a registry, how many trials came out each way, and how many of them are shown; nothing of other reports."""
    if report.whole is None:
        return []
    counted = _by_outcome(report.whole.counts)
    return [f"{report.whole.trials:,} trials: {counted}; the first {len(report.verdicts):,} follow"]


def summary_line(report: Report) -> str:
    """Whose report it is, of which day, and how many trials came out each way, on one line."""
    counted = Counter(verdict.outcome for verdict in report.verdicts)
    number = len(report.verdicts)
    shown = f"{number:,} trial{'' if number == 1 else 's'}: " + _by_outcome(counted)
    return f"{opening(report)}; {'; '.join(whole_lines(report)) or shown}"


def _by_outcome(counts: Mapping[Outcome, int]) -> str:
    return ", ".join(f"{counts.get(outcome, 0):,} {word.lower()}" for outcome, word in OUTCOMES.items())


def _effort(report: Report) -> list[str]:
    if report.whole is None:
        return []
    tests, singly = report.whole.tests, report.whole.looked_at
    told = f"{tests:,} distinct tests in the rules of the registry, {singly:,} of them judged one by one"
    answered = report.whole.answered
    return [f"Judged: {told}{f', {answered} trials by themselves for their answers' if answered else ''}."]


def foot_lines(report: Report) -> list[str]:
    """What a reader needs to judge the report itself: how it was judged, and digests."""
    digests = ", ".join(f"{one_line(verdict.trial)} {short_digest(verdict)}" for verdict in report.verdicts)
    told = digests and not report.redacted
    return [*judged_lines(report), *([f"Digests of rules, patient, policy and version: {digests}."] if told else [])]


def short_digest(verdict: TrialVerdict) -> str:
    """As much of a digest as a person compares."""
    return verdict.digest[:16]


def judged_lines(report: Report) -> list[str]:
    """How it was judged: policy, formula, what was left out, not recognised or not readable."""
    policy = "; ".join(report.policy.lines(_variables(report)))
    lines = [f"Policy: {policy}.", f"Formula: {report.formula}.", *_effort(report)]
    if report.left_out:
        day = report.as_of or "the day of judging"
        lines.append(f"Left out, since it is dated after {day}: {_some(report.left_out, ', ')}.")
    if report.unrecognised:
        lines.append(f"Not in the vocabulary, so it counts by its name alone: {_some(report.unrecognised, '; ')}.")
    if report.faults:
        lines.append(f"Could not be read in the record: {_some([*map(str, report.faults)], '; ')}.")
    return lines


def _some(texts: Sequence[str], between: str) -> str:
    """The first of several texts, and how many more there are."""
    more = len(texts) - _MOST_NAMED
    named = [one_line(text) for text in texts[:_MOST_NAMED]]
    return between.join([*named, f"and {more} more (`eligibility patients` lists them)"] if more > 0 else named)


def _variables(report: Report) -> frozenset[str]:
    """The quantities and scales that the criteria of the report ask for."""
    rules = (row.rule for verdict in report.verdicts for row in verdict.criteria)
    asked = (leaf for rule in rules for leaf in leaves(rule))
    return frozenset(getattr(leaf, "variable", getattr(leaf, "scale", "")) for leaf in asked)
