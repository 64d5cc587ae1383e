"""Whatever stands in a record: nothing raises, nothing is lost, and the work grows with the length of the text."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion, Side
from eligibility.criteria.segment import segment
from eligibility.rules.leaves import children, leaves
from eligibility.rules.lexicon import Lexicon
from eligibility.rules.meaning.source import Source
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.parse import parse
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Not, Rule, Unclear
from eligibility.rules.words import tokenize
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary

LEXICON = Lexicon(vocabulary())
FRAGMENTS = (
    *(
        "hemoglobin ≥ 9 g/dL",
        "age ≥ 18 years",
        "HbA1c 7-9 %",
        "≤ 5 x ULN",
        "NYHA class III or IV",
        "ECOG 0-2",
        "diabetes",
    ),
    *(
        "asthma",
        "pregnant women",
        "heparin",
        "informed consent",
        "unknown words",
        "the left dingle",
        "no",
        "not",
        "without",
    ),
    *(
        "history of",
        "severe",
        "and",
        "or",
        ",",
        ";",
        ":",
        "(",
        ")",
        "[",
        "]",
        "such as",
        "unless",
        "except",
        "other than",
    ),
    *(
        "but not in children",
        "within 6 months",
        "for at least 3 months",
        "1)",
        "2)",
        "any of the following:",
        "\n  * ",
        "\n\n",
    ),
    *(
        ". The",
        "etc.",
        "/",
        "if",
        "women",
        "men",
        "in patients with",
        "allergic to",
        "at least two of",
        "defined as",
        "5 mg",
    ),
    *(
        "3",
        "grade 2",
        "type 2",
        "<",
        ">",
        "=",
        "+",
        "10^9",
        "%",
        "e.g.",
        "i.e.",
        "and/or",
        "neither",
        "nor",
        "at screening",
    ),
    *(
        "baseline",
        "ULN",
        "12",
        "x",
        "–",
        "\\",
        "&lt;",
        "\u00a0",
        "who",
        "are",
        "excluded",
        "allowed",
        "Inclusion Criteria:",
        "* ",
    ),
)
ODD = "٣४½Ⅻ²⁹㎎℃＜＞≦µμ\u200b\u200f\u202e\u0301\ufeff\x00\x1c\x85\u2028İßŉǅ𝟗"
texts = st.one_of(
    st.text(max_size=120),
    st.binary(max_size=120).map(lambda raw: raw.decode("latin-1")),
    st.binary(max_size=120).map(lambda raw: raw.decode("utf-8", "replace")),
    st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(" ".join),
    st.lists(st.sampled_from([*FRAGMENTS, *ODD]), max_size=16).map("".join),
)
sides = st.sampled_from(["inclusion", "exclusion"])


def covered(rule: Rule) -> list[tuple[int, int]]:
    """The places of leaves, and of tests whose words hold more than their leaves."""
    own = [] if isinstance(rule, AllOf | AnyOf | AtLeast | Not) or rule.span is None else [rule.span]
    return own + [span for child in children(rule) for span in covered(child)]


def check(text: str, side: Side) -> None:
    rule = parse(Criterion("I1", side, text))
    assert list(leaves(rule))
    assert all(0 <= start <= end <= len(text) for start, end in covered(rule))
    assert read_rule(notation(rule)) == rule


@settings(max_examples=300)
@given(texts, sides)
def test_any_text_gives_a_rule_that_is_written_and_read_again(text: str, side: Side) -> None:
    check(text, side)


@pytest.mark.heavy
@settings(max_examples=20_000)
@given(texts, sides)
def test_very_many_texts_give_rules_that_are_written_and_read_again(text: str, side: Side) -> None:
    check(text, side)


@pytest.mark.parametrize(
    "text",
    [
        "asthma \n\n ; diabetes",
        "men . The ; if",
        "within 0 month: such as/",
        "neither . The ; ≤ 5 x ULN",
        "10^400",
        "ANC > 3 x 10^" + "9" * 5000,
    ],
)
def test_texts_that_once_raised_are_read(text: str) -> None:
    check(text, "inclusion")


# lines without lists and brackets, where words may only name what is read, and with nothing said twice
plain = st.lists(
    st.sampled_from(
        [
            *(
                "hemoglobin ≥ 9 g/dL",
                "HbA1c 7-9 %",
                "ECOG 0-2",
                "diabetes",
                "asthma",
                "unknown words",
                "the left dingle",
                "frobnication",
            ),
            *("and", "or", ",", "with", "severe", "within 6 months", "not", "12", "mg", "grade 2", "who are"),
        ]
    ),
    min_size=1,
    max_size=9,
    unique=True,
).map(" ".join)


@settings(max_examples=300)
@given(plain, sides)
def test_no_unknown_word_and_no_number_of_a_line_is_dropped(text: str, side: Side) -> None:
    spans = covered(parse(Criterion("I1", side, text)))
    lost = [
        token.text
        for token in tokenize(text, LEXICON)
        if token.types[0] in ("WORD", "NUM", "NAME", "THING", "UNIT")
        and any(char.isalnum() for char in token.text)
        and not any(start <= token.start and token.end <= end for start, end in spans)
    ]
    assert lost == []


@settings(max_examples=200)
@given(texts)
def test_criteria_are_slices_of_the_text_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for criterion in segment(Trial("NCT00000001", criteria=text)):
        assert criterion.start is not None
        assert criterion.end is not None
        assert end <= criterion.start < criterion.end
        assert criterion.text == text[criterion.start : criterion.end]
        end = criterion.end


@given(
    st.lists(st.sampled_from(["diabetes", "the left dingle", "age ≥ 18 years", "no asthma"]), min_size=1, max_size=8)
)
def test_every_item_of_a_list_is_in_a_criterion(items: list[str]) -> None:
    text = "Inclusion Criteria:\n\n" + "\n".join(f"* {item}" for item in items)
    assert [criterion.text for criterion in segment(Trial("NCT00000001", criteria=text))] == items


# ---------------------------------------------------------------- work


def work(function: Callable[[], object]) -> int:
    """How many functions were called: the same on every machine."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        function()
    finally:
        sys.setprofile(None)
    return calls


