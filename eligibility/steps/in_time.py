"""What time alone changes: the days on which a test may come out otherwise, each tried on the judge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from eligibility.patients.births import births_of
from eligibility.patients.dates import When, shift
from eligibility.patients.patient import Finding, Patient
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import Changed, Graded, Leaf, Measured, Present, Window
from eligibility.rules.rulebook import Rulebook
from eligibility.steps.next_steps import Turn
from eligibility.verdicts.ages import next_birthday, unit_of
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.judge import judge_trial
from eligibility.verdicts.outcome import lacks_fact
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import CriterionVerdict, Outcome, TrialVerdict

HORIZON_YEARS = 5
_DAY = timedelta(days=1)
_MOST_TRIES = 200


class InTime:
    """One patient on later days, all records as they are today."""

    def __init__(self, facts: Facts, policy: Policy) -> None:
        """`facts` are those of the day of judging."""
        self._facts, self._policy = facts, policy
        self._later: dict[date, Facts] = {}

    def turn(self, book: Rulebook, now: TrialVerdict) -> Turn | None:
        """The first day within five years on which a trial has another outcome, None when none was found.

        Days are tried on which a test may change: birthdays, ends of windows, days on which a value is too old or what
        is planned to end has ended. The day before is tried as well, so that a day that is given is the first.
        """
        today = self._facts.patient.as_of
        if today is None:
            return None
        same = today
        for day in self._days(now, today):
            if self._outcome(book, now, day) != now.outcome:
                return self._told(book, now, self._first(book, now, same, day))
            same = day
        return None

    def _first(self, book: Rulebook, now: TrialVerdict, same: date, other: date) -> date:
        """The first day with another outcome, between a day that has the same and a later one that has not."""
        if self._outcome(book, now, other - _DAY) == now.outcome:
            return other
        while other - same > _DAY:
            middle = same + (other - same) // 2
            same, other = (middle, other) if self._outcome(book, now, middle) == now.outcome else (same, middle)
        return other

    def _told(self, book: Rulebook, now: TrialVerdict, day: date) -> Turn:
        then = self._judged(book, day)
        before = {row.criterion.id: row for row in now.criteria}
        pairs = [(before[row.criterion.id], row) for row in then.criteria]
        changes = [
            (old.criterion.id, old.result, new.result)
            for old, new in pairs
            if old.result != new.result or lacks_fact(old) != lacks_fact(new)
        ]
        return Turn(now.trial, now.outcome, day, then.outcome, tuple(changes))

    def _outcome(self, book: Rulebook, now: TrialVerdict, day: date) -> Outcome:
        return self._judged(book, day).outcome

    def _judged(self, book: Rulebook, day: date) -> TrialVerdict:
        return judge_trial(book.trial, book.lines, self._on(day), self._policy)

    def _on(self, day: date) -> Facts:
        if day not in self._later:
            patient = later(self._facts.patient, day)
            self._later[day] = Facts(patient, self._facts.vocabulary, self._facts.assumed)
        return self._later[day]

    def _days(self, now: TrialVerdict, today: date) -> list[date]:
        """The days to try, in their order."""
        last = shift(today, HORIZON_YEARS, "year")
        asked = (leaf for row in _that_count(now) for leaf in leaves(row.rule))
        found = {day for leaf in asked for day in _days_of(leaf, self._facts, self._policy)}
        return sorted(day for day in found if today < day <= last)[:_MOST_TRIES]


def later(patient: Patient, day: date) -> Patient:
    """The patient as of a later day, older by that time, all records as they are."""
    births = births_of(patient)
    if births is None:
        return replace(patient, as_of=day)
    return replace(patient, as_of=day, birth_date=births, age=None)


def _that_count(now: TrialVerdict) -> Sequence[CriterionVerdict]:
    """The criteria that must change for the outcome to change."""
    if now.outcome != "ineligible" or now.cohort is not None:
        return now.criteria
    return [row for row in now.criteria if row.result == "fail"]


def _days_of(leaf: Leaf, facts: Facts, policy: Policy) -> Iterator[date]:
    if isinstance(leaf, Measured) and leaf.variable == "age":
        yield from _birthdays(leaf, facts)
    elif isinstance(leaf, Measured | Changed):
        window = leaf.window if isinstance(leaf, Measured) else None
        whens = (row.when for row in facts.readings(leaf.variable))
        yield from _ends(whens, window, policy.days(leaf.variable, scale=False))
    elif isinstance(leaf, Graded):
        yield from _ends_of_levels(leaf.scale, leaf.window, facts, policy)
    elif isinstance(leaf, Present):
        yield from _ends_of_findings(leaf, facts, policy)


def _birthdays(leaf: Measured, facts: Facts) -> Iterator[date]:
    births = births_of(facts.patient)
    for bound in (leaf.low, leaf.high) if births else ():
        if bound is None or births is None:
            continue
        for count in {bound.value, next_birthday(bound.value)}:
            yield from _shifted((births.first.date(), births.last.date()), count, unit_of(bound))


def _ends_of_levels(scale: str, window: Window | None, facts: Facts, policy: Policy) -> Iterator[date]:
    word = facts.words.get(scale)
    days = policy.days(scale, scale=True, own=word.lasting if word else None)
    yield from _ends((row.when for row in facts.levels(scale)), window, days)


def _ends_of_findings(leaf: Present, facts: Facts, policy: Policy) -> Iterator[date]:
    word = facts.words.get(leaf.concept)
    if word is not None and word.kind == "scale" and leaf.fact != "allergy":
        yield from _ends_of_levels(leaf.concept, leaf.window, facts, policy)
        return
    for row in _akin(leaf, facts):
        days = policy.days(row.concept, scale=True)
        yield from _ends((row.onset, row.abatement, row.seen), leaf.window, days)
        yield from _ends((row.seen, row.onset, row.abatement), None, days)
        if row.abatement:
            yield row.abatement.last.date() + _DAY


def _akin(leaf: Present, facts: Facts) -> Iterator[Finding]:
    """What is recorded of a concept, its kinds, and what it is a kind of."""
    if leaf.named:
        yield from facts.called(leaf.concept, leaf.fact == "allergy")
        return
    above = facts.ancestors(leaf.concept)
    for concept, rows in (facts.allergies if leaf.fact == "allergy" else facts.findings).items():
        if concept == leaf.concept or concept in above or leaf.concept in facts.ancestors(concept):
            yield from rows


def _ends(whens: Iterable[When | None], window: Window | None, days: int) -> Iterator[date]:
    """The days on which moments leave a window, or are too old."""
    value, unit = (window.value, window.unit) if window else (float(days), "day")
    for when in whens:
        if when is not None:
            yield from _shifted((when.first.date(), when.last.date()), value, unit)


def _shifted(edges: tuple[date, date], value: float, unit: str) -> Iterator[date]:
    for edge in edges:
        try:
            day = shift(edge, value, unit)
            yield from (day, day + _DAY)
        except OverflowError:
            continue
