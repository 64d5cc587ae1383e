"""The old forms of a registry: headings and sentences in a row, without a full stop between them.

"Hepatic: Bilirubin less than 2 mg/dL No liver cirrhosis Hepatitis B surface antigen negative Renal: Not specified"
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.token import Token

# What stands under these is asked for by itself; the first say no more than where it stands, and are left out.
_HEADING: Final = (
    r"(?P<title>Other|Hepatic|Renal|Cardiovascular|Pulmonary|Hematopoietic|Neurologic|Immunologic"
    r"|Prior\s*/\s*[Cc]oncurrent\s+[Tt]herapy|Patient\s+[Cc]haracteristics)"
    r"|Surgery|Chemotherapy|Radiotherapy|Endocrine\s+therapy|Biologic\s+therapy|Life\s+expectancy"
    r"|Performance\s+status|Age|Sex|Menopausal\s+status|Hormone\s+receptor\s+status"
)
# A text is of the old forms when it has such a heading, or sentences that begin without a stop.
_HEADED: Final = (
    *("Other:", "Hepatic:", "Renal:", "Cardiovascular:", "Pulmonary:", "Hematopoietic:", "Neurologic:", "Immunologic:"),
    *("therapy:", "Therapy:", "Surgery:", "Radiotherapy:", "Age:", "Sex:", "expectancy:", "status:"),
)
_RUN_ON: Final = re.compile(r"[a-z)]\s+No\s+[a-z][\w\s]*\s+No\s+[a-z]|[a-z)]\s+(?:Not\s+pregnant|Fertile\s+pat)")
_BEGINS: Final = re.compile(
    rf"(?P<heading>{_HEADING})\s*:"
    r"|No\s+[a-z]|Not\s+pregnant|Negative\s+(?:serum\s+|urine\s+)?pregnancy\s+test"
    r"|Fertile\s+[a-z]|Must\s+(?:have|be)\b|(?:At\s+least|More\s+than)\s+\d|(?:Prior|Concurrent|Adequate)\s+[a-z]"
    r"|(?:HIV|HBsAg|HCV|Hepatitis\s+[BC](?:\s+surface\s+antigen|\s+antibody)?)[\s-]+negative"
    r"|Recovered\s+from|See\s+Disease|Measurable\s+disease|Able\s+to\b"
)
_CAPITAL: Final = re.compile(r"[A-Z]\w*")
# The first words of what is looked for there.
_FIRST: Final = frozenset(
    (
        *("Other", "Hepatic", "Renal", "Cardiovascular", "Pulmonary", "Hematopoietic", "Neurologic", "Immunologic"),
        *(
            "Prior",
            "Patient",
            "Surgery",
            "Chemotherapy",
            "Radiotherapy",
            "Endocrine",
            "Biologic",
            "Life",
            "Performance",
        ),
        *(
            "Age",
            "Sex",
            "Menopausal",
            "Hormone",
            "No",
            "Not",
            "Negative",
            "Fertile",
            "Must",
            "At",
            "More",
            "Concurrent",
        ),
        *("Adequate", "HIV", "HBsAg", "HCV", "Hepatitis", "Recovered", "See", "Measurable", "Able"),
    )
)
# A capital behind one of these goes on with what it stands in.
_GOES_ON: Final = re.compile(
    r"(?:\b(?:and|or|of|the|to|for|with|at|in|by|than|other|if|no|not|except|on|from|since|a|an|AND|OR)|[,/(:])\s*$"
)
_LOOK_BACK: Final = 12


def parted(tokens: list[Token], text: str) -> list[Token]:
    """The tokens of a text, with a full stop where a sentence of an old form begins; mere titles are left out."""
    begins = _sentences(text)
    if not begins:
        return tokens
    out: list[Token] = []
    titled = -1
    at = 0
    for token in tokens:
        while at < len(begins) and begins[at][0] <= token.start:
            if out and (out[-1].types[0] not in ("STOP", "ITEM")) and out[-1].end <= begins[at][0]:
                out.append(Token(("STOP",), ".", begins[at][0], begins[at][0]))
            titled = begins[at][1]
            at += 1
        if token.start >= titled:
            out.append(token)
    return out


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where sentences begin, and where what is only their title ends."""
    headed = ":" in text and any(heading in text for heading in _HEADED)
    if not headed:
        told = text.count("No") > 1 or "Not pregnant" in text or "Fertile pat" in text
        if not told or _RUN_ON.search(text) is None:
            return []
    found: list[tuple[int, int]] = []
    for word in _CAPITAL.finditer(text):
        match = _BEGINS.match(text, word.start()) if word.group() in _FIRST else None
        if match is None or not (_behind_words(text, word.start()) or (match["heading"] and not word.start())):
            continue
        at = word.start()
        if not _GOES_ON.search(text, max(0, at - _LOOK_BACK), at):
            found.append((at, match.end() if match["title"] else at))
    return found


def _behind_words(text: str, at: int) -> bool:
    """Whether a word, a bracket or a per cent sign stands before the white space before a place."""
    before = text[:at].rstrip() if at and text[at - 1].isspace() else ""
    return bool(before) and (before[-1].isalnum() or before[-1] in "_)%")
