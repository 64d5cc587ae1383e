"""What the words before a noun say of it: negation, history, allergy, suspicion, severity; and the rule they make."""

from __future__ import annotations

from dataclasses import dataclass, replace

from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import AnyOf, Fact, Graded, Measured, Not, Present, Rule, Status, Window
from eligibility.spans import Span
from eligibility.vocabulary.tables import Vocabulary

PREFIXES = frozenset(
    (
        "NOT",
        "EVER",
        "WASHOUT",
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
_FACTS: dict[str, Fact] = {
    "condition": "condition",
    "treatment": "treatment",
    "procedure": "procedure",
    "allergen": "treatment",
    "state": "state",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for the next noun, and for those joined to it that bring no words of their own.

    `nearest` says that the negation is of the next word only ("non-pregnant"); `start` is where the words that
    belong to the noun itself (its adjectives) begin, -1 without any; `shared` are the adjectives of the head of a
    list of examples, which hold for each of them.
    """

    negated: bool = False
    nearest: bool = False
    history: bool = False
    ever: bool = False
    current: bool = False
    washout: Window | None = None
    allergy: bool = False
    suspected: str = ""
    remote: bool = False
    hidden: bool = False
    other: bool = False
    qualifiers: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    start: int = -1

    def after(self, piece: Piece) -> Scope:
        """The scope once a prefix word was read."""
        word = " ".join(str(piece.value).lower().split())
        start = piece.start if self.start < 0 else self.start
        match piece.kind:
            case "NOT":
                return replace(self, negated=not self.negated, nearest=word.startswith("non"))
            case "CURRENT" | "ACTIVE":
                return replace(self, current=True, history=False, start=start)
            case "EVER":
                return replace(self, ever=True, start=start)
            case "WASHOUT":
                return replace(self, washout=piece.value, start=start)
            case "HISTORY":
                return replace(self, history=True, start=start)
            case "ALLERGY":
                severe = ("anaphylactic",) if word.startswith("anaphyla") else ()
                return replace(self, allergy=True, qualifiers=(*self.qualifiers, *severe), start=start)
            case "SUSPECTED":
                return replace(self, suspected=word, start=start)
            case "REMOTE" | "PLANNED":
                return replace(self, remote=True, start=start)
            case "OTHER":
                return replace(self, other=True, start=start)
            case "HIDDEN":
                return replace(self, hidden=True, start=start)
            case "QUALIFIER":
                return replace(self, qualifiers=(*self.qualifiers, word), start=start)
        return replace(self, start=start)

    def affirmed(self) -> Scope:
        """The same without its negation."""
        return replace(self, negated=False) if self.negated else self

    def inherited(self) -> Scope:
        """What goes over to the next noun of a list; severity stays with its own noun."""
        if self.nearest:
            return replace(self, negated=False, nearest=False).inherited()
        if self.start < 0 and not self.qualifiers and not self.hidden and not self.other:
            return self
        if not (self.negated or self.history or self.ever or self.current or self.washout or self.allergy) and not (
            self.suspected or self.remote or self.shared
        ):
            return NO_WORDS
        return replace(self, qualifiers=(), hidden=False, other=False, start=-1)


NO_WORDS = Scope()


def present(key: str, scope: Scope, span: Span, vocabulary: Vocabulary) -> Rule:
    """The rule for a named thing in its scope (negation is the caller's)."""
    kind = vocabulary.words[key].kind
    if scope.allergy and kind in ("condition", "state"):  # "history of allergy to albumin and pregnant women"
        scope = replace(scope, allergy=False, history=False)
    fact: Fact = "allergy" if scope.allergy else _FACTS[kind]
    status: Status = "history" if scope.history or scope.washout else "active"
    # what was done once is done: a procedure without a word of time counts whenever it was
    status = "any" if scope.ever or (fact == "procedure" and status == "active" and not scope.current) else status
    if scope.washout:
        return Not(Present(fact, key, status, scope.qualifiers, scope.washout, span=span), span=span)
    plain = Present(fact, key, status, (*scope.shared, *scope.qualifiers), span=span)
    if not scope.suspected:
        return plain
    doubted = replace(plain, qualifiers=(*scope.qualifiers, "suspected"))
    sure = "known" in scope.suspected or "confirmed" in scope.suspected
    return AnyOf((plain, doubted), span=span) if sure else doubted


def negation(rule: Rule, span: Span, vocabulary: Vocabulary) -> Rule:
    """ "No …"; a scale whose bare mention means "some" is then at its first level."""
    if isinstance(rule, Graded):
        word = vocabulary.words[rule.scale]
        if word.bare and rule.levels == tuple(level.value for level in word.levels[1:]):
            return Graded(rule.scale, (word.levels[0].value,), span=span)
    if isinstance(rule, Measured) and (rule.low is None) != (rule.high is None) and rule.select == "latest":
        return _flipped(rule)
    return rule.rule if isinstance(rule, Not) else Not(rule, span=span)


def _flipped(rule: Measured) -> Rule:
    """ "No platelets < 100": at least 100."""
    if rule.low is not None:
        return replace(rule, low=None, high=replace(rule.low, inclusive=not rule.low.inclusive))
    assert rule.high is not None
    return replace(rule, low=replace(rule.high, inclusive=not rule.high.inclusive), high=None)
