"""`changed`: a rise or fall between the latest value and the last earlier one at the right distance."""

from __future__ import annotations

import math
from datetime import timedelta

from eligibility.derived.moments import told
from eligibility.patients.dates import DAYS_PER
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
    """Compares the change per `per` with the bounds; two values count when they lie 0.5 to 2 × `per` apart."""
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
    before = _at_distance(last, earlier, rule.per)
    if not before:
        return _open(rule, name, "stale", "no earlier value at the distance the text asks for", last)
    if any(row.value != before[0].value for row in before):
        return _open(rule, name, "conflict", "there are two different earlier values", last, *before)
    return _judge_pair(rule, name, before[0], last, facts, policy)


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


def _judge_pair(rule: Changed, name: str, first: Reading, last: Reading, facts: Facts, policy: Policy) -> Verdict:
    evidence = (_evidence(first), _evidence(last))
    if first.value is None or last.value is None:
        return Verdict("unknown", evidence, (Missing(name, "unit", rule.span, "the values cannot be compared"),))
    change = _difference(first.value, last.value, rule.direction == "rise")
    length = _length(rule.per) if rule.per else None
    rate = length / _apart(first, last) if length else 1.0
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
