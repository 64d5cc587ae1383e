"""The verb of this station: from rulebooks and the facts of one patient to what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from eligibility.patients.dates import shift
from eligibility.rules.rule import Changed, Graded, Leaf, Measured, Present
from eligibility.rules.rulebook import Rulebook
from eligibility.steps.greedy import in_order_of_gain
from eligibility.steps.in_time import InTime
from eligibility.steps.near import misses_of
from eligibility.steps.needs import Need, Needs
from eligibility.steps.next_steps import Ask, NearMiss, Never, NextSteps, Stale, Subject, Turn
from eligibility.steps.open_tests import OpenTest, open_tests
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.judge import best_of, judge_cohorts
from eligibility.verdicts.outcome import ORDER
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import TrialVerdict


@dataclass
class _Found:
    """What was found of all trials so far."""

    outcomes: list[str] = field(default_factory=list)
    tests: list[OpenTest] = field(default_factory=list)
    empty: list[Never] = field(default_factory=list)
    near: list[NearMiss] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


def find_steps(books: Iterable[Rulebook], facts: Facts, policy: Policy) -> NextSteps:
    """What to do next for a patient about these trials."""
    found, in_time = _Found(), InTime(facts, policy)
    for book in books:
        cohorts = judge_cohorts(book.trial, book.lines, facts, policy)
        _look(book, best_of(cohorts), cohorts, facts, policy, found)
        if turn := in_time.turn(book, best_of(cohorts)):
            found.turns.append(turn)
    found.tests.sort(key=lambda test: test.trial)  # whatever the order of the trials, the same steps
    needs = Needs(facts, policy)
    needed = [(test, needs.of(test.leaf)) for test in found.tests]
    never = [
        Never(one.trial, one.criterion, one.gap.fact, needs.why_not(one.leaf) or one.gap.detail)
        for one, need in needed
        if need is None
    ]
    return NextSteps(
        patient=facts.patient.id,
        as_of=facts.patient.as_of,
        counts={outcome: found.outcomes.count(outcome) for outcome in ORDER},
        undetermined=found.outcomes.count("undetermined"),
        asks=tuple(_asks([(test, need) for test, need in needed if need], {one.trial for one in never})),
        never=tuple(sorted({one.trial: one for one in (*reversed(never), *found.empty)}.values(), key=_of_trial)),
        stale=tuple(_stale(found.tests, facts, policy)),
        near=tuple(sorted(found.near, key=lambda one: one.nearness)),
        turns=tuple(sorted(found.turns, key=lambda one: (str(one.day), one.trial))),
        policy=policy,
    )


def _of_trial(one: Never) -> str:
    return one.trial


def _look(
    book: Rulebook, best: TrialVerdict, cohorts: Sequence[TrialVerdict], facts: Facts, policy: Policy, found: _Found
) -> None:
    found.outcomes.append(best.outcome)
    if best.outcome == "undetermined":
        # another cohort that is undetermined may take the place of the best one
        tests = [
            one for cohort in cohorts if cohort.outcome == "undetermined" for one in open_tests(cohort, facts, policy)
        ]
        found.tests += tests
        found.empty += [] if tests else [Never(book.trial.id, "", "", best.note)]
    if best.outcome == "ineligible":
        rows = [row for row in best.criteria if row.result == "fail"]
        misses = [misses_of(row, facts, policy) for row in rows]
        if all(misses):
            found.near.append(NearMiss(book.trial.id, tuple(miss for several in misses for miss in several)))


def _asks(needed: Sequence[tuple[OpenTest, Need]], never: set[str]) -> Iterator[Ask]:
    """The facts in order of gain; at the end those that only trials want that no fact decides."""
    lacking: defaultdict[str, set[Subject]] = defaultdict(set)
    for test, need in needed:
        lacking[test.trial] |= need.subjects
    about = _about(needed)
    sure = {trial: frozenset(subjects) for trial, subjects in lacking.items() if trial not in never}
    order = list(in_order_of_gain(sure))
    taken = {subject for subject, _ in order}
    rest = sorted(about.keys() - taken, key=lambda one: (-len(_wanting(one, lacking)), one))
    for subject, decides in (*order, *((subject, ()) for subject in rest)):
        tests = about[subject]
        yield Ask(
            subject=subject,
            tests=tuple(dict.fromkeys(test.leaf for test, _ in tests)),
            wanted_by=_wanting(subject, lacking),
            alone=tuple(sorted(trial for trial, subjects in sure.items() if subjects == {subject})),
            decides=decides,
            computes=tuple(dict.fromkeys(test.gap.fact for test, need in tests if need.computed)),
            reasons=tuple(dict.fromkeys(test.gap.reason for test, _ in tests)),
            details=tuple(dict.fromkeys(test.gap.detail for test, need in tests if test.gap.detail)),
        )


def _wanting(subject: Subject, lacking: Mapping[str, set[Subject]]) -> tuple[str, ...]:
    return tuple(sorted(trial for trial, subjects in lacking.items() if subject in subjects))


def _about(needed: Sequence[tuple[OpenTest, Need]]) -> dict[Subject, list[tuple[OpenTest, Need]]]:
    about: dict[Subject, list[tuple[OpenTest, Need]]] = {}
    for test, need in needed:
        for subject in need.subjects:
            about.setdefault(subject, []).append((test, need))
    return about


def _stale(tests: Sequence[OpenTest], facts: Facts, policy: Policy) -> Iterator[Stale]:
    """What is recorded and too old, what most trials want first."""
    by_fact: dict[str, list[OpenTest]] = {}
    for test in tests:
        if test.gap.reason == "stale":
            by_fact.setdefault(test.gap.fact, []).append(test)
    rows = []
    for fact, some in by_fact.items():
        last = max((row.date for test in some for row in test.seen if row.date), default=None)
        starts = [_counts_from(test.leaf, facts, policy) for test in some]
        known = [start for start in starts if start]
        start = max(known) if len(known) == len(starts) else None
        rows.append(Stale(fact, last, start, tuple(sorted({test.trial for test in some}))))
    yield from sorted(rows, key=lambda row: (-len(row.trials), row.fact))


def _counts_from(leaf: Leaf, facts: Facts, policy: Policy) -> date | None:
    """The first day of which a value would count today, None where age alone does not tell."""
    today = facts.patient.as_of
    window = None if isinstance(leaf, Changed) else getattr(leaf, "window", None)
    if today is None or (window and window.kind != "within"):
        return None
    try:
        if window:
            return shift(today, -window.value, window.unit)
        return shift(today, -_days(leaf, facts, policy), "day")
    except OverflowError:
        return None


def _days(leaf: Leaf, facts: Facts, policy: Policy) -> int:
    if isinstance(leaf, Measured | Changed):
        return policy.days(leaf.variable, scale=False)
    key = leaf.scale if isinstance(leaf, Graded) else leaf.concept if isinstance(leaf, Present) else ""
    word = facts.words.get(key)
    return policy.days(key, scale=True, own=word.lasting if word and isinstance(leaf, Graded) else None)
