"""Tables of patients: one patient a row, or one observation a row, as CSV or Parquet."""

from __future__ import annotations

import builtins
import csv
import gzip
import json
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.errors import InputError
from eligibility.patients.dates import When, read_when
from eligibility.patients.from_profile import profile
from eligibility.patients.interval import Interval
from eligibility.patients.patient import UNREAD, Finding, Measurement, Patient, Reference, StatedAge
from eligibility.patients.read import read_patients
from eligibility.patients.record import UNDATED, by_then
from eligibility.patients.table.headings import endings, parted
from eligibility.vocabulary.tables import vocabulary


def table(folder: Path, *lines: str, name: str = "table.csv") -> Path:
    """A file of these lines."""
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def read(path: Path, **options: Any) -> tuple[list[Patient], list[str]]:
    """The patients of a file, and what is said of the rows that are none."""
    faults: list[str] = []
    found = read_patients(path, on_fault=lambda error: faults.extend(map(str, error.faults)), **options)
    return list(found), faults


def only(folder: Path, headings: str, *rows: str, **options: Any) -> Patient:
    """The one patient of a table with these headings and rows."""
    patients, faults = read(table(folder, headings, *rows), **options)
    assert (len(patients), faults) == (1, [])
    return patients[0]


def refused(path: Path) -> str:
    """Why a table is not read at all."""
    with pytest.raises(InputError) as caught:
        list(read_patients(path))
    return str(caught.value)


def said(patient: Patient) -> list[str]:
    """What is listed as wrong in the rows of a patient."""
    return [str(fault) for fault in patient.faults]


def understood(patient: Patient) -> dict[str, str | None]:
    """Every name and column of a patient, and what it was understood as."""
    return {item.said: item.word for item in patient.items}


def why(patient: Patient) -> dict[str, str]:
    """Every name and column that was not understood, and why."""
    return {item.said: item.how for item in patient.items if item.word is None}


def result(patient: Patient) -> Measurement:
    """The one result of a patient."""
    assert len(patient.measurements) == 1, patient.measurements
    return patient.measurements[0]


def statuses(patient: Patient) -> dict[str, str]:
    """The status of every finding."""
    return {finding.concept: finding.status for finding in patient.findings}


def finding(patient: Patient) -> Finding:
    """The one finding of a patient."""
    assert len(patient.findings) == 1, patient.findings
    return patient.findings[0]


class TestHeadings:
    """A column is a word of the vocabulary, whatever its spelling, with its unit in the heading."""

    @pytest.mark.parametrize(
        "heading",
        ["total_bilirubin", "Total bilirubin", "TBil", "TOTAL BILIRUBIN", "bilirubin"],
    )
    def test_a_column_is_met_by_key_label_and_synonym(self, tmp_path: Path, heading: str) -> None:
        """Case, underscores and spaces do not tell names apart."""
        made = result(only(tmp_path, f"id,{heading}", "p1,1.9 mg/dL"))
        assert (made.variable, made.value, made.unit) == ("total_bilirubin", Interval(1.9, 1.9), "mg/dL")

    @pytest.mark.parametrize(
        ("heading", "unit"),
        [
            ("total_bilirubin [mg/dL]", "mg/dL"),
            ("bilirubin (umol/L)", "umol/L"),
            ("bilirubin_mg_dl", "mg/dL"),
            ("bilirubin_mg_per_dl", "mg/dL"),
            ("Bilirubin umol/L", "umol/L"),
        ],
    )
    def test_a_heading_may_hold_the_unit(self, tmp_path: Path, heading: str, unit: str) -> None:
        """In brackets, or behind the name, where it is a unit of that quantity."""
        assert result(only(tmp_path, f"id,{heading}", "p1,20")).unit == unit

    def test_brackets_within_a_unit_belong_to_it(self) -> None:
        """UCUM has brackets of its own."""
        assert parted("Systolic pressure (mm[Hg])") == ("Systolic pressure", "mm[Hg]")
        assert parted("CK [[IU]/L]") == ("CK", "[IU]/L")
        assert parted("eGFR [mL/min/{1.73_m2}]") == ("eGFR", "mL/min/{1.73_m2}")
        assert parted("no unit") == ("no unit", "")
        assert parted("odd)") == ("odd)", "")

    def test_an_ending_is_a_unit_only_of_the_right_kind(self, tmp_path: Path) -> None:
        """`bilirubin_d` is direct bilirubin to some, and a day is no unit of it."""
        assert ("bilirubin", "d") in endings("bilirubin_d")
        patient = only(tmp_path, "id,bilirubin_d,weight_kg", "p1,3,70")
        assert why(patient) == {"bilirubin_d": "not in the vocabulary"}
        assert result(patient).variable == "weight"

    def test_a_column_that_is_not_understood_is_listed_and_counted(self, tmp_path: Path) -> None:
        """And so is one without a heading."""
        patient = only(tmp_path, "id,weight_kg,favourite colour,", "p1,70,blue,7")
        assert why(patient) == {"favourite colour": "not in the vocabulary", "(no heading)": "no name"}
        assert understood(patient)["weight_kg"] == "weight"
        assert understood(patient)["id"] == "id of the patient"

    def test_a_unit_that_is_none_leaves_the_value_unusable(self, tmp_path: Path) -> None:
        """The value is kept and shown, and decides nothing."""
        patient = only(tmp_path, "id,hemoglobin [glug],weight [mg/dL]", "p1,12,70")
        assert [row.usable for row in patient.measurements] == [False, False]
        assert said(patient) == [
            "row 2, hemoglobin [glug]: the unit 'glug' is not known (correct the value or its unit)",
            "row 2, weight [mg/dL]: mg/dL is no unit of Body weight (correct the value or its unit)",
        ]

    def test_an_allergen_is_no_column_of_yes_and_no(self, tmp_path: Path) -> None:
        """Whether it was given or is not borne is not said."""
        allergen = next(word for word in vocabulary().words.values() if word.kind == "allergen")
        patient = only(tmp_path, f"id,weight_kg,{allergen.key}", "p1,70,yes")
        assert patient.findings == ()
        assert "allergies" in why(patient)[allergen.key]

    @pytest.mark.parametrize(
        ("headings", "told"),
        [
            ("id,TBil,tbil", "stands twice"),
            ("id,patient_id,weight", "the patient may stand in id or patient_id"),
            ("id,date,visit_date,weight", "the date of the row may stand in date or visit_date"),
            ("p1,70,blue", "none of the columns is understood"),
            ("id,date", "none of the columns is understood"),
            ("id,bilirubin; total", "equally often"),
        ],
    )
    def test_headings_that_say_nothing_or_the_same_twice_are_refused(
        self, tmp_path: Path, headings: str, told: str
    ) -> None:
        """Which of two columns is meant would be a guess."""
        assert told in refused(table(tmp_path, headings, "1,2,3"))

    def test_there_is_a_limit_to_columns(self, tmp_path: Path) -> None:
        """A table of genes is not what is asked for."""
        assert "more than 10,000 columns" in refused(table(tmp_path, ",".join(f"c{n}" for n in range(10_001))))


