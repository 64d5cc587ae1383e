"""By whose criteria a finding is told: "according to ADA 2020 criteria" adds nothing to what stands before it."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.token import Token
from eligibility.vocabulary.tables import Vocabulary

# Most texts have none of these, which is seen soonest so.
_CUES: Final = (
    "riteria",
    "lassificat",
    "uideline",
    "efinition",
    "onsensus",
    " edition",
    " Edition",
    "DSM",
    "ICD-",
    "AJCC",
    "taging",
)
_NAME: Final = (
    r"(?:[A-Z\d][\w.'’/&®-]*|of|and|for|the|in|on|to|modified|revised|standard|international|response|clinical"
    r"|diagnostic|statistical|national|published|current|updated|latest|[(\[][A-Z][\w/ -]{1,14}[)\]])"
)
_DSM: Final = r"(?:DSM|ICD)[- ]?(?:IV|V|5|4|10|9|11)(?:[- ]?(?:TR|CM))?"
_KIND: Final = (
    rf"(?:[Cc]riteria|[Cc]lassification(?: [Ss]ystem)?|[Gg]uidelines?|[Dd]efinitions?|[Cc]onsensus(?: [a-z]+)?|{_DSM}"
    r"(?: criteria)?|[Ss]taging (?:[Ss]ystem|[Mm]anual)|(?:\d+(?:st|nd|rd|th)|[A-Z][a-z]+th) [Ee]dition|AJCC)"
)
_VERSION: Final = (
    r"(?:,? ?\(?(?:version|v\.?|V)? ?\d[\d.]*(?:th|rd)?(?: [Ee]dition)?\)?)?(?: ?[(\[][A-Z][\w /.,-]{1,24}[)\]])?"
)
_BY: Final = (
    r"(?:per|by|using|[Aa]ccording to|based on|defined (?:by|in|per|according to)|assessed (?:by|per|using)"
    r"|determined (?:by|per)|diagnosed (?:by|per|using|according to)|classified (?:by|according to)|in accordance with)"
)
# A set of letters first: so it is looked for many times faster than from the comma that may stand before it.
_BEGINS: Final = r"[aAbcdipu](?<!\w[aAbcdipu])"
_AS: Final = re.compile(r"(?:,? ?\b[Aa]s |,? ?)$")
_LONGEST_LEAD: Final = 6
# Behind a finding, where its clause ends or a time or a relation goes on; a grade or a class is not told apart.
_BEHIND: Final = re.compile(
    rf"(?={_BEGINS}){_BY} (?:the )?(?!.*?\b(?:CTC|NYHA|New York))(?:{_NAME},? ){{0,10}}?{_KIND}{_VERSION}"
    r"(?=\s*(?:$|[.,;)\]](?!\d)|(?:or|within|at|prior|who|that|documented)\b))"
)
_BEFORE: Final = re.compile(
    rf"\b(?:who )?(?:must |currently )?(?:[Mm]eet(?:s|ing)?|[Mm]et|[Ff]ulfil(?:l|ls|ling|s|led)?|[Ss]atisf(?:y"
    rf"|ies|ying)) "
    rf"(?:the |current )?(?:{_NAME},? ){{0,8}}?criteria{_VERSION} (?:for|of)(?: an?| the)?\b"
    rf"|\b{_DSM}(?=(?: criteria for| diagnosis of| defined|-defined)\b)"
)
_ENDS: Final = frozenset(("COMMA", "LPAR"))
# What may stand between "criteria for" and the finding.
_DESCRIBES: Final = frozenset(("QUALIFIER", "CURRENT", "ACTIVE", "FILLER", "EVER", "HISTORY"))


def without_authorities(tokens: list[Token], text: str, vocabulary: Vocabulary) -> list[Token]:
    """The tokens of a text without the words that say by whose criteria the finding beside them is told."""
    if not any(cue in text for cue in _CUES):
        return tokens
    spans = [(_lead(text, match.start()), match.end(), True) for match in _BEHIND.finditer(text)]
    spans += [(*match.span(), False) for match in _BEFORE.finditer(text)]
    for start, end, behind in spans:
        first = next((at for at, token in enumerate(tokens) if token.start >= start), len(tokens))
        after = next((at for at, token in enumerate(tokens) if token.start >= end), len(tokens))
        told = _told(tokens, first - 1) if behind else _named(tokens, after, vocabulary)
        if told and first < after:
            tokens = tokens[:first] + tokens[after:]
    return tokens


def _lead(text: str, start: int) -> int:
    """Where ", as | per" begins."""
    lead = _AS.search(text, max(0, start - _LONGEST_LEAD), start)
    return lead.start() if lead is not None else start


def _told(tokens: list[Token], at: int) -> bool:
    """Whether a finding, or a value, stands before the words."""
    while at >= 0 and tokens[at].types[0] in _ENDS:
        at -= 1
    return at >= 0 and (bool(tokens[at].things) or tokens[at].types[0] == "NUM")


def _named(tokens: list[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a finding stands behind the words: "criteria for transplantation" are of no finding."""
    while at < len(tokens) and not tokens[at].things and not _DESCRIBES.isdisjoint(tokens[at].types):
        at += 1
    keys = tokens[at].things if at < len(tokens) else ()
    words = (vocabulary.words.get(key) for key in keys)
    return any(word is not None and word.kind in ("condition", "state") for word in words)
