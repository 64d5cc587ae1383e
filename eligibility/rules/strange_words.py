"""What a rule names that the vocabulary does not know: a person's slip of the pen must not become a quiet verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from eligibility.rules.leaves import leaves
from eligibility.rules.rule import Bound, Changed, Duration, Graded, Leaf, Measured, Present, Rule, Window
from eligibility.units import canonical_unit, house_units
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

TIMES = ("year", "month", "week", "day", "hour", "minute")
Strange = tuple[str, str]


def strange_words(rule: Rule, words: Vocabulary) -> Iterator[Strange]:
    """(problem, remedy) for every variable, scale, level, unit and concept of a rule that the vocabulary has not."""
    for leaf in leaves(rule):
        yield from _strange(leaf, words)


def _strange(leaf: Leaf, words: Vocabulary) -> Iterator[Strange]:
    match leaf:
        case Measured():
            yield from _named(leaf.variable, words, "quantity")
            yield from _units((leaf.low, leaf.high), words.words.get(leaf.variable))
            yield from _times(leaf.window)
        case Changed():
            yield from _named(leaf.variable, words, "quantity")
            yield from _units((leaf.low, leaf.high), words.words.get(leaf.variable))
            yield from _times(leaf.per)
        case Graded():
            yield from _named(leaf.scale, words, "scale")
            yield from _levels(leaf, words.words.get(leaf.scale))
            yield from _times(leaf.window)
        case Present():
            yield from () if leaf.named else _concept(leaf.concept, words)
            yield from _times(leaf.window)


def _named(key: str, words: Vocabulary, kind: str) -> Iterator[Strange]:
    word = words.words.get(key)
    if word is None:
        yield f"the vocabulary has no {kind} {key!r}", _meant(key, words, kind)
    elif word.kind != kind:
        form = "name in {level, level}" if word.kind == "scale" else f"a rule for a {word.kind}"
        yield f"{key!r} is a {word.kind}, not a {kind}", f"write {form}"


def _concept(key: str, words: Vocabulary) -> Iterator[Strange]:
    if key not in words.words:
        yield f"the vocabulary has no {key.replace('_', ' ')!r}", _meant(key, words, None)


def _levels(leaf: Graded, word: Word | None) -> Iterator[Strange]:
    known = [level.value for level in word.levels] if word else []
    for level in leaf.levels if known else ():
        if level not in known:
            yield f"{level!r} is no level of {leaf.scale}", f"one of {', '.join(known)}"


def _units(bounds: Iterable[Bound | None], word: Word | None) -> Iterator[Strange]:
    written = (unit for bound in bounds if bound for unit in (bound.unit, bound.assumed) if unit)
    for unit in dict.fromkeys(written):
        house = canonical_unit(unit)
        if house is None:
            near = get_close_matches(unit, house_units(), 3)
            fit = [word.unit] if word and word.unit else []
            remedy = f"known units are {', '.join(dict.fromkeys([*near, *fit]))}" if near or fit else "leave it out"
            yield f"there is no unit {unit!r}", remedy
        elif house != unit:
            yield f"the unit {unit!r} is not in its house spelling", f"write {house}"


def _times(time: Window | Duration | None) -> Iterator[Strange]:
    if time is not None and time.unit not in TIMES:
        yield f"{time.unit!r} is no length of time", f"one of {', '.join(TIMES)}"


def _meant(key: str, words: Vocabulary, kind: str | None) -> str:
    """The nearest known words, by their names; keys with underscores for quantities and scales, else with spaces."""
    fit = [word for word in words.words.values() if kind in (None, word.kind)]
    names = {name.casefold(): word.key for word in fit for name in (word.key.replace("_", " "), *word.synonyms)}
    same = [word.key for word in words.by_name(key) if word in fit]
    near = [names[name] for name in get_close_matches(key.replace("_", " ").casefold(), names, 6, 0.7)]
    found = list(dict.fromkeys([*same, *near]))[:3]
    if not found:
        return "`eligibility vocabulary` lists the words; --vocabulary FILE adds a site's own"
    return f"did you mean {' or '.join(found if kind else [name.replace('_', ' ') for name in found])}?"
