"""Criteria about other malignancies: which of them count, and which were cured, is for a person to say.

"Other malignancy within 5 years, unless curatively treated and free of disease; exceptions include skin cancer …" is
the commonest criterion of oncology, in as many words as there are trials. Who never had a malignancy is free of it,
whatever its conditions and exceptions are; of who has one a person must say whether it is another than the disease
under study, was cured, or is excepted. A criterion is read so where its own words are not understood, and all of them
speak of tumours and their treatment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import AllOf, Judgement, Measured, Not, Present, Rule, Status, Unclear
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.tumour_words import tumour_sites, tumour_words

# What may stand before the malignancy, and what behind it; any other kind of piece says something of its own.
_BEFORE: Final = frozenset(
    (
        *("NOT", "HISTORY", "EVER", "CURRENT", "ACTIVE", "OTHER", "QUALIFIER", "VERB"),
        *("WINDOW", "JOIN", "WORDS", "LPAR", "RPAR"),
    )
)
_BEHIND: Final = _BEFORE | frozenset(
    (
        *("EXCEPT", "UNLESS", "SUCH_AS", "DEFINED", "EVIDENCE", "RELATIVE", "JUDGE", "SEMI", "STOP", "COLON", "RULE"),
        *("ITEM", "COUNT", "NEGATIVE", "IF", "CASE", "ALLOW", "ETC", "WASHOUT", "LEAD", "THING", "AND", "OR", "COMMA"),
        *("INCLUDING", "EXCEPTING", "DEFINING", "BUT", "SLASH", "REASON", "CAUSE", "EXCLUDED", "PLANNED", "REMOTE"),
        *("SUSPECTED", "COHORT", "ELLIPSIS"),
    )
)
_PAST: Final = frozenset(("HISTORY", "EVER", "WINDOW", "WASHOUT"))
# What makes it a question for a person: that it is another one, cured, harmless or excepted.
_ASKED: Final = re.compile(
    r"\b(?:other|another|second|secondary|additional|prior|previous\w*|concurrent|concomitant|co-?existing|synchronous|"
    r"separate|different|unrelated|except\w*|unless|excluding|apart|besides|treated|cur\w+|remission|free|evidence|"
    r"progress\w*|requir\w*|interfere|eligible|allowed)\b",
    re.I,
)
# What is no malignancy yet, or a treatment: behind one of these words it is excepted, or tells of the malignancy.
_FREED: Final = re.compile(
    r"\b(?:except\w*|unless|excluding|other than|apart from|aside from|besides|eligible|allowed|permitted|acceptable|"
    r"exempt\w*|not (?:be )?excluded|not considered)\b",
    re.I,
)
_ELIGIBLE: Final = re.compile(
    r"\b(?:eligible|allowed|permitted|acceptable|not (?:be )?excluded|may (?:be|participate))\b", re.I
)
_TREATED: Final = re.compile(
    r"\b(?:treat\w*|requir\w*|receiv\w*|manag\w*|remov\w*|cur(?:ed|ative\w*)|resect\w*|that|which)\b", re.I
)
_NOT_YET: Final = re.compile(
    r"\b(?:in[ -]situ|cin|dcis|lcis|dysplasia|neoplasia|hyperplasia|polyps?|tumou?rs?|neoplasms?|lesions?|mgus|lentigo)"
    r"\b",
    re.I,
)
# "Cancer or bowel disease": an illness of a site where tumours grow as well.
_ILLS: Final = frozenset(("disease", "diseases", "condition", "conditions", "symptom", "symptoms"))
_WORD: Final = re.compile(r"[a-z][a-z'-]*[a-z0-9]|[a-z]", re.I)
_CARE: Final = re.compile(
    r"chemo|radio|surg|therap|treat|biops|ectomy|surveillance|tamoxifen|anticancer|metasta|relapse|remission"
)


def of_other_tumours(rule: Rule, pieces: Sequence[Piece], text: str, side: Side, words: Vocabulary) -> Rule:
    """The rule of a criterion: a malignancy and a person's answer, where its words are not understood."""
    if not any(piece.kind == "THING" and piece.value == "malignancy" for piece in pieces):
        return rule
    if not any(isinstance(leaf, Unclear) for leaf in leaves(rule)):
        return rule
    at = next(i for i, piece in enumerate(pieces) if piece.kind == "THING")
    if pieces[at].value != "malignancy" or not _ASKED.search(text):
        return rule
    denials = sum(piece.kind == "NOT" for piece in pieces[:at])
    if denials != (side == "inclusion") or not _only_tumours(pieces, at, text, words):
        return rule
    if side == "inclusion" and any(piece.kind in ("EXCLUDED", "ALLOW") for piece in pieces):
        return rule
    span = (0, len(text))
    kinds = {piece.kind for piece in pieces}
    now = not kinds.isdisjoint(("ACTIVE", "CURRENT")) and kinds.isdisjoint(_PAST) and "JOIN" not in _kinds(pieces[:at])
    status: Status = "active" if now else "any"
    asked = Judgement(" ".join(text.split()), span=span)
    found = AllOf((Present("condition", "malignancy", status, span=span), asked), span=span)
    return Not(found, span=span) if side == "inclusion" else found


def _kinds(pieces: Iterable[Piece]) -> set[str]:
    return {piece.type if piece.type == "JOIN" else piece.kind for piece in pieces}


def _only_tumours(pieces: Sequence[Piece], at: int, text: str, words: Vocabulary) -> bool:
    if not _kinds(pieces[:at]) <= _BEFORE or not _kinds(pieces[at:]) <= _BEHIND:
        return False
    end, malignancies, tumours = pieces[at].end, words.descendants("malignancy"), words.descendants("neoplasm")
    for piece in pieces:
        if piece.kind == "WORDS" and not _tumorous(text[piece.start : piece.end]):
            return False
        if piece.kind == "RULE" and not _graded(piece.value):
            return False
        named = piece.kind == "THING" and not isinstance(piece.value, str)
        if named and not _tumorous(text[piece.start : piece.end]):
            return False
        if piece.kind == "THING" and not named and piece.value not in malignancies:
            told = text[end : piece.start]
            freed = _FREED.search(told) or _freed_behind(text, end, piece.start)
            if not (freed if piece.value in tumours else _of_care(piece.value) and _TREATED.search(told)):
                return False
    early = _NOT_YET.search(text, end)
    return early is None or bool(_FREED.search(text, 0, early.start())) or _freed_behind(text, end, early.start())


def _freed_behind(text: str, end: int, start: int) -> bool:
    """ "… within 5 years. Patients with carcinoma in situ are eligible": a sentence of its own frees from it."""
    opened = max(text.rfind(mark, end, start) for mark in ".;(*\n")
    closed = text.find(".", start)
    return opened >= 0 and _ELIGIBLE.search(text, start, closed if closed >= 0 else len(text)) is not None


def _graded(rule: object) -> bool:
    """ "Gleason 6 prostate cancer", "PSA < 10 ng/mL": what a tumour is like."""
    return isinstance(rule, Measured) and rule.variable in ("gleason", "psa")


def _of_care(key: object) -> bool:
    return isinstance(key, str) and _CARE.search(key) is not None


def _tumorous(text: str) -> bool:
    words = _WORD.findall(text.lower())
    if not tumour_words().issuperset(words):
        return False
    return not any(word in _ILLS and before in tumour_sites() for before, word in pairwise(words))
