"""Being in another trial: "participation in another clinical trial", "enrolled in a drug study", "other trials"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.token import Token

_TRIALS: Final = frozenset(("clinical_trial_participation", "interventional_trial_participation"))
# "in a clinical trial" may be any; "in the clinical trial" is this one
_ANY: Final = re.compile(
    r"(?:in or (?:has|have) participated )?(?:in|into|to|on|of)?(?: (?:a|an|any|one|more than one|at least one))*"
)
_OTHER: Final = re.compile(r"\b(?:other|another)\b")
_PAST: Final = ("participated", "took part")
_BETWEEN: Final = 8


def is_trial(token: Token) -> bool:
    """Whether a token names a trial."""
    return len(token.things) == 1 and token.things[0] in _TRIALS


def takes_part(tokens: Sequence[Token], at: int) -> str:
    """What a word for being in a trial is before the name of one: FILLER, HISTORY; "" before anything else."""
    behind = next((i for i in range(at + 1, min(at + _BETWEEN, len(tokens))) if is_trial(tokens[i])), 0)
    between = " ".join(token.text.lower() for token in tokens[at + 1 : behind])
    if not behind or not _ANY.fullmatch(f"{between}".strip()):
        return ""
    return "HISTORY" if tokens[at].text.lower() in _PAST else "FILLER"


def of_another(tokens: Sequence[Token], at: int, raw: Sequence[Piece], side: Side) -> bool:
    """Whether it is another trial that is named: it says so, or taking part in some trial is denied or excludes."""
    if _OTHER.search(tokens[at].text.lower()) or (raw and raw[-1].kind == "OTHER"):
        return True
    if side == "inclusion" and not any(piece.kind == "NOT" for piece in raw):
        return False
    before = range(max(0, at - _BETWEEN + 1), at)
    return any("PARTICIPATES" in tokens[i].types and takes_part(tokens, i) for i in before)