class TestCompanions:
    """A column may give the unit, the date or the reference range of another."""

    def test_unit_date_and_range_of_a_result(self, tmp_path: Path) -> None:
        """A unit may change from row to row."""
        headings = "id,creatinine,creatinine_unit,creatinine_date,creatinine_low,creatinine_uln"
        rows = ("p1,88,umol/L,2024-01-05,45,84", "p2,1.1,mg/dL,2024-02,,")
        patients, _ = read(table(tmp_path, headings, *rows))
        first, second = (result(patient) for patient in patients)
        assert (first.unit, first.when, first.reference) == ("umol/L", read_when("2024-01-05"), Reference(45, 84))
        assert (second.unit, second.when, second.reference) == ("mg/dL", read_when("2024-02"), None)
        assert understood(patients[0])["creatinine_uln"] == "high end of the range of creatinine"

    def test_a_range_in_one_cell(self, tmp_path: Path) -> None:
        """Open at one end, or closed at both."""
        patients, _ = read(table(tmp_path, "id,alt [U/L],alt_range", "p1,20,<40", "p2,20,10-40 U/L"))
        assert [result(patient).reference for patient in patients] == [
            Reference(None, 40),
            Reference(10, 40, "U/L"),
        ]

    def test_a_range_upside_down_is_listed_and_the_value_kept(self, tmp_path: Path) -> None:
        """One of the two ends is wrong, and nobody knows which."""
        patient = only(tmp_path, "id,alt [U/L],alt_lln,alt_uln", "p1,20,40,10")
        assert result(patient).reference is None
        assert said(patient) == ["row 2, alt [U/L]: the low end lies above the high end (swap them)"]

    def test_a_companion_is_found_by_the_word_of_its_column(self, tmp_path: Path) -> None:
        """`tbil_uln` goes with `total_bilirubin [mg/dL]`."""
        made = result(only(tmp_path, "id,total_bilirubin [mg/dL],total_bilirubin_uln", "p1,2,1.2"))
        assert made.reference == Reference(None, 1.2)

    def test_a_companion_without_its_column_is_not_understood(self, tmp_path: Path) -> None:
        """It has nothing to say something of."""
        assert "alt_uln" in why(only(tmp_path, "id,weight_kg,alt_uln", "p1,70,40"))

    def test_units_that_contradict_each_other_decide_nothing(self, tmp_path: Path) -> None:
        """One stands in the cell, one in the heading."""
        patient = only(tmp_path, "id,creatinine [umol/L]", "p1,1.1 mg/dL")
        assert not result(patient).usable
        assert said(patient)

    def test_dates_of_a_condition(self, tmp_path: Path) -> None:
        """Its start and its end."""
        found = finding(only(tmp_path, "id,diabetes,diabetes_onset,diabetes_end", "p1,former,2010,2020-05"))
        assert (found.status, found.onset, found.abatement) == ("history", read_when("2010"), read_when("2020-05"))

    def test_a_companion_of_an_empty_cell_is_listed(self, tmp_path: Path) -> None:
        """A date of diagnosis without a yes is not taken for one."""
        patient = only(tmp_path, "id,weight_kg,diabetes,diabetes_onset", "p1,70,,2010")
        assert patient.findings == ()
        assert why(patient) == {"diabetes_onset": "diabetes is empty"}


