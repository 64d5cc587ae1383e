"""Allowances: "prior chemotherapy is allowed" demands nothing, and may free who has it from what is demanded.

Who has nothing of what is allowed is not freed, so that all else is decided for him; whether what somebody has is
what is allowed, and of what it frees, a person must say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import is_not
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.clauses import without_label
from eligibility.rules.meaning.freeing import permitted, unbound
from eligibility.rules.meaning.joining import all_of, any_of
from eligibility.rules.meaning.sentence import Clause, Piece
from eligibility.rules.meaning.source import ALLOWANCE, PERMITTING
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Graded, Judgement, Measured, Not, Present, Rule, Unclear
from eligibility.spans import Span
from eligibility.vocabulary.judgement import questions

# Words that only permit. "Women with X are eligible" may say whom a trial is for, and so it does not stand alone.
_PERMITS: Final = re.compile(
    r"^(?:(?:is|are|was|were|will be|may be|still) )*(?:still )?(?:allowed|permitted|acceptable)$"
    r"|^may (?:remain|continue|be continued)$|^can (?:continue|be continued)$|^(?:may|can) have$"
    r"|^(?:is |are |will )?not (?:be )?(?:an exclusion|exclusionary|excluded)$|^(?:do|does|will) not exclude$",
)
_DENIED: Final = re.compile(r"^(?:(?:is|are|will be) )?(?:allowed|permitted|acceptable)$")
# A capital within a clause may begin another sentence: "prior chemotherapy allowed No prior radiotherapy".
_BEGINS: Final = re.compile(
    r"(?<=[\w)%] )(?!(?:Sponsor|Medical|Monitor|Investigator|Principal|Study|Gilbert|Crohn|Hodgkin|Grade|Part)\b)"
    r"[A-Z][a-z]+\b(?!'s)"
)
# Words in front that only draw the attention.
_NOTE: Final = re.compile(r"^(?:note|note that|please note|nb|however|in addition|additionally|also)$")
_TESTED: Final = frozenset(("RULE", "ELLIPSIS", "NOT", "EXCLUDED"))
_REFUSED: Final = frozenset(("CASE", "IF", "CAUSE", "REASON", "FAMILY", "COHORT", "AT_MOST", "WHOM"))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What everybody has who has what is allowed; `alone` when its words say nothing but that."""

    needs: Rule
    alone: bool


def asked(clause: Clause) -> Clause | None:
    """ "No prior chemotherapy allowed": the clause without its last word, which is a demand."""
    first, last = clause.members[0], clause.members[-1]
    if first[0].kind != "NOT" or last[-1].kind != "ALLOW" or len(last) < 2:
        return None
    if sum(part.kind == "ALLOW" for part in clause.parts()) > 1 or not _DENIED.match(_said(last[-1])):
        return None
    return Clause((*clause.members[:-1], last[:-1]), clause.joints)


def allowance(clause: Clause, text: str, listed: Callable[[Clause], Rule | None]) -> Allowance | None:
    """What a clause with a word of allowing asks to be there, read by `listed`; None where that cannot be told."""
    if sum(part.kind == "ALLOW" for part in clause.parts()) > 1 or _begins_again(text[clause.start : clause.end]):
        return None
    m = next(at for at, parts in enumerate(clause.members) if any(part.kind == "ALLOW" for part in parts))
    k = next(at for at, part in enumerate(clause.members[m]) if part.kind == "ALLOW")
    word = clause.members[m][k]
    before = [*clause.members[:m], *((clause.members[m][:k],) if k else ())]
    joints = list(clause.joints[: len(before) - 1])
    while before and _NOTE.match(" ".join(text[before[0][0].start : before[0][-1].end].lower().split())):
        before, joints = before[1:], joints[1:]
    if before and any(part.kind == "COLON" for part in before[0]):
        before[0] = tuple(without_label(before[0], text))
    after = clause.members[m][k + 1 :]
    subject = Clause(tuple(before), tuple(joints)) if before and all(before) else None
    if subject is None and after and m + 1 == len(clause.members):
        subject = Clause((after,), ())
    if subject is not None and len(subject.members) > 1 and not subject.kinds.isdisjoint(_TESTED):
        return None  # "haemoglobin ≥ 8 g/dL, transfusion permitted"
    if subject is None or not subject.kinds.isdisjoint(_REFUSED) or any(j.type == "TURN" for j in subject.joints):
        return None
    rule = listed(subject)
    needs = needed(rule) if rule is not None else None
    return None if needs is None else Allowance(needs, _PERMITS.match(_said(word)) is not None)


