"""Parts of a study: "Cohort 2 only: T", "For patients in phase II, T" ask T of those in it, which no record tells."""

from __future__ import annotations

import re
from typing import Final

from eligibility.rules.meaning.sentence import Clause, Piece

_KINDS: Final = frozenset(("COHORT", "WORDS", "COLON", "WOMEN", "VERB", "QUALIFIER", "OTHER", "BRACKET", "THING"))
_PART: Final = re.compile(
    r"\b(?:(?:cohorts?|arms?|parts?|phases?|groups?|strat(?:um|a)|sub-?stud(?:y|ies)|portions?|steps?)\s+"
    r"(?:[ivx]{1,4}[ab]?|\d{1,2}[a-e]?|[a-h]\d?|one|two|three)\b"
    r"|\b(?:dose|safety|expansion|escalation|randomi[sz]ed|combination|monotherapy|control|treatment|extension|lead-?in)[\w\s-]{0,24}"
    r"(?:cohorts?|arms?|parts?|phases?|groups?|portions?)\b)",
    re.IGNORECASE,
)
_IN: Final = re.compile(r"\W*(?:for|in|to)\b", re.IGNORECASE)
_ASKS: Final = re.compile(
    r"\b(?:must|should|not|no|have|has|received|allowed|excluded|eligible|criteri\w+)\b", re.IGNORECASE
)


def part_of_study(clause: Clause, text: str) -> tuple[Clause, Clause] | None:
    """(what is asked, the words for the part of the study it is asked in); None where the two cannot be told apart."""
    first = clause.members[0]
    at = next((k for k, part in enumerate(first) if part.kind == "COLON"), -1)
    if 0 < at < len(first) - 1:
        label = Clause((first[:at],), ())
        rest = Clause((first[at + 1 :], *clause.members[1:]), clause.joints)
        return (rest, label) if names_part(label, text) else None
    if at >= 0 or len(clause.members) < 2 or clause.joints[0].value != "comma":
        return None
    label = Clause((first,), ())
    opened = max(text.rfind(mark, 0, first[0].start) for mark in "\n;.") + 1
    if _IN.match(text, opened) is None or not names_part(label, text):
        return None
    return Clause(clause.members[1:], clause.joints[1:]), label


def names_part(label: Clause, text: str) -> bool:
    """Whether words name a part of the study, and ask for nothing."""
    words = text[label.start : label.end]
    named = "COHORT" in label.kinds and label.kinds <= _KINDS and _PART.search(words) is not None
    return named and _ASKS.search(words) is None


def over_items(head: tuple[Clause, ...], text: str) -> Clause | None:
    """ "Cohort 2 only:" over a list."""
    if len(head) != 1 or len(head[0].members) != 1:
        return None
    *label, colon = head[0].members[0]
    if not label or not isinstance(colon, Piece) or colon.kind != "COLON":
        return None
    found = Clause((tuple(label),), ())
    return found if names_part(found, text) else None
