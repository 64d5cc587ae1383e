"""The HTML report: all that was judged stands in it, nothing that it is given acts, and no file is left half-written."""

from __future__ import annotations

import re
import shlex
import stat
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from running import run

import eligibility as el
from eligibility.cli.group import verbs
from eligibility.patients.patient import Answer, StatedAge
from eligibility.reports.html import page as page_module
from eligibility.reports.html.environment import hash_of, source_words
from eligibility.reports.html.marks import SIGNS, pieces
from eligibility.reports.html.number_line import LEFT, RIGHT, WIDTH, NumberLine, number_line
from eligibility.reports.html.page import More
from eligibility.reports.report import Report
from eligibility.reports.steps_as_text import steps_as_text
from eligibility.reports.steps_wording import turn_words
from eligibility.reports.wording import OUTCOMES, evidence_words, harmless
from eligibility.rules.notation import notation, read_rule
from eligibility.trials.trial import Trial
from eligibility.verdicts.parts import Part, parts_of
from eligibility.verdicts.verdict import Evidence, Verdict
from eligibility.vocabulary.tables import vocabulary
from eligibility.whole_file import whole_file

ROOT = Path(__file__).resolve().parent.parent
PATIENTS = ROOT / "cases" / "patients"
RECORDS = sorted((ROOT / "cases" / "trials").glob("*/record.*"))
VOID = {"meta", "input", "br"}
HOSTILE = "</style></script><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\"'&{{ 7*7 }}"


