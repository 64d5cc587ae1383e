"""What a supposition says: "bilirubin = 2 mg/dL", "pregnant = no", "has diabetes" as facts of one day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import LIST_OF, FindingKind, Patient
from eligibility.patients.recognise import MEASURABLE, chosen
from eligibility.vocabulary.tables import fold

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary
    from eligibility.vocabulary.word import Word

_PERSON = {"age": "age", "sex": "sex", "gender": "sex", "race": "race", "birth date": "birth_date"}
_LEADS = (
    ("no history of ", "refuted"), ("history of ", "history"), ("has history of ", "history"), ("has no ", "refuted"),
    ("has ", "active"), ("is not ", "refuted"), ("is ", "active"), ("no ", "refuted"), ("not ", "refuted"),
    ("without ", "refuted"), ("with ", "active"),
)  # fmt: skip
_ALLERGY = re.compile(r"(?:allergy|allergic|hypersensitivity) to (?P<to>.+)")
_YES_OR_NO = frozenset((
    "yes", "no", "active", "resolved", "history", "refuted", "former", "past", "never", "current", "absent", "present",
))  # fmt: skip
_TRUTHS = {"true": "yes", "false": "no"}
_KINDS: dict[str, FindingKind] = {
    "condition": "condition",
    "treatment": "treatment",
    "procedure": "procedure",
    "state": "state",
    "allergen": "allergy",
}
_LONGEST = 500


def read_supposition(text: str, day: date | None, words: Vocabulary) -> Patient:
    """The facts of a supposition, dated `day`, as a patient of whom nothing else is known.

    Raises InputError, with what may be meant, for a name that is no word, a value that cannot be, a unit that is none.
    """
    name, given, value = (part.strip() for part in text[:_LONGEST].partition("="))
    value = _TRUTHS.get(value.casefold(), value)
    if not name or (given and not value):
        raise _wrong(text, "says nothing", 'write "bilirubin = 2 mg/dL", "pregnant = no" or "has diabetes"')
    try:
        return _checked(profile(_data(text, name, value, day, words), file=text, vocabulary=words, as_of=day), text)
    except InputError as error:
        if error.file == _file(text):
            raise
        raise InputError(_file(text), *(Fault("", row.problem, row.remedy) for row in error.faults)) from None


def _data(text: str, name: str, value: str, day: date | None, words: Vocabulary) -> dict[str, Any]:
    """The supposition as a profile."""
    plain = fold(name)
    if value and plain in _PERSON:
        return {_PERSON[plain]: value}
    if not value:
        name, value = _said(name)
    if to := _ALLERGY.fullmatch(fold(name)):
        word = _word(text, to["to"], words, ("allergen", "treatment"))
        return {"allergies": [{"name": word.key, "status": value}]}
    word = _word(text, name, words, _wanted(value))
    if word.kind in MEASURABLE:
        if value in ("active", "refuted", "history") and not word.result and not word.bare:
            unit = f" {word.unit}" if word.unit else ""
            example = f"VALUE{unit}" if word.kind == "quantity" else word.levels[0].value
            raise _wrong(text, f"{word.label} is a {word.kind}", f'write "{word.key} = {example}"')
        field, level = ("measurements", "value") if word.kind == "quantity" else ("scales", "level")
        said = {"active": "yes", "refuted": "no"}.get(value, value)
        return {field: [{"name": word.key, level: said, **({"date": day.isoformat()} if day else {})}]}
    kind = _KINDS[word.kind]
    if kind == "state":
        return {"states": {word.key: value}}
    return {LIST_OF[kind]: [{"name": word.key, "status": value}]}


def _said(text: str) -> tuple[str, str]:
    """A name and the status that the words before it give: "has", "no", "history of"."""
    plain = " ".join(text.split())
    for lead, status in _LEADS:
        if plain.casefold().startswith(lead):
            return plain[len(lead) :], status
    return plain, "active"


def _wanted(value: str) -> tuple[str, ...]:
    """The kinds of words that a value may be of, the likeliest first."""
    findings = ("condition", "state", "treatment", "procedure")
    return (*findings, "scale", "quantity") if value.casefold() in _YES_OR_NO else ("quantity", "scale", *findings)


def _word(text: str, name: str, words: Vocabulary, kinds: tuple[str, ...]) -> Word:
    word = chosen(words.by_name(name), kinds)
    if word is None:
        near = get_close_matches(fold(name), _known(words), 3, 0.7)
        remedy = f"did you mean {' or '.join(near)}?" if near else "`eligibility vocabulary WORD` finds words"
        raise _wrong(text, f"the vocabulary has no {name!r}", remedy)
    return word


def _known(words: Vocabulary) -> Iterable[str]:
    return dict.fromkeys(fold(form) for word in words.words.values() for form in (word.key, word.label, *word.synonyms))


def _checked(made: Patient, text: str) -> Patient:
    """Raises InputError for a value that decides nothing."""
    for row in made.measurements:
        if not row.usable:
            why = row.note or f"{row.unit or 'a bare number'} is no unit of {row.variable.replace('_', ' ')}"
            raise _wrong(text, why, f"`eligibility vocabulary {row.variable}` shows its units")
    return made


def _wrong(text: str, problem: str, remedy: str) -> InputError:
    return InputError(_file(text), Fault("", problem, remedy))


def _file(text: str) -> str:
    return f"--what-if {text!r}"
