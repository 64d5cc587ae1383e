"""What the members of a list share: the noun behind two adjectives, a person's opinion, the time behind the last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from eligibility.rules.lexicon import adjectives
from eligibility.rules.meaning.brackets import Noun
from eligibility.rules.meaning.joining import all_of, any_of, with_quality
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.relatives import copular, needing
from eligibility.rules.meaning.scope import Scope, present
from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.rules.meaning.sharing_times import state, timeless
from eligibility.rules.meaning.source import Source
from eligibility.rules.rule import AllOf, Graded, Judgement, Not, Present, Rule, Unclear

_FROM: Final = re.compile(r"\b(?:refrain|abstain|stop|discontinue|avoid|forgo|refuse|interrupt|comply)\w*\b(?! .*,)")
_OF_CARE: Final = re.compile(
    r"\b(?:amenable|suitable|candidates?|eligible|ineligible|unfit|indicated|tolerate) (?:to|for)?\b"
)
_REACTION: Final = re.compile(r"\b(?:allerg\w+|hypersensitiv\w+|intoleran\w+|reactions?)\b.{0,20} to\b")
_DESCRIBING: Final = frozenset(("QUALIFIER", "ACTIVE", "CURRENT", "SUSPECTED"))
_SILENT: Final = frozenset(("NOT", "VERB", "HISTORY", "EVER", "CURRENT", "WOMEN", "MEN"))
# "arterial thrombosis or deep vein thrombosis": adjectives that name a kind of their noun stay with it.
_KINDS: Final = frozenset(("arterial", "peripheral", "allergic", "squamous", "nonsquamous", "non-squamous"))
_SEXES: Final = ("WOMEN", "MEN")


@dataclass(frozen=True, slots=True)
class Sharing:
    """Gives members what stands with another of them."""

    source: Source

    def share(self, members: Sequence[Member], clause: Clause) -> None:
        """Give every member of a list what it shares, in place."""
        self._washouts(members)
        self._heads(members, clause)
        self._left_adjectives(members)
        self._judgement(members)
        for at in range(1, len(members)):
            if clause.joints[at - 1].value in ("or", "and"):
                self._adjectives(members[at - 1], members[at], clause.members[at - 1 : at + 1])
            if clause.joints[at - 1].value == "or":
                self._attached(members[at - 1], members[at], clause.members[at])
        words = {clause.joints[at].value for at in range(len(clause.joints))}
        if words == {"or"} or (self.source.side == "inclusion" and words & {"or", "comma_or"} and "and" not in words):
            self._modifier(members)
        self._described_behind(members, clause)
        self._needing_behind(members, clause)
        if self.source.side == "exclusion" and len(members) > 1:
            self._sex(members, clause)

    def _washouts(self, members: Sequence[Member]) -> None:
        """ "At least 4 weeks since prior and | no concurrent chemotherapy": the time is counted from the same thing."""
        for member, behind in pairwise(members):
            if member.rule is None and member.lead is None and member.scope.washout is not None and behind.noun:
                member.rule = present(behind.noun[0], member.scope, member.span, self.source.vocabulary)

    def _heads(self, members: Sequence[Member], clause: Clause) -> None:
        """ "acute and chronic renal insufficiency": adjectives before "and" share the noun behind it."""
        bare: set[int] = set()
        described = False
        for at in range(len(members) - 2, -1, -1):
            member, head = members[at], members[at + 1]
            if member.rule is not None or member.lead is not None or member.scope.start < 0:
                continue
            if clause.joints[at].value == "and" and not member.scope.qualifiers and not member.scope.allergy:
                continue
            if (
                head.noun
                and clause.joints[at].value == "comma"
                and at + 1 not in bare
                and isinstance(head.rule, Present)
            ):
                words = (*member.scope.qualifiers, *head.rule.qualifiers)
                head.rule = replace(head.rule, qualifiers=words, span=(member.span[0], head.span[1]))
            elif head.noun and head.lead is None:
                if at + 1 not in bare:  # "severe and | active autoimmune disease": the noun has its adjective beside it
                    described = any(part.kind in _DESCRIBING for part in clause.members[at + 1])
                bare.add(at)
                member.rule = self._shared(member, head.noun, head.scope, described)
                member.negated, member.noun = head.negated, head.noun
            else:
                member.rule = self.source.unclear(*member.span, "an adjective without a noun")

    def _left_adjectives(self, members: Sequence[Member]) -> None:
        """ "asthma or diabetes, mild": an adjective behind the list may be of any of it."""
        last = members[-1]
        if len(members) > 1 and last.rule is None and last.lead is None and last.scope.start >= 0:
            last.rule = self.source.unclear(*last.span, "an adjective without a noun")

    def _judgement(self, members: Sequence[Member]) -> None:
        """What a person must say goes on over the words joined to it, as one judgement."""
        self._reactions(members)
        for at in range(len(members) - 1, 0, -1):
            before, member = members[at - 1], members[at]
            open_ended = isinstance(member.rule, Judgement | Unclear) or (
                isinstance(member.rule, Present) and not member.own and self._hangs(before, member.rule)
            )
            if before.judged and not member.tested and open_ended and not member.lead:
                before.span = (before.span[0], member.span[1])
                before.rule = self.source.judgement(*before.span)
                member.rule, member.lead = None, None

    def _reactions(self, members: Sequence[Member]) -> None:
        """ "clinically significant reaction to X, | penicillin, or aspirin": it is a reaction to each of them."""
        first = members[0]
        if not first.judged or not _REACTION.search(self.source.words(*first.span).lower()):
            return
        for member in members[1:]:
            if member.own or member.tested or member.rule is None or member.judged:
                return
            first.span = (first.span[0], member.span[1])
            first.rule, member.rule, member.lead = self.source.judgement(*first.span), None, None

    def _hangs(self, before: Member, rule: Present) -> bool:
        """ "clinically significant cardiac | or …", "unwilling to refrain from alcohol | or …": it goes on.

        So does what is said of one treatment: "not amenable to surgery | or radiotherapy".
        """
        words = self.source.words(*before.span).lower()
        if rule.fact in ("treatment", "procedure") and _OF_CARE.search(words):
            return True
        return words.rpartition(" ")[2] in adjectives() or _FROM.search(words) is not None

    def _adjectives(self, before: Member, member: Member, parts: Sequence[Sequence[Part]]) -> None:
        """ "uncontrolled hypertension or diabetes": adjectives before the first may be of both."""
        rule, own = member.rule, parts[1][0].kind != "THING"
        if own or not isinstance(rule, Present) or rule.qualifiers:
            return
        words = before.worded
        kinds = [part.kind for part in parts[0] if part.kind not in _SILENT]
        if isinstance(before.rule, Present) and before.rule.fact == rule.fact and _described(kinds):
            words = before.rule.qualifiers
        member.rule = replace(rule, qualifiers=tuple(word for word in words if word not in _KINDS))

    def _modifier(self, members: Sequence[Member]) -> None:
        """ "simvastatin or lovastatin > 40 mg": words not understood behind the last may be of all of them."""
        last = members[-1].rule
        behind = members[-1]
        if behind.negated and isinstance(behind.before, Present) and isinstance(behind.rule, Unclear):
            for member in members[:-1]:  # "infarction or stroke without clearance"
                if isinstance(member.rule, Present) and not member.negated:
                    member.rule = all_of([member.rule, Not(behind.rule, span=behind.span)], member.span)
            return
        if not isinstance(last, AllOf) or not isinstance(last.rules[0], Present):
            return
        words = [rule for rule in last.rules[1:] if isinstance(rule, Unclear | Judgement)]
        for member in members[:-1]:
            if words and isinstance(member.rule, Present):
                member.rule = all_of([member.rule, *words], member.span)

    def _described_behind(self, members: Sequence[Member], clause: Clause) -> None:
        """ "Diabetes or hypertension that is uncontrolled": what is said of the last may be said of all of them."""
        parts = clause.members[-1]
        said = (part for part in parts if isinstance(part, Piece) and part.kind == "RELATIVE")
        trailing = len(parts) > 1 and parts[-1].kind == "QUALIFIER"  # "haemorrhage or bleeding grade ≥ 3"
        last = members[-1].rule
        if not isinstance(last, Present) or not last.qualifiers or not (trailing or any(map(copular, said))):
            return
        for member in members[:-1]:
            if isinstance(member.rule, Present) and not member.rule.qualifiers and not member.negated:
                member.rule = replace(member.rule, qualifiers=last.qualifiers)

    def _needing_behind(self, members: Sequence[Member], clause: Clause) -> None:
        """ "Acute bacterial or fungal infection requiring antibiotics": what the last requires, all of them may.

        A finding with a time of its own is complete.
        """
        first = 0
        for at, parts in enumerate(clause.members):
            relative = next(
                (p for p in parts[1:] if isinstance(p, Piece) and p.kind == "RELATIVE" and needing(p)), None
            )
            if relative is None or not isinstance(members[at].rule, Present | AllOf):
                continue
            quality = self.source.words(relative.start, parts[-1].end).lower()
            for member in members[first:at]:
                if member.rule is not None and member.negated == members[at].negated and timeless(member.rule):
                    member.rule = with_quality(member.rule, quality)
            first = at + 1

    def _attached(self, before: Member, member: Member, parts: Sequence[Part]) -> None:
        """ "sleep apnea requiring BiPAP or CPAP": what is joined to the last of several things goes with them."""
        rule, other = before.rule, member.rule
        if not isinstance(rule, AllOf) or not isinstance(other, Present) or member.lead is not None:
            return
        things = [thing for thing in rule.rules if isinstance(thing, Present)]
        if len(things) < len(rule.rules):
            return
        span = (before.span[0], member.span[1])
        first, last = things[0], things[-1]
        if other.fact == first.fact != last.fact and parts[0].kind != "THING":
            return  # "infection requiring antibiotics or | other serious infection"
        if last.fact == other.fact != first.fact:
            before.rule = all_of([*things[:-1], any_of([last, other], ((last.span or span)[0], span[1]))], span)
        else:
            before.rule = self.source.unclear(*span, "how far 'or' reaches")
        before.span, member.rule = span, None

    def _sex(self, members: Sequence[Member], clause: Clause) -> None:
        """ "prisoners, pregnant women": a word for the sex behind a noun binds that noun, not the whole list."""
        sexed = [at for at, member in enumerate(members) if member.sex]
        if len(sexed) != 1 or members[sexed[0]].rule is None:
            return
        at = sexed[0]
        leading = clause.members[at][0].kind in _SEXES
        first, joints = at, [joint.value for joint in clause.joints]
        while not leading and first and joints[first - 1] in ("or", "and") and state(members[first - 1].rule):
            first -= 1
        if first == 0 and (leading or at == len(members) - 1):
            return
        guard = Graded("sex", (members[at].sex or "",), span=members[at].span)
        if not leading and not state(members[at].rule):
            for member in members[:at]:
                member.rule = self.source.unclear(*member.span, "limits for men and women, and others")
        members[at].sex = None
        for member in members[at:] if leading else members[first : at + 1]:
            member.rule = all_of([guard, member.rule], member.span) if member.rule is not None else None

    def _shared(self, member: Member, noun: Noun, scope: Scope, described: bool) -> Rule:
        """ "acute and | chronic renal insufficiency": what the adjectives make of the noun they share."""
        key, start, end = noun
        adjective, (first, _, rest) = " ".join(member.scope.qualifiers), self.source.words(start, end).partition(" ")
        rest = rest if first.lower() in adjectives() else ""
        own = member.scope.joined(scope)
        whole = self._things(f"{adjective} {rest}") if adjective and rest else []
        if len(whole) == 1:
            return present(whole[0], own.bare(), member.span, self.source.vocabulary)
        bare = self._things(rest)
        # "measurable or | non-measurable disease", "unresectable or | metastatic disease": what they share is no name
        if not described and (first.lower().startswith("non") or (rest and len(bare) != 1)):
            return self.source.unclear(*member.span, "an adjective without a noun")
        return present(bare[0] if len(bare) == 1 and adjective else key, own, member.span, self.source.vocabulary)

    def _things(self, name: str) -> list[str]:
        """The keys of the concepts of a name: diseases, treatments, states, not quantities."""
        return [
            word.key for word in self.source.vocabulary.by_name(name) if name and word.kind not in ("quantity", "scale")
        ]


def _described(kinds: Sequence[str]) -> bool:
    return len(kinds) > 1 and kinds[-1] == "THING" and set(kinds[:-1]) in ({"QUALIFIER"}, {"ALLERGY"})
