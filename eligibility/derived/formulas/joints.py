"""Activity of arthritis: counts of 28 joints, and the patient's own view of their health from 0 to 100."""

from __future__ import annotations

import math


def das28_esr(tender: float, swollen: float, esr: float, health: float) -> float:
    """DAS28 from the sedimentation rate in mm/h. Prevoo ML et al. Arthritis Rheum 1995;38:44-8."""
    return 0.56 * math.sqrt(tender) + 0.28 * math.sqrt(swollen) + 0.70 * math.log(esr) + 0.014 * health


def das28_crp(tender: float, swollen: float, crp: float, health: float) -> float:
    """DAS28 from C-reactive protein in mg/L, about 0.3 below the other. Fransen J et al. 2003, DAS-score.nl."""
    return 0.56 * math.sqrt(tender) + 0.28 * math.sqrt(swollen) + 0.36 * math.log(crp + 1) + 0.014 * health + 0.96
