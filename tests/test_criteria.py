"""Cutting trials into criteria: exact offsets always, and the layouts that registries print."""

from __future__ import annotations

import gzip
import json
import time
from hashlib import sha256
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion
from eligibility.criteria.segment import segment
from eligibility.trials.read import read_trial, read_trials
from eligibility.trials.trial import Trial

CASES = Path(__file__).parent.parent / "cases" / "trials"
SHARED = Path(__file__).parent.parent.parent / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared records are not beside this repo")


def cut(criteria: str, description: str = "") -> tuple[Criterion, ...]:
    """Return the criteria of a trial with these texts."""
    return segment(Trial("T", criteria=criteria, description=description))


def inclusions(criteria: str) -> list[str]:
    """Return the words of each inclusion criterion."""
    return [criterion.text for criterion in cut(criteria) if criterion.side == "inclusion"]


def exclusions(criteria: str) -> list[str]:
    """Return the words of each exclusion criterion."""
    return [criterion.text for criterion in cut(criteria) if criterion.side == "exclusion"]


def assert_exact(trial: Trial, criteria: tuple[Criterion, ...]) -> None:
    """Every criterion is the slice it says, in order, without overlap, and ids are unique."""
    texts = {"text": trial.criteria, "description": trial.description}
    ends = {"text": 0, "description": 0}
    for criterion in criteria:
        if criterion.start is None or criterion.end is None:
            assert criterion.source == "record"
            continue
        assert texts[criterion.source][criterion.start : criterion.end] == criterion.text
        assert criterion.text.strip() == criterion.text != ""
        assert ends[criterion.source] <= criterion.start < criterion.end
        ends[criterion.source] = criterion.end
    assert len({criterion.id for criterion in criteria}) == len(criteria)


class TestTheFiveTrials:
    """What the five records of the mission must be cut into."""

    def read(self, id: str) -> tuple[Criterion, ...]:
        """Return the criteria of one of the five."""
        trial = read_trial(CASES / id / "record.txt")
        criteria = segment(trial)
        assert_exact(trial, criteria)
        return criteria

    def test_nct05940610_has_four_inclusions_four_exclusions_and_an_age(self) -> None:
        """The long first paragraph stays one criterion; semicolons do not split."""
        criteria = self.read("NCT05940610")
        assert [criterion.id for criterion in criteria] == ["I1", "I2", "I3", "I4", "E1", "E2", "E3", "E4", "R1"]
        texts = {criterion.id: criterion.text for criterion in criteria}
        assert texts["I1"].startswith("Acute on chronic liver failure-which")
        assert texts["I1"].endswith("absence of pre-existing liver disease.")
        assert texts["I2"] == "Total bilirubin (TBil) ≥ 171umolL or daily increase ≥17.1umol/L;"
        assert texts["E3"] == "MELD score \\>30"
        assert texts["R1"] == "Age 18 Years to 65 Years"

    def test_nct04282928_keeps_its_inner_lists_inside_their_criterion(self) -> None:
        """Lists 1) to 4) and 1) to 5) and the damaged "6 )7." belong to the diagnosis; numbering starts at 2."""
        criteria = self.read("NCT04282928")
        texts = {criterion.id: criterion.text for criterion in criteria}
        assert list(texts) == ["I1", "I2", "I3", "I4", "E1", "E2", "E3", "E4", "E5", "E6", "R1"]
        assert texts["I2"].startswith("Diagnostic criteria of viral pneumonia")
        assert texts["I2"].endswith("6 )7. Other clinical conditions requiring hospitalization")
        assert texts["I3"] == "20kg / m2 ≤ BMI ≤ 30 kg / m2;"
        assert texts["E3"] == "Pregnant and lactating women;"
        assert "child Pugh score \\> 12" in texts["E5"]

    def test_nct05862675_has_cohorts_in_its_description(self) -> None:
        """Test group, control 1 and the healthy control 2; the exclusions there bind the test group."""
        criteria = self.read("NCT05862675")
        told = [(c.id, c.side, c.cohort, c.text) for c in criteria if c.source == "description"]
        disease = "Meeting the specific diagnostic criteria for related lung diseases;"
        assert told[:5] == [
            ("D1", "inclusion", "test group", disease),
            ("D2", "inclusion", "test group", "The factors of lung diseases were infection and sepsis;"),
            ("D3", "inclusion", "control 1", disease),
            ("D4", "inclusion", "control 1", "The factors of lung diseases were non-infectious factors."),
            ("D5", "inclusion", "Control 2", "Healthy children"),
        ]
        assert [(side, cohort) for _, side, cohort, _ in told[5:]] == [("exclusion", "test group")] * 2
        assert told[6][3].startswith("Patients with congenital heart disease")
        text = [(c.id, c.cohort) for c in criteria if c.source == "text"]
        assert text == [("I1", None), ("I2", None), ("E1", None), ("E2", None), ("E3", None)]

    def test_nct04850469_takes_both_criteria_from_the_description(self) -> None:
        """Children in intensive care are enrolled; a stay under 48 hours is excluded."""
        told = [(c.side, c.source, c.text) for c in self.read("NCT04850469")]
        assert told[0][:2] == ("inclusion", "description")
        assert "enroll all children who were hospitalized in pediatric intensive care unit" in told[0][2]
        assert told[1:] == [
            ("exclusion", "description", "Children with a PICU length of day less than 48h will be excluded")
        ]

    def test_nct03123458_has_none(self) -> None:
        """No section, no wording: an empty tuple."""
        assert self.read("NCT03123458") == ()


