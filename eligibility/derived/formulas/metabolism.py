"""Blood chemistry and metabolism; mg/dL, mmol/L and g/dL as each function says."""

from __future__ import annotations

from eligibility.derived.formulas.rounding import half_away


def corrected_calcium(calcium: float, albumin: float) -> float:
    """Calcium in mg/dL corrected for albumin in g/dL. After Payne RB et al. BMJ 1973;4:643-6."""
    return calcium + 0.8 * (4.0 - albumin)


def corrected_calcium_molar(calcium: float, albumin: float) -> float:
    """Calcium in mmol/L corrected for albumin in g/L. Payne RB et al. BMJ 1973;4:643-6."""
    return calcium + 0.02 * (40 - albumin)


def ldl(total: float, hdl: float, triglycerides: float) -> float | None:
    """LDL cholesterol in mg/dL; None from 400 mg/dL of triglycerides, or where less than nothing would be left.

    Friedewald WT et al. Clin Chem 1972;18:499-502. Unreliable below 70.
    """
    left = total - hdl - triglycerides / 5
    return left if triglycerides < 400 and left >= 0 else None


def ldl_molar(total: float, hdl: float, triglycerides: float) -> float | None:
    """LDL cholesterol in mmol/L; None from 4.5 mmol/L of triglycerides. Friedewald WT et al. Clin Chem 1972."""
    left = total - hdl - triglycerides / 2.2
    return left if triglycerides < 4.5 and left >= 0 else None


def non_hdl(total: float, hdl: float) -> float | None:
    """Cholesterol that is not HDL, by definition total less HDL; None where HDL is more than the total."""
    return total - hdl if total >= hdl else None


def anion_gap(sodium: float, chloride: float, bicarbonate: float) -> float:
    """Anion gap in mmol/L, without potassium and albumin. Emmett M, Narins RG. Medicine 1977;56:38-54."""
    return sodium - chloride - bicarbonate


def homa_ir(glucose: float, insulin: float) -> float:
    """HOMA-IR from fasting glucose in mmol/L and insulin in u[iU]/mL. Matthews DR et al. Diabetologia 1985;28:412-9."""
    return glucose * insulin / 22.5


def homa_ir_mass(glucose: float, insulin: float) -> float:
    """HOMA-IR from fasting glucose in mg/dL and insulin in u[iU]/mL. Matthews DR et al. Diabetologia 1985;28:412-9."""
    return glucose * insulin / 405


def ifcc_of_ngsp(percent: float) -> float:
    """HbA1c in mmol/mol, a whole number, from %. Hoelzel W et al. Clin Chem 2004;50:166-74."""
    return half_away(10.93 * percent - 23.50)


def ngsp_of_ifcc(ifcc: float) -> float:
    """HbA1c in %, one decimal, from mmol/mol. Hoelzel W et al. Clin Chem 2004;50:166-74."""
    return half_away((0.09148 * ifcc + 2.152) * 10) / 10


def osmolality(sodium: float, glucose: float, urea_nitrogen: float) -> float:
    """Serum osmolality in mosm/kg from sodium in mmol/L, glucose and urea nitrogen in mg/dL: the usual estimate."""
    return 2 * sodium + glucose / 18 + urea_nitrogen / 2.8
