"""Heart and circulation: QT intervals in ms corrected for a heart rate per minute, and pressures in mm[Hg]."""

from __future__ import annotations

import math


def qtc_bazett(qt: float, rate: float) -> float:
    """QTc in ms, Bazett HC. Heart 1920;7:353-70."""
    return qt / math.sqrt(60 / rate)


def qtc_fridericia(qt: float, rate: float) -> float:
    """QTc in ms, Fridericia LS. Acta Med Scand 1920;53:469-86."""
    return float(qt / (60 / rate) ** (1 / 3))


def qtc_framingham(qt: float, rate: float) -> float:
    """QTc in ms, Sagie A et al. Am J Cardiol 1992;70:797-801."""
    return qt + 154 * (1 - 60 / rate)


def qtc_hodges(qt: float, rate: float) -> float:
    """QTc in ms, Hodges M et al. J Am Coll Cardiol 1983;1:694."""
    return qt + 1.75 * (rate - 60)


def mean_pressure(systolic: float, diastolic: float) -> float | None:
    """Mean arterial pressure, a third of the way up from diastolic to systolic: the usual approximation.

    None where the systolic pressure is below the diastolic one.
    """
    return (systolic + 2 * diastolic) / 3 if systolic >= diastolic else None
