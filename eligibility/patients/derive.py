"""Values computed from other values: one entry a formula, with its year and source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from eligibility.patients.interval import exactly
from eligibility.patients.patient import Measurement
from eligibility.units import conversion

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word


@dataclass(frozen=True, slots=True)
class Formula:
    """How one variable follows from others.

    `inputs` are vocabulary keys with the unit `compute` wants each in; the first one dates the result, the others
    must lie at most `apart` days from it. Only exact values are computed with, and nothing is rounded.
    """

    variable: str
    inputs: tuple[tuple[str, str], ...]
    compute: Callable[..., float]
    unit: str | None
    apart: int
    source: str


def _body_mass_index(weight_kg: float, height_m: float) -> float:
    return weight_kg / height_m**2


FORMULAS: dict[str, Formula] = {
    "bmi": Formula(
        variable="bmi",
        inputs=(("weight", "kg"), ("height", "m")),
        compute=_body_mass_index,
        unit="kg/m2",
        apart=365,
        source="Quetelet index; Keys A et al. J Chronic Dis 1972;25:329-43",
    ),
}


def derived(measurements: Iterable[Measurement], words: Mapping[str, Word]) -> Iterator[Measurement]:
    """Every value the formulas give from these measurements, dated like the first input, naming its inputs."""
    by_variable: dict[str, list[Measurement]] = {}
    for row in measurements:
        if row.usable and row.value.exact:
            by_variable.setdefault(row.variable, []).append(row)
    for formula in FORMULAS.values():
        if all(name in by_variable for name, _ in formula.inputs):
            yield from _apply(formula, by_variable, words)


def _apply(formula: Formula, rows: dict[str, list[Measurement]], words: Mapping[str, Word]) -> Iterator[Measurement]:
    (leader, _), *others = formula.inputs
    for first in rows[leader]:
        companions = [_nearest(first, rows[name], formula.apart) for name, _ in others]
        inputs = [row for row in (first, *companions) if row is not None]
        values = [_in_unit(row, unit, words) for row, (_, unit) in zip(inputs, formula.inputs, strict=False)]
        known = [value for value in values if value is not None]
        if len(known) == len(formula.inputs):
            yield _result(formula, inputs, known)


def _nearest(first: Measurement, rows: list[Measurement], apart: int) -> Measurement | None:
    """The value closest in time; one without a date counts as taken together."""

    def distance(row: Measurement) -> timedelta:
        return abs(row.when.middle - first.when.middle) if row.when and first.when else timedelta(0)

    nearest = min(rows, key=distance)
    return nearest if distance(nearest) <= timedelta(days=apart) else None


def _in_unit(row: Measurement, unit: str, words: Mapping[str, Word]) -> float | None:
    change = conversion(row.unit, unit, words[row.variable])
    return change(row.value.low) if change else None


def _result(formula: Formula, inputs: list[Measurement], values: list[float]) -> Measurement:
    value = formula.compute(*values)
    return Measurement(
        variable=formula.variable,
        value=exactly(value),
        unit=formula.unit,
        when=inputs[0].when,
        text=f"{value:.4g}",
        source=", ".join(row.source for row in inputs),
        derived_from=tuple(row.variable for row in inputs),
        note=formula.source,
    )
