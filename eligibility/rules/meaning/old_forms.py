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
_WHITE: Final = r"(?<=[\w)%]\s)\s*"
_BEGINS: Final = re.compile(
    rf"(?:^|{_WHITE})(?P<heading>{_HEADING})\s*:"
    rf"|{_WHITE}(?P<start>No\s+[a-z]|Not\s+pregnant|Negative\s+(?:serum\s+|urine\s+)?pregnancy\s+test"
    r"|Fertile\s+[a-z]|Must\s+(?:have|be)\b|(?:At\s+least|More\s+than)\s+\d|(?:Prior|Concurrent|Adequate)\s+[a-z]"
    r"|(?:HIV|HBsAg|HCV|Hepatitis\s+[BC](?:\s+surface\s+antigen|\s+antibody)?)[\s-]+negative"
    r"|Recovered\s+from|See\s+Disease|Measurable\s+disease|Able\s+to\b)"
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
    if not headed and (("No" not in text and "Fertile" not in text) or _RUN_ON.search(text) is None):
        return []
    found: list[tuple[int, int]] = []
    for match in _BEGINS.finditer(text):
        at = match.start("heading" if match["heading"] else "start")
        if not _GOES_ON.search(text, max(0, at - _LOOK_BACK), at):
            found.append((at, match.end() if match["title"] else at))
    return found