class TestPeople:
    """Who a row is of."""

    def test_birth_sex_race_and_id(self, tmp_path: Path) -> None:
        """Under their usual headings."""
        patient = only(tmp_path, "MRN,DOB,Gender,Race,died on,date of death", "007,1960-02,F,White,x,2024-03-01")
        assert (patient.id, patient.birth_date, patient.sex, patient.race) == (
            "007",
            read_when("1960-02"),
            "female",
            "other",
        )
        assert patient.died == read_when("2024-03-01")

    @pytest.mark.parametrize(
        ("heading", "cell", "age"),
        [
            ("age", "54", StatedAge(54)),
            ("age", "54.0", StatedAge(54)),
            ("age", "8 months", StatedAge(8, "month")),
            ("age [months]", "8", StatedAge(8, "month")),
            ("age_months", "8", StatedAge(8, "month")),
        ],
    )
    def test_an_age_is_of_the_day_of_judging(self, tmp_path: Path, heading: str, cell: str, age: StatedAge) -> None:
        """Where no row has a date."""
        assert only(tmp_path, f"id,{heading}", f"p1,{cell}").age == age

    def test_an_age_on_a_day_gives_the_days_of_birth(self, tmp_path: Path) -> None:
        """Judged years later, the patient is older."""
        patient = only(tmp_path, "id,date,age", "p1,2020-06-15,54", as_of=date(2024, 6, 15))
        assert patient.age is None
        assert patient.birth_date == When(read_when("1965-06-16").first, read_when("1966-06-15").last)

    def test_what_is_no_sex_and_no_age_is_listed(self, tmp_path: Path) -> None:
        """A code such as 2 is none: it may be a woman or a man."""
        patient = only(tmp_path, "id,sex,age,dob", "p1,2,old,03/04/1960")
        assert (patient.sex, patient.age, patient.birth_date) == (None, None, None)
        assert [fault.place for fault in patient.faults] == ["row 2, sex", "row 2, age", "row 2, dob"]

    def test_without_an_id_patients_are_named_by_their_rows_and_that_is_said(self, tmp_path: Path) -> None:
        """A file has a name, and its rows have numbers."""
        patients, _ = read(table(tmp_path, "weight_kg", "70", "80"))
        assert [patient.id for patient in patients] == ["table row 2", "table row 3"]
        assert why(patients[0])["no column with an id"] == "patients are named by their rows"

    def test_a_row_without_its_id_and_a_second_row_of_one_are_refused(self, tmp_path: Path) -> None:
        """The rest is read."""
        patients, faults = read(table(tmp_path, "id,weight_kg", "p1,70", ",71", "p1,72", "p2,73"))
        assert [patient.id for patient in patients] == ["p1", "p2"]
        assert [fault.partition(" (")[0] for fault in faults] == [
            "row 3: has no id of a patient",
            "row 4: id: the id also stands at row 2",
        ]


