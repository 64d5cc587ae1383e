"""Words behind a thing that narrow it: "infection requiring systemic therapy" is an infection of that quality.

They are kept as a quality of the thing in the words of the text; no record can tell such a quality, so that a thing
that is there is unknown, and one that is not there is not there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from operator import is_not
from typing import Final

from eligibility.rules.leaves import children, is_leaf, leaves
from eligibility.rules.meaning.source import BARE, UNKNOWN
from eligibility.rules.meaning.tails import (
    REACH,
    bound_anywhen,
    ended,
    is_dose,
    is_length,
    is_method,
    is_size,
    narrows,
    needs,
    tells_how_known,
)
from eligibility.rules.meaning.timing import TIMELESS
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Status,
    Unclear,
)
from eligibility.spans import Span

_FOR: Final = re.compile(r"(?:for|of|against) (?:(?:the|this|that|their|your|a|an|any|current) )?[\w\- ]+$")
_FACTS: Final = frozenset(("condition", "treatment", "procedure", "state"))
# Silent words between the words and another thing.
_JOINED: Final = re.compile(r"\s*(?:[,;]|\b(?:and/or|or|and)\b)[\s\w/,-]{0,40}")
_OTHER: Final = re.compile(r"\b(?:other|another|second|secondary|additional)\b")
_TRIAL: Final = "trial_participation"
_PLAINLY: Final = re.compile(r"(?:(?:that|which|who) requires?|requiring|needing)\b[^()]*$", re.IGNORECASE)
_EXCEPTED: Final = re.compile(r"\b(?:other than|except\w*(?: for)?|excluding|exception of|apart from|besides)\b", re.I)
_DATED: Final = re.compile(r"\b(?:with)?in (?:the )?(?:past|last|previous|prior)\b|\b(?:day|week|month|year)s?\b")
_ACTIVE: Final = re.compile(r"\b(?:active|current|currently|ongoing)\b", re.IGNORECASE)
_PAST: Final = re.compile(r"\b(?:or|and|prior|previous|past|history)\b|/", re.IGNORECASE)


def restricted(rule: Rule, text: str) -> Rule:
    """The rule, words not understood right behind a thing made a quality of it where they can only narrow it.

    What was found to be said of several things of a list ("chemotherapy or radiotherapy for lung cancer") is a quality
    of each of them.
    """
    found: dict[Span, str] = {}
    if not is_leaf(rule):
        _find(rule, text, found, rule)
    return _narrowed(rule, found, text) if found else rule


def _find(rule: Rule, text: str, found: dict[Span, str], whole: Rule) -> None:
    parts = children(rule)
    if isinstance(rule, AnyOf) and _listed(rule, text):
        parts = parts[:-1]
    before: Rule | None = None
    joined = isinstance(rule, AllOf)
    for at, part in enumerate(parts):
        if joined and isinstance(before, Present) and isinstance(part, Unclear) and part.span:
            when = _when(before, part, parts[at + 1 : at + 2], text)
            end = (when or part).span or part.span
            quality = _quality(before, part, text, whole, end[1]) if part.reason != BARE or len(parts) == 2 else ""
            if quality:
                found[part.span] = quality
            if quality and when is not None:
                found[end] = when.text.lower()
        elif joined and isinstance(before, Present) and _treated(before, part, text) and part.span:
            found[part.span] = _behind(before, part.span, text)
        elif joined and isinstance(before, Measured | Graded) and isinstance(part, Unclear) and part.span:
            if method := _method(before, part, text):
                found[part.span] = method
        elif not is_leaf(part):
            _find(part, text, found, whole)
        before = part


def _when(thing: Present, words: Unclear, behind: Sequence[Rule], text: str) -> Unclear | None:
    """ "disease requiring systemic therapy | within the past 2 years": when it was required."""
    when = behind[0] if behind else None
    if not isinstance(when, Unclear) or when.reason != TIMELESS or not when.span or not words.span:
        return None
    right_behind = not text[words.span[1] : when.span[0]].strip()
    return when if right_behind and thing.status == "any" and bound_anywhen(_behind(thing, words.span, text)) else None


def _method(test: Measured | Graded, words: Unclear, text: str) -> str:
    """ "HIV RNA > 5000 by the Zorb assay": by what a value was found, which a person must say."""
    if words.reason != UNKNOWN or words.rules or not test.span or not words.span or words.span[0] < test.span[1]:
        return ""
    if isinstance(test, Graded) and test.scale == "ctcae_grade":
        return ""  # which may be of what stands before it
    said = " ".join(text[test.span[1] : words.span[1]].split())
    return said.lstrip("(, ") if is_method(said, text, words.span[1]) else ""


def _treated(before: Present, part: Rule, text: str) -> bool:
    """ "Radiotherapy for this malignancy": the disease is what the treatment is for, and is not asked for itself."""
    if before.fact not in ("treatment", "procedure") or not isinstance(part, Present) or part.fact != "condition":
        return False
    return bool(part.span and _FOR.match(_behind(before, part.span, text)))


def _behind(thing: Present, words: Span, text: str) -> str:
    return " ".join(text[(thing.span or words)[1] : words[1]].split()).lower()


def _listed(rule: AnyOf, text: str) -> bool:
    """ "hepatitis B, hepatitis C or HIV with detectable viral load": it may be of all of them.

    It is where each of them was given it as a quality already.
    """
    last = rule.rules[-1]
    if not isinstance(last, AllOf):
        return False
    thing, words = last.rules[0], last.rules[-1].span
    said = _behind(thing, words, text) if isinstance(thing, Present) and words is not None else ""
    return any(isinstance(part, Present) and said not in part.qualifiers for part in rule.rules[:-1])


def _narrowed(rule: Rule, found: dict[Span, str], text: str) -> Rule:
    if isinstance(rule, Not):
        inner = _narrowed(rule.rule, found, text)
        return replace(rule, rule=inner) if inner is not rule.rule else rule
    if not isinstance(rule, (AllOf, AnyOf, AtLeast)):
        return rule
    parts = [_narrowed(part, found, text) for part in rule.rules]
    if isinstance(rule, AllOf):
        parts = _with_qualities(parts, found, text)
        if len(parts) == 1:
            return parts[0]
    return replace(rule, rules=tuple(parts)) if _changed(parts, rule.rules) else rule


def _changed(parts: Sequence[Rule], before: Sequence[Rule]) -> bool:
    return len(parts) != len(before) or any(map(is_not, parts, before))


def _with_qualities(parts: Sequence[Rule], found: dict[Span, str], text: str) -> list[Rule]:
    made: list[Rule] = []
    for part in parts:
        thing = made[-1] if made else None
        quality = found.get(part.span, "") if isinstance(part, Unclear | Present) and part.span else ""
        if quality and isinstance(thing, Present) and thing.span and part.span:
            span = (thing.span[0], part.span[1])
            new = () if any(quality in said for said in thing.qualifiers) else (quality,)
            thing = replace(thing, qualifiers=(*thing.qualifiers, *new))
            made[-1] = replace(thing, status=_status(thing, text), span=span)
        elif quality and isinstance(thing, Measured | Graded):
            made.append(Judgement(quality, span=part.span))
        else:
            made.append(part)
    return made


def _status(thing: Present, text: str) -> Status:
    """ "Active disease that required surgery in the past year": the time is of its quality, and it is active.

    What is not said to be active counts whenever it was, if there is a time in its qualities.
    """
    if thing.span is None or thing.status == "history" or not any(map(_DATED.search, thing.qualifiers)):
        return thing.status
    return "active" if _is_active(text, thing.span) else "any"


def _is_active(text: str, span: Span) -> bool:
    return _ACTIVE.search(text, *span) is not None and _PAST.search(text, *span) is None


def _quality(thing: Present, words: Unclear, text: str, whole: Rule, behind: int) -> str:
    """The words from the end of the thing on, when they begin with what binds them to it and hold nothing else.

    `behind` is where what is said ends, with a time of it.
    """
    if words.rules or not thing.span or not words.span or words.span[1] <= thing.span[1]:
        return ""
    if thing.fact not in _FACTS or not (words.span[0] >= thing.span[1] or words.reason == REACH):
        return ""
    said = " ".join(text[thing.span[1] : words.span[1]].split())
    if words.reason == BARE:
        return said.lower() if _amount(thing, said) and ended(text, behind) else ""
    if _EXCEPTED.search(text, max(0, thing.span[0] - 20), thing.span[0]):
        return ""  # "a malignancy other than breast cancer that is in remission" may be said of either
    if thing.fact not in ("condition", "state") and tells_how_known(said):
        return ""  # "suitable for resection as determined by a surgeon"
    if _beside_the_disease(thing) and not _PLAINLY.match(said):
        return ""
    if thing.fact == "state" and said.startswith("of ") and not thing.concept.endswith(_TRIAL):
        return ""  # "pregnant of lactating" is a slip for "or"
    dated = thing.status == "any" or _is_active(text, thing.span)
    if not narrows(said, words.reason, dated) or (thing.window is not None and not bound_anywhen(said)):
        return ""
    return said.lstrip(", ").lower() if ended(text, behind) or _another(thing, said, text, behind, whole) else ""


def _beside_the_disease(thing: Present) -> bool:
    """ "Another malignancy that …": as a whole it is read beside the disease under study, where it says more."""
    return thing.concept == "malignancy" and any(map(_OTHER.search, thing.qualifiers))


def _amount(thing: Present, said: str) -> bool:
    """A least dose of a drug, how long its dose has been stable, how large or how old a finding is."""
    if thing.window is not None:
        return False
    if thing.fact == "treatment":
        return is_length(said) if "stable dose" in thing.qualifiers else is_dose(said)
    return thing.fact == "condition" and is_size(said)


def _another(thing: Present, said: str, text: str, end: int, whole: Rule) -> bool:
    """ "infection requiring antibiotics, or heart disease": whether what is named behind the words is no more of them.

    A disease is nothing that another one requires, and a treatment nothing that another one is for.
    """
    needed = needs(said)
    if not needed and not (said.startswith("for ") and thing.fact in ("treatment", "procedure")):
        return False
    if needed and thing.fact != "condition":
        return False
    behind = [leaf for leaf in leaves(whole) if leaf.span and leaf.span[0] >= end]
    first = min(behind, key=lambda leaf: leaf.span or (0, 0), default=None)
    if not isinstance(first, Present) or not first.span:
        return False
    kinds = ("condition",) if needed else ("treatment", "procedure")
    return first.fact in kinds and _JOINED.fullmatch(text, end, first.span[0]) is not None
