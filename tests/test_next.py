"""What to do next: facts in order of gain, stale ones, near misses, days to look again; nothing of it guessed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import run

import eligibility as el
from eligibility.criteria.criterion import Criterion
from eligibility.matching import match, next_steps
from eligibility.patients.from_profile import profile
from eligibility.patients.patient import Patient
from eligibility.reports.questions import question, spoken
from eligibility.reports.steps_as_json import steps_to_dict
from eligibility.reports.steps_as_text import steps_as_text
from eligibility.rules.notation import read_rule
from eligibility.rules.rule import Present
from eligibility.rules.rulebook import Line, Rulebook
from eligibility.steps.greedy import in_order_of_gain
from eligibility.steps.in_time import later
from eligibility.steps.next_steps import NextSteps, Subject
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary

ROOT = Path(__file__).resolve().parent.parent
TODAY = "2025-06-15"


def book(name: str, *rules: str) -> Rulebook:
    """A trial of these rules; one that begins with "not:" is an exclusion."""
    lines = []
    for number, text in enumerate(rules, 1):
        excluded = text.startswith("not:")
        side = "exclusion" if excluded else "inclusion"
        criterion = Criterion(f"{'E' if excluded else 'I'}{number}", "exclusion" if excluded else "inclusion", text)
        assert criterion.side == side
        lines.append(Line(criterion, read_rule(text.removeprefix("not:").strip())))
    return Rulebook(Trial(name, name), tuple(lines))


def patient(**facts: Any) -> Patient:
    return profile({"id": "p", "as_of": TODAY, **facts}, file="test", vocabulary=vocabulary())


def steps(*books: Rulebook, **facts: Any) -> NextSteps:
    return next_steps(patient(**facts), books)


def gains(found: NextSteps) -> list[tuple[str, list[str], list[str]]]:
    return [(ask.subject.fact, [*ask.decides], [*ask.alone]) for ask in found.asks]


def result(name: str, value: float, unit: str | None = None, day: str = "2025-06-10", **more: Any) -> dict[str, Any]:
    return {"name": name, "value": value, "date": day, **({"unit": unit} if unit else {}), **more}


def test_the_fact_that_decides_most_trials_is_asked_first() -> None:
    """INR decides two trials, albumin one; the trial that wants both comes with the second."""
    found = steps(
        book("A", "inr <= 1.5"),
        book("B", "inr <= 1.7"),
        book("C", "albumin >= 3 g/dL"),
        book("D", "inr <= 1.5", "albumin >= 2.8 g/dL"),
    )
    assert gains(found) == [("inr", ["A", "B"], ["A", "B"]), ("albumin", ["C", "D"], ["C"])]
    assert found.undetermined == 4
    assert [ask.wanted_by for ask in found.asks] == [("A", "B", "D"), ("C", "D")]


def test_a_fact_that_alone_decides_nothing_says_so() -> None:
    """Two facts decide the trial together; the first of them decides none yet."""
    found = steps(book("A", "inr <= 1.5", "albumin >= 3 g/dL"))
    assert gains(found) == [("albumin", [], []), ("inr", ["A"], [])]
    text = steps_as_text(found, vocabulary().words)
    assert "Serum albumin — decides none yet; 1 trial wants it" in text
    assert "INR — with those above decides 1 trial, none of them by itself; 1 trial wants it" in text


def test_what_could_decide_only_by_luck_is_not_said_to_decide() -> None:
    """An INR of 1.2 would pass "INR or albumin", one of 3 would not: so it takes both to be sure."""
    found = steps(book("A", "inr <= 1.5 or albumin >= 3 g/dL"))
    assert [decides for _, decides, _ in gains(found)] == [[], ["A"]]


def test_a_value_that_is_computed_is_asked_for_by_what_it_lacks() -> None:
    """The INR is recorded: creatinine and dialysis give the MELD; the body mass index is weight and height."""
    recorded = [result("inr", 1.9), result("total_bilirubin", 12, "mg/dL")]
    found = steps(book("A", "not: meld_score > 30"), measurements=recorded)
    assert {ask.subject.fact for ask in found.asks} == {"creatinine"}
    assert found.asks[0].computes == ("meld_score",)
    weighed = steps(book("A", "bmi <= 30 kg/m2"), measurements=[result("weight", 80, "kg")])
    assert gains(weighed) == [("height", ["A"], ["A"])]


def test_what_bounds_a_computed_value_is_asked_for_where_it_matters() -> None:
    """With a MELD from 26 to 36, only dialysis tells whether it is above 30."""
    found = steps(
        book("A", "not: meld_score > 30"),
        measurements=[
            result("inr", 3.0), result("total_bilirubin", 12, "mg/dL"), result("creatinine", 1.2, "mg/dL"),
        ],
    )  # fmt: skip
    assert gains(found) == [("dialysis", ["A"], ["A"])]
    assert question(found.asks[0], vocabulary().words) == "Are you on dialysis? If so, since when?"


def test_a_trial_that_no_fact_decides_is_told_with_the_reason() -> None:
    """The day of the onset stands in no record of today; other facts are still asked for, and decide nothing."""
    found = steps(book("A", "not: has history of stroke within 6 month before onset", "inr <= 1.5"), book("B"))
    assert [(row.trial, row.criterion) for row in found.never] == [("A", "E1"), ("B", "")]
    assert "onset" in found.never[0].detail
    assert gains(found) == [("inr", [], [])]


def test_questions_are_such_as_one_asks_on_the_telephone() -> None:
    """From the row of the table where it has one, else by the kind of fact and by whether the past is asked for."""
    found = steps(
        book(
            "A", "not: has smoker", "not: has breast_feeding", "not: has asthma",
            "not: has history of pneumonia within 6 month before screening", "not: has allergy to heparin",
            "age 18 year .. 75 year", "sex in {female}", "hemoglobin >= 10 g/dL", "not: has crohn_disease",
        )
    )  # fmt: skip
    told = {ask.subject.key: question(ask, vocabulary().words) for ask in found.asks}
    assert told["smoker"] == "Do you smoke?"
    assert told["breast_feeding"] == "Are you breast-feeding?"
    assert told["asthma"] == "Has a doctor told you that you have asthma?"
    assert told["pneumonia"].startswith("Has a doctor ever told you that you had pneumonia? If so, when")
    assert told["heparin"] == "Are you allergic to heparin?"
    assert told["age"] == "When were you born?"
    assert told["hemoglobin"] == "Haemoglobin: what is the latest value, with its unit and date?"
    assert spoken("crohn_disease", vocabulary().words) == "Crohn's disease"


def test_every_word_with_a_question_asks_one() -> None:
    """A question ends in a question mark, and holds no sign that could steer a terminal."""
    asked = [word for word in vocabulary().words.values() if word.question]
    assert len(asked) > 80
    assert [word.key for word in asked if not word.question.endswith("?") or not word.question.isprintable()] == []


def test_what_is_too_old_is_told_with_the_day_from_which_one_counts() -> None:
    """By the window of the text, or by the policy; the strictest of all trials."""
    found = steps(
        book("A", "hemoglobin >= 10 g/dL"),
        book("B", "hemoglobin >= 9 g/dL within 14 day before screening"),
        measurements=[result("hemoglobin", 11, "g/dL", "2025-01-01")],
    )
    assert [(row.fact, row.last, row.counts_from, row.trials) for row in found.stale] == [
        ("hemoglobin", "2025-01-01", date(2025, 6, 1), ("A", "B"))
    ]


def test_near_misses_are_told_in_the_unit_of_the_record_the_nearest_first() -> None:
    """A limit in umol/L is told in mg/dL, one in ULN by the patient's own range, a scale in levels."""
    found = steps(
        book("A", "total_bilirubin <= 34.2 umol/L"),
        book("B", "hemoglobin >= 10 g/dL"),
        book("C", "not: alt > 2 ULN"),
        book("D", "nyha_class in {I, II}"),
        book("E", "hemoglobin >= 9 g/dL", "not: has asthma"),
        measurements=[
            result("total_bilirubin", 3, "mg/dL"),
            result("hemoglobin", 9.8, "g/dL"),
            result("alt", 100, "U/L", reference_range={"low": 5, "high": 40}),
        ],
        scales={"nyha_class": "III"},
        conditions=["asthma"],
    )
    told = [(row.trial, miss.value, miss.limit, miss.by, miss.unit) for row in found.near for miss in row.misses]
    assert told == [
        ("B", "9.8", "10", "0.2", "g/dL"),
        ("C", "100", "80", "20", "U/L"),
        ("D", "III", "II", "1", "level"),
        ("A", "3", "2", "1", "mg/dL"),
    ]


