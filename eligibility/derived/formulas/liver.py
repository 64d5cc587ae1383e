"""Function and fibrosis of the liver. Bilirubin and creatinine in mg/dL, albumin in g/dL, sodium in mmol/L."""

from __future__ import annotations

import math
from typing import Literal

from eligibility.derived.formulas.rounding import bounded, half_away, log

LEAST, GREATEST = 6.0, 40.0
Limits = tuple[float, float]
COMMON: Limits = (2.0, 3.0)
COMMON_MOLAR: Limits = (34 / 17.104 * (1 - 5e-4), 51 / 17.104 * (1 + 5e-4))  # as close as conversions by mass are
CHOLESTATIC: Limits = (4.0, 10.0)
# Points of Child-Pugh for each grade of ascites (International Ascites Club) and of encephalopathy (West Haven).
ASCITES_POINTS: dict[str, tuple[int, ...]] = {"0": (1,), "1": (2,), "2": (3,), "3": (3,)}
# Minimal encephalopathy has no clinical signs, and no edition says whether it is none or slight.
ENCEPHALOPATHY_POINTS: dict[str, tuple[int, ...]] = {
    "0": (1,),
    "minimal": (1, 2),
    "I": (2,),
    "II": (2,),
    "III": (3,),
    "IV": (3,),
}


def meld(creatinine: float, bilirubin: float, inr: float, dialysis: bool) -> float:
    """MELD, 6 to 40, a whole number; laboratory values below 1 count as 1, creatinine is 4 at most and on dialysis.

    Kamath PS et al. Hepatology 2001;33:464-70, as in use from 2002 to 2016: Wiesner R et al. Gastroenterology
    2003;124:91-6; OPTN Policy 9.1.
    """
    return bounded(_initial(creatinine, bilirubin, inr, dialysis), LEAST, GREATEST)


def _initial(creatinine: float, bilirubin: float, inr: float, dialysis: bool) -> float:
    """MELD(i) of the policy, before any bound."""
    kidney = 4.0 if dialysis else bounded(creatinine, 1.0, 4.0)
    raw = 0.957 * log(kidney) + 0.378 * log(max(bilirubin, 1.0)) + 1.120 * log(max(inr, 1.0)) + 0.643
    return half_away(10 * raw)


def meld_na(creatinine: float, bilirubin: float, inr: float, sodium: float, dialysis: bool) -> float:
    """MELD-Na, 6 to 40, a whole number; sodium (mmol/L, 125 to 137) counts only where MELD(i) is above 11.

    OPTN Policy 9.1, in force since 11 January 2016; after Kim WR et al. N Engl J Med 2008;359:1018-26, whose own
    formula gives other numbers.
    """
    initial = _initial(creatinine, bilirubin, inr, dialysis)
    if initial <= 11:
        return bounded(initial, LEAST, GREATEST)
    lack = 137 - bounded(sodium, 125.0, 137.0)
    return half_away(bounded(initial * (1 - 0.033 * lack) + 1.32 * lack, LEAST, GREATEST))


def meld_3_0(
    creatinine: float, bilirubin: float, inr: float, sodium: float, albumin: float, dialysis: bool, female: bool
) -> float:
    """MELD 3.0, 6 to 40, a whole number; creatinine is 3 at most and on dialysis, albumin 1.5 to 3.5 g/dL.

    The policy gives the points of women also to everybody who was registered below the age of 18: `female` is True
    for them too. Kim WR et al. Gastroenterology 2021;161:1887-95; OPTN Policy 9.1.D, in force since 13 July 2023.
    """
    kidney = log(3.0 if dialysis else bounded(creatinine, 1.0, 3.0))
    lack, thin = 137 - bounded(sodium, 125.0, 137.0), 3.5 - bounded(albumin, 1.5, 3.5)
    raw = 1.33 * female + (4.56 - 0.24 * lack) * log(max(bilirubin, 1.0)) + 0.82 * lack
    raw += 9.09 * log(max(inr, 1.0)) + (11.14 - 1.83 * thin) * kidney + 1.85 * thin + 6
    return half_away(bounded(raw, LEAST, GREATEST))