def _begins_again(words: str) -> bool:
    """Whether a second sentence may begin within words, its full stop lost."""
    said = " ".join(words.split()).partition(" ")[2]
    return _BEGINS.search(f"x {said}") is not None


def _said(part: object) -> str:
    return " ".join(str(part.value).lower().split()) if isinstance(part, Piece) else ""


def needed(rule: Rule) -> Rule | None:
    """What must be there, whenever it was, for a rule to hold; None where something of it may hold without facts."""
    if isinstance(rule, Present):
        return replace(rule, status="any", window=None)
    if isinstance(rule, Measured | Graded):
        return None if isinstance(rule, Graded) and rule.scale == "sex" else rule
    if isinstance(rule, AllOf):
        parts = [part for inner in rule.rules if (part := needed(inner)) is not None]
        return all_of(parts, rule.span or (0, 0)) if parts else None
    if isinstance(rule, AnyOf):
        parts = [part for inner in rule.rules if (part := needed(inner)) is not None]
        return any_of(parts, rule.span or (0, 0)) if len(parts) == len(rule.rules) else None
    return None


def granted(rule: Rule, allowed: Mapping[Span, Allowance | None], side: Side) -> Rule:
    """The rule, each allowance in the place of its words; a lone one frees from nothing in this line."""
    if not allowed:
        return rule
    if not isinstance(rule, Unclear):
        first = min((leaf.span[0] for leaf in leaves(rule) if leaf.span), default=0)
        return _Granting(allowed, first if side == "inclusion" else -1).within(rule, side == "inclusion")
    found = _found(rule, allowed)
    if rule.span is None or (found is None and (rule.reason not in PERMITTING or not unbound(rule.text, side))):
        return rule
    judgement = Judgement(rule.text, span=rule.span)
    if found is None:
        return judgement
    if not found.alone:
        needs = beside(found.needs)
        if needs is None:
            return rule
        found = replace(found, needs=needs)
    if side == "exclusion":
        return all_of([found.needs, judgement], rule.span)
    freed = _untested(found.needs)
    return judgement if freed is None else any_of([Not(freed, span=rule.span), judgement], rule.span)


def _untested(needs: Rule) -> Rule | None:
    """What is permitted, without its limits: "creatinine up to 2 mg/dL is allowed" frees nobody who is above."""
    if isinstance(needs, Measured | Graded):
        return needs if isinstance(needs, Measured) and needs.variable == "age" else None
    if not isinstance(needs, AllOf | AnyOf):
        return needs
    parts = [part for inner in needs.rules if (part := _untested(inner)) is not None]
    if not parts or (isinstance(needs, AnyOf) and len(parts) < len(needs.rules)):
        return None
    return replace(needs, rules=tuple(parts)) if len(parts) > 1 else parts[0]


def _found(rule: Unclear, allowed: Mapping[Span, Allowance | None]) -> Allowance | None:
    return allowed.get(rule.span or (-1, -1)) if rule.reason == ALLOWANCE else None


def beside(needs: Rule) -> Rule | None:
    """ "Patients with treated brain metastases are eligible": the disease that trials take patients in spite of."""
    first = next((leaf for leaf in leaves(needs) if isinstance(leaf, Present)), None)
    if first is None or first.concept not in questions().beside:
        return None
    return replace(first, qualifiers=())


@dataclass(frozen=True, slots=True)
class _Granting:
    """Puts allowances in the place of their words; those at the `first` place may say whom a trial is for."""

    allowed: Mapping[Span, Allowance | None]
    first: int

    def within(self, rule: Rule, frees: bool) -> Rule:
        """The same of a rule; `frees` where what holds there lets a patient in."""
        if isinstance(rule, Unclear):
            return self._of(rule, frees)
        if isinstance(rule, Not):
            inner = self.within(rule.rule, not frees)
            return replace(rule, rule=inner) if inner is not rule.rule else rule
        if isinstance(rule, AllOf | AnyOf | AtLeast):
            parts = [self.within(inner, frees) for inner in rule.rules]
            return replace(rule, rules=tuple(parts)) if any(map(is_not, parts, rule.rules)) else rule
        return rule

    def _of(self, rule: Unclear, frees: bool) -> Rule:
        found = _found(rule, self.allowed)
        if rule.span is None or (found is None and (rule.reason not in PERMITTING or not frees)):
            return rule
        opens = rule.span[0] == self.first
        if found is None and not (unbound(rule.text) if opens else permitted(rule.text)):
            return rule
        judgement = Judgement(rule.text, span=rule.span)
        return judgement if found is None else all_of([found.needs, judgement], rule.span)
