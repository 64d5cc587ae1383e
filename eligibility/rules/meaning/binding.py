"""What binds only some patients, what is said of other people, and what brought a finding about."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import replace
from typing import Final

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.allowing import needed
from eligibility.rules.meaning.conditions import required, where
from eligibility.rules.meaning.joining import all_of, computable, with_quality
from eligibility.rules.meaning.lists import Lists
from eligibility.rules.meaning.scope import NO_WORDS, Scope
from eligibility.rules.meaning.sentence import Clause
from eligibility.rules.meaning.source import FOREIGN_PERSON, REFUSED, REQUIRED
from eligibility.rules.rule import Not, Present, Rule, Unclear

# What a member may end with that says all it has to say.
_ENDS: Final = frozenset(("THING", "RULE", "BRACKET", "NEGATIVE", "POSITIVE", "JUDGE"))
# What a cause is named by, and words that say more than its name.
_NAMES: Final = frozenset(("THING", "WORDS", "QUALIFIER", "HISTORY", "CURRENT", "ACTIVE", "OTHER", "NAME"))
_SAYS: Final = re.compile(
    r"\b(?:must|should|will|may|can|are|is|was|were|who|which|that|within|after|before|until|if|not)\b"
)


class Binding(Lists):
    """Reads clauses that are bound to somebody or something, as far as they are the patient's own."""

    @abstractmethod
    def _clause(self, clause: Clause, scope: Scope | None = None) -> Rule | None:
        """The rule of one clause."""

    def _required(self, clause: Clause) -> Rule | None:
        """ "Patients with X must T": an inclusion asks T where X is there."""
        span = (clause.start, clause.end)
        halves = required(clause, self.source.text) if self.side == "inclusion" else None
        asked, whom = (self._clause(half) for half in halves) if halves is not None else (None, None)
        if asked is None or whom is None or not computable(whom):
            return self.source.unclear(*span, REQUIRED)
        if halves is not None and any(isinstance(leaf, Unclear) for leaf in leaves(asked)):
            # words that are not understood may turn the rest around
            asked = self.source.unclear(halves[0].start, halves[0].end, REQUIRED)
        return where(asked, whom, span, self.side)

    def _of_others(self, clause: Clause) -> Rule | None:
        """ "A, B, or family history of C": what stands before another person is the patient's own."""
        at = next(i for i, parts in enumerate(clause.members) if any(part.kind == "FAMILY" for part in parts))
        span = (clause.start, clause.end)
        own = Clause(clause.members[:at], clause.joints[: at - 1])
        rest = Clause(clause.members[at:], clause.joints[at:])
        joints = ("or", "comma_or", "comma") if self.side == "exclusion" else ("and", "comma_and")
        apart = at > 0 and all(joint.value in joints and joint.type == "JOIN" for joint in clause.joints)
        if (
            not apart
            or own.members[-1][-1].kind not in _ENDS
            or "WINDOW" in rest.kinds
            or not own.kinds.isdisjoint(REFUSED)
        ):
            return self._of_another(clause)
        rule = self._clause(own)
        if rule is None or any(isinstance(leaf, Unclear) for leaf in leaves(rule)):
            return self._of_another(clause)
        return self._each([rule, self._of_another(rest)], span)

    def _of_another(self, clause: Clause) -> Rule:
        """What is said of a parent or a partner: consent and the like are for a person to say."""
        judged = "JUDGE" in clause.kinds and clause.kinds.isdisjoint(("RULE", "ELLIPSIS", "THING"))
        if judged:
            return self.source.judgement(clause.start, clause.end)
        return self.source.unclear(clause.start, clause.end, FOREIGN_PERSON)

    def _with_cause(self, rule: Rule, finding: Clause, cause: Clause) -> Rule:
        """ "Cirrhosis due to hepatitis C": what brought a finding about is a quality of it, which no record tells."""
        if finding.start > cause.start or "EXCLUDED" in finding.kinds or not self._plain(cause):  # "due to X, Y"
            start = finding.end if finding.start < cause.start else cause.start
            return all_of([rule, self.source.unclear(start, cause.end, REFUSED["CAUSE"])], (finding.start, cause.end))
        if not computable(rule):
            return self.source.unclear(finding.start, cause.end, REFUSED["CAUSE"])
        words = self.source.words(finding.end, cause.end)
        if isinstance(rule, Not) and isinstance(rule.rule, Present):
            return replace(rule, rule=with_quality(rule.rule, words.lower()))
        if isinstance(rule, Present):
            return with_quality(rule, words.lower())
        return all_of([rule, self.source.judgement(finding.end, cause.end)], (finding.start, cause.end))

    def _plain(self, cause: Clause) -> bool:
        """Whether words of a cause name it and say nothing besides."""
        return cause.kinds <= _NAMES and not _SAYS.search(self.source.text[cause.start : cause.end].lower())

    def _blamed(self, clause: Clause) -> Rule | None:
        """ "… unless due to X": it must be there, and a person must say that it is the cause."""
        parts = clause.members[0]
        at = next((k for k, part in enumerate(parts) if part.kind == "CAUSE"), -1)
        if at < 0 or at + 1 == len(parts) or any(joint.value != "or" for joint in clause.joints):
            return None
        cause = Clause((parts[at + 1 :], *clause.members[1:]), clause.joints)
        rule = self._list(cause, NO_WORDS, joined="any")[0] if cause.kinds.isdisjoint(REFUSED) else None
        needs = needed(rule) if rule is not None else None
        span = (clause.start, clause.end)
        return None if needs is None else all_of([needs, self.source.judgement(*span)], span)
