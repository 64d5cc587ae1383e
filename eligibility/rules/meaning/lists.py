"""Members joined by commas, and, or → one rule, for the side the criterion stands on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.clauses import announced, binding, finding, groups, restrained, restricted, without_label
from eligibility.rules.meaning.joining import all_of, any_of, counted
from eligibility.rules.meaning.members import Member, MemberReader
from eligibility.rules.meaning.scope import Scope, negation
from eligibility.rules.meaning.sentence import Clause, Piece
from eligibility.rules.meaning.sharing import Sharing
from eligibility.rules.meaning.source import ALLOWANCE, GOVERNED, UNKNOWN, Source
from eligibility.rules.rule import AllOf, Graded, Judgement, Not, Present, Rule, Unclear, leaves
from eligibility.spans import Span
from eligibility.vocabulary.tables import Vocabulary

# A member with one of these says something of its own: nothing goes over to it from the member before.
_OWN = frozenset(("RULE", "JUDGE", "ELLIPSIS"))


class Lists(ABC):
    """Reads one clause without turns; what stands in brackets is read by `_clauses`."""

    def __init__(self, text: str, side: Side, vocabulary: Vocabulary) -> None:
        self.source, self.side, self.vocabulary = Source(text, side, vocabulary), side, vocabulary

    @abstractmethod
    def _clauses(self, clauses: Sequence[Clause], scope: Scope | None = None) -> Rule | None:
        """The rule of clauses between semicolons."""

    def _each(self, rules: Sequence[Rule], span: Span) -> Rule:
        """Every requirement of an inclusion, any reason of an exclusion; an allowance frees from both."""
        allowed = [rule for rule in rules if isinstance(rule, Unclear) and rule.reason == ALLOWANCE]
        strict = [rule for rule in rules if rule not in allowed]
        if not strict:
            return any_of(allowed, span)
        if self.side == "inclusion":
            return any_of([all_of(strict, span), *allowed], span) if allowed else all_of(strict, span)
        freed: list[Rule] = [Not(rule, span=rule.span) for rule in allowed]
        return all_of([any_of(strict, span), *freed], span) if freed else any_of(strict, span)

    def _whole_unclear(self, rule: Rule, span: Span) -> Rule | None:
        """One `Unclear` for words of which nothing was understood, however many pieces they fell into."""
        parts = list(leaves(rule))
        if len(parts) < 2 or not all(isinstance(leaf, Unclear) for leaf in parts):
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
        members = self._members(clause, scope)
        self._predicates(members, clause)
        sharing = Sharing(self.source)
        sharing.share(members, clause)
        self._bind_and_not(members, clause)
        sharing.window(members, clause)
        span = (clause.start, clause.end)
        if _denies_a_test(members, clause):
            return self.source.unclear(*span, "how far a negation reaches"), members[-1]
        if restricted(members, clause) or (self.side == "exclusion" and restrained(members, clause)):
            return self.source.judgement(*span), members[-1]
        if joined or count is not None:
            rules = [rule for member in members if (rule := self._whole(member)) is not None]
            rule = self._counted(rules, 1 if joined else count or 0, span) if rules else None
        else:
            rule = self._joined(members, [str(joint.value) for joint in clause.joints], span)
        if rule is not None:
            rule = self._whole_unclear(rule, span) or self._in_order(rule)
        return self._for_sex(rule, members, span, clause), members[-1]

    def _bind_and_not(self, members: list[Member], clause: Clause) -> None:
        """ "… or of childbearing potential and not using contraception": "and not" narrows what it follows."""
        if self.side == "inclusion":
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
        if isinstance(rule, Graded):
            order = [level.value for level in self.vocabulary.words[rule.scale].levels]
            return replace(rule, levels=tuple(sorted(rule.levels, key=order.index)))
        return rule

    def _members(self, clause: Clause, scope: Scope) -> list[Member]:
        members: list[Member] = []
        for at, parts in enumerate(clause.members):
            if at and scope.negated and not self._reaches(clause, at):
                scope = replace(scope, negated=False)
            own = parts[0].kind == "VERB" or any(part.kind in _OWN for part in parts)
            if any(part.kind == "NOT" for part in parts):
                scope = replace(scope, negated=False)
            reader = MemberReader(self.source, Scope() if own and members else scope, self._clauses)
            for part in without_label(parts, self.source.text):
                reader.read(part)
            members.append(reader.member(parts, own))
            if len(members) > 1 and members[-2].governed and not own and finding(members[-1]):
                last = members[-1]
                last.rule, last.governed = self.source.unclear(*last.span, GOVERNED), True
            scope = members[-1].scope.inherited()
        return members

    def _reaches(self, clause: Clause, at: int) -> bool:
        """Whether a negation goes over to this member: not behind "but" or of "non-X"; "not able …" only over "or"."""
        joint = clause.joints[at - 1]
        if joint.kind == "BUT":
            return False
        parts = (part for member in clause.members[:at] for part in member if isinstance(part, Piece))
        said = [part for part in parts if part.kind == "NOT"]
        if said and str(said[-1].value).lower().startswith("non"):
            return False
        return not (said and _verbal(said[-1])) or joint.value != "comma"

    def _predicates(self, members: list[Member], clause: Clause) -> None:
        """ "not well controlled by A or B": the negation is of words not understood, not of what they lead to."""
        for at, member in enumerate(members):
            denied = any(isinstance(p, Piece) and p.kind == "NOT" and _verbal(p) for p in clause.members[at])
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
        rule = negation(rule, member.span, self.vocabulary) if member.negated else rule
        return all_of([member.before, rule], member.span) if member.before else rule

    def _joined(self, members: list[Member], joints: list[str], span: Span) -> Rule | None:
        outer = set(joints) & {"comma_and", "comma_or"}
        mixed = len({joint.removeprefix("comma_") for joint in joints} - {"comma"}) > 1
        if mixed and len(outer) == 1 and not self._findings(members):
            (joint,) = outer
            return self._apart(members, [joint if word == "comma" else word for word in joints], span)
        grouped = groups(members, joints)
        words = {word for _, inner in grouped for word in inner}
        alike = all(member.negated for member in members)
        named = any(map(finding, members)) and not any(member.tested or member.judged for member in members)
        if not words and not alike and self.side == "inclusion" and named and len(members) > 1:
            return self.source.unclear(*span, "a list without 'and' or 'or'")
        simple = all(len(listed) == 1 for listed, _ in grouped[:-1])
        behind = grouped[-1][0]
        if simple and len(grouped) > 1 and len(behind) > 1 and not any(str(j).startswith("comma_") for j in joints):
            simple = not (any(m.tested for m in members) and all(finding(m) for m in behind))
        if len(words) <= 1 and (simple or len(grouped) == 1):
            return self._by(words.pop() if words else "", members, span)
        if self._findings(members):
            return self._by("or", members, span)
        if len(grouped) == 1:
            return self.source.unclear(*span, "both 'and' and 'or' without brackets")
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
        listed = not word and self.side == "exclusion" and not self._graded_finding(members)
        either = word == "or" or listed or self._findings(members)
        if first.lead is not None and len(members) > 1 and first.rule is not None and either:
            rest = replace(first, lead=None)
            inner = self._by(
                word, [replace(m, negated=m.negated and not first.negated) for m in (rest, *members[1:])], span
            )
            return self._whole(Member(inner, first.scope, span, first.lead, negated=first.negated))
        if len(members) > 1 and all(member.negated for member in members):
            if first.before is not None:
                inner = self._by(word, [replace(first, before=None), *members[1:]], span)
                return all_of([first.before, inner], span) if inner is not None else first.before
            if _twice(members):
                return self.source.unclear(*span, "denied and named again in one list")
            inner = any_of([rule for m in members if (rule := self._whole(replace(m, negated=False)))], span)
            return negation(inner, span, self.vocabulary)
        rules = [rule for member in members if (rule := self._whole(member)) is not None]
        if word == "and" and not either and self._siblings(rules):
            return self.source.unclear(*span, "'and' between diseases may ask for all or for any")
        return any_of(rules, span) if either else all_of(rules, span)

    def _siblings(self, rules: Sequence[Rule]) -> bool:
        """Whether diseases joined by "and" are kinds of one thing, or many: then "and" hardly asks for all of them."""
        parts = [rule for rule in rules if isinstance(rule, Present) and rule.fact == "condition"]
        if len(parts) < 2 or len(parts) < len(rules):
            return False
        above = [
            set(self.vocabulary.words[rule.concept].parents) for rule in parts if rule.concept in self.vocabulary.words
        ]
        return len(parts) > 2 or bool(set.intersection(*above))

    def _graded_finding(self, members: Sequence[Member]) -> bool:
        """ "heart failure, NYHA class III-IV": a test behind a comma tells how bad the finding before it is."""
        return len(members) == 2 and finding(members[0]) and members[1].tested

    def _findings(self, members: Sequence[Member]) -> bool:
        """In an exclusion, findings joined by "and" or commas are a list of which any excludes."""
        return self.side == "exclusion" and not any(member.tested for member in members)

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
        if clause is None or not named or members[0].negated or isinstance(rule, Judgement) or binding(clause):
            return any_of([Not(guard, span=span), rule], span)
        asked = self.source.unclear(named[0].start, named[0].end, "it may bind them, or ask for them")
        return any_of([all_of([guard, rule], span), all_of([Not(guard, span=span), asked], span)], span)

    def _by_sex(self, members: Sequence[Member], span: Span) -> Rule:
        """ "creatinine > 2.5 in men or > 2.0 in women": each limit binds its own sex."""
        shared = self._both_sexes(members, span)
        if shared is not None:
            return shared
        if not all(member.sex and member.rule is not None for member in members):
            return self.source.unclear(*span, "limits for men and women, and others")
        rules = [self._for_sex(self._whole(member), [member], member.span) for member in members]
        return self._each([rule for rule in rules if rule is not None], span)

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


def _of_one_sex(rule: Rule) -> bool:
    """Whether a rule is of a state ("not pregnant") that only one sex can be in."""
    return all(isinstance(leaf, Present) and leaf.fact == "state" for leaf in leaves(rule))


def _verbal(denial: Piece) -> bool:
    """Whether a negation is of a verb ("is not …"), not of a noun ("no …")."""
    words = str(denial.value).lower().split()
    return words[0] in ("not", "are", "is", "does", "do", "must", "should", "cannot")


def _twice(members: Sequence[Member]) -> bool:
    """ "no diabetes or well-controlled diabetes": the second is what the first is not, no item of one list."""
    keys = [leaf.concept for m in members if m.rule for leaf in leaves(m.rule) if isinstance(leaf, Present)]
    return len(set(keys)) < len(keys)


def _denies_a_test(members: Sequence[Member], clause: Clause) -> bool:
    """ "No stroke, LVEF < 40 %, or asthma": whether the test is denied too cannot be told."""
    for at in range(1, len(members)):
        own = any(part.kind in ("NOT", "VERB") for part in clause.members[at])
        denied = members[at - 1].negated and not isinstance(members[at - 1].rule, Graded)
        if denied and members[at].tested and not members[at].negated and not own:
            return str(clause.joints[at - 1].value) != "and"
    return False
