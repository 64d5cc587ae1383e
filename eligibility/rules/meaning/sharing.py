"""What the members of a list share: the noun behind two adjectives, a person's opinion, the time behind the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from eligibility.rules.meaning.brackets import Noun
from eligibility.rules.meaning.members import Member
from eligibility.rules.meaning.scope import Scope, present
from eligibility.rules.meaning.source import NARROWING, Source
from eligibility.rules.rule import Judgement, Present, Rule, Unclear


@dataclass(frozen=True, slots=True)
class Sharing:
    """Gives members what stands with another of them."""

    source: Source

    def share(self, members: Sequence[Member]) -> None:
        """Give every member of a list what it shares, in place."""
        self._heads(members)
        self._left_adjectives(members)
        self._judgement(members)

    def _heads(self, members: Sequence[Member]) -> None:
        """ "acute and chronic renal insufficiency": adjectives before "and" share the noun behind it."""
        for at in range(len(members) - 2, -1, -1):
            member, head = members[at], members[at + 1]
            if member.rule is not None or member.lead is not None or member.scope.start < 0:
                continue
            if head.noun:
                member.rule = self._shared(member, head.noun, head.scope)
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
        for at in range(len(members) - 1, 0, -1):
            before, member = members[at - 1], members[at]
            if before.judged and not member.tested and isinstance(member.rule, Judgement | Unclear) and not member.lead:
                before.span = (before.span[0], member.span[1])
                before.rule = self.source.judgement(*before.span)
                member.rule, member.lead = None, None

    def window(self, members: Sequence[Member]) -> None:
        """ "stroke or myocardial infarction within 6 months": the time behind a list holds for all of it."""
        last = members[-1].rule
        bare = [m for m in members[:-1] if isinstance(m.rule, Present) and m.rule.window is None]
        if isinstance(last, Unclear) and last.reason in NARROWING:
            for member in bare:
                member.rule = self.source.unclear(*member.span, last.reason)
        if not isinstance(last, Present) or last.window is None or last.window.kind != "within":
            return
        for member in bare:
            if isinstance(member.rule, Present):
                member.rule = replace(member.rule, window=last.window, status=last.status)

    def _shared(self, member: Member, noun: Noun, scope: Scope) -> Rule:
        """ "acute and | chronic renal insufficiency": what the adjectives make of the noun they share."""
        key, start, end = noun
        adjective, (_, _, rest) = " ".join(member.scope.qualifiers), self.source.words(start, end).partition(" ")
        own = replace(member.scope, allergy=member.scope.allergy or scope.allergy)
        whole = self._things(f"{adjective} {rest}") if adjective and rest else []
        if len(whole) == 1:
            return present(whole[0], replace(own, qualifiers=()), member.span, self.source.vocabulary)
        bare = self._things(rest)
        return present(bare[0] if len(bare) == 1 and adjective else key, own, member.span, self.source.vocabulary)

    def _things(self, name: str) -> list[str]:
        """The keys of the concepts of a name: diseases, treatments, states, not quantities."""
        return [
            word.key for word in self.source.vocabulary.by_name(name) if name and word.kind not in ("quantity", "scale")
        ]
