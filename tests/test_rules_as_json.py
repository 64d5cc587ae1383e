"""Rules as JSON: every field survives, faults are named with their place, nothing explodes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.errors import InputError
from eligibility.reports.rules_as_json import MAX_DEPTH, coverage, rule_from_dict, rule_to_dict
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Changed,
    Duration,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Unclear,
    Window,
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(max_size=12)
spans = st.none() | st.tuples(st.integers(0, 99), st.integers(0, 99))
bounds = st.none() | st.builds(Bound, numbers, st.none() | words, st.booleans(), st.none() | words)
windows = st.none() | st.builds(Window, st.sampled_from(["within", "for", "since"]), numbers, words, words)
selects = st.sampled_from(["latest", "any", "min", "max"])
times = st.integers(1, 9)
several = st.lists(words, max_size=3).map(tuple)
facts = st.sampled_from(["condition", "treatment", "procedure", "allergy", "state"])
per = st.none() | st.builds(Duration, numbers, words)
tests = st.lists(st.builds(Measured, words, bounds, bounds, selects, times, windows, spans), max_size=2).map(tuple)
leaf = (
    st.builds(Measured, words, bounds, bounds, selects, times, windows, spans)
    | st.builds(Graded, words, several, selects, times, windows, spans)
    | st.builds(Changed, words, st.sampled_from(["rise", "fall"]), bounds, bounds, per, spans)
    | st.builds(Present, facts, words, st.sampled_from(["active", "history", "any"]), several, windows, spans)
    | st.builds(Judgement, words, spans)
    | st.builds(Unclear, words, words, words, spans, tests)
)


def nested(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    rules = st.lists(inner, max_size=3).map(tuple)
    return (
        st.builds(AllOf, rules, spans)
        | st.builds(AnyOf, rules, spans)
        | st.builds(AtLeast, st.integers(1, 5), rules, spans)
        | st.builds(Not, inner, spans)
    )


@given(st.recursive(leaf, nested, max_leaves=8))
def test_a_rule_comes_back_from_its_json_as_itself_with_every_span(rule: Rule) -> None:
    """Through real JSON text; spans are not compared by equality, so they are compared by hand."""
    back = rule_from_dict(json.loads(json.dumps(rule_to_dict(rule))))
    assert back == rule
    assert [found.span for found in leaves(back)] == [found.span for found in leaves(rule)]


def test_the_names_are_those_of_the_design_and_kind_comes_first() -> None:
    """Other programs rely on them."""
    rule = Measured("total_bilirubin", low=Bound(171, "umol/L"), span=(0, 4))
    assert list(rule_to_dict(rule).items())[:2] == [("kind", "measured"), ("variable", "total_bilirubin")]
    assert rule_to_dict(rule)["low"] == {"value": 171, "unit": "umol/L", "inclusive": True, "assumed": None}
    assert rule_to_dict(rule)["span"] == [0, 4]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"kind": "nonsense"}, ""),
        ([], ""),
        ({"variable": "age"}, ""),
        ({"kind": "measured", "variable": "age", "colour": "red"}, "colour"),
        ({"kind": "measured", "variable": "age", "low": {"value": float("nan")}}, "low.value"),
        ({"kind": "measured", "variable": "age", "low": {"value": float("inf")}}, "low.value"),
        ({"kind": "not"}, "rule"),
        (
            {"kind": "any", "rules": [{"kind": "judgement", "text": "x"}, {"kind": "graded", "scale": 1}]},
            "rules.1.scale",
        ),
    ],
)
def test_faulty_json_is_refused_with_its_place(data: Any, place: str) -> None:
    """No unknown kind or field, no missing part and no infinite number becomes a rule."""
    with pytest.raises(InputError) as caught:
        rule_from_dict(data, "rules.json")
    assert place in [fault.place for fault in caught.value.faults]


def test_every_fault_of_a_rule_is_named_at_once() -> None:
    """Two faulty branches are two faults."""
    with pytest.raises(InputError) as caught:
        rule_from_dict({"kind": "all", "rules": [{"kind": "maybe"}, {"kind": "not", "rule": {"kind": "perhaps"}}]})
    assert [fault.place for fault in caught.value.faults] == ["rules.0", "rules.1.rule"]


@pytest.mark.parametrize("kind", ["all", "any"])
def test_deep_nesting_is_refused_quickly_and_by_name(kind: str) -> None:
    """A hostile file must not take exponential time or the stack."""
    data: dict[str, Any] = {"kind": "judgement", "text": "x", "wrong": 1}
    for _ in range(MAX_DEPTH - 1):
        data = {"kind": kind, "rules": [data]}
    with pytest.raises(InputError, match="wrong"):
        rule_from_dict(data)
    for _ in range(5000):
        data = {"kind": "not", "rule": data}
    with pytest.raises(InputError, match="deep"):
        rule_from_dict(data)


def test_coverage_sums_to_the_criteria() -> None:
    """Each criterion is counted once: understood, for a person, partly understood, or unclear."""
    age, consent, riddle = Measured("age", low=Bound(18, "year")), Judgement("consent"), Unclear("6 )7.")
    counted = coverage([age, AnyOf((age, consent)), consent, AnyOf((age, riddle)), riddle])
    assert counted == {"criteria": 5, "understood": 2, "judgement": 1, "partly": 1, "unclear": 1}
