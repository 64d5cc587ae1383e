"""What a supposition changes: outcomes and criteria, before and after, and what was computed anew."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from eligibility.reports.frame import opening
from eligibility.reports.report import Report
from eligibility.reports.sentences import outcome_sentence, sentence
from eligibility.reports.wording import (
    OUTCOMES,
    RESULTS,
    evidence_words,
    label,
    one_line,
    score_words,
    shortened,
)
from eligibility.verdicts.verdict import CriterionVerdict, Evidence, TrialVerdict
from eligibility.vocabulary.tables import vocabulary

WIDTH = 100
_WORDS = 160


def as_flips(before: Report, after: Report, suppositions: Sequence[str], recorded: frozenset[str]) -> str:
    """What is otherwise in `after`, the report of the patient as supposed; plain text, 100 columns.

    `recorded` are quantities that follow from what is supposed, and stay as they are since they cannot be computed.
    """
    lines = [opening(before), ""]
    lines += _wrapped(f"Supposed: {'; '.join(map(one_line, suppositions))}", "  ")
    lines += [line for text in computed_lines(before, after, recorded) for line in _wrapped(text, "  ")]
    for now in after.verdicts:
        lines += ["", *_trial(before.verdict(now.trial), now, after)]
    return "\n".join(lines) + "\n"


def _trial(was: TrialVerdict, now: TrialVerdict, after: Report) -> Iterator[str]:
    outcomes = f"{OUTCOMES[was.outcome]} → {OUTCOMES[now.outcome]}" if was.outcome != now.outcome else (
        f"stays {OUTCOMES[now.outcome]}"
    )  # fmt: skip
    score = f"score {score_words(was.score)} → {score_words(now.score)}" if was.score != now.score else ""
    cohort = (
        f"cohort {one_line(was.cohort or 'none')} → {one_line(now.cohort or 'none')}"
        if was.cohort != now.cohort
        else ""
    )
    head = " · ".join(filter(None, (one_line(now.trial), outcomes, score, cohort)))
    yield from (head, "─" * min(len(head), WIDTH))
    yield from _wrapped(outcome_sentence(now))
    words = after.facts.words if after.facts else vocabulary().words
    changed = changed_rows(was, now)
    for earlier, row in changed:
        yield ""
        yield _flip(earlier, row)
        yield from _wrapped(f"“{shortened(one_line(row.criterion.text), _WORDS)}”", "  ", "  ")
        yield from _wrapped(f"before: {sentence(earlier, words)}", "  ", "          ")
        yield from _wrapped(f"then:   {sentence(row, words)}", "  ", "          ")
    same = len(now.criteria) - len(changed)
    yield from ("", f"{same} {'criterion is' if same == 1 else 'criteria are'} as before.")


def changed_rows(was: TrialVerdict, now: TrialVerdict) -> list[tuple[CriterionVerdict, CriterionVerdict]]:
    """The criteria of a trial that are decided otherwise, or by other facts: before and after."""
    old = {row.criterion.id: row for row in was.criteria}
    return [(old[row.criterion.id], row) for row in now.criteria if _differs(old[row.criterion.id], row)]


def _differs(was: CriterionVerdict, now: CriterionVerdict) -> bool:
    return was.result != now.result or (was.because, was.missing) != (now.because, now.missing)


def _flip(was: CriterionVerdict, now: CriterionVerdict) -> str:
    name = f"{now.criterion.side} {now.criterion.id}"
    if was.result == now.result:
        return f"{name}: stays {RESULTS[now.result]}"
    return f"{name}: {RESULTS[was.result]} → {RESULTS[now.result]}"


def computed_lines(before: Report, after: Report, recorded: frozenset[str]) -> Iterator[str]:
    """Values that were computed anew, and those that ought to be and cannot."""
    earlier = {fact.fact: fact for fact in _facts(before)}
    seen: set[str] = set()
    for fact in _facts(after):
        if fact.fact not in seen and fact.derived_from and fact != earlier.get(fact.fact):
            seen.add(fact.fact)
            was = earlier.get(fact.fact)
            yield f"Computed: {evidence_words(fact)}{f'; it was {one_line(was.value)}' if was else ''}"
    kept = sorted({fact.fact for fact in _facts(after) if fact.fact in recorded and not fact.derived_from} - seen)
    for name in kept:
        yield f"As recorded, since it cannot be computed from what is known: {label(name)}"


def _facts(report: Report) -> Iterator[Evidence]:
    for verdict in report.verdicts:
        for row in verdict.criteria:
            yield from (fact for fact in row.because if not fact.note.startswith(("older, not", "recorded value used")))


def _wrapped(text: str, lead: str = "", indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=indent or lead, break_on_hyphens=False)
