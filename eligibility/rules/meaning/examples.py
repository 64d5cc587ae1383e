"""Heads over examples: some only say what kind of thing the examples are, others narrow what they are examples of."""

from __future__ import annotations

import re
from typing import Final

_ADEQUATE: Final = re.compile(r"\b(?:adequate|acceptable|sufficient|satisfactory)\b[\w\s,/&-]{0,80}\bfunctions?\W*$")
# Heads that only say what kind of thing the examples are: "concomitant medications such as …".
_GENERIC: Final = re.compile(
    r"(?:\W|any|other|a|an|the|of|and|or|use|history|presence|known|current|active|significant|serious|severe|major|certain|"
    r"following|concomitant|concurrent|prohibited|medical|clinical|conditions?|diseases?|disorders?|illness(?:es)?|"
    r"medications?|drugs?|medicines?|therap(?:y|ies)|treatments?|agents?|comorbidit(?:y|ies)|procedures?|factors?|"
    r"specific|lung|pulmonary|respiratory|liver|hepatic|kidney|renal|heart|cardiac|cardiovascular|vascular|neurologic(?:al)?|"
    r"psychiatric|mental|autoimmune|infectious|infections?|systemic|gastrointestinal|endocrine|metabolic|skin|bleeding|"
    r"h(?:a)?ematologic(?:al)?|immune|immunosuppressive|immunosuppressants?|malignan(?:t|cy|cies)|cancers?|symptoms?|"
    r"diagnos[ie]s|problems?|pathology|pathologies|co-morbidit(?:y|ies)|underlying|chronic|acute|important|risk)+",
    re.IGNORECASE,
)


def generic(words: str) -> bool:
    """Whether the words over examples only say what kind of thing they are."""
    return _GENERIC.fullmatch(words.rstrip(" :,")) is not None


def adequate(text: str) -> bool:
    """ "Adequate organ function, including": whether what comes behind the words is what is asked, no example of it."""
    return _ADEQUATE.search(text[-120:].lower()) is not None
