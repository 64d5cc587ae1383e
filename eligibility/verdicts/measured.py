"""`measured`: a quantity lies within bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from eligibility.patients.interval import Interval, linear
from eligibility.rules.rule import Bound, Measured
from eligibility.verdicts.ages import judge_age
from eligibility.verdicts.comparing import RELATIVE, UNSURE, against, reference_limit
from eligibility.verdicts.facts import Facts, Reading
from eligibility.verdicts.opinion import MET, Opinion, both, unknown, weigh
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import Evidence, Verdict


def judge_measured(rule: Measured, facts: Facts, policy: Policy) -> Verdict:
    """Met when the whole interval of the value satisfies the bounds, not met when none of it does."""
    if rule.variable == "age":
        return judge_age(rule, facts)

    def test(reading: Reading) -> Opinion:
        low = against(reading, rule.low, True, facts, policy) if rule.low else MET
        opinion = both(low, against(reading, rule.high, False, facts, policy)) if rule.high else low
        return _explained(opinion, reading)

    def show(reading: Reading) -> Evidence:
        return _evidence(reading, rule, facts, policy)

    readings = facts.readings(rule.variable)
    if not readings and (wider := facts.wider(rule.variable)):
        detail = f"{wider} is recorded, but not whether it is this kind of it"
        return unknown(rule.variable, "missing", rule.span, detail)
    days = policy.days(rule.variable, scale=False)
    return weigh(rule, rule.variable, readings, facts, days, test, show, _extreme, "measurements")


def _explained(opinion: Opinion, reading: Reading) -> Opinion:
    """Of a computed value that is too coarse, which of its inputs is not known."""
    _, _, unknown_input = reading.measurement.note.partition("; ")
    if opinion.detail != UNSURE or not (reading.computed and unknown_input):
        return opinion
    return replace(opinion, detail=unknown_input)


def _extreme(which: str, readings: Sequence[Reading], complete: bool) -> Reading | None:
    """The least (or greatest) value; it may be lower still (or higher) where not every value is recorded."""
    known = [(reading, reading.value) for reading in readings if reading.value is not None]
    if not known:
        return None
    complete = complete and len(known) == len(readings)
    if which == "min":
        reading, value = min(known, key=lambda pair: pair[1].high)
        low = min(value.low for _, value in known) if complete else -math.inf
        return replace(reading, value=Interval(low, value.high, complete, value.high_closed))
    reading, value = max(known, key=lambda pair: pair[1].low)
    high = max(value.high for _, value in known) if complete else math.inf
    return replace(reading, value=Interval(value.low, high, value.low_closed, complete))


def _evidence(reading: Reading, rule: Measured, facts: Facts, policy: Policy) -> Evidence:
    row = reading.measurement
    bound = rule.low or rule.high
    unit = (bound.unit or bound.assumed) if bound else None
    notes = [row.note] if row.note else []
    if bound and bound.unit is None and bound.assumed:
        notes.append(f"the text gives no unit, read as {bound.assumed}")
    if unit in RELATIVE and row.reference is None and policy.table_ranges:
        notes.append("reference range of the vocabulary, not of the laboratory")
    return Evidence(
        fact=row.variable,
        value=row.text,
        unit=row.unit,
        date=row.when.text if row.when else None,
        source=row.source,
        compared=None if bound is None or unit == row.unit else _compared(reading, bound, rule, facts, policy),
        derived_from=row.derived_from,
        note="; ".join(notes),
    )


def _compared(reading: Reading, bound: Bound, rule: Measured, facts: Facts, policy: Policy) -> str | None:
    """The value in the rule's unit ("205 umol/L"), None when it cannot be converted."""
    unit = bound.unit or bound.assumed
    if reading.value is None or unit is None:
        return None
    if unit in ("ULN", "LLN"):
        limit = reference_limit(reading, unit, facts, policy)
        value = reading.value.mapped(1 / limit[0], 0) if limit and limit[0] > 0 else None
    else:
        variable = reading.measurement.variable
        word = facts.words.get(variable)
        change = facts.conversion(variable, word.unit if word else None, linear(reading.value, unit)[1])
        value = reading.value.mapped(change.scale, change.offset) if change and not unit.startswith("log") else None
    limits = tuple(end.value for end in (rule.low, rule.high) if end and (end.unit or end.assumed) == unit)
    return f"{_in_words(value, limits)} {unit}" if value else None


@lru_cache(maxsize=4096)
def _in_words(value: Interval, limits: tuple[float, ...]) -> str:
    if value.exact:
        return _rounded(value.low, limits)
    if value.low == -math.inf:
        return ("≤" if value.high_closed else "<") + _rounded(value.high, limits)
    if value.high == math.inf:
        return ("≥" if value.low_closed else ">") + _rounded(value.low, limits)
    return f"{_rounded(value.low, limits)}-{_rounded(value.high, limits)}"


def _rounded(number: float, limits: Sequence[float]) -> str:
    """Three digits, or as many as keep the number on its side of every limit."""
    for digits in range(3, 16):
        rounded = float(f"{number:.{digits}g}")
        if all((rounded > limit) - (rounded < limit) == (number > limit) - (number < limit) for limit in limits):
            break
    return f"{rounded:.15g}"