class Reader(HTMLParser):
    """What a browser would make of the page: the text in order, and every element with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "every element is closed in its turn"

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


@pytest.fixture(scope="module", params=["liver-failure.json", "cirrhosis-fhir.json"])
def report(request: pytest.FixtureRequest) -> Report:
    patient = el.read_patient(PATIENTS / request.param)
    return el.match(patient, [el.read_trial(record) for record in RECORDS])


@pytest.fixture(scope="module")
def read(report: Report) -> Reader:
    return Reader(el.as_html(report))


def one_trial(criteria: str, **fields: str) -> Trial:
    return Trial(**{"id": "MADE-UP-1", "criteria": criteria, **fields})  # type: ignore[arg-type]  # all are words


# ---------------------------------------------------------------- content


def test_the_words_of_every_criterion_stand_in_the_page_as_the_record_gave_them(report: Report, read: Reader) -> None:
    """Between its marks a criterion is the exact slice of the record, line ends and escapes included."""
    said = [row.criterion.text for verdict in report.verdicts for row in verdict.criteria]
    assert len(said) > 30
    place = -1
    for text in sorted(set(said), key=said.index):
        place = read.text.find(text.replace("\r", " "))
        assert place >= 0, text


def test_rule_facts_conversions_and_places_stand_beside_the_words(report: Report, read: Reader) -> None:
    """In the words of every other report."""
    for verdict in report.verdicts:
        for row in verdict.criteria:
            assert notation(row.rule) in read.text
            for fact in row.because if row.result in ("pass", "fail") else ():
                if fact.value != "no" and fact.compared:
                    assert evidence_words(fact) in read.text
                    assert fact.source in read.text


def test_every_trial_is_there_once_in_the_order_of_the_ranking(report: Report, read: Reader) -> None:
    """With its outcome as a word."""
    items = [attributes for tag, attributes in read.elements if tag == "li" and attributes.get("class") == "t"]
    assert [item["data-o"] for item in items] == [verdict.outcome for verdict in report.verdicts]
    for verdict in report.verdicts:
        assert read.text.count(verdict.digest[:16]) == 1
        assert OUTCOMES[verdict.outcome] in read.text


def test_policy_day_and_version_are_printed(report: Report, read: Reader) -> None:
    """A reader must be able to judge the report itself."""
    assert f"as of {report.as_of}" in read.text
    assert "Policy: measurements count for 90 days, scales for 180" in read.text
    assert "Formula: score = " in read.text
    assert re.search(r"eligibility \d+\.\d+", read.text)


def test_who_answered_and_when_is_shown() -> None:
    """A person's decision carries the person's name."""
    answer = Answer("MADE-UP-1", "I1", "pass", "Dr Grey", "2025-02-28")
    patient = replace(el.read_patient(PATIENTS / "liver-failure.json"), answers=(answer,))
    report = el.match(patient, one_trial("Inclusion Criteria:\n- Able to give informed consent"))
    assert (
        'answered "pass" by Dr Grey on 2025-02-28: "Able to give informed consent"' in Reader(el.as_html(report)).text
    )


def test_every_test_of_a_criterion_carries_its_own_mark() -> None:
    """What passes, fails, is not recorded, is for a person or not understood is told apart within one criterion."""
    criteria = "Inclusion Criteria:\n- INR < 2, total bilirubin < 5 mg/dL, sodium > 130 mmol/L, able to give informed consent, and zorblax > 5"
    report = el.match(el.read_patient(PATIENTS / "liver-failure.json"), one_trial(criteria))
    row = report.verdicts[0].criteria[0]
    assert [part.result for part in report.parts(report.verdicts[0], row)][:3] == ["pass", "fail", "unresolved"]
    marks = dict(re.findall(r'<mark class="(\w+)">(.*?)</mark>', el.as_html(report)))
    assert marks.keys() >= {"pass", "fail", "unresolved", "judgement", "unclear"}
    assert marks["pass"] == "INR &lt; 2"
    assert marks["fail"] == "total bilirubin &lt; 5 mg/dL"


def test_what_cannot_change_a_result_says_so() -> None:
    """Of "A or B", A met, nobody need look for B."""
    trial = one_trial("Inclusion Criteria:\n- INR < 2 or sodium > 130 mmol/L")
    html = el.as_html(el.match(el.read_patient(PATIENTS / "liver-failure.json"), trial))
    assert "not recorded: Sodium (the result stands without it)" in " ".join(Reader(html).text.split())


def test_a_part_of_an_exclusion_or_of_a_not_counts_the_other_way_round() -> None:
    """An exclusion passes when it is not met; beneath a `not` it turns once more."""
    patient = el.read_patient(PATIENTS / "liver-failure.json")
    trial = one_trial("Exclusion Criteria:\n- INR > 1.5\n- INR > 3")
    report = el.match(patient, trial)
    results = [report.parts(report.verdicts[0], row)[0].result for row in report.verdicts[0].criteria]
    assert results == ["fail", "pass"]
    facts = report.facts
    assert facts is not None
    row = replace(report.verdicts[0].criteria[0], rule=read_rule("not inr > 1.5"))
    assert [part.result for part in parts_of(row, facts, report.policy)] == ["pass"]


def test_the_parts_of_a_criterion_that_binds_others_are_not_judged() -> None:
    """Nothing is said of a fact that nobody asked for."""
    trial = one_trial("Exclusion Criteria:\n- Women with a positive pregnancy test")
    report = el.match(el.read_patient(PATIENTS / "liver-failure.json"), trial)
    row = report.verdicts[0].criteria[0]
    assert row.result == "not_applicable"
    assert {part.result for part in report.parts(report.verdicts[0], row)} == {"not_applicable"}


@given(
    st.text(max_size=40),
    st.lists(st.tuples(st.integers(0, 45), st.integers(0, 45), st.sampled_from([*SIGNS])), max_size=6),
)
def test_pieces_are_the_text_whatever_the_spans(text: str, spans: list[tuple[int, int, str]]) -> None:
    """Spans that overlap, share an end, or run beyond the text lose no character and repeat none."""
    marked = [((start, end), mark, number) for number, (start, end, mark) in enumerate(spans, 1)]
    assert "".join(piece.text for piece in pieces(text, marked)) == text


def test_of_overlapping_marks_the_most_urgent_is_shown() -> None:
    """A failure is not hidden beneath a pass."""
    found = list(pieces("AST and ALT", [((0, 11), "pass", 1), ((8, 11), "fail", 2)]))
    assert [(piece.text, piece.mark, piece.numbers) for piece in found] == [
        ("AST and ", "pass", ()),
        ("ALT", "fail", (1, 2)),
    ]


# ---------------------------------------------------------------- what to do next


def test_what_to_do_next_stands_in_the_words_of_its_own_report() -> None:
    """Facts to find out with their questions, near misses, days; of long lists the first, and how to see the rest."""
    patient, trials = el.read_patient(PATIENTS / "cirrhosis-fhir.json"), [el.read_trial(record) for record in RECORDS]
    steps = el.next_steps(patient, trials)
    more = More("eligibility match p.json --only", "eligibility next p.json")
    text = " ".join(Reader(el.as_html(el.match(patient, trials), more, steps)).text.split())
    said = " ".join(steps_as_text(steps, vocabulary().words).replace("─", "").split())
    assert "What to do next" in text
    assert "Find out, in order of gain" in text
    assert "Are you on dialysis? If so, since when?" in text
    assert f"… and {len(steps.asks) - 20} more: eligibility next p.json --top {len(steps.asks)}" in text
    for turn in steps.turns:
        assert " ".join(turn_words(turn).split()) in said
        assert " ".join(turn_words(turn).split()) in text
    assert "What to do next" not in Reader(el.as_html(el.match(patient, trials))).text


def test_redacted_steps_tell_no_day_and_no_great_age() -> None:
    """How long until an outcome changes, not on which day; by how much an age misses a limit would tell the age."""
    patient = replace(el.read_patient(PATIENTS / "liver-failure.json"), birth_date=None, age=StatedAge(93))
    trials = [one_trial("Inclusion Criteria:\n- Age 18 to 75 years"), el.read_trial(RECORDS[-1])]
    report, steps = el.match(patient, trials), el.next_steps(patient, trials)
    plain, veiled = (Reader(el.as_html(one, None, steps)).text for one in (report, el.redacted(report)))
    assert steps.near
    assert "93 years" in plain
    assert re.search(r"20\d\d-\d\d-\d\d", plain)
    assert "93" not in veiled
    assert "18 years (" not in veiled
    assert not re.search(r"20\d\d-\d\d-\d\d", veiled)


# ---------------------------------------------------------------- number lines


def line(
    rule: str, value: str, unit: str | None = None, compared: str | None = None, wanted: bool = True
) -> NumberLine | None:
    leaf = read_rule(rule)
    fact = Evidence(getattr(leaf, "variable", ""), value, unit, compared=compared)
    return number_line(Part(leaf, wanted, "pass", Verdict("met", (fact,))))  # type: ignore[arg-type]  # a leaf by its text


def test_a_number_line_shows_limit_value_and_unit_in_the_unit_of_the_rule() -> None:
    """12 mg/dL stands on a line of umol/L where it belongs."""
    found = line("total_bilirubin >= 171 umol/L", "12", "mg/dL", "205 umol/L")
    assert found is not None
    assert found.value.text == "205 umol/L"
    assert [name.text for name in found.names] == ["≥ 171 umol/L"]
    assert found.words == "Total bilirubin: passes if ≥ 171 umol/L; the value is 205 umol/L"
    assert found.limits[0].at < found.start == found.end
    assert [piece.passes for piece in found.stretches] == [False, True]


def test_the_sides_of_an_exclusion_are_the_other_way_round_and_open_limits_are_hollow() -> None:
    """> 30 excludes: what lies above fails, 30 itself does not."""
    found = line("meld_score > 30", "26-36", wanted=False)
    assert found is not None
    assert [piece.passes for piece in found.stretches] == [True, False]
    assert not found.limits[0].filled
    assert found.start < found.limits[0].at < found.end


@pytest.mark.parametrize(
    ("rule", "value", "unit", "compared"),
    [
        ("total_bilirubin >= 171 umol/L", "12", "mg/dL", None),
        ("total_bilirubin >= 171 umol/L", "high", None, None),
        ("inr >= 1.5", "1e308", None, None),
        ("nyha_class in {III, IV}", "III", None, None),
    ],
)
def test_what_is_not_in_the_unit_of_the_limits_has_no_line(
    rule: str, value: str, unit: str | None, compared: str | None
) -> None:
    """A picture that might be wrong is none."""
    found = line(rule, value, unit, compared)
    assert found is None or value == "1e308"


@given(
    st.floats(-1e6, 1e6), st.one_of(st.none(), st.floats(0, 1e6)), st.booleans(),
    st.one_of(st.floats(0, 1e9).map("{:.6g}".format), st.floats(0, 1e9).map("<{:.6g}".format)),
)  # fmt: skip
def test_everything_on_a_number_line_lies_on_it(low: float, span: float | None, wanted: bool, value: str) -> None:
    """Whatever the numbers, nothing is drawn outside the picture, and a value lies on its own side of a limit."""
    rule = f"inr >= {low:.6f}" if span is None else f"inr {low:.6f} .. {low + span:.6f}"
    found = line(rule, value, wanted=wanted)
    assert found is not None
    places = [found.start, found.end, *(one.at for one in found.limits)]
    places += [end for piece in found.stretches for end in (piece.start, piece.end)]
    assert all(LEFT <= place <= RIGHT for place in places)
    assert all(0 <= one.at <= WIDTH for one in (*found.names, found.value))
    if not value.startswith("<"):
        assert (found.start >= found.limits[0].at) or float(value) < float(f"{low:.6f}")


# ---------------------------------------------------------------- nothing acts


def hostile_report() -> Report:
    patient = replace(
        el.read_patient(PATIENTS / "liver-failure.json"), id=HOSTILE, unrecognised=(HOSTILE, "\x1b[2J\u202etxt")
    )
    patient = replace(patient, measurements=tuple(replace(row, source=HOSTILE) for row in patient.measurements))
    trial = one_trial(
        f"Inclusion Criteria:\n- INR < 2 and {HOSTILE}\n- \x1b[31mred\u202e gnitset \u2066 bilirubin > 3 mg/dL\n",
        id=HOSTILE, title=HOSTILE, status=HOSTILE,
    )  # fmt: skip
    return el.match(patient, trial)


def test_hostile_words_stay_words() -> None:
    """Markup, scripts and template signs in a record or a profile are shown, and are nothing but text."""
    safe, bad = (
        Reader(el.as_html(el.match(el.read_patient(PATIENTS / "liver-failure.json"), one_trial("")))),
        Reader(el.as_html(hostile_report(), More("eligibility match"))),
    )
    assert {tag for tag, _ in bad.elements} - {tag for tag, _ in safe.elements} <= {
        "blockquote", "mark", "h4", "ul", "code", "small", "i", "bdi", "section", "details", "summary", "svg", "line", "circle", "path", "text", "div",
    }  # fmt: skip
    assert sum(tag == "script" for tag, _ in bad.elements) == 1
    assert not any(
        name.startswith("on") or name in ("src", "style") for _, attributes in bad.elements for name in attributes
    )
    assert {attributes["href"] for _, attributes in bad.elements if "href" in attributes} == {"#trials"}
    assert "<script>alert(1)</script>" in bad.text
    assert "{{ 7*7 }}" in bad.text


def test_signs_that_steer_text_are_spelled_out() -> None:
    """Escape sequences and bidi controls cannot hide or reverse anything; invisible signs are dropped."""
    html = el.as_html(hostile_report())
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", html)
    assert "<U+202E>" in Reader(html).text
    assert "<U+001B>" in Reader(html).text


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_source_words_keep_every_character_that_can_be_shown(text: str) -> None:
    """Escaped, and as text of the page what they were; nothing in them becomes an element of its own choosing."""
    read = Reader(f"<p>{source_words(text)}</p>")
    assert {tag for tag, _ in read.elements} <= {"p", "span", "br"}
    spelled = "".join(sign if sign == "\n" else " " if sign.isspace() else harmless(sign) for sign in text)
    assert read.text == spelled
    read.text.encode()


def test_nothing_can_be_fetched_and_style_and_script_are_those_of_the_policy() -> None:
    """The page names no address, and its policy allows nothing but what it holds."""
    html = el.as_html(hostile_report())
    policy = next(
        attributes["content"] or "" for _, attributes in Reader(html).elements if attributes.get("http-equiv")
    )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag, word in (("style", "style-src"), ("script", "script-src")):
        held = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert held
        assert f"{word} '{hash_of(held[1])}'" in policy
        assert "http" not in held[1]
        assert "@import" not in held[1]


# ---------------------------------------------------------------- many trials


def many(number: int) -> Report:
    patient = el.read_patient(PATIENTS / "liver-failure.json")
    words = "Inclusion Criteria:\n- INR < 2\n- Total bilirubin > 3 mg/dL\n- Written informed consent"
    return el.match(patient, [one_trial(words, id=f"MADE-UP-{place}") for place in range(number)])


def test_of_many_trials_the_first_are_in_full_and_the_rest_name_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page stays usable, and nothing is left out without saying how to see it."""
    monkeypatch.setattr(page_module, "IN_FULL", 4)
    read = Reader(el.as_html(many(7), More("eligibility match patient.json")))
    assert sum(attributes.get("class") == "t" for _, attributes in read.elements) == 7
    assert sum(attributes.get("class") == "side" for _, attributes in read.elements) == 4
    assert "Trials 5 to 7 of the ranking" in read.text
    assert read.text.count("eligibility match patient.json MADE-UP-") == 3


