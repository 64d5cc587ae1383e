"""The words a report says to a person: marks, outcomes, facts and gaps, harmless on any screen.

Marks are never alone: the word stands beside them, for screen readers and terminals without Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace

from eligibility.criteria.criterion import Side
from eligibility.reports.report import Report
from eligibility.rules.leaves import children, leaves
from eligibility.verdicts.verdict import (
    FACT_REASONS,
    CriterionVerdict,
    Evidence,
    Missing,
    Outcome,
    Result,
    TrialVerdict,
)
from eligibility.vocabulary.tables import vocabulary

MARKS: dict[Result, str] = {"pass": "✓", "fail": "✗", "unresolved": "?", "not_applicable": "–"}
RESULTS: dict[Result, str] = {
    "pass": "pass",
    "fail": "fail",
    "unresolved": "unresolved",
    "not_applicable": "not applicable",
}
OUTCOMES: dict[Outcome, str] = {
    "eligible": "ELIGIBLE",
    "potentially_eligible": "POTENTIALLY ELIGIBLE",
    "undetermined": "UNDETERMINED",
    "ineligible": "INELIGIBLE",
}
REASONS: dict[str, str] = {
    "missing": "not recorded",
    "stale": "outside the time allowed",
    "unit": "unit cannot be compared",
    "no_reference_range": "no reference range with the result",
    "conflict": "contradicting records",
    "judgement": "for a person to judge",
    "unclear": "not understood, read it",
}

SUMMARY = ("Rank", "Trial", "Outcome", "Score", "Pass", "Fail", "Open", "Status", "Title")
SIDES: dict[Side, str] = {
    "inclusion": "Inclusion criteria (pass: met)",
    "exclusion": "Exclusion criteria (pass: not met)",
}

_ESCAPES = re.compile(r"\\([!-/:-@\[-`{-~])")
_CLOCK = re.compile(r"T(\d\d:\d\d)\S*")
_MOST = 0.9
_MOST_NAMED = 12
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"


def one_line(text: str) -> str:
    """Source words on one line: registry escapes gone, whitespace collapsed, control and bidi signs made visible."""
    words = " ".join(_ESCAPES.sub(r"\1", text).split())
    return printable(words)


def printable(text: str) -> str:
    """The text with every sign that is none, or that could steer a terminal, made harmless."""
    return "".join(map(harmless, text))


def shown(text: str) -> str:
    """Lines for a terminal: each made harmless, colours of our own left out."""
    return "\n".join(map(printable, text.split("\n")))


def harmless(char: str) -> str:
    """A sign as it may go to a terminal: invisible ones dropped, control and bidi signs by their code point."""
    if char.isprintable():
        return char
    if char in _INVISIBLE:
        return ""
    return " " if unicodedata.category(char) == "Zs" else f"<U+{ord(char):04X}>"


def shortened(text: str, limit: int) -> str:
    """The words cut at a word's end to at most `limit` characters, with a sign that more follows."""
    if len(text) <= limit:
        return text
    return text[: limit - 2].rsplit(" ", 1)[0] + " …"


def label(key: str) -> str:
    """What people call a fact: the label of its row ("INR", "Total bilirubin"), else its key in words."""
    allergy, _, name = key.rpartition("allergy to ")
    word = vocabulary().words.get(name.replace(" ", "_"))
    called = _short(word.label) if word else name.replace("_", " ")
    return one_line(called if key == name else f"{allergy}allergy to {called}")


def _short(name: str) -> str:
    """A label without its remark in brackets."""
    return name.partition(" (")[0]


def evidence_words(fact: Evidence) -> str:
    """One fact as a phrase: name, value and unit, conversion, date, what it was derived from; or who decided what."""
    if fact.by:
        return _answer_words(fact)
    colon = ":" if fact.value in ("yes", "no") else ""
    parts = [f"{label(fact.fact)}{colon} {one_line(fact.value)}", _unit(fact)]
    compared = fact.compared or ""
    parts.append(f"(= {one_line(compared)})" if compared and not _same(compared, fact) else "")
    parts.append(f"{'since' if fact.value == 'yes' else 'on'} {_day(fact.date)}" if fact.date else "")
    parts.append(f"from {', '.join(map(label, fact.derived_from))}" if fact.derived_from else "")
    parts.append(f"[{one_line(fact.note)}]" if fact.note else "")
    return " ".join(part for part in parts if part)


