"""A column of numbers as the values of a quantity, as the reader of single patients would have read each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from eligibility.patients.dates import When
from eligibility.patients.interval import LOGARITHM, exactly
from eligibility.patients.patient import Reference
from eligibility.patients.profile.values import RELATIVE, assumed_unit
from eligibility.patients.result_values import Unit, reference_of, unit_of
from eligibility.patients.table.cells import limits_of
from eligibility.patients.table.columns import Column
from eligibility.patients.table.headings import Role
from eligibility.population.cells import Cells, together
from eligibility.population.chunk import NOTHING, OTHER, UNUSABLE, VALUE, Values
from eligibility.units import SAME, conversion

if TYPE_CHECKING:
    from eligibility.population.chunk import Codes, Numbers, Places, Rows
    from eligibility.vocabulary.word import Word

Moments = tuple[Sequence[tuple[When | None, date | None]], "Rows | None"]
_ENDS: tuple[Role, ...] = ("low", "high", "range")


@dataclass(slots=True)
class ValueReader:
    """Reads one column of a quantity; what was worked out for one chunk holds for the next."""

    word: Word
    column: Column
    beside: dict[Role, int]
    _units: dict[tuple[str, ...], Unit] = field(default_factory=dict)
    _assumed: dict[float, str | None] = field(default_factory=dict)
    _ranges: dict[tuple[str, ...], Reference | None] = field(default_factory=dict)

    def values(self, cells: Cells, moments: Moments, whole: Rows) -> Values:
        """The values of a chunk; `whole` are rows that only the reader of single patients understands."""
        read = cells.numbers(self.column.index)
        state = np.where(np.isnan(read.numbers), np.uint8(NOTHING), np.uint8(VALUE))
        pairs, places, low, high = self._in_units(cells, read.numbers)
        number = read.numbers if places is None and _is_plain(pairs[0][0], self.word) else read.numbers.copy()
        for place, (unit, _) in enumerate(pairs):
            mine = slice(None) if places is None else places == place
            self._settle(unit, number, state, mine)
        for rows in (read.odd, whole):
            state[rows] = OTHER
        blank = (state != VALUE) & ~np.isnan(number)
        number = np.where(blank, np.nan, number) if blank.any() else number
        units = [(unit.house, of_range) for unit, of_range in pairs]
        return Values(state, number, units, places, *moments, low, high)

    def _settle(self, unit: Unit, number: Numbers, state: Codes, mine: slice | np.ndarray) -> None:
        """Convert the values in one unit, and mark what cannot be used."""
        if unit.problem:
            self._mark(state, mine, UNUSABLE)
            return
        if unit.house in RELATIVE or (unit.house or "").startswith(LOGARITHM):
            self._mark(state, mine, OTHER)
            return
        change = conversion(unit.house, self.word.unit, self.word)
        if change is not None and (change.scale, change.offset) != (1, 0):
            number[mine] = number[mine] * change.scale + change.offset
        if self.word.plausible is not None and change is not None:
            low, high = self.word.plausible
            part = number[mine]
            if ((part > high) | (part < low)).any():
                inside = np.zeros(state.size, np.bool_)
                inside[mine] = True
                state[inside & ((number > high) | (number < low)) & (state == VALUE)] = UNUSABLE

    def _mark(self, state: Codes, mine: slice | np.ndarray, what: int) -> None:
        part = state[mine]
        part[part == VALUE] = what
        state[mine] = part

    def _in_units(
        self, cells: Cells, numbers: Numbers
    ) -> tuple[list[tuple[Unit, str | None]], Rows | None, Numbers | None, Numbers | None]:
        """The pairs of units that occur, which of them each row is in, and the ends of the reference ranges."""
        units, of_unit = self._units_of(cells, numbers)
        ranges, of_range = self._ranges_of(cells)
        if of_range is None:
            return [(unit, None) for unit in units], of_unit, None, None
        low = np.array([np.nan if one is None or one.low is None else one.low for one in ranges])[of_range]
        high = np.array([np.nan if one is None or one.high is None else one.high for one in ranges])[of_range]
        names: dict[str | None, int] = {}
        named = np.array([names.setdefault(one.unit if one else None, len(names)) for one in ranges], np.intp)[of_range]
        pairs = [(unit, name) for unit in units for name in names]
        if len(pairs) == 1:
            return pairs, None, low, high
        return pairs, (0 if of_unit is None else of_unit) * len(names) + named, low, high

    def _units_of(self, cells: Cells, numbers: Numbers) -> tuple[list[Unit], Rows | None]:
        if "unit" not in self.beside:
            written = (self.column.unit,) if self.column.unit else ()
            return ([self._unit(written)], None) if written or self.word.unit is None else self._guessed(numbers, None)
        factor = cells.factor(self.beside["unit"])
        units = [self._unit(tuple(dict.fromkeys(filter(None, (text, self.column.unit))))) for text in factor.texts]
        blank = [place for place, text in enumerate(factor.texts) if not text and not self.column.unit]
        if not blank or self.word.unit is None:
            return units, factor.places
        guessed, of_guess = self._guessed(numbers, units)
        missing = np.isin(factor.codes, blank)
        return guessed, np.where(missing, 0 if of_guess is None else of_guess, factor.codes)

    def _guessed(self, numbers: Numbers, units: list[Unit] | None) -> tuple[list[Unit], Rows | None]:
        """Without a unit: the only one in which a living patient can have the number, if there is one.

        `units` are kept in front.
        """
        found = list(units or ())
        if not self.word.assume or self.word.molar_mass or self.word.valence:
            found.append(Unit(None, "no unit"))
            return found, np.full(numbers.size, len(found) - 1, np.intp)
        unique, codes = np.unique(numbers, return_inverse=True)
        houses: dict[str | None, int] = {}
        start = len(found)
        places = [start + houses.setdefault(self._assume(float(one)), len(houses)) for one in unique]
        found += [Unit(house, "" if house else "no unit") for house in houses]
        return found, np.array(places, np.intp)[codes]

    def _assume(self, number: float) -> str | None:
        if number != number:
            return None
        if number not in self._assumed:
            self._assumed[number] = assumed_unit(self.word, exactly(number))[0]
        return self._assumed[number]

    def _unit(self, written: tuple[str, ...]) -> Unit:
        if written not in self._units:
            self._units[written] = unit_of(self.word, written)
        return self._units[written]

    def _ranges_of(self, cells: Cells) -> tuple[list[Reference | None], Places | None]:
        ends = [self.beside.get(end) for end in _ENDS]
        factors = [cells.factor(place) for place in ends if place is not None]
        if not factors:
            return [], None
        codes, combinations = together(factors, None)
        found = []
        for combination in combinations:
            said = iter([factor.texts[code] for factor, code in zip(factors, combination, strict=True)])
            found.append(self._range(tuple("" if place is None else next(said) for place in ends)))
        return found, codes

    def _range(self, ends: tuple[str, ...]) -> Reference | None:
        if ends not in self._ranges:
            try:
                limits = limits_of(*ends)
            except ValueError:
                limits = None
            self._ranges[ends] = reference_of(limits) if limits else None
        return self._ranges[ends]


def _is_plain(unit: Unit, word: Word) -> bool:
    """Whether values in this unit are compared as they stand."""
    if unit.problem:
        return True
    change = conversion(unit.house, word.unit, word)
    return change is None or (change.scale, change.offset) == (SAME.scale, SAME.offset)
