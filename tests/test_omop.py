"""Patients of OMOP databases become dated facts; what cannot be read or is not known is named, and the rest is read."""

from __future__ import annotations

import gzip
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility.errors import InputError
from eligibility.patients.asked import Asked
from eligibility.patients.from_omop import patients
from eligibility.patients.interval import Interval
from eligibility.patients.omop import files
from eligibility.patients.patient import UNREAD, Finding, Measurement, Patient
from eligibility.patients.read import read_patient, read_patients
from eligibility.rules.rule import Present, Window
from eligibility.verdicts.facts import Facts
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.present import judge_present
from eligibility.vocabulary.tables import Vocabulary, vocabulary
from eligibility.vocabulary.word import Code, Word

duckdb = pytest.importorskip("duckdb", reason="OMOP tables are read with DuckDB, which is not installed")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "patients" / "omop"
Row = dict[str, Any]
Rows = dict[str, list[Row]]

MALE, FEMALE = 8507, 8532
CREATININE, MG_DL, DIABETES, E11_9, VIRAL_SINUSITIS, SINUSITIS, DISEASE = 11, 12, 13, 14, 15, 16, 17
AMOXICILLIN_PILL, AMOXICILLIN, BRAND, HISTORY, ALLERGY, PEANUT, PENICILLIN_V, NO_ALLERGY = (
    21,
    22,
    23,
    24,
    25,
    26,
    27,
    28,
)
FAMILY, APPENDECTOMY, HISTORY_OF_APPENDECTOMY, SMOKING, CURRENT_SMOKER, NEGATED, ALLERGY_TO_PEANUT = (
    31,
    32,
    33,
    34,
    35,
    36,
    37,
)
CHRONIC_SINUSITIS, NO, PRELIMINARY = 38, 39, 32899
CONCEPTS = [
    (CREATININE, "Creatinine [Mass/volume] in Serum or Plasma", "Measurement", "LOINC", "2160-0"),
    (MG_DL, "milligram per deciliter", "Unit", "UCUM", "mg/dL"),
    (DIABETES, "Type 2 diabetes mellitus", "Condition", "SNOMED", "44054006"),
    (E11_9, "Type 2 diabetes mellitus without complications", "Condition", "ICD10CM", "E11.9"),
    (VIRAL_SINUSITIS, "Viral sinusitis", "Condition", "SNOMED", "444814009"),
    (CHRONIC_SINUSITIS, "Chronic sinusitis", "Condition", "SNOMED", "40055000"),
    (SINUSITIS, "Sinusitis", "Condition", "SNOMED", "36971009"),
    (DISEASE, "Disease", "Condition", "SNOMED", "64572001"),
    (AMOXICILLIN_PILL, "amoxicillin 250 MG Oral Capsule", "Drug", "RxNorm", "308182"),
    (AMOXICILLIN, "amoxicillin", "Drug", "RxNorm", "723"),
    (BRAND, "{12 (Trimox) } Pack", "Drug", "RxNorm", "1"),
    (PENICILLIN_V, "Penicillin V", "Drug", "RxNorm", "7984"),
    (HISTORY, "History of event", "Observation", "OMOP Extension", "OMOP5165859"),
    (ALLERGY, "Allergy to substance", "Observation", "SNOMED", "419199007"),
    (PEANUT, "Peanut", "Observation", "SNOMED", "762952008"),
    (NO_ALLERGY, "No known allergy", "Observation", "SNOMED", "716186003"),
    (FAMILY, "Family history of diabetes mellitus", "Observation", "SNOMED", "160303001"),
    (APPENDECTOMY, "Appendectomy", "Procedure", "SNOMED", "80146002"),
    (HISTORY_OF_APPENDECTOMY, "History of appendectomy", "Observation", "SNOMED", "428251008"),
    (SMOKING, "Tobacco smoking status", "Observation", "LOINC", "72166-2"),
    (CURRENT_SMOKER, "Smoker", "Observation", "SNOMED", "77176002"),
    (NEGATED, "Suspected", "Meas Value", "SNOMED", "415684004"),
    (ALLERGY_TO_PEANUT, "Allergy to peanut", "Condition", "SNOMED", "91935009"),
    (NO, "No", "Meas Value", "LOINC", "LA32-8"),
    (PRELIMINARY, "Preliminary diagnosis", "Condition Status", "Condition Status", "OMOP4976973"),
]  # fmt: skip
NAMES = ("concept_id", "concept_name", "domain_id", "vocabulary_id", "concept_code")


def words() -> Vocabulary:
    """The shipped measurements, and a few other words of the test's own."""
    own = (
        Word("diabetes", "condition", "Diabetes mellitus"),
        Word(
            "type_2_diabetes", "condition", "Type 2 diabetes", codes=(Code("ICD-10-CM", "E11"),), parents=("diabetes",)
        ),
        Word("disease", "condition", "Disease"),
        Word("sinusitis", "condition", "Sinusitis"),
        Word("frontal_sinusitis", "condition", "Frontal sinusitis", parents=("sinusitis",)),
        Word("amoxicillin", "treatment", "Amoxicillin"),
        Word("appendectomy", "procedure", "Appendectomy"),
        Word("peanut", "allergen", "Peanut"),
        Word("smoker", "state", "Smoker"),
        Word("hospitalization", "state", "Hospitalization"),
    )
    kept = {key: word for key, word in vocabulary().words.items() if word.kind == "quantity"}
    return Vocabulary(kept | {word.key: word for word in own}, {})


WORDS = words()


def somebody(**fields: Any) -> dict[str, Any]:
    """A row of person."""
    return {
        "person_id": 6,
        "gender_concept_id": FEMALE,
        "year_of_birth": 1963,
        "month_of_birth": 12,
        "day_of_birth": 31,
    } | fields


def cdm(**tables: list[Row]) -> Rows:
    """A database of one person, of the concepts above, and of these tables; rows get the person and an id."""
    made: Rows = {"person": [somebody()], "concept": [dict(zip(NAMES, row, strict=True)) for row in CONCEPTS]}
    for table, rows in tables.items():
        about = table in ("person", "death", "concept") or "concept" in table or table == "drug_strength"
        made[table] = [
            row if about else {f"{table}_id": index, "person_id": 6} | row for index, row in enumerate(rows, 1)
        ]
    return made


def columns_of(rows: list[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def csv_of(rows: list[Row], divider: str = ",") -> bytes:
    columns = columns_of(rows)
    lines: list[list[Any]] = [columns, *([row.get(column) for column in columns] for row in rows)]
    return "\n".join(divider.join("" if cell is None else str(cell) for cell in line) for line in lines).encode()


def folder_of(folder: Path, tables: Rows, *, upper: bool = False) -> Path:
    """The tables as CSV files."""
    folder.mkdir(exist_ok=True)
    for table, rows in tables.items():
        name = f"{table}.csv"
        (folder / (name.upper() if upper else name)).write_bytes(csv_of(rows))
    return folder


def zip_of(path: Path, tables: Rows, prefix: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, rows in tables.items():
            archive.writestr(f"{prefix}{table.upper()}.csv", csv_of(rows))
    return path


def database_of(path: Path, tables: Rows, types: dict[str, str] | None = None) -> Path:
    """The tables in a DuckDB file, columns in upper case; every column is text but those with a type given."""
    with duckdb.connect(str(path)) as made:
        for table, rows in tables.items():
            names = columns_of(rows)
            written = ", ".join(f'"{name.upper()}" {(types or {}).get(name, "VARCHAR")}' for name in names)
            made.execute(f'CREATE TABLE "{table}" ({written})')
            for row in rows:
                made.execute(
                    f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(names))})', [row.get(name) for name in names]
                )
    return path


