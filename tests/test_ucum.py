"""Units of laboratories: what each UCUM code is in the house, and that no unit changes which side of a bound a value is on."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.patients.from_profile import profile
from eligibility.rules.rule import Bound, Measured
from eligibility.units import LOOSE_TOLERANCE, canonical_unit
from eligibility.verdicts.judge import judge
from eligibility.vocabulary.tables import vocabulary
from eligibility.vocabulary.word import Word

# Codes of https://ucum.org as laboratories send them; those that the house writes otherwise stand with its spelling.
SAME = [
    "%",
    "/uL",
    "10*3/uL",
    "10*6/uL",
    "10*9/L",
    "10*12/L",
    "10*6/L",
    "10*3/mL",
    "10*6/mL",
    "/L",
    "/mL",
    "/mm3",
    "fL",
    "pg",
    "g/dL",
    "g/L",
    "g/mL",
    "mg/dL",
    "mg/L",
    "mg/mL",
    "ug/dL",
    "ug/L",
    "ug/mL",
    "ng/dL",
    "ng/mL",
    "ng/L",
    "pg/mL",
    "pg/dL",
    "pg/L",
    "mg/g",
    "ug/g",
    "ug/mg",
    "mg/mmol",
    "g/g",
    "mol/L",
    "mmol/L",
    "umol/L",
    "nmol/L",
    "pmol/L",
    "mmol/mol",
    "meq/L",
    "U/L",
    "U/mL",
    "kU/L",
    "U/dL",
    "[iU]/L",
    "[iU]/mL",
    "[iU]/dL",
    "k[iU]/L",
    "m[iU]/L",
    "m[iU]/mL",
    "u[iU]/mL",
    "u[iU]/L",
    "ukat/L",
    "nkat/L",
    "ms",
    "mm/h",
    "mL/min",
    "mL/min/{1.73_m2}",
    "mL/s",
    "L/min",
    "mL/d",
    "mL",
    "L",
    "kg",
    "g",
    "mg",
    "ug",
    "ng",
    "[lb_av]",
    "[oz_av]",
    "cm",
    "m",
    "mm",
    "um",
    "[in_i]",
    "[ft_i]",
    "m2",
    "kg/m2",
    "Cel",
    "[degF]",
    "mm[Hg]",
    "kPa",
    "cm[H2O]",
    "/min",
    "/h",
    "g/d",
    "mg/d",
    "ug/d",
    "mmol/d",
    "umol/d",
    "{copies}/mL",
    "[pH]",
    "[diop]",
    "L/L",
    "ng/mL{FEU}",
    "mg/L{FEU}",
    "{score}",
    "1",
    "{drinks}/wk",
]
OTHERWISE = {
    "[IU]/L": "[iU]/L", "[IU]/mL": "[iU]/mL", "[IU]/dL": "[iU]/dL", "k[IU]/L": "k[iU]/L", "m[IU]/L": "m[iU]/L",
    "m[IU]/mL": "m[iU]/mL", "u[IU]/mL": "u[iU]/mL", "u[IU]/L": "u[iU]/L", "{cells}/uL": "/uL", "10*3{cells}/uL": "10*3/uL",
    "{INR}": "1", "{ratio}": "1", "{index}": "1", "s": "second", "min": "minute", "h": "hour", "d": "day", "wk": "week",
    "mo": "month", "a": "year", "g/(24.h)": "g/d", "mg/(24.h)": "mg/d", "ug/(24.h)": "ug/d", "mmol/(24.h)": "mmol/d",
    "mL/(24.h)": "mL/d", "{beats}/min": "/min", "{breaths}/min": "/min", "%{predicted}": "%predicted",
    "%{saturation}": "%", "%{activity}": "%", "g{Hb}/dL": "g/dL", "mg/g{creat}": "mg/g", "mg/mmol{creat}": "mg/mmol",
    "mmol/mol{creat}": "mmol/mol", "ug{FEU}/mL": "ug/mL{FEU}",
}  # fmt: skip
# Of other things than any quantity here: no unit is better than a wrong one.
UNKNOWN = [
    "/[HPF]",
    "/[LPF]",
    "/100{WBC}",
    "fmol/L",
    "mmol/kg",
    "mosm/kg",
    "mosm/kg{H2O}",
    "U/g{Hb}",
    "[iU]",
    "U",
    "kat/L",
    "us",
    "{titer}",
    "L/s",
    "mL/h",
    "mL/kg",
    "mL/kg/h",
    "dL",
    "uL",
    "nm",
    "g/m2",
    "mg/m2",
    "K",
    "Pa",
    "bar",
    "atm",
    "Hz",
    "{CFU}/mL",
    "dB",
    "mV",
    "uV",
    "kcal",
    "kJ",
    "J",
    "cd",
    "mg/kg",
    "ug/kg/min",
    "mg/h",
    "ng/mL/h",
    "g/kg",
    "mol/kg",
    "deg",
    "[GPL'U]",
    "[MPL'U]",
    "[EU]/mL",
    "[ELU]",
    "10*3",
    "10*9",
    "dyn.s/cm5",
    "[mi_i]",
    "mL/cm[H2O]",
    "/d",
    "/wk",
    "/a",
    "mol",
    "mmol",
    "umol",
    "{M.o.M}",
]
# House spellings that are no UCUM codes.
IN_UCUM = {
    "year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s",
    "%predicted": "%", "{score}": "1",
}  # fmt: skip
# UCUM has these, and the reader does not.
UNREAD = {"[pH]", "{score}", "{INR}", "{ratio}", "{index}"}
EVERY = {code: code for code in SAME} | OTHERWISE


@pytest.mark.parametrize(("code", "house"), EVERY.items())
def test_a_code_is_known_by_its_house_spelling(code: str, house: str) -> None:
    assert canonical_unit(code) == house


@pytest.mark.parametrize("code", UNKNOWN)
def test_a_code_that_nothing_here_is_measured_in_is_no_unit(code: str) -> None:
    assert canonical_unit(code) is None


def test_a_code_and_its_house_spelling_are_one_unit_for_an_independent_reader() -> None:
    ucumvert = pytest.importorskip("ucumvert", reason="ucumvert, an independent reader of UCUM, is not installed")
    read = ucumvert.PintUcumRegistry().from_ucum
    for code, house in ((code, house) for code, house in EVERY.items() if code not in UNREAD):
        ours, theirs = (read(form).to_base_units() for form in (IN_UCUM.get(house, house), code))
        assert ours.dimensionality == theirs.dimensionality, code
        assert ours.magnitude == pytest.approx(theirs.magnitude, rel=1e-9), code


_PARTS = re.compile(r"([munpfk]?)(g|mol)/([dm]?)L")
_SIZES = {"": 1.0, "k": 1e3, "d": 1e-1, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}


def grams_per_litre(unit: str, word: Word) -> float | None:
    """What one of a unit is in grams per litre, by a published factor, else by its letters and the molar mass.

    None for other units.
    """
    match = _PARTS.fullmatch(unit)
    if match and unit in word.factors:
        canonical = grams_per_litre(word.unit or "", word)
        return word.factors[unit] * canonical if canonical else None
    if match is None or word.molar_mass is None:
        return None
    return _SIZES[match[1]] * (word.molar_mass if match[2] == "mol" else 1.0) / _SIZES[match[3]]


def pairs() -> list[tuple[str, str, str]]:
    """Every quantity with a unit of mass and one of moles, each way."""
    found = []
    for word in vocabulary().words.values():
        units = [unit for unit in (word.unit, *word.units) if unit and grams_per_litre(unit, word)]
        found += [(word.key, one, other) for one in units for other in units if ("mol" in one) != ("mol" in other)]
    return found


def test_many_quantities_have_units_of_mass_and_of_moles() -> None:
    """Else the test below would say nothing."""
    assert len({key for key, _, _ in pairs()}) >= 30
    assert ("creatinine", "mg/dL", "umol/L") in pairs()


@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from(pairs()),
    st.floats(0.1, 0.9),
    st.floats(0.001, 0.5),
    st.sampled_from([-1, 1]),
    st.booleans(),
    st.booleans(),
)
def test_a_unit_never_changes_on_which_side_of_a_bound_a_value_is(
    pair: tuple[str, str, str], part: float, distance: float, side: int, lower: bool, inclusive: bool
) -> None:
    """A rule in one unit, a fact in the other, the value farther from the bound than factors are known."""
    key, written, recorded = pair
    word = vocabulary().words[key]
    assert word.plausible is not None
    ours, theirs, canonical = (grams_per_litre(unit or "", word) or 0 for unit in (written, recorded, word.unit))
    assert distance > LOOSE_TOLERANCE
    least, most = word.plausible[0] * 2.2, word.plausible[1] / 1.6  # so that a living patient can have every value
    mass = (least + part * (most - least)) * canonical
    bound = Bound(mass / ours, written, inclusive)
    rule = Measured(key, low=bound) if lower else Measured(key, high=bound)
    truth = judge(rule, measured(key, mass * (1 + side * distance) / theirs, recorded)).truth
    assert truth == ("met" if (side > 0) == lower else "not_met")


def measured(key: str, value: float, unit: str) -> Any:
    """A patient with this one result."""
    row = {"name": key, "value": value, "unit": unit, "date": "2024-03-01"}
    data = {"id": "p1", "as_of": "2024-03-01", "measurements": [row]}
    return profile(data, file="patient.json", vocabulary=vocabulary())
