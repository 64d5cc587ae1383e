"""Which texts are in English, and which are kept unread."""

from __future__ import annotations

import pytest

from eligibility.rules.atoms import Atoms
from eligibility.rules.english import in_english
from eligibility.rules.lexicon import Lexicon
from eligibility.vocabulary.tables import vocabulary

LEXICON = Lexicon(vocabulary())


def english(text: str) -> bool:
    """Whether a text is taken to be in English."""
    return in_english(text, Atoms(text, LEXICON.forms))


@pytest.mark.parametrize(
    "text",
    [
        "Edad ≥ 18 años y embarazo",
        "l'âge d'un patient",
        "Patienten mit Diabetes und einer Therapie",
        "年龄≥18岁",
        "возраст старше 18 лет",
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed eiusmod tempor incididunt labore dolore magna aliqua "
        "enim minim veniam quis nostrud exercitation ullamco laboris nisi aliquip commodo consequat",
    ],
)
def test_another_language_is_not_read(text: str) -> None:
    assert not english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Age ≥ 18 years",
        "haemoglobin ≥ 9 g/dL, ALT ≤ 2.5 × ULN",
        "Los Angeles (LA) Grade C or D esophagitis",
        "patient's INR ≤ 1.5 (per O'Brien et al.)",
        "BMI",
        "",
    ],
)
def test_english_and_bare_limits_are_read(text: str) -> None:
    assert english(text)


def test_a_text_far_longer_than_what_is_looked_at_is_judged_by_its_beginning() -> None:
    assert english("age of the patient " * 1_200 + "y de la con los " * 2_000)