REPEATED = {
    "limits of some": "≥ 60 in patients < 65 years, ",
    "limits of one sex": "> 450 in men or ",
    "open brackets": "(age ",
    "closed brackets": "(age ≥ 18) ",
    "commas": ", ",
    "conditions": "diabetes, ",
    "conditions with and": "diabetes and ",
    "subjects": "ALT and ",
    "numbers": "7 ",
    "less than": "< ",
    "bullets": "\n* x",
    "counted lists": "at least one of the following: ",
    "nested lists": "\n  * at least one of the following:\n    * x",
    "numbered items": "1) age > 5 ",
    "sentences": "The patient has diabetes. ",
    "unless": "unless ",
    "exceptions of exceptions": "age ≥ 18 unless ",
    "conditional limits": "ALT ≤ 3 ULN (≤ 5 ULN if liver metastases) ",
    "letters": "x",
    "digits": "1",
    "entities": "&lt;",
    "line ends": "\n",
    "headings": "Inclusion Criteria:\n",
}


def ratio(piece: str, times: int) -> float:
    """The work of twice as many pieces by the work of so many."""

    def read(count: int) -> int:
        text = piece * count
        return work(lambda: (parse(Criterion("I1", "exclusion", text)), segment(Trial("X1", criteria=text))))

    parse(Criterion("I1", "exclusion", piece))
    return read(2 * times) / (read(times) + 1000)


@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED)
def test_twice_the_text_is_little_more_than_twice_the_work(piece: str) -> None:
    assert ratio(piece, 300) < 2.3


@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED)
def test_twice_the_text_is_little_more_than_twice_the_letters_read_again(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = 0
    words = Source.words

    def counted(source: Source, start: int, end: int) -> str:
        nonlocal letters
        letters += max(0, end - start)
        return words(source, start, end)

    monkeypatch.setattr(Source, "words", counted)  # texts that no other test has left in memory end in "asthma"
    read = []
    for count in (300, 600):
        letters = 0
        parse(Criterion("I1", "exclusion", piece * count + "asthma"))
        read.append(letters)
    assert read[1] / (read[0] + 1000) < 2.3


@pytest.mark.heavy
@pytest.mark.parametrize("piece", REPEATED.values(), ids=REPEATED)
def test_twice_a_long_text_is_little_more_than_twice_the_work(piece: str) -> None:
    assert ratio(piece, 1500) < 2.3


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "age ≥ 18 years and " * 55_000, "(" * 1_000_000], ids=["one word", "repeats", "brackets"]
)
def test_a_criterion_of_a_million_letters_is_unclear(text: str) -> None:
    assert isinstance(parse(Criterion("I1", "inclusion", text)), Unclear)
    assert segment(Trial("NCT00000001", criteria=text))


@pytest.mark.parametrize(
    "text", ["1" * 600 + "asthma", "> " + "9" * 400 + " years", "1" * 600 + " 1/2 mg", "-" + "1" * 400]
)
def test_a_number_larger_than_any_float_is_only_not_understood(text: str) -> None:
    """Infinity has no whole part and no fraction; reading goes on."""
    assert isinstance(parse(Criterion("I1", "exclusion", text)), Rule)


def test_brackets_in_a_row_do_not_take_back_that_the_first_may_change_the_limit() -> None:
    """Whether their number is even or odd."""
    for count in (2, 3, 4, 5):
        read = parse(Criterion("I1", "exclusion", "(age ≥ 18) " * count))
        assert isinstance(read, Unclear), count
