"""Rounding as the published scores do it, and logarithms that reach to the ends of what a value can be."""

from __future__ import annotations

import math


def half_away(value: float) -> float:
    """The nearest whole number, a half going away from zero (2.5 is 3, -2.5 is -3); infinity stays what it is."""
    return math.copysign(math.floor(abs(value) + 0.5), value) if math.isfinite(value) else value


def bounded(value: float, low: float, high: float) -> float:
    """The value, raised to `low` or lowered to `high` where it lies outside."""
    return min(max(value, low), high)


def log(value: float) -> float:
    """The natural logarithm of a number from 0 up; that of 0 is minus infinity."""
    return math.log(value) if value > 0 else -math.inf
