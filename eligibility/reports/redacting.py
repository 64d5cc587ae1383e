"""A report without ids, names and exact dates, to be shown to those who may not know whose it is."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from datetime import date

from eligibility.errors import Fault
from eligibility.patients.patient import UNREAD, Patient
from eligibility.reports.report import Report
from eligibility.rules.leaves import leaves
from eligibility.steps.next_steps import NextSteps
from eligibility.verdicts.parts import Part
from eligibility.verdicts.verdict import CriterionVerdict, Evidence, Missing, TrialVerdict, Verdict

# not what only begins like a day, as the id 2019-001234-12 of a trial does
_DATE = re.compile(r"\b(\d{4})-(\d\d)(?!\d)(?:-(\d\d)(?!\d)(?:[T ]\d\d:\d\d\S*)?)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OLDEST = 89  # few people are older, so an age above tells who it is


def redacted(report: Report, name: str = "(redacted)") -> Report:
    """The same verdicts under another name: days count back from the day of judging, which is not told.

    Without the patient's id, places in the record, who answered, what the record calls things in words of its own,
    ages above 89, and the digests, which are made of all of these. Trials, criteria, values, units and years stay.
    """
    veil = _Veil(report.as_of, report.words, _pattern(report))
    return replace(
        report,
        patient=name,
        as_of=None,
        verdicts=tuple(veil.trial(verdict, name) for verdict in report.verdicts),
        unrecognised=_counted(report.unrecognised, "name or code", "names or codes"),
        day_from="",
        left_out=_counted(report.left_out, "entry", "entries"),
        faults=tuple(Fault("", text) for text in _counted(report.faults, "entry", "entries")),
        died="the day is left out" if report.died else "",
        veil=veil,
    )


def redacted_steps(steps: NextSteps, report: Report) -> NextSteps:
    """The same steps for a redacted report of the same patient: its name, and days as it counts them.

    Without near misses that would tell an age above 89. Raises ValueError for a report that is not redacted.
    """
    veil = report.veil
    if veil is None:
        raise ValueError("the report is not redacted")
    told = veil.words
    return replace(
        steps,
        patient=report.patient,
        as_of=None,
        redacted=True,
        asks=tuple(replace(ask, details=tuple(map(told, ask.details))) for ask in steps.asks),
        never=tuple(replace(row, detail=told(row.detail)) for row in steps.never),
        stale=tuple(
            replace(row, last=row.last and told(row.last), counts_from=row.counts_from and told(str(row.counts_from)))
            for row in steps.stale
        ),
        near=tuple(row for row in steps.near if not any(veil.tells_age(miss.fact, miss.value) for miss in row.misses)),
        turns=tuple(replace(turn, day=told(str(turn.day))) for turn in steps.turns),
    )


def _counted(entries: tuple[object, ...], one: str, several: str) -> tuple[str, ...]:
    return (f"{len(entries)} {one if len(entries) == 1 else several}",) if entries else ()


def _pattern(report: Report) -> re.Pattern[str] | None:
    """What the record says in words of its own, which may be anything: to be found where a reason quotes it."""
    if report.facts is None:
        return None
    known = report.facts.vocabulary
    asked = {
        quality
        for verdict in report.verdicts
        for row in verdict.criteria
        for leaf in leaves(row.rule)
        for quality in (leaf.qualifiers if leaf.kind == "present" else ())
    }
    said = {word for word in _said(report.facts.patient) if word.strip() and word not in asked}
    own = [word for word in sorted(said, key=lambda word: (-len(word), word)) if not known.by_name(word)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, own))})(?!\w)", re.IGNORECASE) if own else None


def _said(patient: Patient) -> Iterator[str]:
    for finding in patient.findings:
        yield from (finding.name, finding.concept.replace("_", " "), *finding.qualifiers)
    for row in patient.measurements:
        if not row.usable:
            yield from (row.text, row.unit or "")


@dataclass(frozen=True, slots=True)
class _Veil:
    """What is told in place of an exact day: how long before the day of judging."""

    day: date | None
    known: Container[str]
    own: re.Pattern[str] | None

    def trial(self, verdict: TrialVerdict, name: str) -> TrialVerdict:
        criteria = tuple(map(self.criterion, verdict.criteria))
        return replace(verdict, patient=name, as_of=None, criteria=criteria, digest="", note=self.words(verdict.note))

    def criterion(self, row: CriterionVerdict) -> CriterionVerdict:
        return replace(row, verdict=self.verdict(row.verdict))

    def part(self, part: Part) -> Part:
        return replace(part, verdict=self.verdict(part.verdict))

    def verdict(self, verdict: Verdict) -> Verdict:
        because, missing = tuple(map(self.fact, verdict.because)), tuple(map(self.gap, verdict.missing))
        return replace(verdict, because=because, missing=missing)

    def fact(self, fact: Evidence) -> Evidence:
        if fact.by:
            return replace(fact, by="a person", date=self.words(fact.date) if fact.date else None, source="")
        if self.tells_age(fact.fact, fact.value):
            return Evidence("age", f">{_OLDEST}", "year", derived_from=fact.derived_from)
        return replace(
            fact,
            fact=fact.fact if self.knows(fact.fact) else "recorded by this name",
            unit=self.words(fact.unit) if fact.unit else None,
            value="what could not be read" if UNREAD in fact.note else self.words(fact.value),
            date=self.words(fact.date) if fact.date else None,
            source="policy" if fact.source == "policy" else "",
            note=self.words(fact.note),
        )

    def tells_age(self, fact: str, value: str) -> bool:
        return fact == "age" and any(float(number) > _OLDEST for number in _NUMBER.findall(value))

    def knows(self, fact: str) -> bool:
        """A name of the vocabulary: any other is as the record calls it, and may hold whatever somebody wrote there."""
        key = fact.removeprefix("allergy to ")
        return key == "age" or key in self.known

    def gap(self, gap: Missing) -> Missing:
        return replace(gap, detail=self.words(gap.detail))

    def words(self, text: str) -> str:
        """The text with every date told as days before the day of judging; of a mere month only its year."""
        told = self.own.sub("(left out)", text) if self.own else text
        return _DATE.sub(self._ago, told)

    def _ago(self, found: re.Match[str]) -> str:
        year, month, day = found.groups()
        if day is None:
            return year
        try:
            apart = (self.day - date(int(year), int(month), int(day))).days if self.day else None
        except ValueError:
            apart = None
        if apart is None:
            return "a day left out"
        if apart == 0:
            return "the day of judging"
        return f"{abs(apart)} day{'s' if abs(apart) != 1 else ''} {'earlier' if apart > 0 else 'later'}"
