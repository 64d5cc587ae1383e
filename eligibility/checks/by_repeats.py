"""A criterion that stands twice in one list: in the same words, or in others that say the same."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from eligibility.checks.demand import AROUND, words_beside
from eligibility.checks.finding import Finding, Quote
from eligibility.checks.material import Material
from eligibility.checks.sections import Section, sections_of
from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import understanding
from eligibility.rules.rule import Rule
from eligibility.rules.rulebook import Line

_WORD = re.compile(r"\w+|[<>≤≥=+]")
_GROUP = re.compile(
    r"\b(?:only|phase|arm|cohort|group|stratum|step|stage|controls?|cases|partners?|care ?givers?|carriers?|donors?|"
    r"volunteers?|parents?|(?:in|ex)clusion|criteria|eligibility|hospitali[sz]ed|part [a-d\d]|study \d)\b",
    re.IGNORECASE,
)
Place = tuple[Side, Section]


def by_repeats(material: Material) -> Iterator[Finding]:
    """One finding for every set of criteria of one side and list that repeat each other.

    Where several sets of a trial repeat at a distance, or words for a group or a step stand between two that do, the
    text has a list for each of them.
    """
    sections = sections_of(material.book)
    lists: dict[Place, list[Line]] = defaultdict(list)
    for line in material.book.lines:
        if line.criterion.source != "record":
            lists[line.criterion.side, sections[line.criterion.id]].append(line)
    sets = [(lines, places, why) for lines in lists.values() for places, why in _sets(lines)]
    for lines, places, why in sets:
        adjacent = places[-1] - places[0] < len(places)
        if adjacent or (len(sets) == 1 and not _GROUP.search(_between(material, lines, places))):
            quotes = tuple(Quote(lines[place].criterion) for place in places)
            yield Finding("duplicate", quotes, (), why, "Whether one can go, or another criterion was meant.")


def _between(material: Material, lines: Sequence[Line], places: Sequence[int]) -> str:
    """The text from the first of several criteria to the last, theirs left out; a read rulebook has only criteria."""
    first, last = lines[places[0]].criterion, lines[places[-1]].criterion
    whole = material.book.trial.criteria if first.source == "text" else material.book.trial.description
    if whole and first.end is not None and last.start is not None:
        return whole[first.end : last.start]
    return "\n".join(line.criterion.text for line in lines[places[0] + 1 : places[-1]])


def _sets(lines: Sequence[Line]) -> Iterator[tuple[list[int], str]]:
    """The places of criteria that repeat each other, first those in the same words, then those of the same rule."""
    worded: dict[tuple[str, ...], list[int]] = defaultdict(list)
    meant: dict[Rule, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        words, is_read = tuple(_WORD.findall(line.criterion.text.casefold())), understanding(line.rule) == "understood"
        if words not in worded and is_read and words_beside(line) <= AROUND:
            meant[line.rule].append(place)
        if is_read or (len(words) > 1 and not line.criterion.text.isupper()):
            worded[words].append(place)
    yield from ((places, "The same words stand more than once.") for places in worded.values() if len(places) > 1)
    yield from ((places, "They ask for the same.") for places in meant.values() if len(places) > 1)
