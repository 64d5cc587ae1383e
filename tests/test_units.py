"""Units: written in many ways, known in one, converted through pint and never across what must not be mixed."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pint
import pytest

from eligibility import unit_forms, units
from eligibility.errors import TableError
from eligibility.units import canonical_unit, convert, factor, house_units, quantity, spellings
from eligibility.vocabulary.tables import vocabulary

SHEET = Path(__file__).resolve().parents[2] / "shared" / "clinical" / "variables.json"


def sheet() -> dict[str, Any]:
    if not SHEET.is_file():
        pytest.skip("the shared sheet of variables is not beside this checkout")
    loaded: dict[str, Any] = json.loads(SHEET.read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("unit", house_units())
def test_every_house_unit_is_known_to_pint(unit: str) -> None:
    assert quantity(1.5, unit).magnitude == 1.5


def test_the_registry_is_built_once_and_has_no_kelvin_k() -> None:
    assert units.registry() is units.registry()
    with pytest.raises(pint.UndefinedUnitError):
        units.registry().Quantity(1, "K")


@pytest.mark.parametrize(
    ("written", "house"),
    [
        ("MG/DL", "mg/dL"), ("mg / dl", "mg/dL"), ("mg%", "mg/dL"), ("milligrams per deciliter", "mg/dL"),
        ("mg/100 mL", "mg/dL"), ("µmol/L", "umol/L"), ("μmol/l", "umol/L"), ("mcmol/L", "umol/L"),
        ("umolL", "umol/L"), ("micromoles per litre", "umol/L"), ("mmol.l-1", "mmol/L"), ("mg dL-1", "mg/dL"),
        ("x10⁹/L", "10*9/L"), ("\u00d7109/L", "10*9/L"), ("10^9 / L", "10*9/L"), ("10(9)/L", "10*9/L"), ("Gpt/L", "10*9/L"),
        ("K/uL", "10*3/uL"), ("cells/mm³", "/mm3"), ("per cubic millimetre", "/mm3"), ("/µL", "/uL"), ("cells/mcL", "/uL"),
        ("mL/min/1.73 m²", "mL/min/{1.73_m2}"), ("ml/min per 1.73 m2", "mL/min/{1.73_m2}"), ("ml/min/1.73", "mL/min/{1.73_m2}"),
        ("kg / m^2", "kg/m2"), ("kg per square meter", "kg/m2"), ("kgm-2", "kg/m2"), ("mm Hg", "mm[Hg]"), ("torr", "mm[Hg]"),
        ("cm H20", "cm[H2O]"), ("IU/l", "[iU]/L"), ("mlU/mL", "m[iU]/mL"), ("MIU/ML", "m[iU]/mL"), ("µIU/mL", "u[iU]/mL"),
        ("[IU]/L", "[iU]/L"), ("g/24 h", "g/d"), ("years of age", "year"), ("wks", "week"), ("beats per minute", "/min"),
        ("upper limit of normal", "ULN"), ("xULN", "ULN"), ("x 109/L", "10*9/L"), ("% of predicted", "%predicted"),
        ("per cent", "%"), ("º C", "Cel"), ("%{predicted}", "%predicted"), ("a", "year"), ("mEq/L", "meq/L"),
    ],
)  # fmt: skip
def test_a_unit_is_known_however_it_is_written(written: str, house: str) -> None:
    assert canonical_unit(written) == house


@pytest.mark.parametrize(
    ("code", "house"),
    [
        ("g{Hb}/dL", "g/dL"), ("mg/g{creat}", "mg/g"), ("ug/g{creat}", "ug/g"), ("mg/mg{creat}", "mg/mg"),
        ("mmol/mol{creat}", "mmol/mol"), ("10*3{cells}/uL", "10*3/uL"), ("{beats}/min", "/min"), ("mm[Hg]{gauge}", "mm[Hg]"),
        ("{INR}", "1"), ("%{saturation}", "%"), ("ug{FEU}/mL", "ug/mL{FEU}"), ("mg/L{FEU}", "mg/L{FEU}"), ("fL", "fL"),
        ("pg", "pg"), ("[pH]", "[pH]"), ("pH", "[pH]"), ("L/min", "L/min"), ("(score)", "{score}"), ("{T-score}", "{score}"),
        ("mmHg", "mm[Hg]"), ("IU/L", "[iU]/L"), ("cells/uL", "/uL"), ("meq/L", "meq/L"), ("mg/(24.h)", "mg/d"),
        ("mL{filtrate}/min", "mL/min"), ("k[IU]/L{class}", "k[iU]/L"),
    ],
)  # fmt: skip
def test_a_code_of_a_laboratory_is_known_and_an_annotation_behind_a_unit_says_nothing(code: str, house: str) -> None:
    assert canonical_unit(code) == house


@pytest.mark.parametrize(
    "code",
    [
        "mg/L{DDU}", "copies/mL{log}", "[iU]/mL{log10}", "10*3{copies}/mL", "mL/min/{BSA}", "%{pred}", "%{change}", "{CFU}/mL",
        "{log}copies/mL", "mL/min{1.73_m2}", "mg{}/dL", "mg{a{b}}/dL", "furlong{long}", "{nominal}", "/100{WBC}",
    ],
)  # fmt: skip
def test_an_annotation_that_may_change_the_meaning_is_never_dropped(code: str) -> None:
    """D-dimer units are not mg/L, a logarithm is no number of copies, a change is no percentage of the whole."""
    assert canonical_unit(code) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [("G/L", "g/L"), ("mM", "mm"), ("uM", "um"), ("D", "d")],
)
def test_case_counts_where_it_carries_meaning(one: str, other: str) -> None:
    assert canonical_unit(one) is not None
    assert canonical_unit(one) != canonical_unit(other)


@pytest.mark.parametrize(
    "text", ["", " ", "mg/dl/h", "furlong", "kg/m", "K", "per", "/", "mg/", "x", "1/0", "[]", "🙂"]
)
def test_what_is_no_unit_is_none(text: str) -> None:
    assert canonical_unit(text) is None


def test_every_spelling_leads_back_to_its_house_unit_and_none_to_two() -> None:
    owners: dict[tuple[str, bool], str] = {}
    for spelling, house, case_sensitive in spellings():
        assert canonical_unit(spelling) == house, spelling
        key = (spelling if case_sensitive else spelling.casefold(), case_sensitive)
        assert owners.setdefault(key, house) == house, spelling


def test_every_spelling_of_the_shared_sheet_is_known_but_the_guesses() -> None:
    """The sheet lists some repairs of wrong units ("kg/m (cut)") beside spellings; repairs are not spellings."""
    repairs = {"mL/min/m2", "ml/min/m2", "kg/m", "109/L", "103/uL", "mm3", "below normal", "#", "ULN x", "mm"}
    unknown = []
    for unit in sheet()["units"]:
        for form in unit["text_forms"]:
            plain = form.split(" (")[0].strip()
            if plain not in repairs and canonical_unit(plain) is None:
                unknown.append((unit["ucum"], plain))
    assert len(unknown) <= 12, unknown


def test_every_canonical_unit_of_the_shared_sheet_is_there() -> None:
    assert [x["unit"] for x in sheet()["variables"] if x["unit"] and canonical_unit(x["unit"]) is None] == []


# Codes of units as laboratories send them, all UCUM.
LABORATORY = """
% %{saturation} %{predicted} %{activity} /uL {cells}/uL 10*3/uL 10*3{cells}/uL 10*6/uL 10*9/L 10*12/L 10*3/mL
10*6/mL 10*6/L /min {beats}/min {breaths}/min fL pg g/dL g/L mg/dL mg/L ug/dL ug/L ng/dL ng/mL ng/L pg/mL pg/dL
mg/mL ug/mL ug/mL{FEU} ng/mL{FEU} mg/L{FEU} ng{FEU}/mL ug{FEU}/mL mg/g mg/g{creat} ug/mg{creat} mg/mmol
mg/mmol{creat} ug/g{creat} ug/g g/g{creat} g/g mg/mg{creat} mg/mg mmol/L mol/L umol/L nmol/L pmol/L mmol/mol
mmol/mol{creat} meq/L U/L U/mL kU/L U/dL [IU]/L [iU]/L [IU]/mL m[IU]/L m[IU]/mL u[IU]/mL k[IU]/L s min h d wk mo a
ms 1 mm/h mL/min mL/min/{1.73_m2} mL/s L/min mL/d mL L g kg mg ug ng cm m mm um m2 [in_i] [ft_i] [lb_av] [oz_av]
kg/m2 Cel [degF] mm[Hg] kPa cm[H2O] g/(24.h) mg/(24.h) g/d mg/d mmol/d mmol/(24.h) umol/d ug/d ug/(24.h) mL/(24.h)
{copies}/mL [diop] L/L g/mL mL{RBC} mg{creat}/dL mm[Hg]{gauge} {drinks}/wk g{Hb}/dL mg{FEU}/L mmol/l g/l mg/dl ug/l
kg.m-2 meq/l /L /mL /mm3
"""
# house spellings that are no UCUM codes; `{score}` alone stands for the number one
IN_UCUM = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s",
           "%predicted": "%", "{score}": "1"}  # fmt: skip


@pytest.mark.parametrize("code", LABORATORY.split())
def test_the_codes_that_laboratories_send_are_known(code: str) -> None:
    assert canonical_unit(code) is not None


def test_a_code_and_its_house_spelling_are_the_same_unit_of_ucum() -> None:
    ucumvert = pytest.importorskip("ucumvert", reason="ucumvert, an independent reader of UCUM, is not installed")
    read = ucumvert.PintUcumRegistry().from_ucum
    for code in LABORATORY.split():
        house = canonical_unit(code) or ""
        ours, theirs = (read(form).to_base_units() for form in (IN_UCUM.get(house, house), code))
        assert ours.dimensionality == theirs.dimensionality, code
        assert ours.magnitude == pytest.approx(theirs.magnitude, rel=1e-9), code


def test_two_owners_of_one_spelling_are_an_error() -> None:
    with pytest.raises(TableError, match="also belongs to mg/dL"):
        unit_forms._own({"mg/dl": "mg/dL"}, "mg/dl", "g/dL")


# --- conversions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "value", "start", "goal", "expected"),
    [
        ("total_bilirubin", 12, "mg/dL", "umol/L", 205.25),
        ("total_bilirubin", 171, "umol/L", "mg/dL", 10.0),
        ("total_bilirubin", 17.1, "umol/L", "mg/dL", 1.0),
        ("creatinine", 1, "mg/dL", "umol/L", 88.4),
        ("glucose", 126, "mg/dL", "mmol/L", 7.0),
        ("hba1c", 53, "mmol/mol", "%", 7.0),
        ("hba1c", 7.0, "%", "mmol/mol", 53.0),
        ("hemoglobin", 90, "g/L", "g/dL", 9.0),
        ("platelets", 100000, "/uL", "10*9/L", 100.0),
        ("platelets", 100, "10*3/mm3", "10*9/L", 100.0),
        ("potassium", 5, "meq/L", "mmol/L", 5.0),
        ("calcium", 5, "meq/L", "mg/dL", 10.02),
        ("calcium", 2.5, "mmol/L", "meq/L", 5.0),
        ("alt", 1, "ukat/L", "U/L", 60.0),
        ("alt", 40, "[iU]/L", "U/L", 40.0),
        ("alt", 1, "ukat/L", "[iU]/L", 60.0),
        ("body_temperature", 100.4, "[degF]", "Cel", 38.0),
        ("karnofsky", 70, "%", None, 70.0),
        ("fev1_fvc", 70, "%", None, 0.7),
        ("lvef", 0.4, "1", "%", 40.0),
        ("age", 18, "month", "year", 1.5),
        ("pao2", 8, "kPa", "mm[Hg]", 60.0),
        ("d_dimer", 0.5, "ug/mL", "ng/mL{FEU}", 500.0),
        ("uacr", 30, "mg/mmol", "mg/g", 265.2),
        ("bun", 20, "mg/dL", "mmol/L", 7.14),
        ("triglycerides", 150, "mg/dL", "mmol/L", 1.694),
    ],
)
def test_known_values_convert(word: str, value: float, start: str | None, goal: str | None, expected: float) -> None:
    assert convert(value, start, goal, vocabulary().words[word]) == pytest.approx(expected, rel=2e-3)


def test_every_factor_of_the_shared_sheet_holds_in_both_directions() -> None:
    checked = 0
    for row in sheet()["variables"]:
        for other, times in row.get("conversion", {}).get("multiply_to_canonical", {}).items():
            start, word = canonical_unit(other), vocabulary().words[row["id"]]
            if start is None:  # "mmol/L (urea)": a remark, not a unit
                continue
            assert convert(1.0, start, word.unit, word) == pytest.approx(times, rel=5e-4), (row["id"], other)
            assert convert(times, word.unit, start, word) == pytest.approx(1.0, rel=5e-4), (row["id"], other)
            checked += 1
    assert checked > 200


@pytest.mark.parametrize(
    ("start", "goal"),
    [("ULN", "U/L"), ("ULN", "LLN"), ("ULN", None), ("U/L", "[iU]/L"), ("mg/dL", "mmol/L"), ("%predicted", "%"), ("/uL", "{copies}/mL"),
     ("{percentile}", "kg/m2"), ("mL/min", "mL/min/{1.73_m2}"), ("ng/mL", "ng/mL{FEU}"), ("nonsense", "mg/dL")],
)  # fmt: skip
def test_what_must_not_be_mixed_does_not_convert(start: str, goal: str | None) -> None:
    assert factor(start, goal) is None
    assert convert(1.0, start, goal) is None


def test_lipoprotein_a_has_no_molar_conversion() -> None:
    """Its particles differ in mass: the sheet says never to convert."""
    assert convert(50, "mg/dL", "nmol/L", vocabulary().words["lipoprotein_a"]) is None


def test_logarithms_of_copies_are_raised() -> None:
    assert convert(4, "log10 {copies}/mL", "{copies}/mL") == pytest.approx(10_000)
    assert convert(4, "log10 {copies}/mL", "mg/dL") is None


def test_a_factor_by_keyword_is_the_one_of_the_word() -> None:
    assert factor("mg/dL", "umol/L", molar_mass=584.66) == pytest.approx((17.10396, 0), rel=1e-5)
    assert factor("mmol/mol", "%", unit="%", affine=(("mmol/mol", (0.09148, 2.152)),)) == (0.09148, 2.152)
    assert factor("g/L", "g/dL") == pytest.approx((0.1, 0.0))


def test_molar_affine_and_published_steps_are_loose_and_plain_ones_are_not() -> None:
    words = vocabulary().words
    assert units.is_conversion_loose("umol/L", "mg/dL", words["total_bilirubin"])
    assert units.is_conversion_loose("mmol/mol", "%", words["hba1c"])
    assert units.is_conversion_loose("mmol/L", "mg/dL", words["triglycerides"])
    assert not units.is_conversion_loose("g/L", "g/dL", words["hemoglobin"])
    assert not units.is_conversion_loose("meq/L", "mmol/L", words["potassium"])
    assert not units.is_conversion_loose("[iU]/L", "U/L", words["alt"])
    loose = units.conversion("umol/L", "mg/dL", words["total_bilirubin"])
    assert loose is not None
    assert loose.tolerance == 5e-4


def test_fifty_three_mmol_per_mol_are_seven_percent_within_the_loose_tolerance() -> None:
    found = units.conversion("mmol/mol", "%", vocabulary().words["hba1c"])
    assert found is not None
    assert found(53) == pytest.approx(7.0, rel=found.tolerance)


def test_there_and_back_is_where_one_was_for_every_unit_of_every_quantity() -> None:
    for word in vocabulary().words.values():
        for unit in word.units:
            there = units.conversion(unit, word.unit, word)
            if there is not None:
                assert there.inverse()(there(3.7)) == pytest.approx(3.7, rel=1e-9), (word.key, unit)


def test_a_site_may_bring_any_object_with_the_facts_of_an_analyte() -> None:
    ethanol = SimpleNamespace(unit="mg/dL", molar_mass=46.07, valence=None, affine={}, factors={})
    assert convert(100, "mg/dL", "mmol/L", ethanol) == pytest.approx(21.7, rel=1e-3)


def test_a_logarithm_that_no_number_has_is_more_than_anything() -> None:
    """ "HIV RNA < 500 log10 copies/mL" is a slip of the pen, not the end of the program."""
    assert convert(500, "log10 {copies}/mL", "{copies}/mL") == float("inf")
