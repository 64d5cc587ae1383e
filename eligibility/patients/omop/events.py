"""Rows of condition_occurrence, procedure_occurrence, drug_exposure and visit_occurrence: what was, from when to when.

What is said here of ends is what the CDM says of them (https://ohdsi.github.io/CommonDataModel/cdm54.html):

- A condition that has no end, or the day of its start as its end, has none in the source, and counts as active as it
  is recorded. One that ends with its visit was there on that day, and whether it goes on is not known. One with
  another end, or a reason to stop, is over.
- Exposure to a drug always has an end, often one that somebody worked out. `verbatim_end_date` is the source's own;
  a later day than the start, and the days of supply, are taken for an end too. With the day of the start alone it was
  given on that day, and whether it goes on is not known. An end after the day of judging is a plan: it is going on.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from eligibility.patients.intake import Intake
from eligibility.patients.omop.cells import day, ended, over
from eligibility.patients.omop.concepts import Concepts
from eligibility.patients.omop.tables import CONDITION, DRUG, PROCEDURE, VISIT, Row
from eligibility.patients.patient import FindingKind, FindingStatus
from eligibility.patients.record import UNDATED, Concept, Event, not_before

# "Inpatient Visit", and "Emergency Room and Inpatient Visit" of the vocabulary "Visit".
_INPATIENT = (9201, 262)
# "Preliminary diagnosis", today's concept and that of CDM 5.2: a possible one, as OHDSI's own ETLs use it; and
# "Resolved condition", of the vocabulary "Condition Status".
_STATUSES: dict[int, FindingStatus] = {32899: "unknown", 4033240: "unknown", 32906: "resolved"}
# What names of statuses tell, the strongest first; other names (primary, discharge diagnosis) tell where it was made.
_NAMED: tuple[tuple[re.Pattern[str], FindingStatus], ...] = (
    (
        re.compile(
            r"preliminar|provisional|working|tentative|suspect|possible|probable|presum|differential|unconfirmed"
            r"|to be diagnosed|rul(?:e|ed) ?-?out|exclu|refut|error|planned|remission|inactive|\brisk"
        ),
        "unknown",
    ),
    (re.compile(r"\bresolved|\bcured|\bhistor|\bpast\b|\bformer"), "history"),
)
_FAMILY = re.compile(r"\b(?:family history|fh:|family hx|maternal history|paternal history)", re.IGNORECASE)
_ALLERGY = re.compile(r"(?:allergy|allergic|hypersensitivity) to ", re.IGNORECASE)


def of_family(concept: Concept) -> bool:
    """The concept is about a relative, never about the patient."""
    return any(_FAMILY.search(text) for text in (concept.text, *(coding.display for coding in concept.codings)))


def is_allergy(concept: Concept) -> bool:
    """The concept is an allergy to something that its name says."""
    return any(_ALLERGY.match(text) for text in (concept.text, *(coding.display for coding in concept.codings)))


def condition(row: Row, visits: dict[int, Row], concepts: Concepts, intake: Intake) -> None:
    """A diagnosis, or an allergy that is kept among them."""
    called = concepts.concept(
        row["condition_concept_id"], row["condition_source_concept_id"], row["condition_source_value"]
    )
    if of_family(called):
        intake.passed_over["condition_occurrence of the family"] += 1
        return
    start = row["condition_start_date"]
    end = over(row, "condition_start_date", "condition_end_date", CONDITION, intake)
    visit = visits.get(row["visit_occurrence_id"])
    if end and row["condition_end_date"] == start:
        end = None
    elif end and visit and visit["visit_end_date"] == row["condition_end_date"]:
        end = not_before(end)
    status: FindingStatus = "resolved" if end or row["stop_reason"] else "active"
    status = _status_of(row, concepts) or status
    fact: FindingKind = "allergy" if is_allergy(called) else "condition"
    intake.entry(Event(fact, called, CONDITION.place(row), status, day(start), end))


def _status_of(row: Row, concepts: Concepts) -> FindingStatus | None:
    """What the status of a condition says of it, by its concept, its name or the words of the source; None: nothing."""
    id = row["condition_status_concept_id"]
    if id in _STATUSES:
        return _STATUSES[id]
    said = f"{concepts.name_of(id)} {row['condition_status_source_value'] or ''}".casefold()
    return next((status for named, status in _NAMED if named.search(said)), None)


def procedure(row: Row, concepts: Concepts, intake: Intake) -> None:
    """What was done, once."""
    called = concepts.concept(
        row["procedure_concept_id"], row["procedure_source_concept_id"], row["procedure_source_value"]
    )
    if of_family(called):
        intake.passed_over["procedure_occurrence of the family"] += 1
        return
    start = day(row["procedure_date"])
    end = over(row, "procedure_date", "procedure_end_date", PROCEDURE, intake)
    intake.entry(Event("procedure", called, PROCEDURE.place(row), "history", start, end or start))


def visit(row: Row, intake: Intake) -> None:
    """A stay in hospital; of other visits nothing follows."""
    if row["visit_concept_id"] not in _INPATIENT:
        intake.passed_over["visit_occurrence not in hospital"] += 1
        return
    end = over(row, "visit_start_date", "visit_end_date", VISIT, intake)
    stay = Concept((), "hospitalization")
    status: FindingStatus = "history" if end else "active"
    intake.entry(Event("state", stay, VISIT.place(row), status, day(row["visit_start_date"]), end))


def drug(row: Row, latest: date | None, concepts: Concepts, intake: Intake) -> None:
    """What was taken or given. `latest` is the day of judging, else that of the patient's latest other fact."""
    called = concepts.concept(row["drug_concept_id"], row["drug_source_concept_id"], row["drug_source_value"])
    start = day(row["drug_exposure_start_date"])
    end = _last_day(row, intake)
    until = day(end) or (not_before(start) if start else UNDATED)
    if end and (row["refills"] or 0) > 0 and end != row["verbatim_end_date"]:
        until = not_before(until)  # of what may be had again, nobody says how often it was
    if end and latest and end > latest:
        intake.entry(Event("treatment", called, DRUG.place(row), "active", start))
    else:
        intake.entry(Event("treatment", called, DRUG.place(row), "resolved", start, until))


def _last_day(row: Row, intake: Intake) -> date | None:
    start: date | None = row["drug_exposure_start_date"]
    verbatim = ended(row, "drug_exposure_start_date", "verbatim_end_date", DRUG, intake)
    end = ended(row, "drug_exposure_start_date", "drug_exposure_end_date", DRUG, intake)
    if verbatim or (end and (end != start or row["stop_reason"])):
        return verbatim or end
    supply = row["days_supply"] or 0
    # supplies of centuries, and from then on, are slips of the pen
    plausible = start is not None and start.year < 2100 and 0 < supply < 36_525
    return start + timedelta(days=supply - 1) if start and plausible else None
