"""The text being read: its words kept as `Unclear` or `Judgement`, and exceptions, which depend on its side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.freeing import asks, permitted
from eligibility.rules.meaning.joining import all_of, any_of, computable, tests
from eligibility.rules.meaning.own_limits import another_limit
from eligibility.rules.meaning.scope import negation
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import AnyOf, Judgement, Measured, Not, Present, Rule, Unclear
from eligibility.spans import Span
from eligibility.vocabulary.tables import Vocabulary

UNKNOWN: Final = "not in the vocabulary"
ALLOWANCE: Final = "an allowance"
EXAMPLES: Final = "examples of what is not understood"
EXCEPTION: Final = "how far an exception reaches"
HOW_MANY: Final = "how many are asked for"
BESIDES: Final = "besides the disease under study"
BARE: Final = "a limit without a subject"
NO_NOUN: Final = "a negation without a noun"
CONDITION: Final = "a condition"
FOR_SOME: Final = "a limit for some patients only"
GOVERNED: Final = "a thing behind words that are not understood"
OTHER_TIME: Final = "a time that is not counted from screening"
ONE_SEX: Final = "it may bind them, or ask for them"
FOREIGN_PERSON: Final = "about another person"
CAPPED: Final = "a time that is bounded from above"
BINDS: Final = "what stands before the colon may bind the rest"
NARROWED: Final = "words that say of when or of what a limit is"
NOT_NOW: Final = "a time that is not now"
TO_COME: Final = "not what the patient has, but what may come or is planned"
RESTRICTS: Final = "words that restrict what stands before them"
CAUSED: Final = "a cause"
DOUBLED: Final = "a negation under exclusion may be doubled"
REQUIRED: Final = "required of some patients only"
# the value of a piece for a person to answer: "the study drug", of an allergy
OF_TRIAL: Final = "what differs from trial to trial"
LEFT_OVER: Final = "a number, unit or comparison is left over"

# Words for one of these reasons tell when or how much of the thing beside them: without them it is not what is meant.
NARROWING: Final = frozenset((OTHER_TIME, CAPPED, LEFT_OVER))

# Reasons for which words were not read that may still only permit.
PERMITTING: Final = frozenset((ALLOWANCE, "an explanation", CONDITION, "bound to a part of the study", CAUSED))

# A clause with one of these is bound to something that is not read: its scope cannot be told.
REFUSED: Final = {
    "AT_MOST": "counted from above",
    "REASON": "an explanation",
    "ALLOW": ALLOWANCE,
    "PROVISO": CONDITION,
    "CASE": CONDITION,
    "CAUSE": CAUSED,
    "IF": CONDITION,
    "FAMILY": FOREIGN_PERSON,
    "COHORT": "bound to a part of the study",
    "COUNTED_OF": NARROWED,
}


class Source:
    """The text being read, its vocabulary, and the subject that limits without one speak of."""

    def __init__(self, text: str, side: Side, vocabulary: Vocabulary) -> None:
        self.text, self.side, self.vocabulary = text, side, vocabulary
        plain = text.isascii() and text.isprintable() and "  " not in text
        self._spaced = plain and text[:1] != " " and text[-1:] != " "
        self.subjects: Sequence[Sequence[str]] = ()

    def words(self, start: int, end: int) -> str:
        """The source's words, white space collapsed to single spaces."""
        words = self.text[start:end]
        return words.strip() if self._spaced else " ".join(words.split())

    def unclear(self, start: int, end: int, reason: str, hint: str = "") -> Unclear:
        """Words that are not understood, kept."""
        return Unclear(self.words(start, end), reason, hint, span=(start, end))

    def judgement(self, start: int, end: int) -> Judgement:
        """Words that a person must answer."""
        return Judgement(self.words(start, end), span=(start, end))

    def excepted(self, turn: Piece, base: Rule, other: Rule, span: Span) -> Rule:
        """ "A unless B", "A except B": an exception of the same kind as A asks a person whether there is more of A.

        In an inclusion a test is not asked of whom an exception names ("Hb ≥ 9 except in thalassaemia").
        """
        freed = (
            tests(base) and not tests(other) and str(turn.value).lower().startswith(("except", "with the exception"))
        )
        if self.side == "inclusion" and (turn.kind == "UNLESS" or freed):
            return any_of([base, other], span)
        if another_limit(base, other, self.side):
            return (
                any_of([base, other], span)
                if self.side == "inclusion"
                else all_of([base, Not(other, span=other.span)], span)
            )
        if computable(base) and _same_quantity(base, other):
            return self.unclear(*span, "how far an exception reaches")
        inner = base.rule if isinstance(base, Not) else base
        adds = str(turn.value).lower().startswith("but")  # "asthma but not diabetes" asks for both
        if turn.kind == "EXCEPT" and not computable(inner):
            return self.unclear(*span, "an exception to what is not understood")
        if turn.kind == "EXCEPT" and (self._kind_of(other, inner) or (not adds and _alike(other, inner))):
            other = all_of([_as_long_as(inner, other), self.judgement(*span)], span)
        rule = all_of([inner, negation(other, span, self.vocabulary)], span)
        return Not(rule, span=span) if isinstance(base, Not) else rule

    def freed(self, rule: Rule, allowance: Rule, span: Span) -> Rule:
        """What a whole list asks, or one member of it, beside an allowance: a person may waive it."""
        if self.side == "inclusion":
            return any_of([rule, allowance], span)
        return all_of([rule, negation(allowance, span, self.vocabulary)], span)

    def all_kinds_of(self, exception: Rule, base: Rule) -> bool:
        """Whether everything in a list of exceptions is one kind of the base: "cancer except basal cell or in situ"."""
        parts = list(leaves(exception))
        return all(isinstance(leaf, Present) and self._kind_of(leaf, base) for leaf in parts)

    def _kind_of(self, exception: Rule, base: Rule) -> bool:
        """Whether an exception is one kind of what it is excepted from: another kind may be there beside it."""
        wide = {leaf.concept for leaf in leaves(base) if isinstance(leaf, Present)}
        if "malignancy" in wide:  # carcinoma in situ is excepted from malignancies, though it is none yet
            wide.add("neoplasm")
        narrow = {leaf.concept for leaf in leaves(exception) if isinstance(leaf, Present)}
        return any(narrow & self.vocabulary.descendants(key) for key in wide)


