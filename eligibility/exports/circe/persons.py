"""Age and sex as demographic criteria of Circe."""

from __future__ import annotations

import math
from datetime import date

from eligibility.exports.circe.group import Direction, Json, Part, all_of, any_of, left_out, of_person
from eligibility.rules.rule import Bound, Graded, Measured
from eligibility.verdicts.ages import unit_of

GENDERS = {"male": (8507, "MALE", "M"), "female": (8532, "FEMALE", "F")}
_PER_YEAR = {"year": 1, "month": 12, "week": 365.2425 / 7, "day": 365.2425}


def sex(rule: Graded, positive: bool) -> Part:
    """The concept of gender; who has none is left out."""
    wanted = [name for name in GENDERS if (name in rule.levels) == positive]
    if not wanted or len(wanted) == len(GENDERS):
        return left_out("asks for both sexes or neither")
    return Part(of_person({"Gender": [_gender(name) for name in wanted]}), assuming=frozenset(("known",)))


def _gender(name: str) -> Json:
    id, label, code = GENDERS[name]
    return {
        "CONCEPT_CODE": code,
        "CONCEPT_ID": id,
        "CONCEPT_NAME": label,
        "DOMAIN_ID": "Gender",
        "VOCABULARY_ID": "Gender",
    }


def age(rule: Measured, positive: bool, as_of: date | None) -> Part:
    """Bounds on the difference of years, wide enough that nobody of the right age is turned away."""
    ends = [(bound, is_low) for bound, is_low in ((rule.low, True), (rule.high, False)) if bound is not None]
    if any(unit_of(bound) not in _PER_YEAR for bound, _ in ends):
        return left_out("the age is given in hours")
    parts = [_end(bound, is_low, positive, as_of) for bound, is_low in ends]
    return all_of(parts) if positive else any_of(parts)


def _end(bound: Bound, is_low: bool, positive: bool, as_of: date | None) -> Part:
    """One end, or its opposite: from a birthday on, or before one."""
    years = bound.value / _PER_YEAR[unit_of(bound)]
    # "> N" begins, and "≤ N" ends, with the next birthday
    birthday = years + 1 if bound.inclusive != is_low and years == int(years) else years
    whole = birthday == int(birthday) and unit_of(bound) == "year"
    if whole and as_of is not None and (as_of.month, as_of.day) == (12, 31):
        return Part(_years("gte" if is_low == positive else "lt", int(birthday)))
    gone: frozenset[Direction] = frozenset(("weaker",))
    why = ("Circe subtracts years: an age is up to a year too high",)
    if is_low == positive:
        return Part(_years("gte", math.floor(birthday)), gone, why)
    return Part(_years("lte", math.ceil(birthday)), gone, why)


def _years(op: str, value: int) -> Json:
    return of_person({"Age": {"Value": value, "Op": op}})