class TestHeadings:
    """The many spellings of inclusion and exclusion."""

    @pytest.mark.parametrize(
        "heading",
        ["Exclusion Criteria:", "EXCLUSION CRITERIA", "Key Exclusion Criteria:", "Exclusion:", "Criteria for exclusion:",
         "2. Exclusion criteria:", "Main exclusion criteria", "Non-inclusion criteria:", "Exclusions", "B. EXCLUSION CRITERIA:",
         "Patients with the following conditions are excluded:", "You will not be eligible for this study if you:",
         "Excluded:", "Participants are excluded from the study if any of the following criteria apply:",
         "Patients meeting any of the following criteria are not eligible for the study:"],
    )  # fmt: skip
    def test_an_exclusion_heading_in_any_spelling_turns_the_side_and_is_no_criterion(self, heading: str) -> None:
        """What stands above is inclusion, what stands below is exclusion."""
        text = f"Inclusion Criteria:\n\n* adult\n\n{heading}\n\n* pregnant\n* smoker"
        assert (inclusions(text), exclusions(text)) == (["adult"], ["pregnant", "smoker"])

    @pytest.mark.parametrize(
        "sentence",
        ["Does not meet the inclusion criteria", "Meets all exclusion criteria of another study",
         "Inclusion of women and minorities", "Adults including the elderly"],
    )  # fmt: skip
    def test_a_sentence_that_only_mentions_criteria_is_a_criterion(self, sentence: str) -> None:
        """It neither turns the side nor disappears."""
        assert inclusions(f"Inclusion Criteria:\n\n* {sentence}\n* adult") == [sentence, "adult"]

    def test_headings_in_the_middle_of_a_line_with_inline_bullets(self) -> None:
        """The one-line form of old exports."""
        text = "Inclusion Criteria: - aged 18 - 65 years - ECOG 0 or 1 Exclusion Criteria: - pregnant - HIV-positive"
        assert inclusions(text) == ["aged 18 - 65 years", "ECOG 0 or 1"]
        assert exclusions(text) == ["pregnant", "HIV-positive"]

    def test_inline_numbers_split_only_while_they_count_on(self) -> None:
        """A number within a criterion is not the next item."""
        text = "Inclusion criteria: 1) age over 18; 2) at least 5) lesions; 3) consent. Exclusion criteria: none"
        assert inclusions(text) == ["age over 18;", "at least 5) lesions;", "consent."]
        assert exclusions(text) == []

    def test_without_any_heading_everything_is_required(self) -> None:
        """Exclusions are then written as "No …" within the criterion."""
        assert inclusions("1. Adults\n2. No pregnancy") == ["Adults", "No pregnancy"]

    def test_blocks_of_the_actg_style(self) -> None:
        """Excluded is exclusion wherever it stands; what is only allowed keeps the word that says so."""
        text = ("        Inclusion Criteria\n\n        Concurrent Medication:\n\n        Allowed:\n\n          -  Aspirin.\n\n"
                "        Patients must have:\n\n          -  HIV infection.\n\n        Concurrent Medication:\n\n"
                "        Excluded:\n\n          -  Rifampin.\n\n        Prior Medication:\n\n        Excluded:\n\n"
                "          -  Zidovudine.\n\n        Required:\n\n          -  Consent.\n")  # fmt: skip
        assert inclusions(text) == ["Allowed:\n\n          -  Aspirin.", "HIV infection.", "Consent."]
        assert exclusions(text) == ["Rifampin.", "Prior Medication:\n\n        Excluded:\n\n          -  Zidovudine."]

    def test_section_labels_go_and_labels_that_carry_meaning_stay(self) -> None:
        """ "18 and over" is no criterion without its "Age:"; "Hepatic:" adds nothing to a bilirubin."""
        text = ("        DISEASE CHARACTERISTICS:\n\n          -  Melanoma\n\n        PATIENT CHARACTERISTICS:\n\n        Age:\n\n"
                "          -  18 and over\n\n        Hepatic:\n\n          -  Bilirubin normal\n\n        Renal:\n\n"
                "          -  Not specified\n\n        Surgery:\n\n          -  See Disease Characteristics\n")  # fmt: skip
        assert inclusions(text) == ["Melanoma", "Age:\n\n          -  18 and over", "Bilirubin normal"]

    def test_pdq_labels_within_a_paragraph_begin_criteria(self) -> None:
        """Old records run everything together."""
        text = "PATIENT CHARACTERISTICS: Age: Under 50 Performance status: Not specified Renal: Creatinine normal"
        assert inclusions(text) == ["Age: Under 50", "Renal: Creatinine normal"]

    @pytest.mark.parametrize(
        "filler", ["None", "N/A", "none.", "Not applicable", "No exclusion criteria", "Not specified"]
    )
    def test_filler_makes_no_criterion(self, filler: str) -> None:
        """The registry's way of saying nothing."""
        assert exclusions(f"Inclusion Criteria:\n\n* adult\n\nExclusion Criteria:\n\n* {filler}") == []
        assert exclusions(f"Inclusion Criteria: adult\nExclusion Criteria: {filler}") == []