def test_a_trial_that_fails_by_more_than_numbers_is_no_near_miss() -> None:
    """Asthma is not nearly absent."""
    assert steps(book("A", "hemoglobin >= 10 g/dL and not has asthma"), hemoglobin="9 g/dL", asthma=True).near == ()
    assert steps(book("A", "not: hemoglobin < 10 g/dL", "not: has asthma"), hemoglobin="9 g/dL", asthma=True).near == ()


def test_of_several_limits_the_nearest_that_suffices_is_told_else_all_that_are_needed() -> None:
    """Either value would do; of an exclusion for either, both must change."""
    low = {"measurements": [result("hemoglobin", 9.8, "g/dL"), result("platelets", 50, "10*9/L")]}
    either = steps(book("A", "hemoglobin >= 10 g/dL or platelets >= 100 10*9/L"), **low)
    assert [miss.fact for row in either.near for miss in row.misses] == ["hemoglobin"]
    both = steps(book("A", "not: hemoglobin < 10 g/dL or platelets < 100 10*9/L"), **low)
    assert [miss.fact for row in both.near for miss in row.misses] == ["hemoglobin", "platelets"]


def test_a_value_just_at_a_limit_that_is_left_out_says_so() -> None:
    """Nought away, and yet it fails."""
    found = steps(book("A", "inr < 1.5"), measurements=[result("inr", 1.5)])
    assert "just at it, and the limit itself does not fit" in steps_as_text(found, vocabulary().words)


