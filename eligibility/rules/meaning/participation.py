"""Being in another trial: "participation in another clinical trial", "enrolled in a drug study", "other trials"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import Present
from eligibility.rules.token import Token
from eligibility.spans import Span

_TRIALS: Final = frozenset(("clinical_trial_participation", "interventional_trial_participation"))
# "in a clinical trial" may be any; "in the clinical trial" is this one
_ARTICLES: Final = (
    r"(?:a|an|any|one|some|more than one|at least one|"
    r"other|another|any other|additional|concurrent|concomitant|ongoing)"
)
_ANY: Final = re.compile(rf"(?:in or (?:has|have) participated )?(?:in|into|to|on|of)?(?: ?{_ARTICLES}\b)*")
# "in a study with an investigational agent or device", "in an investigational drug or device trial"
_NEW: Final = r"(?:investigational|experimental|unapproved|non-?approved|unlicensed)\s+(?:new\s+)?"
_GIVEN: Final = (
    r"(?:(?:medicinal|medical)\s+)?(?:drug|agent|product|device|medication|medicine|treatment|vaccine|compound|biologic|"
    r"intervention|therap(?:y|ies))(?:s|\(s\))?(?:\s+\(IM?P\))?"
)
_ALL_GIVEN: Final = rf"{_GIVEN}(?:(?:\s*/\s*|,?\s+(?:and/or|or|and)\s+)(?:{_NEW})?{_GIVEN})*"
_TRIAL: Final = r"(?:clinical\s+|research\s+)*(?:trial|study|studies|protocol)(?:s|\(s\))?"
_OF: Final = rf"\s+(?:of|with|involving|testing|evaluating|using)\s+(?:{_ARTICLES}\s+)*"
_OF_DRUGS: Final = re.compile(
    rf"\s+(?P<again>in\s+or\s+(?:has|have)\s+participated\s+)?(?:in|into|on)\s+(?P<trial>(?:{_ARTICLES}\s+)*"
    rf"(?:{_NEW}{_ALL_GIVEN}\s+{_TRIAL}|{_TRIAL}{_OF}{_NEW}{_ALL_GIVEN}))\b",
    re.IGNORECASE,
)
_INTERVENTIONAL: Final = "interventional_trial_participation"
_OTHER: Final = re.compile(r"\b(?:other|another)\b")
_PAST: Final = ("participated", "took part")
_BETWEEN: Final = 8


def is_trial(token: Token) -> bool:
    """Whether a token names a trial."""
    return len(token.things) == 1 and token.things[0] in _TRIALS


def _takes_part(tokens: Sequence[Token], at: int) -> str:
    """What a word for being in a trial is before the name of one; "" before anything else."""
    behind = next((i for i in range(at + 1, min(at + _BETWEEN, len(tokens))) if is_trial(tokens[i])), 0)
    between = " ".join(token.text.lower() for token in tokens[at + 1 : behind])
    if not behind or not _ANY.fullmatch(f"{between}".strip()):
        return ""
    return _taking(tokens[at])


def _of_drugs(text: str, token: Token, raw: Sequence[Piece], side: Side) -> Span | None:
    """Where a trial of drugs is named behind a word for being in it, which is another than this one.

    An empty place where it is named behind a second such word ("participating in or has participated in …").
    """
    found = _OF_DRUGS.match(text, token.end)
    if found is None:
        return None
    another = side == "exclusion" or any(piece.kind == "NOT" for piece in raw) or _OTHER.search(found["trial"].lower())
    if not another:
        return None
    return (token.end, token.end) if found["again"] else found.span("trial")


def participating(text: str, tokens: Sequence[Token], at: int, raw: Sequence[Piece], side: Side) -> list[Piece]:
    """The pieces of a word for being in another trial, with the trial where its words say what is tried; or none."""
    token = tokens[at]
    place = _of_drugs(text, token, raw, side)
    kind = _taking(token) if place is not None else _takes_part(tokens, at)
    said = [Piece(kind, token.start, token.end, token.text)] if kind else []
    if place is not None and place[0] < place[1]:
        said.append(Piece("THING", *place, _INTERVENTIONAL))
    return said


def trial_from(raw: list[Piece], token: Token) -> int:
    """Where a trial begins, with the word taken back that says it is another ("any other | drug study"), as each is."""
    at = len(raw) - 2 if raw and raw[-1].kind in ("CURRENT", "ACTIVE") else len(raw) - 1
    if at < 0 or raw[at].kind != "OTHER":
        return token.start
    other = raw.pop(at)
    return other.start if at == len(raw) else token.start


def was_in_trial(rule: Present) -> bool:
    """Whether a rule says that somebody was in another trial."""
    return rule.concept in _TRIALS and rule.status == "history"


def _taking(token: Token) -> str:
    """What a word for being in a trial is, FILLER or HISTORY."""
    return "HISTORY" if token.text.lower() in _PAST else "FILLER"


def of_another(tokens: Sequence[Token], at: int, raw: Sequence[Piece], side: Side) -> bool:
    """Whether it is another trial that is named: it says so, or taking part in some trial is denied or excludes."""
    if _OTHER.search(tokens[at].text.lower()) or any(piece.kind == "OTHER" for piece in raw[-2:]):
        return True
    if side == "inclusion" and not any(piece.kind == "NOT" for piece in raw):
        return False
    before = range(max(0, at - _BETWEEN + 1), at)
    return any("PARTICIPATES" in tokens[i].types and _takes_part(tokens, i) for i in before)