def _alike(exception: Rule, base: Rule) -> bool:
    """ "Malignancy except carcinoma in situ": findings, or treatments, both: who has the one may have the other too."""
    facts = {leaf.fact for leaf in leaves(base) if isinstance(leaf, Present)}
    return any(isinstance(leaf, Present) and leaf.fact in facts for leaf in leaves(exception))


def _as_long_as(base: Rule, exception: Rule) -> Rule:
    """ "Cancer within 5 years except skin cancer": the exception holds for what was, as the rule does."""
    past = any(isinstance(leaf, Present) and leaf.status != "active" for leaf in leaves(base))
    if past and isinstance(exception, Present):
        return replace(exception, status="any")
    if isinstance(exception, AnyOf):
        return AnyOf(tuple(_as_long_as(base, rule) for rule in exception.rules), span=exception.span)
    return exception


def _same_quantity(base: Rule, exception: Rule) -> bool:
    """ "≤ 1.5 (except X, who must have ≤ 3)": the exception asks for another limit, it does not only free from one."""
    limited = {leaf.variable for leaf in leaves(base) if isinstance(leaf, Measured)}
    again = [isinstance(leaf, Measured) and leaf.variable in limited for leaf in leaves(exception)]
    return any(again) and not all(again)


def permits(rule: Unclear, side: Side) -> bool:
    """Whether words free somebody: "no steroids are permitted" does not; "not applicable to …" does."""
    said = rule.text.lower()
    if said.startswith("not appl"):
        return True
    if rule.reason == ALLOWANCE and not said.startswith("no "):
        return side == "exclusion" or not asks(said)
    return rule.reason in PERMITTING and permitted(rule.text)