class TestLists:
    """Bullets, numbers, wraps and nesting."""

    @pytest.mark.parametrize(
        "mark", ["* ", "- ", "• ", "•", "– ", "o ", "{}. ", "{}) ", "({}) ", "{}.", "({})", "{}\\. "]
    )
    def test_marks_are_not_part_of_the_slice(self, mark: str) -> None:
        """Whatever the list is marked with."""
        items = ["Age over 17", "HbA1c under 8 %", "Consent"]
        text = "Inclusion Criteria:\n\n" + "\n".join(mark.format(n) + item for n, item in enumerate(items, 1))
        assert inclusions(text) == items

    @pytest.mark.parametrize(
        "text", ["1.5 mg daily", "18 years or older", "E. coli infection", "≥ 18 years", "(HIV) positive"]
    )
    def test_a_value_at_the_start_is_not_a_list_mark(self, text: str) -> None:
        """Numbers, species and brackets belong to the words."""
        assert inclusions(f"Inclusion Criteria:\n\n{text}") == [text]

    def test_wrapped_lines_are_one_criterion_that_spans_them(self) -> None:
        """As in the legacy XML, hard-wrapped and indented."""
        text = "\n        Inclusion:\r\n\r\n          -  Signed consent of the patient\r\n             or guardian\r\n\r\n          -  Adult\r\n"
        assert inclusions(text) == ["Signed consent of the patient\r\n             or guardian", "Adult"]

    @pytest.mark.parametrize(
        "nested",
        ["* Any of the following:\n  * asthma\n  * COPD", "* One or more of:\n* asthma\n* COPD",
         "1. Lung disease\n   1. asthma\n   2. COPD", "1. Lung disease\na) asthma\nb) COPD", "1. Lung disease:\ni. asthma\nii. COPD",
         "1) Lung disease:\n1. asthma\n2. COPD", "Any of the following:\n- asthma\n- COPD", "* asthma; or\n* COPD", "asthma\n\nOR\n\nCOPD",
         "* asthma\n\n  Note: COPD is fine", "• Lung disease\no asthma\no COPD"],
    )  # fmt: skip
    def test_a_nested_list_stays_inside_its_parent(self, nested: str) -> None:
        """One criterion, from the parent's first word to the last child's last."""
        found = inclusions(f"Inclusion Criteria:\n\n{nested}")
        assert len(found) == 1
        assert found[0].endswith(nested[-4:])

    def test_after_a_nested_list_the_next_sibling_is_its_own_criterion(self) -> None:
        """By indentation and by number."""
        text = "Inclusion Criteria:\n\n1. Either of:\n   * a b\n   * c d\n2. adult\n3. Lab values:\na. Hb > 9\nb. ANC > 1\n4. consent"
        assert [item.split("\n")[0] for item in inclusions(text)] == ["Either of:", "adult", "Lab values:", "consent"]

    def test_plain_lines_are_a_criterion_each(self) -> None:
        """As in sources that dropped the bullets."""
        text = "Inclusion Criteria:\n\nAge over 18\nDiabetes\n\nExclusion Criteria:\n\nPregnancy\nStroke"
        assert (inclusions(text), exclusions(text)) == (["Age over 18", "Diabetes"], ["Pregnancy", "Stroke"])


