"""A leaf that facts decide as one row of plain values, and many of them as columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from eligibility.rules.rule import Bound, Changed, Duration, Graded, Measured, Present, Window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Column: TypeAlias = NDArray[Any]

Factual = Measured | Graded | Changed | Present
Value = str | float | None
Row = tuple[Value, ...]

# Words are kept as places in the list of texts, -1 for none; numbers as they are, NaN for none.
TEXTS = (
    "kind", "subject", "fact", "status", "qualifiers", "levels", "pick", "direction", "low_unit", "low_assumed",
    "high_unit", "high_assumed", "window_kind", "window_unit", "window_anchor", "per_unit",
)  # fmt: skip
NUMBERS = ("low", "low_inclusive", "high", "high_inclusive", "times", "named", "window_value", "per_value")
COLUMNS = (*TEXTS, *NUMBERS)


def row_of(leaf: Factual) -> Row:
    """The values of a leaf in the order of COLUMNS; equal for equal leaves, wherever they were read."""
    found: dict[str, Value] = {"kind": leaf.kind}
    if isinstance(leaf, Present):
        found |= {"subject": leaf.concept, "fact": leaf.fact, "status": leaf.status, "named": float(leaf.named)}
        found["qualifiers"] = json.dumps(leaf.qualifiers)
    elif isinstance(leaf, Graded):
        found |= {"subject": leaf.scale, "levels": json.dumps(leaf.levels)}
    else:
        found |= {"subject": leaf.variable, **_bound("low", leaf.low), **_bound("high", leaf.high)}
    if isinstance(leaf, Measured | Graded):
        found |= {"pick": leaf.select, "times": float(leaf.times)}
    if isinstance(leaf, Changed):
        per = leaf.per
        found |= {"direction": leaf.direction} | ({"per_value": per.value, "per_unit": per.unit} if per else {})
    elif leaf.window is not None:
        window = leaf.window
        found |= {"window_kind": window.kind, "window_value": window.value, "window_unit": window.unit}
        found["window_anchor"] = window.anchor
    return tuple(map(found.get, COLUMNS))


def _bound(end: str, bound: Bound | None) -> dict[str, Value]:
    if bound is None:
        return {}
    ends = {end: bound.value, f"{end}_inclusive": float(bound.inclusive)}
    return {**ends, f"{end}_unit": bound.unit, f"{end}_assumed": bound.assumed}


@dataclass(frozen=True)
class Leaves:
    """Leaves as columns; `texts` are the words that columns of TEXTS give the places of."""

    texts: Sequence[str]
    columns: Mapping[str, Column]

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self.columns["kind"].size)

    def leaf(self, place: int) -> Factual:
        """One of them as the rule it is."""
        kind, subject = self._word("kind", place), self._word("subject", place)
        if kind == "present":
            fact, status = self._word("fact", place), self._word("status", place)
            qualities = tuple(json.loads(self._word("qualifiers", place)))
            named = bool(self.columns["named"][place])
            return Present(fact, subject, status, qualities, self._window(place), named=named)
        if kind == "changed":
            direction, ends = self._word("direction", place), (self._bound("low", place), self._bound("high", place))
            return Changed(subject, direction, *ends, self._per(place))
        select, times = self._word("pick", place), int(self.columns["times"][place])
        if kind == "graded":
            levels = tuple(json.loads(self._word("levels", place)))
            return Graded(subject, levels, select, times, self._window(place))
        ends = self._bound("low", place), self._bound("high", place)
        return Measured(subject, *ends, select, times, self._window(place))

    def _word(self, column: str, place: int) -> Any:
        found = self.columns[column][place]
        return None if found < 0 else self.texts[found]

    def _bound(self, end: str, place: int) -> Bound | None:
        value = float(self.columns[end][place])
        if value != value:
            return None
        inclusive = bool(self.columns[f"{end}_inclusive"][place])
        return Bound(value, self._word(f"{end}_unit", place), inclusive, self._word(f"{end}_assumed", place))

    def _window(self, place: int) -> Window | None:
        kind = self._word("window_kind", place)
        if kind is None:
            return None
        value = float(self.columns["window_value"][place])
        return Window(kind, value, self._word("window_unit", place), self._word("window_anchor", place))

    def _per(self, place: int) -> Duration | None:
        unit = self._word("per_unit", place)
        return Duration(float(self.columns["per_value"][place]), unit) if unit is not None else None


def as_columns(rows: Sequence[Row], places: Mapping[str, int]) -> dict[str, Column]:
    """Rows as columns; `places` gives the place of every word in the list of texts."""
    found: dict[str, Column] = {}
    for at, name in enumerate(COLUMNS):
        cells = [row[at] for row in rows]
        if name in TEXTS:
            found[name] = np.array([-1 if cell is None else places[str(cell)] for cell in cells], np.int32)
        else:
            found[name] = np.array([np.nan if cell is None else cell for cell in cells], np.float64)
    return found
