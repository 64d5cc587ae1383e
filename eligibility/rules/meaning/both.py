"""Findings of one patient: "HIV-positive and on antiretroviral therapy" on an exclusion list asks for both."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.clauses import finding
from eligibility.rules.meaning.joining import tests
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.sentence import Block, Clause, Piece
from eligibility.rules.rule import Graded, Measured, Present, Rule
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

# What says that who has the one is given the other; a mere "and" joins two reasons to exclude.
_GIVEN: Final = re.compile(
    r"\band\s+(?:(?:who|that)\s+)?(?:(?:is|are)\s+)?(?:currently\s+)?"
    r"(?:on|taking|receiving|(?:being\s+)?treated with)\b",
    re.IGNORECASE,
)
# Behind a comma or semicolon it only tells that the last of a list follows.
_AND: Final = re.compile(r"[^\s,;]\s+and\s*(?:\(?\d{0,2}[.)]?|[-*•])?\s*$")
_WORDS: Final = frozenset(("CURRENT", "QUALIFIER", "VERB"))
_TOGETHER: Final = re.compile(
    r"(?:active |known )?(?:concurrent|concomitant|simultaneous|coexist\w*|co-?infection|both|combined)\b", re.I
)
_AND_WITH: Final = re.compile(r"and\s+with\b", re.I)
_BOTH: Final = ("coinfect", "co-infect", "defined as")


def given_too(pieces: list[Piece], text: str, vocabulary: Vocabulary) -> list[Piece]:
    """The pieces, without the "and" between a finding and what the same patient is given for it."""
    if not any(piece.kind == "AND" and _GIVEN.match(text, piece.start) for piece in pieces):
        return pieces
    out: list[Piece] = []
    for at, piece in enumerate(pieces):
        joins = piece.kind == "AND" and piece.type == "JOIN" and piece.value == "and" and 0 < at < len(pieces) - 1
        if not (joins and _is(pieces[at - 1], "condition", vocabulary) and _GIVEN.match(text, piece.start)):
            out.append(piece)
            continue
        behind = next((later for later in pieces[at + 1 :] if later.kind not in _WORDS), piece)
        if not _is(behind, "treatment", vocabulary):
            out.append(piece)
    return out


def _is(piece: Piece, kind: str, vocabulary: Vocabulary) -> bool:
    if piece.kind != "THING" or not isinstance(piece.value, str):
        return False
    word = vocabulary.words.get(piece.value)
    return word is not None and word.kind == kind


def together(members: Sequence[Member], clause: Clause, text: str) -> bool:
    """ "Concurrent A and B", "co-infection with A and B", "defined as A and B": whether both are meant to be there."""
    if len(members) != 2 or str(clause.joints[0].value) != "and":
        return False
    if any(member.sex is not None for member in members):
        return False
    if _AND_WITH.match(text, clause.joints[0].start):
        return True
    near = text[max(0, clause.start - 20) : min(clause.start + 10, clause.end)].lower()
    return _TOGETHER.match(text[clause.start : clause.end]) is not None or any(said in near for said in _BOTH)


def limits_joined(block: Block, rules: Sequence[Rule], text: str) -> bool:
    """ "1. NT-proBNP > 8500 and 2. troponin ≥ 100": whether items that are limits are joined by a mere "and"."""
    ends = [item[0].start for item in block.items[1:]]
    joined = any(_AND.search(text, max(0, end - 40), end) for end in ends)
    return joined and all(map(tests, rules))


def capped(rules: Sequence[Rule]) -> bool:
    """ "No hepatic abnormalities: bilirubin ≤ 1.5 × ULN": whether rules ask for values, some of them at most."""
    read = [leaf for rule in rules for leaf in leaves(rule) if leaf.kind != "unclear"]
    values = [leaf for leaf in read if isinstance(leaf, Measured)]
    sexes = [leaf for leaf in read if isinstance(leaf, Graded) and leaf.scale == "sex"]
    return bool(values) and len(values) + len(sexes) == len(read) and any(leaf.low is None for leaf in values)


def any_or_all(members: Sequence[Member]) -> bool:
    """ "Age < 18 years, diabetes, and stroke", "children under 12 and pregnant women": whether "and" may mean any."""
    if not any(member.tested for member in members):
        return False
    return len(members) > 2 or any(_of_a_sex(member) for member in members)


def _of_a_sex(member: Member) -> bool:
    """ "pregnant women" are other patients than those of an age."""
    rules = [rule for rule in (member.lead, member.before, member.rule) if rule is not None]
    return any(isinstance(leaf, Graded) and leaf.scale == "sex" for rule in rules for leaf in leaves(rule))


def never_and(joints: Sequence[str]) -> bool:
    """ "A, or B, C, or D", "A or B, C, D > 3" on an exclusion list: no "and" in it, so any of them."""
    return set(joints) <= {"comma", "or", "comma_or"} and (joints[-1] != "comma" or joints.count("comma") > 1)


def graded_finding(members: Sequence[Member], words: Mapping[str, Word]) -> bool:
    """ "heart failure, NYHA class III-IV": a test behind a comma tells how bad the finding before it is.

    "pleural effusion, ascites": what has a name and grades is a finding itself.
    """
    if len(members) != 2 or not finding(members[0]) or not members[1].tested:
        return False
    rule = members[1].rule
    levels = [level.value for level in words[rule.scale].levels] if isinstance(rule, Graded) else []
    return levels[:1] != ["0"] or not isinstance(rule, Graded) or list(rule.levels) != levels[1:]


def alternatives(members: Sequence[Member], joints: Sequence[str]) -> bool:
    """ "A or B, C, or D" of findings: however they are grouped, one of them is asked for."""
    if joints[-1] != "comma_or" or not {"comma", "or", "comma_or"}.issuperset(joints):
        return False
    plain = [member.rule for member in members if not member.negated and member.lead is None]
    named = [leaf for rule in plain if rule is not None for leaf in leaves(rule)]
    return len(plain) == len(members) and all(isinstance(leaf, Present) and leaf.fact == "condition" for leaf in named)
