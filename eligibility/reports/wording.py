"""The words a report says to a person: marks, outcomes, facts and gaps, harmless on any screen.

Marks are never alone: the word stands beside them, for screen readers and terminals without Unicode.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import children
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
    parts.append(_dated(fact.date, "since" if fact.value == "yes" else "on") if fact.date else "")
    parts.append(f"from {', '.join(map(label, fact.derived_from))}" if fact.derived_from else "")
    parts.append(f"[{one_line(fact.note)}]" if fact.note else "")
    return " ".join(part for part in parts if part)


def _dated(date: str, word: str) -> str:
    """A day behind its word, with the minute where the record has it: on 2025-02-26 07:30, of 3 days earlier."""
    told = _CLOCK.sub(r" \1", one_line(date))
    redacted = told.endswith(("earlier", "later"))
    return f"{'of' if redacted and word == 'on' else word} {told}"


def _answer_words(fact: Evidence) -> str:
    """What a person decided, with the words that they decided on."""
    day = f" {_dated(fact.date, 'on')}" if fact.date else ""
    words = shortened(one_line(fact.fact), 60)
    return f'answered "{fact.value}" by {one_line(fact.by or "")}{day}: "{words}"'


def _unit(fact: Evidence) -> str:
    return unit_words(fact.unit, fact.value)


def unit_words(unit: str | None, value: str) -> str:
    """A unit behind a value: years, unless it is one; "" where there is none."""
    word = one_line(unit or "")
    return f"{word}s" if word in ("year", "month", "week", "day", "hour") and value != "1" else word


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


def gaps_words(gap: Missing) -> str:
    """Why one test is unknown: the fact and the reason, or that a person must judge."""
    detail = one_line(gap.detail)
    if gap.reason not in FACT_REASONS:
        return f"{REASONS[gap.reason]} ({detail})" if detail else REASONS[gap.reason]
    return f"{label(gap.fact)}: {detail or REASONS[gap.reason]}"


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
