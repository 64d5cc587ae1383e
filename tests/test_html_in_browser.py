"""The HTML report in a real browser: it filters, is used by keyboard, fetches nothing, fits a phone, prints open.

Needs Chromium with its driver (Debian: `apt-get install chromium chromium-driver`) and selenium; skipped without.
"""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import eligibility as el
from eligibility.reports.html.page import More
from eligibility.trials.trial import Trial

pytestmark = pytest.mark.heavy
webdriver: Any = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
KEYS: Any = pytest.importorskip("selenium.webdriver.common.keys").Keys
WAIT: Any = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DRIVER = shutil.which("chromedriver")
if not (CHROMIUM and DRIVER):
    pytest.skip("there is no Chromium with a chromedriver here", allow_module_level=True)
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1280,1000",
)  # fmt: skip
HOSTILE = (
    '<img src="http://example.invalid/x.png" onerror="document.title=1"><script src="http://example.invalid/"></script>'
)
SHOWN = "[...document.querySelectorAll('.t')].filter((one) => !one.hidden)"

# The contrast of every text with what lies behind it (WCAG 2.2, 1.4.3), and of the lines of a picture (1.4.11).
CONTRAST = """
const light = (c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n.length > 3 ? n[3] : 1]; };
const lum = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
const ratio = (a, b) => { const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const colour = parse(getComputedStyle(node).backgroundColor);
    if (colour[3] === 1) return colour;
  }
  return [255, 255, 255, 1];
};
const poor = [];
let looked = 0;
for (const node of document.querySelectorAll("body *")) {
  const own = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const inSvg = node.namespaceURI.endsWith("svg");
  if (!node.checkVisibility() || ["SCRIPT", "STYLE"].includes(node.tagName)) continue;
  const tell = (colour, least, what) => {
    looked += 1;
    const found = ratio(parse(colour), behind(inSvg ? node.closest("svg").parentElement : node));
    if (found < least) poor.push([what, node.className.baseVal ?? node.className, node.tagName, colour, found]);
  };
  const style = getComputedStyle(node);
  if (own && !inSvg) tell(style.color, 4.5, "text");
  if (node.tagName === "text") tell(style.fill, 4.5, "text of a picture");
  if (["line", "circle", "path"].includes(node.tagName)) {
    for (const paint of [style.stroke, node.tagName === "path" ? style.fill : "none"]) if (paint !== "none") tell(paint, 3, "line");
  }
  for (const part of ["::before", "::after"]) {
    const made = getComputedStyle(node, part);
    if (!["none", "normal", '""'].includes(made.content)) tell(made.color, 4.5, part);
  }
}
return [looked, poor];
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """All shipped trials, one that is hostile, and a patient with something of everything."""
    trials = [el.read_trial(path) for path in sorted((ROOT / "cases" / "trials").glob("*/record.*"))]
    words = f"Inclusion Criteria:\n- INR < 2 and {HOSTILE}\n- bilirubin < 5 mg/dL\u202e dL/gm\n- {'Unbreakable' * 60}"
    trials.append(Trial("HOSTILE-1", title=HOSTILE, criteria=words))
    patient = el.read_patient(ROOT / "cases" / "patients" / "liver-failure.json")
    file = tmp_path_factory.mktemp("page") / "report.html"
    el.write_html(
        el.match(patient, trials), file, More("eligibility match patient.json --only"), el.next_steps(patient, trials)
    )
    return file.as_uri()


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A population screened for all shipped trials, one that is hostile, and one whose words nobody can break."""
    trials: list[Trial | el.Rulebook] = [el.read_rulebook((ROOT / "docs" / "heart.rules").read_text())]
    trials += [el.read_trial(path) for path in sorted((ROOT / "cases" / "trials").glob("*/record.*"))]
    words = f"Inclusion Criteria:\n- INR < 2 and {HOSTILE}\n- {'Unbreakable' * 60}"
    trials.append(Trial("HOSTILE-1", title=HOSTILE, criteria=words))
    file = tmp_path_factory.mktemp("screening") / "screening.html"
    el.write_screening(el.screen(trials, ROOT / "docs" / "cohort.csv"), file)
    return file.as_uri()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One browser of our own, with the requests and messages of each page kept."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for switch in (*QUIET, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Any, page: str) -> Iterator[Any]:
    """The page as it is when it is opened; whatever a test does, it fetches nothing and raises no error."""
    yield from opened(chromium, page)


