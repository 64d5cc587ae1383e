"""Units: the one pint registry (units.txt) and the conversions it allows.

pint decides once per pair of units what the factor is; the factor is cached and pint stays out of every loop.
How units are written stands in `unit_forms`, whose names are found here too.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from eligibility.unit_forms import canonical_unit, house_units, pint_expression, spellings

if TYPE_CHECKING:
    from pint import Quantity, UnitRegistry

__all__ = [
    "SAME",
    "Analyte",
    "Conversion",
    "canonical_unit",
    "conversion",
    "convert",
    "factor",
    "house_units",
    "is_conversion_loose",
    "quantity",
    "registry",
    "spellings",
]

Pairs = tuple[tuple[str, float], ...]
AffinePairs = tuple[tuple[str, tuple[float, float]], ...]

LOOSE_TOLERANCE = 5e-4
STRICT_TOLERANCE = 1e-9
_LOG = "log10 "
_lock = threading.RLock()


class Analyte(Protocol):
    """What a conversion may need to know about the substance; a quantity of the vocabulary is one.

    `unit` is its canonical unit, `molar_mass` in g/mol, `valence` in Eq/mol, `affine` other unit → (scale, offset)
    and `factors` other unit → factor, both towards the canonical unit.
    """

    @property
    def unit(self) -> str | None:
        """Canonical unit in house spelling; None for a pure number."""

    @property
    def molar_mass(self) -> float | None:
        """In g/mol."""

    @property
    def valence(self) -> float | None:
        """Equivalents per mole."""

    @property
    def affine(self) -> Mapping[str, tuple[float, float]]:
        """Unit → (scale, offset) towards the canonical unit."""

    @property
    def factors(self) -> Mapping[str, float]:
        """Unit → factor towards the canonical unit."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """How one unit becomes another: value * `scale` + `offset`.

    `loose` says that the step from mass to moles, an affine formula or a published factor was used, so that
    two values count as equal within 5e-4 of their size instead of 1e-9.
    """

    scale: float
    offset: float = 0.0
    loose: bool = False

    def __call__(self, value: float) -> float:
        """The value in the new unit."""
        return value * self.scale + self.offset

    @property
    def tolerance(self) -> float:
        """The relative difference below which two values are the same."""
        return LOOSE_TOLERANCE if self.loose else STRICT_TOLERANCE

    def inverse(self) -> Conversion:
        """The way back."""
        return Conversion(1 / self.scale, 0.0 - self.offset / self.scale, self.loose)

    def then(self, after: Conversion) -> Conversion:
        """This conversion followed by another."""
        return Conversion(self.scale * after.scale, self.offset * after.scale + after.offset, self.loose or after.loose)


SAME = Conversion(1.0)


@cache
def registry() -> UnitRegistry[Any]:
    """The one pint registry, built from units.txt on first use. Raises nothing; import of pint costs 0.13 s."""
    from pint import UnitRegistry

    with _lock:
        built: UnitRegistry[Any] = UnitRegistry(None)
        text = files("eligibility").joinpath("units.txt").read_text(encoding="utf-8")
        built.load_definitions([line for line in text.splitlines() if line and not line.startswith("#")])
        return built


def quantity(value: float, unit: str | None) -> Quantity[Any]:
    """A pint Quantity of the house registry. `unit` in house spelling; KeyError when it is not one."""
    expression = pint_expression(unit)
    made: Quantity[Any] = registry().Quantity(value, expression) if expression else registry().Quantity(value)
    return made


def conversion(from_unit: str | None, to_unit: str | None, analyte: Analyte | None = None) -> Conversion | None:
    """How a value in `from_unit` becomes one in `to_unit` (house spellings; None is a pure number).

    None when no such conversion exists: other dimensions, or a unit that is not known. Without an analyte
    mass and moles, and units and international units, do not convert.
    """
    if analyte is None:
        return _conversion(from_unit or "1", to_unit or "1", "1", None, None, (), ())
    affine, factors = tuple(analyte.affine.items()), tuple(analyte.factors.items())
    facts = (analyte.unit or "1", analyte.molar_mass, analyte.valence, affine, factors)
    return _conversion(from_unit or "1", to_unit or "1", *facts)


def factor(
    from_unit: str | None,
    to_unit: str | None,
    *,
    molar_mass: float | None = None,
    valence: float | None = None,
    unit: str | None = None,
    affine: AffinePairs = (),
    factors: Pairs = (),
) -> tuple[float, float] | None:
    """(scale, offset) with value_to = value * scale + offset, or None; the facts of the analyte as arguments.

    `affine` and `factors` lead to the canonical `unit`, as in `Analyte`.
    """
    found = _conversion(from_unit or "1", to_unit or "1", unit or "1", molar_mass, valence, affine, factors)
    return None if found is None else (found.scale, found.offset)


def convert(value: float, from_unit: str | None, to_unit: str | None, analyte: Analyte | None = None) -> float | None:
    """The value in another unit, or None when it cannot be converted. Logarithmic units are raised first."""
    if from_unit and from_unit.startswith(_LOG) and from_unit != to_unit:
        value, from_unit = _raised(value), from_unit.removeprefix(_LOG)
    found = conversion(from_unit, to_unit, analyte)
    return None if found is None else found(value)


def _raised(exponent: float) -> float:
    """Ten to a power; a logarithm that no number has, as of 500, is that of more than anything."""
    try:
        return math.pow(10.0, exponent)
    except OverflowError:
        return math.inf


def is_conversion_loose(from_unit: str | None, to_unit: str | None, analyte: Analyte | None = None) -> bool:
    """Whether values compared across these units are equal within 5e-4 (molar, affine, published factor) or 1e-9."""
    found = conversion(from_unit, to_unit, analyte)
    return found is not None and found.loose


@cache
def _known() -> frozenset[str]:
    return frozenset(house_units())


@lru_cache(maxsize=8192)
def _conversion(
    start: str,
    goal: str,
    canonical: str,
    molar_mass: float | None,
    valence: float | None,
    affine: AffinePairs,
    factors: Pairs,
) -> Conversion | None:
    if start == goal:
        return SAME
    if not {start, goal} <= _known():
        return None
    if goal == canonical:
        direct = _by_table(start, goal, affine, factors)
    elif start == canonical:
        back = _by_table(goal, start, affine, factors)
        direct = back.inverse() if back else None
    else:
        direct = _plain(start, goal) or _by_both(start, goal, canonical, affine, factors)
    return direct or _by_substance(start, goal, molar_mass, valence)


def _by_table(start: str, canonical: str, affine: AffinePairs, factors: Pairs) -> Conversion | None:
    """Towards the canonical unit: what the table says of this very unit, else pint, else pint and the table."""
    for unit, (scale, offset) in affine:
        if unit == start:
            return Conversion(scale, offset, loose=True)
    steps = {unit: Conversion(times, loose=times != 1) for unit, times in factors}
    if start in steps:
        return steps[start]
    plain = _plain(start, canonical)
    if plain:
        return plain
    chains = (first.then(step) for unit, step in steps.items() if (first := _plain(start, unit)))
    return next(chains, None)


def _by_both(start: str, goal: str, canonical: str, affine: AffinePairs, factors: Pairs) -> Conversion | None:
    there = _by_table(start, canonical, affine, factors)
    back = _by_table(goal, canonical, affine, factors)
    return there.then(back.inverse()) if there and back else None


@lru_cache(maxsize=8192)
def _plain(start: str, goal: str) -> Conversion | None:
    return _through_pint(start, goal)


def _by_substance(start: str, goal: str, molar_mass: float | None, valence: float | None) -> Conversion | None:
    if not molar_mass and not valence:
        return None
    found = _through_pint(start, goal, _context(molar_mass, valence))
    if found is None or not molar_mass:
        return found
    by_charge = _through_pint(start, goal, _context(None, valence)) if valence else None
    return by_charge or Conversion(found.scale, found.offset, loose=True)


def _through_pint(start: str, goal: str, *contexts: Any) -> Conversion | None:
    from pint.errors import DimensionalityError

    with _lock:
        try:
            one, zero = (quantity(value, start).to(pint_expression(goal), *contexts).magnitude for value in (1.0, 0.0))
        except DimensionalityError:
            return None
    return Conversion(float(one - zero), float(zero) + 0.0, loose=zero != 0)


@lru_cache(maxsize=512)
def _context(molar_mass: float | None, valence: float | None) -> Any:
    """A pint context for one analyte: grams ↔ moles ↔ equivalents, per volume."""
    from pint import Context

    made = Context()
    mass, amount, charge = (f"[{name}]/[length]**3" for name in ("mass", "substance", "equivalent"))
    if molar_mass:
        per_mole = quantity(molar_mass, "g/mol")
        made.add_transformation(mass, amount, lambda ureg, value, **_: value / per_mole)
        made.add_transformation(amount, mass, lambda ureg, value, **_: value * per_mole)
    if valence:
        per_amount = registry().Quantity(valence, "Eq/mol")
        made.add_transformation(amount, charge, lambda ureg, value, **_: value * per_amount)
        made.add_transformation(charge, amount, lambda ureg, value, **_: value / per_amount)
    return made