class TestValues:
    """A cell is a number, a range, a level, a yes or no, or nothing."""

    @pytest.mark.parametrize(
        ("cell", "value"),
        [
            ("<5", Interval(float("-inf"), 5, False, False)),
            (">1000", Interval(1000, float("inf"), False, False)),
            ("5–10", Interval(5, 10)),
            ("1e1", Interval(10, 10)),
        ],
    )
    def test_values_are_intervals(self, tmp_path: Path, cell: str, value: Interval) -> None:
        """As laboratories report them."""
        made = result(only(tmp_path, "id,ferritin [ng/mL]", f"p1,{cell}"))
        assert (made.value, made.text) == (value, cell)

    @pytest.mark.parametrize("cell", ["12,5", "1.200,5", "high", "5 apples", "10-5", "1e999"])
    def test_what_is_no_number_is_listed_and_never_guessed(self, tmp_path: Path, cell: str) -> None:
        """A comma may part decimals or thousands, also where points part nothing and semicolons part the columns."""
        patient = only(tmp_path, "id;hemoglobin [g/dL]", f"p1;{cell}")
        assert [(row.usable, row.text, row.note) for row in patient.measurements] == [(False, cell, UNREAD)]
        assert [fault.place for fault in patient.faults] == ["row 2, hemoglobin [g/dL]"]
        assert why(patient) == {"hemoglobin [g/dL]": "the value is no number"}

    def test_what_no_living_patient_has_is_kept_and_decides_nothing(self, tmp_path: Path) -> None:
        """A weight of 70 with the unit g."""
        patient = only(tmp_path, "id,weight,weight_unit", "p1,70,g")
        assert not result(patient).usable
        assert "not possible for Body weight" in said(patient)[0]

    @pytest.mark.parametrize("cell", ["", " ", "NA", "n/a", "NULL", "none", "NaN", ".", "-", "Unknown"])
    def test_nothing_is_nothing(self, tmp_path: Path, cell: str) -> None:
        """Neither a value, nor a no, nor a fault."""
        patient = only(tmp_path, "id,sex,weight_kg,diabetes,ecog,conditions", f"p1,F,{cell},{cell},{cell},{cell}")
        assert (patient.measurements, patient.findings, patient.grades, patient.faults) == ((), (), (), ())

    @pytest.mark.parametrize(
        ("cell", "status"),
        [
            *((cell, "active") for cell in ("yes", "Y", "TRUE", "t", "1", "1.0", "active", "positive")),
            *((cell, "refuted") for cell in ("no", "N", "False", "f", "0", "0.0", "never", "absent")),
            *((cell, "history") for cell in ("former", "past", "history")),
            ("resolved", "resolved"),
        ],
    )
    def test_a_condition_is_there_or_not(self, tmp_path: Path, cell: str, status: str) -> None:
        """In any of the usual words."""
        assert statuses(only(tmp_path, "id,Diabetes", f"p1,{cell}")) == {"diabetes": status}

    def test_states_treatments_and_procedures_are_columns_too(self, tmp_path: Path) -> None:
        """And what somebody once had."""
        headings = "id,pregnant,metformin,liver transplant,history_of_stroke"
        patient = only(tmp_path, headings, "p1,no,yes,history,yes")
        assert {(row.fact, row.concept, row.status) for row in patient.findings} == {
            ("state", "pregnant", "refuted"),
            ("treatment", "metformin", "active"),
            ("procedure", "liver_transplant", "history"),
            ("condition", "stroke", "history"),
        }

    def test_what_is_no_status_is_listed(self, tmp_path: Path) -> None:
        """Nothing is taken from it."""
        patient = only(tmp_path, "id,diabetes", "p1,maybe")
        assert patient.findings == ()
        assert said(patient)[0].startswith("row 2, diabetes: not a status")

    def test_levels_of_a_scale(self, tmp_path: Path) -> None:
        """By any of their names; a number with decimals that a program added is the same number."""
        patient = only(tmp_path, "id,ECOG,NYHA class,child_pugh_class", "p1,1.0,II-III,Z")
        assert {grade.scale: grade.levels for grade in patient.grades} == {
            "ecog_ps": ("1",),
            "nyha_class": ("II", "III"),
            "child_pugh_class": ("A", "B", "C"),  # which cannot be read, and can be any
        }
        assert [fault.place for fault in patient.faults] == ["row 2, child_pugh_class"]

    @pytest.mark.parametrize("cell", ["yes", "1", "no", "0"])
    def test_a_yes_to_a_scale_is_some_level_of_it(self, tmp_path: Path, cell: str) -> None:
        """A 1 in a column of ascites may be a yes, so it is not the first grade for sure; in one of grades it is."""
        wide = only(tmp_path, "id,ascites", f"p1,{cell}")
        tall = only(tmp_path, "id,test,value", f"p1,ascites,{cell}")
        for patient in (wide, tall):
            status = "active" if cell in ("yes", "1") else "refuted"
            assert (statuses(patient), patient.grades, patient.faults) == ({"ascites_grade": status}, (), ())

    def test_a_level_of_such_a_scale_is_one(self, tmp_path: Path) -> None:
        """Where the heading asks for it, or the cell says more than yes."""
        patient = only(tmp_path, "id,Ascites grade,hepatic encephalopathy", "p1,1,II")
        assert {grade.scale: grade.levels for grade in patient.grades} == {
            "ascites_grade": ("1",),
            "hepatic_encephalopathy_grade": ("II",),
        }

    def test_lists_in_a_cell(self, tmp_path: Path) -> None:
        """Names and codes, parted by semicolons or bars; what is not known is kept by its name."""
        patient = only(
            tmp_path,
            "id,conditions,medications,allergies,procedures",
            "p1,E11.9;COPD; I50.9 Heart failure ;green thumb,warfarin|A10BA02,penicillin,liver transplant",
        )
        assert {(row.fact, row.concept, row.status) for row in patient.findings} == {
            ("condition", "type_2_diabetes", "active"),
            ("condition", "copd", "active"),
            ("condition", "heart_failure", "active"),
            ("condition", "green thumb", "active"),
            ("treatment", "warfarin", "active"),
            ("treatment", "a10ba02", "active"),
            ("allergy", "penicillin", "active"),
            ("procedure", "liver_transplant", "history"),
        }
        assert why(patient) == dict.fromkeys(("green thumb", "ATC A10BA02"), "not in the vocabulary")


