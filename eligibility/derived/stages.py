"""The stage of chronic kidney disease from the GFR: only where the disease is recorded, or the GFR was low for long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from eligibility.derived.dossier import Dossier
from eligibility.patients.interval import Interval
from eligibility.patients.patient import Grade, Measurement

STAGED = {"ckd_stage": "egfr"}
LOW = 60.0
CHRONIC = timedelta(days=90)
# The GFR from which each stage holds, in mL/min/1.73 m2; below the last one it is stage 5.
_FROM = ((90.0, "1"), (LOW, "2"), (45.0, "3a"), (30.0, "3b"), (15.0, "4"))
Valued = tuple[Measurement, Interval]


def stages(scale: str, values: Sequence[Valued], dossier: Dossier) -> Iterator[Grade]:
    """The stages that GFR values (in mL/min/1.73 m2) stand for.

    With chronic kidney disease on record, each value is a stage. Without, a value below 60 is one when every value
    from at least 90 days before it on was below 60, and none was higher since. KDIGO 2012, Kidney Int Suppl 2013;3:1.
    """
    lasting = _low_for_long(values, dossier)
    for row, value in values:
        recorded = dossier.has("chronic_kidney_disease", row.when)
        if recorded or id(row) in lasting:
            facts = (row.variable, "chronic_kidney_disease") if recorded else (row.variable,)
            yield Grade(scale, _levels(value), row.when, f"eGFR {row.text}", row.source, facts, row.note)


def _low_for_long(values: Sequence[Valued], dossier: Dossier) -> set[int]:
    """The rows, by identity, of the last run below 60 that lie at least 90 days after its first."""
    dated = [(row.when or dossier.today, (row, value)) for row, value in values]
    known = sorted(((when, pair) for when, pair in dated if when), key=lambda pair: pair[0].middle)
    high = [index for index, (_, (__, value)) in enumerate(known) if value.high >= LOW]
    run = known[high[-1] + 1 :] if high else known
    return {id(row) for when, (row, _) in run if when.first.date() - run[0][0].last.date() >= CHRONIC}


def _levels(value: Interval) -> tuple[str, ...]:
    order = [stage for _, stage in _FROM] + ["5"]
    best, worst = (sum(number < limit for limit, _ in _FROM) for number in (value.high, value.low))
    return tuple(order[best : worst + 1])
