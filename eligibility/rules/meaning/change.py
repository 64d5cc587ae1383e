"""The chapter `bound`, its changes: rises and falls, and per what time."""

from __future__ import annotations

from eligibility.rules.meaning.reading import Names, Reading, Spec
from eligibility.rules.rule import Direction, Duration
from eligibility.rules.token import Token


class ChangeMeaning:
    """Callbacks of the changes."""

    def rise(self, word: Token) -> Direction:
        return "rise" if word.type == "RISE" else "fall"

    def change_of(
        self, names: Names, _glue: object, way: Direction, _lead: object, spec: Spec, per: Duration | None
    ) -> Reading:
        return Reading(spec, *names, change=way, per=per)

    def daily_change(self, _daily: Token, way: Direction, _lead: object, spec: Spec) -> Reading:
        return Reading(spec, change=way, per=Duration(1, "day"))

    def daily_change_in(
        self, _daily: Token, way: Direction, _lead: object, names: Names, _glue: object, spec: Spec
    ) -> Reading:
        return Reading(spec, *names, change=way, per=Duration(1, "day"))

    def change_alone(self, way: Direction, _lead: object, spec: Spec, per: Duration | None) -> Reading:
        return Reading(spec, change=way, per=per)

    def change_in(
        self, way: Direction, _lead: object, names: Names, _glue: object, spec: Spec, per: Duration | None
    ) -> Reading:
        return Reading(spec, *names, change=way, per=per)

    def per(self) -> None:
        return None

    def per_day(self, _word: Token) -> Duration:
        return Duration(1, "day")

    def per_week(self, _word: Token) -> Duration:
        return Duration(1, "week")

    def per_month(self, _word: Token) -> Duration:
        return Duration(1, "month")

    def per_year(self, _word: Token) -> Duration:
        return Duration(1, "year")

    def per_time(self, _within: Token, number: Token, time: Token) -> Duration:
        return Duration(number.number, time.unit)
