"""Lungs: oxygenation and smoking. Fractions of oxygen as 0.21 to 1, pressures in mm[Hg] unless said otherwise."""

from __future__ import annotations


def pao2_fio2(pao2: float, fio2: float) -> float:
    """PaO2/FiO2 in mm[Hg], the Horowitz index. Horowitz JH 1974; Berlin definition, JAMA 2012;307:2526-33."""
    return pao2 / fio2


def oxygenation_index(airway_pressure: float, fio2: float, pao2: float) -> float:
    """Oxygenation index from the mean airway pressure in cm[H2O]. PALICC, Pediatr Crit Care Med 2015;16:428-39."""
    return airway_pressure * fio2 * 100 / pao2


def rox(spo2: float, fio2: float, breaths: float) -> float:
    """ROX index from the oxygen saturation in % and breaths per minute. Roca O et al. J Crit Care 2016;35:200-5."""
    return spo2 / fio2 / breaths


def pack_years(cigarettes: float, years: float) -> float:
    """Pack-years from cigarettes a day, 20 to the pack, and years of smoking: the definition."""
    return cigarettes / 20 * years
