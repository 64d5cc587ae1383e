"""What must hold of the tables as a whole: units, parents and levels exist, and no name is owned twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from eligibility.errors import TableError
from eligibility.units import house_units
from eligibility.vocabulary.word import Word

_TABLES = {
    "quantity": "measurements.toml",
    "scale": "scales.toml",
    "condition": "conditions.toml",
    "state": "states.toml",
}
MEASURABLE = frozenset(("quantity", "scale"))


def _table_of(word: Word) -> str:
    return _TABLES.get(word.kind, "treatments.toml")


def check(words: Mapping[str, Word], groups: Mapping[str, tuple[str, ...]]) -> None:
    """Raises TableError for the first word or group (name → member keys) that contradicts the others."""
    known_units = frozenset(house_units())
    for word in words.values():
        for problem in _problems(word, words, known_units):
            raise TableError(_table_of(word), word.key, problem)
    for key, members in groups.items():
        for member in members:
            if member not in words:
                raise TableError("measurements.toml", f"groups.{key}", f"member {member!r} is not a word")
    _check_parents(words)
    _check_names(words)


def _problems(word: Word, words: Mapping[str, Word], known_units: frozenset[str]) -> Iterator[str]:
    mentioned = (word.unit, *word.units, *word.affine, *word.factors, *(unit for _, _, unit in word.assume))
    yield from (f"unit {unit!r} is not in units.toml" for unit in mentioned if unit and unit not in known_units)
    yield from (f"parent {parent!r} is not a word" for parent in word.parents if parent not in words)
    yield from (f"denied by {other!r}, which is not a word" for other in word.denied_by if other not in words)
    if word.of and word.of not in words:
        yield f"is of {word.of!r}, which is not a word"
    forms = {*word.synonyms, *word.exact, *word.positive, *word.negative}
    yield from (f"near names {form!r}, which is not a synonym" for form in word.near if form not in forms)
    if word.kind == "scale":
        yield from _scale_problems(word, words)


def _scale_problems(word: Word, words: Mapping[str, Word]) -> Iterator[str]:
    levels = [level.value for level in word.levels]
    if len(levels) < 2 or len(set(levels)) < len(levels):
        yield "a scale needs two levels or more, all different"
    missing = {level for members in word.groups.values() for level in members} - set(levels)
    yield from (f"group names the level {level!r}, which there is not" for level in sorted(missing))
    if word.score and word.score not in words:
        yield f"score {word.score!r} is not a word"
    owners: dict[str, str] = {}
    for level in word.levels:
        for alias in (level.value.casefold(), *level.aliases):
            if owners.setdefault(alias, level.value) != level.value:
                yield f"alias {alias!r} belongs to the levels {owners[alias]} and {level.value}"


def _check_parents(words: Mapping[str, Word]) -> None:
    for start in words.values():
        seen: set[str] = set()
        waiting = list(start.parents)
        while waiting:
            key = waiting.pop()
            if key == start.key:
                raise TableError(_table_of(start), start.key, "is its own ancestor")
            if key not in seen:
                seen.add(key)
                waiting.extend(words[key].parents)


def _check_names(words: Mapping[str, Word]) -> None:
    """No name belongs to two words that a reader could confuse, unless a context rule tells them apart."""
    owners: dict[tuple[str, str], list[Word]] = defaultdict(list)
    for word in words.values():
        measurable = word.kind in MEASURABLE and not word.result
        room = "measurable" if measurable else "allergen" if word.kind == "allergen" else "named"
        names = (*word.synonyms, *word.positive, *word.negative)
        for form in dict.fromkeys((*map(str.casefold, names), *word.exact)):
            owners[room, form].append(word)
    for (_, form), several in owners.items():
        if len(several) > 1 and _confusable(form, several):
            first, second = several[:2]
            raise TableError(_table_of(second), second.key, f"the synonym {form!r} also belongs to {first.key}")


def _confusable(form: str, several: list[Word]) -> bool:
    scored = {word.score for word in several if word.score}
    if len(several) == 2 and {several[0].key, several[1].key} & scored:
        return False
    return sum(form not in {near.casefold() for near in word.near} | set(word.near) for word in several) > 1