def parquet_of(folder: Path, tables: Rows) -> Path:
    folder.mkdir()
    database_of(
        folder / "made.duckdb", tables, {"person_id": "BIGINT", "value_as_number": "DOUBLE", "measurement_date": "DATE"}
    )
    with duckdb.connect(str(folder / "made.duckdb"), read_only=True) as made:
        for table in tables:
            made.execute(f"COPY \"{table}\" TO '{folder / table}.parquet' (FORMAT parquet)")
    (folder / "made.duckdb").unlink()
    return folder


class Reader:
    """Reads databases that are written into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def one(self, as_of: date | None = None, /, **tables: list[Row]) -> Patient:
        """The one patient of a database with these tables."""
        return read_patient(folder_of(self.folder / "cdm", cdm(**tables)), vocabulary=WORDS, as_of=as_of)

    def measured(self, **fields: Any) -> Measurement:
        """The one creatinine of a database whose only measurement is of these fields."""
        patient = self.one(measurement=[creatinine(**fields)])
        (only,) = patient.measurements
        return only

    def finding(self, table: str, as_of: date | None = None, /, **fields: Any) -> Finding:
        """The one finding of a database with only this row."""
        (only,) = self.one(as_of, **{table: [fields]}).findings
        return only


def creatinine(**fields: Any) -> dict[str, Any]:
    """A row of measurement."""
    usual = {
        "measurement_concept_id": CREATININE,
        "measurement_date": "2020-03-04",
        "value_as_number": 1.2,
        "unit_concept_id": MG_DL,
    }
    return usual | fields


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """A reader of databases."""
    return Reader(tmp_path)


def problems(path: Path, **options: Any) -> tuple[list[Patient], list[str]]:
    """The patients of a path, and everything that could not be read."""
    errors: list[InputError] = []
    found = list(read_patients(path, vocabulary=WORDS, on_fault=errors.append, **options))
    return found, [str(fault) for error in errors for fault in error.faults]


class TestForms:
    """The same tables are the same patients, whatever holds them."""

    TABLES = cdm(measurement=[creatinine()])

    def check(self, patient: Patient) -> None:
        (only,) = patient.measurements
        assert (only.variable, only.value, only.unit) == ("creatinine", Interval(1.2, 1.2), "mg/dL")
        assert (patient.id, patient.source, only.source) == ("6", "person 6", "measurement 1")

    @pytest.mark.parametrize("upper", [False, True])
    def test_a_folder_of_csv_in_any_case(self, tmp_path: Path, upper: bool) -> None:
        self.check(read_patient(folder_of(tmp_path / "cdm", self.TABLES, upper=upper), vocabulary=WORDS))

    def test_packed_csv_and_csv_with_tabs(self, tmp_path: Path) -> None:
        """The vocabularies come with tabs and quotes that are only quotes."""
        folder = folder_of(tmp_path / "cdm", self.TABLES)
        (folder / "measurement.csv").rename(folder / "MEASUREMENT.csv")
        (folder / "MEASUREMENT.csv.gz").write_bytes(gzip.compress((folder / "MEASUREMENT.csv").read_bytes()))
        (folder / "MEASUREMENT.csv").unlink()
        quoting = [
            *self.TABLES["concept"],
            {"concept_id": 99, "concept_name": 'so-called "shingles', "vocabulary_id": "x"},
        ]
        (folder / "concept.csv").write_bytes(csv_of(quoting, "\t"))
        self.check(read_patient(folder, vocabulary=WORDS))

    def test_a_folder_of_parquet(self, tmp_path: Path) -> None:
        self.check(read_patient(parquet_of(tmp_path / "cdm", self.TABLES), vocabulary=WORDS))

    @pytest.mark.parametrize("prefix", ["", "export/2020/", "../../../"])
    def test_a_zip_wherever_its_members_say_they_belong(self, tmp_path: Path, prefix: str) -> None:
        """What a member is called decides which table it is, and nothing is written by that name."""
        folder = tmp_path / "a" / "b" / "c" / "d"
        folder.mkdir(parents=True)
        before = sorted(tmp_path.rglob("*"))
        path = zip_of(folder / "cdm.zip", self.TABLES, prefix)
        self.check(read_patient(path, vocabulary=WORDS))
        assert sorted(tmp_path.rglob("*")) == sorted([*before, path])

    def test_a_duckdb_file_with_ids_as_text_or_as_numbers(self, tmp_path: Path) -> None:
        self.check(read_patient(database_of(tmp_path / "a.duckdb", self.TABLES), vocabulary=WORDS))
        types = {
            "person_id": "BIGINT",
            "measurement_id": "DOUBLE",
            "value_as_number": "DECIMAL(18,3)",
            "measurement_date": "TIMESTAMP",
        }
        self.check(read_patient(database_of(tmp_path / "b.duckdb", self.TABLES, types), vocabulary=WORDS))

    def test_a_vocabulary_in_a_schema_of_its_own(self, tmp_path: Path) -> None:
        path = database_of(tmp_path / "cdm.duckdb", self.TABLES)
        with duckdb.connect(str(path)) as made:
            made.execute(
                "CREATE SCHEMA vocab; CREATE TABLE vocab.concept AS SELECT * FROM main.concept; DROP TABLE main.concept"
            )
        self.check(read_patient(path, vocabulary=WORDS))

    def test_nothing_is_left_behind(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The private folder goes when the reader does, also when it is not read to the end, and on errors."""
        room = tmp_path / "room"
        room.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(room))
        reading = patients(str(zip_of(tmp_path / "cdm.zip", self.TABLES)), Asked(WORDS))
        next(reading)
        assert list(room.iterdir()) != []
        assert isinstance(reading, Iterator)
        reading.close()  # type: ignore[attr-defined]  # a generator is
        assert list(room.iterdir()) == []
        problems(zip_of(tmp_path / "bad.zip", {"concept": [{"concept_id": 1}]}), format="omop")
        assert list(room.iterdir()) == []

    def test_persons_come_one_by_one_with_their_own_rows(self, tmp_path: Path) -> None:
        """However the rows of the tables are mixed; a person without a row has no facts."""
        tables = cdm(measurement=[creatinine(person_id=id, value_as_number=id / 10) for id in (30, 4, 30, 4, 20)])
        tables["person"] = [somebody(person_id=id) for id in (30, 4, 7, 20)]
        found = read_patients(folder_of(tmp_path / "cdm", tables), vocabulary=WORDS)
        assert [(patient.id, [row.value.low for row in patient.measurements]) for patient in found] == [
            ("4", [0.4, 0.4]),
            ("7", []),
            ("20", [2.0]),
            ("30", [3.0, 3.0]),
        ]


