"""The written form: every rule of the kernel prints as one line and reads back as itself."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion
from eligibility.errors import InputError
from eligibility.rules.leaves import leaves
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
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

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
variables, scales = names.map("v_{}".format), names.map("s_{}".format)
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
    lambda v, i, s, t, w: Measured(v, i[0], i[1], s, t, w), variables, intervals, selects, st.integers(1, 9), windows
)
graded = st.builds(
    Graded, scales, st.lists(texts, min_size=1, max_size=3).map(tuple), selects, st.integers(1, 9), windows
)
changed = st.builds(
    lambda v, d, i, p: Changed(v, d, i[0], i[1], p),
    variables,
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
leaf = (
    measured
    | graded
    | changed
    | present
    | st.builds(Judgement, texts)
    | st.builds(Unclear, texts, texts, texts, st.none(), st.lists(measured | graded, max_size=2).map(tuple))
)


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


def named_in(parts: Iterable[Rule]) -> Vocabulary:
    """A vocabulary of just the names that the rules use."""
    words: dict[str, Word] = {}
    for leaf in (leaf for rule in parts for leaf in leaves(rule)):
        match leaf:
            case Measured() | Changed():
                words[leaf.variable] = Word(leaf.variable, "quantity", leaf.variable)
            case Graded():
                words[leaf.scale] = Word(leaf.scale, "scale", leaf.scale)
            case Present():
                words.setdefault(leaf.concept, Word(leaf.concept, "condition", leaf.concept))
    return Vocabulary(words, {})


@given(st.lists(st.tuples(rules, st.none() | texts, st.none() | texts), max_size=3))
def test_a_rulebook_reads_back_as_itself(parts: list[tuple[Rule, str | None, str | None]]) -> None:
    lines = tuple(
        Line(Criterion(f"I{n}", "inclusion", f"text {n}", "text", 3, 9, cohort), rule, locked)
        for n, (rule, cohort, locked) in enumerate(parts)
    )
    book = Rulebook(Trial("NCT00000001", status="RECRUITING"), lines)
    again = read_rulebook(write_rulebook(book), words=named_in(rule for rule, *_ in parts))
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
    assert [fault.place for fault in problem.value.faults] == ["line 5", "line 7"]


def faults(*rules: str) -> list[str]:
    """What is said of a rulebook with these rules, each below its header and words."""
    rows = [f"inclusion #I{n}\n| words\n{rule}" for n, rule in enumerate(rules)]
    with pytest.raises(InputError) as problem:
        read_rulebook("\n".join(["trial X1", *rows]), "x.rules")
    return [str(fault) for fault in problem.value.faults]


def test_every_unknown_word_of_a_rulebook_is_told_with_its_line_and_what_is_near() -> None:
    """A variable, a scale's level, a unit, a concept and a length of time; a slip must not become a quiet verdict."""
    told = faults(
        "has zorgblatt and meld_scre > 20",
        "total_bilirubin >= 20 blorg or nyha_class in {V} or bmi > 30 kg/m^2",
        'has "T2DM" within 3 moons before screening',
    )
    assert [fault.split(" (")[0] for fault in told] == [
        "line 4: the vocabulary has no 'zorgblatt'",
        "line 4: the vocabulary has no quantity 'meld_scre'",
        "line 7: there is no unit 'blorg'",
        "line 7: 'V' is no level of nyha_class",
        "line 7: the unit 'kg/m^2' is not in its house spelling",
        "line 10: the vocabulary has no 'T2DM'",
        "line 10: 'moons' is no length of time",
    ]
    assert "did you mean meld_score" in told[1]
    assert "did you mean type 2 diabetes" in told[5]


def test_a_scale_is_no_quantity_and_a_quantity_no_scale() -> None:
    told = faults("nyha_class >= 2", "inr in {I}")
    assert [fault.split(" (")[0] for fault in told] == [
        "line 4: 'nyha_class' is a scale, not a quantity",
        "line 7: 'inr' is a quantity, not a scale",
    ]


def test_a_misspelt_header_is_told_at_its_own_line_without_the_block_above_it() -> None:
    told = faults(
        "inr < 2\n\ninclusoin #E2 [0:5]\n| words\nhas asthma", 'inr < 3\nexclusion #E3 cohort "\\x"\n| w\ninr < 4'
    )
    assert [fault.split(" (")[0] for fault in told] == [
        "line 6: not a criterion header: 'inclusoin #E2 [0:5]'",
        "line 12: not a criterion header: 'exclusion #E3 cohort \"\\\\x\"'",
    ]
    assert "did you mean inclusion?" in told[0]


def test_remedies_show_the_written_form_and_point_nowhere() -> None:
    told = faults("inr => 2", 'judgement "\\x"', "not " * 70 + "(has asthma)")
    assert "nyha_class in {III, IV}" in told[0]
    assert "words in quotes cannot be read" in told[1]
    assert "nested more than 64 deep" in told[2]
    assert "documentation" not in "".join(told)


def test_a_place_must_be_as_long_as_its_words() -> None:
    """A word changed by hand would show a reader what no record says."""
    text = "trial X1\ninclusion #I1 [0:4]\n| words\ninr < 2\n"
    with pytest.raises(InputError, match=r"line 2: \[0:4\] holds 4 characters, the words below it 5"):
        read_rulebook(text)
    assert read_rulebook(text.replace("0:4", "3:8")).lines[0].criterion.end == 8


def test_an_editor_that_ends_lines_its_own_way_changes_nothing() -> None:
    text = "trial X1\ninclusion #I1 [0:7]\n| a\n| words\ninr < 2\n"
    again = read_rulebook("\ufeff" + text.replace("\n", "\r\n"))
    assert again == read_rulebook(text)
    assert again.lines[0].criterion.text == "a\nwords"
