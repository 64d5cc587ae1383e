"""Patient files become dated facts with units; what is wrong in them is named, all at once, with place and remedy."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pytest

from eligibility.errors import InputError
from eligibility.patients.answers import answered, read_answers
from eligibility.patients.dates import read_when, shift
from eligibility.patients.from_profile import profile
from eligibility.patients.interval import Interval, read_value
from eligibility.patients.patient import Patient, StatedAge
from eligibility.patients.places import inside
from eligibility.patients.profile.values import read_age
from eligibility.patients.read import read_patient, read_patients
from eligibility.vocabulary.tables import Vocabulary, vocabulary
from eligibility.vocabulary.word import Code, Word


def words() -> Vocabulary:
    """The shipped measurements and scales, and a few conditions of the test's own."""
    own = (
        Word("diabetes", "condition", "Diabetes", ("diabetes mellitus",)),
        Word(
            "type_2_diabetes", "condition", "Type 2 diabetes", codes=(Code("ICD-10-CM", "E11"),), parents=("diabetes",)
        ),
        Word("heparin", "treatment", "Heparin"),
        Word("pregnant", "state", "Pregnant"),
    )
    shipped = vocabulary()
    kept = {key: word for key, word in shipped.words.items() if word.kind in ("quantity", "scale")}
    return Vocabulary(kept | {word.key: word for word in own}, {})


def patient(**fields: Any) -> Patient:
    """A profile of these fields, read."""
    return profile({"id": "p1", **fields}, file="patient.json", vocabulary=words())


def faults(**fields: Any) -> list[str]:
    """What is said to be wrong with a profile of these fields."""
    with pytest.raises(InputError) as caught:
        patient(**fields)
    return [str(fault) for fault in caught.value.faults]