class TestDays:
    """When it was so."""

    def test_a_row_without_dates_speaks_of_today(self, tmp_path: Path) -> None:
        """As a profile does."""
        assert result(only(tmp_path, "id,weight_kg", "p1,70")).when is None

    def test_the_date_of_a_row_is_that_of_its_results(self, tmp_path: Path) -> None:
        """And the day of judging; midnight is how programs write a day."""
        patient = only(tmp_path, "id,visit_date,weight_kg", "p1,2024-03-01 00:00:00,70")
        assert (result(patient).when, patient.as_of) == (read_when("2024-03-01"), date(2024, 3, 1))

    def test_a_date_of_its_own_goes_before_that_of_the_row(self, tmp_path: Path) -> None:
        """And where it is missing, the day is not known."""
        headings = "id,date,alt [U/L],alt_date"
        patients, _ = read(table(tmp_path, headings, "p1,2024-03-01,20,2024-02-01", "p2,2024-03-01,20,"))
        assert [result(patient).when for patient in patients] == [read_when("2024-02-01"), UNDATED]

    def test_a_row_whose_date_is_missing_or_wrong_is_of_an_unknown_day(self, tmp_path: Path) -> None:
        """03/04/2024 may be in March or in April."""
        patients, _ = read(table(tmp_path, "id,date,weight_kg", "p1,,70", "p2,03/04/2024,70"))
        assert [result(patient).when for patient in patients] == [UNDATED, UNDATED]
        assert [len(patient.faults) for patient in patients] == [0, 1]

    def test_a_day_far_from_every_life_is_no_date(self, tmp_path: Path) -> None:
        """9999-12-31 is how databases write that nothing ended; nobody is to be judged by that day."""
        patient = only(tmp_path, "id,date,weight_kg", "p1,9999-12-31,70")
        assert (result(patient).when, patient.as_of) == (UNDATED, None)
        assert len(patient.faults) == 1

    def test_what_was_there_at_a_visit_began_at_some_time_before(self, tmp_path: Path) -> None:
        """The visit is not the day of diagnosis."""
        found = finding(only(tmp_path, "id,date,diabetes", "p1,2024-03-01,yes"))
        assert found.onset is not None
        assert (found.onset.first, found.onset.last.date()) == (UNDATED.first, date(2024, 3, 1))
        assert found.seen == read_when("2024-03-01")

    def test_rows_of_different_days_are_visits_of_one_patient(self, tmp_path: Path) -> None:
        """Beside each other or not; a second row of the same day is a fault."""
        rows = ("p1,2024-01-01,70", "p2,2024-01-01,80", "p1,2024-02-01,71", "p1,2024-02-01,72")
        patients, faults = read(table(tmp_path, "id,date,weight_kg", *rows))
        assert [(patient.id, len(patient.measurements)) for patient in patients] == [("p1", 2), ("p2", 1)]
        assert faults == ["row 5: id: the id and the date also stand at row 4 (keep one row a patient and day)"]

    def test_visits_after_the_day_of_judging_say_nothing(self, tmp_path: Path) -> None:
        """Neither their results nor what was there on them."""
        rows = ("p1,2024-01-01,70,no", "p1,2024-03-01,80,yes")
        patient = only(tmp_path, "id,date,weight_kg,diabetes", *rows, as_of=date(2024, 2, 1))
        assert (result(patient).value.low, finding(patient).status) == (70, "refuted")
        assert set(patient.left_out) == {"row 3, weight_kg", "row 3, diabetes"}

    def test_two_sexes_of_one_patient_are_none(self, tmp_path: Path) -> None:
        """Nobody knows which row is wrong."""
        patient = only(tmp_path, "id,date,sex,weight_kg", "p1,2024-01-01,F,70", "p1,2024-02-01,M,70")
        assert patient.sex is None
        assert said(patient) == ["row 3, sex: is not what another row of this patient says (correct one of them)"]


