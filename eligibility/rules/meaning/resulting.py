"""A test and its result within one member: the word for it stands before the test, behind it, or in its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from operator import is_not
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.brackets import stretched
from eligibility.rules.meaning.joining import all_of, tests
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.results import is_open, is_result, level_of
from eligibility.rules.meaning.sentence import Bracket, Clause, Part, Piece
from eligibility.rules.meaning.source import GOVERNED, UNKNOWN, Source
from eligibility.rules.meaning.timing import TIMELESS, Timing
from eligibility.rules.rule import AllOf, AnyOf, Graded, Not, Present, Rule, Select, Unclear
from eligibility.vocabulary.results import NEGATIVE, POSITIVE

_INFECTION: Final = "infection"
OVER: Final = "words before it may be of it too"
FEMALE_STATES: Final = frozenset(("pregnant",))
# So many words that are not understood may be a name; more may govern what is joined to them.
_FEW: Final = 3
_BETWEEN: Final = re.compile(r"[\s\-‐‑:]*(?:(?:is|are|was|were|be|being|must be|should be|been)\s*)?", re.I)


class Resulting(Timing):
    """Reads tests and their results."""

    def _result(self, part: Piece, span: tuple[int, int]) -> None:
        """The name of a test: an adjective before it is of the noun behind it ("advanced HER2-positive cancer")."""
        scope, rule = self.scope, replace(part.value, span=span)
        if scope.suspected or scope.allergy or scope.washout:
            self._add(self.source.unclear(*span, "what a test may show"))
            return
        self.told, self.behind = "", False
        if scope.result and (not rule.levels or self.sign is not None or scope.result.endswith(" for")):
            rule = replace(rule, levels=(level_of(scope.result),))
            self.told = rule.levels[0] if self.sign is not None else ""
        if (scope.history or scope.ever) and NEGATIVE not in rule.levels:
            rule = replace(rule, select="any")
        self.source.subjects, self.sign, self.noun = (), None, None
        qualifiers, start = scope.qualifiers, scope.start
        self._add(rule)
        if qualifiers:
            self.scope = self.scope.describing(qualifiers, start)

    def _negative(self, part: Piece) -> None:
        """ "HIV negative", "chemotherapy-naive": the thing before is not, or was never, there."""
        last = self.rules[-1] if self.rules else None
        word = str(part.value).lower()
        if isinstance(last, Present) and self._behind(last, part):
            never = "na" in word and last.fact in ("treatment", "procedure")
            span = stretched(last, part.end)
            self.rules[-1] = Not(replace(last, status="history" if never else last.status, span=span), span=span)
        elif level_of(word) == NEGATIVE:
            self._signed(part, NEGATIVE)
        else:
            self._words(Piece("WORDS", part.start, part.end, ""))

    def _signed(self, part: Piece, level: str) -> None:
        """ "HBsAg positive": of the test before it, else of those behind it."""
        if not self._told(part, level):
            self._prefixed(part)

    def _signed_in(self, bracket: Bracket) -> bool:
        """ "HBsAg (+)", "anti-HCV (positive)"."""
        parts = [part for clause in bracket.clauses for part in clause.parts()]
        word = parts[0] if len(parts) == 1 else None
        if not isinstance(word, Piece) or word.kind not in ("POSITIVE", "NEGATIVE"):
            return False
        return self._told(Piece(word.kind, bracket.start, bracket.end, word.value), level_of(str(word.value).lower()))

    def _told(self, part: Piece, level: str) -> bool:
        """Whether the word is of the test before it."""
        last = self.rules[-1] if self.rules and self.sign is None else None
        if (
            self.told
            or not isinstance(last, Graded)
            or not is_result(last, self.source.vocabulary)
            or not self._behind(last, part)
        ):
            return False
        select: Select = "latest" if level == NEGATIVE else last.select  # what was negative once says nothing of today
        self.rules[-1] = replace(last, levels=(level,), select=select, span=stretched(last, part.end))
        self.told, self.behind = level, True
        return True

    def _behind(self, last: Rule, part: Piece) -> bool:
        """Whether nothing but "is", or a hyphen, stands between what was read last and a word behind it."""
        return _BETWEEN.fullmatch(self.source.text, last.span[1], part.start) is not None if last.span else False

    def _prefixed(self, part: Piece) -> None:
        """ "positive HBsAg": the word goes on to the tests behind it; of a thing before it nothing is known."""
        last = self.rules[-1] if self.rules else None
        if isinstance(last, Present) and self._behind(last, part):
            if level_of(str(part.value).lower()) == POSITIVE and self._is_infection(last.concept):
                self.carried = self.rules[-1] = replace(last, span=stretched(last, part.end))
            else:
                self._narrowed(UNKNOWN, part.end)
            return
        self.scope = self.scope.resulting(" ".join(str(part.value).lower().split()), part.start)
        self.sign = part

    def _found(self, rule: Rule, span: tuple[int, int]) -> Rule:
        """ "Positive for hepatitis B": a test that found an infection; of anything else it is not known what is meant.

        Further on in a list "positive HBsAg, cirrhosis" goes over to no disease, and "negative for" to infections.
        """
        sign, self.sign, words = self.sign, None, self.scope.result
        infection = isinstance(rule, Present) and self._is_infection(rule.concept)
        if not words or (infection and level_of(words) == POSITIVE):
            return rule
        if infection and (sign is not None or words.endswith(" for")):
            return Not(rule, span=span)
        return rule if sign is None and level_of(words) == POSITIVE else self.source.unclear(*span, GOVERNED)

    def _serology(self) -> bool:
        """Positive tests for infections, which in a list stand for the infections."""
        words = self.source.vocabulary.words
        found = [leaf for rule in (*self.positive, *self.negative) for leaf in leaves(rule) if tests(leaf)]
        return all(
            isinstance(rule, Graded)
            and is_result(rule, self.source.vocabulary)
            and NEGATIVE not in rule.levels
            and self._is_infection(words[rule.scale].of)
            for rule in found
        )

    def _of_the_next(self, end: int) -> None:
        """ "HPV-positive cancer": an infection of what is named behind it, not of the patient."""
        if self.carried is not None and self.rules and self.rules[-1] is self.carried:
            self._narrowed(GOVERNED, end)

    def _unread(self) -> None:
        """ "undetectable viral load": the word is of what is not understood, and of no test further on."""
        if self.sign is not None:
            self.scope, self.sign = self.scope.resulting("", self.sign.start), None

    def _unused(self) -> None:
        """A word for a result, and no test that it is of; a time in brackets, and nothing that it is of."""
        if self.ahead is not None and not self.positive and not self.negative:
            self._add(self.source.unclear(*self.ahead_at, TIMELESS))
        if self.sign is not None:
            self.scope = self.scope.affirmed()
            self.rules.append(self.source.unclear(self.sign.start, self.sign.end, UNKNOWN))

    def _is_infection(self, concept: str) -> bool:
        words, waiting = self.source.vocabulary.words, [concept]
        while waiting:
            key = waiting.pop()
            if key == _INFECTION:
                return True
            waiting.extend(words[key].parents if key in words else ())
        return False


def settled(members: list[Member], clause: Clause, source: Source) -> tuple[list[Member], Clause]:
    """The members, tests among them given the result and the time behind the last; without any they are not understood.

    The clause comes with what a slash between two results says: "ER+/HER2-" both, "ER/PR positive" either.
    """
    if not any(isinstance(part, Piece) and isinstance(part.value, Graded) for part in clause.parts()):
        return members, clause  # most lists name no test
    joints = list(clause.joints)
    for at, member in enumerate(members):
        if source.side == "exclusion" and not member.negated and _asked(member.rule, source):
            member.rule = source.unclear(*member.span, "what is asked for among the reasons to exclude")
        if at and joints[at - 1].value in ("or", "and") and _governed(members[at - 1], member, source):
            member.rule = source.unclear(*member.span, OVER)
    for at in range(len(members) - 1, -1, -1):
        member, behind = members[at], members[at + 1] if at + 1 < len(members) else None
        own = behind is None or not _shares(member, behind, _says(clause.members[at + 1]), source)
        member.rule, member.before = (_closed(rule, source) if rule else None for rule in (member.rule, member.before))
        if behind is not None and joints[at].kind == "SLASH" and _both(member, behind, own, source):
            joints[at] = Piece("SLASH", joints[at].start, joints[at].end, "and", "JOIN")
    return members, Clause(clause.members, tuple(joints))


def _asked(rule: Rule | None, source: Source) -> bool:
    """ "A negative pregnancy test" on an exclusion list: nobody is kept out for it."""
    tested = [leaf for leaf in leaves(rule) if isinstance(leaf, Graded)] if rule is not None else []
    words = source.vocabulary.words
    return any(leaf.levels == (NEGATIVE,) and words[leaf.scale].of in FEMALE_STATES for leaf in tested)


def _governed(before: Member, member: Member, source: Source) -> bool:
    """ "tissue for confirmation of HER2 or EGFR mutation": what words that were not understood say of both."""
    if not isinstance(member.rule, Graded) or not is_result(member.rule, source.vocabulary) or member.told:
        return False
    parts = list(leaves(before.rule)) if before.rule is not None and not member.scope.result else []
    unread = [leaf for leaf in parts if isinstance(leaf, Unclear)]
    return (
        bool(unread)
        and all(isinstance(leaf, Unclear) or is_open(leaf) for leaf in parts)
        and (sum(len(leaf.text.split()) for leaf in unread) > _FEW)
    )


def _says(parts: Sequence[Part]) -> bool:
    """Whether a member has a word for a result of its own."""
    return any(part.kind in ("POSITIVE", "NEGATIVE") for part in parts)


def _shares(member: Member, behind: Member, says: bool, source: Source) -> bool:
    """ "HBsAg or anti-HCV positive": give a test the result and the time of the one behind it, and the noun of both."""
    rule, told = member.rule, _first(behind.rule)
    if not isinstance(rule, Graded) or told is None or not _are_results((rule, told), source):
        return False
    shared = is_open(rule) and bool(behind.told)
    if shared:
        rule, member.told = replace(rule, levels=(behind.told,), window=told.window), behind.told
    elif member.scope.result and behind.scope.result and rule.window is None and not says:
        rule = replace(rule, window=told.window)
    nouns = behind.rule.rules[1:] if isinstance(behind.rule, AllOf) else ()
    member.rule = rule if source.vocabulary.words[rule.scale].of else all_of([rule, *nouns], member.span)
    return shared


def _both(member: Member, behind: Member, own: bool, source: Source) -> bool:
    """Whether two results at a slash are both asked for."""
    one, other = _first(member.rule), _first(behind.rule)
    if one is None or other is None or not _are_results((one, other), source):
        return False
    return own or one.levels == (NEGATIVE,)


def _are_results(rules: Sequence[Rule], source: Source) -> bool:
    return all(is_result(rule, source.vocabulary) for rule in rules)


def _first(rule: Rule | None) -> Graded | None:
    first = rule.rules[0] if isinstance(rule, AllOf) else rule
    return first if isinstance(first, Graded) else None


def _closed(rule: Rule, source: Source) -> Rule:
    """The rule, every test in it that has no result not understood."""
    if is_open(rule):
        return source.unclear(*(rule.span or (0, 0)), "a test without its result")
    if isinstance(rule, Not):
        inner = _closed(rule.rule, source)
        return replace(rule, rule=inner) if inner is not rule.rule else rule
    if isinstance(rule, AllOf | AnyOf):
        rules = tuple([_closed(inner, source) for inner in rule.rules])
        return replace(rule, rules=rules) if any(map(is_not, rules, rule.rules)) else rule
    return rule