def _day(date: str) -> str:
    """A day, with the minute where the record has it: 2025-02-26 07:30."""
    return _CLOCK.sub(r" \1", one_line(date))


def _answer_words(fact: Evidence) -> str:
    """What a person decided, with the words that they decided on."""
    day = f" on {fact.date}" if fact.date else ""
    words = shortened(one_line(fact.fact), 60)
    return f'answered "{fact.value}" by {one_line(fact.by or "")}{day}: "{words}"'


def _unit(fact: Evidence) -> str:
    unit = one_line(fact.unit or "")
    return f"{unit}s" if unit in ("year", "month", "week", "day", "hour") and fact.value != "1" else unit


def _same(compared: str, fact: Evidence) -> bool:
    return compared == f"{fact.value} {fact.unit or ''}".strip()


def why(verdict: CriterionVerdict) -> list[str]:
    """The phrases that explain one criterion's result: its facts, then what is lacking and what a person must read."""
    if verdict.result == "not_applicable" and not verdict.because:
        return [f"binds {one_line(verdict.criterion.cohort or 'others')} only"]
    return list(dict.fromkeys([*_facts(verdict.because), *gaps(verdict)]))


def gaps(verdict: CriterionVerdict, most: int = 3) -> list[str]:
    """What is still open, by kind: facts that are absent, facts that cannot be used, words that a person must read.

    Words of one kind share a phrase, which quotes at most `most` of them and counts the rest.
    """
    absent = [label(gap.fact) for gap in verdict.missing if _is_absent(gap)]
    named = list(dict.fromkeys(absent))
    listed = " or ".join(named) if _either(verdict, len(named)) else ", ".join(named)
    phrases = [f"{REASONS['missing']}: {listed}"] if absent else []
    phrases += [_lacking(gap) for gap in verdict.missing if gap.reason in FACT_REASONS and not _is_absent(gap)]
    return [*phrases, *_open_words(verdict, most)]


def _either(verdict: CriterionVerdict, absent: int) -> bool:
    """Whether one of the absent facts may decide in the patient's favour: any of an inclusion, all of an exclusion."""
    rule = verdict.rule
    alternatives = len(children(rule)) == absent and all(not children(inner) for inner in children(rule))
    return absent > 1 and alternatives and rule.kind == ("any" if verdict.criterion.side == "inclusion" else "all")


def _facts(because: tuple[Evidence, ...]) -> Iterator[str]:
    """The facts in their order; what the patient plainly does not have shares one phrase at the end."""
    denied = [label(fact.fact) for fact in because if fact == Evidence(fact.fact, "no", source=fact.source)]
    told = [fact for fact in because if label(fact.fact) not in denied]
    compared = {replace(fact, compared=None) for fact in told if fact.compared}
    yield from (evidence_words(fact) for fact in told if fact not in compared)
    if denied:
        yield f"no: {', '.join(dict.fromkeys(denied))}"


def _open_words(verdict: CriterionVerdict, most: int) -> Iterator[str]:
    """What only a person can decide, grouped by why, with the words unless they are the whole criterion."""
    groups: dict[str, list[str]] = {}
    for gap in verdict.missing:
        if gap.reason not in FACT_REASONS:
            detail = f" ({one_line(gap.detail)})" if gap.detail else ""
            groups.setdefault(REASONS[gap.reason] + detail, []).append(_quoted(gap, verdict.criterion.text))
    for reason, quotes in groups.items():
        words = list(dict.fromkeys(filter(None, quotes)))
        more = f" and {len(words) - most} more" if len(words) > most else ""
        yield f"{reason}: {', '.join(words[:most])}{more}" if words else reason


def _quoted(gap: Missing, text: str) -> str:
    if gap.span is None or gap.span[1] - gap.span[0] >= _MOST * len(text):
        return ""
    return f"“{shortened(one_line(text[slice(*gap.span)]), 60)}”"


def _lacking(gap: Missing) -> str:
    return f"{label(gap.fact)}: {one_line(gap.detail) or REASONS[gap.reason]}"