class TestPerson:
    """Who it is, as exactly as the columns are."""

    @pytest.mark.parametrize(
        ("fields", "first", "last"),
        [
            ({}, date(1963, 12, 31), date(1963, 12, 31)),
            ({"day_of_birth": None}, date(1963, 12, 1), date(1963, 12, 31)),
            ({"month_of_birth": None, "day_of_birth": None}, date(1963, 1, 1), date(1963, 12, 31)),
            ({"day_of_birth": None, "birth_datetime": "1963-12-01 00:00:00"}, date(1963, 12, 1), date(1963, 12, 31)),
            ({"day_of_birth": None, "birth_datetime": "1963-12-24 04:05:06"}, date(1963, 12, 24), date(1963, 12, 24)),
            ({"year_of_birth": None, "birth_datetime": "1963-12-15"}, date(1963, 12, 15), date(1963, 12, 15)),
        ],
    )
    def test_a_day_of_birth_is_never_invented(
        self, read: Reader, fields: dict[str, Any], first: date, last: date
    ) -> None:
        """The first and the fifteenth in `birth_datetime` alone are how databases fill in what they do not know."""
        born = read.one(person=[somebody(**fields)]).birth_date
        assert born is not None
        assert (born.first.date(), born.last.date()) == (first, last)

    @pytest.mark.parametrize(
        "fields",
        [
            {"birth_datetime": "1970-01-01"},
            {"month_of_birth": 2},
            {"year_of_birth": "sixty"},
            {"year_of_birth": 10**15},
        ],
    )
    def test_a_birth_that_cannot_be_is_not_known_and_named(self, read: Reader, fields: dict[str, Any]) -> None:
        patient = read.one(person=[somebody(**fields)])
        assert patient.birth_date is None
        assert [fault.place for fault in patient.faults] == ["person 6"]

    @pytest.mark.parametrize(
        ("gender", "source", "sex"),
        [(MALE, "F", "male"), (FEMALE, "", "female"), (0, "M", "male"), (0, "female", "female"), (8551, "U", None)],
    )
    def test_sex(self, read: Reader, gender: int, source: str, sex: str | None) -> None:
        assert read.one(person=[somebody(gender_concept_id=gender, gender_source_value=source)]).sex == sex

    @pytest.mark.parametrize(("race", "kept"), [(8516, "black"), (8527, "other"), (0, None), (44814659, None)])
    def test_race_is_kept_as_far_as_a_formula_asks(self, read: Reader, race: int, kept: str | None) -> None:
        """Of "multiple races" (44814659) nobody knows whether Black is one."""
        assert read.one(person=[somebody(race_concept_id=race)]).race == kept

    def test_death_is_kept(self, read: Reader) -> None:
        died = read.one(death=[{"person_id": 6, "death_date": "2020-01-02"}]).died
        assert died is not None
        assert died.text == "2020-01-02"
        assert read.one(death=[{"person_id": 6, "death_date": None}]).died is not None

    def test_two_rows_of_one_person_and_a_person_without_a_number_are_named(self, tmp_path: Path) -> None:
        tables = cdm(person=[somebody(), somebody(), somebody(person_id="six"), somebody(person_id="7.5")])
        found, wrong = problems(folder_of(tmp_path / "cdm", tables))
        assert [patient.id for patient in found] == ["6"]
        assert sorted(wrong) == [
            "person 6: this person is there twice (give every person one row)",
            *["person: a row has no person_id that is a number (give every person one row)"] * 2,
        ]


class TestMeasurement:
    """A number with an operator, a unit, a range and a day."""

    @pytest.mark.parametrize(
        ("operator", "value", "text"),
        [
            (0, Interval(1.2, 1.2), "1.2"),
            (4172703, Interval(1.2, 1.2), "1.2"),
            (4171756, Interval(float("-inf"), 1.2, False, False), "<1.2"),
            (4171754, Interval(float("-inf"), 1.2, False, True), "<=1.2"),
            (4171755, Interval(1.2, float("inf"), True, False), ">=1.2"),
            (4172704, Interval(1.2, float("inf"), False, False), ">1.2"),
        ],
    )
    def test_an_operator_makes_an_interval(self, read: Reader, operator: int, value: Interval, text: str) -> None:
        found = read.measured(operator_concept_id=operator)
        assert (found.value, found.text) == (value, text)

    @pytest.mark.parametrize("operator", [4172705, "less"])
    def test_an_operator_that_is_not_known_leaves_no_value(self, read: Reader, operator: Any) -> None:
        patient = read.one(measurement=[creatinine(operator_concept_id=operator)])
        assert [(row.usable, row.note) for row in patient.measurements] == [(False, UNREAD)]
        assert [fault.place for fault in patient.faults] == ["measurement 1"]

    @pytest.mark.parametrize("odd", [{"operator_concept_id": 4172705}, {"value_as_number": "high"}])
    def test_a_newer_value_that_cannot_be_read_is_not_passed_over(self, read: Reader, odd: Row) -> None:
        rows = [creatinine(), creatinine(measurement_id=2, measurement_date="2024-06-29") | odd]
        patient = read.one(measurement=rows)
        assert [row.usable for row in patient.measurements] == [True, False]
        assert str(patient.as_of) == "2024-06-29"

    @pytest.mark.parametrize("words", ["less than 1.2", "more than 1.2", "up to 1.2", "~1.2", "1.2 or above"])
    def test_a_number_that_the_source_calls_an_end_is_not_exact(self, read: Reader, words: str) -> None:
        found = read.measured(value_source_value=words)
        assert (found.usable, found.text) == (False, words)

    def test_an_operator_that_only_the_source_has_counts(self, read: Reader) -> None:
        found = read.measured(value_source_value="<1.2")
        assert found.value == Interval(float("-inf"), 1.2, False, False)
        assert not read.measured(value_source_value="<7").usable

    def test_a_number_that_is_only_in_the_source(self, read: Reader) -> None:
        found = read.measured(value_as_number=None, value_source_value=">8 mg/dL", unit_concept_id=0)
        assert (found.value.low, found.unit) == (8, "mg/dL")

    @pytest.mark.parametrize(
        ("concept", "source", "unit", "usable"),
        [
            (MG_DL, "mg/dL", "mg/dL", True),
            (0, "mg/L", "mg/L", True),
            (MG_DL, "umol/L", "mg/dL", False),
            (0, "%%", "%%", False),
        ],
    )
    def test_the_concept_of_the_unit_then_its_words(
        self, read: Reader, concept: int, source: str, unit: str, usable: bool
    ) -> None:
        """A code and words that contradict each other leave the value in neither."""
        found = read.measured(unit_concept_id=concept, unit_source_value=source, value_as_number=5)
        assert (found.usable, found.unit if usable else unit) == (usable, unit)

    def test_a_unit_that_the_database_does_not_explain_is_not_assumed(self, read: Reader) -> None:
        """Without its concept nobody knows what 8840 is; a number without any unit may be taken by its size."""
        found = read.measured(unit_concept_id=8840)
        assert (found.usable, found.note) == (False, "the unit 'OMOP 8840' is not known")

    def test_the_reference_range(self, read: Reader) -> None:
        range = read.measured(range_low=0.5, range_high=1.1).reference
        assert range is not None
        assert (range.low, range.high) == (0.5, 1.1)
        assert read.measured(range_low=0, range_high=0).reference is None

    @pytest.mark.parametrize(
        ("fields", "text", "exact"),
        [
            ({}, "2020-03-04", False),
            ({"measurement_datetime": "2020-03-04 00:00:00"}, "2020-03-04", False),
            ({"measurement_datetime": "2020-03-04 10:30:00"}, "2020-03-04 10:30", True),
            ({"measurement_datetime": "2020-03-05 10:30:00"}, "2020-03-04", False),
            ({"measurement_date": None}, "an unknown day", False),
        ],
    )
    def test_the_day_and_the_hour_where_there_is_one(
        self, read: Reader, fields: dict[str, Any], text: str, exact: bool
    ) -> None:
        when = read.measured(**fields).when
        assert when is not None
        assert (when.text, when.exact) == (text, exact)

    def test_a_source_code_counts_where_the_standard_one_is_not_known(self, read: Reader) -> None:
        assert read.measured(measurement_concept_id=MG_DL, measurement_source_concept_id=CREATININE).usable

    def test_the_words_of_the_source_count_where_there_is_no_code(self, read: Reader) -> None:
        assert read.measured(measurement_concept_id=0, measurement_source_value="Creatinine").variable == "creatinine"
        patient = read.one(measurement=[creatinine(measurement_concept_id=0)])
        assert [str(fault) for fault in patient.faults] == [
            "measurement 1: there is no concept (give a concept or a source value)"
        ]

    def test_a_bad_cell_is_named_and_the_row_is_kept(self, read: Reader) -> None:
        patient = read.one(
            measurement=[
                creatinine(range_high="high", measurement_date="04/03/2020"),
                creatinine(measurement_date="9999-12-31"),
            ]
        )
        assert [row.when.text if row.when else None for row in patient.measurements] == ["an unknown day"] * 2
        assert [str(fault) for fault in patient.faults] == [
            "measurement 1: cannot be read: range_high, measurement_date (correct the cell)",
            "measurement 2: cannot be read: measurement_date (correct the cell)",
        ]


