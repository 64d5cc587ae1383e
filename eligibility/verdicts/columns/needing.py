"""What the verdict of a leaf can depend on: its word, and all that may speak for it, against it or in its place.

Too much only costs time and too little would be wrong, so a word stands for all above and below it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, reduce
from typing import TYPE_CHECKING

from eligibility.derived.derive import GIVEN_BY
from eligibility.derived.stages import STAGED
from eligibility.patients.patient import FEMALE_ONLY, Finding, FindingKind
from eligibility.population.chunk import Needs, Sight
from eligibility.rules.rule import Changed, Graded, Measured, Present, Window
from eligibility.verdicts.recorded import times_seen
from eligibility.vocabulary import icd10cm
from eligibility.vocabulary.names import plain_name

if TYPE_CHECKING:
    from eligibility.population.chunk import Flags
    from eligibility.vocabulary.tables import Vocabulary

# What formulas ask of a patient beside values: words, and parts of who it is.
_GIVEN_WORDS: dict[str, tuple[str, ...]] = {
    "female": tuple(sorted(FEMALE_ONLY)),
    "female_or_young": tuple(sorted(FEMALE_ONLY)),
    "dialysis": ("dialysis", "continuous_renal_replacement_therapy"),
    "limits": ("primary_biliary_cholangitis", "primary_sclerosing_cholangitis", "total_bilirubin"),
    "ascites": ("ascites_grade",),
    "encephalopathy": ("hepatic_encephalopathy_grade",),
}
_GIVEN_PERSON: dict[str, frozenset[str]] = {
    "female": frozenset(("sex",)),
    "female_or_young": frozenset(("sex", "age")),
    "age": frozenset(("age",)),
    "infant": frozenset(("age",)),
    "black": frozenset(("race",)),
}
_CHRONIC_KIDNEY = "chronic_kidney_disease"
_SILENT: frozenset[FindingKind] = frozenset(("condition", "state"))
Factual = Measured | Graded | Changed | Present


def needs_of(leaf: Factual, vocabulary: Vocabulary) -> Needs:
    """What a leaf that facts decide can depend on."""
    if isinstance(leaf, Measured) and leaf.variable == "age":
        return Needs(person=frozenset(("age",)))
    if isinstance(leaf, Graded) and leaf.scale == "sex":
        return Needs(keys=_closure(FEMALE_ONLY, vocabulary), person=frozenset(("sex",)))
    if isinstance(leaf, Measured | Changed):
        return _of_quantity(leaf.variable, vocabulary)
    if isinstance(leaf, Present) and leaf.named:
        names = (leaf.concept, " ".join((*leaf.qualifiers, leaf.concept)))
        return Needs(names=frozenset((*map(plain_name, names), *map(icd10cm.normal, names))))
    found = _of_word(leaf.scale if isinstance(leaf, Graded) else leaf.concept, vocabulary)
    if not isinstance(leaf, Present):
        return found
    word = vocabulary.words.get(leaf.concept)
    # of a word with kinds that no table names, any record of the kind may be one
    open_ = frozenset((leaf.fact,)) if word is not None and word.open else frozenset()
    return Needs(found.keys, facts=open_, silent=found.silent | {leaf.fact}, person=found.person)


def sight_of(leaf: Factual, vocabulary: Vocabulary) -> Sight | None:
    """What a leaf sees of the times of findings; None where that cannot be said, as of values and levels."""
    if not isinstance(leaf, Present):
        return None
    word = vocabulary.words.get(leaf.concept)
    if word is not None and word.kind == "scale" and not leaf.named and leaf.fact != "allergy":
        return None
    return Times(leaf.window)


@dataclass(frozen=True, slots=True)
class Times:
    """What is seen of the times of a finding through a window, or without one."""

    window: Window | None

    def __call__(self, finding: Finding, as_of: date | None) -> Hashable:
        """The same for findings between which nothing tells."""
        return times_seen(finding, self.window, as_of)


@cache
def _of_quantity(variable: str, vocabulary: Vocabulary) -> Needs:
    """Its values, those of its kinds, the levels that imply one, and what it is computed from."""
    seen: set[str] = set()
    keys = set(_of_value(variable, vocabulary, seen))
    recorded = set(vocabulary.descendants(variable)) - {variable}
    for scale in _scored_by({variable, *recorded}, vocabulary):
        recorded |= _of_word(scale, vocabulary).keys - {variable}
    return Needs(frozenset(keys), frozenset(recorded), person=_person(seen), silent=_SILENT if seen else frozenset())


def _of_value(variable: str, vocabulary: Vocabulary, seen: set[str]) -> Iterator[str]:
    """Every key on which a value of a quantity can depend; the formulas on the way join `seen`."""
    for key in vocabulary.descendants(variable):
        yield key
        yield from (word for scale in _scored_by({key}, vocabulary) for word in _of_scale(scale, vocabulary))
        for formula in GIVEN_BY.get(key, ()):
            name = f"{formula.variable} {formula.name}"
            if name in seen:
                continue
            seen.update((name, *formula.about, *(("age",) if formula.ages != (0, 125) else ())))
            words = [word for about in formula.about for word in _GIVEN_WORDS.get(about, ())]
            yield from _closure(words, vocabulary)
            for row in formula.inputs:
                yield from _of_value(row.key, vocabulary, seen)


def may_be_told(variable: str, vocabulary: Vocabulary, recorded: Callable[[frozenset[str]], Flags]) -> Flags:
    """Of which patients any value of a quantity can be recorded, implied or computed.

    `recorded` says who has a record of any of some keys. A formula gives nothing where one of its inputs is missing.
    """
    kinds = vocabulary.descendants(variable) | {variable}
    scales = [word for scale in _scored_by(kinds, vocabulary) for word in _of_scale(scale, vocabulary)]
    return recorded(frozenset((*kinds, *scales))) | _computed(kinds, recorded, frozenset())


def _computed(keys: Iterable[str], recorded: Callable[[frozenset[str]], Flags], seen: frozenset[str]) -> Flags:
    found = recorded(frozenset())
    for key in {*keys} - seen:
        for formula in GIVEN_BY.get(key, ()):
            inputs = [row.key for row in formula.inputs]
            parts = [recorded(frozenset((one,))) | _computed((one,), recorded, seen | {key}) for one in inputs]
            found = found | reduce(operator.and_, parts)
    return found


def _person(seen: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(_GIVEN_PERSON.get(name, frozenset()) for name in seen), ["age"] if seen else [])


@cache
def _of_word(key: str, vocabulary: Vocabulary) -> Needs:
    """A condition, treatment, state or scale."""
    seen: set[str] = set()
    keys = set(_closure([key], vocabulary))
    word = vocabulary.words.get(key)
    for scale in [one for one in keys if one in vocabulary.words and vocabulary.words[one].kind == "scale"]:
        keys.update(_of_scale(scale, vocabulary))
        own = vocabulary.words[scale]
        for quantity in (own.score, STAGED.get(scale)):
            keys.update(_of_value(quantity, vocabulary, seen) if quantity else ())
    person = _person(seen)
    if not keys.isdisjoint(FEMALE_ONLY) or (word and word.of in FEMALE_ONLY):
        keys |= _closure(FEMALE_ONLY, vocabulary)
        person |= {"sex"}
    return Needs(frozenset(keys), silent=_SILENT, person=person)


def _of_scale(scale: str, vocabulary: Vocabulary) -> frozenset[str]:
    """A scale, what it is a test of, and the disease that its stages ask for."""
    return _closure([scale, *([_CHRONIC_KIDNEY] if scale in STAGED else [])], vocabulary)


def _closure(keys: Iterable[str], vocabulary: Vocabulary) -> frozenset[str]:
    """The keys with all above and below them, what denies them, what they are tests of, and the tests of them."""
    found: set[str] = set()
    for key in keys:
        found |= _related(key, vocabulary)
    return frozenset(found)


@cache
def _related(key: str, vocabulary: Vocabulary) -> frozenset[str]:
    found = _kin(key, vocabulary)
    for name in list(found):
        word = vocabulary.words.get(name)
        for other in (*(word.denied_by if word else ()), *((word.of,) if word and word.of else ())):
            found |= _kin(other, vocabulary)
    tests = _tests(vocabulary)
    for name in list(found):
        for test in tests.get(name, ()):
            found |= _kin(test, vocabulary)
    return frozenset(found)


def _kin(key: str, vocabulary: Vocabulary) -> set[str]:
    found, waiting = {key, *vocabulary.descendants(key)}, [key]
    while waiting:
        word = vocabulary.words.get(waiting.pop())
        new = [parent for parent in (word.parents if word else ()) if parent not in found]
        found.update(new)
        waiting += new
    return found


@cache
def _tests(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """The tests of each condition or state."""
    found: dict[str, tuple[str, ...]] = {}
    for word in vocabulary.words.values():
        if word.of:
            found[word.of] = (*found.get(word.of, ()), word.key)
    return found


def _scored_by(quantities: Iterable[str], vocabulary: Vocabulary) -> list[str]:
    """The scales whose levels imply values of these quantities."""
    return [scale for quantity in quantities for scale in _scales(vocabulary).get(quantity, ())]


@cache
def _scales(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word in vocabulary.words.values():
        if word.kind == "scale" and word.score:
            found[word.score] = (*found.get(word.score, ()), word.key)
    return found
