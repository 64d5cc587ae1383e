"""Levels that a scale does not have, that nobody can have, or that do not go with the points in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from eligibility.checks.finding import Finding, Quote
from eligibility.checks.material import Material, short_label
from eligibility.criteria.criterion import Criterion
from eligibility.rules.leaves import leaves
from eligibility.rules.parse import parse
from eligibility.rules.rule import Graded, Measured, Rule, Unclear
from eligibility.rules.rulebook import Line
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

_NO_LEVEL = re.compile(r"(.+) has no (?:level(?: near)? (\S+)|such level)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_ROMAN = {"I": 1.0, "II": 2.0, "III": 3.0, "IV": 4.0, "V": 5.0, "VI": 6.0, "VII": 7.0, "VIII": 8.0, "IX": 9.0}
_EDITION = re.compile(r"\b(?:version|edition|ed|v)\b|\d(?:th|st|nd|rd)\b", re.IGNORECASE)
_DEAD = re.compile(r"\b(?:dead|death)\b", re.IGNORECASE)
# A head and what stands in the bracket behind it; bounded, so that a long text without brackets takes no longer.
_BRACKET = re.compile(r"([^()\[\];]{1,120})[(\[]([^()\[\]]{1,60})[)\]]")
_POINTS = re.compile(
    r"\b(?:score|scores|points|point|total|of|a|is|with|and|to|i\.e\.|CPS?|CTP|pts)\b|[=:]", re.IGNORECASE
)


def by_scales(material: Material) -> Iterator[Finding]:
    """Every level and every pair of class and points that cannot be."""
    scored = [(word, _names(word)) for word in material.words.words.values() if word.score]
    for line in material.book.lines:
        if line.criterion.source != "record":
            for leaf in leaves(line.rule):
                if isinstance(leaf, Unclear):
                    yield from _of_unclear(line, leaf, material.words)
                elif isinstance(leaf, Graded) and line.criterion.side == "inclusion":
                    yield from _of_dead(line, leaf, material.words)
            text = line.criterion.text.casefold()
            for word, names in scored:
                if "(" in text and any(name in text for name in names):
                    yield from _of_points(line.criterion, word, material)


def _names(word: Word) -> tuple[str, ...]:
    return tuple(name.casefold() for name in (word.label, *word.synonyms))


def _of_unclear(line: Line, leaf: Unclear, words: Vocabulary) -> Iterator[Finding]:
    said = _NO_LEVEL.fullmatch(leaf.reason)
    if said is None:
        return
    word = next((one for one in words.words.values() if one.label == said[1] and one.levels), None)
    if word and _is_slip(said[2], leaf, word):
        has = ", ".join(level.value for level in word.levels)
        why = f"The scale has no level {said[2]}; its levels are {has}."
        yield Finding("impossible-level", (Quote(line.criterion, leaf.span),), (short_label(word),), why, "The level.")


def _is_slip(level: str | None, leaf: Unclear, word: Word) -> bool:
    """A number of its own size on a scale of numbers: not a year, an edition, or the percent of another scale."""
    numbers = [_number(one.value) for one in word.levels]
    number = _number(level) if level else None
    known = [one for one in numbers if one is not None]
    if number is None or len(known) < len(numbers) or _EDITION.search(leaf.text):
        return False
    return number <= 2 * max(known) and not re.search(r"\bCTCAE\b", leaf.text)


def _number(level: str) -> float | None:
    if _NUMBER.fullmatch(level):
        return float(level)
    return _ROMAN.get(level.rstrip("abcABC"))


def _of_dead(line: Line, leaf: Graded, words: Vocabulary) -> Iterator[Finding]:
    """A level that means death, written out in what patients must have."""
    word = words.words.get(leaf.scale)
    text = Quote(line.criterion, leaf.span).text
    dead = [level for level in word.levels if _DEAD.search(level.label)] if word else []
    for level in dead:
        if word and level.value in leaf.levels and re.search(rf"(?<![\d.]){level.value}(?![\d.])", text):
            why = f"Level {level.value} is death."
            yield Finding(
                "impossible-level", (Quote(line.criterion, leaf.span),), (short_label(word),), why, "the level"
            )


def _of_points(criterion: Criterion, word: Word, material: Material) -> Iterator[Finding]:
    """ "Child-Pugh A (≤ 7)": class A is 5 to 6 points."""
    score = material.words.words[word.score or ""].synonyms[0]
    for bracket in _BRACKET.finditer(criterion.text):
        classes = _leaf(bracket[1], word.key, material.given)
        points = _leaf(f"{score} {_POINTS.sub(' ', bracket[2])}", word.score, material.given)
        if isinstance(classes, Graded) and isinstance(points, Measured) and (why := _misfit(classes, points, word)):
            span = (bracket.start(1) + len(bracket[1]) - len(bracket[1].lstrip()), bracket.end())
            check = "Whether the class or the points are meant."
            yield Finding("class-and-score", (Quote(criterion, span),), (short_label(word),), why, check)


def _leaf(text: str, key: str | None, words: Vocabulary | None) -> Rule | None:
    rule = parse(Criterion("", "inclusion", " ".join(text.split())), words)
    found = [one for one in leaves(rule) if key in (getattr(one, "scale", ""), getattr(one, "variable", ""))]
    return found[0] if len(found) == 1 else None


def _misfit(classes: Graded, points: Measured, word: Word) -> str:
    """Why the points cannot be those of the classes, "" when they are, or are a part of them."""
    ranges = [level.score for level in word.levels if level.value in classes.levels and level.score]
    if not ranges:
        return ""
    first, last = min(low for low, _ in ranges), max(high for _, high in ranges)
    low = points.low.value + (not points.low.inclusive) if points.low else first
    high = points.high.value - (not points.high.inclusive) if points.high else last
    if first <= low and high <= last:
        return ""
    return f"Class {' and '.join(classes.levels)} is {first:g} to {last:g} points."
