"""What the headings of tables are called that are no words of the vocabulary, and the units written in headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from eligibility.patients.patient import FindingKind
from eligibility.units import canonical_unit, conversion
from eligibility.vocabulary.tables import fold

if TYPE_CHECKING:
    from eligibility.vocabulary.word import Word

Role = Literal[
    "id", "birth", "age", "sex", "race", "died", "date", "result", "finding", "list", "unit", "low", "high", "range",
    "start", "end", "name", "code", "system", "value", "kind", "status", "",
]  # fmt: skip
PERSON: Final[dict[Role, frozenset[str]]] = {
    "id": frozenset((
        "id", "patient", "patient id", "patientid", "patient number", "patient no", "mrn", "subject", "subject id",
        "subjectid", "usubjid", "person", "person id", "personid", "participant", "participant id", "pid", "record id",
        "case id",
    )),
    "birth": frozenset(("birth date", "birthdate", "date of birth", "dob", "born", "birth day", "birthday")),
    "age": frozenset(("age",)),
    "sex": frozenset(("sex", "gender")),
    "race": frozenset(("race",)),
    "died": frozenset(("death date", "date of death", "dod", "deathdate", "deceased date")),
}  # fmt: skip
# One patient a row: the day a whole row speaks of, and lists in one cell.
ROW_DATES: Final = frozenset(("as of", "date", "visit date", "index date", "assessment date", "screening date"))
LISTS: Final[dict[str, FindingKind]] = {
    "conditions": "condition", "diagnoses": "condition", "diagnosis": "condition", "problems": "condition",
    "comorbidities": "condition", "problem list": "condition",
    "medications": "treatment", "medication": "treatment", "drugs": "treatment", "treatments": "treatment",
    "current medications": "treatment", "concomitant medications": "treatment",
    "allergies": "allergy", "allergy": "allergy", "procedures": "procedure",
}  # fmt: skip
BESIDE: Final[dict[str, Role]] = {
    "unit": "unit", "units": "unit", "low": "low", "lln": "low", "high": "high", "uln": "high", "range": "range",
    "reference range": "range", "date": "start", "datetime": "start", "time": "start", "onset": "start",
    "start": "start", "start date": "start", "since": "start", "end": "end", "end date": "end", "stop": "end",
}  # fmt: skip
# One observation a row.
TALL: Final[dict[Role, frozenset[str]]] = {
    "name": frozenset((
        "name", "test", "test name", "variable", "concept", "concept name", "measurement", "analyte", "parameter",
        "item", "label", "display", "description", "observation", "lab", "lab test", "component",
    )),
    "code": frozenset((
        "code", "concept code", "test code", "loinc", "loinc code", "icd10", "icd 10", "icd10 code", "icd 10 code",
        "icd 10 cm", "atc", "atc code", "rxnorm", "rxnorm code", "snomed", "snomed code", "snomed ct",
    )),
    "system": frozenset(("system", "code system", "coding system", "vocabulary", "vocabulary id", "codesystem")),
    "value": frozenset(("value", "result", "test result", "result value", "numeric value", "value numeric", "answer")),
    "unit": frozenset(("unit", "units", "uom", "unit of measure", "value unit", "result unit", "value units")),
    "date": frozenset((
        "date", "datetime", "date time", "time", "timestamp", "effective date", "observation date", "collected",
        "collection date", "collection time", "result date", "measurement date", "charttime", "visit date", "recorded",
    )),
    "low": frozenset((
        "low", "lln", "range low", "reference low", "ref low", "ref range low", "reference range low", "lower limit",
    )),
    "high": frozenset((
        "high", "uln", "range high", "reference high", "ref high", "ref range high", "reference range high",
        "upper limit",
    )),
    "range": frozenset(("range", "reference range", "ref range", "normal range")),
    "kind": frozenset(("kind", "category", "domain", "domain id")),
    "status": frozenset(("status", "clinical status")),
    "start": frozenset(("start", "start date", "onset", "onset date")),
    "end": frozenset(("end", "end date", "stop", "stop date", "abatement", "abatement date")),
}  # fmt: skip
# What a column of codes says of their system by its own name.
SYSTEM_IN_NAME: Final = (
    ("loinc", "LOINC"),
    ("icd", "ICD-10-CM"),
    ("atc", "ATC"),
    ("rxnorm", "RxNorm"),
    ("snomed", "SNOMED CT"),
)
_GRADED = re.compile(r"grade|class|stage|level|score|west.?haven|criteria", re.IGNORECASE)
_OPENING = {"]": "[", ")": "("}
_MOST_PARTS = 4


def person_role(heading: str) -> Role:
    """What a column says of the person, "" when it says something else."""
    name = fold(heading)
    return next((role for role, names in PERSON.items() if name in names), "")


def tall_role(heading: str) -> Role:
    """What a column is in a table of one observation a row, "" when it is none of these."""
    name = fold(heading)
    return next((role for role, names in TALL.items() if name in names), "")


def parted(heading: str) -> tuple[str, str]:
    """A heading and the unit in brackets behind it: `total_bilirubin [mg/dL]`, `pressure (mm[Hg])`; "" for none."""
    text = heading.strip()
    opening = _OPENING.get(text[-1:])
    depth = 0
    for index in range(len(text) - 1, 0, -1) if opening else ():
        depth += (text[index] == text[-1]) - (text[index] == opening)
        if depth == 0:
            return text[:index].strip(" _"), text[index + 1 : -1].strip()
    return text, ""


def endings(heading: str) -> list[tuple[str, str]]:
    """Ways to part a heading without brackets into a name and a unit: `weight_kg`, `creatinine_mg_per_dl`."""
    parts = re.split(r"[_\s]+", heading.strip())
    cuts = range(len(parts) - 1, max(len(parts) - 1 - _MOST_PARTS, 0), -1)
    return [("_".join(parts[:cut]), "/".join(part for part in parts[cut:] if part != "per")) for cut in cuts]


def mentions(name: str, word: Word) -> bool:
    """The name of a scale that does not ask for a level: "ascites" may be answered by yes, "ascites grade" not.

    So a 1 below it may be yes, which is any level, or the first one.
    """
    return word.bare and _GRADED.search(name) is None


def fits(unit: str, word: Word) -> bool:
    """The unit is known, and one of this quantity."""
    house = canonical_unit(unit) if unit else None
    return house is not None and word.unit is not None and conversion(house, word.unit, word) is not None