class TestTall:
    """One observation a row."""

    HEADINGS = "patient_id,category,test,loinc,value,unit,date,low,high"

    def test_results_by_name_and_by_code(self, tmp_path: Path) -> None:
        """With unit, date and reference range; how the table was read is said."""
        rows = ("p1,lab,Creatinine,,1.1,mg/dL,2024-01-05,0.6,1.2", "p1,,,1975-2,<5,umol/L,2024-01-06,,21")
        patient = only(tmp_path, self.HEADINGS, *rows)
        assert [(m.variable, m.unit, m.when, m.reference) for m in patient.measurements] == [
            ("creatinine", "mg/dL", read_when("2024-01-05"), Reference(0.6, 1.2)),
            ("total_bilirubin", "umol/L", read_when("2024-01-06"), Reference(None, 21)),
        ]
        assert understood(patient)["one observation a row"] == "tall table"

    def test_rows_of_a_patient_may_be_scattered(self, tmp_path: Path) -> None:
        """Patients come in order of first appearance."""
        rows = ("p2,lab,alt,,1,U/L,,,", "p1,lab,alt,,2,U/L,,,", "p2,lab,alt,,3,U/L,,,", "p3,lab,alt,,4,U/L,,,")
        patients, _ = read(table(tmp_path, self.HEADINGS, *rows))
        assert [(patient.id, [m.value.low for m in patient.measurements]) for patient in patients] == [
            ("p2", [1, 3]),
            ("p1", [2]),
            ("p3", [4]),
        ]

    def test_kinds(self, tmp_path: Path) -> None:
        """What is listed is there, a procedure was, and a no is a no."""
        headings = "patient,kind,name,status,start,end,value"
        rows = (
            "p1,condition,diabetes,,2010,,",
            "p1,condition,COPD,no,,,",
            "p1,Condition,stroke,,2001,2002,",
            "p1,condition,asthma,unknown,,,",
            "p1,medication,warfarin,,,,",
            "p1,procedure,liver transplant,,2015,,",
            "p1,allergy,penicillin,,,,",
            "p1,state,pregnant,,,,no",
            "p1,gizmo,sprocket,,,,1",
        )
        patient = only(tmp_path, headings, *rows)
        assert statuses(patient) == {
            "diabetes": "active",
            "copd": "refuted",
            "stroke": "resolved",
            "asthma": "unknown",
            "warfarin": "active",
            "liver_transplant": "history",
            "penicillin": "active",
            "pregnant": "refuted",
        }
        assert [fault.place for fault in patient.faults] == ["row 10, kind"]

    def test_a_date_is_that_of_a_procedure_and_of_the_record_of_anything_else(self, tmp_path: Path) -> None:
        """A condition on record in January may have begun in any year before; a yes or no is of its day."""
        rows = (
            "p1,procedure,liver transplant,2024-01-05,",
            "p1,condition,stroke,2024-01-05,",
            "p1,,COPD,2024-01-05,no",
        )
        surgery, stroke, copd = only(tmp_path, "id,kind,name,date,value", *rows).findings
        day = read_when("2024-01-05")
        assert (surgery.onset, surgery.abatement, surgery.seen) == (day, day, None)
        assert (stroke.onset, stroke.seen) == (by_then(day), None)
        assert (copd.status, copd.seen) == ("refuted", day)

    def test_without_a_kind_the_word_tells(self, tmp_path: Path) -> None:
        """A condition needs a yes or no then; a code of ICD-10 is one of a condition."""
        rows = ("p1,ecog,1", "p1,diabetes,yes", "p1,COPD,", "p1,E78.5,yes", "p1,flux,7", "p1,,3")
        patient = only(tmp_path, "patient,concept,value", *rows)
        assert [grade.scale for grade in patient.grades] == ["ecog_ps"]
        assert {"diabetes", "copd"} & statuses(patient).keys() == {"diabetes"}
        assert any(("ICD-10-CM", "E78.5") in row.codes for row in patient.findings)
        assert why(patient) == {"COPD": "no status", "flux": "not in the vocabulary"}
        assert said(patient) == ["row 7: has neither name nor code (say what the row is of)"]

    def test_a_code_of_another_system_is_not_taken_for_loinc(self, tmp_path: Path) -> None:
        """Where a column says the system, the form of the code says nothing."""
        patient = only(tmp_path, "patient,code,system,value,unit", "p1,2160-0,house codes,1.1,mg/dL")
        assert patient.measurements == ()
        assert list(why(patient)) == ["house codes 2160-0"]

    def test_a_code_may_be_a_name(self, tmp_path: Path) -> None:
        """Laboratories call ALT by its name and that its code; a number that no system explains stays what it is."""
        patient = only(tmp_path, "patient,code,value,unit", "p1,ALT,20,U/L", "p1,4711,20,U/L")
        assert result(patient).variable == "alt"
        assert why(patient) == {"4711": "not in the vocabulary"}

    def test_a_date_that_is_none_is_listed_once_and_an_end_that_is_none_leaves_it_open(self, tmp_path: Path) -> None:
        """A treatment that ends "ongoing" is not over."""
        patient = only(tmp_path, "id,age,kind,name,end", "p1,54,medication,warfarin,ongoing")
        assert statuses(patient) == {"warfarin": "unknown"}
        assert [fault.place for fault in patient.faults] == ["row 2, end"]

    @pytest.mark.parametrize("end", ["2099-12-31", "9999-12-31", "9999-12-31 00:00:00"])
    def test_the_last_day_of_a_calendar_is_no_end(self, tmp_path: Path, end: str) -> None:
        """It is how databases write that something goes on, and no day to judge by."""
        tall = only(tmp_path, "id,kind,name,start,end", f"p1,medication,warfarin,2024-01-05,{end}")
        wide = only(tmp_path, "id,warfarin,warfarin_start,warfarin_end", f"p1,yes,2024-01-05,{end}")
        for patient in (tall, wide):
            assert (finding(patient).status, finding(patient).abatement) == ("active", None)
            assert (patient.as_of, patient.faults) == (date(2024, 1, 5), ())

    def test_a_value_that_is_missing_or_no_number_is_listed(self, tmp_path: Path) -> None:
        """It is no value, and no zero; but that there was one is kept."""
        patient = only(tmp_path, self.HEADINGS, "p1,lab,alt,,,U/L,,,", "p1,lab,ast,,high,U/L,,,")
        assert [(row.variable, row.usable, row.note) for row in patient.measurements] == [("ast", False, UNREAD)]
        assert [fault.place for fault in patient.faults] == ["row 3, value"]

    def test_a_result_without_its_date_is_of_an_unknown_day(self, tmp_path: Path) -> None:
        """In a table that has dates."""
        assert result(only(tmp_path, self.HEADINGS, "p1,lab,alt,,20,U/L,,,")).when == UNDATED
        assert result(only(tmp_path, "id,test,value,unit", "p1,alt,20,U/L")).when is None

    def test_a_table_of_nobody_is_refused(self, tmp_path: Path) -> None:
        """Rows of several patients would become one."""
        assert "of which patient" in refused(table(tmp_path, "test,value", "alt,20"))


