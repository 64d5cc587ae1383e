"""Members of a list that speak of women, of men, or of both."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.allowing import Allowance
from eligibility.rules.meaning.clauses import binding, labelled, pieces_of
from eligibility.rules.meaning.joining import all_of, any_of
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.sentence import Clause
from eligibility.rules.meaning.source import ONE_SEX, Source
from eligibility.rules.rule import AllOf, Graded, Judgement, Measured, Not, Present, Rule, Unclear
from eligibility.spans import Span
from eligibility.vocabulary.tables import Vocabulary

_PAIR: Final = 2
_FEWEST: Final = 3


class Sexes(ABC):
    """Binds what is said of one sex to it."""

    def __init__(self, text: str, side: Side, vocabulary: Vocabulary) -> None:
        self.source, self.side, self.vocabulary = Source(text, side, vocabulary), side, vocabulary
        self.allowed: dict[Span, Allowance | None] = {}

    @abstractmethod
    def _each(self, rules: Sequence[Rule], span: Span) -> Rule:
        """Every requirement of an inclusion, any reason of an exclusion."""

    @abstractmethod
    def _whole(self, member: Member) -> Rule | None:
        """A member by itself, with its lead and its negation."""

    def _for_sex(
        self, rule: Rule | None, members: Sequence[Member], span: Span, clause: Clause | None = None
    ) -> Rule | None:
        """ "Women must …" binds women only; "women aged …" may ask for women: then what it says of men is unclear."""
        sexes = {member.sex for member in members if member.sex}
        if not sexes:
            return rule
        if len(sexes) > 1:
            return self._by_sex(members, span)
        guard = Graded("sex", (sexes.pop(),), span=span)
        if rule is None:
            return guard
        if self.side == "exclusion":
            return all_of([guard, rule], span)
        named = [part for part in clause.parts() if part.kind in ("WOMEN", "MEN")] if clause else []
        if (
            clause is None
            or not named
            or members[0].negated
            or isinstance(rule, Judgement)
            or binding(clause)
            or (labelled(clause) and _of_values(rule))
        ):
            return any_of([Not(guard, span=span), rule], span)
        kinds = {leaf.kind for leaf in leaves(rule)}
        if {"judgement", "present"} <= kinds:  # "men receiving X … will be instructed to …"
            return self.source.unclear(*span, ONE_SEX)
        asked = self.source.unclear(named[0].start, named[0].end, ONE_SEX)
        return any_of([all_of([guard, rule], span), all_of([Not(guard, span=span), asked], span)], span)

    def _by_sex(self, members: Sequence[Member], span: Span) -> Rule:
        """ "creatinine > 2.5 in men or > 2.0 in women": each limit binds its own sex."""
        if self.side == "inclusion" and members[-1].judged:
            return self.source.judgement(*span)
        shared = self._both_sexes(members, span)
        if shared is not None:
            return shared
        if not all(member.sex and member.rule is not None for member in members):
            return self.source.unclear(*span, "limits for men and women, and others")
        rules = [self._for_sex(self._whole(member), [member], member.span) for member in members]
        return self._each([rule for rule in rules if rule is not None], span)

    def _paired(self, members: list[Member], clause: Clause) -> tuple[list[Member], Clause]:
        """ "QTc > 450 ms in men or > 470 ms in women, or heart block": the two limits are one member of the list."""
        if len(members) < _FEWEST or sum(member.sex is not None for member in members) != _PAIR:
            return members, clause
        at = next((i for i, pair in enumerate(pairwise(members)) if _pair(*pair)), None)
        if at is None:
            return members, clause
        one, other = members[at : at + _PAIR]
        rules = [self._for_sex(member.rule, [member], member.span) for member in (one, other)]
        span = (one.span[0], other.span[1])
        rule = self._each([rule for rule in rules if rule is not None], span)
        both = Member(rule, one.scope, span, tested=True, own=True)
        parts = (*clause.members[at], *clause.members[at + 1])
        kept = (*clause.members[:at], parts, *clause.members[at + _PAIR :])
        joints = (*clause.joints[:at], *clause.joints[at + 1 :])
        return [*members[:at], both, *members[at + _PAIR :]], Clause(kept, joints)

    def _both_sexes(self, members: Sequence[Member], span: Span) -> Rule | None:
        """ "Men or non-pregnant women between 18 and 65": what is no state of one sex is asked of both."""
        if members[0].rule is not None or members[0].lead is not None or not all(member.sex for member in members):
            return None
        said = [(member, rule) for member in members if (rule := self._whole(member)) is not None]
        parts = [(m, part) for m, rule in said for part in (rule.rules if isinstance(rule, AllOf) else (rule,))]
        common = [part for _, part in parts if not _of_one_sex(part)]
        own = [(m, part) for m, part in parts if _of_one_sex(part)]
        if not common or (own and self.side == "exclusion"):
            return None
        bound = [self._for_sex(part, [m], m.span) for m, part in own]
        return all_of([*common, *(rule for rule in bound if rule is not None)], span)

    def _of_one_sex(self, head: Sequence[Clause], listed: Rule, span: Span) -> Rule:
        """ "Women:" over a list: it binds women only."""
        sexes = {part.kind for part in pieces_of(head)} & {"WOMEN", "MEN"}
        if len(sexes) != 1:
            return listed
        guard = Graded("sex", ("female" if sexes == {"WOMEN"} else "male",), span=span)
        if self.side == "exclusion":
            return all_of([guard, listed], span)
        return any_of([Not(guard, span=span), listed], span)


def _pair(one: Member, other: Member) -> bool:
    """Whether two members are limits of one quantity for either sex."""
    if one.sex is None or other.sex is None or one.sex == other.sex or one.lead or other.lead:
        return False
    if one.negated or other.negated or one.rule is None or other.rule is None:
        return False
    limited = [
        {leaf.variable for leaf in leaves(rule) if isinstance(leaf, Measured)} for rule in (one.rule, other.rule)
    ]
    return len(limited[0]) == 1 and limited[0] == limited[1] and _of_values(one.rule) and _of_values(other.rule)


def _of_values(rule: Rule) -> bool:
    """Whether a rule compares what is measured: "men: haemoglobin ≥ 13 g/dL" binds men, "men: 18-45 years" may ask."""
    parts = list(leaves(rule))
    return all(isinstance(leaf, Measured | Unclear) for leaf in parts) and any(
        isinstance(leaf, Measured) and leaf.variable != "age" for leaf in parts
    )


def _of_one_sex(rule: Rule) -> bool:
    """Whether a rule is of a state ("not pregnant") that only one sex can be in."""
    return all(isinstance(leaf, Present) and leaf.fact == "state" for leaf in leaves(rule))
