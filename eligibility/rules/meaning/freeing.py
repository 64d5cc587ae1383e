"""Words that only permit, known as such by their verbs: they ask nothing of anybody, whatever it is they permit.

Whom they free, of what, and on which conditions of theirs, a person must say.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.criteria.criterion import Side

_FREES: Final = re.compile(
    r"\b(?:(?<!not )(?<!not be )(?:allowed|permitted|permissible|acceptable)\b"
    r"(?! (?:form|method|means|result|birth|contracep|value|range|limit|level))"
    r"|not (?:be )?(?:considered )?(?:an exclusion|exclusionary|excluded|a reason for exclusion)"
    r"|(?:do|does|will|would|should) not (?:exclude|preclude|render)"
    r"|(?:are|is|be|remain|still) (?:still |also |considered )*eligible\b"
    r"|(?:may|can|will) (?:still |also )?(?:be (?:included|enrolled|randomi[sz]ed|entered)|enroll?|participate"
    r"|be eligible)\b"
    r"|may (?:have (?:received|had|undergone)|continue|remain on|be (?:on|receiving|taking))\b)"
)
# What stands before the first comma, and a comparison in it.
_FIRST: Final = re.compile(r"[^,;:]+(?=[,;:])")
_COMPARED: Final = re.compile(
    r"[<>≤≥]|\b(?:greater|less|more|fewer|higher|lower) than\b|\b(?:above|below|at least|at most|exceed)"
)
_VERBS: Final = ("allow", "permi", "accept", "exclu", "preclude", "render", "eligible", "may ", "can ", "will ")
# What else is said beside it: that something must be, must not be, or does exclude.
_DEMANDS: Final = re.compile(
    r"\b(?:must|shall|should(?! not (?:exclude|preclude|render))|ha(?:s|ve) to|needs? to|cannot|prohibited"
    r"|forbidden|ineligible"
    r"|(?:is|are|be) required|(?:may|can|will) not|not (?:be )?(?:eligible|allowed|permitted|acceptable"
    r"|considered|enroll\w*)"
    r"|(?<!not )(?<!not be )(?:excluded|exclusionary)|exclude|excludes|considered)\b(?<!not exclude)"
)
_DENIES: Final = re.compile(r"\W*(?:(?:note|however|also|please)\b\W*)*(?:no|none|neither|not|only|without)\b")
# A condition, a number or a count, with which an allowance by itself is a demand of whom it is for.
_BOUND: Final = re.compile(
    r"\d|\b(?:if|provided|providing|unless|only|but|except|when|until|while|whose|as long as|so long as"
    r"|on (?:the )?condition"
    r"|at least|at most|maximum|max|up to|more than|less than|one|two|three|single|first|limited|eligible"
    r"|enrolled|included"
    r"|entered|enroll?|participate|negative|positive|adequate|normal|stable|controlled|life expectancy|age|aged)\b"
)
# What asks for a value, a sex or a count by saying who may come in.
_ASKS: Final = re.compile(
    r"(?:an? )?(?:males?|females?|wom[ae]n|men)\b.*\beligible\b|.*\bmay have (?:received|had) (?:up to|at most"
    r"|no more|one|two|\d)"
    r"|(?!\(|note\b|if\b).*[≤≥<>]=?\s*\d.*\b(?:acceptable|eligible)\W*$|.*\bmaximum\b"
)
_ASKING: Final = ("may have ", "maximum", "acceptable", "eligible")
_ALLOWED: Final = re.compile(
    r"(?:(?:prior|concurrent|concomitant) (?:medications?|treatments?|therapy|conditions?)\W+)?allowed\s*:"
)
# Each begins with a set of letters, which is looked for many times faster than alternatives are tried.
_SENTENCE: Final = re.compile(r"[.;\s](?:(?<=[.;])(?=\s)|(?<=\n)\n*|(?<=\s)[*-]\s)")
# A full stop lost: "prior chemotherapy allowed No prior radiotherapy".
_RUN_ON: Final = re.compile(
    r"(?<=[\w)%] )(?:No|Not|None|Must|At|Prior|Concurrent|Other|See|Recovered|More|Greater|Less|Any|All"
    r"|Patients?|Subjects?"
    r"|Participants?|Age|Previous|History|Absence|Able|Willing|Negative|Adequate|Chemotherapy|Radiotherapy|Surgery)\b"
)
_WORD: Final = re.compile(r"\w")


def permitted(text: str) -> bool:
    """Whether every sentence of words frees somebody, and asks nothing besides."""
    lower = text.lower()
    if not any(verb in lower for verb in _VERBS):
        return False
    sentences = _sentences(text)
    return bool(sentences) and all(map(_frees, sentences))


def unbound(text: str, side: Side = "inclusion") -> bool:
    """The same of words that stand alone: they set no condition, and may not say whom a trial is for.

    On an exclusion list what is excluded may stand before the comma.
    """
    if side == "exclusion" and ("," in text or "(" in text):
        return False
    if _ALLOWED.match(text.lower()):
        return not _DEMANDS.search(text.lower())
    return permitted(text) and _BOUND.search(text.lower()) is None


def asks(text: str) -> bool:
    """ "Patients with creatinine ≤ 1.6 mg/dL are acceptable": whether who may come in is a demand."""
    text = text.lower()
    if not any(cue in text for cue in _ASKING):
        return False
    return _ASKS.match(text) is not None


def _frees(sentence: str) -> bool:
    words = sentence.lower()
    label = words.find(":") + 1
    if (
        not any(verb in words for verb in _VERBS)
        or _FREES.search(words) is None
        or _DENIES.match(words)
        or (label < 40 and _DENIES.match(words, label))
    ):
        return False
    return _DEMANDS.search(words) is None and not asks(words) and _RUN_ON.search(sentence.strip()) is None


def _sentences(text: str) -> list[str]:
    return [part for part in _SENTENCE.split(f"{text} ") if _WORD.search(part)]


def limits_too(text: str) -> bool:
    """ "Bilirubin > 1.5 × ULN, in Gilbert's syndrome more is allowed": whether a limit stands before the allowance."""
    first = _FIRST.match(text.lower())
    if first is None or _COMPARED.search(first[0]) is None:
        return False
    return not (any(verb in first[0] for verb in _VERBS) and _FREES.search(first[0]))
