"""What one cell says: a moment, a status, an end of a reference range, a code."""

from __future__ import annotations

import math
import re
from datetime import time
from functools import lru_cache

from eligibility.patients.dates import When, between, read_when
from eligibility.patients.interval import read_value
from eligibility.patients.patient import FindingKind, FindingStatus
from eligibility.patients.record import Coding, Concept, Limits

_TRUE = frozenset(("true", "t", "yes", "y", "1", "1.0"))
_FALSE = frozenset(("false", "f", "no", "n", "0", "0.0"))
_SHORT_OFFSET = re.compile(r"(?<=:\d\d)(?P<fraction>\.\d+)?(?P<hours>[+-]\d\d)$")
_LOINC = re.compile(r"\d{1,7}-\d")
_ATC = re.compile(r"[A-Z]\d\d[A-Z]{2}\d\d")
_ICD = re.compile(r"[A-Z]\d[0-9AB](?:\.[0-9A-Z]{1,4}|\d{1,3}[A-Z]?)?")
_OPEN_END = re.compile(r"(?:2099|2199|2999|9999)-12-31")
_WHOLE = re.compile(r"([+-]?\d+)\.0+")
_WITH_NAME = re.compile(r"(?P<code>[A-Z]\S+?)(?:\s*[:–-]\s+|\s+)(?P<name>\S.*)")


@lru_cache(maxsize=50_000)
def moment(text: str) -> When:
    """An ISO date or time; midnight to the second is a day, since that is how programs write days.

    Raises ValueError for anything else: 03/04/2024 may be of March or of April.
    """
    when = read_when(_SHORT_OFFSET.sub(r"\g<fraction>\g<hours>:00", text))
    if when.exact and when.first.time() == time.min:
        return between(when.first.date(), when.first.date(), text[:10])
    return when


def is_open(end: str) -> bool:
    """An end written as the last day of a calendar means that there is none."""
    return bool(_OPEN_END.match(end))


def yes_or_no(text: str) -> bool:
    """The cell says that something is there, or is not, and no more."""
    return text.casefold() in _TRUE or text.casefold() in _FALSE


def status_of(text: str) -> FindingStatus:
    """Yes, no, 1, 0, active, former, never, positive … as a status; ValueError for what is none."""
    from eligibility.patients.profile.shape import read_status
    from eligibility.vocabulary.answers import answer_status

    word = text.casefold()
    if word in _TRUE or word in _FALSE:
        return "active" if word in _TRUE else "refuted"
    try:
        return read_status(text)
    except ValueError:
        if told := answer_status(text):
            return told
        raise


@lru_cache(maxsize=50_000)
def limits_of(low: str, high: str, span: str = "") -> Limits | None:
    """A reference range from the cells of its ends, or from one with both; ValueError for what is none."""
    if span and not (low or high):
        return _range(span)
    least, most = (_number(text) if text else None for text in (low, high))
    if least is not None and most is not None and least > most:
        raise ValueError("the low end lies above the high end; swap them")
    return Limits(least, most) if low or high else None


def whole(text: str) -> str:
    """A level without the decimals that programs add: 2.0 is 2."""
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


def coding_of(code: str, system: str, fact: FindingKind | None) -> Coding | None:
    """A code with its system, or without one where its form tells; None when it does not.

    A form tells only where such a code may stand: of `fact`, None being anything.
    """
    if system:
        return Coding(system, code)
    if _LOINC.fullmatch(code):
        return Coding("LOINC", code)
    if _ATC.fullmatch(code) and fact in ("treatment", None):
        return Coding("ATC", code)
    if _ICD.fullmatch(code) and fact in ("condition", None):
        return Coding("ICD-10-CM", code)
    return None


def entries(text: str, fact: FindingKind) -> list[Concept]:
    """The entries of a list parted by ";" or "|": names, codes, or a code with its name."""
    return [_entry(part.strip(), fact) for part in re.split(r"[;|]", text) if part.strip()]


def _entry(text: str, fact: FindingKind) -> Concept:
    match = _WITH_NAME.fullmatch(text)
    if match and (coding := coding_of(match["code"], "", fact)):
        return Concept((coding,), match["name"])
    alone = coding_of(text, "", fact)
    return Concept((alone,), text) if alone else Concept((), text)


def _range(text: str) -> Limits | None:
    value, unit = read_value(text)
    low, high = (None if math.isinf(end) else end for end in (value.low, value.high))
    if low == high:
        raise ValueError("not a range; write it as 0.2-1.2")
    return Limits(low, high, unit or "")


def _number(text: str) -> float:
    value, rest = read_value(text)
    if rest or not value.exact:
        raise ValueError("not a number; write one, as 1.2")
    return value.low
