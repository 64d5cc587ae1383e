"""Why something is asked: "… are excluded because the effects on the fetus are unknown" excludes whom it names.

A reason changes nothing of what it explains; a cause does ("cirrhosis due to hepatitis C"), so that only what surely
explains is left out: behind words that already exclude, or before the comma of a sentence that does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.meaning.sentence import Clause, Piece

WHY: Final = frozenset(("REASON", "CAUSE"))
_BECAUSE: Final = ("because", "because of", "due to", "due to the fact", "owing to")
# What a risk is to, and no finding has been brought about by.
_FEARED: Final = re.compile(
    r"(?:because of|due to|owing to)\s+(?:(?:the|an?|its|their|possible|unknown|theoretical)\s+)*"
    r"(?:potential(?:ly)?|possibility|concerns?|unknown|teratogenic\w*|risks? (?:of|to|for))\b",
    re.IGNORECASE,
)
# Words behind a reason with which the sentence goes on to what it asks.
_GOES_ON: Final = re.compile(
    r"\b(?:unless|except|however|but|must|should|excluded|eligible|ineligible|allowed|permitted)\b", re.I
)
_NAMED: Final = frozenset(
    (
        "THING",
        "VERB",
        "HISTORY",
        "CURRENT",
        "ACTIVE",
        "QUALIFIER",
        "NOT",
        "WOMEN",
        "BRACKET",
        "POSITIVE",
        "NEGATIVE",
        "CASE",
        "RULE",
    )
)
# What a mother is told to do once she is in the trial.
_TOLD: Final = re.compile(
    r"breast-?\s?feeding\s+(?:(?:should|must|will)\s+(?:also\s+)?be\s+(?:discontinued|avoided|stopped)|(?:is|are)\s+not\s+recommended)\b",
    re.IGNORECASE,
)


def unexplained(clause: Clause, text: str) -> Clause | None:
    """The clause without its reason; None where it has none, or one that may restrict what it stands beside."""
    place = next(((m, k) for m, parts in enumerate(clause.members) for k, part in enumerate(parts) if _why(part)), None)
    if place is None:
        return None
    m, k = place
    if place == (0, 0):
        return _behind(clause)
    before = Clause((*clause.members[:m], *((clause.members[m][:k],) if k else ())), clause.joints[: m if k else m - 1])
    why = text[clause.members[m][k].start : clause.end]
    if _GOES_ON.search(why):
        return None
    feared = (
        _FEARED.match(why) is not None and before.kinds <= _NAMED and not before.kinds.isdisjoint(("THING", "RULE"))
    )
    if sum(part.kind == "RULE" for part in before.parts()) > 1:
        return None  # "Age ≥ 18 years Subjects < 18 years are not included because …"
    return before if feared or "EXCLUDED" in before.kinds else None


def announcing_why(head: Sequence[Clause], text: str) -> tuple[Clause, ...]:
    """ "Any of the following, because the agent is teratogenic:" over a list: the head without the reason."""
    last = head[-1]
    colon = last.members[-1][-1]
    plain = unexplained(last, text) or _announced(last)
    if plain is None or colon.kind != "COLON":
        return tuple(head)
    return (*head[:-1], Clause((*plain.members[:-1], (*plain.members[-1], colon)), plain.joints))


def _announced(clause: Clause) -> Clause | None:
    """The count that a clause begins with, where only a reason stands behind it."""
    first = clause.members[0]
    m, k = (0, 1) if len(first) > 1 else (1, 0)
    if first[0].kind != "COUNT" or m >= len(clause.members) or not _why(clause.members[m][k]):
        return None
    return Clause((first[:1],), ())


def told_to_mothers(words: str) -> bool:
    """ "Breastfeeding should be discontinued if the mother is treated with X"."""
    return _TOLD.match(words) is not None


def _why(part: object) -> bool:
    return isinstance(part, Piece) and part.kind in WHY and str(part.value).lower() in _BECAUSE


def _behind(clause: Clause) -> Clause | None:
    """ "Because R, T": the last comma behind which something is excluded or demanded ends the reason."""
    for at in range(len(clause.members) - 1, 0, -1):
        rest = Clause(clause.members[at:], clause.joints[at:])
        asked = "EXCLUDED" in rest.kinds or any(_demands(part) for part in clause.members[at])
        if asked and clause.joints[at - 1].value == "comma" and not _why(clause.members[at][0]):
            bound = any(part.kind in ("CASE", "IF") for parts in clause.members[:at] for part in parts)
            return None if bound else rest
    return None


def _demands(part: object) -> bool:
    return isinstance(part, Piece) and part.kind == "VERB" and str(part.value).lower().startswith(("must", "should"))