class TestCohorts:
    """Which group a heading binds."""

    @pytest.mark.parametrize(
        ("heading", "name"),
        [("Inclusion criteria of the test group:", "test group"), ("Inclusion Criteria - Donor:", "Donor"),
         ("Inclusion criteria for healthy volunteers:", "healthy volunteers"), ("Donor Inclusion Criteria:", "Donor"),
         ("Inclusion Criteria (healthy subjects):", "healthy subjects"), ("Key Inclusion Criteria:", None),
         ("Inclusion criteria for all groups:", None), ("General inclusion criteria:", None)],
    )  # fmt: skip
    def test_the_name_of_the_cohort_is_the_headings_own(self, heading: str, name: str | None) -> None:
        """And general words name nobody."""
        assert [criterion.cohort for criterion in cut(f"{heading}\n\n* adult\n* well")] == [name, name]

    def test_a_heading_without_a_cohort_ends_it(self) -> None:
        """Criteria under a plain heading bind everybody."""
        text = "Inclusion criteria for donors:\n* well\n\nExclusion Criteria:\n* pregnant"
        assert [criterion.cohort for criterion in cut(text)] == ["donors", None]

    def test_a_group_named_above_its_headings_binds_both_sides(self) -> None:
        """Donor, then recipient, each with inclusion and exclusion."""
        text = "Donors:\nInclusion Criteria:\n* well\nExclusion Criteria:\n* ill\n\nRecipients:\nInclusion Criteria:\n* ill"
        assert [criterion.cohort for criterion in cut(text)] == ["Donors", "Donors", "Recipients"]

    def test_an_item_may_name_its_cohort_itself(self) -> None:
        """The name is not part of the slice; the next item is free again."""
        found = cut("Inclusion Criteria:\n* Cohort A: diabetes\n* Cohort B: asthma\n* adult")
        assert [(c.cohort, c.text) for c in found] == [
            ("Cohort A", "diabetes"),
            ("Cohort B", "asthma"),
            (None, "adult"),
        ]

    @pytest.mark.parametrize(
        "name",
        [
            "HIGH-RISK STRATUM",
            "Melanoma cohorts only",
            "Healthy controls",
            "PRE-REGISTRATION",
            "Nab-paclitaxel arm",
            "AIM 2",
        ],
    )
    def test_a_part_of_the_study_may_be_named_by_what_it_is(self, name: str) -> None:
        """So that what it asks is asked of nobody else."""
        assert [(c.cohort, c.text) for c in cut(f"Inclusion Criteria:\n* {name}: adult")] == [(name, "adult")]

    @pytest.mark.parametrize(
        "name",
        [
            "Age group",
            "Blood group",
            "Upper arm",
            "Chronic phase",
            "No control arm",
            "Birth control",
            "Asthma control",
            "Screening phase",
        ],
    )
    def test_other_groups_and_arms_are_no_part_of_a_study(self, name: str) -> None:
        """They are of the criterion itself."""
        assert [(c.cohort, c.text) for c in cut(f"Inclusion Criteria:\n* {name}: one")] == [(None, f"{name}: one")]

    def test_patients_are_a_cohort_only_beside_another(self) -> None:
        """Alone, the patients are everybody."""
        assert cut("Patient Inclusion Criteria:\n* adult")[0].cohort is None
        both = cut("Patient Inclusion Criteria:\n* ill\n\nCaregiver Inclusion Criteria:\n* adult")
        assert [criterion.cohort for criterion in both] == ["Patient", "Caregiver"]


