"""Near misses: by how much a value or a level lies on the wrong side of a limit, in the unit of the record."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eligibility.patients.interval import LOGARITHM, Interval
from eligibility.patients.levels import values_of
from eligibility.rules.leaves import children, leaves
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Bound, Graded, Leaf, Measured, Not, Rule
from eligibility.steps.next_steps import Miss
from eligibility.verdicts.ages import unit_of
from eligibility.verdicts.comparing import RELATIVE, limit_of, reference_limit
from eligibility.verdicts.facts import Facts, Reading
from eligibility.verdicts.judge import judge_criterion
from eligibility.verdicts.leaf import LEAVES
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import CriterionVerdict, Evidence, Verdict


def misses_of(row: CriterionVerdict, facts: Facts, policy: Policy) -> tuple[Miss, ...]:
    """What would have to be otherwise, and by how much, for a failing criterion not to fail; () where no number tells.

    The nearest of several that would each suffice, else all that are needed together. Tried on the judge.
    """
    found: list[tuple[Miss, Leaf]] = []
    for leaf in leaves(row.rule):
        verdict = LEAVES[type(leaf)](leaf, facts, policy) if isinstance(leaf, Measured | Graded) else None
        miss = _miss(row.criterion.id, leaf, verdict, facts, policy) if verdict else None
        if miss:
            found.append((miss, leaf))
    found.sort(key=lambda pair: pair[0].share)
    for miss, leaf in found:
        if _frees(row, [leaf], facts, policy):
            return (miss,)
    together = [leaf for _, leaf in found]
    if len(together) < 2 or not _frees(row, together, facts, policy):
        return ()
    for one in tuple(reversed(together)):
        rest = [leaf for leaf in together if leaf is not one]
        together = rest if _frees(row, rest, facts, policy) else together
    return tuple(dict.fromkeys(miss for miss, leaf in found if any(leaf is one for one in together)))


def _frees(row: CriterionVerdict, turned: Sequence[Leaf], facts: Facts, policy: Policy) -> bool:
    """Whether the criterion would not fail if these tests came out the other way."""
    opposite: dict[int, Rule] = {}
    for leaf in turned:
        met = LEAVES[type(leaf)](leaf, facts, policy).truth == "met"
        opposite[id(leaf)] = AnyOf(()) if met else AllOf(())
    return judge_criterion(row.criterion, _with(row.rule, opposite), facts, policy).result != "fail"


def _with(rule: Rule, others: dict[int, Rule]) -> Rule:
    """The rule with other rules in the place of some leaves."""
    if id(rule) in others:
        return others[id(rule)]
    parts = tuple(_with(part, others) for part in children(rule))
    match rule:
        case AllOf():
            return AllOf(parts, rule.span)
        case AnyOf():
            return AnyOf(parts, rule.span)
        case AtLeast():
            return AtLeast(rule.count, parts, rule.span)
        case Not():
            return Not(parts[0], rule.span)
    return rule


def _miss(criterion: str, leaf: Leaf, verdict: Verdict, facts: Facts, policy: Policy) -> Miss | None:
    """How far a decided test is from coming out the other way."""
    if verdict.truth == "unknown" or not verdict.because:
        return None
    wanted, seen = verdict.truth == "not_met", verdict.because[0]
    if isinstance(leaf, Measured):
        if leaf.select != "latest" or leaf.times != 1:
            return None
        if leaf.variable == "age":
            return _age_miss(criterion, leaf, seen, wanted)
        return _value_miss(criterion, leaf, seen, wanted, facts, policy)
    return _level_miss(criterion, leaf, seen, wanted, facts) if isinstance(leaf, Graded) else None


def _value_miss(
    criterion: str, leaf: Measured, seen: Evidence, wanted: bool, facts: Facts, policy: Policy
) -> Miss | None:
    reading = next((row for row in facts.readings(leaf.variable) if _is_seen(row, seen)), None)
    if reading is None or (reading.measurement.unit or "").startswith(LOGARITHM):
        return None
    ways = []
    for bound, lower in ((leaf.low, True), (leaf.high, False)):
        placed = _placed(reading, bound, facts, policy) if bound else None
        if bound and placed:
            ways.append((*_distance(placed[0], placed[1], upwards=lower == wanted), placed[1], bound))
    ways = [way for way in ways if 0 <= way[0] < math.inf]
    if not ways:
        return None
    by, value, limit, bound = min(ways, key=lambda way: way[0])
    share = by / abs(limit or value or 1.0)
    beyond = bound.inclusive != wanted
    return Miss(criterion, seen.fact, seen.value, _number(limit), _number(by), seen.unit, share, beyond)


def _is_seen(reading: Reading, seen: Evidence) -> bool:
    row = reading.measurement
    when = row.when.text if row.when else None
    return (row.variable, row.text, row.source, when) == (seen.fact, seen.value, seen.source, seen.date)


def _placed(reading: Reading, bound: Bound, facts: Facts, policy: Policy) -> tuple[Interval, float] | None:
    """Value and limit in the unit of the record, None where they cannot be compared."""
    row, unit = reading.measurement, bound.unit or bound.assumed
    if row.unit in RELATIVE:
        return (row.value, bound.value) if row.unit == unit else None
    if unit in ("ULN", "LLN"):
        found = reference_limit(reading, unit or "", facts, policy)
        limit = found[0] * bound.value if found else None
    else:
        placed = limit_of(reading, bound, facts)
        limit = placed[0] if isinstance(placed, tuple) else None
    word = facts.words.get(row.variable)
    back = facts.conversion(row.variable, word.unit if word else None, row.unit)
    return (row.value, back(limit)) if limit is not None and back else None


def _distance(value: Interval, limit: float, *, upwards: bool) -> tuple[float, float]:
    """How far all of the value is from the limit, below zero when it need not move; and the end it is measured from."""
    return (limit - value.low, value.low) if upwards else (value.high - limit, value.high)


def _age_miss(criterion: str, leaf: Measured, seen: Evidence, wanted: bool) -> Miss | None:
    ways = []
    for bound, lower in ((leaf.low, True), (leaf.high, False)):
        if bound and unit_of(bound) == seen.unit:
            age = float(seen.value)
            by = bound.value - age if lower == wanted else age - bound.value
            ways += [(by, bound)] if by >= 0 else []
    if not ways:
        return None
    by, bound = min(ways, key=lambda way: way[0])
    beyond = bound.inclusive != wanted
    share = by / (bound.value or 1.0)
    return Miss(criterion, "age", seen.value, _number(bound.value), _number(by), seen.unit, share, beyond)


def _level_miss(criterion: str, leaf: Graded, seen: Evidence, wanted: bool, facts: Facts) -> Miss | None:
    """The number of levels from where the patient is to the nearest that would do."""
    word = facts.words.get(leaf.scale)
    if word is None or word.higher_is_worse is None or word.result or leaf.select != "latest" or leaf.times != 1:
        return None
    order = values_of(word)
    here = next((row.grade.levels for row in facts.levels(leaf.scale) if row.grade.source == seen.source), None)
    wished = [level for level in order if (level in leaf.levels) == wanted]
    if not here or not wished:
        return None
    at = [order.index(level) for level in here]
    by, limit = min(
        (max(abs(order.index(level) - place) for place in at), index, level) for index, level in enumerate(wished)
    )[::2]
    return Miss(criterion, leaf.scale, " or ".join(here), limit, str(by), "level", by / max(len(order) - 1, 1))


def _number(value: float) -> str:
    """Three digits, without an exponent where people write none."""
    return f"{float(f'{value:.3g}'):.12g}"
