"""Size of the body."""

from __future__ import annotations

import math
from typing import Literal

INCH = 2.54


def body_mass_index(weight: float, height: float) -> float:
    """Body mass index in kg/m2 from weight in kg and height in cm.

    Quetelet; named by Keys A et al. J Chronic Dis 1972;25:329-43. Not to be compared with percentiles of children.
    """
    return weight / (height / 100) ** 2


def surface_mosteller(weight: float, height: float) -> float:
    """Body surface area in m2 from weight in kg and height in cm. Mosteller RD. N Engl J Med 1987;317:1098."""
    return math.sqrt(weight * height / 3600)


def surface_du_bois(weight: float, height: float) -> float:
    """Body surface area in m2 from weight in kg and height in cm.

    Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863-71.
    """
    return float(0.007184 * weight**0.425 * height**0.725)


def ideal_weight(sex: Literal["male", "female"], height: float) -> float | None:
    """Ideal body weight in kg from height in cm; None below 60 inches, where it is not defined.

    Devine BJ. Drug Intell Clin Pharm 1974;8:650-5.
    """
    if height < 60 * INCH:
        return None
    return (50.0 if sex == "male" else 45.5) + 2.3 * (height / INCH - 60)
