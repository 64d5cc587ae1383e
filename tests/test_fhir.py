"""FHIR R4: every resource kind that says something of eligibility, statuses, times, whose a resource is, broken entries."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.errors import InputError
from eligibility.patients.interval import Interval
from eligibility.patients.patient import UNREAD, Finding, Measurement, Patient
from eligibility.patients.read import read_patient, read_patients
from eligibility.patients.record import UNDATED
from eligibility.rules.notation import read_rule
from eligibility.verdicts.judge import judge

LOINC, ICD10, SNOMED = "http://loinc.org", "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
RXNORM, UCUM = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://unitsofmeasure.org"
SHARED = Path(__file__).resolve().parents[2] / "shared" / "patients"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared patients are not beside this checkout")
PERSON = {"resourceType": "Patient", "id": "p1", "gender": "male", "birthDate": "1970-05-20"}
DAY = "2024-06-15T08:00:00Z"


def coded(code: str, system: str = LOINC, display: str = "", text: str = "") -> dict[str, Any]:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": text}


def quantity(value: Any, unit: str, comparator: str | None = None) -> dict[str, Any]:
    """A Quantity in a UCUM unit."""
    made = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    return made | ({"comparator": comparator} if comparator else {})


def observation(loinc: str, value: Any = None, unit: str = "mg/dL", /, **fields: Any) -> dict[str, Any]:
    """An Observation of patient p1."""
    made = {
        "resourceType": "Observation", "id": f"o-{loinc}", "status": "final", "code": coded(loinc),
        "subject": {"reference": "Patient/p1"}, "effectiveDateTime": DAY,
    }  # fmt: skip
    return made | ({} if value is None else {"valueQuantity": quantity(value, unit)}) | fields


def of_p1(kind: str, **fields: Any) -> dict[str, Any]:
    """A resource of patient p1."""
    return {"resourceType": kind, "subject": {"reference": "Patient/p1"}, **fields}


def bundle(*resources: Any, kind: str = "collection") -> dict[str, Any]:
    """A Bundle of these resources."""
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": resource} for resource in resources]}


class Reader:
    """Reads resources from a file in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self, *resources: Any, **options: Any) -> list[Patient]:
        """The patients of one bundle."""
        return list(read_patients(self.file(bundle(*resources)), **options))

    def one(self, *resources: Any, **options: Any) -> Patient:
        """Patient p1 with these resources."""
        (patient,) = self.all(PERSON, *resources, **options)
        return patient

    def file(self, content: Any, name: str = "bundle.json") -> Path:
        """A file with this content as JSON."""
        path = self.folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """A reader of resources."""
    return Reader(tmp_path)


def only(patient: Patient) -> Measurement:
    """The one measurement of a patient."""
    (row,) = patient.measurements
    return row


def finding(patient: Patient) -> Finding:
    """The one finding of a patient."""
    (row,) = patient.findings
    return row


class TestPatient:
    """Who it is."""

    def test_birth_date_and_sex(self, read: Reader) -> None:
        """As recorded."""
        patient = read.one()
        assert (patient.id, patient.sex, patient.birth_date and patient.birth_date.text) == ("p1", "male", "1970-05-20")

    def test_a_year_of_birth_is_all_days_of_it(self, read: Reader) -> None:
        """Partial dates are legal in FHIR, and nobody invents the rest."""
        (patient,) = read.all({**PERSON, "birthDate": "1970"}, observation("2160-0", 1.0))
        assert patient.birth_date is not None
        assert not patient.birth_date.one_day
        assert judge(read_rule("age >= 54 year"), patient).truth == "unknown"
        assert judge(read_rule("age >= 53 year"), patient).truth == "met"

    def test_a_birth_sex_that_differs_leaves_the_sex_unknown_and_is_told(self, read: Reader) -> None:
        """Nobody knows which one a trial means."""
        url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
        (patient,) = read.all({**PERSON, "extension": [{"url": url, "valueCode": "F"}]})
        assert patient.sex is None
        assert "birth sex" in str(patient.faults[0])

    @pytest.mark.parametrize(("code", "race"), [("2054-5", "black"), ("2106-3", "other"), ("UNK", None)])
    def test_race_is_kept_as_far_as_a_formula_asks(self, read: Reader, code: str, race: str | None) -> None:
        """US Core race, from its OMB category."""
        inner = [{"url": "ombCategory", "valueCoding": {"code": code}}]
        url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
        (patient,) = read.all({**PERSON, "extension": [{"url": url, "extension": inner}]})
        assert patient.race == race

    def test_death_is_kept(self, read: Reader) -> None:
        """A report says so; no rule changes."""
        (patient,) = read.all({**PERSON, "deceasedDateTime": "2024-07-01"})
        assert patient.died is not None
        assert patient.died.text == "2024-07-01"


