"""Members joined by commas, and, or → one rule, for the side the criterion stands on."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eligibility.rules.leaves import is_leaf, leaves, nothing_understood
from eligibility.rules.meaning.alternatives import with_alternatives
from eligibility.rules.meaning.both import alternatives, any_or_all, graded_finding, never_and, together
from eligibility.rules.meaning.clauses import announced, finding, groups, names_one, restrained, without_label
from eligibility.rules.meaning.denials import before, denied_from, shared_with_washout
from eligibility.rules.meaning.extents import extent_of_another
from eligibility.rules.meaning.freeing import limits_too
from eligibility.rules.meaning.joining import all_of, any_of, computable, counted, disjoint, many_diseases
from eligibility.rules.meaning.member import OWN, Member, says_its_own
from eligibility.rules.meaning.members import MemberReader
from eligibility.rules.meaning.opinions import apart, restricted, restricting_all
from eligibility.rules.meaning.predicates import narrowed_inside, unread_predicates
from eligibility.rules.meaning.reaching import (
    Reaching,
    any_tests,
    beside_slash,
    denies_a_test,
    how_many,
    negated,
    opined,
    opinion_reaches,
    reaches,
    restrictive,
    twice,
    verbal,
)
from eligibility.rules.meaning.resulting import settled
from eligibility.rules.meaning.scope import NO_WORDS, Scope, negation
from eligibility.rules.meaning.sentence import Clause, Piece
from eligibility.rules.meaning.sexes import Sexes
from eligibility.rules.meaning.sharing import Sharing
from eligibility.rules.meaning.sharing_times import SharingTimes
from eligibility.rules.meaning.source import GOVERNED, HOW_MANY, NO_NOUN, RESTRICTS, UNKNOWN, permits
from eligibility.rules.rule import Graded, Not, Present, Rule, Unclear
from eligibility.spans import Span

_MANY: Final = 4  # diseases that nobody has all of
SIBLINGS: Final = "'and' between diseases may ask for all or for any"


class Lists(Sexes):
    """Reads one clause without turns; what stands in brackets is read by `_clauses`."""

    @abstractmethod
    def _clauses(self, clauses: Sequence[Clause], scope: Scope | None = None) -> Rule | None:
        """The rule of clauses between semicolons."""

    def _each(self, rules: Sequence[Rule], span: Span) -> Rule:
        """Every requirement of an inclusion, any reason of an exclusion; an allowance frees from both."""
        allowed = [rule for rule in rules if isinstance(rule, Unclear) and permits(rule, self.side)]
        strict = [rule for rule in rules if rule not in allowed or limits_too(rule.text)] if allowed else rules
        if not strict:
            return any_of(allowed, span)
        if self.side == "inclusion":
            if many_diseases(strict):
                return self.source.unclear(*span, SIBLINGS)
            return any_of([all_of(strict, span), *allowed], span) if allowed else all_of(strict, span)
        return all_of([any_of(strict, span), *(Not(rule, span=rule.span) for rule in allowed)], span)

    def _whole_unclear(self, rule: Rule, span: Span) -> Rule | None:
        """One `Unclear` for words of which nothing was understood, however many pieces they fell into."""
        parts = list(leaves(rule)) if not is_leaf(rule) and nothing_understood(rule) else []
        if len(parts) < 2:
            return None
        reasons = dict.fromkeys(leaf.reason for leaf in parts if isinstance(leaf, Unclear) and leaf.reason != UNKNOWN)
        hints = dict.fromkeys(leaf.hint for leaf in parts if isinstance(leaf, Unclear) and leaf.hint)
        return self.source.unclear(*span, "; ".join(reasons) or UNKNOWN, "; ".join(hints))

    def _counted(self, rules: Sequence[Rule], count: int, span: Span) -> Rule:
        """ "At least two of": more than are listed cannot be what was meant."""
        if count > len(rules):
            return self.source.unclear(*span, "more are asked for than are listed")
        return counted(rules, count, span)

    def _list(self, clause: Clause, scope: Scope, joined: str = "") -> tuple[Rule | None, Member]:
        """The rule of members joined by commas, and, or; and the last member, whose scope goes on."""
        count, clause = announced(clause)
        members, clause = self._paired(*apart(*settled(self._members(clause, scope), clause, self.source), self.source))
        self._predicates(members, clause)
        unread_predicates(members, self.source)
        span = (clause.start, clause.end)
        for member in members[:-1]:
            if member.rule is not None and member.allowance is not None:
                member.rule = self.source.freed(member.rule, member.allowance, member.span)
        if len(members) > 1:
            Sharing(self.source).share(members, clause)
            narrowed_inside(members, clause, self.source)
        limit = restricting_all(members, clause, self.source)
        if len(members) > 1:
            Reaching(self.source, clause).over(members)
            self._bind_and_not(members, clause)
            SharingTimes(self.source).window(members, clause)
        if count is None and len(members) > 1 and how_many(clause, self.source):
            return self.source.unclear(*span, HOW_MANY), members[-1]
        if len(members) > 1 and any(isinstance(m.rule, Unclear) and m.rule.reason == NO_NOUN for m in members):
            return self.source.unclear(*span, NO_NOUN), members[-1]
        if opined(clause) and len(members) > 1:
            some = self.source.unclear(*span, "an opinion on some of it") if any_tests(members) else None
            return some or self.source.judgement(*span), members[-1]
        if self.side == "inclusion" and extent_of_another(members, clause, self.vocabulary):
            return self.source.unclear(*span, "how far 'or' reaches"), members[-1]
        if 0 < restrictive(clause) < len(members) - 1:
            return self.source.unclear(*span, RESTRICTS), members[-1]
        if self.side == "exclusion" and together(members, clause, self.source.text):
            return self.source.unclear(*span, SIBLINGS), members[-1]
        if self.side == "exclusion" and opinion_reaches(members, clause):
            return self.source.judgement(*span), members[-1]
        if denies_a_test(members, clause, self.source.text):
            return self.source.unclear(*span, "how far a negation reaches"), members[-1]
        if limit and (said := restricted(members, limit, clause, self.source)) is not None:
            return said, members[-1]
        if self.side == "exclusion" and restrained(members, clause):
            return self.source.judgement(*span), members[-1]
        if joined or count is not None:
            rules = [rule for member in members if (rule := self._whole(member)) is not None]
            rule = self._counted(rules, 1 if joined else count or 0, span) if rules else None
        else:
            joints = [str(joint.value) for joint in clause.joints]
            rule = self._joined(members, joints, span) if joints else self._by("", members, span)
        if rule is not None and members[-1].allowance is not None:
            rule = self.source.freed(rule, members[-1].allowance, span)
        if rule is not None:
            rule = beside_slash(rule, span, self.source)
            rule = self._whole_unclear(rule, span) or self._in_order(rule)
        return self._for_sex(rule, members, span, clause), members[-1]

    def _bind_and_not(self, members: list[Member], clause: Clause) -> None:
        """ "… or of childbearing potential and not using contraception": "and not" narrows what it follows."""
        if self.side == "inclusion" or "NOT" not in clause.kinds:
            return
        for at in range(len(members) - 1, 0, -1):
            own = any(part.kind == "NOT" for part in clause.members[at])
            before, member = members[at - 1], members[at]
            if clause.joints[at - 1].value == "and" and own and not before.negated and before.rule is not None:
                rules = [rule for rule in (self._whole(before), self._whole(member)) if rule is not None]
                before.rule, before.lead, before.before = all_of(rules, (before.span[0], member.span[1])), None, None
                member.rule, member.lead, member.before = None, None, None

    def _in_order(self, rule: Rule) -> Rule:
        """United level sets stand in the order of their scale again."""
        if not isinstance(rule, Graded):
            return rule
        order = [level.value for level in self.vocabulary.words[rule.scale].levels]
        return replace(rule, levels=tuple(sorted(rule.levels, key=order.index)))

    def _members(self, clause: Clause, scope: Scope) -> list[Member]:
        members: list[Member] = []
        speaks = not OWN.isdisjoint(clause.kinds)
        for at, parts in enumerate(clause.members):
            if at and scope.negated and not reaches(clause, at, self.source.text):
                scope = scope.affirmed()
            own = parts[0].kind == "VERB" or (speaks and any(map(says_its_own, parts)))
            if scope.negated and any(part.kind == "NOT" for part in parts):
                scope = scope.affirmed()
            reader = MemberReader(self.source, NO_WORDS if own and members else scope, self._clauses)
            for part in without_label(parts, self.source.text) if "COLON" in clause.kinds else parts:
                reader.read(part)
            members.append(reader.member(parts, own))
            if len(members) > 1 and members[-2].governed and not own and finding(members[-1]):
                last = members[-1]
                last.rule, last.governed = self.source.unclear(*last.span, GOVERNED), True
            scope = members[-1].scope.inherited()
        return members

    def _predicates(self, members: list[Member], clause: Clause) -> None:
        """ "not well controlled by A or B": the negation is of words not understood, not of what they lead to."""
        for at, member in enumerate(members if "NOT" in clause.kinds else ()):
            denied = any(isinstance(p, Piece) and p.kind == "NOT" and verbal(p) for p in clause.members[at])
            if not (denied and member.negated and isinstance(member.rule, Unclear)):
                continue
            for other in members[at + 1 :]:
                if other.own or other.tested:
                    break
                member.span = (member.span[0], other.span[1])
                other.rule, other.lead, other.before = None, None, None
            member.rule, member.negated = self.source.unclear(*member.span, "how far a negation reaches"), False

    def _whole(self, member: Member) -> Rule | None:
        """A member by itself, with its lead and its negation."""
        if member.rule is None:
            return member.lead
        rule = all_of([member.lead, member.rule], member.span) if member.lead else member.rule
        rule = negated(rule, member.span, self.source) if member.negated else rule
        return all_of([member.before, rule], member.span) if member.before else rule

    def _denied_behind(self, members: list[Member], joints: list[str], at: int, span: Span) -> Rule | None:
        """What stands before a denial, and nothing of what is denied; whom it would exclude is not told."""
        if self.side == "exclusion" or any(shared_with_washout(member) for member in members[:at]):
            return self.source.unclear(*span, "how far a negation reaches")
        rules = [self._joined(members[:at], before(joints, at), span) if at > 1 else self._whole(members[0])]
        rules.append(self._by("or", members[at:], (members[at].span[0], span[1])))
        return all_of([rule for rule in rules if rule is not None], span)

    def _joined(self, members: list[Member], joints: list[str], span: Span) -> Rule | None:
        at = denied_from(members, joints, self.source.text)
        if at and not (self.side == "exclusion" and joints[at - 1] == "and"):
            return self._denied_behind(members, joints, at, span)
        outer = set(joints) & {"comma_and", "comma_or"}
        mixed = len({joint.removeprefix("comma_") for joint in joints} - {"comma"}) > 1
        if mixed and len(outer) == 1 and not self._findings(members):
            (joint,) = outer
            return self._apart(members, [joint if word == "comma" else word for word in joints], span)
        grouped = groups(members, joints)
        words = {word for _, inner in grouped for word in inner}
        alike = all(member.negated for member in members)
        named = any(map(finding, members)) and not any(member.tested or member.judged for member in members)
        asks = self.side == "inclusion"
        if not words and not alike and asks and named and len(members) > 1:
            return self.source.unclear(*span, "a list without 'and' or 'or'")
        simple = all(len(listed) == 1 for listed, _ in grouped[:-1])
        behind = grouped[-1][0]
        if simple and len(grouped) > 1 and len(behind) > 1 and not outer:
            simple = not (any(m.tested for m in members) and all(finding(m) for m in behind))
        if len(words) <= 1 and (simple or len(grouped) == 1):
            return self._by(words.pop() if words else "", members, span)
        if self._findings(members) or (never_and(joints) if not asks else alternatives(members, joints)):
            return self._by("or", members, span)
        if len(grouped) == 1:
            return self.source.unclear(*span, "both 'and' and 'or' without brackets")
        tested = not asks and len(behind) == 1 and not isinstance(behind[0].rule, Graded)
        every = asks and joints[-1] == "comma_or" and all(names_one(listed[0]) for listed, _ in grouped)
        if tested or (asks and words == {"or"} and (every or (finding(behind[-1]) and finding(members[0])))):
            return self.source.unclear(*span, "how far 'or' reaches")  # "angina or arrhythmia, hypertension > 180/110"
        rules = [self._by(inner[0] if inner else "", listed, span) for listed, inner in grouped]
        return all_of([rule for rule in rules if rule is not None], span)

    def _apart(self, members: list[Member], joints: list[str], span: Span) -> Rule | None:
        """ "A, or B and C": the joint behind a comma parts more than the one without."""
        outer = next(joint for joint in joints if joint.startswith("comma_"))
        parts: list[tuple[list[Member], set[str]]] = [([members[0]], set())]
        for member, joint in zip(members[1:], joints, strict=True):
            if joint == outer:
                parts.append(([member], set()))
            else:
                parts[-1][0].append(member)
                parts[-1][1].add(joint)
        if any(len(words) > 1 for _, words in parts):
            return self.source.unclear(*span, "both 'and' and 'or' without brackets")
        inner = [self._by(words.pop() if words else "", listed, span) for listed, words in parts]
        rules = [rule for rule in inner if rule is not None]
        return any_of(rules, span) if outer == "comma_or" else all_of(rules, span)

    def _by(self, word: str, members: Sequence[Member], span: Span) -> Rule | None:
        """Members joined by one word; words not understood before the first may govern them all."""
        members = [member for member in members if member.rule is not None or member.lead is not None]
        if not members:
            return None
        first = members[0]
        listed = not word and self.side == "exclusion" and not graded_finding(members, self.vocabulary.words)
        either = word == "or" or listed or self._findings(members)
        if first.lead is not None and len(members) > 1 and first.rule is not None and either:
            rest = [member.without(negation=first.negated) for member in members[1:]]
            inner = self._by(word, [first.without(lead=True, negation=True), *rest], span)
            return self._whole(Member(inner, first.scope, span, first.lead, negated=first.negated))
        if len(members) > 1 and all(member.negated for member in members):
            if first.before is not None:
                inner = self._by(word, [first.without(before=True), *members[1:]], span)
                return all_of([first.before, inner], span) if inner is not None else first.before
            if twice(members):
                return self.source.unclear(*span, "denied and named again in one list")
            inner = any_of([rule for m in members if (rule := self._whole(m.without(negation=True)))], span)
            return negation(inner, span, self.vocabulary)
        if either and self.side == "inclusion" and first.negated and any(m.negated for m in members[1:]):
            return self.source.unclear(*span, "how far a negation reaches")
        rules = [rule for member in members if (rule := self._whole(member)) is not None]
        if either and isinstance(first.rule, Not) and not first.negated and first.scope.washout is not None:
            given = [rule.rule if isinstance(rule, Not) else rule for rule in rules]  # "4 weeks since A or B"
            return Not(any_of(given, span), span=span)
        if word == "and" and self.side == "exclusion" and any_or_all(members):
            return self.source.unclear(*span, "'and' between limits may ask for all or for any")
        if word == "and" and not either and self._siblings(rules):
            return self.source.unclear(*span, SIBLINGS)
        if not either and disjoint(rules):
            return self.source.unclear(*span, "two ranges, of which one patient can be in one")
        if not either:
            return all_of(rules, span)
        return with_alternatives(rules, span, self.source) or any_of(rules, span)

    def _siblings(self, rules: Sequence[Rule]) -> bool:
        """Whether diseases joined by "and" are kinds of one thing, or many: then "and" hardly asks for all of them."""
        parts = [rule for rule in rules if isinstance(rule, Present) and rule.fact == "condition"]
        if len(parts) < 2 or (len(parts) < _MANY and any(computable(rule) for rule in rules if rule not in parts)):
            return False
        known = self.vocabulary.words
        above = [set(known[rule.concept].parents) if rule.concept in known else set[str]() for rule in parts]
        return len(parts) > 2 or bool(set.intersection(*above))

    def _findings(self, members: Sequence[Member]) -> bool:
        """In an exclusion, findings joined by "and" or commas are a list of which any excludes."""
        return self.side == "exclusion" and not any(member.tested for member in members)
