"""The page of a screening: the numbers of the text, bars that show them, and nothing in it that acts."""

from __future__ import annotations

import re
import stat
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import running

import eligibility as el
from eligibility.reports.html.environment import hash_of
from eligibility.reports.html.screening_page import screening_page
from eligibility.reports.screening_as_text import criterion_numbers, screening_as_text

ROOT = Path(__file__).resolve().parent.parent
GIVEN = ("screen", "docs/cohort.csv", "docs/heart.rules")
HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\x1b[31m\u202e=1+1"


@pytest.fixture(scope="module")
def found() -> el.Screening:
    return el.screen(el.read_rulebook((ROOT / "docs/heart.rules").read_text()), ROOT / "docs" / "cohort.csv")


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def bars(self, name: str) -> list[float]:
        return [float(given["width"] or 0) for tag, given in self.tags if tag == "rect" and given["class"] == name][1:]


def test_it_has_the_numbers_of_the_text(found: el.Screening) -> None:
    told = " ".join(Page(screening_page(found)).words)
    for row in found.trials[0].attrition:
        passed, failed, unknown, lacking, none, remaining, only = criterion_numbers(row)
        numbers = f"Pass {passed} Fail {failed} Unknown {unknown} No fact {lacking} Not appl. {none} Only here {only}"
        assert numbers in told
        assert f"{remaining} remain" in told
    for line in re.findall(r"^without .*", screening_as_text(found), re.MULTILINE):
        assert line in told


def test_bars_are_as_long_as_the_numbers(found: el.Screening) -> None:
    page, rows = Page(screening_page(found)), found.trials[0].attrition
    assert page.bars("stay") == [1000 * row.remaining / found.patients for row in rows]
    lost = [
        before - row.remaining
        for before, row in zip([found.patients, *(row.remaining for row in rows)], rows, strict=False)
    ]
    assert page.bars("lost") == [1000 * one / found.patients for one in lost if one]


def test_each_cohort_begins_with_all_patients(found: el.Screening) -> None:
    rows = found.trials[0].attrition
    twice = tuple(replace(row, cohort=cohort) for cohort in ("A", "B") for row in rows)
    page = Page(screening_page(replace(found, trials=(replace(found.trials[0], attrition=twice),))))
    assert page.bars("stay") == 2 * [1000 * row.remaining / found.patients for row in rows]
    assert {"A", "B"} <= set(page.words)


def test_nothing_in_it_acts_or_is_fetched(found: el.Screening) -> None:
    trial = found.trials[0]
    rows = tuple(replace(row, id=HOSTILE, text=HOSTILE, notation=HOSTILE, cohort=HOSTILE) for row in trial.attrition)
    gains = tuple(replace(row, id=HOSTILE, to=HOSTILE) for row in trial.relaxations)
    html = screening_page(
        replace(found, trials=(replace(trial, trial=HOSTILE, title=HOSTILE, attrition=rows, relaxations=gains),))
    )
    page = Page(html)
    assert not {"script", "img", "iframe", "link", "a"} & {
        tag for tag, given in page.tags if given.get("class") != "skip"
    }
    assert not [name for _, given in page.tags for name in given if name.startswith("on") or name in ("src", "style")]
    assert not {"\x1b", "\u202e"} & set(html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = next(given["content"] for _, given in page.tags if "http-equiv" in given)
    assert policy == f"default-src 'none'; style-src '{hash_of(style)}'; base-uri 'none'; form-action 'none'"


def test_of_nobody_there_is_a_page_too(found: el.Screening) -> None:
    rows = tuple(replace(row, remaining=0) for row in found.trials[0].attrition)
    page = Page(screening_page(replace(found, patients=0, trials=(replace(found.trials[0], attrition=rows),))))
    assert set(page.bars("stay")) == {0}


def test_too_many_trials_are_counted_instead(found: el.Screening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eligibility.reports.html.screening_page.MOST_BYTES", 1000)
    assert "4 more trials are not on this page" in screening_page(replace(found, trials=found.trials * 5))


def test_the_command_writes_it_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    done = running.run(*GIVEN, "--html", file)
    assert (done.returncode, done.stdout) == (0, f"{file}: 10 patients against 1 trial\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "remain" in file.read_text(encoding="utf-8")
    assert running.run(*GIVEN, "--html", "-").returncode == 2
    refused = running.run(*GIVEN, "--html", file, "--xlsx", file)
    assert (refused.returncode, "name the same file" in refused.stderr) == (2, True)
