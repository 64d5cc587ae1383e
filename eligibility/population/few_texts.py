"""Columns of few different texts, as most columns of words are: fetched as places in a list, not as texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from eligibility.patients.table.sheet import plain
from eligibility.population.cells import Factor

if TYPE_CHECKING:
    from eligibility.population.chunk import Codes

_MOST = 32
_LONGEST = 60


class FewTexts:
    """The texts that the pieces of a file had in each column so far, where they are few and short."""

    def __init__(self) -> None:
        """Has met no text yet."""
        self._met: dict[int, tuple[str, ...]] = {}

    def as_sql(self, column: int, cell: str) -> str:
        """A cell as its place among the texts that were met, from 1, or 0; as it is, where they are not few."""
        met = self._met.get(column)
        if not met:
            return cell
        return f"CAST(coalesce(list_position([{', '.join(map(_literal, met))}], {cell}), 0) AS UTINYINT)"

    def learn(self, column: int, texts: Sequence[str]) -> None:
        """The texts of a piece."""
        met = self._met.get(column, ("",))
        several = tuple(dict.fromkeys((*met, *dict.fromkeys(texts)))) if met else ()
        few = len(several) <= _MOST and all(len(text) <= _LONGEST and "\0" not in text for text in several)
        self._met[column] = several if few else ()

    def factor(self, column: int, places: Codes) -> Factor | None:
        """The cells that were fetched as places, None where one is a new text."""
        if not places.all():
            return None
        texts: dict[str, int] = {}
        met = [texts.setdefault(plain(text), len(texts)) for text in self._met[column]]
        return Factor(np.array([0, *met], np.uint8)[places], [*texts])


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
