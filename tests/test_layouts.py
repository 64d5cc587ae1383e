"""The headings, list marks and whole layouts that registries print, each cut into its criteria."""

from __future__ import annotations

import pytest

from eligibility.criteria.criterion import Criterion
from eligibility.criteria.segment import segment
from eligibility.trials.trial import Trial

INCLUSION_HEADINGS = (
    "Inclusion Criteria:", "INCLUSION CRITERIA:", "Inclusion Criteria", "Key inclusion criteria", "Main inclusion criteria:",
    "Major inclusion criteria:", "Primary inclusion criteria:", "Eligibility criteria", "Protocol entry criteria",
    "Criteria for inclusion", "Inclusion", "A. INCLUSION", "Principal inclusion criteria", "1. Inclusion criteria:",
    "I. Inclusion Criteria", "* Inclusion Criteria:", "**Inclusion Criteria:**", "# Inclusion Criteria", "Inclusion Criteria：",
    "Inclusion Criteria:-", "Inclusion Criteria -", "Patients must have:", "Required:", "Entry criteria:", "Selection criteria:",
    "You may be eligible for this study if you:", "Patients are eligible if they:", "Additional inclusion criteria:",
    "[Inclusion Criteria]", "<Inclusion Criteria>", "__Inclusion Criteria__", "Inclusion Criteria;",
)  # fmt: skip
EXCLUSION_HEADINGS = (
    "Exclusion Criteria:", "EXCLUSION CRITERIA:", "Key exclusion criteria", "Main exclusion criteria:", "Criteria for exclusion",
    "Exclusion", "B. EXCLUSION", "Principal exclusion criteria", "2. Exclusion criteria:", "**Exclusion Criteria:**",
    "Exclusion Criteria：", "Exclusion Criteria -", "Excluded:", "Patients with the following are excluded:", "Exclusions:",
    "You will not be eligible for this study if you:", "Patients will not be eligible if they:", "Non-inclusion criteria:",
    "Patients will be excluded if:", "Reasons for exclusion:", "Patients must not have:", "Ineligibility criteria:",
    "Participants who meet any of the following criteria will be excluded:", "Patients are not eligible if they:",
    "[Exclusion Criteria]", "<Exclusion Criteria>", "__Exclusion Criteria__", "Exclusion Criteria;", "== Exclusion Criteria ==",
)  # fmt: skip
MARKS = (
    "* ", "- ", "-", "• ", "•", "– ", "— ", "o ", "● ", "●", "· ", "·", "◦ ", "▪ ", "■ ", "◆", "○ ", "‣ ", r"\* ", r"\- ",
    "{}. ", "{}) ", "({}) ", "{}.", "({})", "{})", "{}、", "{}．", "{} ) ", "{}- ", "{} - ", "（{}）", "[{}] ", "{}\\) ",
)  # fmt: skip
PDQ = """DISEASE CHARACTERISTICS:

* Melanoma

PATIENT CHARACTERISTICS:

Age:

* 18 and over

Performance status:

* ECOG 0-1

Hematopoietic:

* Platelets ≥ 100,000/mm3

Renal:

* Not specified

PRIOR CONCURRENT THERAPY:

Biologic therapy:

* No prior interferon

Chemotherapy:

* See Disease Characteristics
"""


def cut(criteria: str) -> tuple[Criterion, ...]:
    """Return the criteria of a trial with this text."""
    return segment(Trial("T", criteria=criteria))


def told(criteria: str) -> list[tuple[str, str]]:
    """Return the letter of the side and the words of each criterion."""
    return [(criterion.side[0], criterion.text) for criterion in cut(criteria)]


@pytest.mark.parametrize("heading", INCLUSION_HEADINGS)
def test_a_heading_that_asks_is_no_criterion_itself(heading: str) -> None:
    """What stands below it is required."""
    assert told(f"{heading}\n\n* asthma\n* diabetes") == [("i", "asthma"), ("i", "diabetes")]


@pytest.mark.parametrize("heading", EXCLUSION_HEADINGS)
def test_a_heading_that_forbids_turns_the_side(heading: str) -> None:
    """What stands below it is forbidden, what stands above it is not."""
    found = told(f"Inclusion Criteria:\n\n* adult\n\n{heading}\n\n* asthma\n* diabetes")
    assert found == [("i", "adult"), ("e", "asthma"), ("e", "diabetes")]


@pytest.mark.parametrize("mark", MARKS)
def test_the_mark_of_an_item_is_never_part_of_it(mark: str) -> None:
    """Neither a bullet nor a number: "1.Age" asks for no age of one."""
    items = ["Age ≥ 18 years", "HbA1c < 8 %", "Written consent"]
    text = "\n".join(mark.format(number) + item for number, item in enumerate(items, 1))
    assert told(f"Inclusion Criteria:\n\n{text}") == [("i", item) for item in items]


