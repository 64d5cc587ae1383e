"""Phrases composed from rules read back as their rules, whatever the name, the unit, the sign and the shape."""

from __future__ import annotations

import composing
import pytest
from composing import Phrase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion, Side
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.parse import parse

phrases = st.one_of([shape() for shape in composing.SHAPES])
sides = st.sampled_from(["inclusion", "exclusion"])
# lists and negations depend on the side, and have their cases
alone = st.one_of(
    [composing.one_bound(), composing.two_bounds(), composing.signed(), composing.ages(), composing.grades()]
)


def check(phrase: Phrase, side: Side) -> None:
    """A wrong reading and a reading that gives up fail alike: all these forms are in the inventory."""
    rule = parse(Criterion("I1", side, phrase.text))
    assert rule == phrase.rule, (
        f"{phrase.shape}: {phrase.text!r}\n reads {notation(rule)}\n  says {notation(phrase.rule)}"
    )


@settings(max_examples=300)
@given(phrases)
def test_what_a_rule_is_written_as_is_read_as_that_rule(phrase: Phrase) -> None:
    check(phrase, "inclusion")


@settings(max_examples=100)
@given(alone, sides)
def test_a_bound_means_the_same_on_either_side(phrase: Phrase, side: Side) -> None:
    check(phrase, side)


@settings(max_examples=50)
@given(phrases)
def test_what_was_read_is_written_and_read_again(phrase: Phrase) -> None:
    rule = parse(Criterion("I1", "inclusion", phrase.text))
    assert read_rule(notation(rule)) == rule


@pytest.mark.heavy
@pytest.mark.parametrize("shape", composing.SHAPES, ids=lambda shape: str(shape.__name__))
def test_many_phrases_of_every_shape_are_read_as_their_rules(shape: object) -> None:
    # units and values that a quantity cannot have are left out as they are drawn, which lists do several times over
    @settings(max_examples=3000, suppress_health_check=[HealthCheck.filter_too_much])
    @given(shape())  # type: ignore[operator]  # a strategy maker
    def every(phrase: Phrase) -> None:
        check(phrase, "inclusion")

    every()
