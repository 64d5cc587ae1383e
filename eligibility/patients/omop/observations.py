"""Rows of observation: what was asked and answered, and what is simply said of the patient."""

from __future__ import annotations

import re

from eligibility.patients.intake import Intake
from eligibility.patients.omop.cells import moment
from eligibility.patients.omop.concepts import Concepts
from eligibility.patients.omop.events import is_allergy, of_family
from eligibility.patients.omop.results import result
from eligibility.patients.omop.tables import OBSERVATION, Row
from eligibility.patients.patient import FindingKind, FindingStatus
from eligibility.patients.recognise import Recogniser
from eligibility.patients.record import UNDATED, Concept, Event, by_then
from eligibility.vocabulary.answers import answer_status

_HISTORY = re.compile(r"(?:past |personal )?history of |h/o: ", re.IGNORECASE)
_ALLERGY = re.compile(r"\ballerg(?:y|ies)\b", re.IGNORECASE)
_DOMAINS: dict[str, FindingKind] = {"Drug": "treatment", "Procedure": "procedure"}
# What a thing without a value may be, the likeliest first.
_KINDS: tuple[FindingKind, ...] = ("condition", "procedure", "treatment", "state")
_QUESTIONS = ("LOINC", "PPI", "NAACCR")


def observation(row: Row, concepts: Concepts, intake: Intake, recogniser: Recogniser) -> None:
    """One observation: "History of" and "Allergy to" with the thing as their value, a result, or a thing by itself."""
    called = concepts.concept(
        row["observation_concept_id"], row["observation_source_concept_id"], row["observation_source_value"]
    )
    qualifier = concepts.name_of(row["qualifier_concept_id"]) or row["qualifier_source_value"] or ""
    if of_family(called) or of_family(Concept((), qualifier)):
        intake.passed_over["observation of the family"] += 1
        return
    words = row["value_as_string"] or row["value_source_value"] or ""
    answer = concepts.name_of(row["value_as_concept_id"]) or words
    yes_or_no = bool(answer_status(answer)) and not _is_question(called)
    if concepts.entry(row["value_as_concept_id"]) and _is_about_a_thing(called) and not yes_or_no:
        _thing(row, called, qualifier, concepts, intake)
    elif _is_question(called) or (_has_value(row) and not yes_or_no):
        result(row, OBSERVATION, words, concepts, intake, note=qualifier)
    else:
        _bare(row, called, qualifier or answer, intake, recogniser)


def _is_question(called: Concept) -> bool:
    return any(coding.system in _QUESTIONS for coding in called.codings)


def _has_value(row: Row) -> bool:
    words = row["value_as_string"] or row["value_source_value"]
    return row["value_as_number"] is not None or bool(row["value_as_concept_id"] or words)


def _is_about_a_thing(called: Concept) -> bool:
    names = [called.text, *(coding.display for coding in called.codings)]
    return any(_HISTORY.match(name) or _ALLERGY.search(name) for name in names)


def _thing(row: Row, called: Concept, qualifier: str, concepts: Concepts, intake: Intake) -> None:
    """The value is what was had, or what the patient is allergic to."""
    entry = concepts.entry(row["value_as_concept_id"])
    names = [coding.display for coding in called.codings]
    history = any(_HISTORY.match(name) for name in names)
    fact: FindingKind = _DOMAINS.get(entry.domain if entry else "", "condition") if history else "allergy"
    status: FindingStatus = "history" if history else "active"
    thing = concepts.concept(row["value_as_concept_id"])
    _take(row, fact, thing, status, qualifier, intake)


def _bare(row: Row, called: Concept, qualifier: str, intake: Intake, recogniser: Recogniser) -> None:
    """A thing without a value was so on that day."""
    names = [called.text, *(coding.display for coding in called.codings)]
    if is_allergy(called) or any(name.casefold().endswith(" allergy") for name in names):
        fact: FindingKind = "allergy"
    else:
        fact = _kind(called, recogniser)
    history = any(_HISTORY.match(name) for name in names)
    _take(row, fact, called, "history" if history else "active", qualifier, intake)


def _kind(called: Concept, recogniser: Recogniser) -> FindingKind:
    """Of what kind a thing is that nobody says the kind of: of that of its word."""
    for kind in _KINDS:
        for known in recogniser.event(kind, called):
            return next((fact for fact in _KINDS if fact == known.word.kind), kind)
    return "state"


def _take(row: Row, fact: FindingKind, thing: Concept, status: FindingStatus, qualifier: str, intake: Intake) -> None:
    """Under a qualifier that is not understood nobody knows whether it was so.

    An allergy and what once was began by the day of the record; all else was so on that day.
    """
    if qualifier and answer_status(qualifier) != "active":
        status = answer_status(qualifier) or "unknown"
    at = moment(row, "observation")
    lasting = fact == "allergy" or status == "history"
    intake.entry(
        Event(
            fact=fact,
            concept=thing,
            place=OBSERVATION.place(row),
            status=status,
            onset=by_then(at) if lasting and at is not UNDATED else None,
            qualifiers=(qualifier,) if qualifier and not answer_status(qualifier) else (),
            seen=None if lasting else at,
        )
    )
