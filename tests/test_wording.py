"""What a person reads: harmless words, every mark with its word, underlines that stand under their words."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion, Side
from eligibility.reports.underline import marked_lines, underlined
from eligibility.reports.wording import (
    MARKS,
    OUTCOMES,
    REASONS,
    RESULTS,
    evidence_words,
    one_line,
    shortened,
    why,
)
from eligibility.rules.rule import AnyOf, Bound, Judgement, Measured, Unclear
from eligibility.verdicts.verdict import (
    CriterionVerdict,
    Evidence,
    FactReason,
    Missing,
    Outcome,
    PersonReason,
    Result,
    Verdict,
)


def test_every_outcome_result_and_reason_has_words() -> None:
    """A new one without words would end a report in the middle."""
    assert set(OUTCOMES) == set(get_args(Outcome))
    assert set(MARKS) == set(RESULTS) == set(get_args(Result))
    assert set(REASONS) == {*get_args(FactReason), *get_args(PersonReason)}


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        (r"age \> 18 \[years\]", "age > 18 [years]"),
        ("a\n   wrapped\tline ", "a wrapped line"),
        ("\x1b[2Jwiped", "<U+001B>[2Jwiped"),
        ("abc\u202etxt.exe", "abc<U+202E>txt.exe"),
        ("soft\u00adhyphen\u200b\ufeff", "softhyphen"),
        ("\ud800", "<U+D800>"),
        ("≥ 9 g/dL – Größe", "≥ 9 g/dL – Größe"),
        (r"C:\dir", r"C:\dir"),
    ],
)
def test_source_words_are_harmless_on_one_line(given_: str, shown: str) -> None:
    """Escapes of the registry go; signs that could steer a terminal or turn text around are spelled out."""
    assert one_line(given_) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_at_all_steers_a_terminal(text: str) -> None:
    """Whatever a record holds, one printable, encodable line comes out."""
    assert one_line(text).isprintable()
    assert one_line(text).encode().decode() == one_line(text)


def test_long_words_are_cut_at_a_word_with_a_sign() -> None:
    """Never in the middle of a number, never silently."""
    assert shortened("bilirubin at least 171", 18) == "bilirubin at …"
    assert shortened("short", 18) == "short"


def test_a_fact_is_told_with_unit_conversion_date_and_origin() -> None:
    """A reviewer must be able to find it in the chart."""
    fact = Evidence("total_bilirubin", "12", "mg/dL", "2025-03-01", "measurements[0]", "205 umol/L")
    assert evidence_words(fact) == "Total bilirubin 12 mg/dL (= 205 umol/L) on 2025-03-01"
    assert (
        evidence_words(Evidence("bmi", "31", derived_from=("weight", "height")))
        == "Body mass index 31 from Body weight, Body height"
    )
    assert evidence_words(Evidence("inr", "1.9", compared="1.9")) == "INR 1.9"


def test_an_answer_quotes_the_words_it_was_given_on() -> None:
    """Who, when, what, and on which words."""
    fact = Evidence("etc.", "pass", None, "2026-03-01", "answers[0]", by="A.")
    assert evidence_words(fact) == 'answered "pass" by A. on 2026-03-01: "etc."'


def test_what_the_patient_has_is_dated_by_its_onset() -> None:
    """Since then, not on that day only."""
    assert evidence_words(Evidence("asthma", "yes", None, "2019-05")) == "Asthma: yes since 2019-05"


def test_a_fact_that_two_parts_of_a_rule_look_at_is_told_once() -> None:
    """The one with the comparison says more."""
    plain = Evidence("total_bilirubin", "12", "mg/dL", "2025-03-01", "measurements[0]")
    facts = (replace(plain, compared="205 umol/L"), plain)
    verdict = CriterionVerdict(Criterion("I1", "inclusion", "x"), Judgement("x"), "pass", Verdict("met", facts))
    assert why(verdict) == ["Total bilirubin 12 mg/dL (= 205 umol/L) on 2025-03-01"]


def told(text: str, *gaps: Missing, result: Result = "unresolved") -> list[str]:
    return why(
        CriterionVerdict(
            Criterion("I1", "inclusion", text, cohort="adults"), Judgement(text), result, Verdict("unknown", (), gaps)
        )
    )


def test_gaps_are_told_by_kind_each_with_its_reason() -> None:
    """What is simply absent in one phrase, what is there and not usable each on its own."""
    gaps = (
        Missing("inr", "missing"),
        Missing("alt", "stale", detail="last value is of 2024"),
        Missing("ckd_stage", "missing"),
    )
    assert told("x", *gaps) == ["not recorded: INR, CKD stage", "Alanine aminotransferase: last value is of 2024"]
    assert told("x", Missing("alt", "unit")) == ["Alanine aminotransferase: unit cannot be compared"]


@pytest.mark.parametrize(("side", "joined"), [("inclusion", "INR or MELD score"), ("exclusion", "INR, MELD score")])
def test_where_either_fact_may_pass_a_criterion_either_is_asked_for(side: Side, joined: str) -> None:
    """Any of an inclusion passes it; an exclusion passes only when all of its reasons are denied."""
    rule = AnyOf((Measured("inr", Bound(1.5)), Measured("meld_score", Bound(30))))
    gaps = (Missing("inr", "missing"), Missing("meld_score", "missing"))
    row = CriterionVerdict(Criterion("I1", side, "x"), rule, "unresolved", Verdict("unknown", (), gaps))
    assert why(row) == [f"not recorded: {joined}"]


def test_open_words_are_quoted_unless_they_are_the_whole_criterion() -> None:
    """A reader must know which words; the rest is counted, never dropped silently."""
    assert told("signed consent", Missing("signed consent", "judgement", (0, 14))) == ["for a person to judge"]
    gaps = [Missing(word, "unclear", (2 * at, 2 * at + 1), "unknown word") for at, word in enumerate("abcde")]
    assert told("a b c d e", *gaps) == ["not understood, read it (unknown word): “a”, “b”, “c” and 2 more"]


def test_a_criterion_of_another_cohort_says_so() -> None:
    """An empty cell would look like a fault."""
    assert told("x", result="not_applicable") == ["binds adults only"]


def test_marks_stand_under_the_words_they_belong_to() -> None:
    """`^` where something was understood, `~` where it was not, nothing where nothing was read."""
    rule = AnyOf((Measured("inr", span=(0, 9)), Unclear("6 )7.", span=(13, 18))))
    assert underlined("INR ≥ 1.5 or 6 )7.", rule) == [
        "INR ≥ 1.5 or 6 )7.",
        "^^^^^^^^^    ~~~~~",
    ]


def test_marks_stay_in_place_through_escapes_wraps_and_wide_signs() -> None:
    """Spans are offsets into the text as given; the screen shows less, or wider."""
    text = "年龄 \\> 18\n   years"
    assert underlined(text, Judgement(text, span=(3, 8))) == ["年龄 > 18 years", "     ^^^^"]


def test_long_lines_wrap_at_words_and_keep_their_marks() -> None:
    """No word is lost and every line has its own underline."""
    text = "signed informed consent of the patient"
    lines = underlined(text, Judgement(text, span=(7, 23)), width=16)
    assert lines == ["signed informed", "       ^^^^^^^^^", "consent of the", "^^^^^^^", "patient"]


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_underlining_any_text_never_fails_or_loses_a_word(text: str, start: int, length: int) -> None:
    """Spans may be anywhere; the words shown are those of the harmless line."""
    lines = marked_lines(text, Unclear(text, span=(start, start + length)), width=40)
    shown = "".join(words for words, _ in lines)
    assert "".join(shown.split()) == "".join(one_line(text).split())
