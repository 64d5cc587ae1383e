"""Questions in plain words: what to ask a patient, or look up, to find out a fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from eligibility.patients.levels import values_of
from eligibility.reports.wording import one_line
from eligibility.rules.rule import Present
from eligibility.steps.next_steps import Ask

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

_WHEN = "If so, when was the last time?"
# By what is asked for: whether it is so now, and whether it ever was.
_FORMS: dict[str, tuple[str, str]] = {
    "condition": ("Has a doctor told you that you have {}?", "Has a doctor ever told you that you had {}? " + _WHEN),
    "treatment": (
        "Are you being treated with {}, or taking it?",
        "Have you ever been treated with {}, or taken it? " + _WHEN,
    ),
    "procedure": ("Have you had {}? If so, when?", "Have you ever had {}? " + _WHEN),
    "allergy": ("Are you allergic to {}?", "Have you ever been allergic to {}? " + _WHEN),
    "state": ("Is this so of you: {}?", "Is this so of you, or was it ever: {}? " + _WHEN),
}
_RANGE = ", and the laboratory's own reference range"
_FIXED = {"age": "When were you born?", "sex": "What is your sex: female, male, or another?"}


def question(ask: Ask, words: Mapping[str, Word]) -> str:
    """How to find a fact out, as one would say it on the telephone; of laboratory values what to look up or order."""
    subject = ask.subject
    word = words.get(subject.key)
    if subject.sort in _FIXED:
        return _FIXED[subject.sort]
    if word and word.question and subject.sort != "allergy":
        return one_line(word.question)
    name = spoken(subject.key, words)
    if subject.sort in _FORMS:
        return _FORMS[subject.sort][_of_the_past(ask)].format(name)
    if subject.sort == "scale" and word:
        if word.result:
            return f"Was this ever tested: {name}? If so, when was the last time, and what was the result?"
        return f"{_opening(name)}: which of {', '.join(values_of(word))} is it, and on which day was that found?"
    if subject.sort == "change":
        return f"{_opening(name)}: what were the two latest values, each with its unit, date and hour?"
    range_ = _RANGE if "no_reference_range" in ask.reasons else ""
    return f"{_opening(name)}: what is the latest value, with its unit and date{range_}?"


def spoken(key: str, words: Mapping[str, Word]) -> str:
    """The name of a word inside a sentence: in small letters, unless it is a name or a short form."""
    word = words.get(key)
    if word is None:
        return one_line(key.replace("_", " "))
    name = word.label.partition(" (")[0]
    first = name.split(" ", 1)[0].casefold()
    plain = any(form.split(" ", 1)[0] == first for form in word.synonyms)
    return one_line(name[:1].lower() + name[1:] if plain else name)


def _opening(name: str) -> str:
    return name[:1].upper() + name[1:]


def _of_the_past(ask: Ask) -> bool:
    """Some trial asks for what was, not only for what is."""
    return any(isinstance(test, Present) and (test.window or test.status != "active") for test in ask.tests)