def test_very_long_trials_are_fewer_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """The size of the file has a bound, whatever the trials hold; the first is always whole."""
    monkeypatch.setattr(page_module, "MOST_IN_FULL", 1)
    read = Reader(el.as_html(many(3)))
    assert sum(attributes.get("class") == "side" for _, attributes in read.elements) == 1
    assert sum(attributes.get("class") == "t" for _, attributes in read.elements) == 3


def test_what_would_make_the_page_too_large_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-seven thousand rows would open badly; nothing is left out without a word."""
    monkeypatch.setattr(page_module, "IN_FULL", 1)
    monkeypatch.setattr(page_module, "MOST_BYTES", 1)
    read = Reader(el.as_html(many(4)))
    assert sum(attributes.get("class") == "t" for _, attributes in read.elements) == 2
    assert "Trials 3 to 4 are not on this page" in read.text


def test_five_thousand_trials_stay_below_fifteen_megabytes() -> None:
    """Rows are small."""
    few = many(2)
    verdicts = tuple(
        replace(few.verdicts[0], trial=f"NCT{place:08}", title="A title of usual length " * 4) for place in range(5000)
    )
    assert (
        len(el.as_html(replace(few, verdicts=verdicts), More("eligibility match patient.json trials/ --only")).encode())
        < 15e6
    )


def test_the_same_inputs_give_the_same_bytes(report: Report) -> None:
    """So that two people can compare what they hold."""
    assert el.as_html(report) == el.as_html(report)


# ---------------------------------------------------------------- the file


def test_the_file_is_for_its_owner_only_and_replaces_an_older_one(report: Report, tmp_path: Path) -> None:
    """Patient data is nobody else's; the older file may have been readable by all."""
    file = tmp_path / "report.html"
    file.write_text("older")
    file.chmod(0o644)
    assert el.write_html(report, file) == file.stat().st_size
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_file_that_cannot_be_finished_leaves_the_older_one(tmp_path: Path) -> None:
    """Whole or not at all, and no draft stays behind."""
    file = tmp_path / "report.html"
    file.write_text("older")

    def half() -> None:
        with whole_file(file, "report") as draft:
            assert stat.S_IMODE(draft.stat().st_mode) == 0o600
            draft.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert file.read_text() == "older"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize("name", ["", "no/such/folder/report.html"])
