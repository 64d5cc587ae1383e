"""Speaking, reading and understanding languages, over lists of both: one question to a person."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.sentence import Piece

# The languages that trials ask for; what else is spoken or read is no language.
_NAMES: Final = (
    "English", "Spanish", "French", "German", "Italian", "Portuguese", "Dutch", "Flemish", "Danish", "Swedish",
    "Norwegian", "Finnish", "Icelandic", "Chinese", "Mandarin", "Cantonese", "Japanese", "Korean", "Arabic",
    "Hebrew", "Turkish", "Kurdish", "Greek", "Russian", "Ukrainian", "Polish", "Czech", "Slovak", "Hungarian",
    "Romanian", "Bulgarian", "Croatian", "Serbian", "Hindi", "Urdu", "Punjabi", "Bengali", "Bangla", "Tamil",
    "Telugu", "Marathi", "Gujarati", "Kannada", "Malayalam", "Nepali", "Sinhala", "Vietnamese", "Tagalog", "Thai",
    "Malay", "Indonesian", "Bahasa", "Burmese", "Khmer", "Hmong", "Farsi", "Persian", "Dari", "Pashto", "Somali",
    "Swahili", "Amharic", "Kiswahili", "Luganda", "Chichewa", "Zulu", "Xhosa", "Sotho", "Afrikaans", "Creole",
    "Catalan", "Samoan", "Māori", "Maori",
)  # fmt: skip
_LANGUAGE: Final = (
    rf"(?:(?:Mandarin |Simplified |Traditional |Haitian |Brazilian |American |Latin American )?(?:{'|'.join(_NAMES)})"
    r"(?: [Ll]anguages?)?|(?:the )?(?:local|national|official|native|country|study) language)"
)
_SKILL: Final = (
    r"(?:sp(?:ea|o)k(?:s|ing|en|e)?|read(?:s|ing)?|writ(?:e|es|ing|ten)|understand(?:s|ing)?|comprehend(?:s|ing)?|oral"
    r"|communicat(?:e|es|ing)|convers(?:e|es|ing)|fluent(?:ly)?|fluency|proficien(?:t|cy)|literate|literacy|verbal)"
)
_JOINT: Final = r"\s*(?:,\s*(?:and/or\s|and\s|or\s)?|/|\s(?:and/or|and|or)\s)\s*"
_HOW: Final = (
    r"(?:\s+(?:in|both|either|the|fluent(?:ly)?|effectively|adequately|proficiently|sufficiently|easily|well|"
    r"conversational|basic|simple))*"
)
_ABLE: Final = re.compile(
    r"(?:\b(?:who|that|must|should|can|could|will|is|are|be|being|do|does|having|has|have)\s+)*"
    r"(?:\b(?:not|cannot|can't|don't|doesn't|unable to|able to|ability to|inability to|abilities in|capable of)\s+)*"
    r"(?:\b(?:fluently|proficiently|both|adequately)\s+)*"
    rf"\b{_SKILL}{_HOW}(?:{_JOINT}{_SKILL}{_HOW})*\s+{_LANGUAGE}(?:{_JOINT}(?:in |either )?{_LANGUAGE})*"
    r"(?:\s+(?:fluently|adequately|sufficiently|well))?\b",
    re.IGNORECASE,
)
_HINTS: Final = ("peak", "ead", "nderst", "luent", "ommunic", "onvers", "roficien", "rit")


def with_languages(pieces: list[Piece], text: str) -> list[Piece]:
    """The pieces, those of one ability made one opinion unless all of it is known by name."""
    for match in _ABLE.finditer(text):
        inside = [at for at, piece in enumerate(pieces) if match.start() <= piece.start < match.end()]
        if not inside or (pieces[inside[-1]].end > match.end() and pieces[inside[-1]].kind != "WORDS"):
            continue
        first, last = inside[0], inside[-1]
        if all(pieces[at].kind in ("THING", "VERB", "NOT") or pieces[at].type == "JOIN" for at in inside):
            continue
        opinion = Piece("JUDGE", pieces[first].start, pieces[last].end, text[match.start() : match.end()])
        pieces[first : last + 1] = [opinion]
    return pieces


def tells_of_languages(text: str) -> bool:
    """Whether a text may ask for an ability to speak or read: a sign that is looked for sooner than the ability."""
    if not any(hint in text for hint in _HINTS):
        return False
    return "anguage" in text or "ENGLISH" in text or "english" in text or any(name in text for name in _NAMES)
