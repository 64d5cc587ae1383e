"""Levels of a scale as a record writes them: one, a named group, several, or the score that implies one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from eligibility.vocabulary.answers import answer_words

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

_PREFIX = re.compile(r"^(?:(?:functional )?class|grade|stage|level)\s+")
_BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b)\s*")
_OR = re.compile(r"\s*(?:,|/|\bor\b)\s*")


def read_levels(word: Word, value: float | str) -> tuple[str, ...]:
    """The levels of this scale that a value can mean, in severity order: `"ii"`, `2`, `"class II"`, `"II-III"`.

    Where the scale has a score, a number that is no level is read as that score. Raises ValueError, naming the levels.
    """
    text = f"{value:g}" if not isinstance(value, str) else " ".join(value.casefold().split())
    found = _named(word, text) or _several(word, text) or _by_score(word, text)
    if not found and word.result:
        found = _named(word, answer_words(str(value)))
    if not found:
        raise ValueError(f"{str(value)[:30]!r} is no level of {word.label}; write one of {', '.join(values_of(word))}")
    return tuple(level for level in values_of(word) if level in found)


def values_of(word: Word) -> tuple[str, ...]:
    """The house spelling of every level, in severity order."""
    return tuple(level.value for level in word.levels)


def levels_of_score(word: Word, low: float, high: float) -> tuple[str, ...]:
    """The levels whose scores meet [low, high]; empty when the scale has no scores."""
    scored = ((level.value, level.score) for level in word.levels if level.score)
    return tuple(value for value, (least, most) in scored if low <= most and least <= high)


def score_of_levels(word: Word, levels: tuple[str, ...]) -> tuple[float, float] | None:
    """The least and the greatest score these levels can have, None when one of them has none."""
    scores = [level.score for level in word.levels if level.value in levels]
    if not scores or any(score is None for score in scores):
        return None
    known = [score for score in scores if score]
    return min(low for low, _ in known), max(high for _, high in known)


def _named(word: Word, text: str) -> tuple[str, ...]:
    names = _names(word.label, tuple((level.value, level.aliases) for level in word.levels), tuple(word.groups.items()))
    return names.get(text) or names.get(_PREFIX.sub("", text)) or ()


@lru_cache(maxsize=512)
def _names(
    _: str, levels: tuple[tuple[str, tuple[str, ...]], ...], groups: tuple[tuple[str, tuple[str, ...]], ...]
) -> dict[str, tuple[str, ...]]:
    names = {name.casefold(): members for name, members in groups}
    for value, aliases in levels:
        names.update({alias.casefold(): (value,) for alias in aliases})
    names.update({value.casefold(): (value,) for value, _ in levels})
    return names


def _several(word: Word, text: str) -> tuple[str, ...]:
    ends = [_named(word, part) for part in _BETWEEN.split(text)]
    order = values_of(word)
    if len(ends) == 2 and all(len(end) == 1 for end in ends):
        first, last = order.index(ends[0][0]), order.index(ends[1][0])
        return order[first : last + 1]
    parts = [_named(word, part) for part in _OR.split(text)]
    return tuple(level for part in parts for level in part) if len(parts) > 1 and all(parts) else ()


def _by_score(word: Word, text: str) -> tuple[str, ...]:
    try:
        score = float(text)
    except ValueError:
        return ()
    return levels_of_score(word, score, score) if word.score else ()
