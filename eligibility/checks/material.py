"""What every check looks at: a trial's rulebook, its demands, and the vocabulary."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eligibility.checks.demand import Demand
from eligibility.rules.rulebook import Rulebook
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.word import Word

_REMARK = re.compile(r"\s*\([^()]*\)")

# Nobody reads that many findings; without an end, a text of ten thousand limits would take an hour of comparing.
COMPARED = 200


@dataclass(frozen=True, slots=True)
class Material:
    """One trial, ready to be checked: what its texts ask for, and what its record's own fields do.

    `given` is the vocabulary to read further words with: None for the shipped one, which is ready already.
    """

    book: Rulebook
    demands: tuple[Demand, ...]
    recorded: tuple[Demand, ...]
    words: Vocabulary
    given: Vocabulary | None = None


def short_label(word: Word) -> str:
    """What people call a thing: its label without remarks in brackets."""
    return _REMARK.sub("", word.label)