class TestObservation:
    """Results with units, comparators, ranges, components and statuses."""

    def test_a_result_has_its_unit_day_range_and_source(self, read: Reader) -> None:
        """In the house spelling of its unit."""
        limits = [{"low": quantity(0.7, "mg/dL"), "high": quantity(1.3, "mg/dL")}]
        row = only(read.one(observation("2160-0", 1.9, referenceRange=limits)))
        assert (row.variable, row.value, row.unit, row.usable) == ("creatinine", Interval(1.9, 1.9), "mg/dL", True)
        assert row.reference is not None
        assert (row.reference.low, row.reference.high, row.reference.unit) == (0.7, 1.3, "mg/dL")
        assert (row.when and row.when.text, row.source) == (DAY, "Observation/o-2160-0")

    @pytest.mark.parametrize(
        ("comparator", "interval"),
        [
            ("<", Interval(-math.inf, 5, False, False)),
            ("<=", Interval(-math.inf, 5, False, True)),
            (">", Interval(5, math.inf, False, False)),
            (">=", Interval(5, math.inf, True, False)),
        ],
    )
    def test_a_comparator_makes_an_interval(self, read: Reader, comparator: str, interval: Interval) -> None:
        """ "< 5" is not 5."""
        row = only(read.one(observation("1988-5", valueQuantity=quantity(5, "mg/L", comparator))))
        assert (row.value, row.text) == (interval, f"{comparator}5")

    @pytest.mark.parametrize(
        ("fields", "value", "unit"),
        [
            ({"valueString": "<5 mg/L"}, Interval(-math.inf, 5, False, False), "mg/L"),
            ({"valueString": "5-10 mg/L"}, Interval(5, 10), "mg/L"),
            ({"valueRange": {"low": quantity(5, "mg/L"), "high": quantity(10, "mg/L")}}, Interval(5, 10), "mg/L"),
            ({"valueRange": {"low": quantity(5, "mg/L")}}, Interval(5, math.inf, True, False), "mg/L"),
        ],
    )
    def test_half_known_values_are_intervals(self, read: Reader, fields: Any, value: Interval, unit: str) -> None:
        """Words and ranges with numbers in them."""
        row = only(read.one(observation("1988-5", **fields)))
        assert (row.value, row.unit) == (value, unit)

    def test_components_are_results_of_their_own(self, read: Reader) -> None:
        """Both pressures of a panel, at its time."""
        parts = [
            {"code": coded("8480-6"), "valueQuantity": quantity(142, "mm[Hg]")},
            {"code": coded("8462-4"), "valueQuantity": quantity(88, "mm[Hg]")},
        ]
        patient = read.one(observation("85354-9", component=parts))
        assert [(row.variable, row.value.low) for row in patient.measurements] == [
            ("systolic_bp", 142),
            ("diastolic_bp", 88),
        ]
        assert patient.measurements[0].source == "Observation/o-85354-9.component[0]"

    @pytest.mark.parametrize("status", ["entered-in-error", "cancelled", "registered"])
    def test_what_was_withdrawn_is_no_result(self, read: Reader, status: str) -> None:
        """And is counted among what was passed over."""
        patient = read.one(observation("2160-0", 9, status=status))
        assert patient.measurements == ()
        assert patient.passed_over == ((f"Observation {status}", 1),)

    @pytest.mark.parametrize("order", [1, -1])
    @pytest.mark.parametrize("same", [{"id": "a"}, {"id": "b", "identifier": [{"system": "urn:lab", "value": "7"}]}])
    def test_an_amended_result_replaces_the_one_it_amends(self, read: Reader, order: int, same: dict[str, Any]) -> None:
        """Whichever comes first in the bundle; another id, and another identifier, is another result."""
        rows = [
            observation("2160-0", 1.9, **{"id": "a", "identifier": [{"system": "urn:lab", "value": "7"}]}),
            observation("2160-0", 1.2, status="amended", **same),
            observation("2160-0", 1.1, id="c", identifier=[{"system": "urn:lab", "value": "8"}]),
        ]
        patient = read.one(*rows[::order])
        assert sorted(row.value.low for row in patient.measurements) == [1.1, 1.2]

    def test_an_amended_result_of_another_id_replaces_none(self, read: Reader) -> None:
        """Two results of a day contradict each other."""
        rows = [observation("718-7", 8, "g/dL", id="a"), observation("718-7", 12, "g/dL", id="b", status="amended")]
        verdict = judge(read_rule("hemoglobin >= 9 g/dL"), read.one(*rows))
        assert [gap.reason for gap in verdict.missing] == ["conflict"]

    def test_of_two_versions_of_a_resource_the_later_counts(self, read: Reader) -> None:
        """A history bundle holds both."""
        old = observation("2160-0", 1.9, meta={"lastUpdated": "2024-06-15T09:00:00Z"})
        new = observation("2160-0", 1.2, meta={"lastUpdated": "2024-06-16T09:00:00Z"})
        assert only(read.one(new, old)).value.low == 1.2

    def test_an_absent_value_is_no_value(self, read: Reader) -> None:
        """dataAbsentReason: the earlier value stands, and nothing is made up."""
        gone = observation("2160-0", dataAbsentReason=coded("error"))
        kept = observation("2160-0", 1.1, id="b", effectiveDateTime="2024-06-01")
        assert only(read.one(gone, kept)).value.low == 1.1

    def test_a_level_of_a_scale_is_a_grade(self, read: Reader) -> None:
        """A number where the scale has numbers."""
        patient = read.one(observation("89247-1", valueInteger=2))
        assert [(row.scale, row.levels) for row in patient.grades] == [("ecog_ps", ("2",))]

    def test_a_level_there_is_not_is_listed(self, read: Reader) -> None:
        """ECOG -1 of a real test file."""
        patient = read.one(observation("89247-1", valueInteger=-1))
        (grade,) = patient.grades
        assert (grade.levels, grade.note) == (("0", "1", "2", "3", "4", "5"), UNREAD)
        assert "no such level" in patient.unrecognised[0]

    def test_a_loinc_code_that_is_not_known_is_another_test_whatever_it_is_called(self, read: Reader) -> None:
        """2350-7 is glucose in urine."""
        unknown = observation("2350-7", 500, code=coded("2350-7", text="Glucose"))
        patient = read.one(unknown)
        assert patient.measurements == ()
        assert patient.unrecognised == ("LOINC 2350-7 Glucose: not in the vocabulary",)

    def test_a_local_code_is_known_by_its_whole_name(self, read: Reader) -> None:
        """And the item says that it was the name."""
        patient = read.one(observation("X1", 1.9, code=coded("CREA", "http://hospital.example", text="Creatinine")))
        assert only(patient).variable == "creatinine"
        assert [(item.word, item.how) for item in patient.items] == [("creatinine", "name")]

    def test_the_newest_day_is_the_day_to_judge_by(self, read: Reader) -> None:
        """Unless one is given; then what is later is left out and named."""
        rows = [observation("2160-0", 1.9), observation("2160-0", 1.1, id="b", effectiveDateTime="2024-06-01")]
        assert read.one(*rows).as_of == date(2024, 6, 15)
        earlier = read.one(*rows, as_of=date(2024, 6, 10))
        assert only(earlier).value.low == 1.1
        assert earlier.left_out == ("Observation/o-2160-0",)

    def test_a_result_without_a_day_may_be_of_any(self, read: Reader) -> None:
        """So it decides nothing that asks for a recent value."""
        undated = observation("2160-0", 1.9)
        del undated["effectiveDateTime"]
        patient = read.one(undated, observation("718-7", 12, "g/dL"))
        verdict = judge(read_rule("creatinine >= 1.5 mg/dL"), patient)
        assert (verdict.truth, verdict.missing[0].reason) == ("unknown", "stale")