class TestCondition:
    """A diagnosis is active, over, or nobody knows; what an end means is said in `omop.events`."""

    def row(self, **fields: Any) -> dict[str, Any]:
        return {"condition_concept_id": DIABETES, "condition_start_date": "2010-05-06"} | fields

    @pytest.mark.parametrize(
        ("fields", "status", "end"),
        [
            ({}, "active", None),
            ({"condition_end_date": "2010-05-06"}, "active", None),
            ({"condition_end_date": "2099-12-31"}, "active", None),
            ({"condition_end_date": "9999-12-31"}, "active", None),
            ({"condition_end_date": "2011-01-01"}, "resolved", "2011-01-01"),
            ({"condition_end_date": "2010-05-20", "visit_occurrence_id": 1}, "resolved", "not before 2010-05-20"),
            ({"condition_end_date": "2009-01-01"}, "resolved", "not before 2010-05-06"),
            ({"condition_end_date": "spring"}, "resolved", "not before 2010-05-06"),
            ({"stop_reason": "cured"}, "resolved", None),
            ({"condition_status_concept_id": PRELIMINARY}, "unknown", None),
            ({"condition_status_concept_id": 32906}, "resolved", None),
            ({"condition_status_source_value": "Resolved condition"}, "history", None),
            ({"condition_status_source_value": "Unresolved"}, "active", None),
            ({"condition_status_source_value": "Rule out"}, "unknown", None),
            ({"condition_status_source_value": "Condition to be diagnosed by procedure"}, "unknown", None),
            ({"condition_status_source_value": "Primary discharge diagnosis"}, "active", None),
        ],
    )
    def test_how_it_stands(self, read: Reader, fields: dict[str, Any], status: str, end: str | None) -> None:
        visit = {"visit_concept_id": 9202, "visit_start_date": "2010-05-06", "visit_end_date": "2010-05-20"}
        patient = read.one(condition_occurrence=[self.row(**fields)], visit_occurrence=[visit])
        (found,) = patient.findings
        assert (found.status, found.abatement.text if found.abatement else None) == (status, end)
        assert found.source == "condition_occurrence 1"

    def test_its_codes_are_the_standard_and_the_source(self, read: Reader) -> None:
        """The ICD-10-CM code leads to the word; the finding keeps the name that it has in its vocabulary."""
        found = read.finding("condition_occurrence", **self.row(condition_source_concept_id=E11_9))
        assert found.codes == (("SNOMED", "44054006"), ("ICD10CM", "E11.9"))
        assert (found.concept, found.note) == ("type_2_diabetes", "")

    def test_a_family_history_is_nobodys_disease(self, read: Reader) -> None:
        patient = read.one(condition_occurrence=[self.row(condition_concept_id=FAMILY)])
        assert (patient.findings, patient.passed_over) == ((), (("condition_occurrence of the family", 1),))

    def test_an_allergy_among_the_conditions_is_an_allergy(self, read: Reader) -> None:
        found = read.finding("condition_occurrence", **self.row(condition_concept_id=ALLERGY_TO_PEANUT))
        assert (found.fact, found.concept) == ("allergy", "peanut")

    def test_whether_it_goes_on_after_its_visit_is_unknown(self, read: Reader) -> None:
        """It was there, so a history is met; nobody knows of today."""
        visit = {"visit_concept_id": 9202, "visit_start_date": "2010-05-06", "visit_end_date": "2010-05-20"}
        row = self.row(condition_end_date="2010-05-20", visit_occurrence_id=1, condition_source_concept_id=E11_9)
        facts = Facts(read.one(condition_occurrence=[row], visit_occurrence=[visit]), WORDS)
        truths = [
            judge_present(rule, facts, Policy()).truth
            for rule in (
                Present("condition", "type_2_diabetes", "active"),
                Present("condition", "type_2_diabetes", "history"),
            )
        ]
        assert truths == ["unknown", "met"]