def test_where_nothing_can_be_written_says_so(report: Report, tmp_path: Path, name: str) -> None:
    """With the file and the remedy."""
    with pytest.raises(el.InputError, match=r"folder|written"):
        el.write_html(report, tmp_path / name)


# ---------------------------------------------------------------- the command


def test_match_writes_a_page_and_says_so_in_one_line(tmp_path: Path) -> None:
    """The page is the report, so it is not printed too."""
    file = tmp_path / "report.html"
    done = run("match", PATIENTS / "liver-failure.json", "--html", file, "--as-of", "2025-03-02")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"{file}: Patient liver-failure, as of 2025-03-02; 5 trials: 0 eligible, 1 potentially eligible, 2 undetermined, 2 ineligible"
    ]
    assert "Patient liver-failure" in file.read_text(encoding="utf-8")


def test_the_command_of_a_row_shows_that_trial_by_the_same_policy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what was typed, without what shapes the page; and it works."""
    monkeypatch.setattr(page_module, "IN_FULL", 1)
    file, patient = tmp_path / "report.html", tmp_path / "a patient.json"
    patient.write_text((PATIENTS / "liver-failure.json").read_text())
    options = ["--max-age", "30", "--max-age", "inr=7", "--top", "3", "--table-ranges"]
    CliRunner().invoke(verbs, ["match", str(patient), "--html", str(file), *options])
    command = next(
        line
        for line in Reader(file.read_text(encoding="utf-8")).text.splitlines()
        if line.startswith("eligibility match")
    )
    assert "--html" not in command
    assert "--top" not in command
    done = run(*shlex.split(command)[1:])
    assert done.returncode == 0, done.stderr
    assert f"{shlex.split(command)[-1]} · " in done.stdout
    assert "measurements count for 30 days" in done.stdout
    assert "inr counts for 7 days" in done.stdout


def test_a_redacted_page_names_no_file_of_the_patient(tmp_path: Path) -> None:
    """A path often has a name in it; whoever reads the page puts their own."""
    patient, file = tmp_path / "Ada Lovelace.json", tmp_path / "report.html"
    patient.write_text((PATIENTS / "cirrhosis-fhir.json").read_text())
    options = ("--max-age", "30", "--patient", "made-up-1", "--as-of", "2025-02-27")
    done = run("match", patient, ROOT / "cases" / "trials", "--html", file, "--redact", *options)
    assert done.stdout.startswith(f"{file}: Patient 1, without ids, names and exact dates")
    page = file.read_text(encoding="utf-8")
    assert "eligibility next PATIENT TRIALS --max-age 30 --top" in page
    assert not any(secret in page for secret in ("Ada Lovelace", "made-up-1", "2025-02-27", str(tmp_path), str(ROOT)))


def test_a_trial_that_is_not_there_cannot_be_asked_for() -> None:
    """A misspelt id is told, not passed over."""
    done = run("match", PATIENTS / "liver-failure.json", "--only", "NCT00000000")
    assert done.returncode == 2
    assert "NCT00000000: no trial of this id is in what was given" in done.stderr


def test_several_patients_have_a_page_each(tmp_path: Path) -> None:
    """One page would tell of one patient to another."""
    patients = tmp_path / "patients.json"
    patients.write_text('[{"id": "a/b", "inr": 1.9}, {"id": "a_b", "inr": 2.5}, {"id": "../../c", "inr": 1}]')
    refused = run("match", patients, "NCT05940610", "--html", tmp_path / "one.html")
    assert refused.returncode == 2
    assert "there are several patients" in refused.stderr
    folder = tmp_path / "pages"
    folder.mkdir()
    done = run("match", patients, "NCT05940610", "--html", folder)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["_.._c.html", "a_b-2.html", "a_b.html"]
    assert done.stdout.splitlines()[3] == "3 patients"
    one = run("match", patients, "NCT05940610", "--html", tmp_path / "one.html", "--patient", "a_b")
    assert one.returncode == 0, one.stderr


def test_a_page_may_go_to_standard_output_but_not_beside_json() -> None:
    """Two documents cannot share one stream."""
    done = run("match", PATIENTS / "liver-failure.json", "NCT05940610", "--html", "-")
    assert done.stdout.startswith("<!doctype html>")
    both = run("match", PATIENTS / "liver-failure.json", "NCT05940610", "--html", "-", "--json")
    assert both.returncode == 2
    assert "--html - and --json" in both.stderr
