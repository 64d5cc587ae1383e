"""All benchmarks, written to BENCHMARKS.md with the machine and the date.

    python tests/benchmarks/all.py [--small] [NAME …]

NAME is one of parse, match, patients, registry, report, screening, spark (default: all of them); what is not run keeps what it
had. `--small` leaves the largest sizes out, and says so. Needs `pip install -e '.[test,spark]' polars`, and the corpus
and the records that the benchmarks name.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from eligibility.rules import parse

HERE = Path(__file__).resolve().parent
RESULTS = HERE.parents[1] / "BENCHMARKS.md"
PACKAGES = ("numpy", "duckdb", "polars", "pyspark", "lark", "jinja2")
HEAD = """# Benchmarks

`python tests/benchmarks/all.py` runs all of this and writes this file; `all.py registry screening` runs some and keeps the
rest, `--small` leaves the largest sizes out. It needs `pip install -e '.[test,spark]' polars`. CPU seconds are of all cores
together, and hold on a machine that does other work; wall seconds do not. How the numbers are made stands at the top of
each script.
"""


@dataclass(frozen=True)
class Benchmark:
    """A script: what it shows, its arguments, and those of a small run."""

    title: str
    says: str
    arguments: tuple[str, ...] = ()
    small: tuple[str, ...] | None = None


BENCHMARKS = {
    "parse": Benchmark(
        "Criteria read into rules", "Texts that were never seen, and criteria as they come.", ("parse_speed.py", "--repeats")
    ),
    "match": Benchmark(
        "One patient, trial by trial", "The judge of single patients, rules read beforehand.", ("match_speed.py",)
    ),
    "patients": Benchmark(
        "Patients read from FHIR", "Every bundle, then a long stream of one.", ("patient_speed.py",)
    ),
    "registry": Benchmark(
        "One patient, a whole registry",
        "Goal: 27,000 trials loaded in less than a second of CPU, and matched in less than another.",
        ("registry.py",),
        ("registry.py", "--sizes", "1000"),
    ),
    "report": Benchmark(
        "The report as a page",
        "Goal: 5,000 trials in less than 15 MB, which open in less than three seconds; the time until the page has loaded.",
        ("report.py",),
        ("report.py", "--sizes", "20,500"),
    ),
    "screening": Benchmark(
        "A population, 200 real trials",
        "Beside polars and DuckDB SQL written by hand for the same rules, in the same run. Goals: 0.8 times the speed of "
        "polars, five times that of SQL, less than 1,500 MB.",
        ("screening.py",),
        ("screening.py", "--sizes", "10000,100000"),
    ),
    "spark": Benchmark(
        "A population, by Spark",
        "The same rules and tables by the tasks of Spark on one machine: what the cluster adds to the kernel.",
        ("spark.py",),
        ("spark.py", "--sizes", "100000"),
    ),
}  # fmt: skip


def machine() -> str:
    """Cores, memory and versions; no name and no path of it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [f"{cores} cores ({platform.machine()}{_model()})", f"{memory:.0f} GB of memory"]
    compiled = "pure Python" if (parse.__file__ or "").endswith(".py") else "compiled"
    parts.append(f"{platform.system()}, Python {platform.python_version()}, eligibility {compiled}")
    for name in PACKAGES:
        try:
            parts.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            parts.append(f"no {name}")
    return ", ".join(parts)


def _model() -> str:
    file = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)$", file.read_text(), re.MULTILINE) if file.is_file() else None
    return f", {found[1]}" if found else ""


def section(name: str, benchmark: Benchmark, small: bool) -> str:
    """Run a benchmark; what it prints, with the command, the machine and the date."""
    script, *arguments = benchmark.small if small and benchmark.small else benchmark.arguments
    load = os.getloadavg()[0]
    day = datetime.now(UTC).date().isoformat()
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr[-3000:]}")
    lines = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    cut = " Small: the largest sizes are left out." if small and benchmark.small else ""
    command = " ".join(("python", f"tests/benchmarks/{script}", *arguments))
    return (
        f"## {benchmark.title}\n\n{benchmark.says}{cut}\n\n`{command}`, {day}: {machine()}; "
        f"{load:.1f} processes were waiting for its cores when it began.\n\n```text\n{lines}\n```\n"
    )


def sections(text: str) -> dict[str, str]:
    """What stands in the file, by the titles."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {part[3:].split("\n", 1)[0]: part.rstrip("\n") + "\n" for part in parts}


def main(words: list[str]) -> None:
    """Run what was asked for, and write the file after each."""
    small, names = "--small" in words, [word for word in words if not word.startswith("-")]
    if strange := [name for name in names if name not in BENCHMARKS]:
        raise SystemExit(f"no benchmark {strange[0]}: one of {', '.join(BENCHMARKS)}")
    for name in names or BENCHMARKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        made = section(name, BENCHMARKS[name], small)
        known = sections(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
        known[BENCHMARKS[name].title] = made
        kept = [known[one.title] for one in BENCHMARKS.values() if one.title in known]
        RESULTS.write_text("\n".join([HEAD, *kept]), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