def written(folder: Path, content: Any, name: str = "patient.json") -> Path:
    """A file with this content: bytes as they are, anything else as JSON."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


class TestValues:
    """A value is an interval, since laboratories report "<5"."""

    @pytest.mark.parametrize(
        ("text", "interval", "unit"),
        [
            ("12.3 mg/dL", Interval(12.3, 12.3), "mg/dL"),
            ("<5", Interval(float("-inf"), 5, False, False), None),
            ("<= 5 U/L", Interval(float("-inf"), 5, False, True), "U/L"),
            (">1000 ng/mL", Interval(1000, float("inf"), False, False), "ng/mL"),
            ("5-10", Interval(5, 10), None),
            ("5–10 U/L", Interval(5, 10), "U/L"),
            ("-2.5", Interval(-2.5, -2.5), None),
            ("90 %", Interval(90, 90), "%"),
            ("150 10^9/L", Interval(150, 150), "10^9/L"),
        ],
    )
    def test_text_becomes_an_interval_and_a_unit(self, text: str, interval: Interval, unit: str | None) -> None:
        """Strictness of "<" and ">" is kept, and the words after the number are the unit."""
        assert read_value(text) == (interval, unit)

    @pytest.mark.parametrize("text", ["high", "", "1,200", "1.2.3", "12 000", "10-5", "nan", "inf", "1e999"])
    def test_what_is_no_plain_number_is_refused(self, text: str) -> None:
        """A word, a comma that may be decimal or thousands, a range upside down, NaN and infinity."""
        with pytest.raises(ValueError, match="not a"):
            read_value(text)

    def test_partial_dates_are_intervals(self) -> None:
        """A month is any of its days; a day that does not exist is refused."""
        month = read_when("2024-02")
        assert (month.first.date(), month.last.date()) == (date(2024, 2, 1), date(2024, 2, 29))
        assert read_when("2024-02-03T10:30").exact
        with pytest.raises(ValueError, match="day"):
            read_when("2023-02-29")

    def test_a_birthday_that_the_year_lacks_comes_the_day_after(self) -> None:
        """Born on 29 February, 18 on 1 March."""
        assert shift(date(2004, 2, 29), 18, "year") == date(2022, 3, 1)
        assert shift(date(2024, 3, 31), -1, "month") == date(2024, 3, 1)

    @pytest.mark.parametrize(
        ("text", "age"),
        [
            (54, StatedAge(54, "year")),
            ("54 years", StatedAge(54, "year")),
            ("8 mo", StatedAge(8, "month")),
            ("14 years 11 months", StatedAge(179, "month")),
            ("3 weeks", StatedAge(3, "week")),
        ],
    )
    def test_ages_in_words(self, text: float | str, age: StatedAge) -> None:
        """Years, months, weeks and days, and years with months."""
        assert read_age(text) == age

    def test_places_read_well(self) -> None:
        """A place names the line or the item of an array, then the field."""
        assert inside("", "measurements", 2, "value") == "measurements[2].value"
        assert inside("line 3", "measurements", 2) == "line 3: measurements[2]"
        assert inside("[3]", "measurements", 2) == "[3].measurements[2]"


class TestProfiles:
    """The own format, long and short."""

    def test_long_and_short_form_give_the_same_value(self) -> None:
        """`"12.3 mg/dL"` is a value of 12.3 in mg/dL."""
        short = patient(total_bilirubin="12.3 mg/dL").measurements[0]
        long = patient(measurements=[{"name": "Total bilirubin", "value": 12.3, "unit": "mg/dl"}]).measurements[0]
        assert (short.variable, short.value, short.unit) == (long.variable, long.value, long.unit)
        assert short.unit == "mg/dL"

    def test_scales_may_be_a_list_a_mapping_or_a_short_fact(self) -> None:
        """The level is read by any of its names."""
        forms: list[dict[str, Any]] = [
            {"scales": [{"name": "NYHA class", "level": 2}]},
            {"scales": {"nyha_class": "ii"}},
            {"nyha_class": "II"},
        ]
        assert [patient(**form).grades[0].levels for form in forms] == [("II",)] * 3

    def test_a_range_of_levels_is_kept_as_several(self) -> None:
        """ "II-III" can be either."""
        assert patient(nyha_class="II-III").grades[0].levels == ("II", "III")

    def test_a_code_leads_to_its_word_and_is_kept(self) -> None:
        """An ICD-10 code below a category is that category."""
        row = patient(conditions=[{"name": "T2DM", "codes": [{"system": "ICD-10-CM", "code": "E11.9"}]}]).findings[0]
        assert (row.concept, row.name, row.codes) == ("type_2_diabetes", "T2DM", (("ICD-10-CM", "E11.9"),))

    def test_what_the_vocabulary_does_not_know_is_kept_and_listed(self) -> None:
        """It is no fault; it is a finding by its own name, and it is told."""
        read = patient(conditions=["Zieve  Syndrome"], measurements=[{"name": "Zap index", "value": 3}])
        assert read.findings[0].concept == "zieve syndrome"
        assert read.unrecognised == ("measurements[0]: Zap index", "conditions[0]: Zieve  Syndrome")

    def test_states_and_lists_know_yes_no_and_unknown(self) -> None:
        """True, false and words; a mapping in place of a list."""
        read = patient(states={"pregnant": False}, conditions={"diabetes": True}, allergies=["heparin"])
        assert [(row.fact, row.concept, row.status) for row in read.findings] == [
            ("condition", "diabetes", "active"),
            ("allergy", "heparin", "active"),
            ("state", "pregnant", "refuted"),
        ]

    def test_what_has_ended_is_resolved_unless_said_otherwise(self) -> None:
        """An end without a status speaks for itself."""
        read = patient(medications=[{"name": "heparin", "start": "2024-01-01", "end": "2024-02-01"}])
        assert read.findings[0].status == "resolved"

    def test_a_bare_number_takes_the_only_unit_it_can_have(self) -> None:
        """And says so; nothing is assumed where the number could be in two units."""
        row = patient(bmi=31).measurements[0]
        assert (row.unit, row.note) == ("kg/m2", "no unit given, read as kg/m2")

    @pytest.mark.parametrize(
        ("name", "value", "unit"),
        [
            ("spo2", 97, "%"),
            ("lvef", 0.55, "1"),
            ("heart_rate", 70, "/min"),
            ("systolic_bp", 120, "mm[Hg]"),
            ("body_temperature", 98.6, "[degF]"),
            ("height", 178, "cm"),
            ("total_bilirubin", 12, None),
            ("creatinine", 90, None),
            ("hemoglobin", 13, None),
            ("glucose", 100, None),
            ("wbc", 5, None),
            ("weight", 150, None),
            ("hba1c", 7, None),
            ("potassium", 4, None),
        ],
    )
    def test_a_bare_number_that_could_be_in_two_units_has_none(self, name: str, value: float, unit: str | None) -> None:
        """12 is a normal bilirubin in umol/L and a failing liver in mg/dL; 150 is pounds or kilograms."""
        row = patient(**{name: value}).measurements[0]
        assert (row.unit, row.usable) == (unit, unit is not None)

    def test_as_of_is_the_flag_then_the_profile_then_the_latest_fact(self) -> None:
        """Never today."""
        rows = [{"name": "inr", "value": 1, "date": "2024-05-01"}]
        assert patient(measurements=rows).as_of == date(2024, 5, 1)
        assert patient(measurements=rows, as_of="2024-06-01").as_of == date(2024, 6, 1)
        flag = profile({"as_of": "2024-06-01"}, file="f", vocabulary=words(), as_of=date(2024, 7, 1))
        assert flag.as_of == date(2024, 7, 1)
        assert patient(inr=1).as_of is None


class TestFaults:
    """Bad input is named with file, place and remedy, all faults at once."""

    def test_all_faults_of_a_profile_are_told_together(self) -> None:
        """A unit that does not exist, a word for a value, an impossible value and an unknown level."""
        told = faults(total_bilirubin="12 mg/dl/h", inr="high", bmi=900, nyha_class="V")
        assert len(told) == 4
        assert told[0].startswith("total_bilirubin: there is no unit 'mg/dl/h'")
        assert told[1].startswith("inr: not a number")
        assert "900 is not possible for Body mass index" in told[2]
        assert "write one of I, II, III, IV" in told[3]

    def test_shapes_are_told_with_their_places(self) -> None:
        """Every wrong field of every row."""
        told = faults(measurements=[{"name": "inr"}, {"name": "inr", "value": True, "datum": 1}], sex="perhaps")
        assert [fault.split(":")[0] for fault in told] == [
            "sex",
            "measurements[0].value",
            "measurements[1].value",
            "measurements[1].datum",
        ]

    def test_dates_after_as_of_are_refused(self) -> None:
        """In results, onsets and the birth date; a planned end of a treatment is none."""
        told = faults(
            as_of="2024-01-01",
            birth_date="2025-01-01",
            measurements=[{"name": "inr", "value": 1, "date": "2024-01-02"}],
            medications=[{"name": "heparin", "end": "2025-01-01"}],
        )
        assert [fault.split(":")[0] for fault in told] == ["birth_date", "measurements[0].date"]

    def test_an_impossible_age_shows_a_wrong_date(self) -> None:
        """A result of the year 2150 makes the patient 190 years old."""
        told = faults(birth_date="1960-01-01", measurements=[{"name": "inr", "value": 1, "date": "2150-01-01"}])
        assert "older than 125 years" in told[0]

    def test_shapes_and_values_are_told_at_once_in_plain_words(self) -> None:
        """Nobody should have to run it twice, nor to know how the file is checked."""
        told = faults(
            measurements=[{"name": "bmi", "value": 900}, {"name": "inr", "datum": 1, "value": 1}],
            conditions=[{"name": ""}, {"name": "diabetes", "onset": "2025-13-01"}],
            answers=3,
            inr="high",
            total_bilirubin={"value": 12, "unti": "mg/dL"},
        )
        assert [fault.split(" (")[0] for fault in told] == [
            "measurements[1].datum: no such field",
            "conditions[0].name: is empty",
            "conditions[1].onset: no day of the calendar",
            "answers: is not a list",
            "measurements[0]: 900 is not possible for Body mass index",
            "inr: not a number",
            "total_bilirubin.unti: no such field",
        ]
        assert "did you mean unit?" in told[-1]
        assert not {"tuple", "string", "Input", "valid"} & set(" ".join(told).split())

    def test_a_row_that_is_refused_leaves_the_places_of_the_others(self) -> None:
        """The second fault is still the one of the second row."""
        told = faults(measurements=[{"name": "inr"}, {"name": "inr", "value": "high"}], states={"pregnant": 3})
        assert [fault.split(":")[0] for fault in told] == [
            "measurements[0].value",
            "states.pregnant",
            "measurements[1]",
        ]

    def test_one_slip_in_a_year_does_not_move_the_day(self) -> None:
        """The fact is named; with `as_of`, or beside another fact of its time, there is no guess to refuse."""
        rows = [{"name": "inr", "value": 1, "date": day} for day in ("2025-02-26", "2025-02-20", "2052-02-20")]
        assert faults(measurements=rows) == [
            "measurements[2].date: 2052-02-20 lies more than 2 years after every other fact, and the profile would be "
            "judged by that day (correct it, or give as_of)"
        ]
        assert patient(measurements=rows, as_of="2052-03-01").as_of == date(2052, 3, 1)
        assert patient(measurements=rows[:2]).day_from == "measurements[0].date"
        old = {"conditions": [{"name": "diabetes", "onset": "2009"}], "measurements": rows[:2]}
        assert patient(**old).as_of == date(2025, 2, 26)

    def test_a_man_is_not_pregnant(self) -> None:
        """One of the two is wrong; a refuted state is no contradiction."""
        assert faults(sex="male", states={"pregnant": True}) == [
            "states.pregnant: pregnant, and the sex is male (correct one of them)"
        ]
        assert patient(sex="male", states={"pregnant": False}).sex == "male"

    def test_facts_after_a_day_that_the_user_chose_are_left_out_and_named(self) -> None:
        """What only ended after it was going on; a birth after it stays a fault."""
        given = {
            "birth_date": "1980-01-01",
            "measurements": [{"name": "inr", "value": 1, "date": day} for day in ("2024-01-01", "2024-06-01")],
            "conditions": [{"name": "diabetes", "onset": "2020", "abatement": "2024-05-01"}],
        }
        read = profile(given, file="f", vocabulary=words(), as_of=date(2024, 3, 1))
        assert [row.source for row in read.measurements] == ["measurements[0]"]
        assert read.findings[0].status == "active"
        assert read.left_out == ("measurements[1]",)

    def test_a_list_that_is_complete_today_says_nothing_of_a_day_before_facts_of_today(self) -> None:
        """What the patient has now may have been there then, under facts that are left out."""
        given = {"as_of": "2024-07-01", "conditions": [], "complete": ["conditions"], "birth_date": "1980-01-01"}
        late = {**given, "hepatic_encephalopathy_grade": {"value": "III", "date": "2024-06-01"}}
        then = date(2024, 5, 1)
        assert profile(given, file="f", vocabulary=words(), as_of=then).complete == {"conditions"}
        assert profile(late, file="f", vocabulary=words(), as_of=then).complete == frozenset()
        with pytest.raises(InputError, match="birth_date: 1980-01-01 lies after 1979-01-01"):
            profile(given, file="f", vocabulary=words(), as_of=date(1979, 1, 1))

    def test_a_misspelt_list_is_a_fault_with_a_hint(self) -> None:
        """Nothing is dropped silently."""
        assert faults(measurments=[{"name": "inr", "value": 1}]) == [
            "measurments: no such field (did you mean measurements?)"
        ]

    def test_a_unit_of_another_kind_is_kept_but_not_usable(self) -> None:
        """It is a real unit, only not one of this variable: the verdict will say so."""
        row = patient(total_bilirubin="12 mmHg").measurements[0]
        assert not row.usable

    def test_patient_data_stays_out_of_messages(self) -> None:
        """A message names the place, not the person."""
        assert "Smith" not in faults(id="John Smith", sex="perhaps")[0]


class TestFiles:
    """Files: one profile, an array, JSON Lines, packed or not; and everything that can be wrong with a file."""

    @pytest.fixture(autouse=True)
    def _here(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)

    def test_one_array_lines_and_gzip_are_read_alike(self, tmp_path: Path) -> None:
        """The same two patients in every form."""
        rows = [{"id": "a", "inr": 1}, {"id": "b", "inr": 2}]
        lines = "\n".join(map(json.dumps, rows)).encode()
        files = [
            written(tmp_path, rows, "array.json"),
            written(tmp_path, json.dumps(rows, indent=1).encode(), "wide.json"),
            written(tmp_path, lines, "rows.jsonl"),
            written(tmp_path, gzip.compress(lines), "rows.jsonl.gz"),
        ]
        for file in files:
            assert [row.id for row in read_patients(file, vocabulary=words())] == ["a", "b"], file
        assert read_patient(written(tmp_path, json.dumps(rows[0], indent=2).encode()), vocabulary=words()).id == "a"

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "empty"),
            (b" \n ", "empty"),
            (b'{"id": ', "not valid JSON"),
            (b'{\n"id": 1,\n}', "line 3"),
            (b"[]", "holds nothing"),
            (b'"text"', "is a JSON object"),
            (b'{"inr": NaN}', "inr: NaN and infinity are no values"),
            (b'{"inr": 1e999}', "NaN and infinity"),
            (b'{"inr": Infinity}', "inr: NaN and infinity are no values"),
            (b'{"id": "caf\xe9"}', "not UTF-8"),
            (b'{"inr": 1, "inr": 2}', "'inr' stands twice"),
            (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "levels deep"),
            (b'{"x": ' + b"[" * 80 + b"]" * 80 + b"}", "levels deep"),
            (b'{"x": "' + b"x" * 21_000_000 + b'"}', "longer than 20 MB"),
            (b'{"inr": ' + b"9" * 5000 + b"}", ""),
            (b'{"inr": ' + b"9" * 400 + b"}", "NaN and infinity"),
            (b'{"measurements": [{"name": "inr", "value": 1, "reference_range": {"low": NaN}}]}', "NaN"),
        ],
    )
    def test_a_bad_file_gets_one_clear_message(self, tmp_path: Path, content: bytes, said: str) -> None:
        """An InputError that names the file, and no other exception."""
        with pytest.raises(InputError, match=r"patient\.json") as caught:
            read_patient(written(tmp_path, content), vocabulary=words())
        assert said in str(caught.value)

    def test_missing_files_and_folders_are_told(self, tmp_path: Path) -> None:
        """Both with a remedy."""
        with pytest.raises(InputError, match="no such file"):
            read_patient(tmp_path / "nobody.json", vocabulary=words())
        with pytest.raises(InputError, match="folder"):
            read_patient(tmp_path, vocabulary=words())

    def test_the_good_rest_of_a_batch_is_read_and_the_bad_listed(self, tmp_path: Path) -> None:
        """Broken lines, faulty profiles and repeated ids do not stop the others."""
        lines = [b'{"id": "a", "inr": 1}', b"{oops}", b'{"id": "b", "inr": "high"}', b'{"id": "a"}', b'{"id": "c"}']
        file = written(tmp_path, b"\n".join(lines), "many.jsonl")
        told: list[InputError] = []
        assert [row.id for row in read_patients(file, vocabulary=words(), on_fault=told.append)] == ["a", "c"]
        assert [error.faults[0].place for error in told] == ["line 2", "line 3: inr", "line 4: id"]
        with pytest.raises(InputError) as caught:
            list(read_patients(file, vocabulary=words()))
        assert len(caught.value.faults) == 3

    def test_a_broken_first_line_does_not_hide_the_others(self, tmp_path: Path) -> None:
        """JSON Lines are told from one wide document by their first line."""
        file = written(tmp_path, b'{oops}\n{"id": "b"}', "many.jsonl")
        told: list[InputError] = []
        assert [row.id for row in read_patients(file, vocabulary=words(), on_fault=told.append)] == ["b"]
        assert len(told) == 1

    def test_unknown_formats_are_refused(self, tmp_path: Path) -> None:
        """The known ones are named."""
        with pytest.raises(InputError, match="profile"):
            read_patient(written(tmp_path, {"id": "a"}), format="hl7v2", vocabulary=words())


class TestAnswers:
    """What a person decided, from the profile or a file of its own."""

    ROW: ClassVar[dict[str, str]] = {
        "trial": "NCT1",
        "criterion": "I1",
        "result": "pass",
        "by": "A. Nurse",
        "date": "2025-01-01",
    }

    def test_answers_are_read_from_a_file_and_replace_the_profile(self, tmp_path: Path) -> None:
        """The one of the file counts; one for another patient does not."""
        mine = patient(answers=[{**self.ROW, "result": "fail"}])
        rows = [self.ROW, {**self.ROW, "criterion": "I2", "patient": "other"}]
        read = answered(mine, read_answers(written(tmp_path, {"answers": rows}, "answers.json")))
        assert [(row.criterion, row.result, row.by) for row in read.answers] == [("I1", "pass", "A. Nurse")]

    def test_contradictions_and_bad_rows_are_told_together(self, tmp_path: Path) -> None:
        """Two results for one criterion, and a result that is neither pass nor fail."""
        rows = [self.ROW, {**self.ROW, "result": "fail"}, {**self.ROW, "result": "maybe"}]
        with pytest.raises(InputError) as caught:
            read_answers(written(tmp_path, rows, "answers.json"))
        assert len(caught.value.faults) == 2
        assert len(faults(answers=rows[:2])) == 1

    def test_an_answer_after_the_day_of_judging_is_a_fault(self, tmp_path: Path) -> None:
        """From the profile and from a file of answers, which is named."""
        late = {**self.ROW, "date": "2026-01-01"}
        assert faults(as_of="2025-03-01", answers=[late])[0].startswith("answers[0].date: 2026-01-01 lies after")
        file = written(tmp_path, [late], "answers.json")
        with pytest.raises(InputError, match=r"answers\.json: \[0\]: the answer of 2026-01-01 was given after"):
            answered(patient(as_of="2025-03-01"), read_answers(file), str(file))

    def test_messages_about_answers_speak_of_answers(self, tmp_path: Path) -> None:
        """Not of a profile."""
        with pytest.raises(InputError) as caught:
            read_answers(written(tmp_path, [3, {**self.ROW, "criterion": "", "why": "x"}], "answers.json"))
        assert [str(fault).split(" (")[0] for fault in caught.value.faults] == [
            "[0]: is not an object",
            "[1].criterion: is empty",
            "[1].why: no such field",
        ]
        for content in (b"", b"[]"):
            with pytest.raises(InputError) as caught:
                read_answers(written(tmp_path, content, "answers.json"))
            assert "profile" not in str(caught.value)


@pytest.mark.parametrize(
    "content", ["NCT01234567\n\nInclusion Criteria:\n", "trial heart sha256:0 \n", '{"protocolSection": {}}']
)
def test_a_trial_where_the_patient_goes_is_called_one(tmp_path: Path, content: str) -> None:
    file = tmp_path / "record.json"
    file.write_text(content)
    with pytest.raises(InputError, match=r"reads like a trial, not a patient \(give the patient first"):
        read_patient(file)


def test_a_text_that_was_never_json_is_called_that(tmp_path: Path) -> None:
    file = tmp_path / "letter.json"
    file.write_text("Dear colleague")
    with pytest.raises(InputError, match=r"is no JSON \(give a profile or FHIR as JSON, a table"):
        read_patient(file)