class TestHierarchy:
    """What has no word of ours counts as what stands above it in the database's own vocabulary."""

    ROW: dict[str, Any] = {"condition_concept_id": VIRAL_SINUSITIS, "condition_start_date": "2010-05-06"}  # noqa: RUF012  never changed

    def above(self, *pairs: tuple[int, int]) -> list[Row]:
        return [{"descendant_concept_id": low, "ancestor_concept_id": high} for low, high in pairs]

    def found(self, read: Reader, **tables: list[Row]) -> list[str]:
        return [row.concept for row in read.one(condition_occurrence=[self.ROW], **tables).findings]

    def test_viral_sinusitis_is_a_sinusitis_and_keeps_its_name(self, read: Reader) -> None:
        """The nearest of them: that sinusitis is a disease is known without the database."""
        above = self.above((VIRAL_SINUSITIS, SINUSITIS), (VIRAL_SINUSITIS, DISEASE), (SINUSITIS, DISEASE))
        patient = read.one(condition_occurrence=[self.ROW], concept_ancestor=above)
        (found,) = patient.findings
        assert (found.concept, found.name) == ("sinusitis", "Viral sinusitis")
        assert (found.narrower, found.note) == (True, "by what is above it in its vocabulary")
        assert [item.how for item in patient.items] == ["ancestor"]

    def test_two_that_do_not_stand_above_each_other_both_count(self, read: Reader) -> None:
        above = self.above((VIRAL_SINUSITIS, SINUSITIS), (VIRAL_SINUSITIS, DISEASE))
        assert self.found(read, concept_ancestor=above) == ["sinusitis", "disease"]

    def test_without_anything_above_it_is_kept_as_not_known(self, read: Reader) -> None:
        assert self.found(read) == ["viral sinusitis"]

    def test_relationships_lead_up_where_no_ancestors_are_given(self, read: Reader) -> None:
        """Step by step; one that is no longer valid leads nowhere."""
        steps = [
            (VIRAL_SINUSITIS, 90, "Is a"),
            (90, SINUSITIS, "Is a"),
            (SINUSITIS, 90, "Is a"),
            (VIRAL_SINUSITIS, DISEASE, "Mapped from"),
        ]
        rows = [
            {"concept_id_1": low, "concept_id_2": high, "relationship_id": kind, "invalid_reason": None}
            for low, high, kind in steps
        ]
        assert self.found(read, concept_relationship=rows) == ["sinusitis"]
        rows[0]["invalid_reason"] = "D"
        assert self.found(read, concept_relationship=rows) == ["viral sinusitis"]

    def test_the_ingredient_of_a_brand(self, read: Reader) -> None:
        """By the table of strengths, where the name alone does not tell."""
        row = {"drug_concept_id": BRAND, "drug_exposure_start_date": "2010-05-06"}
        strength = [{"drug_concept_id": BRAND, "ingredient_concept_id": AMOXICILLIN}]
        assert [row.concept for row in read.one(drug_exposure=[row], drug_strength=strength).findings] == [
            "amoxicillin"
        ]

    def test_one_kind_of_it_that_is_over_is_not_all_kinds_over(self, read: Reader) -> None:
        """A sinusitis that is over says no to "sinusitis"; that a viral one is over says nothing of others."""
        above = self.above((VIRAL_SINUSITIS, SINUSITIS))
        truths = []
        for concept in (SINUSITIS, VIRAL_SINUSITIS):
            row = self.ROW | {"condition_concept_id": concept, "condition_end_date": "2010-06-01"}
            facts = Facts(read.one(condition_occurrence=[row], concept_ancestor=above), WORDS)
            truths.append(judge_present(Present("condition", "sinusitis"), facts, Policy()).truth)
        assert truths == ["not_met", "unknown"]

    def test_one_kind_of_it_that_is_denied_denies_no_other(self, read: Reader) -> None:
        """ "No viral sinusitis" is no "no sinusitis", nor "no frontal sinusitis"."""
        above = self.above((VIRAL_SINUSITIS, SINUSITIS))
        truths = []
        for concept in (SINUSITIS, VIRAL_SINUSITIS):
            row = {"observation_concept_id": concept, "observation_date": "2010-05-06", "value_as_string": "No"}
            facts = Facts(read.one(observation=[row], concept_ancestor=above), WORDS)
            rules = (Present("condition", "sinusitis"), Present("condition", "frontal_sinusitis"))
            truths.append([judge_present(rule, facts, Policy()).truth for rule in rules])
        assert truths == [["not_met", "not_met"], ["unknown", "unknown"]]

    def test_a_kind_of_it_meets_the_rule(self, read: Reader) -> None:
        """And of another kind nothing is known."""
        above = self.above((VIRAL_SINUSITIS, SINUSITIS))
        facts = Facts(read.one(condition_occurrence=[self.ROW], concept_ancestor=above), WORDS)
        assert judge_present(Present("condition", "sinusitis"), facts, Policy()).truth == "met"
        assert judge_present(Present("condition", "frontal_sinusitis"), facts, Policy()).truth == "unknown"


class TestDrug:
    """What was taken, and until when; an end that only somebody worked out is not one."""

    @pytest.mark.parametrize(
        ("fields", "status", "end"),
        [
            ({"days_supply": 10**9}, "resolved", "not before 2010-05-06"),
            ({"verbatim_end_date": "2010-05-06"}, "resolved", "2010-05-06"),
            ({"drug_exposure_end_date": "2010-05-20"}, "resolved", "2010-05-20"),
            ({"drug_exposure_end_date": "2010-05-06", "days_supply": 10}, "resolved", "2010-05-15"),
            ({"drug_exposure_end_date": "2010-05-06"}, "resolved", "not before 2010-05-06"),
            ({"days_supply": 10, "refills": 5}, "resolved", "not before 2010-05-15"),
            ({"days_supply": 10, "refills": 0}, "resolved", "2010-05-15"),
            ({"verbatim_end_date": "2010-05-20", "refills": 5}, "resolved", "2010-05-20"),
            ({"drug_exposure_end_date": "2010-05-06", "stop_reason": "rash"}, "resolved", "2010-05-06"),
            ({}, "resolved", "not before 2010-05-06"),
            ({"drug_exposure_end_date": "2010-04-01"}, "resolved", "not before 2010-05-06"),
            ({"days_supply": 400}, "active", None),
        ],
    )
    def test_how_it_stands_on_the_first_of_june(
        self, read: Reader, fields: dict[str, Any], status: str, end: str | None
    ) -> None:
        row = {"drug_concept_id": AMOXICILLIN_PILL, "drug_exposure_start_date": "2010-05-06"} | fields
        found = read.finding("drug_exposure", date(2010, 6, 1), **row)
        assert (found.concept, found.status) == ("amoxicillin", status)
        assert (found.abatement.text if found.abatement else None) == end

    def test_a_planned_end_is_not_the_day_of_judging(self, read: Reader) -> None:
        """The latest fact is the last start; what is supplied beyond it is being taken."""
        row = {"drug_concept_id": AMOXICILLIN_PILL, "drug_exposure_start_date": "2010-05-06", "days_supply": 90}
        earlier = row | {"drug_exposure_start_date": "2010-01-01", "days_supply": 7}
        patient = read.one(drug_exposure=[row, earlier])
        assert patient.as_of == date(2010, 5, 6)
        assert [found.status for found in patient.findings] == ["active", "resolved"]

    @pytest.mark.parametrize(
        ("rule", "truth"),
        [
            (Present("treatment", "amoxicillin", "active"), "unknown"),
            (Present("treatment", "amoxicillin", "history"), "met"),
            (Present("treatment", "amoxicillin", "any", window=Window("within", 60, "day")), "met"),
            (Present("treatment", "amoxicillin", "any", window=Window("within", 7, "day")), "unknown"),
            (Present("treatment", "amoxicillin", "active", window=Window("for", 7, "day")), "unknown"),
        ],
    )
    def test_given_on_a_day_and_perhaps_after_it(self, read: Reader, rule: Present, truth: str) -> None:
        """It was given for sure; whether it still is nobody wrote down."""
        row = {"drug_concept_id": AMOXICILLIN_PILL, "drug_exposure_start_date": "2010-05-06"}
        patient = read.one(date(2010, 6, 1), drug_exposure=[row])
        assert judge_present(rule, Facts(patient, WORDS), Policy()).truth == truth


