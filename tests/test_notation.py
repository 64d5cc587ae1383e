"""The written form: every rule of the kernel prints as one line and reads back as itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion
from eligibility.errors import InputError
from eligibility.rules.notation import notation, read_rule
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
from eligibility.rules.rulebook import Line, Rulebook, read_rulebook, write_rulebook
from eligibility.trials.trial import Trial

EXAMPLES = [
    "age 18 year .. 65 year",
    "total_bilirubin >= 171 umol/L or increase of total_bilirubin >= 17.1 umol/L per 1 day",
    "prothrombin_activity 20 % .. 40 % or inr 1.5 .. 2.6",
    "total_bilirubin >= 10 ULN and (inr >= 1.5 or prothrombin_activity < 40 %)",
    "nyha_class in {IV}",
    "at least 2 of (has diabetes, has hypertension, bmi >= 30 kg/m2)",
    "has allergy to heparin",
    "has history of myocardial infarction within 6 month before screening",
    'judgement "signed informed consent"',
    'unclear "Severe active bleeding or diffuse intravascular coagulation"',
    "bmi >= 30 assumed kg/m2",
    "maximum of body_temperature > 38 Cel on 2 occasions within 2 day before screening",
    "age > 18 year .. < 20 year",
    "has renal insufficiency [severe]",
]

names = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
texts = st.text(min_size=1, max_size=30).filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text))
units = st.sampled_from([None, "mg/dL", "10*9/L", "mL/min/{1.73_m2}", "mm[Hg]", "%", "ULN", "/uL", "log10 {copies}/mL"])
numbers = st.floats(allow_nan=False, allow_infinity=False, width=32).map(float)
bounds = st.builds(Bound, numbers, units, st.booleans(), st.sampled_from([None, "kg/m2", "%"]))
windows = st.none() | st.builds(
    Window, st.sampled_from(["within", "for", "since"]), numbers, st.sampled_from(["month", "day"]), texts
)
intervals = st.tuples(bounds, bounds) | st.tuples(bounds, st.none()) | st.tuples(st.none(), bounds)
selects = st.sampled_from(["latest", "any", "min", "max"])
measured = st.builds(
    lambda v, i, s, t, w: Measured(v, i[0], i[1], s, t, w), names, intervals, selects, st.integers(1, 9), windows
)
graded = st.builds(
    Graded, names, st.lists(texts, min_size=1, max_size=3).map(tuple), selects, st.integers(1, 9), windows
)
changed = st.builds(
    lambda v, d, i, p: Changed(v, d, i[0], i[1], p),
    names,
    st.sampled_from(["rise", "fall"]),
    intervals,
    st.none() | st.builds(Duration, numbers, st.just("day")),
)
present = st.builds(
    Present,
    st.sampled_from(["condition", "treatment", "procedure", "allergy", "state"]),
    names | texts,
    st.sampled_from(["active", "history", "any"]),
    st.lists(texts, max_size=2).map(tuple),
    windows,
)
leaf = measured | graded | changed | present | st.builds(Judgement, texts) | st.builds(Unclear, texts, texts, texts)


def combined(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return (
        st.builds(AllOf, several)
        | st.builds(AnyOf, several)
        | st.builds(AtLeast, st.integers(1, 3), several)
        | st.builds(Not, inner)
    )


rules: st.SearchStrategy[Rule] = st.recursive(leaf, combined, max_leaves=8)


@pytest.mark.parametrize("line", EXAMPLES)
def test_the_lines_of_the_design_print_back_as_themselves(line: str) -> None:
    assert notation(read_rule(line)) == line


@given(rules)
def test_every_rule_reads_back_as_itself(rule: Rule) -> None:
    """Equal bounds at both ends are written once, so one closed and one open end of the same value stay two."""
    assert read_rule(notation(rule)) == rule


def test_and_binds_tighter_than_or() -> None:
    assert read_rule("a_b = 1 or c_d = 2 and e_f = 3") == read_rule("a_b = 1 or (c_d = 2 and e_f = 3)")


@pytest.mark.parametrize(
    "line", ["", "age >=", "age 18 year ..", "has", "at least of (has diabetes)", "age >= 18 year)"]
)
def test_a_line_that_cannot_be_read_shows_where(line: str) -> None:
    with pytest.raises(InputError) as problem:
        read_rule(line)
    assert "^" in str(problem.value)


@given(st.lists(st.tuples(rules, st.none() | texts, st.none() | texts), max_size=3))
def test_a_rulebook_reads_back_as_itself(parts: list[tuple[Rule, str | None, str | None]]) -> None:
    lines = tuple(
        Line(Criterion(f"I{n}", "inclusion", f"text {n}", "text", 3, 9, cohort), rule, locked)
        for n, (rule, cohort, locked) in enumerate(parts)
    )
    book = Rulebook(Trial("NCT00000001", status="RECRUITING"), lines)
    again = read_rulebook(write_rulebook(book))
    assert again.lines == lines
    assert again.digest == book.digest


def test_the_source_words_of_a_rulebook_keep_their_lines() -> None:
    text = "any of:\n  * a\n  * # b\n\n| c"
    book = Rulebook(Trial("X1"), (Line(Criterion("I1", "inclusion", text, "text", 0, len(text)), Unclear("?")),))
    assert read_rulebook(write_rulebook(book)).lines[0].criterion.text == text


def test_a_broken_rulebook_names_every_line_that_is_wrong() -> None:
    text = "trial X1\n\ninclusion #I1\n| words\nage >=\n\ninclusion #I2\n| words\n"
    with pytest.raises(InputError) as problem:
        read_rulebook(text, "x.rules")
    assert len(problem.value.faults) == 2
    assert "line 3" in str(problem.value)
    assert "line 7" in str(problem.value)
