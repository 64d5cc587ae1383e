"""What the members of a list share: what they require, a person's opinion, what stands behind the last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from eligibility.rules.lexicon import adjectives
from eligibility.rules.meaning.joining import all_of, any_of, with_quality
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.relatives import needing
from eligibility.rules.meaning.scope import present
from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.rules.meaning.sharing_adjectives import SharingAdjectives
from eligibility.rules.meaning.sharing_times import state, timeless
from eligibility.rules.meaning.source import UNKNOWN, Source
from eligibility.rules.rule import AllOf, AnyOf, Graded, Judgement, Not, Present, Rule, Unclear

_FROM: Final = re.compile(r"\b(?:refrain|abstain|stop|discontinue|avoid|forgo|refuse|interrupt|comply)\w*\b(?! .*,)")
_OF_CARE: Final = re.compile(
    r"\b(?:amenable|suitable|candidates?|eligible|ineligible|unfit|indicated|tolerate) (?:to|for)?\b"
)
_PLANS: Final = re.compile(
    r"\b(?:plan(?:s|ned|ning)?|intend(?:s|ing|ed)?|intention|anticipat\w+|expect(?:s|ed|ing)?) (?:to|on)\b|\bprovide\b"
    r"|\b(?:(?:un)?able|(?:un)?willing(?:ness)?|(?:in)?ability|refus\w+|agree\w*|consent\w*)(?: or \w+)? to"
    r" (?:take|receive|undergo|abstain|refrain|stop|discontinue|avoid|use|tolerate)\b"
)
_DONE: Final = frozenset(("treatment", "procedure", "allergy"))
# So many words that are not understood may be the name of one treatment.
_FEW: Final = 4
_GIVEN: Final = ("treatment", "procedure")
_REACTION: Final = re.compile(r"\b(?:allerg\w+|hypersensitiv\w+|intoleran\w+|reactions?)\b.{0,20} to\b")
_NEEDING: Final = ("RELATIVE", "QUALIFIER")
_SEXES: Final = ("WOMEN", "MEN")


@dataclass(frozen=True, slots=True)
class Sharing:
    """Gives members what stands with another of them."""

    source: Source

    def share(self, members: Sequence[Member], clause: Clause) -> None:
        """Give every member of a list what it shares, in place."""
        adjectives_of = SharingAdjectives(self.source)
        self._washouts(members)
        adjectives_of.told(members, clause)
        adjectives_of.heads(members, clause)
        adjectives_of.left(members)
        self._judgement(members)
        self._runs(members, clause)
        holder = members[0]
        for at in range(1, len(members)):
            holder = members[at - 1] if members[at - 1].rule is not None else holder
            if clause.joints[at - 1].value in ("or", "and"):
                adjectives_of.of_two(members[at - 1], members[at], clause.members[at - 1 : at + 1])
            if clause.joints[at - 1].value == "or":
                self._attached(holder, members[at], clause.members[at])
        words = {clause.joints[at].value for at in range(len(clause.joints))}
        if words == {"or"} or (self.source.side == "inclusion" and words & {"or", "comma_or"} and "and" not in words):
            self._modifier(members)
        adjectives_of.before(members, clause)
        adjectives_of.behind(members, clause)
        self._needing_behind(members, clause)
        if self.source.side == "exclusion" and len(members) > 1:
            self._sex(members, clause)

    def _washouts(self, members: Sequence[Member]) -> None:
        """ "At least 4 weeks since prior and | no concurrent chemotherapy": the time is counted from the same thing."""
        for member, behind in pairwise(members):
            if (
                member.rule is None
                and member.lead is None
                and member.scope.washout is not None
                and behind.noun
                and (not member.scope.qualifiers)
            ):
                member.rule = present(behind.noun[0], member.scope, member.span, self.source.vocabulary)

    def _judgement(self, members: Sequence[Member]) -> None:
        """What a person must say goes on over the words joined to it, as one judgement."""
        self._reactions(members)
        self._planned(members)
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

    def _planned(self, members: Sequence[Member]) -> None:
        """ "planning to receive chemotherapy, | surgery or radiotherapy": each of them is planned."""
        for at, first in enumerate(members[:-1]):
            if not first.judged or not _PLANS.search(self.source.words(*first.span).lower()):
                continue
            for member in members[at + 1 :]:
                if not _of_care(member) or member.own or member.negated or member.scope.history or member.scope.ever:
                    break
                first.span = (first.span[0], member.span[1])
                first.rule, member.rule = self.source.judgement(*first.span), None

    def _hangs(self, before: Member, rule: Present) -> bool:
        """ "clinically significant cardiac | or …", "unwilling to refrain from alcohol | or …": it goes on.

        So does what is said of one treatment: "not amenable to surgery | or radiotherapy".
        """
        words = self.source.words(*before.span).lower()
        if rule.fact in ("treatment", "procedure") and _OF_CARE.search(words):
            return True
        return words.rpartition(" ")[2] in adjectives() or _FROM.search(words) is not None

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
        given, judged = last.rules[0].fact in _DONE, any(isinstance(rule, Judgement) for rule in words)
        for member in members[:-1]:
            bare = isinstance(member.rule, Present) and timeless(member.rule)  # what has its own time is complete
            if words and bare and isinstance(member.rule, Present) and (judged or (member.rule.fact in _DONE) == given):
                member.rule = all_of([member.rule, *words], member.span)  # not "migraine or surgery | to the head"

    def _needing_behind(self, members: Sequence[Member], clause: Clause) -> None:
        """ "Acute bacterial or fungal infection requiring antibiotics": what the last requires, all of them may.

        A finding with a time of its own is complete.
        """
        first = 0
        for at, parts in enumerate(clause.members):
            relative = next((p for p in parts[1:] if isinstance(p, Piece) and p.kind in _NEEDING and needing(p)), None)
            if relative is None or not isinstance(members[at].rule, Present | AllOf):
                continue
            end = parts[-1].end if relative.kind == "RELATIVE" else relative.end
            quality = self.source.words(relative.start, end).lower()
            for member in members[first:at]:
                given = isinstance(member.rule, Present) and member.rule.fact in _GIVEN  # "antibiotics, or infection …"
                if member.rule is None or given or member.negated != members[at].negated:
                    continue
                if timeless(member.rule):
                    member.rule = with_quality(member.rule, quality)
            first = at + 1

    def _runs(self, members: Sequence[Member], clause: Clause) -> None:
        """ "cancer treated with chemotherapy, radiotherapy or surgery": a list behind the last of several things.

        What is given goes with it, and so do kinds of it; of other findings it is not known ("diabetes with A or B").
        """
        for at in range(len(members) - 2):
            before, joints = members[at], [str(joint.value) for joint in clause.joints]
            if joints[at] != "comma" or not isinstance(before.rule, AllOf) or before.lead is not None:
                continue
            things = [thing for thing in before.rule.rules if isinstance(thing, Present)]
            end = self._run(members, clause, at)
            if len(things) < len(before.rule.rules) or end == at or things[0].fact != "condition":
                continue
            span = (before.span[0], members[end].span[1])
            others = [member.rule for member in members[at + 1 : end + 1] if member.rule is not None]
            last = things[-1]
            kinds = self.source.vocabulary.descendants(things[0].concept)
            whole = all(isinstance(rule, Present) and rule.concept in kinds for rule in (last, *others))
            if whole or (last.fact != "condition" and all(map(_given, others))):  # "infection with A, B or C"
                either = any_of([last, *others], ((last.span or span)[0], span[1]))
                before.rule = all_of([*things[:-1], either], span)
            else:
                before.rule = self.source.unclear(*span, "how far 'or' reaches")
            before.span = span
            for member in members[at + 1 : end + 1]:
                member.rule = None

    def _run(self, members: Sequence[Member], clause: Clause, at: int) -> int:
        """The last of the bare things behind a member up to an "or"; the member itself where there are none."""
        end = at
        for behind in range(at + 1, len(members)):
            member, joint = members[behind], clause.joints[behind - 1].value
            kinds = [part.kind for part in clause.members[behind] if part.kind != "WINDOW"]
            if kinds != ["THING"] or not isinstance(member.rule, Present) or joint not in ("comma", "or", "comma_or"):
                break
            if joint != "comma":
                end = behind
                break
        return end

    def _attached(self, before: Member, member: Member, parts: Sequence[Part]) -> None:
        """ "sleep apnea requiring BiPAP or CPAP or O2": what is joined to the last of several things goes with them."""
        rule, other = before.rule, member.rule
        if not isinstance(rule, AllOf) or not isinstance(other, Present) or member.lead is not None:
            return
        group = rule.rules[-1].rules if isinstance(rule.rules[-1], AnyOf) else rule.rules[-1:]
        things = [thing for thing in (*rule.rules[:-1], *group) if isinstance(thing, Present)]
        if len(things) < len(rule.rules) - 1 + len(group):
            return
        span = (before.span[0], member.span[1])
        first, last = things[0], things[-1]
        if other.fact == first.fact != last.fact and parts[0].kind != "THING":
            return  # "infection requiring antibiotics or | other serious infection"
        if last.fact == other.fact != first.fact:
            either = any_of([*group, other], ((group[0].span or span)[0], span[1]))
            before.rule = all_of([*rule.rules[:-1], either], span)
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


def _of_care(member: Member) -> bool:
    """Whether a member is a treatment, or a few words, with no time of its own but for how long."""
    rule = member.rule
    if isinstance(rule, Unclear):
        return member.lead is None and rule.reason == UNKNOWN and len(rule.text.split()) < _FEW
    known = isinstance(rule, Present) and rule.fact in _GIVEN and (rule.window is None or rule.window.kind == "for")
    return known and member.lead is None


def _given(rule: Rule) -> bool:
    return isinstance(rule, Present) and rule.fact != "condition"
