"""The chapter `bound`: a subject and its limits, in whatever order they were written → a `Reading`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from eligibility.rules.meaning.limit import ranged
from eligibility.rules.meaning.quantity import Quantity
from eligibility.rules.meaning.reading import Comparison, Count, Joint, Limit, Names, Reading, Spec
from eligibility.rules.token import Token

FLIPPED: Final[dict[Comparison, Comparison]] = {
    "ge": "le",
    "gt": "lt",
    "le": "ge",
    "lt": "gt",
    "eq": "eq",
    "about": "about",
}
# "two of", "at least two of", "more than two of"
_COUNTS: Final[dict[Comparison, int]] = {"bare": 0, "ge": 0, "gt": 1}


class BoundMeaning:
    """Callbacks of the chapter."""

    def subject_limits(self, names: Names, _glue: object, *rest: object) -> Reading:
        spec = next(part for part in rest if isinstance(part, Spec))
        return Reading(spec, *names)

    def of_predicted(self, names: Names, *rest: object) -> Reading:
        """ "FEV1 (% predicted) ≥ 50": a bare number is a percentage only where that is written."""
        spec = next(part for part in rest if isinstance(part, Spec))
        words = " ".join(part.text.lower() for part in rest if isinstance(part, Token))
        written = "%" in words or "percent" in words
        return Reading(_with_unit(spec, "%predicted", ("%", None) if written else ("%",)), *names)

    def predicted_of(self, _word: Token, names: Names, _glue: object, spec: Spec) -> Reading:
        return Reading(_with_unit(spec, "%predicted", ("%",)), *names)

    def any_value(self, _any: Token, _lead: object, names: Names, _glue: object, spec: Spec) -> Reading:
        """ "At least one temperature > 38 °C": not the latest alone."""
        return Reading(spec, *names, select="any")

    def lowest_value(self, _lowest: Token, _lead: object, names: Names, _glue: object, spec: Spec) -> Reading:
        return Reading(spec, *names, select="min")

    def highest_value(self, _highest: Token, _lead: object, names: Names, _glue: object, spec: Spec) -> Reading:
        return Reading(spec, *names, select="max")

    def in_unit(self, names: Names, unit: Token, _glue: object, spec: Spec) -> Reading:
        """ "BMI (kg/m2) ≤ 35": the unit stands with the name."""
        return Reading(_with_unit(spec, unit.unit, (None,)), *names)

    def finding_limits(self, name: Token, *rest: object) -> Reading:
        spec = next(part for part in rest if isinstance(part, Spec))
        return Reading(spec, (name,), finding=True)

    def subject_bracket(self, names: Names, _glue: object, _open: Token, spec: Spec, _close: Token) -> Reading:
        return Reading(spec, *names, bracketed=True)

    def flipped(self, quantity: Quantity, comparison: Comparison, _lead: object, names: Names) -> Reading:
        return Reading(Spec("all", (Limit(FLIPPED[comparison], quantity),)), *names)

    def chain(
        self,
        first: Quantity,
        opening: Comparison,
        _lead: object,
        names: Names,
        _lead2: object,
        closing: Comparison,
        _lead3: object,
        second: Quantity,
    ) -> Reading:
        spec = Spec("all", (Limit(FLIPPED[opening], first), Limit(closing, second)))
        return Reading(spec, *names)

    def compared_subject(
        self, comparison: Comparison, _lead: object, names: Names, _glue: object, quantity: Quantity
    ) -> Reading:
        return Reading(Spec("all", (Limit(comparison, quantity),)), *names)

    def bracketed_subject(self, _open: Token, names: Names, _close: Token, _glue: object, spec: Spec) -> Reading:
        return Reading(spec, *names)

    def limits_alone(self, spec: Spec) -> Reading:
        return Reading(spec, age=spec.aged)

    def limits_subject(self, spec: Spec, _lead: object, names: Names) -> Reading:
        return Reading(spec, *names, reversed=True)

    def counted_so_far(self, spec: Spec, _lead: object, _prior: Token, names: Names) -> Reading:
        """ "More than 2 prior lines of therapy": only what is counted has a past of its own."""
        return Reading(spec, *names, reversed=True, so_far=True)

    def graded_subject(self, _grade: Token, _lead: object, spec: Spec, _lead2: object, names: Names) -> Reading:
        return Reading(spec, *names)

    def between_ages(self, *parts: object) -> Reading:
        low, high = (part for part in parts if isinstance(part, Quantity))
        return Reading(ranged(low, high), age=True)

    def outside(self, names: Names, _glue: object, _word: Token, _lead: object, spec: Spec) -> Reading:
        low, high = sorted((limit.quantity for limit in spec.limits), key=lambda end: end.value)
        # "outside 45 to 90, inclusive": the ends are of the range, so what lies outside is not on them
        told = {low.inclusive, high.inclusive} - {None}
        ends = False in told or None
        beyond = Spec("any", (Limit("lt", replace(low, inclusive=ends)), Limit("gt", replace(high, inclusive=ends))))
        return Reading(beyond, *names)

    def graded_alone(self, _grade: Token, _lead: object, spec: Spec) -> Reading:
        return Reading(spec)

    def own(self, *_words: Token) -> None:
        return None

    def finding_glue(self, *_words: Token) -> None:
        return None

    def degrees(self, *_words: Token) -> None:
        return None

    def described(self, _words: object, names: Names, _glue: object, spec: Spec) -> Reading:
        return Reading(spec, *names)

    def younger_or_older(self, *parts: object) -> Reading:
        high, low = (part for part in parts if isinstance(part, Quantity))
        return Reading(Spec("any", (Limit("lt", high), Limit("gt", low))), age=True)

    def not_younger(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("ge", quantity),)), age=True)

    def not_older(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("le", quantity),)), age=True)

    def counted(self, spec: Spec, _of: Token) -> Count:
        limit = spec.limits[0] if len(spec.limits) == 1 else None
        if limit is None or limit.quantity.unit or limit.quantity.level or limit.comparison not in _COUNTS:
            return Count(None)
        return Count(int(limit.quantity.value) + _COUNTS[limit.comparison])

    def older(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("gt", quantity),)), age=True)

    def older_named(self, names: Names, _glue: object, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("gt", quantity),)), *names)

    def younger_named(self, names: Names, _glue: object, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("lt", quantity),)), *names)

    def younger(self, _word: Token, _lead: object, quantity: Quantity) -> Reading:
        return Reading(Spec("all", (Limit("lt", quantity),)), age=True)

    def older_younger(self, *parts: object) -> Reading:
        low, high = (part for part in parts if isinstance(part, Quantity))
        return Reading(Spec("all", (Limit("gt", low), Limit("lt", high))), age=True)

    def compared_again(self, first: Comparison, _lead: object, names: Names, _glue: object, limit: Limit) -> Reading:
        ways = {first, limit.comparison}
        alike = ways <= {"ge", "gt"} or ways <= {"le", "lt"}
        return Reading(Spec("all", (limit if alike else replace(limit, comparison="about"),)), *names)

    def person_limits(self, _person: Token, *rest: object) -> Reading:
        spec = next(part for part in rest if isinstance(part, Spec))
        return Reading(spec, person=True, age=spec.aged)

    def person_named(self, _person: Token, *rest: object) -> Reading:
        spec = next(part for part in rest if isinstance(part, Spec))
        names: Names = next(part for part in rest if isinstance(part, tuple))
        return Reading(spec, *names, reversed=True)

    def person_glue(self, *_words: Token) -> None:
        return None

    # ------------------------------------------------------------ subjects

    def names(self, name: Token) -> Names:
        return (name,), ""

    def more_names(self, names: Names, joint: Joint, name: Token) -> Names:
        """Names in a row; "AST/SGOT", "Zubrod/ECOG" are one thing under two names."""
        if joint == "slash" and name.names == names[0][-1].names:
            return names
        joined = names[1] if joint == "comma" else joint
        return (*names[0], name), joined or joint

    def and_names(self, *_words: Token) -> Joint:
        return "and"

    def or_names(self, *words: Token) -> Joint:
        return "and_or" if "/" in words[-1].text else "or"

    def slash_names(self, _word: Token) -> Joint:
        return "slash"

    def comma_names(self, _word: Token) -> Joint:
        return "comma"

    def glue(self, *_words: Token) -> None:
        return None


def _with_unit(spec: Spec, unit: str, instead: tuple[str | None, ...]) -> Spec:
    """The limits in a unit that was written beside the name, where they have one that it stands for, or none."""
    limits = [
        replace(limit, quantity=replace(limit.quantity, unit=unit))
        if limit.quantity.unit in instead and not limit.quantity.level
        else limit
        for limit in spec.limits
    ]
    return replace(spec, limits=tuple(limits))
