"""Other people than the patient: donors, caregivers, parents, partners, relatives, and the child that is carried.

What is said of them is in no record of the patient: a person must say it, and it is never a fact of his own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.vocabulary.judgement import questions, words_of

_FACTS: Final = frozenset(("THING", "NAME", "RULE", "ELLIPSIS", "BRACKET"))
# "fetal haemoglobin" and "maternal age" are the patient's own.
_ADJECTIVES: Final = ("fetal", "maternal")
# What is asked of two people together.
_CONTRACEPTION: Final = re.compile(
    r"contracepti|birth control|condom|abstinen|abstain|barrier method|sperm|father (?:a|any)? ?child|conceive"
    r"|conception|(?:become|becoming|get) pregnant|safe sex|vasectom|sterili[sz]",
    re.IGNORECASE,
)
# A member that speaks of the patient again.
_OWN: Final = frozenset(
    ("HISTORY", "EVER", "CURRENT", "ACTIVE", "RULE", "SUSPECTED", "WASHOUT", "LATELY", "ALLERGY", "WOMEN", "MEN")
)
_AGAIN: Final = re.compile(
    r"\b(?:personal|patients?|subjects?|participants?|recipients?|prior|previous|history)\b", re.I
)
# What somebody must do, and how a disease of his must have gone.
_CONDUCT: Final = re.compile(
    r"(?:must|should|shall)(?: also| be willing to| agree to)?"
    r" (?:agree|use|discontinue|stop|refrain|abstain|remain|continue|avoid"
    r"|practi[cs]e|commit|consent|inform|comply|keep|wait|wash out|not receive"
    r"|have (?:fully |adequately )?recovered)\b",
    re.IGNORECASE,
)
_HOW: Final = (
    r"(?:(?:adequately|successfully|fully|completely|curatively|clinically|neurologically|definitively|previously|locally|well"
    r"|medically|radiographically)[\s-])*"
    r"(?:treated|cured|controlled|stable|resolved|recovered|asymptomatic|healed|managed|inactive|in remission)"
)
_COURSE: Final = re.compile(
    rf"(?:must|should|shall) (?:have been|be|have)(?: on)? {_HOW}(?:(?:, and|, or|,| and| or) {_HOW})*", re.IGNORECASE
)
_HAVING: Final = re.compile(r"\b(?:ha(?:s|ve|ving)|must|should)\b", re.I)
# "kidney transplant | from a living donor"
_FROM: Final = re.compile(r"\s*(?:(?:received|obtained|performed) )?(?:from|with|using|by)\b[\w\s,/()-]{0,70}")
_SELF: Final = (
    "personal",
    "self",
    "own",
    "medical",
    "past",
    "prior",
    "history or",
    "family or personal",
    "family history or",
)


def _is_other(part: Part) -> bool:
    return part.kind == "FAMILY"


def of_others(clause: Clause, text: str) -> bool:
    """Whether a clause speaks of another person and of nothing that is the patient's own."""
    m, k = next((m, k) for m, parts in enumerate(clause.members) for k, part in enumerate(parts) if _is_other(part))
    earlier = [part for parts in clause.members[:m] for part in parts]
    before = [*earlier, *clause.members[m][:k]]
    if _of_fertility(earlier) and "RULE" not in clause.kinds and _CONTRACEPTION.search(text, clause.start, clause.end):
        return True
    if any(part.kind in _FACTS for part in before):
        return False
    other = clause.members[m][k]
    if str(getattr(other, "value", "")).lower() in _ADJECTIVES or not questions().other.issuperset(
        words_of(text[clause.start : other.start])
    ):
        return False
    behind = clause.members[m][k + 1 : k + 2]
    if m == 0 and behind and behind[0].kind == "COLON":
        return True  # "DONOR: …"
    having = _HAVING.search(text, clause.start, other.start) is not None
    for parts in clause.members[m + 1 :]:
        if parts[0].kind in _OWN or (having and parts[0].kind == "VERB"):
            return False
    return all(joint.kind != "UNLESS" for joint in clause.joints) and not _again(clause, m, text)


def of_two(clause: Clause, text: str) -> bool:
    """ "Fertile women must use contraception": asked of no test, and to be seen to by two people."""
    if "RULE" in clause.kinds or clause.members[0][0].kind == "NOT" or not _of_fertility(clause.parts()):
        return False
    return _CONTRACEPTION.search(text, clause.start, clause.end) is not None


def _of_fertility(parts: Iterable[Part]) -> bool:
    """Whether what is named only says of whom contraception is asked."""
    table = questions()
    things = (part.value for part in parts if isinstance(part, Piece) and part.kind == "THING")
    return all(isinstance(thing, str) and (thing in table.of or thing in table.methods) for thing in things)


def conduct(words: str) -> bool:
    """ "… must agree to inform", "… must have been treated and cured": what a person must see to, or tell."""
    return _CONDUCT.match(words) is not None or _COURSE.fullmatch(words) is not None


def given_by(clause: Clause, text: str) -> Clause | None:
    """ "Kidney transplant from a living donor": what was given, of which it is a quality whom it came from."""
    parts = clause.members[-1]
    at = next((k for k, part in enumerate(parts) if part.kind == "THING"), -1)
    if at < 0 or not _is_other(parts[-1]) or any(map(_is_other, parts[:-1])) or len(clause.members) > 1:
        return None
    thing = parts[at]
    if not {part.kind for part in parts[at + 1 : -1]} <= {"WORDS", "QUALIFIER"}:
        return None
    return Clause((parts[: at + 1],), ()) if _FROM.fullmatch(text, thing.end, parts[-1].start) else None


def _again(clause: Clause, m: int, text: str) -> bool:
    rest = clause.members[m + 1 :]
    return bool(rest) and _AGAIN.search(text, rest[0][0].start, clause.end) is not None


def self_too(clause: Clause) -> Clause | None:
    """ "Personal or family history of X": the clause as it is said of the patient himself."""
    for m, parts in enumerate(clause.members):
        for k, part in enumerate(parts):
            if isinstance(part, Piece) and part.kind == "FAMILY" and str(part.value).lower().startswith(_SELF):
                own = Piece("HISTORY", part.start, part.end, "history of")
                members = (*clause.members[:m], (*parts[:k], own, *parts[k + 1 :]), *clause.members[m + 1 :])
                return Clause(members, clause.joints)
    return None