def turns(found: NextSteps) -> list[tuple[str, str, str]]:
    return [(turn.trial, str(turn.day), turn.then) for turn in found.turns]


def test_birthdays_windows_and_old_results_turn_verdicts() -> None:
    """Who is 17 is 18 on a birthday; an infarction leaves its half year; a result is too old after 90 days."""
    found = steps(
        book("A", "age 18 year .. 75 year"),
        book("B", "not: has history of myocardial infarction within 6 month before screening"),
        book("C", "not: inr > 1.5"),
        birth_date="2007-08-20",
        conditions=[{"name": "myocardial infarction", "status": "resolved", "onset": "2025-03-02", "abatement": "2025-03-02"}],
        complete=["conditions"],
        measurements=[result("inr", 2.0)],
    )  # fmt: skip
    assert turns(found) == [
        ("A", "2025-08-20", "eligible"),
        ("B", "2025-09-03", "eligible"),
        ("C", "2025-09-09", "undetermined"),
    ]


def test_what_more_than_time_must_change_has_no_day() -> None:
    """Of full age on the birthday, and still not eligible for another reason."""
    assert turns(steps(book("A", "age >= 18 year", "not: has asthma"), birth_date="2007-08-20", asthma=True)) == []


def test_without_a_day_of_judging_no_day_is_given() -> None:
    """Today's clock plays no part."""
    undated = profile({"birth_date": "2007-08-20"}, file="test", vocabulary=vocabulary())
    assert next_steps(undated, [book("A", "age >= 18 year")]).turns == ()


