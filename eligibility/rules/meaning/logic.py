"""The tree of a sentence → its rule: lists, scope, exceptions, examples, definitions.

What an "and" means depends on the side: in an exclusion a list of findings excludes by any of them.
Where the scope of a word is not exact, what it governs is `Unclear`, never a shorter rule.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.meaning.allowing import asked, granted
from eligibility.rules.meaning.binding import BOUND, Binding
from eligibility.rules.meaning.both import capped, limits_joined
from eligibility.rules.meaning.clauses import (
    SAID,
    announced,
    bound_by_label,
    dated_head,
    denies_all,
    excepting,
    exception_of,
    for_some,
    heading,
    names_disease,
    one_sex,
    pieces_of,
    required_of_some,
    restricts,
    some_of,
    titled,
)
from eligibility.rules.meaning.conditions import CASE, CAUSE, INSTEAD, cases, conditional, of_two_limits, relaxed
from eligibility.rules.meaning.examples import adequate, announced_examples, generic, half_read, widened
from eligibility.rules.meaning.heads import begun, for_whom, nested, over_list, turned, wanted
from eligibility.rules.meaning.joining import all_of, any_of, computable, dated, tests
from eligibility.rules.meaning.later import Later
from eligibility.rules.meaning.notes import asking, noted, tells_nothing, unasked
from eligibility.rules.meaning.parts_of_study import over_items, part_of_study
from eligibility.rules.meaning.prohibitions import denied
from eligibility.rules.meaning.reaching import listed_again, restrictive
from eligibility.rules.meaning.reasons import announcing_why
from eligibility.rules.meaning.scope import NO_WORDS, PREFIXES, Scope, negation
from eligibility.rules.meaning.sentence import Block, Clause, Piece
from eligibility.rules.meaning.source import (
    ALLOWANCE,
    BINDS,
    DOUBLED,
    EXAMPLES,
    FOR_SOME,
    HOW_MANY,
    NO_NOUN,
    REFUSED,
    RESTRICTS,
)
from eligibility.rules.rule import Not, Rule, Unclear

_FOR_SOME: Final = re.compile(r"(?:^|[.;\n])\W*for$")


class Logic(Later):
    """Reads one criterion's tree for one side."""

    def criterion(self, blocks: Sequence[Block]) -> Rule:
        """The rule of a whole criterion: its sentences add requirements, or further reasons to exclude."""
        blocks = asking(noted(blocks, self.source.text), self.source)
        rules = self._sentences(blocks)
        span = (0, len(self.source.text))
        if not rules:
            return unasked(self.source)
        if excepting(self.source.text, [block.head[0] for block in blocks if block.head]):
            return self.source.unclear(*span, "how far an exception reaches")
        if self.side == "inclusion" and relaxed(rules):
            return self.source.unclear(*span, FOR_SOME)
        rule = self._each(rules, span)
        if heading(self.source.text) and not tests(rule):
            return self.source.unclear(*span, BINDS)
        return granted(self._whole_unclear(rule, span) or rule, self.allowed, self.side)

    def _block(self, block: Block) -> Rule | None:
        if not block.items:
            return self._clauses(block.head)
        if block.head and "REASON" in block.head[-1].kinds:
            block = Block(announcing_why(block.head, self.source.text), block.items, block.ors)
        if block.head and (part := over_items(block.head, self.source.text)) is not None:
            listed = self._block(Block((), block.items, block.ors))
            return None if listed is None else self._in_part(listed, part, (part.start, block.items[-1][-1].end))
        if over_list(block.head, self.source.text):
            return self.source.unclear(block.head[0].start, block.items[-1][-1].end, BINDS)
        count, label, before = self._head(block.head)
        if count is None and len(block.head) == 1 and (listed := self._under_title(block)) is not None:
            return listed
        if count is None and some_of(block.head, self.source.text):
            return self.source.unclear(block.head[0].start, block.items[-1][-1].end, HOW_MANY)
        ending = block.head[-1].members[-1][-1].kind if block.head else "COLON"
        announcing = ending in ("COLON", "INCLUDING", "DEFINING", "EXCEPTING")
        loose = self.side == "exclusion" and count is None and not announcing
        if before is not None and (titled(block.head) or loose or restricts(block.head, self.source.text)):
            if self.side == "inclusion":
                return self.source.unclear(block.head[0].start, block.items[-1][-1].end, BINDS)
            before = self.source.unclear(block.head[0].start, block.head[-1].end, BINDS)
        inside = label.affirmed()
        if any(listed_again(item[-1]) for item in block.items[:-1]) or (count == 1 and nested(block, self.source.text)):
            return self.source.unclear(block.items[0][0].start, block.items[-1][-1].end, HOW_MANY)
        rules = [rule for item in block.items if (rule := self._clauses(item, inside)) is not None]
        if self.side == "exclusion" and limits_joined(block, rules, self.source.text):
            return self.source.unclear((block.head or block.items[0])[0].start, block.items[-1][-1].end, HOW_MANY)
        window = next((part.value for part in pieces_of(block.head[-1:]) if part.kind == "WINDOW"), None)
        if window is not None and (before is None or begun(block.head, self.source.text)):
            rules = [dated(rule, window, self.side) for rule in rules]
        if not rules:
            return before
        if before is not None and self._only_allowing(rules):
            return self._each([before, *rules], (block.head[0].start, block.items[-1][-1].end))
        asked = ending == "INCLUDING" and self.side == "inclusion"
        asked = asked and adequate(self.source.text[: block.head[-1].members[-1][-1].start])
        if (
            ending == "INCLUDING"
            and not asked
            and not (
                before is not None and computable(before) and (self.side == "exclusion" or not half_read(before, rules))
            )
            and not self._generic(block.head)
        ):
            return self.source.unclear(block.head[0].start, block.items[-1][-1].end, EXAMPLES)
        span = (block.items[0][0].start, block.items[-1][-1].end)
        listed = self._each(rules, span) if count is None else self._counted(rules, count, span)
        if block.ors and count is None and not label.negated:
            mixed = block.ors < len(block.items) - 1
            listed = self.source.unclear(*span, "some of it by 'or'") if mixed else any_of(rules, span)
            if before is not None and block.ors == len(block.items) and not announcing:
                return any_of([before, listed], (block.head[0].start, span[1]))  # "A or" over a list of one
        if isinstance(before, Unclear) and before.reason == ALLOWANCE:
            return self.source.unclear(block.head[0].start, span[1], ALLOWANCE)
        if before is not None and count is not None and begun(block.head, self.source.text):
            whole = (block.head[0].start, span[1])
            return any_of([before, listed], whole) if count == 1 else self.source.unclear(*whole, HOW_MANY)
        if label.negated and (self.side == "exclusion" or (before is None and capped(rules))):
            return self.source.unclear(block.head[0].start, span[1], DOUBLED)
        if label.negated:
            listed = negation(any_of(rules, span) if count is None else listed, span, self.vocabulary)
        if before is None or asked:
            return self._of_one_sex(block.head, listed, span)
        if ending == "EXCEPTING":
            *_, turn = pieces_of(block.head[-1:])
            return self.source.excepted(turn.value, before, any_of(rules, span), span)
        if ending == "DEFINING" and computable(listed) and not tests(before):
            return listed
        more = count in (None, 1) and announced_examples(block.head[-1])
        if ending == "INCLUDING" or (more and (isinstance(before, Not) or self.side == "exclusion")):
            return widened(before, any_of(rules, span), span)
        return all_of([before, listed], span)

    def _generic(self, head: Sequence[Clause]) -> bool:
        including = head[-1].members[-1][-1]
        return generic(self.source.words(head[0].start, including.start))

    def _head(self, head: Sequence[Clause]) -> tuple[int | None, Scope, Rule | None]:
        """(how many of the items, what the label says of each, the rule of what stands before the label)."""
        if not head:
            return None, Scope(), None
        last = head[-1]
        if any(part.kind in REFUSED for part in last.parts()):
            return None, Scope(), self._clauses(head)
        label, rest = last.members[-1], last.members[:-1]
        count = next((part.value for part in pieces_of(head) if part.kind == "COUNT"), None)
        scope = Scope()
        for part in label:
            if isinstance(part, Piece) and part.kind in PREFIXES:
                scope = scope.after(part)
        before = [self._clauses(head[:-1])] if len(head) > 1 else []
        said = any(part.kind in SAID for part in label)
        said = said or bool(rest and label[-1].kind in ("WORDS", "OR", "AND") and not scope.negated)
        if rest and said:
            rules = [rule for rule in (*before, self._clause(last)) if rule is not None]
            return count, Scope(), all_of(rules, (head[0].start, last.end)) if rules else None
        if rest:
            before.append(self._clause(Clause(rest, last.joints[: len(rest) - 1])))
        words = " ".join(self.source.words(part.start, part.end) for part in label if part.kind == "WORDS")
        asks = bool(words) and self.side == "inclusion" and wanted(head, self.source.text)
        if restricts(head, self.source.text) or re.search(r"\d", words) or said or asks:
            before.append(self._clause(Clause((label,), ())))
            scope = Scope()
        rules = [rule for rule in before if rule is not None]
        return count, scope.inherited(), all_of(rules, (head[0].start, last.end)) if rules else None

    def _clauses(self, clauses: Sequence[Clause], scope: Scope | None = None) -> Rule | None:
        """Clauses between semicolons: all of them; any of several defined diseases; any in an exclusion."""
        if not clauses:
            return None
        clauses = self._still_excepted(clauses)
        span = (clauses[0].start, clauses[-1].end)
        several = len(clauses) > 1
        window, first = dated_head(clauses[0]) if several else (None, clauses[0])
        count, first = announced(first, listing=True) if several else (None, first)
        rules: list[Rule] = []
        for clause in (first, *clauses[1:]):
            if rules and tells_nothing(self.source.words(clause.start, clause.end)):
                continue
            if not (rules and self._replaced(rules, clause)) and (rule := self._clause(clause, scope)) is not None:
                rules.append(dated(rule, window, self.side) if window is not None else rule)
        if not rules:
            return None
        if excepting(self.source.text, clauses):
            return self.source.unclear(*span, "how far an exception reaches")
        if several and isinstance(rules[0], Unclear) and rules[0].reason == EXAMPLES:
            return self.source.unclear(*span, EXAMPLES)  # "uncontrolled illness including A; B; C"
        if several and (denies_all(clauses[0]) or "AT_MOST" in clauses[0].kinds):
            return self.source.unclear(*span, HOW_MANY)
        if count is None and several and any(listed_again(clause) for clause in clauses[:-1]):
            return self.source.unclear(*span, HOW_MANY)
        if count is not None:
            return self._counted(rules, count, span)
        if len(clauses) > 1 and all(names_disease(clause) for clause in clauses):
            return any_of(rules, span)
        return self._each(rules, span)

    # ------------------------------------------------------------ turns: such as, defined as, unless, except

    def _clause(self, clause: Clause, scope: Scope | None = None) -> Rule | None:
        window, dated_clause = dated_head(clause)
        if window is not None:
            return None if (told := self._clause(dated_clause, scope)) is None else dated(told, window, self.side)
        if one_sex(clause):
            return self._list(Clause((clause.members[0][:1],), ()), Scope())[0]
        if not BOUND.isdisjoint(clause.kinds) and (found := self._conditioned(clause, scope)) is not None:
            return found[0]
        if "COHORT" in clause.kinds and (halves := part_of_study(clause, self.source.text)) is not None:
            told = self._clause(halves[0], scope)
            return None if told is None else self._in_part(told, halves[1], (clause.start, clause.end))
        caused = conditional(clause, CAUSE)
        if caused is not None:
            return self._caused(*caused, (clause.start, clause.end))
        headed = self.side == "inclusion" and clause.members[0][0].kind == "WHOM"  # "in patients with X, T"
        halves = conditional(clause, INSTEAD if headed else CASE)
        if headed and halves is None:
            return self.source.unclear(clause.start, clause.end, FOR_SOME)
        if halves is not None:
            return self._where(*halves, (clause.start, clause.end))
        several = [self._where(*halves, (halves[0].start, halves[1].end)) for halves in cases(clause)]
        if several:
            return self._each([rule for rule in several if rule is not None], (clause.start, clause.end))
        if (other := self._other_limit(clause)) is not None:
            return other
        excepted = exception_of(clause)
        if "ALLOW" in clause.kinds:
            self._allowing(clause, (clause.start, clause.end))
        for part in clause.parts() if not REFUSED.keys().isdisjoint(clause.kinds) else ():
            if excepted and part.start > excepted.start and (part.kind in INSTEAD or part.kind == "CAUSE"):
                continue
            if part.kind == "ALLOW" and self.side == "inclusion" and (demand := asked(clause)) is not None:
                return self._clause(demand, scope)
            if part.kind == "FAMILY":
                return self._of_others(clause)
            if part.kind in REFUSED:
                return self.source.unclear(clause.start, clause.end, REFUSED[part.kind])
        lists_denials = "NOT" in clause.kinds and len(clause.members) > 1
        if lists_denials and any(all(p.kind == "NOT" for p in member) for member in clause.members):
            return self.source.unclear(clause.start, clause.end, NO_NOUN)
        if self.side == "exclusion" and denied(clause, self.source.text):
            return self._denied(clause, scope)
        if "COLON" in clause.kinds and (
            turned(clause, self.source.text) or (self.side == "inclusion" and for_whom(clause, self.source.text))
        ):
            return self.source.unclear(clause.start, clause.end, BINDS)
        if required_of_some(clause, self.source.text):
            return self._required(clause)
        if bound_by_label(clause):
            return self._defined_by_label(clause) or self.source.unclear(clause.start, clause.end, BINDS)
        before = self.source.text[: clause.start].rstrip().lower() if len(clause.members) > 1 else ""
        subgroup = before.endswith("for") and _FOR_SOME.search(before)
        if "WHOM" in clause.kinds and (others := conditional(clause, INSTEAD)) and of_two_limits(others[0]):
            return self._where(*others, (clause.start, clause.end))
        if subgroup or ("WHOM" in clause.kinds and any(for_some(member) for member in clause.members)):
            return self.source.unclear(clause.start, clause.end, FOR_SOME)
        rule = self._said(clause, scope or NO_WORDS)
        if rule is not None and self.side == "inclusion" and "EXCLUDED" in clause.kinds:
            ends = [
                clause.members[0][0].kind,
                *[part.kind for part in clause.members[-1] if part.kind != "WINDOW"][-1:],
            ]
            if "EXCLUDED" not in ends:
                return self.source.unclear(clause.start, clause.end, "how far a negation reaches")
            return negation(rule, (clause.start, clause.end), self.vocabulary)
        return rule

    def _on(self, side: Side) -> Binding:
        return self if side == self.side else Logic(self.source.text, side, self.vocabulary)

    def _said(self, clause: Clause, scope: Scope) -> Rule | None:
        at = next((i for i, joint in enumerate(clause.joints) if joint.type == "TURN"), None)
        if at is not None and self.side == "exclusion" and 0 < restrictive(clause) <= at:
            return self.source.unclear(clause.start, clause.end, RESTRICTS)
        if at is None:
            return self._list(clause, scope)[0]
        base = Clause(clause.members[: at + 1], clause.joints[:at])
        rest = Clause(clause.members[at + 1 :], clause.joints[at + 1 :])
        return self._turn(clause.joints[at], base, rest, scope)
