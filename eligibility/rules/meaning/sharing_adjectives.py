"""Adjectives over a list: before a noun that several share, before the first of the members, behind the last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from eligibility.rules.lexicon import adjectives
from eligibility.rules.meaning.brackets import Noun
from eligibility.rules.meaning.joining import all_of, any_of
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.relatives import copular, needing
from eligibility.rules.meaning.scope import Scope, present
from eligibility.rules.meaning.sentence import Bracket, Clause, Part, Piece
from eligibility.rules.meaning.source import Source
from eligibility.rules.rule import AllOf, Graded, Present, Rule, Unclear
from eligibility.spans import Span

_DESCRIBING: Final = frozenset(("QUALIFIER", "ACTIVE", "CURRENT", "SUSPECTED"))
_SILENT: Final = frozenset(("NOT", "VERB", "HISTORY", "EVER", "CURRENT", "WOMEN", "MEN"))
# "arterial thrombosis or deep vein thrombosis": adjectives that name a kind of their noun stay with it.
_KINDS: Final = frozenset(("arterial", "peripheral", "allergic", "squamous", "nonsquamous", "non-squamous"))
_GIVEN: Final = frozenset(("treatment", "procedure", "allergy"))
_UNHEALED: Final = "non_healing_wound"
_WOUNDS: Final = frozenset((_UNHEALED, "wound"))
_HEALING: Final = re.compile("wound|ulcer|fracture|fistula")
_OWN: Final = re.compile(
    r"treated|resected|cured|excised|stage|grade|lifetime|requir|invasive|superficial|high|low|oral"
)
OVER_LIST: Final = "an adjective that may be of the whole list"
# Adjectives that exclude each other, so that what stands before the first of two is of both.
_CONTRARY: Final = (
    frozenset(("acute", "chronic", "subacute")),
    frozenset(("mild", "moderate", "severe")),
    frozenset(("primary", "secondary")),
    frozenset(("congenital", "acquired", "hereditary")),
    frozenset(("unilateral", "bilateral")),
)


@dataclass(frozen=True, slots=True)
class SharingAdjectives:
    """Gives members the adjectives that stand with another of them; where that is not known they are not understood."""

    source: Source

    def heads(self, members: Sequence[Member], clause: Clause) -> None:
        """ "acute and chronic renal insufficiency": adjectives before "and" share the noun behind it."""
        bare: set[int] = set()
        beyond: dict[int, tuple[str, ...]] = {}
        described = False
        judged = members[-1] if members[-1].judged and not members[-1].tested else None
        for at in range(len(members) - 2, -1, -1):
            member, head = members[at], members[at + 1]
            if judged and _only_described(clause.members[at]):
                judged.span = (member.span[0], judged.span[1])  # "acute | or chronic clinically significant disease"
                judged.rule, member.rule = self.source.judgement(*judged.span), None
                continue
            judged = member if member.judged and not member.tested else None
            if member.rule is not None or member.lead is not None or member.scope.start < 0:
                continue
            if clause.joints[at].value == "and" and not member.scope.qualifiers and not member.scope.allergy:
                continue
            if self._names_kind(head) and not self._names_kind(member) and clause.joints[at].value == "comma":
                member.rule = self.source.unclear(*member.span, "an adjective without a noun")
            elif (
                head.noun
                and clause.joints[at].value == "comma"
                and at + 1 not in bare
                and (both := _with_adjectives(head.rule, member.scope.qualifiers, (member.span[0], head.span[1])))
            ):
                # "relapsed or refractory, | advanced solid tumor": what is said behind the comma is of either
                beyond[at] = head.rule.qualifiers if isinstance(head.rule, Present) else ()
                head.rule, member.noun = both, head.noun if beyond[at] else None
            elif head.noun and head.lead is None:
                if at + 1 not in bare:  # "severe and | active autoimmune disease": the noun has its adjective beside it
                    described = any(part.kind in _DESCRIBING for part in clause.members[at + 1])
                bare.add(at)
                self._over_both(member, head, any(part.kind == "ACTIVE" for part in clause.members[at + 1]))
                shared = self._shared(member, head.noun, head.scope, described)
                member.rule = all_of([*_told_before(head, head.noun), shared], member.span)
                if beyond.get(at + 1) and isinstance(shared, Present):
                    self._either(
                        member, members[at + 2], replace(shared, qualifiers=shared.qualifiers + beyond[at + 1])
                    )
                # "advanced or metastatic disease | with no cure": the noun stands before what is denied
                member.negated, member.noun = head.negated and head.before is None, head.noun
            else:
                member.rule = self.source.unclear(*member.span, "an adjective without a noun")

    def _either(self, member: Member, whole: Member, rule: Rule) -> None:
        """ "relapsed | or refractory, | advanced solid tumor": one noun, which is one or the other."""
        span = (member.span[0], whole.span[1])
        whole.rule = any_of([rule, whole.rule or rule], span)
        whole.span, member.rule = span, None

    def _over_both(self, member: Member, head: Member, active: bool) -> None:
        """ "significant acute or | chronic infection": what stands before the first of two that exclude each other."""
        *outer, last = member.scope.qualifiers or ("",)
        if not outer or not isinstance(head.rule, Present) or head.noun is None:
            return
        own = (*head.rule.qualifiers, self.source.words(*head.noun[1:]).partition(" ")[0].lower())[0]
        if (active and not head.rule.qualifiers) or _contrary(last, own):
            head.rule = replace(head.rule, qualifiers=(*outer, *head.rule.qualifiers))

    def told(self, members: Sequence[Member], clause: Clause) -> None:
        """ "Breast cancer that is advanced or metastatic", "…, advanced or metastatic": all said of one noun."""
        first, behind = members[0], members[1:]
        trailing = isinstance(clause.members[0][-1], Piece) and clause.members[0][-1].kind == "QUALIFIER"
        listed = clause.joints[0].value == "comma" and clause.members[0][-1].kind == "THING"
        if not isinstance(first.rule, Present) or not (trailing or listed) or not all(map(_adjectival, behind)):
            return
        if any({part.kind for part in parts} != {"QUALIFIER"} for parts in clause.members[1:]):
            return
        shared = first.rule.qualifiers[: len(first.rule.qualifiers) - trailing]
        for member in behind:
            member.rule = replace(first.rule, qualifiers=(*shared, *member.scope.qualifiers))
            member.negated, member.scope = first.negated, first.scope
        if listed:
            first.rule = None

    def left(self, members: Sequence[Member]) -> None:
        """ "asthma or diabetes, mild": an adjective behind the list may be of any of it."""
        last = members[-1]
        if len(members) > 1 and last.rule is None and last.lead is None and last.scope.start >= 0:
            last.rule = self.source.unclear(*last.span, "an adjective without a noun")

    def of_two(self, before: Member, member: Member, parts: Sequence[Sequence[Part]]) -> None:
        """ "uncontrolled hypertension or diabetes": adjectives before the first may be of both."""
        rule, own = member.rule, parts[1][0].kind != "THING"
        if own or not isinstance(rule, Present) or rule.qualifiers:
            return
        if self._names_kind(before):
            return
        words = before.worded
        kinds = [part.kind for part in parts[0] if part.kind not in _SILENT]
        if isinstance(before.rule, Present) and before.rule.fact == rule.fact and _described(kinds):
            words = before.rule.qualifiers
        member.rule = replace(rule, qualifiers=tuple(word for word in words if word not in _KINDS))

    def _unhealed(self, first: Present, rest: Sequence[Member], parts: Sequence[Sequence[Part]]) -> None:
        """ "Serious, non-healing wound, | ulcer, or bone fracture": so is each of them."""
        words = (*first.qualifiers, *(("non-healing",) if first.concept == _UNHEALED else ()))
        for member, own in zip(rest, parts, strict=True):
            rule = member.rule
            if any(part.kind == "ACTIVE" for part in own):
                continue
            bare = isinstance(rule, Present) and rule.qualifiers in ((), words)
            if not isinstance(rule, Present) or not bare or not _HEALING.search(rule.concept):
                return
            member.rule = replace(rule, qualifiers=words)

    def _names_kind(self, member: Member) -> bool:
        """ "thrombotic or | hemorrhagic stroke": an adjective that stands for the name of a kind is of nothing else."""
        if member.noun is None or not isinstance(member.rule, Present):
            return False
        return self.source.words(*member.noun[1:]).lower() in member.rule.qualifiers

    def before(self, members: Sequence[Member], clause: Clause) -> None:
        """ "Severe nausea, vomiting or diarrhea": an adjective before a list of bare things may be of each of them."""
        at = 0  # "uncontrolled | or symptomatic angina, arrhythmia or heart failure"
        while at < len(members) - 2 and _only_described(clause.members[at][-1:]):
            at += 1
        first, rest = members[at].rule, members[at + 1 :]
        if not isinstance(first, Present):
            return
        if first.concept in _WOUNDS:
            if all(member.rule is None for member in members[:at]):
                self._unhealed(first, rest, clause.members[at + 1 :])
            return
        if not first.qualifiers or "comma" not in str(clause.joints[at].value):
            return
        if self._names_kind(members[at]):
            return
        kinds = [[part.kind for part in parts if part.kind not in _SILENT] for parts in clause.members[at:]]
        if kinds[0] not in (["QUALIFIER", "THING"], ["THING"][: bool(at)]) or any(
            kind != ["THING"] for kind in kinds[1:]
        ):
            return
        graded = first.fact == "condition"  # "… or ascites" is a finding too
        alike = all(
            m.rule.fact == first.fact if isinstance(m.rule, Present) else graded and isinstance(m.rule, Graded)
            for m in rest
        )
        named = (self.source.words(*member.span).partition(" ")[0].lower() for member in rest)
        if any(word in adjectives() for word in named):
            return  # "uncontrolled hypertension, unstable angina": each has its own
        if alike and _loose(first.qualifiers[-1]):
            span = (members[0].span[0], members[-1].span[1])
            members[0].rule, members[0].span = self.source.unclear(*span, OVER_LIST), span
            members[0].negated = False
            for member in members[1:]:
                member.rule = None

    def behind(self, members: Sequence[Member], clause: Clause) -> None:
        """ "Diabetes or hypertension that is uncontrolled": what is said of the last may be said of all of them."""
        parts = clause.members[-1]
        parts = parts[:-1] if isinstance(parts[-1], Bracket) else parts
        said = (part for part in parts if isinstance(part, Piece) and part.kind == "RELATIVE")
        trailing = len(parts) > 1 and parts[-1].kind == "QUALIFIER"  # "haemorrhage or bleeding grade ≥ 3"
        last = members[-1].rule
        if not isinstance(last, Present) or not last.qualifiers or not (trailing or any(map(copular, said))):
            return
        if trailing and needing(parts[-1]):
            return
        for member in members[:-1]:
            alike = members[-1].negated or not member.negated
            alike = alike and isinstance(member.rule, Present) and (member.rule.fact in _GIVEN) == (last.fact in _GIVEN)
            if isinstance(member.rule, Present) and not member.rule.qualifiers and alike:
                member.rule = replace(member.rule, qualifiers=last.qualifiers[-1:] if trailing else last.qualifiers)

    def _shared(self, member: Member, noun: Noun, scope: Scope, described: bool) -> Rule:
        """ "acute and | chronic renal insufficiency": what the adjectives make of the noun they share.

        So of the noun without the word that names a kind: "uncontrolled or | pulmonary hypertension".
        """
        key, start, end = noun
        adjective, (first, _, rest) = " ".join(member.scope.qualifiers), self.source.words(start, end).partition(" ")
        kind = first.lower() in adjectives()
        own = member.scope.joined(scope)
        *outer, last = member.scope.qualifiers or ("",)
        for said, left in ((adjective, []), (last, outer)) if rest and last and (kind or not described) else ():
            whole = self._things(f"{said} {rest}")
            if not kind:  # "autoimmune or | immunodeficiency disease"; "metastatic or breast cancer"
                whole = whole if len(whole) == 1 else self._things(f"{said} {rest.rpartition(' ')[2]}")
                whole = [key for key in whole if key != "metastasis"]
            if len(whole) == 1:  # "localized squamous or | basal cell carcinoma"
                bare_scope = own.describing(tuple(left), own.start)
                return present(whole[0], bare_scope, member.span, self.source.vocabulary)
        named = adjective or member.scope.current  # "previously diagnosed or | undiagnosed chronic liver disease"
        # "relapsed or | refractory diffuse large B-cell lymphoma": a noun with its own adjective is shared as it stands
        apart = not described or _contrary(last, first.lower())
        bare = self._things(rest) if apart else []
        # "measurable or | non-measurable disease", "unresectable or | metastatic disease": what they share is no name
        if not described and (first.lower().startswith("non") or (kind and rest and len(bare) != 1)):
            return self.source.unclear(*member.span, "an adjective without a noun")
        return present(bare[0] if len(bare) == 1 and named else key, own, member.span, self.source.vocabulary)

    def _things(self, name: str) -> list[str]:
        """The keys of the concepts of a name: diseases, treatments, states, not quantities."""
        return [
            word.key for word in self.source.vocabulary.by_name(name) if name and word.kind not in ("quantity", "scale")
        ]


def _only_described(parts: Sequence[Part]) -> bool:
    """Whether a member is nothing but adjectives."""
    return all(part.kind in ("QUALIFIER", "ACTIVE") for part in parts)


def _told_before(head: Member, noun: Noun) -> list[Rule]:
    """ "recurrent or | refractory CD19+ leukemia": tests before the noun that is shared, which go with it."""
    if not isinstance(head.rule, AllOf):
        return []
    return [rule for rule in head.rule.rules if isinstance(rule, Graded) and (rule.span or noun[1:])[1] <= noun[1]]


def _with_adjectives(rule: Rule | None, words: tuple[str, ...], span: Span) -> Rule | None:
    """ "Active, | serious infection requiring treatment": more adjectives of a finding of which something is said."""
    match rule:
        case Present():
            return replace(rule, qualifiers=(*words, *rule.qualifiers), span=span)
        case AllOf(rules=(Present() as first, Unclear() as behind)):
            named = replace(first, qualifiers=(*words, *first.qualifiers), span=first.span or span)
            return replace(rule, rules=(named, behind), span=span)
    return None


def _contrary(one: str, other: str) -> bool:
    return any({one, other} <= kinds for kinds in _CONTRARY)


def _loose(adjective: str) -> bool:
    """Whether an adjective may be of several findings: none that names a kind or a cure."""
    return adjective not in _KINDS and not _OWN.search(adjective)


def _described(kinds: Sequence[str]) -> bool:
    return len(kinds) > 1 and kinds[-1] == "THING" and set(kinds[:-1]) in ({"QUALIFIER"}, {"ALLERGY"})


def _adjectival(member: Member) -> bool:
    """Whether nothing but adjectives was read."""
    return member.rule is None and member.lead is None and bool(member.scope.qualifiers)
