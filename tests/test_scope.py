"""What goes over from one noun of a list to the next, and what stays with its own."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from eligibility.rules.meaning.scope import NO_WORDS, Scope
from eligibility.rules.meaning.sentence import Piece
from eligibility.rules.rule import Window


def full() -> Scope:
    """A scope in which everything differs from the empty one."""
    values: dict[str, Any] = {
        **{field.name: True for field in fields(Scope) if field.type == "bool"},
        **{
            "washout": Window("within", 4, "week"),
            "suspected": "possible",
            "result": "positive for",
            "other": "another",
        },
        "start": 7,
        **{"qualifiers": ("severe",), "shared": ("chronic",)},
    }
    scope = Scope()
    for field in fields(Scope):
        setattr(scope, field.name, values[field.name])
    return scope


def test_a_word_changes_a_copy_and_leaves_the_scope_before_as_it_was() -> None:
    before = full()
    assert before != NO_WORDS
    after = before.after(Piece("HIDDEN", 9, 15, "occult"))
    assert after == before == full()
    assert after is not before
    assert NO_WORDS.after(Piece("NOT", 0, 2, "no")).negated
    assert Scope() == NO_WORDS


def test_severity_stays_with_its_own_noun_and_a_negation_goes_on() -> None:
    denied = NO_WORDS.after(Piece("NOT", 0, 2, "no")).after(Piece("QUALIFIER", 3, 9, "severe"))
    assert denied.qualifiers == ("severe",)
    assert denied.inherited().negated
    assert denied.inherited().qualifiers == ()


def test_the_negation_of_the_next_word_only_goes_no_further() -> None:
    non = NO_WORDS.after(Piece("NOT", 0, 4, "non-"))
    assert non.negated
    assert not non.inherited().negated
    assert NO_WORDS.after(Piece("NOT", 0, 4, "none of")).inherited().negated