def peld(bilirubin: float, inr: float, albumin: float, infant: bool, growth_failure: bool) -> float:
    """PELD for children below 12 years, a whole number that may be negative; laboratory values below 1 count as 1.

    `infant`: below one year. McDiarmid SV et al. Transplantation 2002;74:173-81. Not "PELD Cr", in use since 2023.
    """
    labs = 0.480 * log(max(bilirubin, 1.0)) + 1.857 * log(max(inr, 1.0)) - 0.687 * log(max(albumin, 1.0))
    return half_away(10 * (labs + 0.436 * infant + 0.667 * growth_failure))


def child_pugh(
    bilirubin: float, albumin: float, inr: float, ascites: int, encephalopathy: int, limits: Limits = COMMON
) -> float:
    """Child-Pugh score, 5 to 15; ascites and encephalopathy in points, 1 to 3.

    `limits` of bilirubin, in mg/dL, from which it has 2 points and beyond which it has 3: those printed in mg/dL,
    those printed in umol/L (34 and 51; 34 is a little less than 2 mg/dL), or the wider ones of biliary disease.
    Pugh RN et al. Br J Surg 1973;60:646-9, with INR for the prothrombin time.
    """
    yellow = bilirubin_points(bilirubin, limits)
    albumin = round(albumin, 9)  # 28 g/L is 2.8 g/dL, whatever a conversion makes of the last digit
    thin = 1 if albumin > 3.5 else 2 if albumin >= 2.8 else 3
    return float(yellow + thin + _points(inr, 1.7, 2.3) + ascites + encephalopathy)


def bilirubin_points(bilirubin: float, limits: Limits) -> int:
    """Points of bilirubin in mg/dL, 1 to 3, in a Child-Pugh score."""
    return _points(bilirubin, *limits)


def _points(value: float, mild: float, severe: float) -> int:
    return 1 if round(value, 9) < mild else 2 if round(value, 9) <= severe else 3


def child_pugh_class(score: float) -> Literal["A", "B", "C"]:
    """The class of a Child-Pugh score: A to 6, B 7 to 9, C from 10. Pugh RN et al. Br J Surg 1973;60:646-9."""
    return "A" if score < 7 else "B" if score < 10 else "C"


def fib4(ast: float, alt: float, platelets: float, age: float) -> float:
    """FIB-4 from AST and ALT in U/L, platelets in 10*9/L and age in years.

    Sterling RK et al. Hepatology 2006;43:1317-25.
    """
    return age * ast / (platelets * math.sqrt(alt))


def apri(ast_multiple: float, platelets: float) -> float:
    """APRI from AST as a multiple of its upper limit of normal and platelets in 10*9/L.

    Wai CT et al. Hepatology 2003;38:518-26.
    """
    return ast_multiple * 100 / platelets


def albi(bilirubin: float, albumin: float) -> float:
    """ALBI score from bilirubin in umol/L and albumin in g/L. Johnson PJ et al. J Clin Oncol 2015;33:550-8."""
    return 0.66 * log(bilirubin) / math.log(10) - 0.085 * albumin


def albi_grade(score: float) -> Literal[1, 2, 3]:
    """The grade of an ALBI score: 1 to -2.60, 2 to -1.39, 3 above. Johnson PJ et al. J Clin Oncol 2015;33:550-8."""
    return 1 if score <= -2.60 else 2 if score <= -1.39 else 3


def ukeld(inr: float, creatinine: float, bilirubin: float, sodium: float) -> float:
    """UKELD, unrounded, from creatinine and bilirubin in umol/L and sodium in mmol/L.

    Barber K et al. Transplantation 2011;92:469-76.
    """
    return 5.395 * log(inr) + 1.485 * log(creatinine) + 3.130 * log(bilirubin) - 81.565 * log(sodium) + 435
