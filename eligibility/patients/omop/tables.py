"""The tables and columns of the OMOP CDM that are read, and of what kind each column is.

Names are those of CDM 5.4 (https://ohdsi.github.io/CommonDataModel/cdm54.html); what 5.3 does not have is NULL there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

# An end may be written as the last day of a calendar, meaning that there is none.
Kind = Literal["id", "number", "date", "datetime", "end", "text"]
Row = dict[str, Any]
PERSON_ID = "person_id"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of facts: `key` is the column that names a row, `columns` says of what kind each one is."""

    name: str
    key: str
    columns: dict[str, Kind]

    def place(self, row: Row) -> str:
        """What a message calls a row: `measurement 10204`."""
        return self.name if row[self.key] is None else f"{self.name} {row[self.key]}"


def _table(name: str, key: str = "", *, ids: str = "", dates: str = "", numbers: str = "", texts: str = "") -> Table:
    key = key or f"{name}_id"
    columns: dict[str, Kind] = {PERSON_ID: "id", key: "id"}
    kinds: tuple[tuple[Kind, str], ...] = (("id", ids), ("number", numbers), ("date", dates), ("text", texts))
    for kind, names in kinds:
        for column in names.split():
            columns[column] = (
                "datetime" if column.endswith("datetime") else "end" if column.endswith("end_date") else kind
            )
    return Table(name, key, columns)


PERSON = _table(
    "person",
    ids="gender_concept_id year_of_birth month_of_birth day_of_birth race_concept_id",
    dates="birth_datetime",
    texts="gender_source_value race_source_value",
)
DEATH = _table("death", PERSON_ID, dates="death_date")
VISIT = _table("visit_occurrence", ids="visit_concept_id", dates="visit_start_date visit_end_date")
MEASUREMENT = _table(
    "measurement",
    ids="measurement_concept_id measurement_source_concept_id operator_concept_id value_as_concept_id unit_concept_id",
    dates="measurement_date measurement_datetime",
    numbers="value_as_number range_low range_high",
    texts="measurement_source_value unit_source_value value_source_value",
)
OBSERVATION = _table(
    "observation",
    ids="observation_concept_id observation_source_concept_id value_as_concept_id qualifier_concept_id unit_concept_id",
    dates="observation_date observation_datetime",
    numbers="value_as_number",
    texts="observation_source_value value_as_string unit_source_value qualifier_source_value value_source_value",
)
CONDITION = _table(
    "condition_occurrence",
    ids="condition_concept_id condition_source_concept_id condition_status_concept_id visit_occurrence_id",
    dates="condition_start_date condition_end_date",
    texts="condition_source_value condition_status_source_value stop_reason",
)
PROCEDURE = _table(
    "procedure_occurrence",
    ids="procedure_concept_id procedure_source_concept_id",
    dates="procedure_date procedure_end_date",
    texts="procedure_source_value",
)
DRUG = _table(
    "drug_exposure",
    ids="drug_concept_id drug_source_concept_id days_supply refills",
    dates="drug_exposure_start_date drug_exposure_end_date verbatim_end_date",
    texts="drug_source_value stop_reason",
)
FACTS = (DEATH, VISIT, MEASUREMENT, OBSERVATION, CONDITION, PROCEDURE, DRUG)
# The tables of the vocabularies, with the columns that are looked at.
WORDS: dict[str, dict[str, Kind]] = {
    "concept": {
        "concept_id": "id",
        "concept_name": "text",
        "domain_id": "text",
        "vocabulary_id": "text",
        "concept_code": "text",
    },
    "concept_ancestor": {"ancestor_concept_id": "id", "descendant_concept_id": "id"},
    "concept_relationship": {
        "concept_id_1": "id",
        "concept_id_2": "id",
        "relationship_id": "text",
        "invalid_reason": "text",
    },
    "drug_strength": {"drug_concept_id": "id", "ingredient_concept_id": "id"},
}
KNOWN: dict[str, dict[str, Kind]] = {table.name: table.columns for table in (PERSON, *FACTS)} | WORDS
