"""What a coded answer says of the words of the vocabulary, and that an answer not understood says nothing."""

from __future__ import annotations

import pytest

from eligibility.errors import TableError
from eligibility.vocabulary import answers
from eligibility.vocabulary.answers import answer_status, answers_to, questions
from eligibility.vocabulary.tables import vocabulary

SMOKING, ALCOHOL, PREGNANCY, HIV = "72166-2", "11331-6", "82810-3", "55277-8"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("Positive", "active"), ("Detected (qualifier value)", "active"), ("YES", "active"), ("LA9633-4", "active"),
        ("10828004", "active"), ("negative", "refuted"), ("Not detected (qualifier value)", "refuted"),
        ("not-detected", "refuted"), ("260415000", "refuted"), ("LA6577-6", "refuted"), ("Non-reactive", "refuted"),
        ("Resolved", "history"),
    ],
)  # fmt: skip
def test_an_answer_is_yes_no_or_was(answer: str, status: str) -> None:
    assert answer_status(answer) == status


@pytest.mark.parametrize(
    "answer",
    [
        "",
        " ",
        "None",
        "unknown",
        "Equivocal",
        "not known",
        "no information",
        "possibly pregnant",
        "+",
        "12",
        "LA4489-6",
    ],
)
def test_an_answer_that_is_not_understood_says_nothing(answer: str) -> None:
    assert answer_status(answer) is None
    assert answers_to("http://loinc.org", SMOKING, [answer]) == ()
    assert answers_to("http://loinc.org", PREGNANCY, [answer]) == ()


@pytest.mark.parametrize("answer", ["Never smoker", "Never smoked tobacco", "266919005", "never-smoker (finding)"])
def test_who_never_smoked_is_no_smoker_and_was_none(answer: str) -> None:
    assert dict(answers_to("http://loinc.org", SMOKING, [answer])) == {
        "never_smoker": "active",
        "ex_smoker": "refuted",
        "smoker": "refuted",
    }


def test_who_never_smoked_may_use_tobacco_in_other_ways() -> None:
    assert "tobacco_use" not in dict(answers_to("LOINC", SMOKING, ["Never smoker"]))


def test_who_smoked_once_is_no_never_smoker() -> None:
    said = dict(answers_to("loinc", SMOKING, ["8517006", "Former smoker"]))
    assert said == {"ex_smoker": "active", "smoker": "history", "never_smoker": "refuted"}


def test_who_smokes_is_neither_a_former_nor_a_never_smoker() -> None:
    said = dict(answers_to("loinc", SMOKING, ["Current every day smoker"]))
    assert said == {"smoker": "active", "ex_smoker": "refuted", "never_smoker": "refuted"}


def test_a_non_smoker_may_have_smoked() -> None:
    assert answers_to("loinc", SMOKING, ["Non-smoker"]) == (("smoker", "refuted"),)
    assert answers_to("loinc", SMOKING, ["Smoker, current status unknown"]) == (("never_smoker", "refuted"),)


def test_who_does_not_drink_is_no_heavy_drinker_but_may_have_been_dependent() -> None:
    assert answers_to("http://loinc.org", ALCOHOL, ["Current non-drinker of alcohol"]) == (
        ("heavy_drinking", "refuted"),
    )


def test_pregnancy_and_hiv_are_plain_questions() -> None:
    assert answers_to("http://loinc.org", PREGNANCY, ["LA15173-0"]) == (("pregnant", "active"),)
    assert answers_to("http://loinc.org", PREGNANCY, ["Not pregnant"]) == (("pregnant", "refuted"),)
    assert answers_to("http://loinc.org", HIV, ["Negative"]) == (("hiv_infection", "refuted"),)


def test_texts_and_codes_that_contradict_each_other_say_nothing() -> None:
    assert answers_to("http://loinc.org", SMOKING, ["266919005", "Former smoker"]) == ()
    assert answers_to("http://loinc.org", SMOKING, ["266919005", "of no known name"]) != ()


def test_only_a_question_that_the_table_has_is_answered() -> None:
    assert answers_to("http://loinc.org", "94531-1", ["Detected"]) == ()
    assert answers_to("http://snomed.info/sct", SMOKING, ["Never smoker"]) == ()
    assert answers_to("", "", []) == ()


def test_every_word_of_the_table_is_one_of_the_vocabulary() -> None:
    known = vocabulary().words
    for question in questions().values():
        named = {key for says in question.answers.values() for key, _ in says} | {question.concept} - {None}
        assert named <= known.keys(), question.label


def test_no_question_is_a_measurement_as_well() -> None:
    assert [code for code in questions() if vocabulary().by_code("loinc", code)] == []


def test_every_code_leads_to_an_answer_that_says_something() -> None:
    said = {form for question in questions().values() for form in question.answers}
    for code in answers._table()["codes"]:
        assert answer_status(code) or answers.answer_words(code) in said, code


def test_an_answer_that_says_two_things_and_a_status_that_is_none_are_errors() -> None:
    with pytest.raises(TableError, match="says two things"):
        answers._own({"no": "refuted"}, "No", "active")
    with pytest.raises(TableError, match="one of active, history, refuted"):
        answers._status("statuses", "perhaps")
