"""One value of a profile: a number with its unit, its reference range, or an age in words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from eligibility.patients.dates import When
from eligibility.patients.interval import Interval, exactly, linear, read_value
from eligibility.patients.patient import Measurement, Reference, StatedAge
from eligibility.units import SAME, canonical_unit, conversion

if TYPE_CHECKING:
    from eligibility.patients.profile.shape import ReferenceShape
    from eligibility.vocabulary.word import Word

RELATIVE = ("ULN", "LLN", "%predicted", "baseline")
NO_UNIT = "no unit given"
_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
_AGE_UNITS = {"": "year", "y": "year", "yr": "year", "mo": "month", "m": "month", "wk": "week", "w": "week", "d": "day"}


def read_age(value: float | str) -> StatedAge:
    """`54`, `"54 years"`, `"14 years 11 months"`, `"8 mo"` as a stated age; ValueError for anything else."""
    parts = [(float(number), _age_unit(unit)) for number, unit in _AGE.findall(str(value))]
    if not parts or _AGE.sub("", str(value)).strip(" ,and"):
        raise ValueError('not an age; write 54, "54 years" or "8 months"')
    if len(parts) == 2 and (parts[0][1], parts[1][1]) == ("year", "month"):
        parts = [(parts[0][0] * 12 + parts[1][0], "month")]
    (number, unit), *more = parts
    if more or number > {"year": 125, "month": 1500, "week": 6600, "day": 45700}[unit]:
        raise ValueError("not an age a person can have")
    return StatedAge(number, unit)


def _age_unit(text: str) -> str:
    word = text.casefold()
    word = _AGE_UNITS.get(word) or _AGE_UNITS.get(word.removesuffix("s")) or word.removesuffix("s")
    if word not in ("year", "month", "week", "day"):
        raise ValueError("not an age; write it in years, months, weeks or days")
    return word


def read_measurement(word: Word, value: float | str, unit: str | None, date: When | None, source: str) -> Measurement:
    """One result. Raises ValueError for words, units that do not exist, and impossible values."""
    found, written = (exactly(value), None) if not isinstance(value, str) else read_value(value)
    if written and unit and canonical_unit(written) != canonical_unit(unit):
        raise ValueError(f"the value says {written[:30]!r} and the unit says {unit[:30]!r}; keep one")
    house, note = _unit(word, unit or written, found)
    named = house is not None or word.unit is None
    usable = house in RELATIVE or (named and conversion(linear(found, house)[1], word.unit, word) is not None)
    made = Measurement(word.key, found, house, date, None, _shown(value, written), source, usable, (), note)
    if house is None or (usable and house not in RELATIVE):
        _refuse_impossible(word, made)
    return made


def _refuse_impossible(word: Word, made: Measurement) -> None:
    """Raises ValueError for what no living patient has, in its unit or, of a bare number, in any it could be in."""
    units = (made.unit,) if made.usable else (word.unit, *word.units)
    if word.plausible and not any(_plausible(word, made.value, unit) for unit in units):
        low, high = word.plausible
        span = f"{low:g} and {high:g}" + (f" {word.unit}" if word.unit else "")
        shown = f"{made.text} {made.unit}" if made.unit else made.text
        raise ValueError(f"{shown} is not possible for {word.label}; it lies between {span}")


def _shown(value: float | str, written: str | None) -> str:
    if isinstance(value, str):
        return value.strip().removesuffix(written or "").strip()
    return f"{value:.12g}"


def _unit(word: Word, text: str | None, value: Interval) -> tuple[str | None, str]:
    """The house spelling; a bare number takes the only unit in which a living patient can have it, with a note."""
    if text is not None:
        house = canonical_unit(text)
        if house is None:
            fit = f"write it in {word.unit}" if word.unit else "leave it out"
            raise ValueError(f"there is no unit {text[:30]!r} for {word.label}; {fit}")
        return (None, "") if house == "1" else (house, "")
    return assumed_unit(word, value) if word.unit is not None else (None, "")


def assumed_unit(word: Word, value: Interval) -> tuple[str | None, str]:
    """The only unit in which a living patient can have a bare number, and a note that says so; None when unsure."""
    return next(
        ((unit, f"no unit given, read as {unit}") for low, high, unit in word.assume if _only(word, value, unit)),
        (None, NO_UNIT),
    )


def _only(word: Word, value: Interval, unit: str) -> bool:
    """The value is possible in this unit, and in no other that changes it; of a substance it never is certain.

    A substance is measured in mass, moles and charge, whose healthy values may differ little in number: 12 is a
    normal bilirubin in umol/L and a liver that fails in mg/dL.
    """
    if word.molar_mass or word.valence or not _inside(word, value, unit):
        return False
    others = {word.unit, *word.units, *(other for _, _, other in word.assume)} - {unit}
    return not any(_plausible(word, value, other) for other in others if conversion(other, unit, word) != SAME)


def _inside(word: Word, value: Interval, unit: str) -> bool:
    bands = ((low, high) for low, high, name in word.assume if name == unit)
    return any(low <= value.low and value.high <= high for low, high in bands)


def _plausible(word: Word, value: Interval, unit: str | None) -> bool:
    """Some number of the value lies within what a living patient can have, were it in this unit."""
    if word.plausible is None:
        return True
    own = in_own_unit(word, value, unit)
    return own is not None and own.low <= word.plausible[1] and own.high >= word.plausible[0]


def in_own_unit(word: Word, value: Interval, unit: str | None) -> Interval | None:
    """The value in the canonical unit of its quantity, None when it cannot be converted."""
    plain, unit = linear(value, unit)
    change = conversion(unit, word.unit, word)
    return plain.mapped(change.scale, change.offset) if change else None


def read_reference(word: Word, shape: ReferenceShape | None) -> Reference | None:
    """A reference range with the house spelling of its unit; ValueError when upside down or in no unit."""
    if shape is None or (shape.low is None and shape.high is None):
        return None
    if shape.low is not None and shape.high is not None and shape.low > shape.high:
        raise ValueError("the low end lies above the high end; swap them")
    house = canonical_unit(shape.unit) if shape.unit else None
    if shape.unit and house is None:
        raise ValueError(f"there is no unit {shape.unit[:30]!r} for {word.label}; write it in {word.unit or 'none'}")
    return Reference(shape.low, shape.high, house)


def with_reference(made: Measurement, limits: Reference | None) -> Measurement:
    """The result with its range, when it has one."""
    return replace(made, reference=limits) if limits else made
