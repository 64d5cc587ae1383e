"""What an export is made for: the words, the day to judge by, how old a value may be, and the concepts there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from eligibility.exports.terms import Terms
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.tables import vocabulary as shipped_words


@dataclass(frozen=True, slots=True)
class Setting:
    """`as_of` None is the last day of a patient's observation; without `terms` no concept id is known."""

    words: Vocabulary = field(default_factory=shipped_words)
    as_of: date | None = None
    policy: Policy = DEFAULT
    terms: Terms | None = None