class TestUnits:
    """A unit that is wrong, unknown, or contradicts itself never decides."""

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (quantity(100, "mmol/L") | {"code": "cm"}, "coded"),
            (quantity(70, "g"), "not possible for Body weight"),
            (quantity(70, "zork"), "not known"),
            (quantity(170, "cm"), "no unit of"),
        ],
    )
    def test_such_a_weight_is_kept_and_unusable(self, read: Reader, value: Any, said: str) -> None:
        """The verdict is unknown, and says why."""
        patient = read.one(observation("29463-7", valueQuantity=value))
        row = only(patient)
        assert not row.usable
        assert said in row.note
        verdict = judge(read_rule("weight >= 50 kg"), patient)
        assert (verdict.truth, verdict.missing[0].reason) == ("unknown", "unit")
        assert said in verdict.missing[0].detail

    def test_an_unusable_newest_value_does_not_bring_an_old_one_back(self, read: Reader) -> None:
        """The last word on the weight is that nobody knows it."""
        old = observation("29463-7", 90, "kg", id="b", effectiveDateTime="2024-05-01")
        patient = read.one(observation("29463-7", 70, "g"), old)
        assert judge(read_rule("weight >= 50 kg"), patient).truth == "unknown"

    def test_two_values_of_one_instant_are_a_conflict_where_they_decide_differently(self, read: Reader) -> None:
        """And none where they agree."""
        patient = read.one(observation("2160-0", 1.9), observation("2160-0", 1.2, id="b"))
        verdict = judge(read_rule("creatinine >= 1.5 mg/dL"), patient)
        assert (verdict.truth, verdict.missing[0].reason) == ("unknown", "conflict")
        assert judge(read_rule("creatinine >= 1 mg/dL"), patient).truth == "met"

    def test_a_comparison_across_units_and_ranges(self, read: Reader) -> None:
        """umol/L against mg/dL, and a multiple of the laboratory's own limit."""
        limits = [{"high": quantity(21, "umol/L")}]
        patient = read.one(observation("1975-2", 205.2, "umol/L", referenceRange=limits))
        assert judge(read_rule("total_bilirubin >= 12 mg/dL"), patient).truth == "met"
        assert judge(read_rule("total_bilirubin >= 10 ULN"), patient).truth == "not_met"

    def test_ranges_for_different_people_give_no_limit(self, read: Reader) -> None:
        """One for men and one for women: which is whose is not read."""
        limits = [{"high": quantity(21, "umol/L")}, {"high": quantity(17, "umol/L")}]
        patient = read.one(observation("1975-2", 205.2, "umol/L", referenceRange=limits))
        assert judge(read_rule("total_bilirubin >= 10 ULN"), patient).missing[0].reason == "no_reference_range"


def status(code: str, system: str = "condition-clinical") -> dict[str, Any]:
    """A clinical or verification status."""
    return coded(code, f"http://terminology.hl7.org/CodeSystem/{system}")


def diagnosis(**fields: Any) -> dict[str, Any]:
    """A Condition of patient p1, cirrhosis, active."""
    made = {"id": "c1", "code": coded("K74.60", ICD10), "clinicalStatus": status("active"), "onsetDateTime": "2020-03"}
    return of_p1("Condition", **(made | fields))