def _is_absent(gap: Missing) -> bool:
    return gap.reason == "missing" and not gap.detail


def counts(verdict: TrialVerdict) -> dict[Result, int]:
    """How many criteria of a trial came out each way."""
    results = [criterion.result for criterion in verdict.criteria]
    return {result: results.count(result) for result in RESULTS}


def score_words(score: float | None) -> str:
    """The score with two digits, a dash when there is none."""
    return "–" if score is None else f"{score:.2f}"


def head_line(verdict: TrialVerdict) -> str:
    """One trial on one line: outcome in words, score, status, and the cohort it was judged for."""
    parts = [one_line(verdict.trial), OUTCOMES[verdict.outcome], f"score {score_words(verdict.score)}"]
    parts.append(f"status {one_line(verdict.status or 'not given').replace('_', ' ').lower()}")
    parts.append(f"cohort {one_line(verdict.cohort)}" if verdict.cohort else "")
    return " · ".join(part for part in parts if part)


def criterion_cells(verdict: CriterionVerdict, limit: int | None) -> tuple[str, str, str, str]:
    """One criterion as cells: mark and result, id, source words (at most `limit` characters), why."""
    words = one_line(verdict.criterion.text)
    result = f"{MARKS[verdict.result]} {RESULTS[verdict.result]}"
    return result, verdict.criterion.id, words if limit is None else shortened(words, limit), "; ".join(why(verdict))


def summary_cells(rank: int, verdict: TrialVerdict, limit: int) -> tuple[str, ...]:
    """One trial as the cells under SUMMARY, its title at most `limit` characters."""
    counted = counts(verdict)
    numbers = (str(counted[result]) for result in ("pass", "fail", "unresolved"))
    status = one_line(verdict.status or "–").replace("_", " ").lower()
    title = shortened(one_line(verdict.title), limit)
    head = (str(rank), one_line(verdict.trial), OUTCOMES[verdict.outcome], score_words(verdict.score))
    return (*head, *numbers, status, title)


def opening(report: Report) -> str:
    """Whose report it is, and of which day."""
    day = f"as of {report.as_of}" if report.as_of else "no day given, no dated fact"
    day += f", the day of the latest fact ({one_line(report.day_from)})" if report.day_from else ""
    died = f", recorded as deceased ({one_line(report.died)})" if report.died else ""
    return f"Patient {one_line(report.patient)}, {day}{died}"


def whole_lines(report: Report) -> list[str]:
    """Of a registry, how many trials came out each way, and how many of them are shown; nothing of other reports."""
    if report.whole is None:
        return []
    counted = ", ".join(f"{number:,} {OUTCOMES[outcome].lower()}" for outcome, number in report.whole.counts.items())
    return [f"{report.whole.trials:,} trials: {counted}; the first {len(report.verdicts):,} follow"]


def _effort(report: Report) -> list[str]:
    if report.whole is None:
        return []
    tests, singly = report.whole.tests, report.whole.looked_at
    told = f"{tests:,} distinct tests in the rules of the registry, {singly:,} of them judged one by one"
    answered = report.whole.answered
    return [f"Judged: {told}{f', {answered} trials by themselves for their answers' if answered else ''}."]


def foot_lines(report: Report) -> list[str]:
    """What a reader needs to judge the report itself: policy, formula, what was not recognised, digests."""
    policy = "; ".join(report.policy.lines(_variables(report)))
    lines = [f"Policy: {policy}.", f"Formula: {report.formula}.", *_effort(report)]
    if report.left_out:
        lines.append(f"Left out, since it is dated after {report.as_of}: {_some(report.left_out, ', ')}.")
    if report.unrecognised:
        lines.append(f"Not in the vocabulary, so it counts by its name alone: {_some(report.unrecognised, '; ')}.")
    if report.faults:
        lines.append(f"Could not be read in the record: {_some([*map(str, report.faults)], '; ')}.")
    digests = ", ".join(f"{one_line(verdict.trial)} {verdict.digest[:16]}" for verdict in report.verdicts)
    return [*lines, f"Digests of rules, patient, policy and version: {digests}."] if digests else lines


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
