"""Applying a formula to a dossier: inputs paired in time, what is not known bounded, the result dated and explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from eligibility.derived.corners import at_corners
from eligibility.derived.dossier import Dossier
from eligibility.derived.formula import ADULT, WEEK, Formula
from eligibility.derived.givens import GIVENS, Given
from eligibility.derived.moments import spanned
from eligibility.derived.series import Reported, Series
from eligibility.patients.interval import Interval
from eligibility.patients.patient import Measurement

Find = Callable[[str, str | None], Series]


def apply(formula: Formula, dossier: Dossier, series: Find) -> Iterator[Measurement]:
    """The results of a formula, one a moment of its first input, with the nearest values of the others.

    To the newest value of the first input belong the newest of others that pass as fast: today's MELD is of the last
    of each.
    """
    first, *others = formula.inputs
    if any(not series(row.key, row.unit).reports for row in formula.inputs):
        return
    newest = series(first.key, first.unit).newest()
    for leader in series(first.key, first.unit).reports:
        years = dossier.years(leader.when)
        if not formula.fits(years):
            continue
        grown = years is None or years[0] >= ADULT
        days = [row.grown if grown and row.grown is not None else row.days for row in others]
        near = [
            _companion(series(row.key, row.unit), leader, so, leader is newest and row.days <= WEEK)
            for row, so in zip(others, days, strict=True)
        ]
        reports = [leader, *(row for row in near if row)]
        if len(reports) == len(formula.inputs):
            dating = [row for row, of in zip(reports, formula.inputs, strict=True) if not (grown and of.grown)]
            yield from _result(formula, dossier, reports, dating)


def _companion(series: Series, leader: Reported, days: float, last: bool) -> Reported | None:
    return series.latest(leader.when, days) if last else series.nearest(leader.when, days)


def _result(
    formula: Formula, dossier: Dossier, reports: Sequence[Reported], dating: Sequence[Reported]
) -> Iterator[Measurement]:
    """The measurement that follows from these inputs, if one does."""
    found = [GIVENS[name](dossier, reports[0].when) for name in formula.about]
    givens = [given for given in found if given]
    values, options = [report.value for report in reports], [given.options for given in givens]
    value = at_corners(formula.compute, values, options) if len(givens) == len(found) else None
    if value is None:
        return
    rows = [row for report in reports for row in report.rows]
    # a finding without a day holds as of today, and makes a laboratory value of last week no newer
    moments = [*(report.when for report in dating), *(given.when for given in givens if given.when)]
    yield Measurement(
        variable=formula.variable,
        value=value,
        unit=formula.unit,
        when=spanned(moments, dossier.today),
        text=in_words(value),
        source=", ".join(dict.fromkeys((*(row.source for row in rows), *(at for one in givens for at in one.sources)))),
        derived_from=tuple(
            dict.fromkeys((*(row.variable for row in rows), *(of for one in givens for of in one.facts)))
        ),
        note=_note(formula, value, reports, givens),
    )


def in_words(value: Interval) -> str:
    """A computed value as it is shown: four digits, a range by its ends."""
    if value.exact:
        return f"{value.low:.4g}"
    if not value.low_closed:
        return f"≤{value.high:.4g}"
    return f"{value.low:.4g}-{value.high:.4g}" if value.high_closed else f"≥{value.low:.4g}"


def _reach(value: Interval) -> str:
    if value.exact:
        return f"{in_words(value)} either way"
    bounded = value.low_closed and value.high_closed
    return f"from {value.low:.4g} to {value.high:.4g}" if bounded else in_words(value)


def _note(formula: Formula, value: Interval, reports: Sequence[Reported], givens: Sequence[Given]) -> str:
    """The formula with its year; what is not known and how much hangs on it; what another formula gives."""
    several = [report.rows[0].variable for report in reports if len({row.value for row in report.rows}) > 1]
    unknown = [f"{name} has several values of one time" for name in several]
    unknown += [given.unknown for given in givens if given.unknown]
    notes = [formula.name]
    if unknown:
        notes.append(f"{', '.join(unknown)}: {_reach(value)}")
    if formula.beside:
        name, compute = formula.beside
        other = at_corners(compute, [report.value for report in reports], [given.options for given in givens])
        notes += [f"by {name} {in_words(other)}"] if other else []
    return "; ".join(notes)
