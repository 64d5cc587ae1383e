"""The age and sex that the text asks for, against the fields of the record."""

from __future__ import annotations

import math
from collections.abc import Iterator

from eligibility.checks.demand import Demand
from eligibility.checks.finding import Finding, Quote
from eligibility.checks.material import Material
from eligibility.checks.reach import Cut, Reach, reach_of
from eligibility.rules.rule import Graded, Measured
from eligibility.vocabulary.word import Word

_RIGHT = "Which of the two is right; correct the other."
_SEXES = {"FEMALE": frozenset({"female"}), "MALE": frozenset({"male"})}
Limit = tuple[Demand, Cut]


def by_record(material: Material) -> Iterator[Finding]:
    """The limits of age and the sex that differ.

    A trial with cohorts or with lists for several groups is left alone, and so is a record without any age: where a
    file was made from texts only, its fields were never filled in.
    """
    recorded = [one for one in material.recorded if _age(one) is not None]
    if not recorded or any(line.criterion.cohort for line in material.book.lines):
        return
    word = material.words.words["age"]
    ages = [one for one in material.demands if one.plain and _age(one) is not None]
    field = reach_of(recorded[0], word)
    if field and len({one.section for one in ages if one.side == "inclusion"}) <= 1:
        yield from _of_age(ages, recorded[0], field, word)
    for one in material.demands:
        if isinstance(one.leaf, Graded) and one.leaf.scale == "sex" and one.whole and one.plain:
            yield from _of_sex(one, one.leaf, material.book.trial.sex)


def _age(demand: Demand) -> Measured | None:
    """The demand's leaf when it is about the age now."""
    leaf = demand.leaf
    plainly = isinstance(leaf, Measured) and leaf.variable == "age" and leaf.select == "latest" and not leaf.window
    return leaf if isinstance(leaf, Measured) and plainly else None


def _of_age(ages: list[Demand], recorded: Demand, field: Reach, word: Word) -> Iterator[Finding]:
    reaches = [(one, reach) for one in ages if (reach := reach_of(one, word)) and len(reach.intervals) == 1]
    for end, name in ((0, "minimum"), (1, "maximum")):
        limits = [(one, cut) for one, reach in reaches if math.isfinite((cut := reach.intervals[0][end])[0])]
        own = (field.low, field.high)[end]
        if limits and not any(_is_one_age(cut, own[0]) for _, cut in limits):
            quotes = (*(one.quote for one, _ in limits), Quote(recorded.criterion))
            given = "is another one" if math.isfinite(own[0]) else "is not given"
            yield Finding("record-age", quotes, ("Age",), f"The {name} age in the record's own field {given}.", _RIGHT)


def _is_one_age(limit: Cut, years: float) -> bool:
    """Whether a limit is the record's: "18 Years" is "≥ 18", "> 18" as many write it, and "> 17"; "215 Months" is
    "≤ 17".

    A record in whole years, "0 Years", stands for "1 month" too, and no minimum age for "0 years".
    """
    number, after = limit
    if number == 0:
        return years in (0, -math.inf)
    whole_years = after and 0 <= years - number < 1
    beside = years in (number + (1 if after else -1), math.floor(number))
    return math.isclose(number, years, rel_tol=0.02) or beside or whole_years


def _of_sex(demand: Demand, leaf: Graded, sex: str | None) -> Iterator[Finding]:
    levels = frozenset(leaf.levels)
    asked = frozenset({"male", "female"}) - levels if demand.forbidden else levels
    if sex and len(asked) == 1 and asked != _SEXES.get(sex):
        says = "all sexes" if sex == "ALL" else f"{sex.casefold()} only"
        yield Finding("record-sex", (demand.quote,), ("Sex",), f"The record's own field says {says}.", _RIGHT)
