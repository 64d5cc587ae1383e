"""`changed`: a rise or fall per length of time, or within one.

Per 1 day, week or month is a rate: the latest value and the last earlier one at the right distance, scaled to it. Any
other length (48 hours) is a span: two values in it are compared as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

from eligibility.derived.moments import told
from eligibility.patients.dates import DAYS_PER, When
from eligibility.patients.interval import Interval
from eligibility.rules.rule import Bound, Changed, Duration
from eligibility.units import STRICT_TOLERANCE
from eligibility.verdicts.comparing import above, below, reference_limit
from eligibility.verdicts.facts import Facts, Reading
from eligibility.verdicts.opinion import unknown
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Evidence, Missing, Reason, Truth, Verdict
from eligibility.verdicts.windows import latest, timely

DAY = timedelta(days=1)


def judge_changed(rule: Changed, facts: Facts, policy: Policy) -> Verdict:
    """Compares the change with the bounds: per 1 of a unit by two values 0.5 to 2 × it apart, else within the span."""
    name = f"change of {rule.variable}"
    dated = [row for row in told(facts.readings(rule.variable)) if row.when and row.when.one_day]
    if not dated:
        return unknown(name, "missing", rule.span, f"two dated values of {rule.variable} are needed")
    newest = latest(dated)
    last = newest[0]
    if timely(last.when, None, facts.patient.as_of, policy.days(rule.variable, scale=False)) != "met":
        return _open(rule, name, "stale", f"the last value, of {_day(last)}, is too old", last)
    if any(row.value != last.value for row in newest):
        return _open(rule, name, "conflict", "there are two different latest values", *newest)
    earlier = [row for row in dated if row not in newest]
    if not earlier:
        return _open(rule, name, "missing", "one value only; an earlier one is needed", last)
    if rule.per and rule.per.value != 1:
        return _within(rule, name, _pairs(dated, _length(rule.per)), last, facts, policy)
    before = _at_distance(last, earlier, rule.per)
    if not before:
        return _open(rule, name, "stale", "no earlier value at the distance the text asks for", last)
    if any(row.value != before[0].value for row in before):
        return _open(rule, name, "conflict", "there are two different earlier values", last, *before)
    rate = _length(rule.per) / _apart(before[0], last) if rule.per else 1.0
    return _judge_pair(rule, name, before[0], last, rate, facts, policy)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two values that may lie within a span of time; `sure` that they do, the first surely before the second."""

    first: Reading
    second: Reading
    sure: bool


def _pairs(rows: list[Reading], span: timedelta) -> list[_Pair]:
    dated = sorted(((row.when, row) for row in rows if row.when), key=lambda pair: pair[0].first)
    found = []
    for end, (later, second) in enumerate(dated):
        for earlier, first in reversed(dated[:end]):
            if later.first - earlier.first > span + 2 * DAY:  # clocks and parts of days are within that
                break
            least, most = _distances(earlier, later)
            if least <= span:
                found.append(_Pair(first, second, most <= span and later.is_after(earlier)))
    return found


def _distances(first: When, second: When) -> tuple[timedelta, timedelta]:
    """The least and the greatest time from one moment to another."""
    apart = second.after(first)
    return apart - (first.last - first.first), apart + (second.last - second.first)


def _within(rule: Changed, name: str, pairs: list[_Pair], last: Reading, facts: Facts, policy: Policy) -> Verdict:
    """Whether two values within the span reach the size, the later of them within the span of the latest value."""
    ending = {id(pair.first) for pair in pairs if pair.sure and pair.second is last} | {id(last)}
    judged = [(pair, _judge_pair(rule, name, pair.first, pair.second, 1.0, facts, policy)) for pair in pairs]
    sure = [verdict for pair, verdict in judged if pair.sure and id(pair.second) in ending]
    met = next((verdict for verdict in sure if verdict.truth == "met"), None)
    truths = {verdict.truth for _, verdict in judged}
    if met and (rule.high is None or truths == {"met"}):
        return met
    if sure and truths == {"not_met"}:
        return sure[-1]
    open_ = next((verdict for _, verdict in judged if verdict.truth != "not_met"), None)
    if open_ is None:
        return _open(rule, name, "stale", "no earlier value within the time the text asks for", last)
    detail = "two values that may lie within that time of each other, or of the latest value, may fulfil it"
    missing = open_.missing or (Missing(name, "stale", rule.span, detail),)
    return Verdict("unknown", open_.because, missing)