LEAVES = (
    "inr <= 1.5", "inr > 2", "albumin >= 3 g/dL", "total_bilirubin <= 2 mg/dL", "nyha_class in {I, II}", "has diabetes",
    "has pregnant", "age >= 18 year", "has history of stroke within 6 month before screening", "bmi < 30 kg/m2",
)  # fmt: skip
RULES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.lists(inner, min_size=2, max_size=3).flatmap(
        lambda parts: st.sampled_from([f"({' and '.join(parts)})", f"({' or '.join(parts)})", f"not {parts[0]}"])
    ),
    max_leaves=6,
)
BOOKS = st.lists(
    st.lists(st.tuples(st.booleans(), RULES), min_size=1, max_size=3).map(
        lambda rows: [f"{'not: ' if out else ''}{rule}" for out, rule in rows]
    ),
    min_size=1,
    max_size=4,
).map(lambda all_: [book(f"T{number}", *rules) for number, rules in enumerate(all_)])
DAYS = st.integers(1, 700).map(lambda back: (date.fromisoformat(TODAY) - timedelta(days=back)).isoformat())
KNOWN: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "inr": st.tuples(st.sampled_from([1.0, 1.8, 2.5]), DAYS).map(lambda pair: result("inr", pair[0], None, pair[1])),
    "albumin": st.tuples(st.sampled_from([2.5, 4]), DAYS).map(lambda pair: result("albumin", pair[0], "g/dL", pair[1])),
    "weight": st.tuples(st.sampled_from([60, 120]), DAYS).map(lambda pair: result("weight", pair[0], "kg", pair[1])),
    "height": st.tuples(st.sampled_from([150, 180]), DAYS).map(lambda pair: result("height", pair[0], "cm", pair[1])),
    "total_bilirubin": st.tuples(st.sampled_from([1, 3]), DAYS).map(
        lambda pair: result("total_bilirubin", pair[0], "mg/dL", pair[1])
    ),
}
STROKE = DAYS.map(lambda day: {"name": "stroke", "status": "resolved", "onset": day, "abatement": day})
PROFILES = st.fixed_dictionaries(
    {"id": st.just("p"), "as_of": st.just(TODAY)},
    optional={
        "birth_date": st.sampled_from(["1980-01-01", "2007-08-20", "2008-01-01"]),
        "measurements": st.lists(st.sampled_from(sorted(KNOWN)).flatmap(KNOWN.__getitem__), max_size=4),
        "conditions": st.lists(STROKE, max_size=1),
        "diabetes": st.booleans(),
        "pregnant": st.booleans(),
        "scales": st.tuples(st.sampled_from(["I", "III"]), DAYS).map(
            lambda pair: [{"name": "nyha_class", "level": pair[0], "date": pair[1]}]
        ),
    },
)


def read(data: dict[str, Any]) -> Patient:
    return profile(data, file="test", vocabulary=vocabulary())


def with_facts(data: dict[str, Any], found: NextSteps, choose: Any) -> dict[str, Any]:
    """The profile with some value of today of everything that was asked for."""
    data = {**data, "measurements": [*data.get("measurements", [])], "conditions": [*data.get("conditions", [])]}
    values: dict[str, list[Any]] = {
        "inr": ["0.9", "1.7", "3"], "albumin": ["2 g/dL", "4 g/dL"], "total_bilirubin": ["1 mg/dL", "9 mg/dL"],
        "weight": ["50 kg", "120 kg"], "height": ["150 cm", "190 cm"], "diabetes": [True, False], "pregnant": [True, False],
        "nyha_class": ["I", "IV"], "age": ["1970-01-01", "2015-01-01"], "stroke": ["active", "refuted"],
    }  # fmt: skip
    for ask in found.asks:
        key = ask.subject.key
        value = choose(values[key])
        if key == "nyha_class":
            data["scales"] = [{"name": key, "level": value, "date": TODAY}]
        elif key == "age":
            data["birth_date"] = value
        elif key in ("diabetes", "pregnant"):
            data[key] = value
        elif key == "stroke":
            data["conditions"] = [{"name": key, "status": value, **({"onset": TODAY} if value == "active" else {})}]
        else:
            data["measurements"] = [row for row in data["measurements"] if row["name"] != key]
            data["measurements"].append({"name": key, "value": value, "date": TODAY})
    return data


@settings(max_examples=150, deadline=None)
@given(BOOKS, PROFILES, st.data())
def test_with_all_that_was_asked_for_no_trial_is_undetermined(
    books: list[Rulebook], data: dict[str, Any], draw: st.DataObject
) -> None:
    """Whatever the values turn out to be: that is what "decides" means."""
    found = next_steps(read(data), books)
    told = with_facts(data, found, lambda values: draw.draw(st.sampled_from(values)))
    after = match(read(told), books)
    never = {row.trial for row in found.never}
    assert {one.trial for one in after.verdicts if one.outcome == "undetermined"} <= never
    assert {name for ask in found.asks for name in ask.decides} | never >= {
        one.trial for one in match(read(data), books).verdicts if one.outcome == "undetermined"
    }


