"""What the page shows of a report, in the order of the page: plain values, ready for the templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from eligibility.reports.frame import short_digest
from eligibility.reports.html.marks import SIGNS, Piece, mark_of, pieces
from eligibility.reports.html.number_line import NumberLine, number_line
from eligibility.reports.report import Report
from eligibility.reports.requirements import requirement
from eligibility.reports.sentences import outcome_sentence
from eligibility.reports.wording import MARKS, OUTCOMES, RESULTS, SIDES, counts, evidence_words, score_words, why
from eligibility.rules.leaves import leaves
from eligibility.rules.notation import notation
from eligibility.rules.rule import AllOf
from eligibility.verdicts.parts import Part
from eligibility.verdicts.verdict import CriterionVerdict, Outcome, TrialVerdict, Verdict

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

OUTCOME_SIGNS: dict[Outcome, str] = {
    "eligible": "✓",
    "potentially_eligible": "☐",
    "undetermined": "?",
    "ineligible": "✗",
}
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Badge:
    """A sign and its word; `key` chooses the colour."""

    key: str
    sign: str
    word: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Tests of a criterion that one phrase tells of; `number` stands at their words too, 0 when there is but one.

    Its badge has no word where the phrase begins with it. `idle` when the result of the criterion stands whatever
    becomes of them.
    """

    number: int
    badge: Badge
    idle: bool
    phrases: tuple[tuple[str, str], ...]
    line: NumberLine | None


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion: its words in pieces, what it `asks` for in plain words, its rule, and what was found."""

    id: str
    badge: Badge
    remarks: tuple[str, ...]
    pieces: tuple[Piece, ...]
    asks: str
    rule: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class TrialView:
    """One trial of the ranking; `sides` are headings with criteria, none for a trial that is shown as a row.

    `because` says in a sentence what decides its outcome.
    """

    rank: int
    id: str
    title: str
    badge: Badge
    facts: tuple[str, ...]
    results: tuple[tuple[Badge, int], ...]
    named: tuple[tuple[str, str], ...]
    because: str
    note: str
    digest: str
    sides: tuple[tuple[str, tuple[CriterionView, ...]], ...]


def trial_view(report: Report, rank: int, verdict: TrialVerdict, *, whole: bool) -> TrialView:
    """A trial with all of its criteria, or (not `whole`) only what a row says of it."""
    counted = counts(verdict)
    return TrialView(
        rank=rank,
        id=verdict.trial,
        title=verdict.title,
        badge=outcome_badge(verdict.outcome),
        facts=tuple(_facts(verdict)),
        results=tuple((Badge(key, MARKS[key], word), counted[key]) for key, word in RESULTS.items() if counted[key]),
        named=tuple(_named(verdict)),
        because=outcome_sentence(verdict) if whole else "",
        note=verdict.note,
        digest=short_digest(verdict),
        sides=tuple(_sides(report, verdict)) if whole else (),
    )


def outcome_badge(outcome: Outcome) -> Badge:
    """The outcome of a trial with its sign."""
    return Badge(outcome, OUTCOME_SIGNS[outcome], OUTCOMES[outcome])


def _facts(verdict: TrialVerdict) -> Iterator[str]:
    yield f"score {score_words(verdict.score)}"
    yield f"status {(verdict.status or 'not given').replace('_', ' ').lower()}"
    if verdict.cohort:
        yield f"cohort {verdict.cohort}"


def _named(verdict: TrialVerdict) -> Iterator[tuple[str, str]]:
    """What decides a trial at a glance: the criteria that fail, else those that are open."""
    for result, word in (("fail", "fails"), ("unresolved", "open")):
        ids = [row.criterion.id for row in verdict.criteria if row.result == result]
        if ids:
            more = f" and {len(ids) - _MOST_NAMED} more" if len(ids) > _MOST_NAMED else ""
            yield word, ", ".join(ids[:_MOST_NAMED]) + more
            return


def _sides(report: Report, verdict: TrialVerdict) -> Iterator[tuple[str, tuple[CriterionView, ...]]]:
    for side, heading in SIDES.items():
        rows = [row for row in verdict.criteria if row.criterion.side == side]
        if rows:
            yield heading, tuple(_criterion(row, report.parts(verdict, row), report.words) for row in rows)


def _criterion(row: CriterionVerdict, parts: tuple[Part, ...], words: Mapping[str, Word]) -> CriterionView:
    criterion = row.criterion
    remarks = [f"cohort {criterion.cohort}"] if criterion.cohort else []
    remarks += [f"from the {criterion.source}"] if criterion.source != "text" else []
    groups = _groups(row, parts) if row.result != "not_applicable" else []
    marked = [(part.leaf.span, mark_of(part), number) for number, group in groups for part in group]
    return CriterionView(
        id=criterion.id,
        badge=Badge(row.result, MARKS[row.result], RESULTS[row.result]),
        remarks=tuple(remarks),
        pieces=tuple(pieces(criterion.text, marked)),
        asks=_asks(row, words),
        rule=notation(row.rule),
        findings=tuple(_finding(row, number, group) for number, group in groups) or (_whole(row),),
    )


def _asks(row: CriterionVerdict, words: Mapping[str, Word]) -> str:
    """The requirement in plain words; nothing where it would only say the criterion again."""
    if all(leaf.kind in ("judgement", "unclear") for leaf in leaves(row.rule)):
        return ""
    return requirement(row.rule, row.criterion.side == "inclusion", words)


def _groups(row: CriterionVerdict, parts: tuple[Part, ...]) -> list[tuple[int, list[Part]]]:
    """The tests in order, numbered; neighbours that only lack a record, or that are plainly denied, are one."""
    groups = [list(group) for _, group in groupby(parts, _Neighbours())]
    return [(number if len(groups) > 1 else 0, group) for number, group in enumerate(groups, 1)]


class _Neighbours:
    """A key that stays the same while tests can share a phrase."""

    def __init__(self) -> None:
        self.place = 0
        self.shared = ""

    def __call__(self, part: Part) -> int:
        kind = _kind(part)
        self.place += not kind or kind != self.shared
        self.shared = kind
        return self.place


def _kind(part: Part) -> str:
    """What the phrase of a test begins with, "" where it has one of its own."""
    verdict = part.verdict
    if not verdict.because and all(gap.reason == "missing" and not gap.detail for gap in verdict.missing):
        return f"{part.result} absent"
    denied = all(fact.value == "no" and not (fact.date or fact.note or fact.by) for fact in verdict.because)
    return f"{part.result} denied" if denied and verdict.because and not verdict.missing else ""


def _finding(row: CriterionVerdict, number: int, group: list[Part]) -> Finding:
    mark = mark_of(group[0])
    sign, word = SIGNS[mark]
    verdicts = [part.verdict for part in group]
    rule = group[0].leaf if len(group) == 1 else AllOf(tuple(part.leaf for part in group))
    joined = Verdict(
        verdicts[0].truth,
        tuple(fact for verdict in verdicts for fact in verdict.because),
        tuple(gap for verdict in verdicts for gap in verdict.missing),
    )
    told = CriterionVerdict(row.criterion, rule, group[0].result, joined)
    line = number_line(group[0]) if len(group) == 1 else None
    idle = row.result in ("pass", "fail") and mark != row.result
    phrases = tuple(_phrases(told))
    said = bool(phrases) and phrases[0][0].startswith(word)
    return Finding(number, Badge(mark, sign, "" if said else word), idle, phrases, line)


def _phrases(told: CriterionVerdict) -> Iterator[tuple[str, str]]:
    """What was found, each with its place in the record: the words of every other report."""
    places = {evidence_words(fact): fact.source for fact in told.because}
    yield from ((phrase, places.get(phrase, "")) for phrase in why(told))


def _whole(row: CriterionVerdict) -> Finding:
    """What is told of a criterion as a whole, where its tests are not told one by one."""
    return Finding(0, Badge(row.result, MARKS[row.result], RESULTS[row.result]), False, tuple(_phrases(row)), None)