class TestEvents:
    """Conditions, treatments, procedures, allergies, stays."""

    @pytest.mark.parametrize(
        ("fields", "truth"),
        [
            ({}, "met"),
            ({"clinicalStatus": status("recurrence")}, "met"),
            ({"clinicalStatus": status("resolved"), "abatementDateTime": "2022-01-01"}, "not_met"),
            ({"clinicalStatus": {}, "abatementDateTime": "2022-01-01"}, "not_met"),
            ({"clinicalStatus": {}}, "unknown"),
            ({"verificationStatus": status("refuted")}, "not_met"),
            ({"verificationStatus": status("provisional")}, "unknown"),
            ({"verificationStatus": status("entered-in-error")}, "unknown"),
        ],
    )
    def test_how_a_condition_stands(self, read: Reader, fields: dict[str, Any], truth: str) -> None:
        """Refuted is a known absence, unconfirmed is not known, entered in error was never recorded."""
        assert judge(read_rule("has cirrhosis"), read.one(diagnosis(**fields))).truth == truth

    def test_a_code_below_a_category_counts(self, read: Reader) -> None:
        """K74.60 is cirrhosis and liver disease; its severity is kept."""
        row = finding(read.one(diagnosis(severity=coded("6736007", SNOMED, text="Moderate"))))
        assert (row.concept, row.qualifiers, row.onset and row.onset.text) == ("cirrhosis", ("moderate",), "2020-03")

    def test_a_condition_known_only_since_it_was_recorded_began_on_that_day_or_before(self, read: Reader) -> None:
        """So whether it is new is not known."""
        patient = read.one(diagnosis(onsetDateTime=None, recordedDate="2024-06-14"), observation("718-7", 12, "g/dL"))
        assert judge(read_rule("has cirrhosis"), patient).truth == "met"
        rule = read_rule("has history of cirrhosis within 6 month before screening")
        assert judge(rule, patient).truth == "unknown"

    def test_a_name_without_a_known_code_is_met_by_name_and_says_so(self, read: Reader) -> None:
        """SNOMED CT tags are no part of a name."""
        code = coded("38341003", SNOMED, "Hypertension (disorder)")
        patient = read.one(diagnosis(code=code))
        verdict = judge(read_rule("has hypertension"), patient)
        assert (verdict.truth, verdict.because[0].note) == ("met", "by its name")

    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("History of hypertension (situation)", "history"),
            ("Suspected hypertension", "unknown"),
            ("No history of hypertension (situation)", "refuted"),
            ("Denies hypertension", "refuted"),
        ],
    )
    def test_situations_say_how_a_thing_stands(self, read: Reader, name: str, status: str) -> None:
        """In the name of the concept itself."""
        row = finding(read.one(diagnosis(code=coded("1", SNOMED, name))))
        assert (row.concept, row.status) == ("hypertension", status)

    def test_a_refuted_denial_is_neither_yes_nor_no(self, read: Reader) -> None:
        """Two negations in two fields: nobody knows what was meant."""
        doubted = diagnosis(code=coded("1", SNOMED, "Denies hypertension"), verificationStatus=coded("refuted"))
        assert finding(read.one(doubted)).status == "unknown"

    def test_the_familys_history_is_never_the_patients(self, read: Reader) -> None:
        """It is passed over, and counted."""
        family = of_p1("FamilyMemberHistory", condition=[{"code": coded("K74.60", ICD10)}])
        patient = read.one(family)
        assert patient.findings == ()
        assert patient.passed_over == (("FamilyMemberHistory", 1),)

    @pytest.mark.parametrize(
        ("fields", "status"),
        [
            ({}, "active"),
            ({"status": "completed"}, "resolved"),
            ({"status": "stopped"}, "resolved"),
            ({"status": "on-hold"}, "unknown"),
            ({"status": "cancelled"}, None),
            ({"status": "draft"}, None),
            ({"intent": "proposal"}, None),
            ({"doNotPerform": True}, None),
        ],
    )
    def test_how_a_prescription_stands(self, read: Reader, fields: dict[str, Any], status: str | None) -> None:
        """What was never to be taken says nothing."""
        order = {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": coded("1", RXNORM, text="Furosemide"),
        }
        patient = read.one(of_p1("MedicationRequest", authoredOn="2024-06-01", **(order | fields)))
        assert [row.status for row in patient.findings] == ([status] if status else [])

    def test_a_planned_end_is_not_the_day_to_judge_by(self, read: Reader) -> None:
        """A treatment until next year goes on today."""
        taken = {"status": "active", "medicationCodeableConcept": coded("1", RXNORM, text="Furosemide")}
        until = {"effectivePeriod": {"start": "2024-06-01", "end": "2025-06-01"}}
        patient = read.one(of_p1("MedicationStatement", **taken, **until), observation("2160-0", 1.9))
        assert patient.as_of == date(2024, 6, 15)
        assert judge(read_rule("receives furosemide"), patient).truth == "met"

    @pytest.mark.parametrize(
        ("name", "ingredients"),
        [
            ("24 HR metoprolol succinate 100 MG Extended Release Oral Tablet [Toprol]", ["metoprolol"]),
            ("0.4 ML Enoxaparin sodium 100 MG/ML Prefilled Syringe", ["enoxaparin"]),
            ("piperacillin 2000 MG / tazobactam 250 MG Injection", ["piperacillin", "tazobactam"]),
            ("abemaciclib Oral Product", ["abemaciclib"]),
        ],
    )
    def test_the_ingredients_of_a_drug_are_in_its_name(self, name: str, ingredients: list[str]) -> None:
        """RxNorm's normalised names."""
        from eligibility.vocabulary.drug_names import ingredients as found

        assert [forms[-1].casefold() for forms in found(name)] == ingredients

    @pytest.mark.parametrize("contained", [True, False])
    def test_a_medication_may_be_a_resource_of_its_own(self, read: Reader, contained: bool) -> None:
        """Contained, or another entry, also one that comes later; its own references are not followed."""
        drug: dict[str, Any] = {"resourceType": "Medication", "id": "m1", "code": coded("1", RXNORM, text="Furosemide")}
        drug["ingredient"] = [{"itemReference": {"reference": "Medication/m1"}}]
        given = of_p1(
            "MedicationAdministration", status="completed", effectiveDateTime="2024-06-01",
            medicationReference={"reference": "#m1" if contained else "Medication/m1"},
        )  # fmt: skip
        patient = read.one(given | {"contained": [drug]}) if contained else read.one(given, drug)
        row = finding(patient)
        assert (row.concept, row.status, row.onset and row.onset.text) == ("furosemide", "resolved", "2024-06-01")
        assert (
            judge(read_rule("receives furosemide"), patient).truth == "unknown"
        )  # whether it is given again is not said
        assert judge(read_rule("received furosemide"), patient).truth == "met"

    @pytest.mark.parametrize(("status", "count"), [("completed", 1), ("not-done", 0), ("entered-in-error", 0)])
    def test_procedures(self, read: Reader, status: str, count: int) -> None:
        """Done ones, on their day."""
        code = coded("1", SNOMED, "Liver transplantation (procedure)")
        patient = read.one(of_p1("Procedure", status=status, code=code, performedDateTime="2021-04-01"))
        assert len(patient.findings) == count
        rule = read_rule("has history of liver_transplant")
        assert judge(rule, patient).truth == ("met" if count else "unknown")

    def test_allergies_and_that_there_are_none(self, read: Reader) -> None:
        """ "Allergy to heparin" is one to heparin; "No known allergy" completes the list."""
        made = {
            "resourceType": "AllergyIntolerance",
            "patient": {"reference": "Patient/p1"},
            "clinicalStatus": status("active"),
        }
        heparin = made | {"code": coded("1", SNOMED, "Allergy to heparin")}
        assert judge(read_rule("has allergy to heparin"), read.one(heparin)).truth == "met"
        none = made | {"code": coded("716186003", SNOMED, "No known allergy")}
        assert judge(read_rule("has allergy to heparin"), read.one(none)).truth == "not_met"

    def test_a_stay_in_hospital_is_a_state_and_a_visit_is_nothing(self, read: Reader) -> None:
        """By the class of the encounter."""
        stay = of_p1(
            "Encounter",
            status="finished",
            period={"start": "2024-06-01", "end": "2024-06-03"},
            **{"class": {"code": "IMP"}},
        )
        row = finding(read.one(stay))
        assert (row.concept, row.status) == ("hospitalization", "history")
        assert read.one(stay | {"class": {"code": "AMB"}}).findings == ()


