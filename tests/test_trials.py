"""Reading registry records: every format, every way a file can be bad, and the five pages of the mission."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from eligibility.errors import InputError
from eligibility.trials.files import MAX_RECORD
from eligibility.trials.read import WAYS, read_trial, read_trials
from eligibility.trials.trial import Trial

CASES = Path(__file__).parent.parent / "cases" / "trials"
RECORDS = Path(__file__).parent.parent.parent / "shared" / "records"
needs_records = pytest.mark.skipif(not RECORDS.is_dir(), reason="the shared registry records are not beside this repo")

CRITERIA = "Inclusion Criteria:\n\n* MELD \\> 30 \\[score\\]\n\nExclusion Criteria:\n\n* pregnant &amp; nursing"


def study(id: str = "NCT00000001", **eligibility: object) -> dict[str, object]:
    """Return an API v2 study with this id and these fields of its eligibility module."""
    return {
        "protocolSection": {
            "identificationModule": {"nctId": id, "briefTitle": "A trial"},
            "statusModule": {"overallStatus": "RECRUITING"},
            "descriptionModule": {"detailedDescription": "Long story."},
            "eligibilityModule": {
                "eligibilityCriteria": CRITERIA,
                "minimumAge": "18 Years",
                "sex": "ALL",
                **eligibility,
            },
        }
    }


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def complaint(path: Path) -> str:
    """Return what reading this path complains of."""
    with pytest.raises(InputError) as caught:
        list(read_trials(path))
    return str(caught.value)


class TestThePagesOfTheMission:
    """Five pages from three web sites, exactly as published."""

    def page(self, id: str) -> Trial:
        """Return one of the five trials."""
        return read_trial(CASES / id / "record.txt")

    def test_a_page_with_bare_ages_after_the_exclusions_gives_them_to_the_record_and_not_to_the_text(self) -> None:
        """NCT05940610 is a withdrawn trial of adults; its last exclusion ends in "etc."."""
        trial = self.page("NCT05940610")
        assert (trial.id, trial.status, trial.sex, trial.healthy_volunteers) == (
            "NCT05940610",
            "WITHDRAWN",
            "ALL",
            False,
        )
        assert (trial.minimum_age, trial.maximum_age) == ("18 Years", "65 Years")
        assert trial.criteria.startswith("Inclusion Criteria\n* Acute on chronic")
        assert trial.criteria.endswith("active uncontrolled infection,etc.")
        assert "MELD score \\>30" in trial.criteria, "escapes stay as given"
        assert trial.description.startswith("The outcome of the experimental group")
        assert trial.description.endswith("when they are inpatient.")

    def test_the_second_page_of_that_site_is_read_by_the_same_headings(self) -> None:
        """NCT04282928 has an unknown status and ages 18 to 75."""
        trial = self.page("NCT04282928")
        assert (trial.status, trial.minimum_age, trial.maximum_age) == ("UNKNOWN", "18 Years", "75 Years")
        assert trial.criteria.endswith("participating in this clinical study.")

    def test_a_page_with_labels_above_their_values(self) -> None:
        """NCT05862675 accepts healthy children from 1 to 14 years."""
        trial = self.page("NCT05862675")
        assert (trial.minimum_age, trial.maximum_age, trial.sex) == ("1 Year", "14 Years", "ALL")
        assert (trial.status, trial.healthy_volunteers) == ("NOT_YET_RECRUITING", True)
        assert trial.title == "Effect of Mesenchymal Stem Cell-derived Exosomes on Lung Diseases of Children"
        assert trial.criteria.startswith("Inclusion Criteria:\n  • Clinical diagnosis")
        assert trial.criteria.endswith("diabetes, etc.")
        assert trial.description.startswith("1. Inclusion criteria of the test group")
        assert trial.description.endswith("target sequencing.")

    def test_pages_without_criteria_give_empty_criteria_and_their_description(self) -> None:
        """NCT04850469 and NCT03123458 have no eligibility section at all."""
        trial, other = self.page("NCT04850469"), self.page("NCT03123458")
        assert (trial.criteria, other.criteria) == ("", "")
        assert trial.description.endswith("less than 48h will be excluded.")
        assert (trial.status, other.status) == ("WITHDRAWN", "ENROLLING_BY_INVITATION")
        assert other.description.endswith("immune-related disorders.")

    def test_a_single_bare_age_is_not_guessed_to_be_the_lower_or_the_upper_one(self, tmp_path: Path) -> None:
        """Which bound it is cannot be known from such a page, so the reader is told where to look instead."""
        text = (CASES / "NCT05940610" / "record.txt").read_text("utf-8").replace("18 Years\n65 Years", "18 Years")
        assert "lower or upper" in complaint(written(tmp_path, "page.txt", text))

    def test_another_trial_of_the_site_is_read_by_layout_and_not_by_its_id(self, tmp_path: Path) -> None:
        """The id, the status and the sex are changed; nothing else may depend on them."""
        text = (CASES / "NCT05940610" / "record.txt").read_text("utf-8").replace("NCT05940610", "NCT09999999")
        trial = read_trial(
            written(tmp_path, "p.txt", text.replace("\nALL\n", "\nFEMALE\n").replace("WITHDRAWN", "RECRUITING"))
        )
        assert (trial.id, trial.sex, trial.status) == ("NCT09999999", "FEMALE", "RECRUITING")


class TestFormats:
    """Each format gives the same trial, found by content."""

    @pytest.mark.parametrize("wrap", [lambda s: s, lambda s: [s], lambda s: {"studies": [s], "nextPageToken": "x"}])
    def test_api_v2_comes_as_one_study_an_array_or_a_search_page(self, tmp_path: Path, wrap: object) -> None:
        """The criteria keep their escapes and entities."""
        assert callable(wrap)
        trial = read_trial(written(tmp_path, "x.json", json.dumps(wrap(study()))))
        assert (trial.id, trial.title, trial.description) == ("NCT00000001", "A trial", "Long story.")
        assert trial.criteria == CRITERIA

    def test_legacy_xml_keeps_wraps_and_carriage_returns(self, tmp_path: Path) -> None:
        """A text block is taken over character by character; "Both" is ALL; words of status become API v2's."""
        block = "\n        Inclusion:&#xD;\n\n          -  long\n             line &lt; 5\n      "
        xml = (
            "<clinical_study><id_info><nct_id>NCT00000002</nct_id></id_info><brief_title>T</brief_title>"
            "<overall_status>Active, not recruiting</overall_status><eligibility><criteria><textblock>"
            f"{block}</textblock></criteria><gender>Both</gender><minimum_age>N/A</minimum_age></eligibility></clinical_study>"
        )
        trial = read_trial(written(tmp_path, "x.xml", xml))
        assert trial.criteria == block.replace("&#xD;", "\r").replace("&lt;", "<")
        assert (trial.sex, trial.minimum_age, trial.status) == ("ALL", None, "ACTIVE_NOT_RECRUITING")

    def test_rows_zipped_or_not_are_read_by_content_whatever_the_name(self, tmp_path: Path) -> None:
        """A byte order mark and blank lines do no harm."""
        rows = (
            "\ufeff"
            + "\n".join(json.dumps({"nct_id": f"T{n}", "criteria": "a", "sex": "Female"}) for n in range(3))
            + "\n\n"
        )
        plain = list(read_trials(written(tmp_path, "x.data", rows)))
        assert plain == list(read_trials(written(tmp_path, "y", gzip.compress(rows.encode()))))
        assert [(trial.id, trial.sex) for trial in plain] == [("T0", "FEMALE"), ("T1", "FEMALE"), ("T2", "FEMALE")]

    def test_standard_input_and_named_formats(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`-` reads standard input; a format of that name must exist."""
        stdin = io.TextIOWrapper(io.BytesIO(json.dumps(study()).encode()))
        monkeypatch.setattr("sys.stdin", stdin)
        assert [trial.source for trial in read_trials("-")] == ["standard input"]
        with pytest.raises(ValueError, match="unknown format"):
            list(read_trials(tmp_path, format="telepathy"))
        assert set(WAYS) == {"rows", "ctgov-json", "ctgov-xml", "page"}

    def test_a_folder_is_read_in_name_order_and_other_files_are_left_alone(self, tmp_path: Path) -> None:
        """Only record suffixes count; hidden files and notes are not records."""
        for name, id in (("b.json", "B"), ("a.json.gz", "A")):
            data = json.dumps(study(id)).encode()
            written(tmp_path, name, gzip.compress(data) if name.endswith("gz") else data)
        written(tmp_path, "README.md", "hello")
        written(tmp_path, ".hidden.json", "{")
        assert [trial.id for trial in read_trials(tmp_path)] == ["A", "B"]


class TestBadInput:
    """One clear message naming file, place and remedy; all faults of a file at once."""

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", ["empty"]),
            (b"  \n", ["empty"]),
            (b'{"protocolSection": {\n  "x": }', ["line 2, column 8", "broken JSON"]),
            (b'{"studies": []}', ["no study"]),
            (b'{"a": NaN}', ["NaN"]),
            (b"[" * 100_000, ["JSON nested too deep"]),
            (b'{"protocolSection": "\xff"}', ["not UTF-8", "byte 21", "save the file as UTF-8"]),
            (b"just some words", ["not a trial record"]),
            (b"<a><b></a>", ["line 1", "broken XML"]),
            (b"<a/>", ["no <clinical_study>"]),
            (b"<a>" * 5000, ["too deep"]),
            (b"\x1f\x8b\x08rubbish", ["gzip"]),
        ],
    )
    def test_a_file_that_is_no_record_says_what_and_where(
        self, tmp_path: Path, content: bytes, words: list[str]
    ) -> None:
        """The message names the file and the place."""
        message = complaint(written(tmp_path, "bad.file", content))
        assert "bad.file" in message
        assert all(word in message for word in words), message

    def test_missing_files_and_folders_without_records(self, tmp_path: Path) -> None:
        """Both are told apart and both have a remedy."""
        assert "no such file" in complaint(tmp_path / "nowhere.json")
        assert "no record files" in complaint(tmp_path)

    @pytest.mark.parametrize(
        "kind", ["<!DOCTYPE a [<!ENTITY x 'y'>]>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"]
    )
    def test_xml_that_declares_entities_is_refused(self, tmp_path: Path, kind: str) -> None:
        """Neither bombs nor external entities can be named."""
        assert "entities" in complaint(written(tmp_path, "x.xml", f"{kind}<clinical_study>&x;</clinical_study>"))

    @pytest.mark.parametrize("start", [b'{"nct_id": "', b'{"protocolSection": "', b"<a>", b"Study NCT ID: "])
    def test_fifty_megabytes_of_one_line_are_refused(self, tmp_path: Path, start: bytes) -> None:
        """Whatever the format seems to be; nothing is parsed."""
        message = complaint(written(tmp_path, "long.jsonl", start + b"x" * 50_000_000))
        assert f"longer than {MAX_RECORD // 1_000_000} MB" in message

    def test_all_faults_of_a_record_and_of_a_file_come_at_once(self, tmp_path: Path) -> None:
        """Two bad fields in one study and no id in the other are three faults of one error."""
        page = {"studies": [study(minimumAge="adult", sex="X"), study("")]}
        with pytest.raises(InputError) as caught:
            list(read_trials(written(tmp_path, "x.json", json.dumps(page))))
        assert [fault.place for fault in caught.value.faults] == [
            "studies[0], minimum_age", "studies[0], sex", "studies[1], id",
        ]  # fmt: skip
        assert all(fault.remedy for fault in caught.value.faults)

    def test_a_trial_given_twice_is_a_fault_that_names_the_first_place(self, tmp_path: Path) -> None:
        """Across the files of a folder as within one."""
        for name in ("a.json", "b.json"):
            written(tmp_path, name, json.dumps(study()))
        assert "a.json" in complaint(tmp_path)
        assert "b.json" in complaint(tmp_path)

    def test_in_a_batch_the_good_rest_is_read_and_the_bad_is_listed(self, tmp_path: Path) -> None:
        """Rows with faults are handed over, with their row numbers; the others come."""
        rows = ['{"nct_id": "A", "criteria": "x"}', "{", '{"nct_id": "B"}', "[]", '{"nct_id": "C", "criteria": 5}',
                '{"nct_id": "A", "criteria": "y"}', '{"nct_id": "D", "criteria": ""}']  # fmt: skip
        path = written(tmp_path, "x.jsonl", "\n".join(rows).encode() + b'\n{"nct_id": "\xff"}\n')
        bad: list[InputError] = []
        assert [trial.id for trial in read_trials(path, on_fault=bad.append)] == ["A", "D"]
        places = [fault.place.split(",")[0] for error in bad for fault in error.faults]
        assert places == ["row 2", "row 3", "row 4", "row 5", "row 6", "row 8"]
        assert "A stands twice, first in row 1" in str(bad[0])

    def test_without_a_listener_the_good_rows_before_the_first_fault_come_and_then_all_faults(
        self, tmp_path: Path
    ) -> None:
        """Nothing after a fault is given out as if the file were sound."""
        path = written(tmp_path, "x.jsonl", '{"nct_id": "A", "criteria": "x"}\n{\n{"nct_id": "B", "criteria": ""}\n{')
        trials = read_trials(path)
        assert next(trials).id == "A"
        with pytest.raises(InputError) as caught:
            next(trials)
        assert len(caught.value.faults) == 2

    def test_bad_files_of_a_folder_are_listed_and_the_others_read(self, tmp_path: Path) -> None:
        """Even when one is empty and one is not text."""
        for name, data in (("a.json", b""), ("b.xml", b"\xff\xfe<"), ("c.json", json.dumps(study()).encode())):
            written(tmp_path, name, data)
        bad: list[InputError] = []
        assert [trial.id for trial in read_trials(tmp_path, on_fault=bad.append)] == ["NCT00000001"]
        assert [Path(error.file).name for error in bad] == ["a.json", "b.xml"]

    def test_a_broken_first_row_does_not_hide_the_others(self, tmp_path: Path) -> None:
        told: list[InputError] = []
        rows = written(tmp_path, "a.jsonl", 'not json\n{"nct_id": "NCT00000001", "criteria": "BMI > 20"}\n')
        assert [trial.id for trial in read_trials(rows, on_fault=told.append)] == ["NCT00000001"]
        assert [fault.place for fault in told[0].faults] == ["row 1, column 1"]

    def test_one_trial_means_exactly_one(self, tmp_path: Path) -> None:
        """Two are as wrong as none."""
        path = written(tmp_path, "x.json", json.dumps([study("A"), study("B")]))
        with pytest.raises(InputError, match="more than one"):
            read_trial(path)


@needs_records
def test_every_shared_record_is_read_and_has_an_id_and_a_status() -> None:
    """Sixty API v2 studies, forty XML records, five pages."""
    for place, count in (("ctgov-v2.json", 60), ("ctgov-xml", 40), ("seeds", 5)):
        trials = list(read_trials(RECORDS / place))
        assert len(trials) == count
        assert all(trial.id.startswith("NCT") and trial.status and trial.title for trial in trials)