@settings(max_examples=150, deadline=None)
@given(BOOKS, PROFILES)
def test_a_day_is_the_first_on_which_the_outcome_is_another(books: list[Rulebook], data: dict[str, Any]) -> None:
    """Judged anew on that day, and on the day before."""
    someone = read(data)
    now = {one.trial: one.outcome for one in match(someone, books).verdicts}
    for turn in next_steps(someone, books).turns:
        assert isinstance(turn.day, date)
        then = {one.trial: one.outcome for one in match(later(someone, turn.day), books).verdicts}
        before = later(someone, turn.day - timedelta(days=1))
        eve = {one.trial: one.outcome for one in match(before, books).verdicts}
        assert (now[turn.trial], eve[turn.trial]) == (turn.now, turn.now)
        assert then[turn.trial] == turn.then != turn.now


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.frozensets(st.sampled_from("abcde"), min_size=1), min_size=1))
def test_the_order_of_gain_decides_every_trial_once(needs: dict[str, frozenset[str]]) -> None:
    """Each with the fact that was the last it lacked."""
    sets = {trial: frozenset(Subject("measurement", key) for key in keys) for trial, keys in needs.items()}
    order = list(in_order_of_gain(sets))
    known: set[Subject] = set()
    for subject, decided in order:
        assert subject not in known
        known.add(subject)
        assert all(sets[trial] <= known and subject in sets[trial] for trial in decided)
    assert sorted(trial for _, decided in order for trial in decided) == sorted(needs)


def test_somebody_of_whom_nothing_is_known_and_no_trials_at_all() -> None:
    """Everything is asked for, or nothing; neither fails."""
    bare = profile({}, file="test", vocabulary=vocabulary())
    assert gains(next_steps(bare, [book("A", "inr <= 1.5")])) == [("inr", ["A"], ["A"])]
    nothing = next_steps(bare, [])
    assert "Nothing is to be done" in steps_as_text(nothing, vocabulary().words)
    assert steps_to_dict(nothing, vocabulary().words)["find_out"] == []


def test_hostile_words_reach_no_terminal() -> None:
    """The name of a trial, of a criterion's fact and of the patient are shown, and steer nothing."""
    evil = "\x1b[31mX\u202e"
    rule = Present("condition", "gleet\x1b[2J", named=True)
    hostile = Rulebook(Trial(evil, evil), (Line(Criterion("E1", "exclusion", "x"), rule),))
    found = next_steps(replace(patient(), id=evil), [hostile])
    text = steps_as_text(found, vocabulary().words)
    assert all(line.isprintable() for line in text.splitlines())
    assert "<U+001B>" in text


def test_the_command_prints_one_object_a_patient() -> None:
    """With its version; the same bytes again."""
    done = run("next", "cases/patients/cirrhosis-fhir.json", "NCT05940610", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["schema_version"] == "1.0"
    assert told["outcomes"]["undetermined"] == 1
    assert {row["fact"]: row["decides"] for row in told["find_out"]}["dialysis"] in ([], ["NCT05940610"])
    assert run("next", "cases/patients/cirrhosis-fhir.json", "NCT05940610", "--json").stdout == done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("next", "nobody.json", "NCT05940610"), "nobody.json"),
        (("next", "cases/patients/liver-failure.json", "NCT00000000"), "no shipped trial"),
        (("next", "cases/patients/liver-failure.json", "--top", "0"), "--top"),
        (("next", "cases/patients/liver-failure.json", "--status", "sleeping"), "no such status"),
        (("next", "cases/patients/liver-failure.json", "--patient", "nobody"), "nobody"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[str, ...], said: str) -> None:
    """File, place and remedy on standard error, nothing on standard output, exit code 2."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_of_a_registry_the_steps_are_those_of_its_trials(tmp_path: Path) -> None:
    """Whoever looks at all of it sees what is seen without it; with --most it is said of how many the lists are."""
    trials = [el.read_trial(path) for path in sorted(ROOT.glob("cases/trials/*/record.*"))]
    someone = el.read_patient(ROOT / "cases/patients/cirrhosis-fhir.json")
    el.index(trials, tmp_path / "all.eligibility", workers=1)
    registry = el.read_registry(tmp_path / "all.eligibility")
    found = el.next_in_registry(someone, registry)
    assert found == el.next_steps(someone, trials)
    some = el.next_in_registry(someone, registry, most=1)
    assert some.looked_at == {"eligible": 0, "potentially_eligible": 0, "undetermined": 1, "ineligible": 1}
    assert sum(some.counts.values()) == 5