def test_a_number_may_say_whose_side_it_is_on() -> None:
    """ "E 14. Received …" (NCT05733598) asks for no fourteen; a bacterium keeps its name."""
    text = "Exclusion Criteria:\n\n* E 14. Live vaccine\n* E 15. Stroke\n* Criteria 7 Known asthma\n* E. Coli infection"
    assert told(text) == [("e", "Live vaccine"), ("e", "Stroke"), ("e", "Known asthma"), ("e", "E. Coli infection")]


@pytest.mark.parametrize("marks", ["a) |b) |c) ", "(a) |(b) |(c) ", "i. |ii. |iii. ", "A. |B. |C. "])
def test_letters_and_roman_numbers_are_marks_while_they_count_on(marks: str) -> None:
    """One after the other, from the first."""
    items = ["Age ≥ 18 years", "HbA1c < 8 %", "Written consent"]
    text = "\n".join(mark + item for mark, item in zip(marks.split("|"), items, strict=True))
    assert told(f"Inclusion Criteria:\n\n{text}") == [("i", item) for item in items]


def test_the_pdq_style_requires_everything_and_drops_what_is_not_specified() -> None:
    """It has no heading of either side; exclusions are written as "No …"."""
    assert told(PDQ) == [
        ("i", "Melanoma"),
        ("i", "Age:\n\n* 18 and over"),
        ("i", "Performance status:\n\n* ECOG 0-1"),
        ("i", "Platelets ≥ 100,000/mm3"),
        ("i", "No prior interferon"),
    ]


def test_the_actg_style_excludes_wherever_it_says_so() -> None:
    """A block runs until the next heading."""
    text = ("Concurrent Medication:\n\nRequired:\n\n* Aspirin\n\nExcluded:\n\n* Rifampin\n\nCo-existing Condition:\n\n"
            "Patients with the following conditions are excluded:\n\n* Cancer")  # fmt: skip
    assert told(text) == [("i", "Aspirin"), ("e", "Rifampin"), ("e", "Cancer")]


def test_the_lay_style_speaks_to_the_reader() -> None:
    """ "You may be eligible if you", "you will not be eligible if you"."""
    text = ("You may be eligible for this study if you:\n\n* have asthma\n* are an adult\n\n"
            "You will not be eligible for this study if you:\n\n* have diabetes")  # fmt: skip
    assert told(text) == [("i", "have asthma"), ("i", "are an adult"), ("e", "have diabetes")]


def test_every_criterion_belongs_to_the_cohort_of_its_heading() -> None:
    """Criteria of different groups are not asked of one patient."""
    text = ("Inclusion criteria of the test group:\n* asthma\n\nInclusion criteria for healthy controls:\n* well\n\n"
            "Inclusion Criteria - Donor:\n* adult\n\nPart A:\n* BMI 20-30\n\nCohort 1:\n* diabetes")  # fmt: skip
    found = [criterion.cohort for criterion in cut(text)]
    assert found == ["test group", "healthy controls", "Donor", "Part A", "Cohort 1"]


@pytest.mark.parametrize("mark", ["*", "•"])
def test_one_line_is_cut_at_its_bullets_and_headings(mark: str) -> None:
    """As in exports that lost their line ends."""
    text = f"Inclusion Criteria: {mark} asthma {mark} adults Exclusion Criteria: {mark} diabetes {mark} pregnancy"
    assert told(text) == [("i", "asthma"), ("i", "adults"), ("e", "diabetes"), ("e", "pregnancy")]


def test_numbers_without_a_space_are_cut_on_one_line_and_on_many() -> None:
    """As in the records of smaller registries."""
    wanted = [("i", "Age 18-75 years;"), ("i", "Diagnosed with asthma;"), ("i", "Signed informed consent.")]
    assert told("1.Age 18-75 years;2.Diagnosed with asthma;3.Signed informed consent.") == wanted
    assert told("1.Age 18-75 years;\n2.Diagnosed with asthma;\n3.Signed informed consent.") == wanted


def test_escapes_of_markdown_stay_in_the_words_and_make_no_mark() -> None:
    """The words are the exact slice; the reader of the words knows the escapes."""
    text = "Inclusion Criteria:\n\n1. Age \\>= 18 years\n2. BMI \\< 30 kg/m\\^2\n\nExclusion Criteria:\n\n\\* pregnant"
    assert told(text) == [("i", "Age \\>= 18 years"), ("i", "BMI \\< 30 kg/m\\^2"), ("e", "pregnant")]


@pytest.mark.parametrize("nothing", ["None", "N/A", "See above", "Not applicable"])
def test_a_section_that_says_there_is_nothing_makes_no_criterion(nothing: str) -> None:
    """The registry asks for the section, the sponsor has nothing to say."""
    assert told(f"Inclusion Criteria:\n\n* asthma\n\nExclusion Criteria:\n\n{nothing}") == [("i", "asthma")]
