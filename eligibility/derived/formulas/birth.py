"""Ages around birth: of a pregnancy, and of a child born too early."""

from __future__ import annotations

from datetime import date


def gestational_age(last_period: date, day: date) -> tuple[int, int]:
    """Completed weeks and days of a pregnancy, counted from the last period.

    Naegele; ACOG Committee Opinion 700, 2017.
    """
    return divmod((day - last_period).days, 7)


def corrected_age(weeks: float, weeks_at_birth: float) -> float:
    """Age in weeks of a child born early, counted from when 40 weeks would have been complete.

    AAP Committee on Fetus and Newborn, Pediatrics 2004;114:1362-4.
    """
    return weeks - (40 - weeks_at_birth)