def _at_distance(last: Reading, earlier: list[Reading], per: Duration | None) -> list[Reading]:
    """The last earlier value 0.5 to 2 × `per` before the last (several, when they are of one moment)."""
    wanted = _length(per) if per else None
    fit = [row for row in earlier if wanted is None or wanted / 2 <= _apart(row, last) <= wanted * 2]
    return latest(fit) if fit else []


def _length(per: Duration) -> timedelta:
    """A length of time; a thousand years at most, which no two values are apart."""
    return timedelta(days=min(per.value * DAYS_PER[per.unit], 365_250))


def _apart(earlier: Reading, later: Reading) -> timedelta:
    """The distance of two values: by the clock when both have one, by whole days otherwise."""
    first, second = earlier.when, later.when
    if first is None or second is None:
        return timedelta(0)
    if first.exact and second.exact:
        return second.after(first)
    return second.first.date() - first.first.date()


def _judge_pair(
    rule: Changed, name: str, first: Reading, last: Reading, rate: float, facts: Facts, policy: Policy
) -> Verdict:
    """The change between two values, times `rate`, against the bounds."""
    evidence = (_evidence(first), _evidence(last))
    if first.value is None or last.value is None:
        return Verdict("unknown", evidence, (Missing(name, "unit", rule.span, "the values cannot be compared"),))
    change = _difference(first.value, last.value, rule.direction == "rise")
    change = change.mapped(rate, 0)
    truths: list[Truth] = []
    for bound, compare in ((rule.low, above), (rule.high, below)):
        if bound is None:
            continue
        limit = _limit(bound, first, last, facts, policy)
        if not isinstance(limit, tuple):
            return Verdict("unknown", evidence, (Missing(name, limit, rule.span, "the size cannot be compared"),))
        truths.append(compare(change, limit[0], bound.inclusive, limit[1]))
    if not truths:
        truths.append(above(change, 0, False, STRICT_TOLERANCE))
    if "not_met" in truths:
        return Verdict("not_met", evidence)
    if "unknown" in truths:
        return Verdict("unknown", evidence, (Missing(name, "missing", rule.span, "the values are too coarse"),))
    return Verdict("met", evidence)


def _difference(first: Interval, last: Interval, rise: bool) -> Interval:
    """Last minus first (first minus last for a fall), with the tolerance of neither."""
    later, earlier = (last, first) if rise else (first, last)
    low, high = later.low - earlier.high, later.high - earlier.low
    low, high = (-math.inf if math.isnan(low) else low), (math.inf if math.isnan(high) else high)
    closed_low, closed_high = later.low_closed and earlier.high_closed, later.high_closed and earlier.low_closed
    return Interval(low, high, closed_low, closed_high)


def _limit(bound: Bound, first: Reading, last: Reading, facts: Facts, policy: Policy) -> tuple[float, float] | Reason:
    """The size of the change in canonical units and its tolerance, or why there is none."""
    row = last.measurement
    word = facts.words.get(row.variable)
    canonical, unit = word.unit if word else None, bound.unit or bound.assumed
    base = first.value.low if first.value and first.value.exact else None
    if unit == "baseline" or (unit == "%" and canonical != "%"):
        share = (bound.value - 1) if unit == "baseline" else bound.value / 100
        return "missing" if base is None else (abs(base * share), STRICT_TOLERANCE)
    if unit in ("ULN", "LLN"):
        found = reference_limit(last, unit, facts, policy)
        return (found[0] * bound.value, found[1]) if found else "no_reference_range"
    if unit is None and canonical is not None:
        return "unit"
    change, across = facts.conversion(row.variable, unit, canonical), facts.conversion(row.variable, row.unit, unit)
    return (bound.value * change.scale, across.tolerance) if change and across else "unit"


def _open(rule: Changed, name: str, reason: Reason, detail: str, *rows: Reading) -> Verdict:
    return Verdict("unknown", tuple(_evidence(row) for row in rows), (Missing(name, reason, rule.span, detail),))


def _evidence(reading: Reading) -> Evidence:
    row = reading.measurement
    return Evidence(row.variable, row.text, row.unit, _day(reading), row.source, None, row.derived_from, None, row.note)


def _day(reading: Reading) -> str | None:
    return reading.when.text if reading.when else None
