"""What a trial plainly asks: the leaves that decide a criterion alone, each as required or as forbidden.

A patient must meet every inclusion criterion and no exclusion criterion. So every part of an inclusion joined by "and"
is required by itself, and every part of an exclusion joined by "or" is forbidden by itself. What stands under the
other joint decides nothing alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from eligibility.checks.finding import Quote
from eligibility.checks.sections import Section, sections_of
from eligibility.criteria.criterion import Criterion, Side
from eligibility.rules.leaves import leaves
from eligibility.rules.rule import AllOf, AnyOf, AtLeast, Graded, Judgement, Leaf, Measured, Not, Present, Rule
from eligibility.rules.rulebook import Line, Rulebook

# Words without a meaning here leave the test beside them as it is; every other reason may be a condition of it.
_HARMLESS = frozenset(("not in the vocabulary", "an adjective without a noun"))
# "Not female" on an exclusion list: whether it is denied once or twice is for a person to say.
_DENIED = re.compile(r"\b(?:no|not|non|never|without|cannot)\b", re.IGNORECASE)
# "PATIENT: age ≥ 65 years" stands in a list where "CAREGIVER: …" stands too.
_LABEL = re.compile(r"\s*(?:patient|participant|subject|case)s?\s*:", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
# What may stand around a fact without narrowing it: "patients with known …", "no history of …".
AROUND = frozenset(
    (
        *("patient", "patients", "subject", "subjects", "participant", "participants", "individuals", "those"),
        *("with", "who", "have", "has", "had", "having", "is", "are", "be", "must", "the", "a", "an", "any", "of"),
        *("no", "not", "non", "without", "or", "and", "nor", "known", "history", "prior", "previous", "diagnosis"),
        *("people", "to", "currently", "current", "presence", "absence", "at", "in", "treatment"),
    )
)  # fmt: skip
# What may stand around an age that is the patient's own: not "provision of a tumor sample no older than 3 years".
_PERSONS = AROUND | frozenset(
    (
        *("male", "males", "female", "females", "men", "women", "man", "woman", "boys", "girls", "either", "both"),
        *("gender", "sex", "sexes", "adult", "adults", "child", "children", "infants", "adolescents", "healthy"),
        *("volunteer", "volunteers", "person", "persons", "time", "inclusive", "between", "including", "signing"),
        *("consent", "informed", "assent", "screening", "enrollment", "enrolment", "entry", "baseline"),
        *("age", "aged", "ages", "year", "years", "old", "older", "on", "day", "from", "and", "legal"),
        *("randomization", "legally", "least", "than", "greater", "equal", "under", "over", "above", "below", "less"),
        *("up", "more", "minimum", "maximum", "younger", "through", "until", "but", "exceed", "beyond", "month"),
        *("months", "week", "weeks", "days", "hours", "greater", "limit", "lower", "upper", "only", "range", "ranging"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Demand:
    """One leaf of a criterion that must hold (`forbidden` False) or must not hold (`forbidden` True).

    `plain`: nothing beside it in the criterion can be a condition of it. `whole`: it is all of the criterion
    but what a person judges.
    `bare`: no word around the criterion's leaves narrows them. `section` is the list it stands in.
    """

    criterion: Criterion
    leaf: Leaf
    forbidden: bool
    section: Section
    plain: bool
    whole: bool
    bare: bool

    @property
    def quote(self) -> Quote:
        """The words that ask for it."""
        return Quote(self.criterion, self.leaf.span)

    @property
    def side(self) -> Side:
        """The section as printed."""
        return self.criterion.side


def demands(book: Rulebook) -> list[Demand]:
    """Every demand of a trial's criteria, those of the record's own fields too, in reading order."""
    sections = sections_of(book)
    return [demand for line in book.lines for demand in _demands_of(line, sections[line.criterion.id])]


def _demands_of(line: Line, section: Section) -> Iterator[Demand]:
    one, rule = line.criterion, line.rule
    denied = one.side == "exclusion" and _DENIED.search(one.text) is not None
    doubts = {reason for leaf in leaves(rule) if leaf.kind == "unclear" for reason in leaf.reason.split("; ")}
    beside = words_beside(line)
    for leaf, forbidden in _decisive(rule, one.side == "exclusion"):
        plain = not denied and (_stands_alone(leaf, rule, beside, one.text) if _is_age(leaf) else doubts <= _HARMLESS)
        whole = all(other is leaf or isinstance(other, Judgement) for other in leaves(rule))
        yield Demand(one, leaf, forbidden, section, plain, whole, beside <= AROUND)


def _decisive(rule: Rule, forbidden: bool) -> Iterator[tuple[Leaf, bool]]:
    if isinstance(rule, Not):
        yield from _decisive(rule.rule, not forbidden)
    elif isinstance(rule, AnyOf if forbidden else AllOf):
        for inner in rule.rules:
            yield from _decisive(inner, forbidden)
    elif not isinstance(rule, AllOf | AnyOf | AtLeast):
        yield rule, forbidden


def _stands_alone(age: Leaf, rule: Rule, beside: frozenset[str], text: str) -> bool:
    """Whether an age is the patient's own, and not a condition of what stands beside it.

    "Patients over 16 must have a Karnofsky score of 50" asks nobody to be over 16, "a sample no older than 3 years"
    nobody to be a child.
    """
    if _LABEL.match(text):
        return False
    others = [leaf for leaf in leaves(rule) if not _is_age(leaf) and not isinstance(leaf, Present)]
    own = words_of(text[slice(*age.span)]) if age.span else frozenset()
    return beside | own <= _PERSONS and all(isinstance(leaf, Graded) and leaf.scale == "sex" for leaf in others)


def _is_age(leaf: Leaf) -> bool:
    return isinstance(leaf, Measured) and leaf.variable == "age"


def words_beside(line: Line) -> frozenset[str]:
    """The words of a criterion outside all leaves of its rule, in small letters."""
    text = list(line.criterion.text)
    for leaf in leaves(line.rule):
        if leaf.span is not None:
            start, end = leaf.span
            text[start:end] = " " * len(text[start:end])
    return words_of("".join(text))


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in small letters."""
    return frozenset(_WORD.findall(text.casefold()))
