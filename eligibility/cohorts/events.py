"""Windowed criteria of Circe as leaves: what of an event is asked, and what that is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from eligibility.cohorts.named_sets import NamedSets
from eligibility.patients.patient import FindingKind
from eligibility.rules.rule import Present, Rule, Status, Window

_SOURCES = {
    "ConditionOccurrence": "ConditionSourceConcept",
    "DrugExposure": "DrugSourceConcept",
    "ProcedureOccurrence": "ProcedureSourceConcept",
}
_FACTS: dict[str, FindingKind] = {
    "ConditionOccurrence": "condition",
    "ConditionEra": "condition",
    "DrugExposure": "treatment",
    "DrugEra": "treatment",
    "ProcedureOccurrence": "procedure",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One criterion: some event (`positive`) or none, of a word, and what of its time: began, ended, open.

    `back` is how many days before the index, None for ever; negative is after it.
    """

    positive: bool
    fact: FindingKind
    word: str
    column: str
    what: str
    back: int | None = None


def asked(criterion: Mapping[str, Any], sets: NamedSets) -> Asked | str:
    """What a windowed criterion on conditions, drugs or procedures asks; why that is not understood."""
    positive = polarity(criterion)
    domain, body = body_of(criterion)
    if positive is None:
        return "only “at least one” and “none” are understood of occurrences"
    if domain not in _FACTS:
        return f"{domain or 'what is counted'} is not understood"
    column = "CodesetId" if "CodesetId" in body else _SOURCES.get(domain, "CodesetId")
    more = {key for key, value in body.items() if value not in (None, [], False)} - {column, "CorrelatedCriteria"}
    if more:
        return f"{sorted(more)[0]} is not understood"
    fact: FindingKind = "allergy" if sets.is_allergy(body.get(column)) else _FACTS[domain]
    word = sets.event(body.get(column), fact)
    if word is None:
        return f"the concepts of “{sets.name(body.get(column))}” are not one thing of the vocabulary"
    about = Asked(positive, fact, word, f"{domain}.{column}", "")
    return _timed(criterion, body, about)


def _timed(criterion: Mapping[str, Any], body: Mapping[str, Any], about: Asked) -> Asked | str:
    start, end = criterion.get("StartWindow"), criterion.get("EndWindow")
    back = look_back(start)
    if isinstance(back, str):
        return back
    if body.get("CorrelatedCriteria"):
        open_ = is_open(body["CorrelatedCriteria"]) and back is None and not end
        return replace(about, what="open") if open_ else "nested criteria are not understood"
    if end is None:
        return replace(about, what="began", back=back)
    until = _ends(end)
    if back is not None or until is None:
        return "this window on the end of events is not understood"
    return replace(about, what="ended", back=until)


def polarity(criterion: Mapping[str, Any]) -> bool | None:
    """At least one, or none; None for other counts."""
    occurrence = criterion.get("Occurrence")
    if not isinstance(occurrence, dict) or occurrence.get("IsDistinct") or criterion.get("RestrictVisit"):
        return None
    kind = (occurrence.get("Type"), occurrence.get("Count"))
    return True if kind == (2, 1) else False if kind in ((0, 0), (1, 0)) else None


def body_of(criterion: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The domain of a criterion, and what is asked there."""
    criteria = criterion.get("Criteria")
    if not isinstance(criteria, dict) or len(criteria) != 1:
        return "", {}
    domain, body = next(iter(criteria.items()))
    return str(domain), body if isinstance(body, dict) else {}


def look_back(window: object) -> int | str | None:
    """How many days before the index, up to the index itself; why another window is not understood."""
    if not isinstance(window, dict) or window.get("UseIndexEnd") or window.get("UseEventEnd"):
        return "this window is not understood"
    start, end = _point(window.get("Start")), _point(window.get("End"))
    if start is None or end is None or end[0] not in (0, None):
        return "this window is not understood"
    days, before = start
    if end[0] is None:  # up to whenever: nothing is known after the day to judge by
        return None if days is None and before and not end[1] else "the window goes on after the index"
    if days is not None and not before and days > 0:
        return "the window begins after the index"
    return None if days is None and before else days if days is not None else "this window is not understood"


def _ends(window: object) -> int | None:
    """From how many days before the index events must end (negative: after it)."""
    if not isinstance(window, dict) or window.get("UseEventEnd") is False or window.get("UseIndexEnd"):
        return None
    start, end = _point(window.get("Start")), _point(window.get("End"))
    if start is None or end is None or start[0] is None or end != (None, False):
        return None
    return start[0] if start[1] or start[0] == 0 else -start[0]


def _point(end: object) -> tuple[int | None, bool] | None:
    """Days and whether they lie before the index; None for what is no end of a window."""
    if not isinstance(end, dict) or end.get("Coeff") not in (-1, 1):
        return None
    days = end.get("Days")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or not 0 <= days < 200_000):
        return None
    return days, end["Coeff"] == -1


def is_open(group: object) -> bool:
    """Whether an event begins with one that ends on its day or the next: so events without an end are asked for."""
    listed = group.get("CriteriaList") if isinstance(group, dict) else None
    if not isinstance(listed, list) or len(listed) != 1 or not isinstance(listed[0], dict):
        return False
    window, end = listed[0].get("StartWindow"), listed[0].get("EndWindow")
    days = [(0, True), (0, False)], [(0, True), (1, False)]
    return [_points(window), _points(end)] == [*days] and polarity(listed[0]) is True


def _points(window: object) -> list[tuple[int | None, bool] | None]:
    return [_point(window.get(name)) for name in ("Start", "End")] if isinstance(window, dict) else []


def leaf(parts: frozenset[tuple[str, int | None]], fact: FindingKind, word: str) -> Rule | str:
    """The leaf that asks for these times of events, any of them; why there is none."""
    began = {back for what, back in parts if what == "began"}
    ended = {back for what, back in parts if what == "ended"}
    open_ = ("open", None) in parts
    if ("began", None) in parts:  # whatever else is asked of the same events is among them
        return Present(fact, word, "history")
    if not began and ended == {-1} and open_ == (fact in ("condition", "allergy")):
        return Present(fact, word, "active")
    if len(began) == 1 and began == ended and None not in began:
        status: Status = "active" if open_ else "history"
        return Present(fact, word, status, window=_within(*began))
    if fact == "procedure" and len(began) == 1 and not ended and not open_:
        return Present(fact, word, "history", window=_within(*began))
    return "counts only events that begin, or end, in the window"


def _within(back: int | None) -> Window:
    return Window("within", float(back or 0), "day")
