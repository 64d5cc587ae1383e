"""The report as a page: how long it takes to write and to open, how large it is, and how it grows with trials.

    python tests/benchmarks/report.py [--sizes 20,500] [TRIALS.jsonl.gz [PATIENT]]
        default: ../shared/corpus/trials-dev.jsonl.gz, the largest of ../shared/patients/fhir

Opening is measured where there is Chromium with its driver and selenium: until the page has loaded, and until its
filters have answered.
"""

from __future__ import annotations

import shutil
import sys
import time
from importlib import import_module
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sizes import sizes_of

import eligibility as el
from eligibility.reports.html.page import More

SHARED = Path(__file__).resolve().parents[3] / "shared"
TRIALS = SHARED / "corpus" / "trials-dev.jsonl.gz"
SIZES = (20, 500, 5_000)
LOADED = "const one = performance.getEntriesByType('navigation')[0]; return one.loadEventEnd"
FILTERED = """
const start = performance.now();
document.querySelector("input[value=ineligible]").click();
document.body.offsetHeight;
document.getElementById("words").value = "diabetes";
document.getElementById("filters").requestSubmit();
document.body.offsetHeight;
return performance.now() - start;
"""


def opened(file: Path, profile: str) -> tuple[float, float]:
    """Milliseconds until the page has loaded, and for a filter and a search; NaN without a browser."""
    browser, driver = shutil.which("chromium"), shutil.which("chromedriver")
    try:
        webdriver: Any = import_module("selenium.webdriver")
    except ImportError:
        return float("nan"), float("nan")
    if not (browser and driver):
        return float("nan"), float("nan")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for switch in ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"):
        options.add_argument(switch)
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as chromium:
        chromium.get(file.as_uri())
        return chromium.execute_script(LOADED), chromium.execute_script(FILTERED)


def main() -> None:
    """Print a line a size."""
    sizes, words = sizes_of(sys.argv[1:], SIZES)
    trials = Path(words[0]) if words else TRIALS
    largest = max((SHARED / "patients" / "fhir").glob("*.json*"), key=lambda path: path.stat().st_size)
    patient = next(iter(el.read_patients(words[1] if len(words) > 1 else str(largest))))
    print(f"{'trials':>7} {'MB':>6} {'write, CPU s':>13} {'open, ms':>9} {'filter and search, ms':>22}")
    for size in sizes:
        report = el.match(patient, islice(el.read_trials(trials, on_fault=lambda _: None), size))
        with TemporaryDirectory() as folder:
            file = Path(folder, "report.html")
            cpu = time.process_time()
            written = el.write_html(report, file, More("eligibility match patient.json trials/ --only"))
            cpu = time.process_time() - cpu
            load, filters = opened(file, f"{folder}/profile")
        print(f"{size:>7} {written / 1e6:>6.1f} {cpu:>13.2f} {load:>9.0f} {filters:>22.0f}")


if __name__ == "__main__":
    main()
