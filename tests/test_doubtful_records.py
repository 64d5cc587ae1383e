"""Records that are old, over, contradictory or not readable: none of them makes a yes or a no that is not sure."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from eligibility.criteria.criterion import Criterion, Side
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import Patient
from eligibility.patients.read import read_patient
from eligibility.rules.notation import read_rule
from eligibility.rules.parse import parse
from eligibility.verdicts.judge import judge, judge_criterion
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.vocabulary.tables import vocabulary

TODAY = "2024-06-30"
LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
VERIFIED = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
PERSON = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1970"}
SEEN_TODAY = {
    "resourceType": "Condition", "id": "seen", "subject": {"reference": "Patient/p"}, "recordedDate": TODAY,
    "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "Hypertension"},
}  # fmt: skip


def stated(**fields: Any) -> Patient:
    """A profile as of today."""
    return profile({"as_of": TODAY, **fields}, file="patient.json", vocabulary=vocabulary())


def truth(rule: str, patient: Patient, policy: Policy = DEFAULT) -> str:
    """What holds of a rule in the written form, and of an unknown one its reasons."""
    verdict = judge(read_rule(rule), patient, policy)
    reasons = ",".join(dict.fromkeys(gap.reason for gap in verdict.missing))
    return f"unknown:{reasons}" if verdict.truth == "unknown" else verdict.truth


def detail(rule: str, patient: Patient) -> str:
    """What is said of the first thing that is not known."""
    return judge(read_rule(rule), patient).missing[0].detail


def outcome(text: str, patient: Patient, side: Side = "exclusion", policy: Policy = DEFAULT) -> str:
    """Pass, fail, unresolved or not applicable, of a criterion in plain words."""
    criterion = Criterion("C1", side, text)
    return judge_criterion(criterion, parse(criterion), patient, policy).result


def of_p(kind: str, **fields: Any) -> dict[str, Any]:
    """A resource of the patient."""
    return {"resourceType": kind, "subject": {"reference": "Patient/p"}, **fields}


def condition(name: str, status: str = "active", **fields: Any) -> dict[str, Any]:
    """A Condition by its name."""
    return of_p("Condition", code={"text": name}, clinicalStatus={"coding": [{"code": status}]}, **fields)


def refuted(name: str, day: str) -> dict[str, Any]:
    """A Condition that was ruled out on a day."""
    verified = {"coding": [{"system": VERIFIED, "code": "refuted"}]}
    return of_p("Condition", code={"text": name}, verificationStatus=verified, recordedDate=day)


def result(loinc: str, day: str, value: Any = None, unit: str = "", /, **fields: Any) -> dict[str, Any]:
    """An Observation of a day, with a valueQuantity where a value is given."""
    given = {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}} if value is not None else {}
    code = {"coding": [{"system": LOINC, "code": loinc}]}
    return of_p("Observation", id=f"o{day}", status="final", code=code, effectiveDateTime=day) | given | fields


class Reader:
    """Reads resources of the patient, with a record of today beside them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *resources: Any, person: Any = PERSON, **options: Any) -> Patient:
        entries = [{"resource": one} for one in (person, SEEN_TODAY, *resources)]
        path = self.folder / "bundle.json"
        path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}), "utf-8")
        return read_patient(path, **options)


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """A reader of resources."""
    return Reader(tmp_path)


