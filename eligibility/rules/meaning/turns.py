"""Turns of a sentence: such as, defined as, unless, except; and limits that take the place of others."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace

from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.binding import Binding
from eligibility.rules.meaning.clauses import behind_label, exception_of
from eligibility.rules.meaning.conditions import INSTEAD, compared_as, conditional, instead
from eligibility.rules.meaning.examples import adequate, generic, half_read
from eligibility.rules.meaning.exceptions import left_open, unread
from eligibility.rules.meaning.joining import all_of, any_of, computable, tests, timed
from eligibility.rules.meaning.labels import LABEL, heads, label_of, said_of, thing_of, under
from eligibility.rules.meaning.member import Member
from eligibility.rules.meaning.prohibitions import prohibits
from eligibility.rules.meaning.scope import NO_WORDS, Scope, negation, present
from eligibility.rules.meaning.sentence import Block, Clause, Piece
from eligibility.rules.meaning.source import DOUBLED, EXAMPLES, RESTRICTS, UNKNOWN
from eligibility.rules.rule import AllOf, AnyOf, Judgement, Not, Present, Rule, Unclear
from eligibility.spans import Span
from eligibility.vocabulary.judgement import questions, words_of


class Turns(Binding):
    """Reads what stands behind a turn."""

    @abstractmethod
    def _clause(self, clause: Clause, scope: Scope | None = None) -> Rule | None:
        """The rule of one clause."""

    def _denied(self, clause: Clause, scope: Scope | None) -> Rule | None:
        """A negation on an exclusion list: a prohibition says what excludes, a mere "no" may mean either."""
        prohibited = prohibits(clause, self.source.text)
        if prohibited is not None:
            return self._clause(prohibited, scope)
        if "JUDGE" in clause.kinds and clause.kinds.isdisjoint(("THING", "RULE", "ELLIPSIS")):
            return self.source.judgement(clause.start, clause.end)
        return self.source.unclear(clause.start, clause.end, DOUBLED)

    @abstractmethod
    def _said(self, clause: Clause, scope: Scope) -> Rule | None:
        """The rule of one clause that is bound to nothing."""

    def _defined_by_label(self, clause: Clause) -> Rule | None:
        """ "Renal insufficiency: creatinine > 2 mg/dL" on an exclusion list: tests behind a finding define it."""
        rest = behind_label(clause)
        rule = self._said(rest, Scope()) if rest and self.side == "exclusion" else None
        if rule is not None and all(leaf.kind in ("measured", "graded") for leaf in leaves(rule)):
            return rule
        return self._labelled(clause)

    def _labelled(self, clause: Clause) -> Rule | None:
        """ "Chemotherapy: No prior platinum", "Cardiovascular disease: stroke or infarction"."""
        label, rest = label_of(clause) or ((), clause)
        key = thing_of(label)
        if not key:
            return None
        if heads(key, rest, self.source):
            return self._clause(rest)
        scope = said_of(label)
        rule = self._said(rest, scope.inherited())
        if rule is None:
            return None
        title = present(key, scope, (clause.start, rest.start), self.vocabulary)
        return under(title, rule, self.source)

    def _under_title(self, block: Block) -> Rule | None:
        """ "Liver disease:" over its kinds: the title asks for nothing else."""
        if self.side == "inclusion" and block.ors < len(block.items) - 1:
            return None
        label, *more = block.head[0].members
        key = thing_of(label)
        if not key or more or any(part.kind not in LABEL and part.kind != "COLON" for part in label):
            return None
        scope = said_of(label)
        rules = [rule for item in block.items if (rule := self._clauses(item, scope.inherited())) is not None]
        span = (block.items[0][0].start, block.items[-1][-1].end)
        title = present(key, scope, (block.head[0].start, block.head[0].end), self.vocabulary)
        return under(title, any_of(rules, span), self.source) if rules else None

    def _replaced(self, rules: list[Rule], clause: Clause) -> bool:
        """ "≤ 2.5 × ULN; ≤ 5 × ULN if …": limits without a subject take the place of those before the semicolon."""
        halves = conditional(clause, INSTEAD)
        if halves is None or halves[0].members[0][0].kind not in ("ELLIPSIS", "MULTIPLE") or not tests(rules[-1]):
            return False
        other = compared_as(rules[-1], halves[0]) or self._clause(halves[0])
        case = self._clause(halves[1])
        if other is None or case is None or not tests(other):
            return False
        span = ((rules[-1].span or (clause.start, 0))[0], clause.end)
        rules[-1] = instead(rules[-1], other, case, span, self.side)
        return True

    def _still_excepted(self, clauses: Sequence[Clause]) -> Sequence[Clause]:
        """ "Cancer except basal cell carcinoma; carcinoma in situ": what goes on with kinds of it is excepted too."""
        if len(clauses) < 2 or all(exception_of(clause) is None for clause in clauses):
            return clauses
        out: list[Clause] = []
        for clause in clauses:
            base = _excepted_from(out[-1]) if out and all(joint.type == "JOIN" for joint in clause.joints) else None
            if base is not None and (_announces(out[-1], base) or self._kinds(clause, base)):
                joint = Piece("OR", clause.start, clause.start, "comma_or", "JOIN")
                out[-1] = Clause(out[-1].members + clause.members, (*out[-1].joints, joint, *clause.joints))
            else:
                out.append(clause)
        return out

    def _kinds(self, clause: Clause, base: Clause) -> bool:
        listed, whole = self._list(clause, NO_WORDS)[0], self._list(base, NO_WORDS)[0]
        return listed is not None and whole is not None and self.source.all_kinds_of(listed, whole)

    def _other_limit(self, clause: Clause) -> Rule | None:
        """ "≤ 1.5 × ULN, or ≤ 3 × ULN for patients with …": a second limit and nothing else but its condition."""
        if len(clause.members) != 2 or clause.joints[0].value != "comma_or" or INSTEAD.isdisjoint(clause.kinds):
            return None
        usual, other = (Clause((member,), ()) for member in clause.members)
        rule = self._clause(usual) if [part.kind for part in usual.parts()] == ["RULE"] else None
        rules = [rule] if rule is not None else []
        return rules[0] if rules and self._replaced(rules, other) else None

    def _turn(self, turn: Piece, base: Clause, rest: Clause, scope: Scope) -> Rule | None:
        span = (base.start, rest.end)
        if turn.kind == "EVIDENCE":
            return self._proven(base, rest, scope)
        if turn.kind == "SUCH_AS" and self.side == "inclusion" and adequate(self.source.text[: turn.start]):
            return self._list(rest, scope)[0]
        first, last = self._list(base, scope)
        if (
            turn.kind == "SUCH_AS"
            and first is not None
            and (self._half_read(first, rest) if computable(first) else self._restricts(first, base, rest))
        ):
            return self.source.unclear(*span, EXAMPLES)
        if turn.kind == "SUCH_AS":
            return self._examples(first, last, rest, span, len(base.members) > 1)
        if turn.kind == "DEFINED":
            return self._definition(first, rest, span)
        halves = conditional(rest, INSTEAD)
        if halves is not None and first is not None and tests(first):
            other, case = (self._clause(half) for half in halves)
            if other is not None and case is not None and tests(other):
                return instead(first, other, case, span, self.side)
        blamed = self._blamed(rest) if "CAUSE" in rest.kinds else None
        other = blamed or self._clause(rest, last.scope.inherited().affirmed())
        if first is None or other is None:
            return self.source.unclear(*span, "an exception that is not said")
        asks = turn.kind in ("EXCEPT", "UNLESS") and blamed is None and unread(other)
        if asks and (asked := left_open(first, rest, self.source.text, span, self.side)) is not None:
            return asked
        several = len(rest.members) > 1
        kinds = (several and _listed_with_and(rest, other)) or self.source.all_kinds_of(other, first)
        if blamed is None and several and not kinds:
            return self.source.unclear(*span, "how far an exception reaches")
        if turn.kind == "EXCEPT" and isinstance(other, AllOf) and kinds:
            other = any_of(other.rules, other.span or span)  # "except basal cell carcinoma and carcinoma in situ"
        return self.source.excepted(turn, first, other, span)

    def _proven(self, base: Clause, rest: Clause, scope: Scope) -> Rule | None:
        """ "X as evidenced by T": the test T is the rule; any other means of proof goes on beside X."""
        proof = self._list(Clause(rest.members[:1], ()), Scope())[0]
        if proof is not None and tests(proof):
            return self._definition(self._list(base, scope)[0], rest, (base.start, rest.end))
        *before, last = base.members
        members = (*before, last + rest.members[0], *rest.members[1:])
        return self._list(Clause(members, base.joints + rest.joints), scope)[0]

    def _half_read(self, head: Rule, rest: Clause) -> bool:
        listed = self._list(rest, Scope(), joined="any")[0] if self.side == "inclusion" else None
        return listed is not None and half_read(head, (listed,))

    def _restricts(self, head: Rule, base: Clause, rest: Clause) -> bool:
        """Whether examples say less than the words before them: an example counts only as what it is an example of."""
        listed, _ = self._list(rest, Scope(), joined="any")
        if listed is None or not computable(listed):
            return False
        words = words_of(self.source.words(base.start, base.end))
        if questions().is_vague(words):  # "uncontrolled intercurrent illness": the examples have its adjectives
            return len(base.members) > 1 or self.source.text[rest.end :].lstrip().startswith(";")
        known = all(isinstance(leaf, Unclear) and leaf.reason == UNKNOWN for leaf in leaves(head))
        return tests(listed) or not known or not generic(self.source.words(base.start, base.end))

    def _examples(self, first: Rule | None, last: Member, rest: Clause, span: Span, listing: bool) -> Rule | None:
        """ "X such as A, B and C": the examples widen X, and are taken as X is."""
        scope = last.scope.inherited().sharing(last.worded)
        listed, _ = self._list(rest, scope, joined="any")
        if listed is None or first is None:
            return first or listed
        if isinstance(listed, Judgement):  # "disease such as A or B, that would interfere": it is said of the disease
            return all_of([first, listed], span)
        said = (*leaves(first), *leaves(listed))
        if any(isinstance(leaf, Unclear) and RESTRICTS in leaf.reason for leaf in said):
            return all_of([first, self.source.unclear(rest.start, rest.end, RESTRICTS)], span)
        times = {leaf.window for leaf in said if isinstance(leaf, Present) and leaf.window is not None}
        if len(times) == 1 and not _in_the_middle(listed):  # "stroke including TIA within 3 months"
            window = times.pop()
            first, listed = timed(first, window), timed(listed, window)
        if isinstance(first, Not):
            return Not(any_of([first.rule, listed], span), span=span)
        if isinstance(first, AllOf) and listing:
            return all_of([*first.rules[:-1], any_of([first.rules[-1], listed], span)], span)
        if isinstance(first, AllOf) and sum(map(computable, first.rules)) > 1:
            kept = [rule for rule in first.rules if isinstance(rule, Unclear)]
            return all_of(
                [*kept, any_of([all_of([r for r in first.rules if r not in kept], span), listed], span)], span
            )
        return any_of([first, listed], span)

    def _definition(self, first: Rule | None, rest: Clause, span: Span) -> Rule | None:
        """ "X defined as T": the test T is the rule; words that define nothing computable stay beside X."""
        if isinstance(first, Not):  # "must not have hypertension, defined as BP > 150/90"
            defined = self._definition(first.rule, rest, span)
            return (
                defined if defined is None or isinstance(defined, Unclear) else negation(defined, span, self.vocabulary)
            )
        test = self._clause(rest)
        if test is None or first is None:
            return first or test
        if not computable(test):
            open_ended = tests(first) or self.side == "exclusion"
            unclear = self.source.unclear(*span, "defined by what is not understood")
            return unclear if open_ended else all_of([first, test], span)
        if not tests(test):
            return self.source.unclear(*span, "defined by what is no test")
        rules = first.rules if isinstance(first, AllOf) else (first,)
        if any(isinstance(rule, Not) and not tests(rule) for rule in rules):
            return self.source.unclear(*span, "how far a negation reaches")
        if isinstance(first, AnyOf) and len({leaf.concept for leaf in leaves(first) if isinstance(leaf, Present)}) > 1:
            return self.source.unclear(*span, "defined by what may be the test of some of it")
        named = [rule for rule in rules if isinstance(rule, Present)]
        # "hospitalized with COVID-19 defined as T": the test is of what stands before it, not of all
        kept = (rule for rule in rules if tests(rule) or rule in named[:-1])
        return replace(all_of([*kept, test], span), span=span)


def _listed_with_and(rest: Clause, listed: Rule) -> bool:
    """ "Autoimmune disease except A, B and C": findings; another reason to exclude would be joined by "or"."""
    joints = [str(joint.value) for joint in rest.joints]
    parts = listed.rules if isinstance(listed, AllOf | AnyOf) else (listed,)
    if not all(isinstance(part, Present) for part in parts):
        return False
    return joints[-1] in ("and", "comma_and") and set(joints[:-1]) <= {"comma", "and"}


def _in_the_middle(listed: Rule) -> bool:
    """ "A, B within 3 months, C": whether something is named behind what has a time, without one."""
    parts = listed.rules if isinstance(listed, AnyOf) else (listed,)
    found = [[leaf for leaf in leaves(part) if isinstance(leaf, Present)] for part in parts]
    dated = [at for at, named in enumerate(found) if any(leaf.window for leaf in named)]
    return bool(dated) and any(not leaf.window for named in found[dated[-1] + 1 :] for leaf in named)


def _announces(clause: Clause, base: Clause) -> bool:
    """ "except for: A; B; C": a colon within the exception has a list behind it."""
    return any(part.kind == "COLON" for member in clause.members[len(base.members) :] for part in member)


def _excepted_from(clause: Clause) -> Clause | None:
    """What a clause makes an exception to, where the exception is the last thing it says."""
    at = next((i for i, joint in enumerate(clause.joints) if joint.type == "TURN"), None)
    if at is None or clause.joints[at].kind != "EXCEPT" or any(j.type == "TURN" for j in clause.joints[at + 1 :]):
        return None
    return Clause(clause.members[: at + 1], clause.joints[:at])
