"""What the words before a noun say of it: negation, history, allergy, suspicion, severity; and the rule they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from eligibility.rules.meaning.naming import Named
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import AnyOf, Fact, Graded, Measured, Not, Present, Rule, Status, Window
from eligibility.spans import Span
from eligibility.vocabulary.results import NEGATIVE, POSITIVE
from eligibility.vocabulary.tables import Vocabulary

PREFIXES: Final = frozenset(
    (
        "NOT",
        "EVER",
        "WASHOUT",
        "LATELY",
        "HISTORY",
        "ALLERGY",
        "SUSPECTED",
        "REMOTE",
        "PLANNED",
        "QUALIFIER",
        "ACTIVE",
        "CURRENT",
        "HIDDEN",
        "OTHER",
        "WOMEN",
        "MEN",
    )
)
# "on a stable dose of" is one quality, however it stands in the sentence
_STABLE: Final = re.compile(r"^(?:(?:on|at|with|in|a) )*(stable (?:dose|dosage|dosing|regimen))s?(?: of)?$")
# "proven or suspected": what is sure counts as well
_SURE: Final = re.compile(r"\b(?:known|confirmed|proven|documented|diagnosed|established|definite)\b")
# "non-pregnant"; "none of them" is no such negation
_OF_THE_NEXT: Final = frozenset(("non", "non-"))
# What "negative for" denies of the tests behind it.
_FOUND: Final = "positive for"
_FACTS: Final[dict[str, Fact]] = {
    "condition": "condition",
    "treatment": "treatment",
    "procedure": "procedure",
    "allergen": "treatment",
    "state": "state",
}


@dataclass(init=False, slots=True)
class Scope:
    """What holds for the next noun, and for those joined to it that bring no words of their own.

    `nearest` says that the negation is of the next word only ("non-pregnant"); `washout` is the time that
    has passed since, or, `lately`, that has not; `start` is where the words that
    belong to the noun itself (its adjectives) begin, -1 without any; `shared` are the adjectives of the head of a
    list of examples, which hold for each of them; `result` is the result of the tests named next; `other` is the word
    that asks for another than the disease under study.
    """

    negated: bool
    nearest: bool
    result: str
    history: bool
    ever: bool
    current: bool
    washout: Window | None
    lately: bool
    allergy: bool
    suspected: str
    remote: bool
    hidden: bool
    other: str
    qualifiers: tuple[str, ...]
    shared: tuple[str, ...]
    start: int

    def __init__(self) -> None:
        self.negated = self.nearest = self.history = self.ever = self.current = False
        self.allergy = self.remote = self.hidden = False
        self.washout = None
        self.lately = False
        self.suspected = self.result = self.other = ""
        self.qualifiers = self.shared = ()
        self.start = -1

    @property
    def past(self) -> bool:
        """Whether what was counts too."""
        return self.history or self.ever

    def after(self, piece: Piece) -> Scope:
        """The scope once a prefix word was read."""
        word = " ".join(str(piece.value).lower().split())
        scope = self._copy()
        if piece.kind == "NOT":
            scope.negated, scope.nearest = not self.negated, word in _OF_THE_NEXT
            scope.result = _FOUND if "negative" in word or word.endswith("absence of") else ""
            return scope
        if self.start < 0:
            scope.start = piece.start
        match piece.kind:
            case "ACTIVE" if self.history and self.start >= 0:
                pass  # "history of active tuberculosis"
            case "CURRENT" | "ACTIVE":
                scope.current, scope.history, scope.washout = True, False, None
            case "EVER":
                scope.ever = True
            case "WASHOUT" | "LATELY":
                scope.washout, scope.lately = piece.value, piece.kind == "LATELY"
            case "HISTORY":
                scope.history = True
                scope.suspected = "" if self.start < 0 else self.suspected  # "suspected asthma or history of croup"
            case "ALLERGY":
                severe = ("anaphylactic",) if word.startswith("anaphyla") else _severe(word)
                scope.allergy, scope.shared = True, severe  # how bad it is holds for all that it is to
                scope.history = self.history or word.startswith("history")
            case "SUSPECTED":
                scope.suspected = word
            case "REMOTE" | "PLANNED":
                scope.remote = True
            case "OTHER":  # whether it is another one than the disease under study no record can tell
                scope.other = word.removeprefix("any ").removeprefix("a ")
            case "HIDDEN":
                scope.hidden = True
            case "QUALIFIER":
                scope.qualifiers = (*self.qualifiers, _STABLE.sub(r"\1", word) if "stable" in word else word)
        return scope

    def resulting(self, words: str, start: int) -> Scope:
        """The same before the names of tests with this result ("positive for"); what was before it was of the past."""
        scope = self._copy()
        if self.start < 0:
            scope.history = scope.ever = False
        scope.result, scope.start = words, self.start if self.start >= 0 else start
        return scope

    def describing(self, qualifiers: tuple[str, ...], start: int) -> Scope:
        """The same with adjectives that are of a noun further on."""
        scope = self._copy()
        scope.qualifiers, scope.start = qualifiers, start
        return scope

    def affirmed(self) -> Scope:
        """The same without its negation."""
        if not self.negated:
            return self
        scope = self._copy()
        scope.negated, scope.result = False, "" if self.result == _FOUND else self.result
        return scope

    def inherited(self) -> Scope:
        """What goes over to the next noun of a list; severity stays with its own noun."""
        if self.nearest:
            scope = self._copy()
            scope.negated = scope.nearest = False
            return scope.inherited()
        if self.start < 0 and not self.qualifiers and not self.hidden and not self.other:
            return self
        if not (self.negated or self.history or self.ever or self.current or self.washout or self.allergy) and not (
            self.suspected or self.remote or self.shared or self.result
        ):
            return NO_WORDS
        scope = self._copy()
        scope.qualifiers, scope.hidden, scope.other, scope.start = (), False, "", -1
        return scope

    def sharing(self, adjectives: tuple[str, ...]) -> Scope:
        """The same, affirmed, with the adjectives of the head of a list."""
        scope = self._copy()
        scope.negated, scope.shared, scope.result = False, adjectives, ""
        return scope

    def joined(self, other: Scope) -> Scope:
        """The same of an allergy where the other is of one."""
        if self.allergy or not other.allergy:
            return self
        scope = self._copy()
        scope.allergy = True
        return scope

    def bare(self) -> Scope:
        """The same without adjectives."""
        scope = self._copy()
        scope.qualifiers = ()
        return scope

    def of_no_allergy(self) -> Scope:
        """The same of a disease: "history of allergy to albumin and pregnant women"."""
        scope = self._copy()
        scope.allergy = scope.history = False
        scope.shared = ()
        return scope

    def _copy(self) -> Scope:
        """Another one to change; none is changed once it was given away."""
        scope = Scope()
        scope.negated = self.negated
        scope.nearest = self.nearest
        scope.result = self.result
        scope.history = self.history
        scope.ever = self.ever
        scope.current = self.current
        scope.washout = self.washout
        scope.lately = self.lately
        scope.allergy = self.allergy
        scope.suspected = self.suspected
        scope.remote = self.remote
        scope.hidden = self.hidden
        scope.other = self.other
        scope.qualifiers = self.qualifiers
        scope.shared = self.shared
        scope.start = self.start
        return scope


NO_WORDS: Final = Scope()


def present(thing: str | Named, scope: Scope, span: Span, vocabulary: Vocabulary) -> Rule:
    """The rule for a thing in its scope (negation is the caller's): the key of a word, or what only has a name."""
    named = isinstance(thing, Named)
    key, kind = (thing.name, thing.kind) if isinstance(thing, Named) else (thing, vocabulary.words[thing].kind)
    if scope.allergy and kind in ("condition", "state"):
        scope = scope.of_no_allergy()
    fact: Fact = "allergy" if scope.allergy else _FACTS[kind]
    status: Status = "history" if scope.history or scope.washout else "active"
    # what was done once is done: a procedure without a word of time counts whenever it was
    status = "any" if scope.ever or (fact == "procedure" and status == "active" and not scope.current) else status
    beside = (scope.other,) if scope.other else ()
    if scope.washout:
        qualifiers = (*beside, *scope.qualifiers)
        timed = Present(fact, key, status, qualifiers, scope.washout, span=span, named=named)
        return timed if scope.lately else Not(timed, span=span)
    qualifiers = (*beside, *scope.shared, *(word for word in scope.qualifiers if word not in scope.shared))
    plain = Present(fact, key, status, qualifiers, span=span, named=named)
    if not scope.suspected:
        return plain
    doubted = replace(plain, qualifiers=(*beside, *scope.qualifiers, "suspected"))
    sure = _SURE.search(scope.suspected) is not None
    return AnyOf((plain, doubted), span=span) if sure else doubted


def negation(rule: Rule, span: Span, vocabulary: Vocabulary) -> Rule:
    """ "No …"; a scale whose bare mention means "some" is then at its first level."""
    if isinstance(rule, Graded):
        word = vocabulary.words[rule.scale]
        if word.bare and rule.levels == tuple(level.value for level in word.levels[1:]):
            return Graded(rule.scale, (word.levels[0].value,), span=span)
        if word.result and rule.levels == (POSITIVE,) and rule.window is None and rule.select == "latest":
            return replace(rule, levels=(NEGATIVE,), span=span)
    if isinstance(rule, Measured) and (rule.low is None) != (rule.high is None) and rule.select == "latest":
        return _flipped(rule)
    return rule.rule if isinstance(rule, Not) else Not(rule, span=span)


def _flipped(rule: Measured) -> Rule:
    """ "No platelets < 100": at least 100."""
    if rule.low is not None:
        return replace(rule, low=None, high=replace(rule.low, inclusive=not rule.low.inclusive))
    assert rule.high is not None
    return replace(rule, low=replace(rule.high, inclusive=not rule.high.inclusive), high=None)


def _severe(word: str) -> tuple[str, ...]:
    """ "severe hypersensitivity (≥ grade 3) to": how bad, said within the words of an allergy."""
    first = word.partition(" ")[0]
    return (first,) if first in ("severe", "serious") else ()
