"""Conditions: "T if C", "if C, T", "T1 (T2 if C)": a test that binds only where a condition holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eligibility.criteria.criterion import Side
from eligibility.rules.leaves import leaves
from eligibility.rules.meaning.joining import all_of, any_of
from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.rules.rule import AllOf, AnyOf, Bound, Measured, Not, Rule
from eligibility.spans import Span

_TESTED: Final = frozenset(("RULE", "ELLIPSIS", "JUDGE"))
CASE: Final = frozenset(("CASE",))
CAUSE: Final = frozenset(("CAUSE",))
# Behind a limit that takes the place of another, "in patients with …" says when it does.
INSTEAD: Final = CASE | {"WHOM"}
_MUST: Final = ("must", "should")
# Words before "must" that say of whom it is asked, and what they are of: all of it is read.
_OF_WHOM: Final = frozenset(
    ("THING", "QUALIFIER", "HISTORY", "EVER", "CURRENT", "ACTIVE", "WOMEN", "VERB", "BRACKET", "NEGATIVE", "POSITIVE")
)
_PERSONS: Final = re.compile(
    r"\b(?:patients?|subjects?|participants?|individuals?|persons?|people|those|women|females?)\b"
)
_MEN: Final = re.compile(r"\b(?:male|males|men)\b")
_FERTILE: Final = re.compile(r"child-? ?bearing|pregnan|menopaus|lactat|breast-? ?feed")
# What ends the condition a sentence begins with.
_THEN: Final = frozenset(("comma", "comma_and"))


def conditional(clause: Clause, words: frozenset[str] = CASE) -> tuple[Clause, Clause] | None:
    """(what is asked, the condition) of "T if C" and "if C, T"; None without one, or where its reach is not exact."""
    if words.isdisjoint(clause.kinds):
        return None
    places = [(m, k) for m, parts in enumerate(clause.members) for k, part in enumerate(parts) if part.kind in words]
    if len(places) != 1 or any(joint.type == "TURN" for joint in clause.joints):
        return None
    at, k = places[0]
    parts = clause.members[at]
    if at == 0 and k == 0:
        return _leading(clause)
    behind = clause.joints[at:]
    if at or k + 1 == len(parts) or any(joint.value not in ("or", "and") for joint in behind):
        return None
    if any(_tested(member) for member in clause.members[at + 1 :]):
        return None
    return Clause((parts[:k],), ()), Clause((parts[k + 1 :], *clause.members[at + 1 :]), behind)


def or_else(clause: Clause) -> tuple[Clause, Clause, Clause] | None:
    """ "T1 or T2 for patients with C": (T1, T2, C), where each is a test and nothing else."""
    if CASE.isdisjoint(clause.kinds) or len(clause.members) != 2 or clause.joints[0].value not in ("or", "comma_or"):
        return None
    usual, other = (Clause((member,), ()) for member in clause.members)
    halves = conditional(other)
    if halves is None or any([part.kind for part in side.parts()] != ["RULE"] for side in (usual, *halves)):
        return None
    return (usual, *halves)


def apart(usual: Rule, condition: Rule) -> bool:
    """Whether a condition holds of every value that does not meet a limit: "≤ 1.5 × ULN", "> 1.5 × ULN"."""
    if not (isinstance(usual, Measured) and isinstance(condition, Measured)) or usual.variable != condition.variable:
        return False
    if usual.high is not None and usual.low is None and condition.low is not None and condition.high is None:
        return usual.high.unit == condition.low.unit and condition.low.value <= usual.high.value
    return False


def cases(clause: Clause) -> list[tuple[Clause, Clause]]:
    """Every (what is asked, its condition) of "T1 for A, and T2 for B"; empty unless each member has its own."""
    if CASE.isdisjoint(clause.kinds):
        return []
    single = [conditional(Clause((member,), ())) for member in clause.members]
    found = [halves for halves in single if halves is not None]
    plain = all(joint.type == "JOIN" for joint in clause.joints)
    return found if plain and len(found) == len(clause.members) > 1 else []


def without_proviso(clause: Clause) -> Clause | None:
    """What is asked by "T, if indicated" and "If applicable, T"; None where it stands elsewhere."""
    first, last = clause.members[0], clause.members[-1]
    if last[-1].kind == "PROVISO" and len(last) > 1:
        rest = Clause((*clause.members[:-1], last[:-1]), clause.joints)
    elif first[0].kind == "PROVISO" and len(first) == 1 and len(clause.members) > 1:
        rest = Clause(clause.members[1:], clause.joints[1:])
    else:
        return None
    return None if "PROVISO" in rest.kinds else rest


def with_words(clause: Clause) -> Clause | None:
    """The clause, "as indicated" within it put as words that are not understood; None for a condition within it."""
    provisos = [str(p.value) for p in clause.parts() if isinstance(p, Piece) and p.kind == "PROVISO"]
    if not all(words.lower().startswith("as ") for words in provisos):
        return None
    members = tuple(
        tuple(Piece("WORDS", p.start, p.end, "") if p.kind == "PROVISO" else p for p in parts)
        for parts in clause.members
    )
    return Clause(members, clause.joints)


def required(clause: Clause, text: str) -> tuple[Clause, Clause] | None:
    """(what is asked, of whom) of "patients with X must T"; None where it may be asked of everybody, or of men too."""
    places = [(m, k) for m, parts in enumerate(clause.members) for k, part in enumerate(parts) if must(part)]
    if len(places) != 1 or any(joint.type == "TURN" for joint in clause.joints):
        return None
    m, k = places[0]
    whom = (*clause.members[:m], clause.members[m][:k])
    kinds = {part.kind for parts in whom for part in parts}
    if not whom[-1] or not kinds <= _OF_WHOM or any(joint.value != "or" for joint in clause.joints[:m]):
        return None
    opened = max(text.rfind(mark, 0, clause.start) for mark in ".;:\n*") + 1
    words = text[opened : whom[-1][-1].end].lower()
    if not _PERSONS.search(words) or _MEN.search(words) or ("WOMEN" in kinds and not _FERTILE.search(words)):
        return None
    things = tuple(tuple(part for part in parts if part.kind not in ("WOMEN", "VERB")) for parts in whom)
    asked = Clause((clause.members[m][k:], *clause.members[m + 1 :]), clause.joints[m:])
    if not all(any(part.kind == "THING" for part in parts) for parts in things) or asked.kinds & {"WOMEN", "MEN"}:
        return None
    return asked, Clause(things, clause.joints[:m])


def must(part: Part) -> bool:
    """ "must", "should have", "must not be"."""
    return isinstance(part, Piece) and part.kind in ("VERB", "NOT") and str(part.value).lower().startswith(_MUST)


def _leading(clause: Clause) -> tuple[Clause, Clause] | None:
    """ "If C, T": the first comma, or a colon, ends the condition."""
    first = clause.members[0][1:]
    colon = next((i for i, part in enumerate(first) if part.kind == "COLON"), None)
    if colon and colon + 1 < len(first):
        return Clause((first[colon + 1 :], *clause.members[1:]), clause.joints), Clause((first[:colon],), ())
    if not first or len(clause.members) < 2 or clause.joints[0].value not in _THEN:
        return None
    plain = all(joint.value == "and" for joint in clause.joints[1:]) or clause.joints[0].kind == "BINDS"
    if not plain and not of_one_sex(first):
        return None
    return Clause(clause.members[1:], clause.joints[1:]), Clause((first,), ())


def of_one_sex(condition: Sequence[Part]) -> bool:
    """ "If female, T": the sex is the whole condition, so that it ends at the first comma whatever follows."""
    kinds = {part.kind for part in condition}
    return kinds <= {"WOMEN", "MEN", "VERB"} and len(kinds & {"WOMEN", "MEN"}) == 1


def _tested(parts: Sequence[Part]) -> bool:
    return any(isinstance(part, Piece) and part.kind in _TESTED for part in parts)


def where(asked: Rule, condition: Rule, span: Span, side: Side) -> Rule:
    """What is asked where the condition holds: elsewhere nothing is required, and nothing excludes."""
    if alternatives(asked):
        usual, other = _parted(asked)
        return instead(usual, other, condition, span, side)
    if side == "exclusion":
        return all_of([asked, condition], span)
    return any_of([asked, _unmet(condition, span)], span)


def _unmet(condition: Rule, span: Span) -> Rule:
    """The condition does not hold; a limit in it stays as it was written."""
    return condition.rule if isinstance(condition, Not) else Not(condition, span=span)


def alternatives(rule: Rule) -> bool:
    """ "≤ 2.5 × ULN or ≤ 5 × ULN if …": two limits of one thing, of which the second is for the condition."""
    if isinstance(rule, AllOf):
        return all(alternatives(inner) for inner in rule.rules)
    if not isinstance(rule, AnyOf) or len(rule.rules) != 2:
        return False
    first, second = rule.rules
    alike = isinstance(first, Measured) and isinstance(second, Measured) and first.variable == second.variable
    return alike and first.span == second.span


def _parted(rule: Rule) -> tuple[Rule, Rule]:
    assert isinstance(rule, AllOf | AnyOf)
    if isinstance(rule, AnyOf):
        return rule.rules[0], rule.rules[1]
    pairs = [_parted(inner) for inner in rule.rules]
    return (
        replace(rule, rules=tuple(usual for usual, _ in pairs)),
        replace(rule, rules=tuple(other for _, other in pairs)),
    )


def instead(usual: Rule, other: Rule, condition: Rule, span: Span, side: Side) -> Rule:
    """ "T1 (T2 if C)": T2 takes the place of T1 where C holds.

    Of two limits of one thing the stricter implies the other, so that the condition need not be known when the
    stricter is met, or the laxer is not.
    """
    elsewhere = _unmet(condition, span)
    if isinstance(usual, AnyOf) and isinstance(other, AllOf) and _variables(usual) == _variables(other):
        other = AnyOf(other.rules, span=other.span)  # "AST or ALT > 3 (> 5 if …)": joined as before
    if _implies(usual, other):
        return any_of([usual, all_of([condition, other], span)], span)
    if _implies(other, usual):
        return any_of([other, all_of([elsewhere, usual], span)], span)
    if side == "exclusion":
        return any_of([all_of([usual, elsewhere], span), all_of([other, condition], span)], span)
    return all_of([any_of([usual, condition], span), any_of([other, elsewhere], span)], span)


def _variables(rule: AllOf | AnyOf) -> list[str]:
    return [part.variable for part in rule.rules if isinstance(part, Measured)]


def compared_as(usual: Rule, other: Clause) -> Rule | None:
    """ "≤ 2.5 × ULN (5 × ULN if …)": a bare multiple behind a limit is compared as the limit is."""
    bare = [part for part in other.parts() if part.kind == "MULTIPLE"]
    if len(bare) != 1 or not isinstance(bare[0], Piece):
        return None
    if isinstance(usual, AllOf | AnyOf):
        inner = [compared_as(rule, other) for rule in usual.rules]
        rules = tuple(rule for rule in inner if rule is not None)
        return replace(usual, rules=rules) if len(rules) == len(usual.rules) else None
    if not isinstance(usual, Measured) or (usual.low is None) == (usual.high is None):
        return None
    quantity, end = bare[0].value, usual.low or usual.high or Bound(0)
    bound = Bound(quantity.value, quantity.unit, end.inclusive)
    span = (bare[0].start, bare[0].end)
    return replace(usual, low=bound if usual.low else None, high=bound if usual.high else None, span=span)


def _implies(one: Rule, other: Rule) -> bool:
    """Whether every value that meets `one` meets `other`: limits of the same quantities in the same unit."""
    if isinstance(one, AllOf | AnyOf) and type(one) is type(other):
        assert isinstance(other, AllOf | AnyOf)
        pairs = zip(one.rules, other.rules, strict=False)
        return len(one.rules) == len(other.rules) and all(_implies(a, b) for a, b in pairs)
    if not (isinstance(one, Measured) and isinstance(other, Measured)) or one.variable != other.variable:
        return False
    return narrower(one, other)


def narrower(one: Measured, other: Measured) -> bool:
    """Whether every value of one limit is one of the other, written in the same unit."""
    for inner, outer, sign in ((one.low, other.low, 1), (one.high, other.high, -1)):
        if outer is None:
            continue
        if inner is None or (inner.unit or inner.assumed) != (outer.unit or outer.assumed):
            return False
        if sign * inner.value < sign * outer.value or (
            inner.value == outer.value and inner.inclusive > outer.inclusive
        ):
            return False
    return True


def relaxed(rules: Sequence[Rule]) -> bool:
    """ "ALT ≤ 2.5. For patients with C, ALT ≤ 5.": whether a later limit of the same thing binds only some."""
    limited: set[str] = set()
    for rule in rules:
        named = {leaf.variable for leaf in leaves(rule) if isinstance(leaf, Measured)}
        parts = rule.rules if isinstance(rule, AnyOf) else ()
        if named & limited and any(isinstance(part, Not) for part in parts):
            return True
        if "age" in named & limited and isinstance(rule, AllOf):
            return True  # "Age ≥ 16. Patients under 18 should be fully grown"
        limited |= named
    return False


def of_two_limits(asked: Clause) -> bool:
    """ "≤ 2.5 × ULN or ≤ 5 × ULN" and nothing else: of two limits a condition behind them is of the second."""
    rules = [part.value for part in asked.parts() if isinstance(part, Piece) and part.kind == "RULE"]
    return len(rules) == 1 and len(list(asked.parts())) == 1 and alternatives(rules[0])