class TestFiles:
    """CSV as it comes."""

    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_what_parts_the_columns_is_seen_in_the_headings(self, tmp_path: Path, sign: str) -> None:
        """A sign within quotes parts nothing."""
        path = table(tmp_path, sign.join(("id", '"alt, (U/L)"', "weight_kg")), sign.join(("p1", "20", '"70"')))
        patients, faults = read(path)
        assert (faults, patients[0].id, patients[0].measurements[-1].variable) == ([], "p1", "weight")

    def test_a_mark_at_the_start_windows_line_ends_and_gzip(self, tmp_path: Path) -> None:
        """And lines between quotes, and blank ones."""
        text = '\ufeffid,weight_kg,conditions\r\n\r\n"p\n1",70,"diabetes;\r\nCOPD"\r\np2,80,\r\n,,\r\n'
        path = tmp_path / "table.csv.gz"
        path.write_bytes(gzip.compress(text.encode()))
        patients, faults = read(path)
        assert [(patient.id, len(patient.findings), patient.source) for patient in patients] == [
            ("p\n1", 2, "row 3"),
            ("p2", 0, "row 4"),
        ]
        assert faults == []

    def test_rows_with_too_many_or_too_few_cells_are_listed_and_the_rest_is_read(self, tmp_path: Path) -> None:
        """Empty cells behind the last heading are nothing."""
        patients, faults = read(table(tmp_path, "id,weight_kg", "p1", "p2,70,x", "p3,70,,", "p4,70"))
        assert [patient.id for patient in patients] == ["p3", "p4"]
        assert [fault.partition(" (")[0] for fault in faults] == [
            "row 2: has 1 cells, and there are 2 headings",
            "row 3: has 3 cells, and there are 2 headings",
        ]

    @pytest.mark.parametrize(
        ("row", "told"),
        [
            ("p1,7\0", "NUL"),
            ("p1," + "x" * 20_001, "longer than 20,000"),
            ("p1," + "x" * 200_000, "field larger"),
            ('p1,"70"0', "quote"),
        ],
        ids=["a NUL byte", "a long cell", "a very long cell", "a stray quote"],
    )
    def test_a_damaged_row_is_listed_and_the_rest_is_read(self, tmp_path: Path, row: str, told: str) -> None:
        """Nothing of it is taken."""
        patients, faults = read(table(tmp_path, "id,weight_kg", row, "p2,70"))
        assert [patient.id for patient in patients] == ["p2"]
        assert len(faults) == 1
        assert told in faults[0]

    def test_a_quote_left_open_is_listed(self, tmp_path: Path) -> None:
        """It swallows what follows, which is said."""
        patients, faults = read(table(tmp_path, "id,weight_kg", "p1,70", 'p2,"70', "p3,70"))
        assert [patient.id for patient in patients] == ["p1"]
        assert "quote" in faults[0]

    def test_a_file_that_is_not_utf_8_is_refused_with_a_remedy(self, tmp_path: Path) -> None:
        """Which other encoding it is would be a guess; what stands before is read."""
        path = tmp_path / "table.csv"
        path.write_bytes("id,weight_kg,name\np1,70,x\np2,70,é\n".encode("latin-1"))
        patients, faults = read(path)
        assert [patient.id for patient in patients] == ["p1"]
        assert faults == ["line 3: byte 7 is not UTF-8, and the rest of the file was not read (save the file as UTF-8)"]

    def test_a_visit_table_that_breaks_off_gives_no_patient_in_part(self, tmp_path: Path) -> None:
        """A patient whose later visits were not read would be judged by the earlier ones."""
        path = tmp_path / "table.csv"
        path.write_bytes("id,date,weight_kg\np1,2024-01-01,70\np1,2024-02-01,é\n".encode("latin-1"))
        patients, faults = read(path)
        assert (patients, len(faults)) == ([], 1)

    @pytest.mark.parametrize(("content", "told"), [("", "empty"), ("\n\n", "empty"), ("id,weight\n", "no row")])
    def test_a_file_without_rows(self, tmp_path: Path, content: str, told: str) -> None:
        """Is said to be one."""
        path = tmp_path / "table.csv"
        path.write_text(content)
        assert told in refused(path)

    def test_a_table_may_come_on_standard_input(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Which can be read only once: scattered rows are still gathered."""
        path = table(tmp_path, "id,date,weight_kg", "p1,2024-01-01,70", "p2,2024-01-01,80", "p1,2024-02-01,71")
        with path.open(encoding="utf-8") as file:
            monkeypatch.setattr(sys, "stdin", file)
            patients = list(read_patients("-", format="table"))
        assert [(patient.id, len(patient.measurements)) for patient in patients] == [("p1", 2), ("p2", 1)]


class TestParquet:
    """Parquet, whose values have types."""

    def written(self, folder: Path, select: str, name: str = "table.parquet") -> Path:
        """A Parquet file of a query."""
        duckdb = pytest.importorskip("duckdb", reason="Parquet is read by duckdb, which is not installed")
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({select}) TO '{folder / name}' (FORMAT parquet)")
        return folder / name

    def test_values_keep_what_their_types_say(self, tmp_path: Path) -> None:
        """Days, moments, decimals, truths, whole numbers, lists; NaN and NULL are nothing."""
        path = self.written(
            tmp_path,
            'SELECT 7 AS id, DATE \'1960-02-03\' AS dob, 54::DOUBLE AS "weight [kg]", 0.1::FLOAT AS "crp [mg/dL]", '
            "TIMESTAMP '2024-01-05 10:30:00' AS crp_date, 12.50::DECIMAL(5,2) AS \"hemoglobin [g/dL]\", "
            "true AS diabetes, false AS pregnant, 1 AS ecog, ['COPD', 'E78.5'] AS conditions, "
            '\'nan\'::DOUBLE AS "alt [U/L]", NULL AS "ast [U/L]"',
        )
        (patient,), faults = read(path)
        assert (patient.id, patient.birth_date, faults) == ("7", read_when("1960-02-03"), [])
        assert {m.variable: (m.value.low, m.when) for m in patient.measurements} == {
            "weight": (54, None),
            "crp": (0.1, read_when("2024-01-05T10:30")),
            "hemoglobin": (12.5, None),
        }
        assert statuses(patient).items() >= {("diabetes", "active"), ("pregnant", "refuted"), ("copd", "active")}
        assert [grade.levels for grade in patient.grades] == [("1",)]
        assert patient.faults == ()

    def test_many_rows_and_a_name_that_could_be_a_pattern(self, tmp_path: Path) -> None:
        """A path is a file, and no pattern for files."""
        self.written(tmp_path, "SELECT 1 AS id, 3 AS ecog", "t1.parquet")
        path = self.written(tmp_path, "SELECT range AS id, 70 AS weight_kg FROM range(2500)", "t[1].parquet")
        patients, _ = read(path)
        assert [patients[0].id, patients[-1].id, len(patients)] == ["0", "2499", 2500]

    def test_one_observation_a_row(self, tmp_path: Path) -> None:
        """The same as from CSV."""
        path = self.written(tmp_path, "SELECT 'p1' AS id, 'alt' AS test, 20 AS value, 'U/L' AS unit")
        assert result(read(path)[0][0]).variable == "alt"

    def test_a_damaged_file_is_refused(self, tmp_path: Path) -> None:
        """With its name."""
        pytest.importorskip("duckdb", reason="Parquet is read by duckdb, which is not installed")
        path = tmp_path / "table.parquet"
        path.write_bytes(b"PAR1 and no more")
        assert "no Parquet file" in refused(path)

    def test_without_duckdb_it_is_said_what_to_install(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """It is an extra."""
        path = tmp_path / "table.parquet"
        path.write_bytes(b"PAR1")
        real = builtins.__import__

        def without(name: str, *arguments: Any, **named: Any) -> Any:
            if name.partition(".")[0] == "duckdb":
                raise ImportError(name)
            return real(name, *arguments, **named)

        monkeypatch.setattr(builtins, "__import__", without)
        assert "eligibility[population]" in refused(path)


NUMBERS = st.decimals(min_value=1, max_value=200, places=2).map(str)


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["hemoglobin", "creatinine", "total_bilirubin", "alt", "weight"]),
        st.tuples(NUMBERS, st.sampled_from(["", "<", ">"])),
        min_size=1,
    )
)
def test_a_row_is_the_same_as_the_profile_of_its_values(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, tuple[str, str]]
) -> None:
    """One road leads from cells, another from JSON; what is impossible is a fault of a profile, so it stands aside."""
    units = {"hemoglobin": "g/L", "creatinine": "umol/L", "total_bilirubin": "umol/L", "alt": "U/L", "weight": "kg"}
    cells = {name: f"{sign}{number}" for name, (number, sign) in values.items()}
    folder = tmp_path_factory.mktemp("tables")
    headings = ",".join(f"{name} [{units[name]}]" for name in cells)
    row = only(folder, f"id,{headings}", ",".join(("p1", *cells.values())))
    written = json.loads(json.dumps({"id": "p1"} | {name: f"{cell} {units[name]}" for name, cell in cells.items()}))
    usable = {m.variable for m in row.measurements if m.usable}
    known = {name: value for name, value in written.items() if name == "id" or name in usable}
    same = profile(known, file="patient.json", vocabulary=vocabulary())
    assert [(m.variable, m.value, m.unit, m.text) for m in row.measurements if m.usable] == [
        (m.variable, m.value, m.unit, m.text) for m in same.measurements
    ]


CELLS = st.one_of(
    st.sampled_from(
        ["", "NA", "yes", "0", "2024-01-05", "2024", "9999-12-31", "<5 mg/dL", "54 years", "E11.9;x|", "1e300"]
    ),
    st.text(max_size=12),
)
WIDE = ("id", "date", "age", "dob", "sex", "weight_kg", "weight_uln", "ecog", "diabetes", "diabetes_end", "conditions")
TALL = ("id", "age", "kind", "name", "code", "value", "unit", "low", "high", "date", "start", "end", "status")


@pytest.mark.parametrize("headings", [WIDE, TALL], ids=["wide", "tall"])
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_no_cell_stops_the_reading(
    headings: tuple[str, ...], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever stands in the cells, every row is a patient's or a fault."""
    width = len(headings)
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=4))
    path = tmp_path_factory.mktemp("tables") / "table.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([headings, *rows])
    patients, faults = read(path, as_of=data.draw(st.sampled_from([None, date(2024, 1, 5)])))
    assert patients or faults


@settings(deadline=None, max_examples=150)
@given(
    content=st.binary(max_size=200),
    name=st.sampled_from(["table.csv", "table.tsv", "table.csv.gz", "table.parquet"]),
)
def test_no_bytes_stop_the_reading(content: bytes, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file that is no table is refused, and nothing else happens."""
    path = tmp_path_factory.mktemp("tables") / name
    path.write_bytes(b"id,weight_kg\n" * (len(content) % 2) + content)
    with suppress(InputError):
        patients, faults = read(path, format="table")
        assert patients or faults
