"""A report without ids, names and exact dates, to be shown to those who may not know whose it is."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date

from eligibility.errors import Fault
from eligibility.patients.patient import UNREAD
from eligibility.reports.report import Report
from eligibility.verdicts.parts import Part
from eligibility.verdicts.verdict import CriterionVerdict, Evidence, Missing, TrialVerdict, Verdict
from eligibility.vocabulary.tables import vocabulary

_DATE = re.compile(r"\b(\d{4})-(\d\d)(?:-(\d\d)(?:[T ]\d\d:\d\d\S*)?)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OLDEST = 89  # few people are older, so an age above tells who it is


def redacted(report: Report, name: str = "(redacted)") -> Report:
    """The same verdicts under another name: days count back from the day of judging, which is not told.

    Without the patient's id, places in the record, who answered, names of codes and entries, ages above 89, and the
    digests, which are made of all of these. Trials, criteria, values, units and years of onset stay.
    """
    veil = _Veil(report.as_of, report.facts.words if report.facts else vocabulary().words)
    return replace(
        report,
        patient=name,
        as_of=None,
        verdicts=tuple(veil.trial(verdict, name) for verdict in report.verdicts),
        unrecognised=_counted(report.unrecognised, "names or codes"),
        day_from="",
        left_out=_counted(report.left_out, "entries"),
        faults=tuple(Fault("", text) for text in _counted(report.faults, "entries")),
        died="the day is left out" if report.died else "",
        conceal=veil.part,
    )


def _counted(entries: tuple[object, ...], what: str) -> tuple[str, ...]:
    return (f"{len(entries)} {what}",) if entries else ()


@dataclass(frozen=True, slots=True)
class _Veil:
    """What is told in place of an exact day: how long before the day of judging."""

    day: date | None
    known: Container[str]

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
        if fact.fact == "age" and any(float(number) > _OLDEST for number in _NUMBER.findall(fact.value)):
            return Evidence("age", f">{_OLDEST}", "year", derived_from=fact.derived_from)
        return replace(
            fact,
            fact=fact.fact if self.knows(fact.fact) else "recorded by this name",
            value="what could not be read" if UNREAD in fact.note else self.words(fact.value),
            date=self.words(fact.date) if fact.date else None,
            source="policy" if fact.source == "policy" else "",
            note=self.words(fact.note),
        )

    def knows(self, fact: str) -> bool:
        """A name of the vocabulary: any other is as the record calls it, and may hold whatever somebody wrote there."""
        key = fact.removeprefix("allergy to ")
        return key == "age" or key in self.known

    def gap(self, gap: Missing) -> Missing:
        return replace(gap, detail=self.words(gap.detail))

    def words(self, text: str) -> str:
        """The text with every date told as days before the day of judging; of a mere month only its year."""
        return _DATE.sub(self._ago, text)

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