class TestLongEnoughAgo:
    """At least so long ago is not met by an old record that a newer one breaks."""

    CISPLATIN: ClassVar = "received cisplatin since 4 week before screening"
    OVER: ClassVar = {"name": "cisplatin", "status": "history", "start": "2020-01-01", "end": "2020-03-01"}

    def test_a_treatment_that_goes_on_now_is_not_over(self) -> None:
        """Cisplatin in 2020, and again since June."""
        again = {"name": "cisplatin", "status": "active", "start": "2024-06-01"}
        assert truth(self.CISPLATIN, stated(medications=[self.OVER])) == "met"
        assert truth(self.CISPLATIN, stated(medications=[self.OVER, again])) == "unknown:conflict"
        assert truth(self.CISPLATIN, stated(medications=[again])) == "not_met"

    def test_a_treatment_whose_end_is_not_known_may_not_be_over(self) -> None:
        """Begun in May, and nobody says until when."""
        open_ = {"name": "cisplatin", "status": "history", "start": "2024-05-01"}
        assert truth(self.CISPLATIN, stated(medications=[self.OVER, open_])) == "unknown:conflict"

    def test_a_second_event_is_not_as_long_ago_as_the_first(self) -> None:
        """A stroke, and a transplantation, in 2020 and this June."""
        stroke = "has history of stroke since 6 month before screening"
        first, second = ({"name": "stroke", "status": "history", "onset": day} for day in ("2020-01-01", "2024-06-01"))
        assert truth(stroke, stated(conditions=[first])) == "met"
        assert truth(stroke, stated(conditions=[first, second])) == "unknown:conflict"
        graft = "underwent liver transplant since 1 year before enrollment"
        old, new = ({"name": "liver transplantation", "date": day} for day in ("2020-01-01", "2024-06-01"))
        assert truth(graft, stated(procedures=[old, new])) == "unknown:conflict"
        assert truth(graft, stated(procedures=[new])) == "not_met"

    def test_a_newer_result_that_fulfils_it_too_breaks_it(self) -> None:
        """Encephalopathy more than three months ago, and last week."""
        rule = "hepatic_encephalopathy_grade in {II, III, IV} since 3 month before screening"
        rows = [{"name": "hepatic_encephalopathy_grade", "level": "III", "date": "2024-03-01"}]
        assert truth(rule, stated(scales=rows)) == "met"
        rows.append({"name": "hepatic_encephalopathy_grade", "level": "II", "date": "2024-06-20"})
        assert truth(rule, stated(scales=rows)) == "unknown:conflict"
        rows[1]["level"] = "0"
        assert truth(rule, stated(scales=rows)) == "met"


class TestSessions:
    """What was done yesterday may be done again tomorrow."""

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("Dialysis", "On dialysis"),
            ("Hemodialysis", "Patients on dialysis"),
            ("Radiotherapy", "Ongoing radiotherapy"),
            ("Chemotherapy", "Concurrent chemotherapy"),
        ],
    )
    def test_a_session_does_not_say_that_it_was_the_last(self, read: Reader, name: str, text: str) -> None:
        """A Procedure of yesterday, and one in a profile."""
        done = of_p("Procedure", status="completed", code={"text": name}, performedDateTime="2024-06-29")
        assert outcome(text, read(done)) == "unresolved"
        assert outcome(text, stated(procedures=[{"name": name, "date": "2024-06-29"}])) == "unresolved"

    def test_that_it_was_done_and_is_not_done_contradict_each_other(self) -> None:
        """No dialysis, and hemodialysis yesterday; without it the no stands."""
        done = [{"name": "hemodialysis", "date": "2024-06-29"}]
        assert truth("is dialysis", stated(states={"dialysis": False}, procedures=done)) == "unknown:conflict"
        assert truth("is dialysis", stated(states={"dialysis": False})) == "not_met"

    def test_how_long_it_has_been_done_is_not_said_by_one_session(self) -> None:
        """For three months, by a session of yesterday and a complete list."""
        done = [{"name": "chemotherapy", "date": "2024-06-29"}]
        patient = stated(procedures=done, complete=["procedures", "medications"])
        assert truth("receives chemotherapy for 3 month before screening", patient) == "unknown:missing"


