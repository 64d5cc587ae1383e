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

from eligibility.rules.leaves import children, is_leaf
from eligibility.rules.meaning.source import BARE, UNKNOWN
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Not, Present, Rule, Unclear
from eligibility.spans import Span

# What binds such words to the thing before them; anything else may say another thing, a reason or a way of knowing.
_NARROWING: Final = re.compile(
    r"(?:(?:that|which|who) (?:requires?|required|needs?|involves?|affects?)|requiring|needing|necessitating|involving"
    r"|affecting|limiting|impairing|(?:confined|restricted) to|located (?:in|on|at)"
    r"|for|in|to|of|on|with|from|using|under|despite|refractory to|resistant to|unresponsive to)\b",
    re.IGNORECASE,
)
# Words in which there is more than a quality: another thing, a number, a doubt, a time, or what is asked or allowed.
_MORE: Final = re.compile(
    r"[\d,;:.()\[\]/%<>=≤≥]|\b(?:and|or|but|not|no|if|unless|except|excluding|including|such as|within|before|prior"
    r"|after|during|since|until|while|weeks?|months?|days?|years?|hours?|when|who|whom|which|whose|that|time|based|proven"
    r"|confirmed|doses?|study(?! (?:eye|joint|knee|hip|limb|leg|ear|tooth|hand|site)s?\b)|trial|protocol"
    r"|participat\w*|screening|enrol\w*|random\w*|baseline|criteria|according"
    r"|may|must|should|will|would|could|can|allowed|permitted|eligible|excluded|investigator|opinion|recist)\b",
    re.IGNORECASE,
)
# Where a phrase surely ends; behind a comma or "or" it may go on.
_ENDED: Final = re.compile(
    r"\s*(?:$|[.;](?:\s|$)|\n|(?:, ?)?(?:or|and) (?:an? |any )?"
    r"(?:has|have|had|is|are|history|prior|previous|current|currently|known|evidence)\b)",
    re.I,
)
_MOST_WORDS: Final = 9
_FOR: Final = re.compile(r"(?:for|of|against) (?:(?:the|this|that|their|your|a|an|any|current) )?[\w\- ]+$")
# "prednisone > 10 mg/day", "stable dose of methotrexate ≥ 4 weeks": how much or how long at least
_AT_LEAST: Final = (
    r"(?:>|≥|>=|=>|=/>|more than|greater than|at least|exceeding|over|above)(?: or equal to)?(?: a dose of)?"
)
_DOSE: Final = re.compile(
    rf"(?:(?:at|in) )?(?:a )?(?:daily )?(?:doses? (?:of )?)?{_AT_LEAST}\s*\d+(?:\.\d+)?\s*"
    r"(?:mg|g|mcg|µg|μg|ug|units?|iu)(?:\s*/\s*(?:kg|m2|day|d|week|month))*"
    r"(?: (?:per day|daily|a day|per week|weekly))?\.?",
    re.IGNORECASE,
)
_LENGTH: Final = re.compile(rf"{_AT_LEAST}\s*\d+\s*(?:days?|weeks?|months?|years?)\.?", re.IGNORECASE)


def restricted(rule: Rule, text: str) -> Rule:
    """The rule, words not understood right behind a thing made a quality of it where they can only narrow it.

    What was found to be said of several things of a list ("chemotherapy or radiotherapy for lung cancer") is a quality
    of each of them.
    """
    found: dict[Span, str] = {}
    if not is_leaf(rule):
        _find(rule, text, found)
    return _narrowed(rule, found) if found else rule


def _find(rule: Rule, text: str, found: dict[Span, str]) -> None:
    parts = children(rule)
    if isinstance(rule, AnyOf) and _listed(rule, text):
        parts = parts[:-1]
    before: Rule | None = None
    joined = isinstance(rule, AllOf)
    for part in parts:
        if joined and isinstance(before, Present) and isinstance(part, Unclear) and part.span:
            quality = _quality(before, part, text) if part.reason != BARE or len(parts) == 2 else ""
            if quality:
                found[part.span] = quality
        elif joined and isinstance(before, Present) and _treated(before, part, text) and part.span:
            found[part.span] = _behind(before, part.span, text)
        elif not is_leaf(part):
            _find(part, text, found)
        before = part


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


def _narrowed(rule: Rule, found: dict[Span, str]) -> Rule:
    if isinstance(rule, Not):
        inner = _narrowed(rule.rule, found)
        return replace(rule, rule=inner) if inner is not rule.rule else rule
    if not isinstance(rule, (AllOf, AnyOf, AtLeast)):
        return rule
    parts = [_narrowed(part, found) for part in rule.rules]
    if isinstance(rule, AllOf):
        parts = _with_qualities(parts, found)
        if len(parts) == 1:
            return parts[0]
    return replace(rule, rules=tuple(parts)) if _changed(parts, rule.rules) else rule


def _changed(parts: Sequence[Rule], before: Sequence[Rule]) -> bool:
    return len(parts) != len(before) or any(map(is_not, parts, before))


def _with_qualities(parts: Sequence[Rule], found: dict[Span, str]) -> list[Rule]:
    made: list[Rule] = []
    for part in parts:
        thing = made[-1] if made else None
        quality = found.get(part.span, "") if isinstance(part, Unclear | Present) and part.span else ""
        if quality and isinstance(thing, Present) and thing.span and part.span:
            span = (thing.span[0], part.span[1])
            qualifiers = tuple(dict.fromkeys((*thing.qualifiers, quality)))
            made[-1] = replace(thing, qualifiers=qualifiers, span=span)
        else:
            made.append(part)
    return made


def _quality(thing: Present, words: Unclear, text: str) -> str:
    """The words from the end of the thing on, when they begin with what binds them to it and hold nothing else."""
    if words.reason == BARE and thing.span and words.span:
        return _amount(thing, " ".join(text[thing.span[1] : words.span[1]].split()), text[words.span[1] :])
    if words.reason != UNKNOWN or words.rules or thing.span is None or words.span is None:
        return ""
    if thing.fact not in ("condition", "treatment", "procedure") or words.span[0] < thing.span[1]:
        return ""
    said = " ".join(text[thing.span[1] : words.span[1]].split())
    bound = _NARROWING.match(said)
    if bound is None or _MORE.search(said, bound.end()) or not 1 < len(said.split()) <= _MOST_WORDS:
        return ""
    return said.lower() if _ENDED.match(text, words.span[1]) and thing.window is None else ""


def _amount(thing: Present, said: str, behind: str) -> str:
    """A least dose of a drug, or how long its dose has been stable, with nothing behind it that goes on."""
    least = _LENGTH if "stable dose" in thing.qualifiers else _DOSE
    whole = thing.fact == "treatment" and thing.window is None and least.fullmatch(said)
    return said.lower() if whole and _ENDED.match(behind) else ""
