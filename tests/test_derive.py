"""Values computed from other values: from which inputs, of which days, by which formula, and how sure they are."""

from __future__ import annotations

from typing import Any

import pytest

from eligibility.errors import InputError
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import Patient
from eligibility.verdicts.judge import facts_of
from eligibility.vocabulary.tables import vocabulary


def patient(**fields: Any) -> Patient:
    """A profile of these fields, judged on 1 June 2025, in the shipped vocabulary."""
    return profile({"id": "p1", "as_of": "2025-06-01", **fields}, file="patient.json", vocabulary=vocabulary())


class TestRace:
    """Race is recorded for the two older formulas of kidney function that ask for it, and for nothing else."""

    @pytest.mark.parametrize(
        ("word", "expected"),
        [
            ("Black", "black"),
            ("African-American", "black"),
            ("white", "other"),
            ("Asian", "other"),
            ("unknown", None),
            (None, None),
        ],
    )
    def test_words_for_a_race(self, word: str | None, expected: str | None) -> None:
        assert patient(race=word).race == expected

    def test_a_word_that_is_no_race_is_a_fault_and_not_silence(self) -> None:
        with pytest.raises(InputError, match="race"):
            patient(race="perhaps")


def test_facts_are_laid_out_once_for_each_set_of_lists_assumed_complete() -> None:
    """Indexing again for every trial would pay for the same patient again and again."""
    facts = facts_of(patient())
    other = facts.assuming(frozenset({"states"}))
    assert facts.assuming(frozenset()) is facts
    assert other is not facts
    assert facts.assuming(frozenset({"states"})) is other
    assert other.patient is facts.patient