class TestOldDenials:
    """Who had no embolism in 2012 may have had one since."""

    @pytest.mark.parametrize("text", ["Pulmonary embolism", "Pulmonary embolism within 6 months", "History of stroke"])
    def test_a_denial_speaks_for_its_day(self, read: Reader, text: str) -> None:
        """Refuted in 2012 tells nothing of today, refuted this month does, refuted on no day is refuted."""
        name = "Stroke" if "stroke" in text else "Pulmonary embolism"
        assert outcome(text, read(refuted(name, "2012-01-01"))) == "unresolved"
        assert outcome(text, read(refuted(name, "2024-06-01"))) == "pass"
        row = {"name": name, "status": "refuted"}
        assert outcome(text, stated(conditions=[row])) == "pass"
        assert outcome(text, stated(conditions=[row | {"onset": "2012-01-01"}])) == "unresolved"

    def test_a_name_that_denies_is_a_denial_of_its_day(self, read: Reader) -> None:
        """ "No history of pulmonary embolism", written in 2012 or today."""
        told = condition("No history of pulmonary embolism", onsetDateTime="2012-01-01")
        assert outcome("Pulmonary embolism", read(told)) == "unresolved"
        assert outcome("Pulmonary embolism", read(told | {"onsetDateTime": TODAY})) == "pass"

    def test_the_reason_says_when_it_was_denied(self, read: Reader) -> None:
        """It is stale, not missing."""
        patient = read(refuted("Pulmonary embolism", "2012-01-01"))
        assert truth("has pulmonary embolism", patient) == "unknown:stale"
        assert detail("has pulmonary embolism", patient).startswith("it was last denied on 2012-01-01")

    def test_an_old_denial_of_the_wider_word_is_old_too(self) -> None:
        """No stroke in 2012 is no denial of an ischemic stroke today."""
        row = {"name": "stroke", "status": "refuted"}
        assert outcome("Ischemic stroke", stated(conditions=[row])) == "pass"
        assert outcome("Ischemic stroke", stated(conditions=[row | {"onset": "2012-01-01"}])) == "unresolved"

    def test_what_a_complete_list_does_not_hold_needs_no_denial(self) -> None:
        """The old denial does not stand against it."""
        rows = [{"name": "stroke", "status": "refuted", "onset": "2012-01-01"}]
        assert truth("has stroke", stated(conditions=rows, complete=["conditions"])) == "not_met"

    def test_a_newer_record_is_no_conflict_with_an_old_denial(self) -> None:
        """Refuted in 2012, there in 2024."""
        rows = [{"name": "stroke", "status": "refuted", "onset": "2012"}, {"name": "stroke", "onset": "2024-05-01"}]
        assert truth("has stroke", stated(conditions=rows)) == "met"

    @pytest.mark.parametrize(("day", "expected"), [("2012-01-01", "unresolved"), (TODAY, "pass")])
    def test_a_score_of_today_takes_no_denial_of_long_ago(self, read: Reader, day: str, expected: str) -> None:
        """Child-Pugh asks for ascites and encephalopathy of the time of its values."""
        values = (result("1975-2", TODAY, 1.0, "mg/dL"), result("1751-7", TODAY, 4.0, "g/dL"))
        denied = (refuted("Ascites", day), refuted("Hepatic encephalopathy", day))
        patient = read(*values, result("6301-6", TODAY, 1.1, "{INR}"), *denied)
        assert outcome("Child-Pugh class A", patient, "inclusion") == expected


class TestUnreadable:
    """The newest result counts, also where nobody can read it: an older one does not tell what it was."""

    @pytest.mark.parametrize(
        "value",
        [
            {"valueString": "7,5 g/dL"},
            {"valueString": "critically low"},
            {"valueQuantity": {"value": 6.5, "unit": "g/dL", "comparator": "~"}},
            {"valueQuantity": {"value": "6.9", "unit": "g/dL"}},
            {"valueQuantity": {"unit": "g/dL"}},
            {"valueSampledData": {"origin": {"value": 0}, "period": 1, "dimensions": 1}},
            {"valueCodeableConcept": {"text": "low"}},
            {"valueRatio": {}},
            {"dataAbsentReason": {"coding": [{"code": "masked"}]}},
            {"interpretation": [{"text": "LL"}]},
        ],
    )
    def test_a_value_of_no_form_that_is_read(self, read: Reader, value: dict[str, Any]) -> None:
        """12 g/dL in May, and something yesterday."""
        old = result("718-7", "2024-05-01", 12, "g/dL")
        rule = "hemoglobin >= 9 g/dL"
        patient = read(old, result("718-7", "2024-06-29", **value))
        assert truth(rule, read(old)) == "met"
        assert truth(rule, patient) == "unknown:missing"
        assert detail(rule, patient) == "the newest value, of 2024-06-29, could not be read"
        later = result("718-7", TODAY, 12, "g/dL")
        assert truth(rule, read(result("718-7", "2024-06-29", **value), later)) == "met"

    @pytest.mark.parametrize("why", ["not-performed", "not-asked", "error"])
    def test_what_was_not_measured_has_no_value(self, read: Reader, why: str) -> None:
        """The last one that was stands."""
        none = result("718-7", "2024-06-29", dataAbsentReason={"coding": [{"code": why}]})
        patient = read(result("718-7", "2024-05-01", 12, "g/dL"), none)
        assert truth("hemoglobin >= 9 g/dL", patient) == "met"

    def test_a_result_on_a_day_that_cannot_be_read_may_be_the_newest(self, read: Reader) -> None:
        """7 g/dL on some day."""
        patient = read(result("718-7", "2024-05-01", 12, "g/dL"), result("718-7", "20xx", 7, "g/dL"))
        assert truth("hemoglobin >= 9 g/dL", patient).startswith("unknown")

    def test_a_level_that_is_none(self, read: Reader) -> None:
        """ECOG 1, then "3 (bedbound)"."""
        old = result("89247-1", "2024-05-01", valueInteger=1)
        assert truth("ecog_ps in {0, 1}", read(old)) == "met"
        patient = read(old, result("89247-1", "2024-06-29", valueString="3 (bedbound)"))
        assert truth("ecog_ps in {0, 1}", patient) == "unknown:missing"
        assert detail("ecog_ps in {0, 1}", patient) == "the newest value, of 2024-06-29, could not be read"

    def test_what_is_computed_from_it_is_open_too(self, read: Reader) -> None:
        """A clearance of May does not tell that of yesterday, whose creatinine is "very high"."""
        old = result("2160-0", "2024-05-01", 1.0, "mg/dL")
        rule = "egfr_ckd_epi_2009 >= 60 mL/min/{1.73_m2}"
        bmi = (result("29463-7", "2024-05-01", 70, "kg"), result("8302-2", "2024-05-01", 170, "cm"))
        assert truth("bmi <= 30 kg/m2", read(*bmi)) == "met"
        heavier = result("29463-7", "2024-06-29", valueString="too heavy for the scales")
        assert truth("bmi <= 30 kg/m2", read(*bmi, heavier)) == "unknown:missing"
        assert truth(rule, read(old, result("2160-0", "2024-06-29", valueString="very high"))).startswith("unknown")

    def test_the_day_of_judging_is_that_of_the_unread_result(self, read: Reader) -> None:
        """It is a fact of its day."""
        assert str(read(result("718-7", "2024-07-02", valueString="7,5 g/dL")).as_of) == "2024-07-02"