class TestAnswers:
    """Coded answers to questions: smoking, pregnancy; each holds for its day and not for ever."""

    @pytest.mark.parametrize(
        ("day", "answer", "truth"),
        [
            ("2024-06-01", "Pregnant", "met"),
            ("2024-06-01", "Not pregnant", "not_met"),
            ("2022-06-01", "Pregnant", "unknown"),
            ("2022-06-01", "Not pregnant", "unknown"),
            ("2024-06-01", "Equivocal", "unknown"),
        ],
    )
    def test_an_old_answer_does_not_hold_today(self, tmp_path: Path, day: str, answer: str, truth: str) -> None:
        """Nobody stays pregnant for two years."""
        asked = observation("82810-3", valueCodeableConcept={"text": answer}, effectiveDateTime=day)
        content = bundle({**PERSON, "gender": "female"}, asked, observation("718-7", 12, "g/dL"))
        (tmp_path / "bundle.json").write_text(json.dumps(content))
        assert judge(read_rule("is pregnant"), read_patient(tmp_path / "bundle.json")).truth == truth

    def test_the_newest_answer_counts(self, read: Reader) -> None:
        """Who has stopped is no smoker, and has smoked; as of an earlier day he was one."""
        then = {"valueCodeableConcept": {"text": "Current every day smoker"}, "effectiveDateTime": "2024-01-10"}
        now = {"valueCodeableConcept": {"text": "Former smoker"}, "effectiveDateTime": "2024-06-10"}
        rows = [observation("72166-2", id="a", **now), observation("72166-2", id="b", **then)]
        assert judge(read_rule("is smoker"), read.one(*rows)).truth == "not_met"
        assert judge(read_rule("is or was smoker"), read.one(*rows)).truth == "met"
        assert judge(read_rule("is smoker"), read.one(*rows, as_of=date(2024, 2, 1))).truth == "met"


