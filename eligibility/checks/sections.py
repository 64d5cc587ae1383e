"""Which list of a text a criterion stands in: patients and caregivers, or two steps of a trial, have their own.

Cohorts that the segmenter knows have their names already. This is about the other headings: two criteria are compared
only when no words that belong to no criterion stand between their lists, other than those of an ordinary heading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from eligibility.rules.rulebook import Line, Rulebook

_WORD = re.compile(r"[^\W\d_]+")
# What ordinary headings and the first lines of a list are made of; any other word may name a group or a step.
_ORDINARY = frozenset(
    (
        *("inclusion", "exclusion", "included", "excluded", "include", "exclude", "criteria", "criterion", "key"),
        *("patient", "patients", "subject", "subjects", "participant", "participants", "individual", "individuals"),
        *("the", "of", "for", "to", "in", "into", "be", "are", "is", "all", "any", "each", "one", "or", "more", "and"),
        *("following", "must", "will", "not", "should", "may", "have", "has", "who", "meet", "meets", "meeting", "met"),
        *("satisfy", "fulfil", "fulfill", "with", "from", "this", "these", "that", "as", "follows", "below", "listed"),
        *("study", "trial", "enrolled", "enrolment", "enrollment", "eligible", "eligibility", "ineligible", "entry"),
        *("participate", "participation", "participating", "considered", "if", "they", "their", "only", "general"),
        *("main", "a", "an", "at", "by", "on", "them", "those", "other", "present", "presenting", "order", "apply"),
        *("disease", "characteristics", "prior", "concurrent", "therapy", "status", "age", "adult", "adults"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """The list a criterion stands in: how many inclusion lists have begun, its cohort, and its heading's own words."""

    number: int
    cohort: str | None
    source: str
    heading: frozenset[str]


def sections_of(book: Rulebook) -> dict[str, Section]:
    """The section of every criterion, by its id; a rulebook that was read from a file has no headings."""
    found: dict[str, Section] = {}
    for source, text in (("text", book.trial.criteria), ("description", book.trial.description)):
        number, before, end, heading = 1, "inclusion", 0, frozenset[str]()
        for line in (line for line in book.lines if line.criterion.source == source):
            one = line.criterion
            if (before, one.side) == ("exclusion", "inclusion"):
                number += 1
            if text and one.start is not None and (words := _words(text[end : one.start])):
                heading = words - _ORDINARY
            found[one.id] = Section(number, one.cohort, source, heading)
            before, end = one.side, one.end if one.end is not None else end
    return found | {line.criterion.id: _of_record(line) for line in book.lines if line.criterion.source == "record"}


def _of_record(line: Line) -> Section:
    return Section(1, line.criterion.cohort, "record", frozenset())


def _words(gap: str) -> frozenset[str]:
    return frozenset(_WORD.findall(gap.casefold()))