class TestSexAndState:
    """Sex decides only where no record contradicts it."""

    PREGNANT: ClassVar = condition("Pregnancy", onsetDateTime="2024-05-01")

    def test_a_pregnant_man_is_a_contradiction(self, read: Reader) -> None:
        """Nobody knows which record is wrong; a man alone is not pregnant."""
        man = PERSON | {"gender": "male"}
        assert outcome("Pregnant", read(person=man)) == "pass"
        patient = read(self.PREGNANT, person=man)
        assert truth("is pregnant", patient) == "unknown:conflict"
        assert truth("sex in {male}", patient) == "unknown:conflict"
        assert outcome("Breast-feeding", patient) == "unresolved"
        assert outcome("Pregnant women", patient) == "unresolved"

    def test_another_sex_is_neither_yes_nor_no_to_a_man_or_a_woman(self, read: Reader) -> None:
        """By what a trial means by women nobody knows whether it is meant."""
        other = read(person=PERSON | {"gender": "other"})
        assert truth("sex in {female}", other) == "unknown:missing"
        assert truth("sex in {male, female}", other) == "met"
        assert outcome("Female patients", stated(sex="other"), "inclusion") == "unresolved"
        pregnant = read(self.PREGNANT, person=PERSON | {"gender": "other"})
        assert outcome("Pregnant women", pregnant) == "unresolved"
        assert outcome("Pregnant", pregnant) == "fail"


def nothing(kind: str, code: str, **fields: Any) -> dict[str, Any]:
    """An entry that says that there is nothing to list."""
    where = "medicationCodeableConcept" if kind.startswith("Medication") else "code"
    status = (
        {"status": "active"} if kind.startswith("Medication") else {"clinicalStatus": {"coding": [{"code": "active"}]}}
    )
    system = SNOMED if code.isdigit() else ABSENT
    who = {"patient": {"reference": "Patient/p"}} if kind == "AllergyIntolerance" else {}
    return of_p(kind, **status, **who, **{where: {"coding": [{"system": system, "code": code}]}}) | fields


