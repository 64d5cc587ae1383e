"""A finding before a colon: the title of what stands behind it, when that is of its kind, or asks for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from eligibility.rules.meaning.joining import all_of, any_of
from eligibility.rules.meaning.run_on import is_heading
from eligibility.rules.meaning.scope import PREFIXES, Scope
from eligibility.rules.meaning.sentence import Clause, Part, Piece
from eligibility.rules.meaning.source import UNKNOWN, Source
from eligibility.rules.rule import AllOf, AnyOf, Present, Rule, Unclear

LABEL: Final = frozenset(("THING", "QUALIFIER", "ACTIVE", "CURRENT", "BRACKET", "JUDGE", "HISTORY", "EVER"))
# What begins a sentence that asks for itself: "Chemotherapy: No prior platinum", "At least 4 weeks since …".
_OPENS: Final = frozenset(("NOT", "WASHOUT"))


def label_of(clause: Clause) -> tuple[Sequence[Part], Clause] | None:
    """(what stands before a colon, what stands behind it); None where that is not the name of one finding."""
    first = clause.members[0]
    at = next((i for i, part in enumerate(first) if part.kind == "COLON"), 0)
    before = first[:at]
    if not at or at + 1 == len(first) or any(part.kind not in LABEL for part in before):
        return None
    if sum(part.kind == "THING" for part in before) != 1:
        return None
    return before, Clause((first[at + 1 :], *clause.members[1:]), clause.joints)


def said_of(label: Sequence[Part]) -> Scope:
    """What the words before the finding of a label say of it, and so of what is listed under it."""
    scope = Scope()
    for part in label:
        if isinstance(part, Piece) and part.kind in PREFIXES:
            scope = scope.after(part)
    return scope


def thing_of(parts: Sequence[Part]) -> str:
    """The key of the one finding of a label; "" where it is known by its name alone, or is a grade."""
    values = [part.value for part in parts if isinstance(part, Piece) and part.kind == "THING"]
    return values[0] if len(values) == 1 and isinstance(values[0], str) else ""


def heads(key: str, rest: Clause, source: Source) -> bool:
    """ "Chemotherapy: At least 4 weeks since platinum": whether a class of treatments heads a sentence of its own."""
    first, *behind = rest.members[0]
    if first.kind not in _OPENS or not is_heading(key, source.vocabulary):
        return False
    return not (behind and source.words(behind[0].start, behind[0].end).lower().startswith("specified"))


def under(title: Rule, rule: Rule, source: Source) -> Rule | None:
    """What is listed under the name of a finding, when half of it at least is of its kind; None when it is not.

    What is not understood there is asked for as that finding is.
    """
    if not isinstance(title, Present):
        return None
    parts = rule.rules if isinstance(rule, AnyOf) else (rule,)
    unknown = [part for part in parts if isinstance(part, Unclear)]
    kinds = [part for part in parts if _is_kind(part, title.concept, source)]
    named = len(parts) - len(unknown)
    if len(kinds) * 2 < max(named, 1) or any(part.reason != UNKNOWN for part in unknown):
        return None
    if not unknown:
        return rule
    span = rule.span or (0, 0)
    made = [all_of([replace(title, span=part.span), part], span) if part in unknown else part for part in parts]
    return any_of(made, span)


def _is_kind(rule: Rule, key: str, source: Source) -> bool:
    """Whether what a rule says cannot be without the finding."""
    if isinstance(rule, Present):
        return rule.concept in source.vocabulary.descendants(key)
    if isinstance(rule, AllOf):
        return any(_is_kind(part, key, source) for part in rule.rules)
    return isinstance(rule, AnyOf) and all(_is_kind(part, key, source) for part in rule.rules)
