"""What a line says when it is no criterion: whose side begins here, which cohort it binds, or nothing at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from eligibility.criteria.criterion import Side
from eligibility.criteria.words import BINDING, EMPTY_ADJECTIVES, PEOPLE, SECTIONS, SENTENCE

_SIDE: Final = (
    r"(?P<side>non-?\s?inclusion|inclusions?|exclusions?|eligibility|ineligibility|entry|selection|enrollment)"
)
_BOTH: Final = r"(?:\s*(?:/|and|&|or)\s*(?P<both>exclusion))?"
_NOUN: Final = r"(?:criteri(?:a|on|um|as|ons)|critera|criterias|requirements?)"
HEADING: Final = re.compile(
    rf"""^(?:\#+\s*)?(?P<pre>[^:.;]{{0,70}}?)\b
    (?:{_SIDE}{_BOTH}\s+{_NOUN}|{_NOUN}\s+(?:for|of)\s+(?P<side2>inclusion|exclusion|eligibility))
    \b(?P<post>[^:.;\n]{{0,90}}?)\s*(?P<end>[:：]|\s[-–]{{1,2}}\s|\.?$)""",
    re.X | re.I,
)
_BARE: Final = re.compile(
    r"^(?P<pre>(?:[\w-]+ ){0,3}?)(?P<side>inclusions?|exclusions?|eligibility)"
    r"(?P<post>\s+for\s+[\w -]{1,40}|\s*\([\w ,/-]{1,40}\))?\s*(?P<end>[:：]|$)", re.I
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+(?:['’\-/][^\W_]+)*")
_NAMED_POST: Final = re.compile(
    r"^\s*(?:[-–—,:(\[]|for\b|of\b|in\b|to\b|applicable\b|specific\b|phase\b|part\b|cohort\b|group\b|arm\b|step\b|stage\b|"
    r"include|are\b|\d|[A-Z]\b)", re.I
)  # fmt: skip


# What a heading may be wrapped in, or end with.
_WRAPPED: Final = "[]<>{}_=~|*# ;"


def _has_sign(text: str) -> bool:
    """Whether a line could be a heading at all; spelt out, since every line of every record is asked."""
    return (
        "riteri" in text or "lusion" in text or "ligib" in text or "equirement" in text
        or "RITERI" in text or "LUSION" in text or "LIGIB" in text
    )  # fmt: skip


class Heading(NamedTuple):
    """A heading that takes `length` characters of its line; `side` None means it stays, `cohort` as printed."""

    side: Side | None
    cohort: str | None
    length: int


def heading(text: str, marked: bool) -> Heading | None:
    """Return the inclusion or exclusion heading this line begins with, or None.

    `marked` lines (list items) are headings only when nothing else stands before the word.
    """
    if not _has_sign(text):
        return None
    bare = text.strip(_WRAPPED)
    if bare != text and len(bare) < 60:
        whole = _heading(bare, marked, False)
        if whole is not None and whole.length == len(bare):
            return whole._replace(length=len(text))
    if len(text) > 120 and ":" not in text[:160] and " - " not in text[:160]:
        return None
    return _heading(text[:200], marked, len(text) > 200)


@lru_cache(maxsize=4096)
def _heading(text: str, marked: bool, longer: bool) -> Heading | None:
    match = HEADING.match(text) or _BARE.match(text)
    return _checked(match, text, marked) if match and not (longer and match.end() == len(text)) else None


def _checked(match: re.Match[str], text: str, marked: bool) -> Heading | None:
    pre, post, end = match["pre"], match["post"] or "", match["end"].strip(" .")
    named = _WORD.findall(pre.lower())
    whole = match.end() == len(text)
    if SENTENCE.intersection(named) or (marked and len(named) > 2) or len(named) > (6 if end else 3):
        return None
    if not end and (not whole or text.endswith(".") or (post and not _NAMED_POST.match(post))):
        return None
    if post.strip() and (SENTENCE.intersection(_WORD.findall(post.lower())) - {"are", "no", "not", "who", "all"}):
        return None
    if pre[:1].islower() and not end:
        return None
    groups = match.groupdict()
    side = _side((groups["side"] or groups.get("side2") or "").lower(), bool(groups.get("both")))
    return Heading(side, _named(pre, post), match.end())


def _side(word: str, both: bool) -> Side | None:
    if both:
        return None
    negative = word.startswith(("exclu", "non", "inelig"))
    return "exclusion" if negative else "inclusion"


def _named(pre: str, post: str) -> str | None:
    """Return the group the words around a heading name, or None when they name none."""
    inside = post.strip(" \t-–—,:")
    inside = inside[1:-1] if inside[:1] == "(" and inside[-1:] == ")" else inside
    inside = _FOR.sub("", inside)
    for words in (inside, pre.strip(" -–—,(")):
        content = [word for word in _WORD.findall(words.lower()) if word not in EMPTY_ADJECTIVES]
        if _names_group(words.lower(), content):
            return words.strip()
    return None


_FOR: Final = re.compile(r"^(?:for|of|in|to|applicable to|specific to|include|are)\b\s*(?:the\b)?\s*", re.I)
_GROUP: Final = re.compile(
    r"\b(?:cohorts?|parts?|arms?|groups?|strat(?:um|a)|phases?|sub-?stud(?:y|ies)|controls?|donors?|recipients?|"
    r"caregivers?|care partners?|carers?|parents?|mothers?|fathers?|infants?|newborns?|neonates?|child(?:ren)?|"
    r"minors?|adolescents?|"
    r"adults?|famil(?:y|ies)|siblings?|relatives?|partners?|spouses?|couples?|healthy|normals?|volunteers?|clinicians?|providers?|"
    r"physicians?|nurses?|staff|surgeons?|students?|teachers?|dyads?|women|men|females?|males?|cases?|probands?|"
    r"patients?|subjects?|participants?|stage|step|level|aims?|period|extension|open-label|randomi[sz]ation|registration)\b"
)
_EVERY_GROUP: Final = re.compile(r"\b(?:all|both|each|every|any|general)\b")


def _names_group(words: str, content: list[str]) -> bool:
    return bool(content) and len(content) < 12 and bool(_GROUP.search(words)) and not _EVERY_GROUP.search(words)


_COHORT: Final = (
    r"(?:cohort|part|arm|group|stratum|control|phase|sub-?study|population)s?\s+"
    r"(?:[A-Z]|\d{1,2}[a-zA-Z]?|I{1,3}V?|one|two|three)"
)
# A group that a label names by what it is: "High-risk stratum:", "Melanoma cohorts only:", "Healthy controls:".
_NAMED: Final = (
    r"(?!(?:all|both|each|every|any|general|age|blood|ethnic|racial|risk|functional|patient|dominant|birth|muscle|food|drug|"
    r"non-dominant|upper|left|right|affected|paretic|social|peer|focus|weight|disease|diagnosis|support|"
    r"prognostic|diagnostic|inclusion|exclusion|eligibility|no|not|in|the|other|if|of|parallel|single)\b)"
    r"(?:(?:[\w/+-]+\s){1,4}?(?:strat(?:um|a)|cohorts?|arms?|groups?|sub-?study|controls|volunteers?|recipients?)"
    r"|(?:[\w/+-]+\s){0,2}?(?:(?:dose|safety)[ -])?"
    r"(?:escalation|expansion|extension|pilot|open[ -]label)\s(?:phases?|parts?))"
    r"|(?:pre-?|re-?)?registration(?:\s+cohort\s+\d)?|(?:aim|step)\s+\d[a-z]?"
)
COHORT_PREFIX: Final = re.compile(
    rf"\s*(?:for\s+)?(?P<name>{_COHORT}(?:\s*\([^()]{{1,40}}\))?(?:\s+only)?)\s*(?:[:：]|\s[-–]\s)\s*(?=\S)"
    rf"|\s*(?:for\s+(?:the\s+)?)?(?P<label>(?:{_NAMED})(?:\s+only)?)\s*:\s*(?=\S)", re.I
)  # fmt: skip
_COHORT_LINE: Final = re.compile(
    rf"^(?:for\s+)?(?P<name>{_COHORT}\b[^:.;]{{0,50}}|(?:the\s+)?(?:[\w-]+\s){{0,3}}?(?:controls?|"
    r"donors?|recipients?|caregivers?|"
    r"healthy (?:\w+ )?(?:volunteers|controls|subjects|participants|individuals|children|adults)|"
    r"(?:\w+[ -]){1,3}(?:group|cohort|arm)))\s*[:：]?$", re.I
)  # fmt: skip
_ADDITIONAL: Final = re.compile(r"^(?:criteria|requirements)\s+for\s+(?P<name>[\w -]{3,40}?)\s*[:：]?$", re.I)


def is_everybody(name: str) -> bool:
    """Whether a cohort's name only says "the patients": everybody, unless others take part too."""
    return all(word in PEOPLE or word in EMPTY_ADJECTIVES for word in _WORD.findall(name.lower()))


def cohort(text: str) -> str | None:
    """Return the group that a line of its own names ("Cohort A:", "Healthy controls:"), or None."""
    if len(text) > 90:
        return None
    match = _COHORT_LINE.match(text) or _ADDITIONAL.match(text)
    if not match or SENTENCE.intersection(_WORD.findall(text.lower())):
        return None
    return match["name"].strip()


_CONNECTIVES: Final = frozenset({"and", "or", "and/or"})
_SECTION_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")


def is_label(text: str) -> bool:
    """Whether a line is only the name of a section: it says nothing that a criterion could need."""
    if len(text) > 80 or text[-1] in ".;,)" or (len(text) > 40 and text[-1] not in ":：-"):
        return False
    plain = text.strip("-–—:#* ").lower()
    if plain in BINDING or plain in _CONNECTIVES:
        return False
    first = plain.partition(" ")[0].partition("/")[0].strip(",")
    return first in SECTIONS and all(word in SECTIONS for word in _SECTION_WORD.findall(plain))


def is_binding(text: str) -> bool:
    """Whether a line is a label the lines under it cannot be read without ("Age:", "Prior Medication:", "Allowed:")."""
    return len(text) < 40 and text.strip("-–—: ").lower() in BINDING


PDQ_LABEL: Final = re.compile(
    r"(?<=\s)(?:Age|Sex|Menopausal status|Hormone receptor status|"
    r"Performance status|Life expectancy|Hematopoietic|Hepatic|Renal|Cardiovascular|Pulmonary|Other|Biologic therapy|"
    r"Chemotherapy|Endocrine therapy|Radiotherapy|Surgery|Neurologic|Metabolic|Gastrointestinal|Immunologic):"
)
PDQ_SECTION: Final = re.compile(
    r"(?:DISEASE|PATIENT) CHARACTERISTICS:|PRIOR[ /]{1,3}(?:AND )?CONCURRENT THERAPY:|"
    r"--(?:Disease|Patient) Characteristics--|--Prior[ /]{1,3}Concurrent Therapy--"
)
FILLER: Final = re.compile(
    r"^(?:(?:there\s+(?:are|is)\s+)?(?:none|nil|no)(?:\s+(?:specific|known|other|special|additional|stated|listed))?"
    r"(?:\s+(?:inclusion|exclusion|eligibility)?\s*criteri(?:a|on|um))?|n\s*[./]?\s*a\.?|not?\s+applicable|not\s+specified|"
    r"see\s+(?:above|below|(?:\w+\s){0,3}(?:characteristics|criteria|status|therapy|section))|"
    r"(?:please\s+)?contact\s+(?:the\s+)?(?:study\s+)?site\s+for\s+(?:more\s+)?information|"
    r"information\s+not\s+(?:available|provided)|"
    r"as\s+above|unspecified|any\s+age|-+|_+|\.+|\W*)\s*[.;]?$", re.I
)  # fmt: skip
"""What a registry prints where there is nothing to say."""
_AFTER_LABEL: Final = re.compile(r"^[A-Z][\w /-]{2,40}:\s*")


def is_filler(text: str) -> bool:
    """Whether a criterion's words say that there is none ("None", "Not specified", "Chemotherapy: Not specified")."""
    if len(text) > 70 and ":" not in text[:45]:
        return False
    if FILLER.match(text):
        return True
    label = _AFTER_LABEL.match(text)
    return bool(label and FILLER.match(text[label.end() :]))
