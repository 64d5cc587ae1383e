"""What binds only some patients, what is said of other people, and what brought a finding about."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import replace
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.allowing import needed
from eligibility.rules.meaning.conditions import (
    apart,
    conditional,
    or_else,
    required,
    where,
    with_words,
    without_proviso,
)
from eligibility.rules.meaning.joining import all_of, any_of, computable, with_quality
from eligibility.rules.meaning.lists import Lists
from eligibility.rules.meaning.notes import asks_nothing
from eligibility.rules.meaning.others import conduct, given_by, of_others, of_two, self_too
from eligibility.rules.meaning.parts_of_study import names_part
from eligibility.rules.meaning.reasons import WHY, told_to_mothers, unexplained
from eligibility.rules.meaning.scope import NO_WORDS, Scope, negation
from eligibility.rules.meaning.sentence import Clause, Piece
from eligibility.rules.meaning.source import FOREIGN_PERSON, REFUSED, REQUIRED
from eligibility.rules.rule import Measured, Not, Present, Rule, Unclear
from eligibility.spans import Span

# What a member may end with that says all it has to say.
_ENDS: Final = frozenset(("THING", "RULE", "BRACKET", "NEGATIVE", "POSITIVE", "JUDGE"))
# What a cause is named by, and words that say more than its name.
_NAMES: Final = frozenset(("THING", "WORDS", "QUALIFIER", "HISTORY", "CURRENT", "ACTIVE", "OTHER", "NAME"))
_DEMANDED: Final = re.compile(r"\b(?:must|should|shall)\b", re.I)
# Kinds with which a clause is bound to more than its own words.
BOUND: Final = WHY | {"PROVISO", "IF", "CASE"}
# Words behind which stands what makes no difference.
_WHATEVER: Final = ("regardless of", "irrespective of")
_SAYS: Final = re.compile(
    r"\b(?:must|should|will|may|can|are|is|was|were|who|which|that|within|after|before|until|if|not)\b"
)


class Binding(Lists):
    """Reads clauses that are bound to somebody or something, as far as they are the patient's own."""

    @abstractmethod
    def _allowing(self, clause: Clause, span: Span) -> None:
        """Note what stands beside a word of allowing."""

    @abstractmethod
    def _clause(self, clause: Clause, scope: Scope | None = None) -> Rule | None:
        """The rule of one clause."""

    @abstractmethod
    def _on(self, side: Side) -> Binding:
        """The same reader for another side."""

    def _in_part(self, asked: Rule, part: Clause, span: Span) -> Rule:
        """ "Cohort 2 only: T": T, or a person says that he is not in the cohort."""
        if isinstance(asked, Unclear):
            return self.source.unclear(*span, asked.reason, asked.hint)
        return where(asked, self.source.judgement(part.start, part.end), span, self.side)

    def _conditioned(self, clause: Clause, scope: Scope | None) -> tuple[Rule | None] | None:
        """The rule of a clause that says why, if indicated, whatever else there is, or for whom besides; else None."""
        if "PROVISO" in clause.kinds:
            return (self._provided(clause, scope),)
        opening = clause.members[0][0].kind
        if not WHY.isdisjoint(clause.kinds):
            bare = opening == "UNLESS" and clause.kinds.isdisjoint(("COLON", "RULE"))
            if bare and (blamed := self._blamed(clause)) is not None:
                return (blamed,)
            if (plain := unexplained(clause, self.source.text)) is not None:
                return (self._told(plain, scope),)
        if "IF" in clause.kinds and (plain := self._regardless(clause)) is not None:
            return (self._clause(plain, scope),)
        if (parts := or_else(clause)) is not None and (other := self._or_else(*parts, (clause.start, clause.end))):
            return (other,)
        told = self._instructed(clause) if opening == "CASE" else None
        return None if told is None else (told,)

    def _instructed(self, clause: Clause) -> Rule | None:
        """ "If C, they must have recovered from A, B or C": what they must do a person must see to."""
        if len(clause.members) < 2 or clause.joints[0].value != "comma" or len(clause.members[0]) < 2:
            return None
        span, start = (clause.start, clause.end), clause.members[1][0].start
        if not conduct(self.source.words(start, clause.end)):
            return None
        case = self._clause(Clause((clause.members[0][1:],), ()))
        if case is None or not computable(case):
            told: Rule = self.source.judgement(*span)
            return told if self.side == "inclusion" else Not(told, span=span)
        told = self.source.judgement(start, clause.end)
        return where(told, case, span, self.side) if self.side == "inclusion" else all_of([case, Not(told)], span)

    def _provided(self, clause: Clause, scope: Scope | None) -> Rule | None:
        """ "T, if indicated": asked where a person finds that it applies, so that T alone excludes nobody."""
        span, rest = (clause.start, clause.end), without_proviso(clause)
        if rest is None:
            plain = with_words(clause)
            return self.source.unclear(*span, REFUSED["PROVISO"]) if plain is None else self._clause(plain, scope)
        halves = conditional(rest)
        if halves is not None and halves[0].start > halves[1].start:
            case = self._clause(halves[1])
            told = self.source.judgement(halves[0].start, clause.end)
            if case is not None and self._demanded(halves[0]):
                return all_of([case, Not(told, span=told.span)], span)
            return told if case is None else where(told, case, span, self.side)
        rule, told = self._clause(rest, scope), self.source.judgement(*span)
        if len(rest.members) > 1 and rule is not None and any(map(computable, leaves(rule))):
            return self.source.unclear(*span, REFUSED["PROVISO"])
        if rule is None or not all(map(computable, leaves(rule))):
            return told
        return any_of([rule, told], span) if self.side == "inclusion" else all_of([rule, told], span)

    def _required(self, clause: Clause) -> Rule | None:
        """ "Patients with X must T" asks T where X is there; on an exclusion list it excludes who has X and not T."""
        span = (clause.start, clause.end)
        halves = required(clause, self.source.text)
        if halves is None and of_two(clause, self.source.text):
            return self.source.judgement(*span)
        asked = self._on("inclusion")._clause(halves[0]) if halves is not None else None
        whom = self._clause(halves[1]) if halves is not None else None
        if halves is None or asked is None or whom is None or not computable(whom):
            return self.source.unclear(*span, REQUIRED)
        if any(isinstance(leaf, Unclear) for leaf in leaves(asked)):
            # words that are not understood may turn the rest around
            told = conduct(self.source.words(halves[0].start, halves[0].end))
            asked = (self.source.judgement if told else self._unread)(halves[0].start, halves[0].end)
        if self.side == "exclusion":
            return all_of([whom, negation(asked, span, self.vocabulary)], span)
        return where(asked, whom, span, self.side)

    def _unread(self, start: int, end: int) -> Unclear:
        return self.source.unclear(start, end, REQUIRED)

    def _of_others(self, clause: Clause) -> Rule | None:
        """ "A, B, or family history of C": what stands before another person is the patient's own."""
        at = next(i for i, parts in enumerate(clause.members) if any(part.kind == "FAMILY" for part in parts))
        span = (clause.start, clause.end)
        if asks_nothing(self.source.words(*span)):
            return None
        if (himself := self_too(clause)) is not None:
            return self._of_both(himself, at)
        if (given := given_by(clause, self.source.text)) is not None and isinstance(
            rule := self._clause(given), Present
        ):
            return replace(with_quality(rule, self.source.words(given.end, clause.end).lower()), span=span)
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
        rule, other = self._clause(own), self._of_another(rest)
        unread = rule is None or any(isinstance(leaf, Unclear) for leaf in leaves(rule))
        if rule is None or (unread and (self.side == "inclusion" or isinstance(other, Unclear))):
            return self._of_another(clause)
        return self._each([rule, other], span)

    def _of_both(self, himself: Clause, at: int) -> Rule | None:
        """ "Personal or family history of X": what he has had himself, or what a person must say of his family."""
        span = (himself.start, himself.end)
        denied = "NOT" in himself.kinds
        if (denied and self.side == "exclusion") or (at and self.side == "inclusion"):
            return self.source.unclear(*span, FOREIGN_PERSON)
        rule, judgement = self._clause(himself), self.source.judgement(*span)
        if rule is None:
            return judgement
        return all_of([rule, judgement], span) if denied else any_of([rule, judgement], span)

    def _of_another(self, clause: Clause) -> Rule:
        """What is said of a parent, a partner or a donor is for a person to say."""
        judged = "JUDGE" in clause.kinds and clause.kinds.isdisjoint(("RULE", "ELLIPSIS", "THING"))
        if judged or of_others(clause, self.source.text):
            return self.source.judgement(clause.start, clause.end)
        return self.source.unclear(clause.start, clause.end, FOREIGN_PERSON)

    def _caused(self, finding: Clause, cause: Clause, span: Span) -> Rule | None:
        """ "Life expectancy < 1 year due to comorbidity": only a person can say what brought it about."""
        refused = next((part.kind for part in finding.parts() if part.kind in REFUSED), None)
        rule = self._clause(finding) if refused is None else None
        if rule is None or refused is not None:
            return self.source.unclear(*span, REFUSED[refused or "CAUSE"])
        return self._with_cause(rule, finding, cause)

    def _where(self, asked: Clause, condition: Clause, span: Span) -> Rule | None:
        """ "T if C"; words that name nobody in particular ("for patients") are no condition."""
        refused = next((p.kind for p in asked.parts() if p.kind in REFUSED and p.kind != "FAMILY"), None)
        if "FAMILY" in condition.kinds and told_to_mothers(self.source.words(*span)):
            return self.source.judgement(*span)
        if refused == "ALLOW":
            self._allowing(asked, span)
        if refused is not None:
            return self.source.unclear(*span, REFUSED[refused])
        rule, case = self._clause(asked), self._case(condition)
        if case is not None and rule is None and {part.kind for part in asked.parts()} == {"EXCLUDED"}:
            return negation(case, span, self.vocabulary) if self.side == "inclusion" else case
        if rule is None:
            return self.source.unclear(*span, REFUSED["CASE"])
        if case is None:
            return rule
        if not computable(rule) and conduct(self.source.words(asked.start, asked.end)):
            rule = self.source.judgement(asked.start, asked.end)
        if self._demanded(asked):
            return self._failing(asked, case, span)
        return where(rule, case, span, self.side)

    def _demanded(self, asked: Clause) -> bool:
        """Whether an exclusion list says what must be."""
        return self.side == "exclusion" and _DEMANDED.search(self.source.text, asked.start, asked.end) is not None

    def _or_else(self, usual: Clause, other: Clause, condition: Clause, span: Span) -> Rule | None:
        """ "Creatinine ≤ 1.5 × ULN or clearance ≥ 60 for patients with creatinine > 1.5 × ULN": who fails the one."""
        first, second, case = (self._clause(part) for part in (usual, other, condition))
        if first is None or second is None or case is None:
            return None
        variables = [{leaf.variable for leaf in leaves(r) if isinstance(leaf, Measured)} for r in (first, second, case)]
        if variables[0] != variables[2] or variables[0] == variables[1] or self.side == "exclusion":
            return None
        return any_of([first, second if apart(first, case) else all_of([second, case], span)], span)

    def _failing(self, asked: Clause, case: Rule, span: Span) -> Rule:
        """ "For patients with X, T must hold" on an exclusion list: it excludes who has X and not T."""
        rule = self._on("inclusion")._clause(asked)
        if conduct(self.source.words(asked.start, asked.end)) and (rule is None or not computable(rule)):
            rule = self.source.judgement(asked.start, asked.end)
        if rule is None or any(isinstance(leaf, Unclear) for leaf in leaves(rule)):
            return all_of([case, Not(self._unread(asked.start, asked.end), span=span)], span)
        return all_of([case, negation(rule, span, self.vocabulary)], span)

    def _case(self, condition: Clause) -> Rule | None:
        """The rule of a condition; that he is in a part of the study a person must say."""
        if names_part(condition, self.source.text):
            return self.source.judgement(condition.start, condition.end)
        return self._clause(condition)

    def _regardless(self, clause: Clause) -> Clause | None:
        """ "Lung cancer, regardless of stage": the clause without what makes no difference."""
        last = clause.members[-1]
        for m, parts in enumerate(clause.members):
            for k, part in enumerate(parts):
                if part.kind == "IF" and isinstance(part, Piece) and str(part.value).lower() in _WHATEVER:
                    behind = self.source.text[part.start : last[-1].end].lower()
                    if _SAYS.search(behind) or "," in behind or (m, k) == (0, 0):
                        return None
                    members = (*clause.members[:m], *((parts[:k],) if k else ()))
                    return Clause(members, clause.joints[: len(members) - 1])
        return None

    def _told(self, clause: Clause, scope: Scope | None) -> Rule | None:
        """A clause whose reason was left out; what mothers are told to do a person must see to."""
        if told_to_mothers(self.source.text[clause.start : clause.end]):
            return self.source.judgement(clause.start, clause.end)
        return self._clause(clause, scope)

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
        """ "… unless due to X": it must be there, and a person must say it is the cause; so of what has no name."""
        parts = clause.members[0]
        at = next((k for k, part in enumerate(parts) if part.kind == "CAUSE"), -1)
        if at < 0 or at + 1 == len(parts) or any(joint.value != "or" for joint in clause.joints):
            return None
        cause = Clause((parts[at + 1 :], *clause.members[1:]), clause.joints)
        rule = self._list(cause, NO_WORDS, joined="any")[0] if cause.kinds.isdisjoint(REFUSED) else None
        needs = needed(rule) if rule is not None else None
        span = (clause.start, clause.end)
        judgement = self.source.judgement(*span)
        if needs is None:
            return judgement if parts[at] in parts[:2] and self._plain(cause) else None
        return all_of([needs, judgement], span)
