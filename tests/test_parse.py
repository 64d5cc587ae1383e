"""From words to rules: what the grammar promises whatever the text is. Single readings stand in `cases/`."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion, Side
from eligibility.criteria.segment import segment
from eligibility.rules.grammar import CHAPTERS, parser
from eligibility.rules.leaves import children, leaves, understanding
from eligibility.rules.lexicon import Lexicon, function_words
from eligibility.rules.meaning.beside import GUARDS
from eligibility.rules.meaning.kinds import PIECES
from eligibility.rules.notation import notation, read_rule
from eligibility.rules.parse import parse
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Judgement, Not, Rule, Unclear
from eligibility.rules.rulebook import rulebook
from eligibility.rules.words import PART_OF_NAME, tokenize
from eligibility.shipped import grammar_dir
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary

SHARED = Path(__file__).resolve().parents[2] / "shared"
LEXICON = Lexicon(vocabulary())


def read(text: str, side: Side = "inclusion") -> Rule:
    return parse(Criterion("I1", side, text))


# ---------------------------------------------------------------- the grammar


def test_the_grammar_has_no_hidden_conflict() -> None:
    """Lark resolves shift/reduce conflicts silently; in strict mode it refuses them."""
    parser(strict=True)


def test_every_function_word_is_a_terminal_of_the_grammar() -> None:
    """A terminal that neither a production nor a piece of the sentence knows would be read and forgotten."""
    chapters = "".join((grammar_dir() / f"{name}.lark").read_text(encoding="utf-8") for name in CHAPTERS)
    used = {*re.findall(r"\b[A-Z][A-Z_]+\b", chapters), *PIECES, *GUARDS, *PART_OF_NAME}
    assert {name for name, _ in function_words()} <= used


@pytest.mark.parametrize("spelling", ["at least", "≥", "greater than or equal to", "such as", "in the past"])
def test_a_function_word_is_found_whatever_its_case_and_spaces(spelling: str) -> None:
    shouted = "  ".join(spelling.upper().split())
    assert tokenize(shouted, LEXICON)[0].text == shouted


def test_tokens_keep_their_place_when_letters_grow_in_lower_case() -> None:
    text = "İ İ bilirubin ≥ 3 mg/dL"
    assert all(text[token.start : token.end] == token.text for token in tokenize(text, LEXICON))


def test_a_name_that_is_spelt_with_brackets_is_one_word_of_a_text() -> None:
    spelt = [(word.key, name) for word in LEXICON.vocabulary.words.values() for name in word.synonyms if "(" in name]
    read_as = {(key, name): tokenize(name, LEXICON) for key, name in spelt if not LEXICON.vocabulary.words[key].near}
    assert [
        at for at, tokens in read_as.items() if len(tokens) > 1 or at[0] not in (*tokens[0].names, *tokens[0].things)
    ] == []


# ---------------------------------------------------------------- nothing is lost


def test_what_is_not_understood_is_kept_in_its_words() -> None:
    rule = read("Patients with frobnication of the left dingle")
    assert isinstance(rule, Unclear)
    assert rule.text == "frobnication of the left dingle"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("HbA1c = 7 %", "lost"),
        ("hemoglobin ≥ 9 furlongs", "left over"),
        ("BMI ≥ 900 kg/m2", "cannot be measured"),
        ("bilirubin ≥ 3 mmHg", "not measured in"),
        ("total bilirubin ≤ 2.0 mg/dL (100 umol/L)", "something else"),
        ("Pacientes con diabetes mayores de 18 años y con insuficiencia renal", "not in English"),
        ("ECOG 0 and 1 or 7", "no level"),
    ],
)
def test_a_reading_that_would_be_a_guess_stays_unclear_and_says_why(text: str, reason: str) -> None:
    reasons = [leaf.reason for leaf in leaves(read(text)) if isinstance(leaf, Unclear)]
    assert any(reason in why for why in reasons), reasons


@pytest.mark.parametrize(
    "text",
    [
        "Einschlusskriterien:\n\n* Alter 18 bis 65 Jahre\n* BMI ≥ 30 kg/m2 und Diabetes\n\nAusschlusskriterien:\n\n* Hypertonie",
        "Critères d'inclusion :\n\n* Patientes avec un âge ≥ 18 ans\n* BMI > 30\n\nCritères d'exclusion :\n\n* HIV",
        "Criterios de inclusión:\n\n* Edad > 18 años\n* HbA1c > 7 %\n\nCriterios de exclusión:\n\n* Mujeres con asma",
    ],
)
def test_no_line_of_a_record_in_another_language_is_read(text: str) -> None:
    rules = [line.rule for line in rulebook(Trial("NCT00000001", criteria=text)).lines]
    assert rules
    assert {leaf.reason for rule in rules for leaf in leaves(rule) if isinstance(leaf, Unclear)} == {"not in English"}
    assert all(isinstance(rule, Unclear) for rule in rules)


def test_what_is_no_criterion_is_refused_with_its_type() -> None:
    with pytest.raises(TypeError, match="not str"):
        parse("age > 18")  # type: ignore[arg-type]


@given(st.text(max_size=200))
def test_no_text_raises_and_spans_lie_within_it(text: str) -> None:
    rule = read(text)
    for leaf in leaves(rule):
        start, end = leaf.span or (0, 0)
        assert 0 <= start <= end <= len(text)


phrases = st.sampled_from(
    [
        "age ≥ 18 years",
        "diabetes",
        "no",
        "history of",
        "and",
        "or",
        ",",
        ";",
        "(",
        ")",
        "such as",
        "unless",
        "HbA1c 7-9 %",
        "within 6 months",
        "unknown words",
        "1)",
        "2)",
        "any of the following:",
        "\n  * ",
        "severe",
        "allergic to",
        "heparin",
        "informed consent",
        "women",
        "if",
        ". The",
        "etc.",
        "≤ 5 x ULN",
        "/",
        "except",
        ":",
    ]
)


@given(st.lists(phrases, min_size=1, max_size=14), st.sampled_from(["inclusion", "exclusion"]))
def test_any_mixture_of_known_words_gives_a_rule(words: list[str], side: Side) -> None:
    rule = read(" ".join(words), side)
    assert understanding(rule) in ("understood", "judgement", "partly", "unclear")


def _held_out(nct_id: str) -> bool:
    return int(hashlib.sha256(nct_id.encode()).hexdigest(), 16) % 3 == 0


@pytest.fixture(scope="module")
def real_criteria() -> list[Criterion]:
    """Criteria of 300 real trials; the third that is kept for measuring is not read."""
    file = SHARED / "corpus" / "trials-dev.jsonl.gz"
    if not file.exists():
        pytest.skip("the corpus of real trials is not beside the project")
    rows: list[Criterion] = []
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if number % 60 == 0 and not _held_out(row["nct_id"]):
                rows += segment(Trial(row["nct_id"], criteria=row["criteria"] or ""))
    return rows


def _covered(rule: Rule) -> list[tuple[int, int]]:
    """The places a rule was read from: leaves, and tests whose words hold more than their leaves."""
    own = [] if isinstance(rule, AllOf | AnyOf | AtLeast | Not) or rule.span is None else [rule.span]
    return own + [span for child in children(rule) for span in _covered(child)]


def test_unknown_words_of_real_criteria_are_hardly_ever_lost(real_criteria: list[Criterion]) -> None:
    """A word that is not in the vocabulary stands in a leaf, names a list, is what a test defines, or says why."""
    total = lost = 0
    for criterion in real_criteria:
        spans = _covered(parse(criterion))
        for token in tokenize(criterion.text, LEXICON):
            if token.types == ("WORD",) and token.text.isalpha():
                total += 1
                lost += not any(start <= token.start and token.end <= end for start, end in spans)
    assert total > 10_000
    assert lost / total < 0.04


def test_real_criteria_never_raise_and_never_give_an_empty_rule(real_criteria: list[Criterion]) -> None:
    for criterion in real_criteria:
        assert list(leaves(parse(criterion)))


# ---------------------------------------------------------------- time and size


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "age ≥ 18" + ")" * 10_000,
        "age ≥ 18 and " * 5_000,
        "not " * 20_000 + "diabetes",
        "x" * 150_000,
        "1) " * 20_000,
        "> " * 20_000,
    ],
    ids=["brackets", "repeats", "negations", "one word", "list numbers", "signs"],
)
def test_pathological_texts_end(text: str) -> None:
    assert list(leaves(read(text)))


def test_a_text_longer_than_any_criterion_is_unclear() -> None:
    rule = read("age ≥ 18 years. " * 100_000)
    assert isinstance(rule, Unclear)
    assert "longer" in rule.reason


def test_brackets_nested_deeper_than_the_limit_are_unclear() -> None:
    rule = read("history of diabetes (" * 70 + "asthma" + ")" * 70)
    assert isinstance(rule, Unclear)
    assert "deep" in rule.reason


# ---------------------------------------------------------------- sides and judgement


def test_and_between_findings_lists_in_an_exclusion_and_demands_in_an_inclusion() -> None:
    assert read("diabetes and asthma", "exclusion").kind == "any"
    assert read("diabetes and asthma", "inclusion").kind == "all"


def test_women_are_asked_for_where_the_record_takes_only_women() -> None:
    """Where it takes all, the words may only bind the women: a man stays open."""
    text = "Inclusion Criteria:\n\n* Women aged 18 to 45 years\n"
    asked = [line.rule for line in rulebook(Trial("NCT00000001", criteria=text, sex="FEMALE")).lines]
    assert asked[0] == read_rule("sex in {female} and age 18 year .. 45 year")
    for sex in ("ALL", "MALE", None):
        first = rulebook(Trial("NCT00000001", criteria=text, sex=sex)).lines[0].rule
        assert "it may bind them, or ask for them" in notation(first)


def test_consent_is_for_a_person_to_say() -> None:
    assert isinstance(read("Signed informed consent"), Judgement)