class TestSlips:
    """One slip in a date must not decide anything."""

    def test_a_birth_after_the_day_of_judging_counts_as_not_known(self, read: Reader) -> None:
        """Nobody is minus nine hundred years old."""
        (patient,) = read.all({**PERSON, "birthDate": "2199"}, observation("2160-0", 1.9))
        assert patient.birth_date is None
        assert "counts as not known" in str(patient.faults[0])
        assert judge(read_rule("age >= 18 year"), patient).truth == "unknown"

    def test_a_result_of_a_day_nobody_reaches_does_not_move_the_day_of_judging(self, read: Reader) -> None:
        """It is left out, and named."""
        slip = observation("2160-0", 0.5, id="slip", effectiveDateTime="2198-06-15")
        patient = read.one(observation("2160-0", 1.9), slip)
        assert (patient.as_of, only(patient).value.low) == (date(2024, 6, 15), 1.9)
        assert patient.left_out == ("Observation/slip",)
        assert "125 years after the birth" in str(patient.faults[0])

    def test_a_newest_day_far_behind_all_others_is_named(self, read: Reader) -> None:
        """It may be true."""
        patient = read.one(observation("2160-0", 1.9), observation("718-7", 12, "g/dL", effectiveDateTime="2074-06-15"))
        assert patient.as_of == date(2074, 6, 15)
        assert "50 years after every other fact" in str(patient.faults[0])

    def test_copies_that_contradict_each_other_are_both_kept(self, read: Reader) -> None:
        """Which of them is right is not said; equal ones are one."""
        patient = read.one(observation("2160-0", 1.9), observation("2160-0", 0.5))
        assert judge(read_rule("creatinine >= 1.5 mg/dL"), patient).missing[0].reason == "conflict"
        assert len(read.one(observation("2160-0", 1.9), observation("2160-0", 1.9)).measurements) == 1

    def test_a_patient_who_is_there_twice_and_not_alike_has_only_what_both_agree_on(self, read: Reader) -> None:
        """Which of two births is right is not said."""
        (patient,) = read.all(PERSON, {**PERSON, "birthDate": "2001-01-01"}, observation("2160-0", 1.9))
        assert (patient.birth_date, patient.sex) == (None, "male")
        assert "twice" in str(patient.faults[0])
        assert read.all(PERSON, PERSON)[0].birth_date is not None

    def test_the_same_id_of_two_patients_is_two_results(self, tmp_path: Path) -> None:
        """Under addresses of their own."""
        hers = observation("2160-0", 0.8, subject={"reference": "Patient/p2"})
        rows = [PERSON, {**PERSON, "id": "p2"}, observation("2160-0", 1.9), hers]
        entries = [{"fullUrl": f"urn:uuid:{number}", "resource": row} for number, row in enumerate(rows)]
        (tmp_path / "b.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
        assert [only(patient).value.low for patient in read_patients(tmp_path / "b.json")] == [1.9, 0.8]

    def test_a_broken_line_beside_loose_resources_is_told_with_every_patient_it_may_be_of(self, tmp_path: Path) -> None:
        """A report must not look whole when a newer result could not be read."""
        (tmp_path / "loose.ndjson").write_text(
            "\n".join([json.dumps(PERSON), "{oops", json.dumps(observation("2160-0", 1.9))])
        )
        told: list[InputError] = []
        (patient,) = read_patients(tmp_path / "loose.ndjson", on_fault=told.append)
        assert len(told) == 1
        assert [fault.place for fault in patient.faults] == ["line 2"]


class TestWhoseItIs:
    """A resource is given to the patient it names, to nobody else."""

    def test_two_patients_in_a_bundle_are_two_patients(self, read: Reader) -> None:
        """Each with its own facts."""
        other = {**PERSON, "id": "p2", "gender": "female"}
        hers = observation("2160-0", 0.8, subject={"reference": "Patient/p2"}, id="x")
        first, second = read.all(PERSON, other, observation("2160-0", 1.9), hers)
        assert (only(first).value.low, only(second).value.low, second.sex) == (1.9, 0.8, "female")

    @pytest.mark.parametrize(
        "address", ["Patient/p1", "urn:uuid:p1", "https://x.example/fhir/Patient/p1", "Patient/p1/_history/3"]
    )
    def test_an_address_may_be_written_in_many_ways(self, read: Reader, address: str) -> None:
        """Relative, absolute, with a version, as a UUID."""
        assert only(read.one(observation("2160-0", 1.9, subject={"reference": address}))).value.low == 1.9

    def test_a_stranger_in_the_bundle_refuses_it_unless_asked(self, read: Reader) -> None:
        """Somebody else's result must not decide, nor vanish without a word."""
        strange = observation("2160-0", 9.9, subject={"reference": "Patient/p9"}, id="x")
        with pytest.raises(InputError, match=r"Observation/x: is of the patient 'p9', who is not in the bundle"):
            read.one(strange)
        patient = read.one(strange, observation("2160-0", 1.9), others=True)
        assert only(patient).value.low == 1.9

    def test_what_names_nobody_is_the_only_patients_or_nobodys(self, read: Reader) -> None:
        """With two patients it is listed."""
        nameless = observation("2160-0", 1.9)
        del nameless["subject"]
        assert only(read.one(nameless)).value.low == 1.9
        first, _ = read.all(PERSON, {**PERSON, "id": "p2"}, nameless)
        assert first.measurements == ()
        assert "names no patient" in str(first.faults[0])

    def test_what_is_of_a_group_or_a_device_is_nobodys(self, read: Reader) -> None:
        """It is counted."""
        patient = read.one(observation("2160-0", 1.9, subject={"reference": "Group/g1"}))
        assert patient.measurements == ()
        assert patient.passed_over == (("Observation of Group", 1),)

    def test_a_search_for_results_without_the_patient_is_of_whom_they_name(self, read: Reader) -> None:
        """Sex and age are not known then."""
        (patient,) = read.all(observation("2160-0", 1.9))
        assert (patient.id, patient.sex, len(patient.measurements)) == ("p1", None, 1)


class TestFiles:
    """Bundles of every type, single resources, lines, folders."""

    @pytest.mark.parametrize("kind", ["collection", "searchset", "transaction", "document", "batch"])
    def test_the_type_of_a_bundle_does_not_matter(self, read: Reader, kind: str) -> None:
        """Every one has entries with resources."""
        file = read.file(bundle(observation("2160-0", 1.9), PERSON, kind=kind))
        assert only(read_patient(file)).value.low == 1.9

    def test_what_a_transaction_deletes_is_not_there(self, read: Reader) -> None:
        """An entry with the method DELETE."""
        gone = {"request": {"method": "DELETE", "url": "Observation/1"}}
        content = bundle(PERSON)
        content["entry"] += [gone, {**gone, "resource": observation("2160-0", 1.9)}]
        patient = read_patient(read.file(content))
        assert (patient.measurements, patient.faults) == ((), ())

    def test_a_bulk_export_is_gathered_by_patient(self, tmp_path: Path) -> None:
        """A folder of NDJSON, packed or not, in any order of files; one line is broken and listed."""
        rows = [observation("2160-0", 1.9), observation("2160-0", 0.8, subject={"reference": "Patient/p2"}, id="x")]
        lines = [json.dumps(row) for row in rows]
        (tmp_path / "Observation.ndjson.gz").write_bytes(gzip.compress("\n".join([*lines, "{oops"]).encode()))
        people = [json.dumps({**PERSON, "id": id}) for id in ("p1", "p2")]
        (tmp_path / "Patient.ndjson").write_text("\n".join(people))
        told: list[InputError] = []
        found = list(read_patients(tmp_path, on_fault=told.append))
        assert [(row.id, only(row).value.low) for row in found] == [("p1", 1.9), ("p2", 0.8)]
        assert ["line 3" in str(error) for error in told] == [True]

    def test_a_large_export_is_read_in_passes_with_the_same_result(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each pass keeps another share of the patients."""
        from eligibility.patients import json_files

        people = [{**PERSON, "id": f"p{number}"} for number in range(20)]
        rows = [
            observation("2160-0", 1 + n / 10, subject={"reference": f"Patient/p{n}"}, id=f"o{n}") for n in range(20)
        ]
        (tmp_path / "all.ndjson").write_text("\n".join(map(json.dumps, [*rows, *people])))
        at_once = {row.id: row for row in read_patients(tmp_path)}
        monkeypatch.setattr(json_files, "BYTES_A_PASS", 1000)
        assert {row.id: row for row in read_patients(tmp_path)} == at_once
        assert len(at_once) == 20

    def test_many_bundles_come_one_by_one(self, tmp_path: Path) -> None:
        """Lines of bundles: the second is not read before the first was given."""
        lines = [json.dumps(bundle({**PERSON, "id": f"p{n}"})) for n in range(3)]
        (tmp_path / "bundles.ndjson").write_text("\n".join([*lines, "{oops"]))
        told: list[InputError] = []
        stream = read_patients(tmp_path / "bundles.ndjson", on_fault=told.append)
        assert isinstance(stream, Iterator)
        assert next(stream).id == "p0"
        assert told == []
        assert [row.id for row in stream] == ["p1", "p2"]
        assert len(told) == 1

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ({"resourceType": "Bundle", "type": "searchset", "entry": []}, "holds no patient"),
            (bundle({"resourceType": "ResearchStudy"}), "only 1 ResearchStudy"),
            ({"resourceType": "ResearchStudy"}, "holds no patient"),
        ],
    )
    def test_what_holds_no_patient_is_refused(self, read: Reader, content: Any, said: str) -> None:
        """With what there is instead."""
        with pytest.raises(InputError, match=said):
            list(read_patients(read.file(content)))

    def test_a_profile_and_a_bundle_may_stand_in_one_file(self, tmp_path: Path) -> None:
        """Each line shows what it is."""
        (tmp_path / "both.jsonl").write_text("\n".join(map(json.dumps, [{"id": "a", "inr": 1.9}, bundle(PERSON)])))
        assert [row.id for row in read_patients(tmp_path / "both.jsonl")] == ["a", "p1"]


class TestBroken:
    """A broken entry is listed with its place and the rest is read; no value of it stands in the message."""

    @pytest.mark.parametrize(
        "broken",
        [
            observation("718-7", 12, code=None),
            observation("718-7", 12, code="SECRET"),
            observation("718-7", 12, component=[1]),
            observation("718-7", 12, subject=["SECRET"]),
            diagnosis(onsetDateTime="2024-02-30"),
            diagnosis(code={"coding": "SECRET"}),
            diagnosis(code={}),
            {"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/p1"}, "code": []},
        ],
    )
    def test_a_broken_resource_is_listed(self, read: Reader, broken: dict[str, Any]) -> None:
        """One fault, and the creatinine beside it is read."""
        patient = read.one(broken, observation("2160-0", 1.9))
        assert [row.variable for row in patient.measurements] == ["creatinine"]
        assert len(patient.faults) == 1
        assert "SECRET" not in str(patient.faults[0])

    @pytest.mark.parametrize(
        "broken",
        [
            observation("718-7", valueQuantity="12 SECRET"),
            observation("718-7", valueQuantity={"value": "SECRET"}),
            observation("718-7", valueQuantity=quantity(12, "g/dL", "~SECRET")),
            observation("718-7", 12, "g/dL", effectiveDateTime="SECRET"),
            observation("718-7", 12, "g/dL", referenceRange=["SECRET"]),
        ],
    )
    def test_a_result_with_a_broken_part_is_kept_as_far_as_it_is_known(self, read: Reader, broken: Any) -> None:
        """One fault; a value that is broken can be any, a date that is broken can be any day."""
        patient = read.one(broken, observation("2160-0", 1.9))
        (made,) = (row for row in patient.measurements if row.variable == "hemoglobin")
        assert made.note == UNREAD or made.when == UNDATED or made.reference is None
        assert len(patient.faults) == 1
        assert "SECRET" not in str(patient.faults[0])

    @pytest.mark.parametrize("entry", [None, 7, "text", {}, {"resource": None}, {"resource": []}])
    def test_an_entry_that_is_none_is_listed(self, read: Reader, entry: Any) -> None:
        """By its number."""
        content = bundle(PERSON)
        content["entry"].append(entry)
        patient = read_patient(read.file(content))
        assert [fault.place for fault in patient.faults] == ["entry[1]"]

    def test_a_date_of_birth_that_is_none_is_listed(self, read: Reader) -> None:
        """And the rest of the patient stands."""
        (patient,) = read.all({**PERSON, "birthDate": "1970-13-01"})
        assert (patient.birth_date, patient.sex, str(patient.faults[0])) == (
            None, "male", "Patient/p1: birthDate is no date (correct it)",
        )  # fmt: skip

    def test_deep_nesting_ends_in_a_message_not_in_a_crash(self, tmp_path: Path) -> None:
        """A hostile file; where it can be parsed, its depth does no harm."""
        path = tmp_path / "deep.json"
        text = json.dumps(bundle(PERSON))
        path.write_text(text.replace('"p1"', '"p1", "extension": ' + "[" * 60 + "]" * 60))
        assert [row.id for row in read_patients(path)] == ["p1"]
        path.write_text(text.replace('"p1"', '"p1", "extension": ' + "[" * 5000 + "]" * 5000))
        with pytest.raises(InputError, match=r"deep\.json: line 1: not valid JSON: recursion limit"):
            list(read_patients(path))


@needs_shared
class TestRealFiles:
    """Published records: Synthea of two generations, clinosim exports, mCODE test patients."""

    @pytest.mark.parametrize("file", sorted(SHARED.glob("fhir/*.json.gz")), ids=lambda path: path.name[:12])
    def test_a_synthea_bundle_is_read_without_a_fault(self, file: Path) -> None:
        """Every result in a unit of its quantity, on a day."""
        patient = read_patient(file)
        assert patient.faults == ()
        assert len(patient.measurements) > 40
        assert all(row.when is not None for row in patient.measurements)

    @pytest.mark.parametrize("folder", ["clinosim_heart_failure", "clinosim_liver_cirrhosis"])
    def test_a_bulk_export_gives_its_sixty_patients(self, folder: str) -> None:
        """All have the diagnosis they were made for."""
        found = list(read_patients(SHARED / "fhir" / folder))
        assert len(found) == 60
        disease = "heart_failure" if "heart" in folder else "cirrhosis"
        assert all(any(row.concept == disease for row in patient.findings) for patient in found)

    def test_counts_agree_with_the_lines_of_the_file(self) -> None:
        """Every creatinine of an export becomes a fact of somebody."""
        folder = SHARED / "fhir" / "clinosim_liver_cirrhosis"
        with gzip.open(folder / "Observation.ndjson.gz", "rt") as lines:
            rows = [json.loads(line) for line in lines]
        wanted = sum(row["code"]["coding"][0]["code"] == "2160-0" and "valueQuantity" in row for row in rows)
        facts = sum(row.variable == "creatinine" for patient in read_patients(folder) for row in patient.measurements)
        assert facts == wanted > 300


SHIPPED = json.loads((Path(__file__).resolve().parents[1] / "cases" / "patients" / "cirrhosis-fhir.json").read_text())
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x",
    "\u202e",
    "9999-12-31",
    "0000-00-00",
    [],
    [[]],
    {},
    {"coding": [None]},
    [None],
    "Patient/made-up-1",
]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of every node of a JSON value."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


PLACES = [path for path in places(SHIPPED["entry"]) if path]


def changed(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """The value with something else at a path."""
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(copy[path[0]], path[1:], odd)
    return copy


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(ODD))
def test_whatever_stands_anywhere_in_a_bundle_nothing_but_a_message_comes_of_it(
    tmp_path_factory: pytest.TempPathFactory, path: tuple[str | int, ...], odd: Any
) -> None:
    """Patients that can be judged, or an InputError."""
    file = tmp_path_factory.getbasetemp() / "changed.json"
    file.write_text(json.dumps({"resourceType": "Bundle", "entry": changed(SHIPPED["entry"], path, odd)}))
    told: list[InputError] = []
    for patient in read_patients(file, on_fault=told.append):
        judge(read_rule("total_bilirubin >= 10 ULN and has cirrhosis and meld_score > 20 and age >= 18 year"), patient)
