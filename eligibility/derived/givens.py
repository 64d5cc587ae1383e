"""What formulas take besides measured values: sex, age, race, dialysis, and the points of ascites.

Each is known, or one of a few options; a formula then gives what it would with each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from eligibility.derived.dossier import Dossier
from eligibility.derived.formula import ADULT
from eligibility.derived.formulas.liver import (
    ASCITES_POINTS,
    CHOLESTATIC,
    COMMON,
    COMMON_MOLAR,
    ENCEPHALOPATHY_POINTS,
    bilirubin_points,
)
from eligibility.derived.moments import distance, is_close
from eligibility.patients.dates import When
from eligibility.patients.levels import values_of
from eligibility.patients.patient import Grade, Measurement

CLINICAL_DAYS = 30.0


@dataclass(frozen=True, slots=True)
class Given:
    """What can be the case: the `options`, the facts it was read from with their places, and what is not known.

    `when` is the day of the fact, where it changes from day to day.
    """

    options: tuple[Any, ...]
    facts: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unknown: str = ""
    when: When | None = None


Resolve = Callable[[Dossier, When | None], Given | None]


def _female(dossier: Dossier, _: When | None) -> Given:
    sex, state = dossier.patient.sex, dossier.of_a_woman
    if sex == "female" or dossier.is_male:
        return Given((sex == "female",), ("sex",))
    if sex is None and state is not None:
        return Given((True,), (state.concept,), (state.source,))
    if sex == "male":
        return Given((False, True), unknown="the sex on record contradicts other records")
    return Given(
        (False, True), unknown="the sex is not recorded" if sex is None else "the formula has no form for this sex"
    )


def _female_or_young(dossier: Dossier, moment: When | None) -> Given:
    """MELD 3.0 gives the points of women to everybody registered below the age of 18."""
    years = dossier.years(moment)
    return Given((True,), (_age_fact(dossier),)) if years and years[1] < ADULT else _female(dossier, moment)


def _age(dossier: Dossier, moment: When | None) -> Given | None:
    """Completed years; without them nothing is computed, since they have no bounds."""
    years = dossier.years(moment)
    return Given(tuple(dict.fromkeys(years)), (_age_fact(dossier),)) if years else None


def _age_fact(dossier: Dossier) -> str:
    return "birth_date" if dossier.patient.birth_date else "age"


def _infant(dossier: Dossier, moment: When | None) -> Given | None:
    years = dossier.years(moment)
    return Given(tuple(dict.fromkeys((years[0] < 1, years[1] < 1))), (_age_fact(dossier),)) if years else None


def _black(dossier: Dossier, _: When | None) -> Given | None:
    """Race, only where it is recorded: what is not said is not guessed."""
    race = dossier.patient.race
    return Given((race == "black",), ("race",)) if race else None


def _dialysis(dossier: Dossier, moment: When | None) -> Given:
    on = dossier.has("dialysis", moment, "continuous_renal_replacement_therapy")
    if on is None:
        return Given((False, True), unknown="dialysis is not recorded")
    return Given((on,), ("dialysis",))


def _limits(dossier: Dossier, moment: When | None) -> Given:
    """The limits of bilirubin in Child-Pugh: who scores primary biliary disease may use its own or the common ones.

    The sheets in mg/dL and in umol/L part company over a few values (34 umol/L), which then have the points of either.
    """
    for key in ("primary_biliary_cholangitis", "primary_sclerosing_cholangitis"):
        if dossier.has(key, moment):
            return Given((COMMON, CHOLESTATIC), (key,), unknown="which limits of bilirubin are meant is open")
    rows = dossier.recorded.get("total_bilirubin", ())
    if any(_is_between(value.low) for row in rows if (value := dossier.value_in(row, "mg/dL")) and _is_molar(row)):
        return Given((COMMON, COMMON_MOLAR), unknown="bilirubin lies between the limits in mg/dL and in umol/L")
    return Given((COMMON,))


def _is_molar(row: Measurement) -> bool:
    return row.unit is not None and "mol" in row.unit


def _is_between(bilirubin: float) -> bool:
    return bilirubin_points(bilirubin, COMMON) != bilirubin_points(bilirubin, COMMON_MOLAR)


def _growth_failure(_: Dossier, __: When | None) -> Given:
    return Given((False, True), unknown="growth failure is not recorded")


def _points(scale: str, points: Mapping[str, tuple[int, ...]], dossier: Dossier, moment: When | None) -> Given:
    """The points of the levels recorded nearest to a moment; none recorded can be any."""
    label = scale.removesuffix("_grade").replace("_", " ")
    found = _nearest(dossier.grades(scale), dossier, moment)
    word = dossier.words.get(scale)
    if not dossier.grades(scale) and word and word.bare and dossier.is_silent("condition"):
        return Given(points[values_of(word)[0]], (scale,))
    numbers = [number for grade in found for level in grade.levels for number in points.get(level, (1, 2, 3))]
    if not numbers:
        near = " near that day" if dossier.grades(scale) else ""
        return Given((1, 3), unknown=f"{label} is not recorded{near}")
    ends = tuple(dict.fromkeys((min(numbers), max(numbers))))
    unknown = f"the grade of {label} is not known" if len(ends) > 1 else ""
    return Given(ends, (scale,), tuple(grade.source for grade in found), unknown, found[0].when)


def _nearest(grades: list[Grade], dossier: Dossier, moment: When | None) -> list[Grade]:
    at = moment or dossier.today
    near = [(grade, grade.when or dossier.today) for grade in grades]
    near = [(grade, when) for grade, when in near if is_close(when, at, CLINICAL_DAYS)]
    least = min((distance(when, at) for _, when in near), default=None)
    return [grade for grade, when in near if distance(when, at) == least]


GIVENS: dict[str, Resolve] = {
    "female": _female,
    "female_or_young": _female_or_young,
    "age": _age,
    "infant": _infant,
    "black": _black,
    "dialysis": _dialysis,
    "limits": _limits,
    "growth_failure": _growth_failure,
    "ascites": partial(_points, "ascites_grade", ASCITES_POINTS),
    "encephalopathy": partial(_points, "hepatic_encephalopathy_grade", ENCEPHALOPATHY_POINTS),
}