@pytest.fixture
def screened(chromium: Any, screening: str) -> Iterator[Any]:
    """The same of the page of a screening."""
    yield from opened(chromium, screening)


def opened(chromium: Any, page: str) -> Iterator[Any]:
    """A page, and when the test is over the proof that it was quiet."""
    chromium.get("about:blank")
    chromium.get_log("performance"), chromium.get_log("browser")
    see(chromium, scheme="light", width=1280, height=1000)
    open_page(chromium, page)
    yield chromium
    assert chromium.get_log("browser") == []
    messages = [json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")]
    asked = [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]
    assert {url.partition("#")[0] for url in asked} == {page}


def see(browser: Any, scheme: str, width: int, height: int) -> None:
    """As a person with this colour scheme and window sees it."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def open_page(browser: Any, address: str) -> None:
    """Open a page and wait until all of it is there: the driver may come back while a large one is still being read."""
    browser.get(address)
    wait(browser, f"document.readyState === 'complete' && location.href === {json.dumps(address)}")


def shown(browser: Any) -> list[str]:
    found: list[str] = browser.execute_script(f"return {SHOWN}.map((one) => one.querySelector('.id').textContent)")
    return found


def wait(browser: Any, condition: str) -> None:
    WAIT(browser, 20).until(lambda one: one.execute_script(f"return {condition}"))


def click(browser: Any, selector: str) -> None:
    browser.find_element("css selector", selector).click()


def count(browser: Any) -> str:
    text: str = browser.find_element("id", "count").text
    return text


def unfold(browser: Any) -> None:
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")


# ---------------------------------------------------------------- filters and search


def test_outcomes_filter_trials_and_the_count_says_so(browser: Any) -> None:
    """What is left out is named, so that nobody takes a part for the whole."""
    every = shown(browser)
    assert len(every) == 6
    click(browser, "input[value=ineligible]")
    left = shown(browser)
    assert 0 < len(left) < 6
    assert count(browser) == f"{len(left)} of 6 trials shown, without ineligible"
    click(browser, "button[type=reset]")
    wait(browser, f"{SHOWN}.length === 6")
    assert count(browser) == "6 of 6 trials shown"


def test_results_filter_criteria_and_the_trials_that_have_none_left(browser: Any) -> None:
    """Only what fails: each trial that is shown shows at least one criterion, and no other kind."""
    for result in ("pass", "unresolved", "not_applicable"):
        click(browser, f"input[value={result}]")
    unfold(browser)
    seen = "[...document.querySelectorAll('.c')].filter((one) => one.checkVisibility())"
    assert set(browser.execute_script(f"return {seen}.map((one) => one.dataset.r)")) == {"fail"}
    kinds = f"return {SHOWN}.map((one) => [...one.querySelectorAll('.c')].filter((c) => c.checkVisibility()).length)"
    assert all(browser.execute_script(kinds))
    assert not browser.execute_script(f"return {SHOWN}.some((one) => one.dataset.o !== 'ineligible')")


def test_search_finds_words_of_trials_criteria_and_facts(browser: Any) -> None:
    """All words must stand in a trial, whatever their case."""
    field = browser.find_element("id", "words")
    for words in ("NCT05940610", "PROTHROMBIN activity", "measurements[0] 205 umol"):
        field.clear()
        field.send_keys(words)
        wait(browser, "document.getElementById('count').textContent.includes('with')")
        wait(browser, f"{SHOWN}.some((one) => one.textContent.includes('NCT05940610')) && {SHOWN}.length < 6")
    field.clear()
    field.send_keys("zyzzyva INR")
    wait(browser, f"{SHOWN}.length === 0")
    assert count(browser) == "0 of 6 trials shown, with “zyzzyva INR”"


def test_all_that_are_shown_open_and_close(browser: Any) -> None:
    """And those that are filtered out stay as they are."""
    click(browser, "input[value=ineligible]")
    click(browser, "#unfold")
    state = "[...document.querySelectorAll('.t details')].map((one) => [one.open, one.closest('.t').dataset.o])"
    assert all(is_open == (outcome != "ineligible") for is_open, outcome in browser.execute_script(f"return {state}"))
    click(browser, "#fold")
    assert not any(is_open for is_open, _ in browser.execute_script(f"return {state}"))


def test_without_scripts_everything_can_be_read(chromium: Any, page: str) -> None:
    """The filters, which could do nothing, are not there."""
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        chromium.get(page)
        assert not chromium.find_element("id", "filters").is_displayed()
        chromium.find_element("css selector", ".t summary").click()
        assert chromium.find_element("css selector", ".c").is_displayed()
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# ---------------------------------------------------------------- keyboard and screen reader


def press(browser: Any, *keys: str) -> None:
    webdriver.ActionChains(browser).send_keys(*keys).perform()


def focused(browser: Any, what: str) -> Any:
    return browser.execute_script(f"return document.activeElement.{what}")


def test_the_keyboard_reaches_and_works_everything(browser: Any) -> None:
    """Skip link, search, boxes, a trial: in order, by Tab, Enter and Space, with a focus that is seen."""
    press(browser, KEYS.TAB)
    assert focused(browser, "className") == "skip"
    assert browser.execute_script("return document.activeElement.getBoundingClientRect().left >= 0")
    press(browser, KEYS.ENTER)
    assert focused(browser, "id") == "trials"
    press(browser, KEYS.TAB)
    assert focused(browser, "id") == "words"
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert browser.execute_script(outline) == "solid"
    press(browser, KEYS.TAB, KEYS.SPACE)
    assert focused(browser, "checked") is False
    assert "6 trials shown, without" in count(browser)
    press(browser, KEYS.SPACE)
    for _ in range(40):
        press(browser, KEYS.TAB)
        if focused(browser, "tagName") == "SUMMARY":
            break
    assert browser.execute_script(outline) == "solid"
    press(browser, KEYS.ENTER)
    assert focused(browser, "parentElement.open") is True


def test_a_screen_reader_finds_landmarks_headings_and_names(browser: Any) -> None:
    """By the accessibility tree of the browser."""
    unfold(browser)
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    named = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node.get("ignored") and "role" in node
    ]
    roles = {role for role, _ in named}
    assert {"banner", "main", "contentinfo", "search", "status", "article", "list", "blockquote", "mark"} <= roles
    assert all(
        name for role, name in named if role in ("checkbox", "searchbox", "button", "heading", "image", "article")
    )
    assert {("search", "Filter trials"), ("group", "Outcome of the trial"), ("group", "Result of the criterion")} <= {
        *named
    }
    assert any(
        name.startswith("Total bilirubin: passes if ≥ 171 umol/L; the value is")
        for role, name in named
        if role == "image"
    )
    levels = browser.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map((one) => +one.tagName[1])"
    )
    assert levels[0] == 1
    assert all(later - former <= 1 for former, later in pairwise(levels))
    ids = browser.execute_script("return [...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough(browser: Any, scheme: str) -> None:
    """WCAG AA, of every text, mark and line of the page, all of it open."""
    see(browser, scheme, 1280, 1000)
    unfold(browser)
    looked, poor = browser.execute_script(CONTRAST)
    assert looked > 500
    assert poor == []
    dark = browser.execute_script("return getComputedStyle(document.body).backgroundColor") != "rgb(245, 246, 248)"
    assert dark == (scheme == "dark")


# ---------------------------------------------------------------- narrow and on paper


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_scrolls_sideways(browser: Any, width: int) -> None:
    """On a phone too, with every trial open and a word that cannot be broken."""
    see(browser, "light", width, 800)
    unfold(browser)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    wide = "return [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && one.checkVisibility()).length"
    assert browser.execute_script(wide) == 0


def printed(browser: Any) -> int:
    """The pages of the document as it prints."""
    made = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert made.startswith(b"%PDF")
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", made))


def test_paper_shows_everything_open_and_no_filters(browser: Any) -> None:
    """Closed or open on the screen, light or dark: the same pages; afterwards all is as it was."""
    closed = printed(browser)
    assert browser.execute_script("return document.querySelectorAll('.t details[open]').length") == 0
    see(browser, "dark", 1280, 1000)
    unfold(browser)
    assert closed == printed(browser) > 3
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    assert not browser.find_element("id", "filters").is_displayed()
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_filter_prints_as_what_it_is(browser: Any) -> None:
    """Less paper, and the line that says what is left out."""
    whole = printed(browser)
    click(browser, "input[value=ineligible]")
    assert printed(browser) < whole
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    assert "without ineligible" in count(browser)


# ---------------------------------------------------------------- hostile words, many trials


def test_hostile_words_do_nothing(browser: Any) -> None:
    """They are text; the title is still the page's, and no element came of them."""
    unfold(browser)
    assert browser.title.startswith("Patient liver-failure")
    assert (
        browser.execute_script(
            "return document.querySelectorAll('img, script[src], iframe, object, embed, link').length"
        )
        == 0
    )
    assert '<img src="http://example.invalid' in browser.find_element("css selector", ".trials").text


def test_five_thousand_trials_open_and_filter(chromium: Any, tmp_path: Path) -> None:
    """All are there, and work; how long it takes is measured elsewhere."""
    from dataclasses import replace

    patient = el.read_patient(ROOT / "cases" / "patients" / "liver-failure.json")
    report = el.match(patient, [el.read_trial(path) for path in sorted((ROOT / "cases" / "trials").glob("*/record.*"))])
    many = [replace(report.verdicts[place % 5], trial=f"MADE-UP-{place}") for place in range(5000)]
    file = tmp_path / "many.html"
    el.write_html(replace(report, verdicts=tuple(many)), file, More("eligibility match patient.json --only"))
    see(chromium, "light", 1280, 1000)
    open_page(chromium, file.as_uri())
    assert chromium.execute_script("return document.querySelectorAll('.t').length") == 5000
    click(chromium, "input[value=ineligible]")
    assert count(chromium) == "3,000 of 5,000 trials shown, without ineligible"
    chromium.find_element("id", "words").send_keys("MADE-UP-4990")
    wait(chromium, f"{SHOWN}.length === 1")
    assert "eligibility match patient.json --only MADE-UP-4990" in chromium.execute_script(
        f"return {SHOWN}[0].textContent"
    )


# ---------------------------------------------------------------- the page of a screening


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_on_the_page_of_a_screening(screened: Any, scheme: str) -> None:
    """And what is lost at a criterion is told by a sign and a word, not by a colour alone."""
    see(screened, scheme, 1280, 1000)
    unfold(screened)
    looked, poor = screened.execute_script(CONTRAST)
    assert looked > 200
    assert poor == []
    assert screened.find_element("css selector", ".gone").text == "−2 here"


@pytest.mark.parametrize("width", [320, 360, 768])
def test_no_screening_scrolls_sideways(screened: Any, width: int) -> None:
    see(screened, "light", width, 800)
    assert screened.execute_script("return document.documentElement.scrollWidth") <= width


def test_a_screening_is_read_by_keyboard_and_screen_reader(screened: Any) -> None:
    """The link over the trials goes to the legend; headings follow each other; hostile words are words."""
    press(screened, KEYS.TAB)
    assert screened.execute_script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    nodes = screened.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {node["role"]["value"] for node in nodes if not node.get("ignored") and "role" in node}
    assert {"banner", "main", "list", "heading"} <= roles
    levels = screened.execute_script(
        "return [...document.querySelectorAll('h1,h2,h3,h4')].map((one) => +one.tagName[1])"
    )
    assert levels[0] == 1
    assert all(later - former <= 1 for former, later in pairwise(levels))
    assert screened.execute_script("return document.querySelectorAll('img, script[src], iframe, link').length") == 0
    assert '<img src="http://example.invalid' in screened.find_element("css selector", "main").text


def test_a_screening_prints_whole_and_dark_on_white(screened: Any) -> None:
    see(screened, "dark", 1280, 1000)
    assert printed(screened) > 1
    screened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    assert screened.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