class TestDescriptionAndRecord:
    """Criteria outside the criteria text."""

    def test_only_explicit_wording_in_the_description_counts(self) -> None:
        """Background prose about exclusion is no criterion."""
        prose = ("Diabetes excluded earlier trials. Patients were excluded from analysis if lost. "
                 "The inclusion and exclusion criteria are strict. Data will be excluded from the analysis.")  # fmt: skip
        assert cut("", prose) == ()

    def test_a_side_that_the_criteria_text_has_is_not_taken_again(self) -> None:
        """Unless the description names a cohort."""
        told = "Smokers will be excluded. Adults take part."
        assert [c.source for c in cut("Exclusion Criteria:\n* smoker", told)] == ["text"]
        assert [c.source for c in cut("Inclusion Criteria:\n* adult", told)] == ["text", "description"]

    @pytest.mark.parametrize(
        ("fields", "texts"),
        [({"minimum_age": "18 Years", "maximum_age": "65 Years"}, ["Age 18 Years to 65 Years"]),
         ({"minimum_age": "18 Years", "sex": "ALL", "healthy_volunteers": True}, ["Age 18 Years or older"]),
         ({"maximum_age": "65 Years", "sex": "FEMALE"}, ["Age up to 65 Years", "Sex: Female"]),
         ({"sex": "MALE"}, ["Sex: Male"]), ({}, [])],
    )  # fmt: skip
    def test_structured_fields_are_criteria_of_the_record(self, fields: dict[str, str], texts: list[str]) -> None:
        """Sex ALL and healthy volunteers make none; there are no offsets."""
        found = segment(Trial("T", **fields))  # type: ignore[arg-type]  # the fields are of mixed types by design
        assert [(c.id, c.text) for c in found] == [(f"R{n}", text) for n, text in enumerate(texts, 1)]
        assert all((c.source, c.side, c.start, c.end) == ("record", "inclusion", None, None) for c in found)


PIECES = st.sampled_from(
    ["Inclusion Criteria:", "Exclusion Criteria", "Key Exclusion Criteria: - a - b", "* ", "- ", "1. ", "2) ", "(3) ", "a) ", "ii. ",
     "o ", "•", "  ", "        ", "\n", "\n\n", "\r\n", "\r", "\t", "\u00a0", "age ≥ 18", "any of the following:", "or", "NOTE: x",
     "Cohort A: ", "Donors:", "Age:", "Excluded:", "Allowed:", "None", ":", "-", "\\>", "&lt;", "（1）", "PATIENT CHARACTERISTICS: Age: 5",
     "Patients with x will be excluded.", "inclusion criteria of the test group: (1) a; (2) b", "\x0b", "\u2028", "É", "🙂", "1)", "(", "--"]
)  # fmt: skip
LAYOUTS = st.lists(PIECES | st.text(max_size=12), max_size=40).map("".join)


@given(criteria=LAYOUTS, description=LAYOUTS)
def test_offsets_give_the_words_back_in_any_layout(criteria: str, description: str) -> None:
    """Slices are exact, ordered and do not overlap, whatever the text."""
    trial = Trial("T", criteria=criteria, description=description)
    assert_exact(trial, segment(trial))


@needs_shared
def test_offsets_give_the_words_back_in_every_shared_record() -> None:
    """All records as published, in three formats."""
    for place in ("ctgov-v2.json", "ctgov-xml", "seeds"):
        for trial in read_trials(SHARED / "records" / place):
            assert_exact(trial, segment(trial))


@needs_shared
def test_offsets_give_the_words_back_in_two_thousand_trials_and_hardly_any_is_empty() -> None:
    """A held-out third of the registry is left out by the hash of the id."""
    with gzip.open(SHARED / "corpus" / "trials-dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        kept = (row for row in rows if int(sha256(row["nct_id"].encode()).hexdigest(), 16) % 3)
        trials = [Trial(row["nct_id"], criteria=row["criteria"]) for row in islice(kept, 0, 16_000, 8)]
    assert len(trials) == 2000
    empty = 0
    for trial in trials:
        criteria = segment(trial)
        assert_exact(trial, criteria)
        empty += not criteria
    assert empty < 20


@pytest.mark.parametrize(
    "unit",
    ["(", "[(", "a", " ", "* a\n", "1. a\n", "- ", "1) ", ":", "Inclusion Criteria: ", "Eligibility criteria: ", "exclusion criteria ",
     "any of the following:\n", "or\n", "Cohort A: ", "PATIENT CHARACTERISTICS: ", "Age: ", "x will be excluded. ", "x will be excluded ",
     "will enroll all ", "Inclusion criteria - ", "\n", "1.1.1.1", "* Any of:\n  ", "-- ", "\\", "1) 2) ", " -", "Part A "],
)  # fmt: skip
def test_time_grows_no_faster_than_the_text(unit: str) -> None:
    """A megabyte of anything repeated, as criteria and as description, is cut within seconds."""
    text = unit * (1_000_000 // len(unit))
    begin = time.process_time()
    trial = Trial("T", criteria=text, description=text)
    criteria = segment(trial)
    assert time.process_time() - begin < 12
    assert_exact(trial, criteria)
