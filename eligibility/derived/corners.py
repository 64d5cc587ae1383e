"""A formula at every corner of what is not known exactly: the interval of its results."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from eligibility.patients.interval import Interval


def at_corners(
    compute: Callable[..., float | None], values: Sequence[Interval], options: Sequence[Sequence[Any]]
) -> Interval | None:
    """Everything `compute` can give for these values and, of each further argument, one of its options.

    Every formula rises or falls all the way with each argument while the others stay (the jumps of a score too), so
    the ends suffice. None where it gives nothing for one of them, or anything.
    """
    ends = [(value.low,) if value.exact else (value.low, value.high) for value in values]
    results = [_at(compute, corner) for corner in product(*ends, *options)]
    if any(math.isnan(result) for result in results):
        return None
    low, high = min(results), max(results)
    if math.isinf(low) and (math.isinf(high)):
        return None
    return Interval(low, high, math.isfinite(low), math.isfinite(high))


def _at(compute: Callable[..., float | None], arguments: Sequence[Any]) -> float:
    """The result, infinite where the formula divides by what may be as small as nothing; NaN where there is none."""
    try:
        result = compute(*arguments)
    except ZeroDivisionError:
        return math.inf
    except (ValueError, OverflowError):
        return math.nan
    return math.nan if result is None else float(result)
