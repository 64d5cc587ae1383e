"""Visual acuity: a larger logMAR is worse sight, more letters are better."""

from __future__ import annotations

import math

from eligibility.derived.formulas.rounding import half_away


def logmar(fraction: float) -> float:
    """LogMAR of a Snellen fraction (20/40 is 0.5). Beck RW et al. Am J Ophthalmol 2003;135:194-205."""
    return -math.log10(fraction) + 0.0


def etdrs_letters(fraction: float) -> float:
    """ETDRS letters, 0 to 100 at 4 m, of a Snellen fraction, a whole number.

    Gregori NZ et al. Retina 2010;30:1046-50.
    """
    return half_away(85 + 50 * math.log10(fraction))