class TestNothingKnown:
    """ "No known …" speaks for its day, and only where nothing of the kind is recorded beside it."""

    NO_PILLS: ClassVar = nothing("MedicationStatement", "no-known-medications", effectiveDateTime=TODAY)
    NO_ALLERGY: ClassVar = nothing("AllergyIntolerance", "716186003", recordedDate=TODAY)

    def test_it_is_of_its_day(self, read: Reader) -> None:
        """Of the day of judging or of no day; not of 2015."""
        assert outcome("Treatment with warfarin", read(self.NO_PILLS)) == "pass"
        undated = nothing("MedicationStatement", "no-known-medications")
        assert outcome("Treatment with warfarin", read(undated)) == "pass"
        old = self.NO_PILLS | {"effectiveDateTime": "2015-01-01"}
        assert outcome("Treatment with warfarin", read(old)) == "unresolved"
        assert outcome("Allergy to heparin", read(self.NO_ALLERGY)) == "pass"
        assert outcome("Allergy to heparin", read(self.NO_ALLERGY | {"recordedDate": "2010-01-01"})) == "unresolved"

    def test_what_is_recorded_beside_it_contradicts_it(self, read: Reader) -> None:
        """A penicillin allergy, a condition, a drug that is only named, a drug of an unknown day."""
        penicillin = of_p("AllergyIntolerance", patient={"reference": "Patient/p"}, code={"text": "Penicillin"})
        assert outcome("Allergy to heparin", read(self.NO_ALLERGY, penicillin)) == "unresolved"
        no_problems = nothing("Condition", "no-known-problems", recordedDate=TODAY)
        assert outcome("Diabetes mellitus", read(no_problems)) == "unresolved"
        strange = of_p("MedicationRequest", status="active", medicationReference={"display": "Zorgomycin 5"})
        assert outcome("Treatment with warfarin", read(self.NO_PILLS, strange)) == "unresolved"
        coumadin = strange | {"medicationReference": {"display": "Coumadin 5"}}
        assert outcome("Treatment with warfarin", read(self.NO_PILLS, coumadin)) == "fail"

    @pytest.mark.parametrize(
        "unreadable",
        [
            of_p(
                "MedicationStatement",
                status="active",
                effectiveDateTime="20xx",
                medicationCodeableConcept={"text": "x"},
            ),
            of_p("MedicationStatement", status="active"),
            of_p("MedicationRequest", status="active", medicationReference={"identifier": {"value": "7"}}),
            of_p("MedicationStatement", status="active") | {"subject": ["x"]},
        ],
    )
    def test_what_cannot_be_read_may_contradict_it(self, read: Reader, unreadable: dict[str, Any]) -> None:
        """An entry with a broken date, one without a code, one of nobody knows whom."""
        assert outcome("Treatment with warfarin", read(self.NO_PILLS, unreadable)) == "unresolved"

    def test_a_drug_that_a_reference_only_names_is_that_drug(self, read: Reader) -> None:
        """As a drug in words is."""
        warfarin = of_p("MedicationRequest", status="active", medicationReference={"display": "Warfarin"})
        policy = Policy(assume_absent=frozenset(("medications",)))
        assert outcome("Treatment with warfarin", read(warfarin), policy=policy) == "fail"


class TestStatusAndDates:
    """A status that the dates contradict, or that is of another day, decides nothing."""

    def test_active_with_an_end_is_a_contradiction(self, read: Reader) -> None:
        """A pneumonia that ended in 2020, a drug taken until then; an end to come is a plan."""
        ill = condition("Pneumonia", onsetDateTime="2020-01-01", abatementDateTime="2020-02-01")
        taken = of_p("MedicationStatement", status="active", medicationCodeableConcept={"text": "Warfarin"})
        over = taken | {"effectivePeriod": {"start": "2020-01-01", "end": "2020-06-01"}}
        assert truth("has pneumonia", read(ill)) == "unknown:conflict"
        assert truth("has history of pneumonia", read(ill)) == "met"
        assert truth("receives warfarin", read(over)) == "unknown:conflict"
        planned = taken | {"effectivePeriod": {"start": "2020-01-01", "end": "2025-06-01"}}
        assert truth("receives warfarin", read(planned)) == "met"
        assert truth("has pneumonia", read(ill | {"abatementDateTime": "2024-06"})) == "unknown:conflict"
        assert truth("has pneumonia", read(condition("Pneumonia", abatementString="last winter"))) == "unknown:conflict"

    def test_both_readings_may_decide_alike(self, read: Reader) -> None:
        """Begun this month, it was there within six months, whether or not it is over."""
        ill = condition("Pneumonia", onsetDateTime="2024-06-01", abatementDateTime="2024-06-20")
        assert truth("has history of pneumonia within 6 month before screening", read(ill)) == "met"

    @pytest.mark.parametrize("status", ["remission", "inactive"])
    def test_what_is_in_remission_is_neither_there_nor_gone(self, read: Reader, status: str) -> None:
        """Multiple myeloma; that it was there is sure. So of a profile."""
        patient = read(condition("Multiple myeloma", status, onsetDateTime="2019-01-01"))
        assert outcome("Multiple myeloma", patient, "inclusion") == "unresolved"
        assert outcome("Multiple myeloma", patient) == "unresolved"
        assert truth("has history of multiple myeloma", patient) == "met"
        row = {"name": "multiple myeloma", "status": status}
        assert outcome("Multiple myeloma", stated(conditions=[row])) == "unresolved"
        assert outcome("Multiple myeloma", read(condition("Multiple myeloma", "resolved"))) == "pass"

    def test_on_an_earlier_day_it_may_have_been_there(self, read: Reader) -> None:
        """Resolved, or stopped, nobody says when, in a record that goes on to December."""
        later = result("718-7", "2024-12-01", 12, "g/dL")
        ill = condition("Pneumonia", "resolved", onsetDateTime="2024-01-01")
        day = {"as_of": date.fromisoformat(TODAY)}
        assert truth("has pneumonia", read(ill)) == "not_met"
        assert truth("has pneumonia", read(ill, later, **day)) == "unknown:missing"
        assert truth("has history of pneumonia", read(ill, later, **day)) == "met"
        stopped = of_p("MedicationRequest", status="stopped", authoredOn="2024-01-01")
        stopped |= {"medicationCodeableConcept": {"text": "Warfarin"}}
        assert truth("receives warfarin", read(stopped)) == "not_met"
        assert truth("receives warfarin", read(stopped, later, **day)) == "unknown:missing"

    def test_on_an_earlier_day_it_may_not_have_begun(self, read: Reader) -> None:
        """Over in September, and begun nobody says when; or active today."""
        day = {"as_of": date.fromisoformat(TODAY)}
        ill = condition("Pneumonia", "resolved", abatementDateTime="2024-09-01")
        assert truth("has pneumonia", read(ill, **day)) == "unknown:missing"
        begun = ill | {"onsetDateTime": "2024-06-01"}
        assert truth("has pneumonia", read(begun, **day)) == "met"
        later = result("718-7", "2024-12-01", 12, "g/dL")
        assert truth("has pneumonia", read(condition("Pneumonia"), later, **day)) == "unknown:missing"


