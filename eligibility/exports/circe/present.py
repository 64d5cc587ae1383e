"""Conditions, treatments, procedures and allergies as events of Circe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from eligibility.exports.circe.group import Direction, Json, Part, all_of, any_of, left_out, of_criterion
from eligibility.exports.circe.sets import ConceptSets
from eligibility.exports.circe.windows import counted, days_of, ends_from, window
from eligibility.exports.terms import Place
from eligibility.patients.omop.tables import CONDITION, DRUG, PROCEDURE
from eligibility.rules.rule import Present, Window

_DOMAINS = {CONDITION.name: "ConditionOccurrence", DRUG.name: "DrugExposure", PROCEDURE.name: "ProcedureOccurrence"}
_SOURCES = {
    CONDITION.name: "ConditionSourceConcept", DRUG.name: "DrugSourceConcept", PROCEDURE.name: "ProcedureSourceConcept",
}  # fmt: skip
_NO_IDS = "no concept ids are known: name the OMOP database that it is for"
# What more is asked of an event, by its domain and what is asked already.
_More = Callable[[str, Json], Json]
_SAME_DAY = {"Start": {"Days": 0, "Coeff": -1}, "End": {"Days": 0, "Coeff": 1}, "UseIndexEnd": False}


def present(rule: Present, positive: bool, sets: ConceptSets) -> Part:
    """Some event of the concept, or (negated) none; what Circe cannot tell of events is said."""
    why = _not_asked(rule, positive, sets)
    if why:
        return left_out(why)
    back = days_of(rule.window, sets.setting.as_of) if rule.window else (0, True)
    if isinstance(back, str):
        return left_out(back)
    places = sets.places(rule.concept)
    if places is None:
        return left_out(_NO_IDS)
    told = [place for place in places if _tells(place, rule)]
    parts = [_events(rule, list(rows), back[0], positive, sets) for _, rows in groupby(told, key=_column)]
    if not parts:
        parts = [_nothing(rule, positive, sets)]
    made = any_of(parts) if positive else all_of(parts)
    return _weighed(made, rule, told, back[1], positive)


def _not_asked(rule: Present, positive: bool, sets: ConceptSets) -> str:
    word = sets.setting.words.words.get(rule.concept)
    if rule.named or word is None:
        return f"“{rule.concept}” is known by its name alone"
    if word.kind == "scale":
        return "levels of scales are not asked for"
    if rule.qualifiers and not positive:
        return f"whether it is {', '.join(rule.qualifiers)} is not in the data"
    if rule.fact == "procedure" and rule.status == "active" and rule.window is None:
        return "whether a procedure goes on is not in the data"
    return ""


def _tells(place: Place, rule: Present) -> bool:
    """Whether rows with this concept may be a record of what is asked for, and are events."""
    asked = (place.fact == "allergy") == (rule.fact == "allergy")
    over = place.status is not None and rule.status == "active"
    return asked and place.table in _DOMAINS and place.status not in ("refuted", "unknown") and not over


def _column(place: Place) -> tuple[str, str]:
    return place.table, place.column


def _nothing(rule: Present, positive: bool, sets: ConceptSets) -> Part:
    """The database uses no concept of it: a set without concepts, which nobody has."""
    codeset = sets.number(_label(rule, sets), ())
    return Part(of_criterion(counted({"ConditionOccurrence": {"CodesetId": codeset}}, positive, window(None))))


def _label(rule: Present, sets: ConceptSets) -> str:
    label = sets.setting.words.words[rule.concept].label
    return f"Allergy to {label}" if rule.fact == "allergy" else label


def _events(rule: Present, places: Sequence[Place], back: int, positive: bool, sets: ConceptSets) -> Part:
    table, column = _column(places[0])
    codeset = sets.number(_label(rule, sets), (place.concept for place in places))
    asked: Json = {"CodesetId" if column == "standard" else _SOURCES[table]: codeset}
    made = _asked_of(rule.window, rule.status == "active", rule.status == "history", table, back)
    parts = [
        Part(of_criterion(counted({_DOMAINS[table]: asked | extra(_DOMAINS[table], asked)}, positive, start, end)))
        for extra, start, end in made
    ]
    return any_of(parts) if positive else all_of(parts)


def _plain(domain: str, asked: Json) -> Json:
    return {}


def _without_end(domain: str, asked: Json) -> Json:
    """Circe gives an event without an end one on the next day, and cannot ask for the end itself.

    So the event must be one, or begin with one, that ends on its day or the next.
    """
    within = {"Start": {"Days": 0, "Coeff": -1}, "End": {"Days": 1, "Coeff": 1}, "UseIndexEnd": False}
    same = counted({domain: asked}, True, _SAME_DAY | {"UseEventEnd": False}, within | {"UseEventEnd": True})
    return {"CorrelatedCriteria": of_criterion(same)}


def _asked_of(
    look_back: Window | None, active: bool, past: bool, table: str, back: int
) -> Iterator[tuple[_More, Json, Json | None]]:
    """The ways in which an event can fulfil the rule: what else is asked of it, and when it starts and ends."""
    if look_back is None and not active:
        yield _plain, window(None), None
        return
    if look_back is not None:
        yield _plain, window(back), None
        yield _plain, window(None), ends_from(-back)
    else:
        yield _plain, window(None), ends_from(1)
    if table == CONDITION.name and not past:
        yield _without_end, window(None), None


def _weighed(made: Part, rule: Present, told: Sequence[Place], exact_days: bool, positive: bool) -> Part:
    """What the part takes for granted, and to which side it differs."""
    side: Direction = "weaker" if positive else "stronger"
    why = [f"whether it is {', '.join(rule.qualifiers)} is not in the data"] if rule.qualifiers else []
    if not exact_days:
        why.append("months and years are counted as long as they can be: give the day to judge by")
    if any(not place.sure for place in told):
        why.append("some rows with these concepts are of something else by their source codes")
    timed = rule.status == "active" or rule.window is not None
    goes_on = timed and rule.status != "history" and any(place.table == CONDITION.name for place in told)
    keys = ("absent", "coded", *(("ended",) if timed else ()), *(("begun",) if goes_on else ()))
    return Part(made.group, made.gone | ({side} if why else set()), (*made.why, *why), made.assuming | frozenset(keys))
