"""Random rules, and random patients and tables that have something to say of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from eligibility.criteria.criterion import Criterion, Side
from eligibility.derived.derive import FORMULAS
from eligibility.patients.dates import When, between
from eligibility.patients.interval import Interval, exactly
from eligibility.patients.levels import values_of
from eligibility.patients.patient import (
    Answer,
    Finding,
    FindingKind,
    FindingStatus,
    Grade,
    Measurement,
    Patient,
    Reference,
    StatedAge,
)
from eligibility.patients.record import UNDATED
from eligibility.rules.rule import (
    AllOf,
    AnyOf,
    AtLeast,
    Bound,
    Changed,
    Duration,
    Graded,
    Judgement,
    Measured,
    Not,
    Present,
    Rule,
    Select,
    Status,
    Unclear,
    Window,
)
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import Vocabulary, vocabulary

TODAY = date(2025, 6, 15)
# What is computed from one another, multiples, levels by a score, tests of conditions, states of women, kinds of kinds.
QUANTITIES = {
    "hemoglobin": ("g/dL", "g/L"), "creatinine": ("mg/dL", "umol/L"), "total_bilirubin": ("mg/dL", "umol/L"), "inr": (None,),
    "weight": ("kg",), "height": ("cm",), "bmi": ("kg/m2",), "egfr": ("mL/min/{1.73_m2}",), "ast": ("U/L",), "alt": ("U/L",),
    "hba1c": ("%", "mmol/mol"), "meld_score": (None,), "child_pugh_score": (None,), "platelets": ("10*9/L", "/uL"),
    "qtc": ("ms",), "qtcf": ("ms",), "hiv_rna": ("{copies}/mL", "log10 {copies}/mL"),
}  # fmt: skip
SCALES = (
    "nyha_class",
    "ecog_ps",
    "child_pugh_class",
    "ascites_grade",
    "ckd_stage",
    "sex",
    "pregnancy_test",
    "hepatic_encephalopathy_grade",
)
CONCEPTS: tuple[tuple[FindingKind, str], ...] = (
    ("condition", "diabetes"), ("condition", "type_2_diabetes"), ("condition", "hypertension"), ("condition", "cirrhosis"),
    ("condition", "chronic_kidney_disease"), ("condition", "ascites_grade"), ("state", "pregnant"), ("state", "breast_feeding"),
    ("state", "post_menopausal"), ("state", "dialysis"), ("treatment", "metformin"), ("treatment", "corticosteroid"),
    ("procedure", "liver_transplant"), ("allergy", "heparin"), ("condition", "hiv_infection"), ("state", "healthy_volunteer"),
    ("condition", "myocardial_infarction"), ("treatment", "chemotherapy"),
)  # fmt: skip
NAMES = ("eosinophilic oesophagitis", "prostatitis")
UNITS = ("ULN", "LLN", "baseline", "%predicted")


@cache
def known() -> Vocabulary:
    """The shipped words."""
    return vocabulary()


def quantities() -> tuple[str, ...]:
    """Those that the vocabulary has."""
    return tuple(key for key in QUANTITIES if key in known().words)


def scales() -> tuple[str, ...]:
    """Those that the vocabulary has."""
    return tuple(key for key in SCALES if key in known().words)


def concepts() -> tuple[tuple[FindingKind, str], ...]:
    """Those that the vocabulary has."""
    return tuple(pair for pair in CONCEPTS if pair[1] in known().words)


SELECTS: tuple[Select, ...] = ("latest", "latest", "latest", "any", "min", "max")
PAST: tuple[Status, ...] = ("active", "history", "any")
STANDS: tuple[FindingStatus, ...] = ("active", "active", "resolved", "history", "refuted", "unknown")
numbers = st.sampled_from((0.0, 0.4, 0.5, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 6.5, 7.0, 9.0, 10.0, 13.0, 20.0, 24.0, 35.0, 53.0, 60.0, 88.42, 90.0, 100.0, 171.0, 180.0))  # fmt: skip
windows = st.none() | st.builds(
    Window,
    st.sampled_from(("within", "within", "for", "since")),
    st.sampled_from((1.0, 2.0, 6.0, 14.0)),
    st.sampled_from(("hour", "day", "week", "month", "year")),
    st.sampled_from(("screening", "screening", "surgery")),
)


@st.composite
def bounds(draw: st.DrawFn, variable: str) -> Bound:
    """A bound of a quantity: in one of its units, in none, or in multiples."""
    unit = draw(st.sampled_from((*QUANTITIES[variable], *QUANTITIES[variable], *UNITS, None)))
    return Bound(draw(numbers), unit, draw(st.booleans()))


@st.composite
def measured(draw: st.DrawFn) -> Measured:
    """A measured leaf, or one of ages."""
    if draw(st.integers(0, 4)) == 0:
        unit = st.sampled_from(("year", "a", "mo", "d", None))
        bound = st.builds(Bound, st.sampled_from((0.5, 12.0, 18.0, 45.0, 65.0)), unit, st.booleans())
        low, high = draw(st.tuples(bound, bound) | st.tuples(bound, st.none()) | st.tuples(st.none(), bound))
        return Measured("age", low, high)
    variable = draw(st.sampled_from(quantities()))
    one = bounds(variable)
    low, high = draw(st.tuples(one, one) | st.tuples(one, st.none()) | st.tuples(st.none(), one))
    select = draw(st.sampled_from(SELECTS))
    return Measured(variable, low, high, select, draw(st.sampled_from((1, 1, 1, 2))), draw(windows))


@st.composite
def graded(draw: st.DrawFn) -> Graded:
    """A graded leaf."""
    scale = draw(st.sampled_from(scales()))
    order = ("male", "female", "other") if scale == "sex" else values_of(known().words[scale])
    levels = draw(st.lists(st.sampled_from(order), min_size=1, unique=True))
    select = draw(st.sampled_from(SELECTS)) if scale != "sex" else "latest"
    return Graded(
        scale,
        tuple(level for level in order if level in levels),
        select,
        draw(st.sampled_from((1, 1, 2))),
        draw(windows),
    )


@st.composite
def present(draw: st.DrawFn) -> Present:
    """A condition, treatment, state …, or something that is known by its name alone."""
    fact, concept = draw(st.sampled_from(concepts()))
    named = draw(st.integers(0, 4)) == 0
    concept = draw(st.sampled_from(NAMES)) if named else concept
    qualifiers = draw(st.sampled_from(((), (), ("severe",), ("chronic",))))
    status = draw(st.sampled_from(PAST))
    return Present("condition" if named else fact, concept, status, qualifiers, draw(windows), named=named)


changed = st.builds(
    Changed,
    st.sampled_from(("creatinine", "total_bilirubin", "weight")),
    st.sampled_from(("rise", "fall")),
    st.builds(Bound, numbers, st.sampled_from(("mg/dL", "%", None))),
    st.none(),
    st.none() | st.builds(Duration, st.sampled_from((1.0, 48.0)), st.sampled_from(("day", "hour", "month"))),
)
leaves = st.one_of(
    measured(), measured(), graded(), present(), present(), changed, st.just(Judgement("consent")), st.just(Unclear("odd"))
)  # fmt: skip


def _combined(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(inner, min_size=1, max_size=4).map(tuple)
    sexed = st.sampled_from((Graded("sex", ("female",)), Graded("sex", ("male",)), Measured("age", Bound(18.0, "a"))))
    return st.one_of(
        st.builds(AllOf, several),
        st.builds(AnyOf, several),
        st.builds(AtLeast, st.integers(1, 3), several),
        st.builds(Not, inner),
        st.builds(lambda guard, rule: AnyOf((Not(guard), rule)), sexed, inner),
        st.builds(lambda guard, rule: AllOf((guard, rule)), sexed, inner),
    )


rules: st.SearchStrategy[Rule] = st.recursive(leaves, _combined, max_leaves=6)


@st.composite
def books(draw: st.DrawFn) -> Rulebook:
    """A trial of random rules, with cohorts or none."""
    made = draw(st.lists(rules, max_size=5))
    sides: list[Side] = [draw(st.sampled_from(("inclusion", "exclusion"))) for _ in made]
    names = draw(st.sampled_from(((None,), (None,), (None, "A", "B"))))
    lines = [
        Line(Criterion(f"C{place}", side, str(place), cohort=draw(st.sampled_from(names))), rule)
        for place, (rule, side) in enumerate(zip(made, sides, strict=True))
    ]
    return Rulebook(Trial("T"), tuple(lines))


whens: st.SearchStrategy[When | None] = st.one_of(
    st.none(),
    st.sampled_from((0, 1, 2, 10, 60, 91, 200, 4000)).map(lambda days: between(TODAY - timedelta(days), TODAY - timedelta(days))),
    st.just(UNDATED),
)  # fmt: skip


@st.composite
def measurements(draw: st.DrawFn) -> Measurement:
    """A result: a number or an interval, in a unit of its own, in a strange one, or unusable."""
    variable = draw(st.sampled_from(quantities()))
    low = draw(numbers)
    high = low + draw(st.sampled_from((0.0, 0.0, 0.0, 5.0, float("inf"))))
    unit = draw(st.sampled_from((*QUANTITIES[variable], *QUANTITIES[variable], "ULN")))
    reference = draw(st.none() | st.builds(Reference, st.none() | numbers, st.none() | numbers))
    usable = draw(st.integers(0, 7)) > 0
    return Measurement(
        variable, Interval(low, high, True, high < float("inf")), unit, draw(whens), reference, f"{low:g}", usable=usable
    )  # fmt: skip


@st.composite
def grades(draw: st.DrawFn) -> Grade:
    """A level of a scale, or several that it can be."""
    scale = draw(st.sampled_from([key for key in scales() if key != "sex"]))
    order = values_of(known().words[scale])
    levels = draw(st.lists(st.sampled_from(order), min_size=1, max_size=2, unique=True))
    return Grade(scale, tuple(level for level in order if level in levels), draw(whens))


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """A record of a condition, treatment … or of something strange."""
    fact, concept = draw(st.sampled_from(concepts()))
    strange = draw(st.integers(0, 6)) == 0
    name = draw(st.sampled_from(NAMES)) if strange else ""
    status = draw(st.sampled_from(STANDS))
    codes = draw(st.sampled_from(((), (), (), (("ICD-10-CM", "N41.1"),), (("ICD-10-CM", "E11.9"),))))
    return Finding(
        "condition" if strange else fact, name or concept, name, codes, status, draw(whens), draw(whens), known=not strange
    )  # fmt: skip


@st.composite
def patients(draw: st.DrawFn, id: str = "P") -> Patient:
    """A patient of whom more or less is known."""
    born = draw(
        st.none()
        | st.sampled_from(
            (date(1960, 6, 15), date(1980, 2, 29), date(2007, 6, 16), date(2007, 6, 15), date(2025, 1, 31))
        )
    )
    age = draw(st.none() | st.none() | st.builds(StatedAge, st.sampled_from((17.0, 18.0, 45.0, 65.0)), st.just("year")))
    criteria = st.sampled_from([f"C{place}" for place in range(5)])
    answers = draw(
        st.lists(
            st.builds(Answer, st.just("T"), criteria, st.sampled_from(("pass", "fail")), st.just("Dr A")), max_size=2
        )
    )
    return Patient(
        id,
        draw(st.sampled_from((TODAY, TODAY, None))),
        between(born, born) if born else None,
        age,
        draw(st.sampled_from((None, "male", "female", "other"))),
        draw(st.sampled_from((None, "black", "other"))),
        measurements=tuple(draw(st.lists(measurements(), max_size=5))),
        grades=tuple(draw(st.lists(grades(), max_size=2))),
        findings=tuple(draw(st.lists(findings(), max_size=4))),
        complete=frozenset(
            draw(st.lists(st.sampled_from(("conditions", "medications", "states", "measurements")), max_size=2))
        ),
        answers=tuple({row.criterion: row for row in answers}.values()),
    )


def gallery(seed: int, number: int) -> list[Patient]:
    """Patients of whom one thing or a few are known, so that every single fact is seen to matter or not."""
    chosen = random.Random(seed)
    sure = [between(born, born) for born in (date(1970, 1, 1), date(2007, 1, 1), date(2006, 6, 15))]
    births = (None, *sure, between(date(2007, 1, 1), date(2007, 12, 31)))
    day = between(TODAY, TODAY)
    people = []
    for place in range(number):
        formula = chosen.choice(FORMULAS)
        rows = [
            Measurement(row.key, exactly(chosen.choice((0.8, 1.4, 2.5, 30.0))), row.unit, day) for row in formula.inputs
        ]
        level = chosen.choice([key for key in scales() if key != "sex"])
        order = values_of(known().words[level])
        fact, concept = chosen.choice(concepts())
        status: FindingStatus = chosen.choice(("active", "resolved", "refuted"))
        patient = Patient(
            f"P{place}",
            TODAY,
            chosen.choice(births),
            None,
            chosen.choice((None, "male", "female")),
            measurements=tuple(rows) if chosen.random() < 0.4 else (),
            grades=(Grade(level, (chosen.choice(order),), day),) if chosen.random() < 0.4 else (),
            findings=(Finding(fact, concept, status=status),) if chosen.random() < 0.6 else (),
            complete=frozenset(("conditions", "states", "medications")) if chosen.random() < 0.4 else frozenset(),
        )
        if chosen.random() < 0.2:
            strange = Finding("condition", "a strange thing", "a strange thing", known=False)
            patient = replace(patient, findings=(*patient.findings, strange))
        people.append(patient)
    return people


def plain_leaves() -> list[Rule]:
    """A leaf of every quantity, scale and concept here, and ages by whole years."""
    found: list[Rule] = [Measured(key, Bound(1.0, QUANTITIES[key][0])) for key in quantities()]
    found += [Graded(key, values_of(known().words[key])[1:]) for key in scales() if key != "sex"]
    found += [Graded("sex", ("female",)), Graded("sex", ("male",))]
    found += [Present(fact, concept, status) for fact, concept in concepts() for status in ("active", "any")]
    found += [Measured("age", Bound(18.0, "a", inclusive)) for inclusive in (True, False)]
    return [*found, Present("condition", "a strange thing", named=True)]


def cohorts() -> list[Rulebook]:
    """Trials with a cohort of healthy controls and one of the sick, and criteria of everybody."""
    asked: list[tuple[Side, str | None, Rule]] = [
        ("inclusion", "controls", Present("state", "healthy_volunteer")),
        ("inclusion", None, Present("condition", "hypertension")),
        ("inclusion", "sick", Measured("age", Bound(18.0, "a"))),
        ("exclusion", None, AllOf((Graded("sex", ("female",)), Present("state", "pregnant")))),
        ("inclusion", "sick", Judgement("consent")),
    ]
    lines = [
        Line(Criterion(f"C{place}", side, "", cohort=name), rule) for place, (side, name, rule) in enumerate(asked)
    ]
    return [Rulebook(Trial("T"), tuple(lines)), Rulebook(Trial("U"), tuple(lines[:3])), Rulebook(Trial("none"), ())]


def renamed(people: Sequence[Patient]) -> list[Patient]:
    """Each with an id of its own."""
    return [replace(patient, id=f"P{place}") for place, patient in enumerate(people)]


NUMBERS = (
    "",
    "",
    "0.9",
    "1.2",
    "2.0",
    "7",
    "12",
    "13.5",
    "88.42",
    "<5",
    ">1000",
    "5-10",
    "1,2",
    "abc",
    "NA",
    "1e2",
    "12 g/dL",
    "inf",
    "-3",
)
YES_NO = ("", "yes", "no", "1", "0", "former", "unknown", "maybe", "positive")
DAYS = ("2025-06-15", "2025-06-01", "2025-01-01", "2024-02", "2019-12-31", "", "2025-07-01", "3/4/2025")
COLUMNS: dict[str, tuple[str, ...]] = {
    "sex": ("male", "female", "", "x", "F"), "age": ("17", "18", "45", "64.5", "", "8 months", "200"), "race": ("black", "white", ""),
    "dob": ("2007-06-15", "1980-02-29", "1990", "", "2026-01-01", "15/06/2007", "1820-01-01"), "hemoglobin [g/dL]": NUMBERS,
    "Hb": NUMBERS, "creatinine": NUMBERS, "creatinine_unit": ("mg/dL", "umol/L", "", "furlong", "g/L"), "creatinine_date": DAYS,
    "creatinine_uln": ("1.2", "", "x", "0.5", "100"), "creatinine_low": ("0.6", "", "3"), "total_bilirubin [mg/dL]": NUMBERS,
    "total_bilirubin_range": ("0.2-1.2", "<1.2", "", "1.2", "3-17 umol/L"), "inr": NUMBERS, "weight_kg": ("60", "92.5", "", "1000"),
    "bmi_date": DAYS,
    "weight_date": DAYS,
    "height": ("170", "1.7", "", "170 cm"), "bmi": ("20", "", "31.5"), "ast [U/L]": NUMBERS, "ast_uln": ("40", ""), "alt [xULN]": NUMBERS,
    "platelets": NUMBERS, "hba1c": ("6.5", "53", "48 mmol/mol", ""), "egfr [mL/min/1.73m2]": NUMBERS, "egfr_date": DAYS, "qtcf [ms]": NUMBERS,
    "hiv_rna [log10 copies/mL]": ("2", "", "5.1"), "child_pugh_score": ("5", "8", "", "11"), "Child-Pugh class": ("A", "B", "c", ""),
    "ECOG": ("0", "1", "2.0", "", "I", "1-2"), "ascites": YES_NO, "ascites grade": ("0", "1", "2", ""), "nyha_class": ("II", "3", "", "I-II"),
    "diabetes": YES_NO, "type 2 diabetes": YES_NO, "hypertension": YES_NO, "pregnant": YES_NO, "postmenopausal": YES_NO,
    "dialysis": YES_NO, "metformin": YES_NO, "metformin_end": DAYS, "diabetes_onset": DAYS, "chronic kidney disease": YES_NO,
    "pregnancy_test": ("negative", "positive", ""), "hiv_infection": YES_NO, "date": DAYS, "prostatitis": YES_NO,
    "conditions": ("", "diabetes; hypertension", "N41.1", "type 2 diabetes | prostatitis", "E11.9 type 2 diabetes", "a strange thing", "ascites"),
    "medications": ("", "metformin", "prednisone; metformin", "foo"), "allergies": ("", "heparin", "heparin; nuts"),
    "procedures": ("", "liver transplant"), "comment": ("", "fine"),
}  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]]]:
    """The headings and the rows of a table, one patient a row."""
    dated = draw(st.integers(0, 3)) == 0
    pool = [name for name in COLUMNS if dated or not ("date" in name or name.endswith(("_onset", "_end")))]
    headings = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=12, unique=True))
    rows = draw(st.lists(st.tuples(*(st.sampled_from(COLUMNS[name]) for name in headings)), min_size=1, max_size=12))
    return ["id", *headings], [[f"P{place}", *row] for place, row in enumerate(rows)]


# Columns that have to do with each other: what is computed from what, what stands beside what.
THEMES: dict[str, tuple[str, ...]] = {
    "computed by days": ("weight_kg", "weight_date", "height", "bmi", "bmi_date"),
    "computed": ("weight_kg", "height", "bmi", "sex", "age"),
    "kidney": ("creatinine", "creatinine_unit", "creatinine_uln", "creatinine_low", "egfr [mL/min/1.73m2]", "sex", "age", "dialysis"),
    "kidney by days": ("creatinine", "creatinine_unit", "creatinine_date", "dob", "sex", "chronic kidney disease", "egfr [mL/min/1.73m2]", "egfr_date"),
    "liver": ("total_bilirubin [mg/dL]", "total_bilirubin_range", "inr", "child_pugh_score", "Child-Pugh class", "ascites", "conditions"),
    "blood": ("hemoglobin [g/dL]", "hba1c", "platelets", "ast [U/L]", "ast_uln", "alt [xULN]", "hiv_rna [log10 copies/mL]", "age"),
    "women": ("sex", "pregnant", "postmenopausal", "pregnancy_test", "dob", "date", "conditions"),
    "disease": ("diabetes", "type 2 diabetes", "metformin", "medications", "conditions", "hypertension", "allergies", "procedures", "prostatitis"),
    "by days": ("date", "dob", "hemoglobin [g/dL]", "diabetes", "diabetes_onset", "metformin", "metformin_end", "ECOG"),
    "scales": ("ECOG", "nyha_class", "ascites grade", "ascites", "hiv_infection", "date", "age", "qtcf [ms]"),
}  # fmt: skip


def themed_table(theme: str, rows: int) -> tuple[list[str], list[list[str]]]:
    """Many rows of columns that have to do with each other."""
    chosen = random.Random(theme)
    made = [[f"P{row}", *(chosen.choice(COLUMNS[name]) for name in THEMES[theme])] for row in range(rows)]
    return ["id", *THEMES[theme]], made


def many_leaves(seed: int, number: int) -> list[Rule]:
    """Leaves with limits where the tables have their values, to the last digit and just beside it."""
    chosen = random.Random(seed)
    values = [0.9, 1.0, 1.2, 2.0, 5.0, 6.0, 7.0, 10.0, 12.0, 13.5, 20.0, 48.0, 53.0, 60.0, 88.42, 100.0, 104.0]
    sides = (1.0, 1.0, 1.0004, 0.9996, 1.002, 0.998)
    found: list[Rule] = []
    for _ in range(number):
        variable = chosen.choice(quantities())
        value, unit = (
            chosen.choice(values) * chosen.choice(sides),
            chosen.choice((*QUANTITIES[variable] * 4, "ULN", "LLN")),
        )
        bound = Bound(value, unit, chosen.random() < 0.5)
        window = chosen.choice(
            (
                None,
                None,
                None,
                None,
                Window("within", 1, "month"),
                Window("since", 2, "week"),
                Window("within", 2, "hour"),
            )
        )
        low, high = chosen.choice(((bound, None), (None, bound), (Bound(0.95, unit), bound)))
        found.append(Measured(variable, low, high, chosen.choice(SELECTS), chosen.choice((1, 1, 1, 2)), window))
    return found