class TestEndsOfTreatments:
    """A treatment is over only where an end is known, and that lies before the day."""

    TAKEN: ClassVar = {"medicationCodeableConcept": {"text": "Warfarin"}, "status": "completed"}

    def test_an_order_that_is_carried_out_may_still_be_taken(self, read: Reader) -> None:
        """Ordered five days ago for ninety."""
        supply = {"dispenseRequest": {"expectedSupplyDuration": {"value": 90, "unit": "d"}}}
        order = of_p("MedicationRequest", authoredOn="2024-06-25", **self.TAKEN, **supply)
        assert outcome("Treatment with warfarin", read(order)) == "unresolved"
        assert outcome("Treatment with warfarin", read(of_p("MedicationRequest", **self.TAKEN))) == "unresolved"

    @pytest.mark.parametrize(
        ("end", "expected"), [("2024-06-29", "pass"), (TODAY, "unresolved"), ("2024-06", "unresolved")]
    )
    def test_on_its_last_day_it_goes_on(self, read: Reader, end: str, expected: str) -> None:
        """The day before it, it is over."""
        row = of_p("MedicationStatement", effectivePeriod={"start": "2024-01-01", "end": end}, **self.TAKEN)
        assert outcome("Treatment with warfarin", read(row)) == expected
        drug = {"name": "warfarin", "status": "history", "start": "2024-01-01", "end": end}
        assert outcome("Treatment with warfarin", stated(medications=[drug])) == expected


class TestTheLatest:
    """Which value is the latest is not guessed."""

    RULE: ClassVar = "hemoglobin >= 9 g/dL"

    def of(self, read: Reader, first: str, second: str) -> str:
        """8 g/dL, then 12, by the clocks as written."""
        rows = (result("718-7", first, 8, "g/dL", id="a"), result("718-7", second, 12, "g/dL", id="b"))
        return truth(self.RULE, read(*rows))

    def test_clocks_of_different_places_are_compared_by_utc(self, read: Reader) -> None:
        """23:00 in New York is after 01:00 of the next day in Greenwich."""
        assert self.of(read, "2024-06-10T23:00:00-05:00", "2024-06-11T01:00:00Z") == "not_met"
        assert self.of(read, "2024-06-10T23:00:00-05:00", "2024-06-11T05:00:00Z") == "met"
        assert self.of(read, "2024-06-10T23:00:00-05:00", "2024-06-11T04:00:00+00:00") == "unknown:conflict"

    def test_a_time_in_utc_may_be_of_the_day_before(self, read: Reader) -> None:
        """A day without a clock, and a time of the next morning in UTC."""
        assert self.of(read, "2024-06-10", "2024-06-11T01:00:00Z") == "unknown:conflict"
        assert self.of(read, "2024-06-10", "2024-06-11T15:00:00Z") == "met"
        assert self.of(read, "2024-06-10", "2024-06-11T01:00:00-05:00") == "met"
        assert self.of(read, "2024-06-10T08:00", "2024-06-10T09:00") == "met"