class TestOthers:
    """Procedures, stays in hospital, and the many things that are observations."""

    def test_a_procedure_is_history(self, read: Reader) -> None:
        row = {"procedure_concept_id": APPENDECTOMY, "procedure_date": "2010-05-06", "procedure_end_date": "2010-05-07"}
        found = read.finding("procedure_occurrence", **row)
        assert (found.concept, found.status) == ("appendectomy", "history")
        assert found.abatement is not None
        assert found.abatement.text == "2010-05-07"

    @pytest.mark.parametrize(
        ("visit", "end", "status"),
        [(9201, "2010-05-09", "history"), (262, "2010-05-09", "history"), (9201, None, "active"), (9202, None, None)],
    )
    def test_a_stay_in_hospital(self, read: Reader, visit: int, end: str | None, status: str | None) -> None:
        row = {"visit_concept_id": visit, "visit_start_date": "2010-05-06", "visit_end_date": end}
        patient = read.one(visit_occurrence=[row])
        assert [found.status for found in patient.findings] == ([status] if status else [])
        assert patient.passed_over == (() if status else (("visit_occurrence not in hospital", 1),))

    @pytest.mark.parametrize(
        ("fields", "fact", "concept", "status"),
        [
            ({"observation_concept_id": HISTORY_OF_APPENDECTOMY}, "procedure", "appendectomy", "history"),
            (
                {"observation_concept_id": HISTORY, "value_as_concept_id": APPENDECTOMY},
                "procedure",
                "appendectomy",
                "history",
            ),
            ({"observation_concept_id": ALLERGY_TO_PEANUT}, "allergy", "peanut", "active"),
            ({"observation_concept_id": ALLERGY, "value_as_concept_id": PEANUT}, "allergy", "peanut", "active"),
            ({"observation_concept_id": CURRENT_SMOKER}, "state", "smoker", "active"),
            ({"observation_concept_id": CURRENT_SMOKER, "qualifier_concept_id": NEGATED}, "state", "smoker", "unknown"),
            ({"observation_concept_id": CURRENT_SMOKER, "qualifier_source_value": "no"}, "state", "smoker", "refuted"),
            ({"observation_concept_id": CURRENT_SMOKER, "value_as_string": "No"}, "state", "smoker", "refuted"),
            ({"observation_concept_id": ALLERGY_TO_PEANUT, "value_as_concept_id": NO}, "allergy", "peanut", "refuted"),
            (
                {"observation_concept_id": HISTORY_OF_APPENDECTOMY, "value_as_string": "Yes"},
                "procedure",
                "appendectomy",
                "history",
            ),
        ],
    )
    def test_what_an_observation_says(
        self, read: Reader, fields: dict[str, Any], fact: str, concept: str, status: str
    ) -> None:
        """What lasts began by the day it was recorded; of what was so on that day nothing is known of others."""
        found = read.finding("observation", observation_date="2010-05-06", **fields)
        assert (found.fact, found.concept, found.status) == (fact, concept, status)
        lasts = found.fact in ("allergy", "procedure")
        assert (found.onset.text if found.onset else None) == ("by 2010-05-06" if lasts else None)
        assert (found.seen.text if found.seen else None) == (None if lasts else "2010-05-06")

    def test_a_day_of_recording_is_the_day_of_judging_and_later_records_are_left_out(self, read: Reader) -> None:
        row = {"observation_concept_id": CURRENT_SMOKER, "observation_date": "2010-05-06"}
        assert read.one(observation=[row]).as_of == date(2010, 5, 6)
        assert read.one(date(2009, 1, 1), observation=[row]).left_out == ("observation 1",)

    def test_no_known_allergy_completes_the_list(self, read: Reader) -> None:
        patient = read.one(observation=[{"observation_concept_id": NO_ALLERGY, "observation_date": "2010-05-06"}])
        assert (patient.complete, patient.findings) == (frozenset(("allergies",)), ())

    def test_a_number_among_the_observations_is_a_result(self, read: Reader) -> None:
        row = {
            "observation_concept_id": CREATININE,
            "observation_date": "2010-05-06",
            "value_as_number": 1.2,
            "unit_concept_id": MG_DL,
        }
        assert [found.variable for found in read.one(observation=[row]).measurements] == ["creatinine"]

    def test_an_answer_that_is_not_understood_is_listed(self, read: Reader) -> None:
        row = {"observation_concept_id": SMOKING, "observation_date": "2010-05-06", "value_as_string": "hardly"}
        patient = read.one(observation=[row])
        assert [item.said for item in patient.items if item.word is None] == ["LOINC 72166-2 Tobacco smoking status"]

    def test_the_family_is_not_the_patient(self, read: Reader) -> None:
        patient = read.one(observation=[{"observation_concept_id": FAMILY, "value_as_concept_id": DIABETES}])
        assert (patient.findings, patient.passed_over) == ((), (("observation of the family", 1),))


