"""Words over a list or before a colon that bind what stands under them, or say that it is no criterion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.sentence import Block, Clause, Piece

TURNED: Final = re.compile(
    r"\b(?:fail(?:ure|ing|s|ed)? to|exempt\w*|not required|unless|reductions?|be reduced|discontinu\w*|end-?points?|"
    r"outcomes?|withdraw\w*|stopping|dos(?:e|es|ing|ages?)|delay\w*|escalat\w*|rescue|inability|monitor\w*|follow-?up|"
    r"recommend\w*|stratif\w*|examples?|optional|waive\w*|removal|goals?|hypothes\w*|objectives?)\b"
)
_COMPARED_BELOW: Final = re.compile(r"(?:[<>]\s*=?|[≤≥]) *the following")
_BEGUN: Final = re.compile(r":\s*[-–•*]\s")
_FOR_WHOM: Final = re.compile(r"\W*(?:with|without|for|in|if|among)\b(?!.*\b(?:all|addition|general|summary)\b)")
_WANTED: Final = re.compile(
    r"(?!.*(?:[:]|\bfollowing|\bmeet|\bcriteria|\badequate|\bdefined|\bfunction|\bvalues|\bparameters|\bbelow\b))"
    r"\W*(?:\d+[.)] )?(?:(?:adult |male |female )?(?:patients?|subjects?|participants?|women|men|children"
    r"|individuals|persons?)"
    r" (?:with|who|having|must have|has|have)\b|(?:has|have|having|diagnos\w+|history|presence|confirmed|evidence)\b)"
)
# Columns by which a number of two digits moves what stands behind it, and no more.
_INDENTED: Final = 1
_BULLET: Final = re.compile(r"([ \t]*)(?:[-*•◦·]|\(?\w{1,3}[.)])\s")
LABEL_WORDS: Final = frozenset(("WORDS", "QUALIFIER", "ALLERGY_AFTER"))


def _line(text: str, at: int) -> int:
    """Where a label begins, with the silent words before it: "With bone marrow involvement:"."""
    begin = max(text.rfind(sign, max(0, at - 24), at) for sign in ".;,:(\n")
    return begin + 1 if begin >= 0 else (0 if at < 24 else at)


def over_list(head: Sequence[Clause], text: str) -> bool:
    """ "Exempt from the following:" over a list, after which it does not say what is asked."""
    line = text[: head[-1].end].rpartition("\n")[2] if head else ""
    return len(line) < 100 and TURNED.search(line.lower()) is not None


def wanted(head: Sequence[Clause], text: str) -> bool:
    """Whether the line over a list says whom it wants: "Patients with high risk nmCRPC"."""
    line = text[: head[-1].end].rpartition("\n")[2].lower()
    return _WANTED.match(line) is not None


def turned(clause: Clause, text: str) -> bool:
    """ "Dose reduction criteria: T": the same before a colon within a clause."""
    colon = next((part for part in clause.parts() if isinstance(part, Piece) and part.kind == "COLON"), None)
    label = text[clause.start : colon.start].lower() if colon is not None else ""
    return TURNED.search(label) is not None or _COMPARED_BELOW.search(label) is not None


def for_whom(clause: Clause, text: str) -> bool:
    """ "With bone marrow involvement: T": words before a colon that say whom the rest is asked of."""
    first = clause.members[0]
    at = next((i for i, part in enumerate(first) if part.kind == "COLON"), 0)
    if not at or any(part.kind not in LABEL_WORDS for part in first[:at]):
        return False
    return _FOR_WHOM.match(text[_line(text, clause.start) : first[at].start].lower()) is not None


def begun(head: Sequence[Clause], text: str) -> bool:
    """ "One of the following: - A - B" over the other items: the first of them stand behind the colon."""
    return _BEGUN.search(text, head[0].start, head[-1].end) is not None


def nested(block: Block, text: str) -> bool:
    """ "1 of the following: - Melanoma; -- Metastatic disease": whether some items stand beneath others."""
    lines = (text[text.rfind("\n", 0, item[0].start) + 1 : item[0].start] for item in block.items)
    marks = [mark for line in lines if (mark := _BULLET.match(line)) is not None]
    columns = [mark.end(1) for mark in marks]
    return bool(columns) and max(columns) - min(columns) > _INDENTED