class TestWhatTurnsTheMeaning:
    """Elements that say that it is not so, or of somebody else, are read wherever they stand."""

    @pytest.mark.parametrize(
        ("verified", "expected"),
        [
            ({"coding": [{"system": SNOMED, "code": "723511001"}, {"system": VERIFIED, "code": "refuted"}]}, "pass"),
            ({"coding": [{"system": "urn:local", "code": "R"}], "text": "refuted"}, "pass"),
            ({"coding": [{"system": VERIFIED, "code": "confirmed"}], "text": "refuted"}, "unresolved"),
            ({"coding": [{"system": "urn:local", "code": "E"}, {"code": "entered-in-error"}]}, "unresolved"),
            ({"coding": [{"system": "urn:local", "code": "R"}]}, "unresolved"),
            ({"coding": [{"system": "urn:local", "code": "C"}, {"system": VERIFIED, "code": "confirmed"}]}, "fail"),
            ("confirmed", "fail"),
            ("refuted", "pass"),
        ],
    )
    def test_every_code_of_a_status_counts(self, read: Reader, verified: Any, expected: str) -> None:
        """The first is often a local one; codes that contradict each other say nothing."""
        ill = condition("Pulmonary embolism", verificationStatus=verified, recordedDate=TODAY)
        assert outcome("Pulmonary embolism", read(ill)) == expected

    def test_clinical_codes_that_differ_say_nothing(self, read: Reader) -> None:
        """Active and resolved."""
        both = {"clinicalStatus": {"coding": [{"code": "active"}, {"code": "resolved"}]}}
        assert outcome("Pulmonary embolism", read(condition("Pulmonary embolism") | both)) == "unresolved"

    @pytest.mark.parametrize(
        "row",
        [
            of_p("MedicationStatement", status="active", taken="n", medicationCodeableConcept={"text": "Warfarin"}),
            of_p("MedicationStatement", status="active", taken="unk", medicationCodeableConcept={"text": "Warfarin"}),
            of_p("MedicationAdministration", status="in-progress", notGiven=True)
            | {"medicationCodeableConcept": {"text": "Warfarin"}},
            of_p("MedicationStatement", status="active", modifierExtension=[{"url": "urn:not", "valueBoolean": True}])
            | {"medicationCodeableConcept": {"text": "Warfarin"}},
        ],
    )
    def test_what_was_not_taken_or_may_not_have_been_is_not_read_as_taken(self, read: Reader, row: Any) -> None:
        """As older versions say it, and as FHIR says that nobody may read over it."""
        assert outcome("Treatment with warfarin", read(row)) == "unresolved"

    def test_what_was_not_done_is_no_procedure(self, read: Reader) -> None:
        """STU3: notDone."""
        row = of_p("Procedure", status="completed", notDone=True, code={"text": "Appendectomy"})
        assert outcome("History of appendectomy", read(row), "inclusion") == "unresolved"

    def test_a_result_with_a_modifier_may_be_anything(self, read: Reader) -> None:
        """It stands in the way of an older one."""
        odd = result("718-7", "2024-06-29", 12, "g/dL", modifierExtension=[{"url": "urn:not"}])
        assert truth("hemoglobin >= 9 g/dL", read(result("718-7", "2024-05-01", 12, "g/dL"), odd)) == "unknown:missing"

    def test_a_result_of_somebody_else_is_passed_over(self, read: Reader) -> None:
        """Of the child; the patient's own stays."""
        child = result("718-7", TODAY, 7, "g/dL", focus=[{"reference": "RelatedPerson/child"}])
        patient = read(child, result("718-7", "2024-05-01", 12, "g/dL", focus=[{"reference": "Patient/p"}]))
        assert truth("hemoglobin >= 9 g/dL", patient) == "met"
        assert ("Observation of somebody or something else", 1) in patient.passed_over

    @pytest.mark.parametrize("whole", ["Urinalysis", "Fetal ultrasound", "Family history"])
    def test_a_component_that_is_only_named_is_of_its_whole(self, read: Reader, whole: str) -> None:
        """Creatinine of urine, weight of an unborn child; it is listed with what it is of."""
        parts = [
            {"code": {"text": name}, "valueQuantity": {"value": value, "unit": unit}}
            for name, value, unit in (("Creatinine", 3.5, "mg/dL"), ("Heart rate", 150, "/min"), ("Diabetes", 1, "1"))
        ]
        patient = read(
            of_p("Observation", status="final", code={"text": whole}, effectiveDateTime=TODAY, component=parts)
        )
        assert patient.measurements == ()
        assert any(f"{whole}: Creatinine" in name for name in patient.unrecognised)

    def test_a_component_with_its_code_is_itself(self, read: Reader) -> None:
        """Blood pressure, as everybody writes it."""
        code = {"coding": [{"system": LOINC, "code": "8480-6"}]}
        pressure = result(
            "85354-9", TODAY, component=[{"code": code, "valueQuantity": {"value": 120, "unit": "mm[Hg]"}}]
        )
        assert truth("systolic_bp <= 140 mm[Hg]", read(pressure)) == "met"


