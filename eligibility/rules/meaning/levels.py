"""Levels of a scale: what a written grade, class or stage names, and which levels a limit leaves → `Graded`."""

from __future__ import annotations

import re
from typing import Final, Literal

from eligibility.rules.meaning.place import NotUnderstood, Place
from eligibility.rules.meaning.quantity import Quantity
from eligibility.rules.meaning.reading import Limit, Spec
from eligibility.rules.rule import Graded
from eligibility.vocabulary.word import Word

_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_LEVEL_NUMBER: Final = re.compile(r"(\d+|[ivIV]+)([a-cA-C]?)\d?")


def level_number(level: str) -> float | None:
    """The number a level stands for: 3 for "III", "3a" and "IIIb"; None for a letter."""
    match = _LEVEL_NUMBER.fullmatch(level)
    if not match:
        return None
    digits = match[1].lower()
    return float(digits) if digits.isdigit() else float(_ROMAN.get(digits, 0)) or None


def level_range(word: Word, quantity: Quantity) -> tuple[int, int] | None:
    """The (first, last) index of the levels a written level names; None when the scale has no such level."""
    written = (quantity.level or f"{quantity.value:g}").casefold()
    for name, members in word.groups.items():
        if written == name.casefold():
            indices = [i for i, level in enumerate(word.levels) if level.value in members]
            return (indices[0], indices[-1]) if indices else None
    for index, level in enumerate(word.levels):
        if written == level.value.casefold() or written in level.aliases:
            return index, index
    number = level_number(written)
    if number is not None and number != quantity.value:
        return level_range(word, Quantity(number))
    return None


def graded(spec: Spec, word: Word, place: Place) -> Graded:
    """The levels that satisfy the limits. Raises NotUnderstood when the scale has none of them."""
    if not word.levels:
        raise NotUnderstood(f"no levels are known of {word.label}")
    if spec.how == "normal":
        raise NotUnderstood(f"{word.label} has no normal range")
    ways = [_directed(limit, word)[0] for limit in spec.limits]
    if spec.how == "all" and len(set(ways)) < len(ways):
        raise NotUnderstood("two limits on the same side")
    picked = [_levels_of(limit, word) for limit in spec.limits]
    chosen = set.intersection(*picked) if spec.how == "all" else set.union(*picked)
    if not chosen:
        raise NotUnderstood(f"{word.label} has no such level")
    return Graded(word.key, tuple(w.value for i, w in enumerate(word.levels) if i in chosen), span=place.span)


def _levels_of(limit: Limit, word: Word) -> set[int]:
    if limit.quantity.unit or limit.second or limit.quantity.restated:
        raise NotUnderstood(f"{word.label} has levels, not units")
    everything = range(len(word.levels))
    comparison = _directed(limit, word)
    at = level_range(word, limit.quantity)
    if at is None:
        return _between_levels(limit.quantity, comparison, word)
    first, last = at
    match comparison:
        case "ge":
            return {i for i in everything if i >= first}
        case "gt":
            return {i for i in everything if i > last}
        case "le":
            return {i for i in everything if i <= last}
        case "lt":
            return {i for i in everything if i < first}
    return set(range(first, last + 1))


def _directed(limit: Limit, word: Word) -> str:
    """ "2 or worse" by the scale's own direction; an inclusive strict comparison is not strict."""
    comparison = limit.comparison
    if comparison == "plus":  # "HER2 2+" is a level, "grade 2+" the grades from there
        named = any(alias.endswith("+") for level in word.levels for alias in (level.value, *level.aliases))
        return "eq" if named else "ge"
    if comparison == "about":
        raise NotUnderstood("an approximate level")
    if comparison in ("worse", "better", "worse than", "better than"):
        return direction(comparison, word)
    if limit.quantity.inclusive and comparison in ("lt", "gt"):
        return "le" if comparison == "lt" else "ge"
    return comparison


def direction(comparison: str, word: Word) -> Literal["ge", "gt", "le", "lt"]:
    """What "or worse" and "better than" are by the scale's own direction. Raises NotUnderstood when it has none."""
    if word.higher_is_worse is None:
        raise NotUnderstood(f"which end of {word.label} is worse is not known")
    higher = comparison.startswith("worse") == word.higher_is_worse
    if comparison.endswith("than"):
        return "gt" if higher else "lt"
    return "ge" if higher else "le"


def _between_levels(quantity: Quantity, comparison: str, word: Word) -> set[int]:
    """A number that is no level of a numeric scale ("ECOG < 2.5") still orders them."""
    numbers = [level_number(level.value) for level in word.levels]
    if quantity.level or comparison in ("eq", "bare") or any(number is None for number in numbers):
        raise NotUnderstood(f"{word.label} has no level {quantity.level or f'{quantity.value:g}'}")
    known = [number for number in numbers if number is not None]
    if not min(known) - 1 <= quantity.value <= max(known) + 1:
        raise NotUnderstood(f"{word.label} has no level near {quantity.value:g}")
    below = comparison in ("le", "lt")
    return {
        i for i, n in enumerate(numbers) if n is not None and ((n < quantity.value) if below else (n > quantity.value))
    }
