"""Function of the kidney. Creatinine in mg/dL, age in completed years, rates per 1.73 m2 unless said otherwise."""

from __future__ import annotations

MG_PER_MMOL = 8.84


def ckd_epi_2021(creatinine: float, age: float, female: bool) -> float:
    """Estimated GFR in mL/min/1.73 m2 of adults, without race. Inker LA et al. N Engl J Med 2021;385:1737-49."""
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = creatinine / kappa
    shape = min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.200
    return float(142 * shape * 0.9938**age * (1.012 if female else 1.0))


def ckd_epi_2009(creatinine: float, age: float, female: bool, black: bool) -> float:
    """Estimated GFR in mL/min/1.73 m2 of adults, with race. Levey AS et al. Ann Intern Med 2009;150:604-12."""
    kappa, alpha = (0.7, -0.329) if female else (0.9, -0.411)
    ratio = creatinine / kappa
    shape = min(ratio, 1.0) ** alpha * max(ratio, 1.0) ** -1.209
    return float(141 * shape * 0.993**age * (1.018 if female else 1.0) * (1.159 if black else 1.0))


def mdrd(creatinine: float, age: float, female: bool, black: bool) -> float:
    """Estimated GFR in mL/min/1.73 m2 of adults, four variables, creatinine traceable to IDMS (175, not 186).

    Levey AS et al. Ann Intern Med 2006;145:247-54.
    """
    return float(175 * creatinine**-1.154 * age**-0.203 * (0.742 if female else 1.0) * (1.212 if black else 1.0))


def cockcroft_gault(creatinine: float, weight: float, age: float, female: bool) -> float | None:
    """Creatinine clearance in mL/min (of the whole body) from weight in kg; None from the age of 140.

    Cockcroft DW, Gault MH. Nephron 1976;16:31-41.
    """
    if age >= 140:
        return None
    return (140 - age) * weight / (72 * creatinine) * (0.85 if female else 1.0)


def schwartz(creatinine: float, height: float) -> float:
    """Estimated GFR in mL/min/1.73 m2 of children of 1 to 17 years from height in cm, the bedside formula.

    Schwartz GJ et al. J Am Soc Nephrol 2009;20:629-37.
    """
    return 0.413 * height / creatinine


def measured_clearance(urine: float, volume: float, creatinine: float, minutes: float) -> float:
    """Creatinine clearance in mL/min from a timed urine: its creatinine in mg/dL, volume in mL and length.

    The definition of clearance; LOINC 2164-2.
    """
    return urine * volume / (creatinine * minutes)


def per_gram(per_millimole: float) -> float:
    """A ratio to urine creatinine in mg/g from one in mg/mmol: creatinine has 113.12 g/mol."""
    return per_millimole * MG_PER_MMOL