class TestBadInput:
    """What cannot be read is named with its place; the rest is read."""

    def test_without_a_table_of_persons(self, tmp_path: Path) -> None:
        path = database_of(tmp_path / "a.duckdb", {"measurement": [creatinine(person_id=6)]})
        remedy = "give the tables of OMOP CDM 5.3 or 5.4, person among them"
        assert problems(path) == ([], [f"holds no table of persons ({remedy})"])

    def test_an_empty_table_of_persons_is_no_patient(self, tmp_path: Path) -> None:
        path = folder_of(tmp_path / "cdm", {})
        (path / "person.csv").write_text("person_id,gender_concept_id\n")
        assert problems(path) == ([], ["holds no patient (give a file with one)"])

    def test_headings_loaded_as_a_row_are_an_empty_table(self, tmp_path: Path) -> None:
        """As loaders of CSV leave it where there is nothing but a heading."""
        path = database_of(tmp_path / "a.duckdb", cdm(death=[{"column0": "PERSON_ID", "column1": "DEATH_DATE"}]))
        found, wrong = problems(path)
        assert ([patient.died for patient in found], wrong) == ([None], [])

    def test_a_table_that_does_not_say_of_whom_it_is_is_left_out_and_named(self, tmp_path: Path) -> None:
        tables = cdm(measurement=[creatinine()])
        del tables["measurement"][0]["person_id"]
        found, wrong = problems(folder_of(tmp_path / "cdm", tables))
        assert len(found) == 1
        assert wrong == ["measurement: has no column person_id (give the table as OMOP defines it)"]

    def test_rows_of_strangers_are_counted(self, tmp_path: Path) -> None:
        """They are named at the end, unless they are to be left out."""
        rows = [creatinine(person_id=id) for id in (5, 6, 7, "x")]
        path = folder_of(tmp_path / "cdm", cdm(measurement=rows))
        found, wrong = problems(path)
        assert [len(patient.measurements) for patient in found] == [1]
        assert [text.partition(" (")[0] for text in wrong] == [
            "measurement: 3 rows are of persons who are not in the table person"
        ]
        assert problems(path, others=True)[1] == []

    def test_lines_that_are_no_rows_are_named(self, tmp_path: Path) -> None:
        path = folder_of(tmp_path / "cdm", cdm(measurement=[creatinine(), creatinine()]))
        with (path / "measurement.csv").open("a") as file:
            file.write("\n1,2,3\n")
        found, wrong = problems(path)
        assert [len(patient.measurements) for patient in found] == [2]
        assert wrong == ["measurement.csv line 4: cannot be read (missing columns) (correct the line)"]

    @pytest.mark.parametrize(
        ("cell", "problem"),
        [
            (b'"Crea', "unquoted value"),
            (b"Cr\xe9a", "invalid encoding"),
            (b"C" * 3_000_000, "line size over maximum"),
        ],
    )
    def test_a_line_that_cannot_be_read_is_named_and_its_content_is_not(
        self, tmp_path: Path, cell: bytes, problem: str
    ) -> None:
        """A quote that is never closed swallows the rest of the file, and does not do so silently."""
        rows = [creatinine(measurement_source_value="first"), creatinine(measurement_source_value="second")]
        path = folder_of(tmp_path / "cdm", cdm(measurement=rows))
        content = (path / "measurement.csv").read_bytes()
        (path / "measurement.csv").write_bytes(content.replace(b"second", cell))
        found, wrong = problems(path)
        assert [len(patient.measurements) for patient in found] == [1]
        assert wrong == [f"measurement.csv line 3: cannot be read ({problem}) (correct the line)"]

    @pytest.mark.parametrize("content", [b"PK\x03\x04 and no more", b"PK\x03\x04" + b"\0" * 5000])
    def test_a_broken_zip(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "cdm.zip").write_bytes(content)
        assert problems(tmp_path / "cdm.zip", format="omop")[1] == ["is no whole zip archive (pack it again)"]

    def test_a_zip_with_a_damaged_member(self, tmp_path: Path) -> None:
        path = zip_of(tmp_path / "cdm.zip", TestForms.TABLES)
        content = bytearray(path.read_bytes())
        content[60] ^= 0xFF
        path.write_bytes(bytes(content))
        assert problems(path)[1] == ["is no whole zip archive (pack it again)"]

    def test_an_encrypted_zip(self, tmp_path: Path) -> None:
        """The flag that says so stands in the directory at the end."""
        path = zip_of(tmp_path / "cdm.zip", {"person": [somebody()]})
        content = bytearray(path.read_bytes())
        content[content.index(b"PK\x01\x02") + 8] |= 1
        path.write_bytes(bytes(content))
        assert problems(path)[1] == ["PERSON.csv: is encrypted (unpack it and give the folder)"]

    def test_a_zip_bomb(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "cdm.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("person.csv", b"0" * 20_000_000)
        assert problems(tmp_path / "cdm.zip")[1] == [
            "person.csv: is packed absurdly small (unpack it and give the folder)"
        ]

    def test_a_zip_of_too_much(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MOST_BYTES", 10)
        path = zip_of(tmp_path / "cdm.zip", TestForms.TABLES)
        assert problems(path)[1] == ["would unpack to more than 50 GB (unpack it and give the folder)"]

    def test_a_table_that_is_there_twice(self, tmp_path: Path) -> None:
        path = folder_of(tmp_path / "cdm", TestForms.TABLES)
        (path / "PERSON.csv.gz").write_bytes(gzip.compress(b"person_id\n6\n"))
        (wrong,) = problems(path)[1]
        assert "the table person is there twice" in wrong

    def test_a_column_that_is_there_twice(self, tmp_path: Path) -> None:
        path = folder_of(tmp_path / "cdm", {})
        (path / "person.csv").write_text("person_id,Person_ID\n6,7\n")
        assert problems(path)[1] == ["line 1: names a column twice (give each column a name of its own)"]

    @pytest.mark.parametrize("name", ["cdm.duckdb", "person.parquet", "person.csv.gz"])
    def test_files_that_are_not_what_they_seem(self, tmp_path: Path, name: str) -> None:
        folder = tmp_path / "cdm"
        folder.mkdir()
        (folder / name).write_bytes(b"12345678DUCK" + b"\0" * 100)
        found, wrong = problems(folder / name if name.startswith("cdm") else folder, format="omop")
        assert (found, len(wrong)) == ([], 1)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        assert problems(tmp_path / "none", format="omop")[1] == ["No such file or directory (give a readable file)"]

    def test_a_view_that_reaches_for_other_files_reads_nothing(self, tmp_path: Path) -> None:
        """A database from elsewhere may hold views; they see nothing but itself."""
        (tmp_path / "secret.csv").write_text("person_id\n6\n")
        with duckdb.connect(str(tmp_path / "a.duckdb")) as made:
            made.execute(f"CREATE VIEW person AS SELECT * FROM read_csv('{tmp_path / 'secret.csv'}')")
        found, wrong = problems(tmp_path / "a.duckdb")
        assert (found, [text.partition(" (")[0] for text in wrong]) == ([], ["cannot be read as OMOP tables"])

    def test_names_that_are_sql_are_names(self, tmp_path: Path) -> None:
        folder = tmp_path / "a'; DROP TABLE person; --"
        tables = cdm(measurement=[creatinine()])
        tables["measurement"][0]["odd\" column'; --"] = 1
        assert len(read_patient(folder_of(folder, tables), vocabulary=WORDS).measurements) == 1

    def test_without_duckdb_it_says_what_to_install(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "duckdb", None)
        (wrong,) = problems(folder_of(tmp_path / "cdm", TestForms.TABLES))[1]
        assert "pip install 'eligibility[population]'" in wrong


def sources(found: list[Patient], table: str) -> int:
    """How many rows of a table became facts. Eunomia's ids of rows are unique only within a person."""
    places = {(patient.id, row.source) for patient in found for row in patient.findings}
    places |= {(patient.id, row.source) for patient in found for row in patient.measurements}
    return sum(place.startswith(f"{table} ") for _, place in places)


def listed(found: list[Patient], kind: str) -> int:
    """How many entries of a kind were understood, or listed as not."""
    return sum(item.count for patient in found for item in patient.items if item.kind == kind)


def dates(row: Finding) -> tuple[str, str]:
    """Onset and end, as they are shown."""
    return row.onset.text if row.onset else "", row.abatement.text if row.abatement else ""


class Shared:
    """A shared database: its patients, and SQL over its tables, which answers without this package."""

    def __init__(self, path: Path, attach: str) -> None:
        if not path.is_file():
            pytest.skip(f"{path} is not there")
        self.found = list(read_patients(path))
        self.connection = duckdb.connect()
        self.connection.execute(attach)

    def number(self, query: str) -> int:
        """The one number that a query answers with."""
        answer = self.connection.execute(query).fetchone()
        assert answer is not None
        return int(answer[0])

    def patient(self, id: str) -> Patient:
        """The patient with this id."""
        return next(patient for patient in self.found if patient.id == id)


@pytest.fixture(scope="module")
def eunomia() -> Iterator[Shared]:
    """2,694 synthetic persons in DuckDB (OHDSI Eunomia, GiBleed): CDM 5.3 with a vocabulary of its own."""
    path = SHARED / "eunomia.duckdb"
    shared = Shared(path, f"ATTACH '{path}' AS source (READ_ONLY); USE source")
    yield shared
    shared.connection.close()


@pytest.fixture(scope="module")
def synthea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """28 synthetic persons in a zip of CSV tables (OHDSI, Synthea27Nj): CDM 5.4."""
    path, folder = SHARED / "Synthea27Nj_5.4.zip", tmp_path_factory.mktemp("synthea")
    views = []
    if path.is_file():
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if "/" not in name:
                    archive.extract(name, folder)
                    views.append(f"CREATE VIEW {name[:-4]} AS SELECT * FROM read_csv('{folder / name}', header = true)")
    shared = Shared(path, ";".join(views))
    yield shared
    shared.connection.close()


@pytest.mark.heavy
class TestEunomia:
    """Counts are made twice: by SQL, and by the places of the facts."""

    def test_everybody_is_read_and_nothing_is_at_fault(self, eunomia: Shared) -> None:
        assert len(eunomia.found) == eunomia.number("SELECT count(*) FROM person") == 2694
        assert [fault for patient in eunomia.found for fault in patient.faults] == []

    @pytest.mark.parametrize(
        ("table", "column", "rows"),
        [
            ("condition_occurrence", "condition_concept_id", 65332),
            ("drug_exposure", "drug_concept_id", 67704),
            ("procedure_occurrence", "procedure_concept_id", 37409),
            ("observation", "observation_concept_id", 1477),
            ("visit_occurrence", "visit_concept_id", 1037),
        ],
    )
    def test_every_row_with_a_concept_is_a_finding(self, eunomia: Shared, table: str, column: str, rows: int) -> None:
        query = f"SELECT count(DISTINCT (person_id, {table}_id)) FROM {table} JOIN concept ON concept_id = {column}"
        assert sources(eunomia.found, table) == eunomia.number(query) == rows

    def test_every_measurement_is_listed(self, eunomia: Shared) -> None:
        """None has a value, so none becomes a fact."""
        assert listed(eunomia.found, "result") == eunomia.number("SELECT count(*) FROM measurement") == 44053
        assert sources(eunomia.found, "measurement") == 0

    def test_childhood_asthma_is_asthma(self, eunomia: Shared) -> None:
        """By the table of ancestors: no code and no name of ours says so."""
        found = [row for patient in eunomia.found for row in patient.findings if row.name == "Childhood asthma"]
        assert {(row.concept, row.narrower) for row in found} == {("asthma", True)}
        query = "SELECT count(*) FROM condition_occurrence JOIN concept ON concept_id = condition_concept_id"
        assert len(found) == eunomia.number(f"{query} WHERE concept_code = '233678006'") == 96

    def test_person_6_checked_by_hand(self, eunomia: Shared) -> None:
        """A woman born on the last day of 1963, last seen for two vaccines in January 2006."""
        patient = eunomia.patient("6")
        assert patient.birth_date is not None
        assert (patient.birth_date.text, patient.sex, patient.race, patient.died) == (
            "1963-12-31",
            "female",
            "black",
            None,
        )
        assert patient.as_of == date(2006, 1, 10)
        known = {row.source: (row.concept, row.status, *dates(row)) for row in patient.findings if row.known}
        assert known["condition_occurrence 141"] == ("epilepsy", "active", "2003-12-21", "")
        assert known["condition_occurrence 152"] == ("osteoarthritis", "active", "2005-07-13", "")
        assert known["condition_occurrence 148"][:2] == ("sinusitis", "resolved")
        assert known["drug_exposure 88"] == ("naproxen", "resolved", "2005-06-17", "2005-07-22")
        assert known["drug_exposure 89"] == ("celecoxib", "resolved", "2005-07-13", "not before 2005-07-13")
        others = {row.source: (row.concept, row.status) for row in patient.findings if not row.known}
        assert others["condition_occurrence 143"] == ("sprain of ankle", "resolved")
        assert others["observation 138"] == ("history of single seizure", "history")
        assert len({row.source for row in patient.findings}) == 17 + 25 + 6 + 1


class TestSynthea:
    """The same of a database with values and units."""

    def test_everybody_is_read_and_nothing_is_at_fault(self, synthea: Shared) -> None:
        assert len(synthea.found) == synthea.number("SELECT count(*) FROM person") == 28
        assert [fault for patient in synthea.found for fault in patient.faults] == []
        assert sum(patient.died is not None for patient in synthea.found) == 3

    def test_every_value_of_a_known_code_is_a_measurement(self, synthea: Shared) -> None:
        codes = {
            code.code
            for word in vocabulary().words.values()
            for code in word.codes
            if code.system == "LOINC" and code.status != "unverified" and word.kind == "quantity"
        }
        query = (
            "SELECT count(*) FROM (SELECT measurement_concept_id AS id, value_as_number AS number FROM measurement "
            "UNION ALL SELECT observation_concept_id, value_as_number FROM observation) JOIN concept ON concept_id = id "
            f"WHERE number IS NOT NULL AND concept_code IN ({', '.join(repr(code) for code in codes)})"
        )
        read = sum(len(patient.measurements) for patient in synthea.found)
        assert read == synthea.number(query)
        assert read > 7000

    @pytest.mark.parametrize(
        ("table", "rows"), [("condition_occurrence", 470), ("drug_exposure", 883), ("procedure_occurrence", 1649)]
    )
    def test_every_row_is_a_finding(self, synthea: Shared, table: str, rows: int) -> None:
        assert sources(synthea.found, table) == synthea.number(f"SELECT count(*) FROM {table}") == rows

    def test_person_7_checked_by_hand(self, synthea: Shared) -> None:
        """A man with Alzheimer's disease, who died of it in 2019; the codes stand in the rows of his tables."""
        patient = synthea.patient("7")
        assert patient.birth_date is not None
        assert patient.died is not None
        assert (patient.birth_date.text, patient.sex, patient.race) == ("1938-02-22", "male", "other")
        assert (patient.died.text, patient.as_of) == ("2019-05-28", date(2019, 4, 13))
        known = {row.source: (row.concept, row.status, *dates(row)) for row in patient.findings if row.known}
        assert known["condition_occurrence 67"] == ("alzheimer_disease", "active", "2013-07-16", "")
        assert known["condition_occurrence 73"] == ("hyperlipidemia", "active", "1994-03-29", "")
        creatinine = [row for row in patient.measurements if row.variable == "creatinine"]
        newest = max(creatinine, key=lambda row: row.when.first if row.when else row.when)  # type: ignore[arg-type,return-value]  # all are dated
        assert (newest.value.low, newest.unit, newest.source) == (3.4, "mg/dL", "measurement 1270")
