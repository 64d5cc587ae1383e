"""How far words reach over a list: what may belong to more than the word beside it is not decided without it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.clauses import counts, finding
from eligibility.rules.meaning.joining import all_of, computable, tests
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.scope import negation
from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.rules.meaning.source import BESIDES, GOVERNED, UNKNOWN, Source
from eligibility.rules.rule import AllOf, Graded, Present, Rule, Unclear
from eligibility.spans import Span
from eligibility.vocabulary.judgement import questions, words_of

LOOSE: Final = "an adjective without a noun"
OVER: Final = "words before it may be of it too"
# "metastasis on imaging | or biopsy": a noun joined to one that a preposition governs.
_COMPLEMENT: Final = re.compile(
    r"\b(?:on|by|in|via|through|with|for|of|from|to|about|regarding|during|than|at)\b[\w\s-]{1,30}$", re.I
)

# "not less than" is one comparison as it stands; "not > 3 … or > 2" and "… nor …" deny.
_NOT: Final = re.compile(r"\b(?:not?|neither|never|cannot)\b", re.IGNORECASE)
_DENIAL: Final = re.compile(
    r"\b(?:not(?! (?:less|more|greater|lower|higher|over|under|below|above|older|younger|exceed\w*|to exceed)\b)"
    r"|neither|never|cannot)\b|\bnor\b.{0,3}$",
    re.IGNORECASE,
)
_NO_NOUN: Final = re.compile(r"no\b|without\b|(?:the )?absence\b|free\b", re.I)
_GRADED: Final = re.compile(r"(?:\(?(?:nci|ctcae|who)\W{1,2})*(?:grade|class|stage)s?\b", re.I)
# "surgery or procedure | of the lumbar region": words behind the last of two may be of both.
_OWN: Final = frozenset(("VERB", "NOT", "RULE", "JUDGE", "ELLIPSIS", "CURRENT", "HISTORY", "EVER", "WASHOUT"))
_HELD: Final = re.compile(r"(?<!un)controlled|stable|treated|resected|cured|adequate")
_BEHIND: Final = re.compile(r"(?:[\w-]+ ){1,3}(?:of the|of their|in the|with|that|which|requiring|previously)\b", re.I)
_WISHED: Final = re.compile(r"\s*(?:an? )?(?:normal|adequate|acceptable|good|able|ability|willing)\b", re.IGNORECASE)
_GIVEN: Final = frozenset(("treatment", "procedure"))
_PURPOSE: Final = re.compile(r"\W*(?:for|to)\b(?! (?:any|which|whom)\b)", re.I)
BEHIND: Final = "words behind the list may be of it too"


class Reaching:
    """Looks over the members of one list, from left to right."""

    def __init__(self, source: Source, clause: Clause) -> None:
        self.source, self.clause = source, clause

    def over(self, members: Sequence[Member]) -> None:
        """Make a member unclear that words before it may belong to as well, in place."""
        loose = False
        for at, member in enumerate(members):
            if at and self._grade_of(members, at):
                continue
            if at and isinstance(member.rule, Present):
                self._member(members, at, loose)
            loose = loose or (isinstance(member.rule, Unclear) and (member.rule.reason == LOOSE or _worded(member)))
        if len(members) == 2 and self.clause.joints[0].value == "or":
            self._behind(members)

    def _grade_of(self, members: Sequence[Member], at: int) -> bool:
        """ "Neuropathy, grade 2 or greater": a grade behind a comma is of the finding before it."""
        before, member = members[at - 1], members[at]
        if str(self.clause.joints[at - 1].value) != "comma" or not isinstance(before.rule, Present):
            return False
        if not isinstance(member.rule, Unclear) or not _GRADED.match(member.rule.text):
            return False
        before.rule, member.rule = all_of([before.rule, member.rule], (before.span[0], member.span[1])), None
        return True

    def _behind(self, members: Sequence[Member]) -> None:
        first, last = members
        bare = isinstance(first.rule, Present) and first.rule.window is None and not first.negated and not last.own
        words = last.rule if last.lead is None and isinstance(last.rule, Unclear) else None
        if bare and words is not None and words.reason in (UNKNOWN, BESIDES) and _BEHIND.match(words.text):
            first.rule = self.source.unclear(*first.span, BEHIND)

    def _purpose(self, before: Member, member: Member) -> bool:
        """ "chemotherapy for advanced | or metastatic lung cancer", "steroids to control asthma | or croup"."""
        rule = member.rule
        if before.noun is None or not isinstance(rule, Present) or rule.fact != "condition" or member.own:
            return False
        given = any(isinstance(leaf, Present) and leaf.fact in _GIVEN for leaf in leaves(before.rule or rule))
        return given and _PURPOSE.match(self.source.text[before.noun[2] : member.span[0]]) is not None

    def _member(self, members: Sequence[Member], at: int, loose: bool) -> None:
        before, member = members[at - 1], members[at]
        if str(self.clause.joints[at - 1].value) in ("or", "and") and self._purpose(before, member):
            member.rule = self.source.unclear(*member.span, OVER)
        elif not isinstance(member.rule, Present) or member.rule.qualifiers:
            return
        elif loose:
            member.rule = self.source.unclear(*member.span, LOOSE)
        elif str(self.clause.joints[at - 1].value) in ("or", "and") and self._bare(at) and self._shares(before):
            member.rule = self.source.unclear(*member.span, OVER)

    def _bare(self, at: int) -> bool:
        kinds = [part.kind for part in self.clause.members[at] if part.kind not in ("VERB", "COLON")]
        return kinds == ["THING"]

    def _shares(self, before: Member) -> bool:
        """Whether words that are not understood, an adjective or a preposition among them, stand before the joint."""
        words = before.rule
        if before.negated or not isinstance(words, Unclear) or words.reason not in (UNKNOWN, GOVERNED, LOOSE, OVER):
            return False
        return len(words.text.split()) > 1 or bool(_COMPLEMENT.search(words.text))


def _worded(member: Member) -> bool:
    """Whether a member has adjectives and no noun that was read: not "uncontrolled illness", which has its own."""
    rule = member.rule
    return (
        bool(member.worded)
        and rule is not None
        and rule.kind == "unclear"
        and not questions().is_vague(words_of(rule.text))
    )


def restrictive(clause: Clause) -> int:
    """The member that begins with a relative clause ("…, who cannot …"), narrowing those before it; 0 for none."""
    for at, parts in enumerate(clause.members[1:], 1) if "RELATIVE" in clause.kinds else ():
        if parts[0].kind == "RELATIVE":
            return at
    return 0


def opined(clause: Clause) -> bool:
    """ "A, or B that, in the opinion of the investigator, …": whether an opinion restricts what stands before it."""
    if "RELATIVE" not in clause.kinds or "JUDGE" not in clause.kinds:
        return False
    parts = [part for part in clause.parts() if isinstance(part, Piece)]
    at = next((i for i, part in enumerate(parts) if part.kind == "RELATIVE"), len(parts))
    named = any(part.kind in ("THING", "WORDS") for part in parts[:at])
    return named and any(part.kind == "JUDGE" for part in parts[at : at + 4])


def opinion_reaches(members: Sequence[Member], clause: Clause) -> bool:
    """ "Infarction or stroke without medical clearance", "clinically significant A or B": an opinion on both."""
    if len(members) != 2 or str(clause.joints[0].value) not in ("or", "and"):
        return False
    first, last = members
    if first.judged and isinstance(last.rule, Present) and not last.rule.qualifiers:
        return str(getattr(clause.members[0][0], "value", "")).lower().startswith("clinically")
    opening = clause.members[1][0]
    trailing = last.judged and opening.kind in ("THING", "WORDS", "QUALIFIER")
    return trailing and isinstance(first.rule, Present) and not first.tested


def listed_again(clause: Clause) -> bool:
    """ "… must meet one of the criteria:" within a list: whether how many of what follows is asked was not read."""
    for member in clause.members if "COUNT" in clause.kinds else ():
        kinds = [part.kind for part in member]
        if "COUNT" in kinds and kinds[-1] == "COLON":
            return True
    return False


def any_tests(members: Sequence[Member]) -> bool:
    """Whether some member compares a value."""
    return any(member.tested or (member.rule is not None and tests(member.rule)) for member in members)


def _denied_within(clause: Clause, at: int, text: str) -> bool:
    """Whether the member before denies what it compares ("not > 3"), or "nor" stands between the two."""
    unnamed = any(part.kind == "ELLIPSIS" for part in clause.members[at])  # "must not exceed 10 % or be less than 6"
    return (_NOT if unnamed else _DENIAL).search(
        text, clause.members[at - 1][0].start, clause.members[at][0].start
    ) is not None


def _verbally(parts: Sequence[Part]) -> bool:
    return any(isinstance(part, Piece) and part.kind == "NOT" and verbal(part) for part in parts)


def denies_a_test(members: Sequence[Member], clause: Clause, text: str) -> bool:
    """ "No stroke, LVEF < 40 %, or asthma": whether the test is denied too cannot be told."""
    for at in range(1, len(members)):
        own = any(part.kind in ("NOT", "VERB") for part in clause.members[at])
        joint = str(clause.joints[at - 1].value).removeprefix("comma_")
        before = members[at - 1].rule
        if members[at - 1].judged and joint != "and" and not own and finding(members[at]) and _absent(clause, at - 1):
            return True  # "without clinically significant arrhythmia or ischemia"
        if isinstance(before, Graded):  # "no encephalopathy, or ≤ grade II"
            continue
        if members[at - 1].tested and members[at].tested and not own and _denied_within(clause, at, text):
            if members[at].negated:
                continue
            if joint == "or" or members[at - 1].negated:
                return True
        listed = joint == "comma" and isinstance(members[at].rule, Present) and _verbally(clause.members[at - 1])
        if listed and members[at - 1].negated and not members[at].negated and not own:
            return True  # "must not have had A, B or C"
        if members[at - 1].negated and members[at].tested and not members[at].negated and not own:
            return str(clause.joints[at - 1].value) != "and"
    return False


def _absent(clause: Clause, at: int) -> bool:
    """Whether a member denies a noun: "no …", "without …"."""
    said = (part for part in clause.members[at] if isinstance(part, Piece) and part.kind == "NOT")
    return any(_NO_NOUN.match(str(part.value)) for part in said)


def how_many(clause: Clause, source: Source) -> bool:
    """Whether words that were not understood ask for some of a list."""
    if "WORDS" not in clause.kinds or not counts(source.text[clause.start : clause.end]):
        return False
    words = (part for member in clause.members for part in member if part.kind == "WORDS")
    return any(counts(source.words(part.start, part.end)) for part in words)


def _slashed(rule: Rule) -> bool:
    return any(
        isinstance(leaf, Unclear) and (leaf.text.startswith("/") or leaf.text.endswith("/")) for leaf in leaves(rule)
    )


def beside_slash(rule: Rule, span: Span, source: Source) -> Rule:
    """ "intolerance/allergy to X": of a rule where a slash is not understood the tests before it are left."""
    if "/" not in source.text or not _slashed(rule):
        return rule
    kept = [part for part in rule.rules if tests(part) and part.span] if isinstance(rule, AllOf) else []
    start = max([part.span[1] for part in kept if part.span], default=span[0])
    rest = (start if start < span[1] else span[0], span[1])
    return all_of([*kept, source.unclear(*rest, "a slash may mean 'and' or 'or'")], span)


def twice(members: Sequence[Member]) -> bool:
    """ "no diabetes or well-controlled diabetes": the second is what the first is not, no item of one list.

    "No acute or chronic infection" denies kinds of one thing, each with an adjective of its own.
    """
    named: dict[str, list[tuple[str, ...]]] = {}
    for member in members:
        for leaf in leaves(member.rule) if member.rule else ():
            if isinstance(leaf, Present):
                named.setdefault(leaf.concept, []).append(leaf.qualifiers)
    return any(len(kinds) > 1 and not all(map(_bad, kinds)) for kinds in named.values())


def _bad(qualifiers: tuple[str, ...]) -> bool:
    return bool(qualifiers) and not any(_HELD.search(word) for word in qualifiers)


def verbal(denial: Piece) -> bool:
    """Whether a negation is of a verb ("is not …"), not of a noun ("no …")."""
    words = str(denial.value).lower().split()
    return words[0] in ("not", "are", "is", "does", "do", "must", "should", "cannot")


def reaches(clause: Clause, at: int, text: str) -> bool:
    """Whether a negation goes over to a member: not behind "but" or of "non-X", nor to "and normal kidney function".

    "not able …" goes over "or", and over commas before it.
    """
    joint = clause.joints[at - 1]
    if joint.kind == "BUT" or (joint.value in ("and", "comma_and") and _WISHED.match(text, joint.end)):
        return False
    parts = (part for member in clause.members[:at] for part in member if isinstance(part, Piece))
    said = [part for part in parts if part.kind == "NOT"]
    if said and str(said[-1].value).lower().startswith("non"):
        return False
    if not (said and verbal(said[-1])) or joint.value != "comma":
        return True
    return "able" not in str(said[-1].value).lower() and _alternatives(clause)


def _alternatives(clause: Clause) -> bool:
    """ "must not have A, B or C": a list that ends in "or", of which no member has a predicate of its own."""
    joints = [str(joint.value) for joint in clause.joints]
    if (
        "RELATIVE" in clause.kinds
        or joints[-1] not in ("or", "comma_or")
        or not {"comma", "or", "comma_or"}.issuperset(joints)
    ):
        return False
    return not any(part.kind in _OWN for parts in clause.members[1:] for part in parts)


def negated(rule: Rule, span: Span, source: Source) -> Rule:
    """ "without X … with Y": beside words that were not understood a negation hardly goes over all that follows."""
    parts = rule.rules if isinstance(rule, AllOf) else ()
    if any(isinstance(part, Unclear) for part in parts) and (any(map(tests, parts)) or sum(map(computable, parts)) > 1):
        return source.unclear(*span, "how far a negation reaches")
    return negation(rule, span, source.vocabulary)
