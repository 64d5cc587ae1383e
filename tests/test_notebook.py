"""What a person sees in Python: one line for a `repr`, a table in a notebook, a data frame; nothing of a record acts."""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest

import eligibility as el
from eligibility.cli.inputs import shipped_patients, shipped_records
from eligibility.errors import InputError
from eligibility.reports.notebook import LIBRARIES, MOST
from eligibility.vocabulary.tables import vocabulary

HOSTILE = "<img src=x onerror=alert(1)>\"'&\x1b[31m\u202e$x$ =1+1"
TAGS = {"div", "table", "caption", "thead", "tbody", "tr", "th", "td", "p"}


@pytest.fixture(scope="module")
def report() -> el.Report:
    patient = el.read_patient(shipped_patients()["liver-failure"])
    return el.match(patient, [el.read_trial(path) for path in shipped_records()])


@pytest.fixture(scope="module")
def screening() -> el.Screening:
    return el.screen(el.read_trial(shipped_records()[-1]), shipped_patients()["clinic"])


def test_a_patient_and_a_trial_are_one_line_without_what_is_in_them() -> None:
    patient = el.read_patient(shipped_patients()["liver-failure"])
    trial = el.read_trial(shipped_records()[-1])
    assert repr(patient) == "<Patient 'liver-failure', as of 2025-03-01: 5 measurements, 1 grades, 2 findings>"
    assert repr(trial).startswith(f"<Trial {trial.id!r} {trial.title[:40]!r}"[:-1])
    assert len(repr(trial)) < 200
    assert "bilirubin" not in repr(patient)


class Table(HTMLParser):
    """The cells of a fragment, and a complaint about whatever is none of TAGS."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.seen: set[str] = set()
        self.given: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.given |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def test_a_repr_is_one_line_that_tells_the_outcome(report: el.Report, screening: el.Screening) -> None:
    assert repr(report) == (
        "<Report of 'liver-failure', as of 2025-03-01: 1 potentially_eligible, 2 undetermined, 2 ineligible>"
    )
    assert repr(report.verdicts[0]) == "<TrialVerdict 'NCT05940610': potentially_eligible, score 1.00, 9 criteria>"
    assert repr(report.verdicts[0].criteria[6]) == "<CriterionVerdict 'E3': pass, 'MELD score \\\\>30'>"
    assert repr(screening) == "<Screening of 2 patients against 1 trials, as of 2025-02-26>"


def test_no_repr_steers_a_terminal(report: el.Report) -> None:
    verdict = replace(report.verdicts[0], trial=HOSTILE)
    row = verdict.criteria[0]
    row = replace(row, criterion=replace(row.criterion, id=HOSTILE, text=HOSTILE))
    for one in (replace(report, patient=HOSTILE), verdict, row):
        assert repr(one).isprintable()


def test_a_notebook_shows_the_ranking(report: el.Report, screening: el.Screening) -> None:
    table = Table(report._repr_html_())
    assert table.rows[0][:3] == ["Rank", "Trial", "Outcome"]
    assert [row[1] for row in table.rows[1:]] == [one.trial for one in report.verdicts]
    assert table.rows[1][2] == "POTENTIALLY ELIGIBLE"
    counts = screening.trials[0].counts
    assert Table(screening._repr_html_()).rows[1][1:5] == [f"{counts[one]:,}" for one in counts]


def test_in_a_notebook_nothing_of_a_record_acts(report: el.Report) -> None:
    told = replace(report.verdicts[0], trial=HOSTILE, title=HOSTILE, status=HOSTILE)
    html = replace(report, patient=HOSTILE, verdicts=(told,))._repr_html_()
    table = Table(html)
    assert table.seen <= TAGS
    assert table.given == {"class", "style", "scope"}
    assert not {"\x1b", "\u202e"} & set(html)
    assert "mathjax_ignore" in html
    assert "<img src=x" in table.rows[1][1]


def test_a_long_ranking_says_how_much_more_there_is(report: el.Report) -> None:
    html = replace(report, verdicts=report.verdicts * 100)._repr_html_()
    assert len(Table(html).rows) == MOST + 1
    assert f"and {500 - MOST} more" in html


def test_a_redacted_report_tells_no_name_and_no_day(report: el.Report) -> None:
    html = el.redacted(report, "1")._repr_html_()
    assert "liver-failure" not in html
    assert "2025" not in html


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The one that is named, in place of whatever is installed."""
    module = ModuleType(request.param)
    module.DataFrame = dict  # type: ignore[attr-defined]  # what it makes of columns is the library's affair
    with (
        patch.dict(sys.modules, {request.param: module}),
        patch("eligibility.reports.notebook.find_spec", lambda name: name == request.param),
    ):
        yield request.param


def test_a_data_frame_has_a_row_a_trial_or_a_criterion(
    report: el.Report, screening: el.Screening, library: Any
) -> None:
    trials, criteria = report.to_frame(), report.to_frame(criteria=True, library=library)
    assert trials["trial"] == [one.trial for one in report.verdicts]
    assert trials["pass"][0] == 6
    assert set(map(len, criteria.values())) == {sum(len(one.criteria) for one in report.verdicts)}
    assert criteria["because"][1] == "Total bilirubin 12 mg/dL (= 205 umol/L) on 2025-02-26"
    assert screening.to_frame()["undetermined"] == [2]
    assert screening.to_frame(criteria=True)["remaining"] == [row.remaining for row in screening.trials[0].attrition]


def test_without_a_library_it_says_what_to_install(report: el.Report) -> None:
    with patch("eligibility.reports.notebook.find_spec", lambda _: None):
        with pytest.raises(InputError, match=r"pandas or polars, not installed here.*pip install pandas"):
            report.to_frame()
        with pytest.raises(InputError, match="pip install polars"):
            report.to_frame(library="polars")
    with pytest.raises(ValueError, match="no library 'numpy'"):
        report.to_frame(library="numpy")  # type: ignore[arg-type]  # that is what is refused


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_that_is_installed_makes_a_frame(report: el.Report, name: Any) -> None:
    pytest.importorskip(name)
    assert report.to_frame(criteria=True, library=name).shape == (sum(len(one.criteria) for one in report.verdicts), 9)


def test_no_public_name_is_that_of_a_module() -> None:
    """Else it would be the module as soon as anything had imported that."""
    assert not set(el.__all__) & {module.name for module in pkgutil.iter_modules(el.__path__)}


def test_the_vocabulary_has_a_name_that_stays() -> None:
    """What was `el.vocabulary` became the sub-package at the second look."""
    assert el.read_vocabulary() is el.read_vocabulary() is vocabulary()
