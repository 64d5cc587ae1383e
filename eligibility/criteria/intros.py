"""Lines that open a list: which only introduce it ("Patients must have:"), and which say something themselves.

A line that only introduces may be dropped, its side kept. One that carries meaning of its own
("Excluded within 4 weeks of study entry:", "At least one of the following:") stays with its list.
"""

from __future__ import annotations

import re
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.criteria.words import EXCLUDES, INCLUDES, SAYS_NOTHING

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’/-][^\W\d_]+)*|\d+")
_ANY: Final = frozenset({"any", "one", "or", "more"})
_ALL: Final = frozenset({"all", "both"})
_OPENS: Final = ("following", "any of", "one of", "two of", "three of", "more of", "either", "either of", "including",
          "such as", "e.g")  # fmt: skip
_EXCLUDES_TAIL: Final = re.compile(
    r"\b(?:excluded|ineligible|not (?:be )?eligible|will exclude|not (?:be )?enrolled)\b", re.I
)


def opens(text: str) -> bool:
    """Whether a list follows that the words cannot do without ("… any of the following:", "including")."""
    if text[-1] not in "gGfFrRsS.,-:：":
        return False
    return text[-1] in ":：" or text[-24:].rstrip(" .,-").lower().endswith(_OPENS)


def only_introduces(text: str, side: Side) -> Side | None:
    """Return the side whose list a line opens when it says nothing else; None when it says more.

    "any" may be dropped before a list of exclusions, "all" before inclusions, never the other way round.
    """
    if text[-1] not in ":：" or len(text) > 200:
        return None
    words = set(_WORD.findall(text.lower()))
    rest = words - SAYS_NOTHING
    negative = rest & EXCLUDES
    if len(negative - {"not", "cannot"}) + ("not" in negative) > 1 and not _EXCLUDES_TAIL.search(text):
        return None
    found: Side = "exclusion" if negative else ("inclusion" if words & INCLUDES else side)
    allowed = EXCLUDES | _ANY if found == "exclusion" else _ALL
    return None if rest - allowed or not words else found


def excludes(text: str) -> bool:
    """Whether a line that opens a list says that what follows is excluded."""
    return _EXCLUDES_TAIL.search(text) is not None or text[:8].lower() == "excluded"