class TestRangesOfOthers:
    """A limit of normal is the patient's own, or there is none."""

    @pytest.mark.parametrize(
        "other",
        [
            {"age": {"low": {"value": 0, "unit": "a"}, "high": {"value": 1, "unit": "a"}}},
            {"appliesTo": [{"text": "cirrhosis"}]},
            {"type": {"text": "panic"}},
            {"type": {"coding": [{"code": "treatment"}]}},
            {"text": "Critical range"},
        ],
    )
    def test_a_range_for_others_is_no_range(self, read: Reader, other: dict[str, Any]) -> None:
        """Of infants, of people with a disease, of alarms."""
        limits = {"low": {"value": 10, "unit": "U/L"}, "high": {"value": 40, "unit": "U/L"}}
        plain = result("1742-6", TODAY, 100, "U/L", referenceRange=[limits])
        assert truth("alt <= 3 ULN", read(plain)) == "met"
        patient = read(plain | {"referenceRange": [limits | other]})
        assert truth("alt <= 3 ULN", patient) == "unknown:no_reference_range"

    @pytest.mark.parametrize(("code", "expected"), [("F", "met"), ("M", "unknown:no_reference_range")])
    def test_a_range_of_one_sex_is_that_of_such_patients(self, read: Reader, code: str, expected: str) -> None:
        """Of women, for a woman."""
        limits = {"high": {"value": 40, "unit": "U/L"}, "appliesTo": [{"coding": [{"code": code}]}]}
        patient = read(result("1742-6", TODAY, 100, "U/L", referenceRange=[limits]))
        assert truth("alt <= 3 ULN", patient) == expected

    @pytest.mark.parametrize("kind", [{"type": {"text": "Normal"}}, {"type": {"coding": [{"code": "normal"}]}}])
    def test_a_normal_range_beside_an_alarm_is_the_range(self, read: Reader, kind: dict[str, Any]) -> None:
        """Whether a code says so or words do."""
        limits = {"high": {"value": 40, "unit": "U/L"}, **kind}
        alarm = {"high": {"value": 400, "unit": "U/L"}, "type": {"coding": [{"code": "treatment"}]}}
        assert truth("alt <= 3 ULN", read(result("1742-6", TODAY, 100, "U/L", referenceRange=[limits, alarm]))) == "met"


class TestChangesWithin:
    """A rise within 48 hours is a difference of two values in them, and no rate."""

    RULE: ClassVar = "increase of creatinine >= 0.3 mg/dL per 48 hour"

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"2024-06-29": 1.0, "2024-06-30": 1.2}, "not_met"),  # 0.2, and no 0.4
            ({"2024-06-29": 1.0, "2024-06-30": 1.4}, "met"),
            ({"2024-06-26": 1.0, "2024-06-30": 1.5}, "unknown:stale"),  # and no half of it
            ({"2024-06-28": 1.0, "2024-06-29": 1.5, "2024-06-30": 1.5}, "met"),  # the earlier rise
            ({"2024-06-28": 1.0, "2024-06-30": 1.5}, "unknown:stale"),  # 24 to 72 hours apart
            ({"2024-06-28T08:00": 1.0, "2024-06-30T07:00": 1.5}, "met"),
            ({"2024-06-01": 1.0, "2024-06-02": 1.5, "2024-06-29": 1.2, "2024-06-30": 1.2}, "unknown:stale"),
            ({"2024-06-29": 1.5, "2024-06-30": 1.0}, "not_met"),
        ],
    )
    def test_pairs_within_the_span_are_compared_as_they_are(self, values: dict[str, float], expected: str) -> None:
        """Creatinine in mg/dL by day."""
        rows = [{"name": "creatinine", "value": value, "unit": "mg/dL", "date": day} for day, value in values.items()]
        assert truth(self.RULE, stated(measurements=rows)) == expected
