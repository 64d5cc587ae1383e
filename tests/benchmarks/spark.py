"""The same rules and tables by Spark: CPU seconds of all its processes, Java and Python, on the cores of this machine.

    python tests/benchmarks/spark.py [--sizes 10000,100000] [TRIALS.jsonl.gz]
        default: 100,000 and a million patients, ../shared/corpus/trials-dev.jsonl.gz

Needs eligibility[spark]. Trials and tables are those of screening.py; few trials and many show what reading a patient
costs and what judging a pair costs. Every run is a session of its own, whose start is shown and taken off.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from screening import TRIALS, chosen_trials, write_table
from sizes import sizes_of

from eligibility.rules.rulebook import read_rulebook, write_rulebook

SIZES = (100_000, 1_000_000)
WAYS = {
    "counts, 20 trials": (20, False),
    "counts, 200 trials": (200, False),
    "attrition and list, 200 trials": (200, True),
}
_TICKS = os.sysconf("SC_CLK_TCK")


def spent() -> dict[str, float]:
    """CPU seconds of the processes of this session, by what they run; of those that ended by who began them."""
    found = {"java": 0.0, "python": 0.0}
    for place in Path("/proc").iterdir():
        try:
            name, _, rest = (place / "stat").read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        fields = rest.split()
        if int(fields[3]) == os.getsid(0):
            found["java" if name == "java" else "python"] += sum(map(int, fields[11:15])) / _TICKS
    return found


def child(file: str, rules: str, trials: int, whole: bool) -> dict[str, Any]:
    """One screening in this process and those that it begins."""
    from eligibility.population.read import ROWS
    from eligibility.spark.screen import screen_on_spark
    from eligibility.spark.session import session

    books = [read_rulebook(text) for text in json.loads(Path(rules).read_text())[:trials]]
    with session(file, ROWS) as spark:
        spark.range(1).count()
        before, wall = spent(), time.perf_counter()
        found = screen_on_spark(books, file, attrition=whole, output=f"{file}.{trials}.list" if whole else None)
        after = spent()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = {name: after[name] - before[name] for name in after}
    counts = [list(trial.counts.values()) for trial in found.trials]
    return {
        "counts": counts,
        "wall": time.perf_counter() - wall,
        "start": sum(before.values()),
        "driver": peak,
        **seconds,
    }


def main(file: Path, sizes: Sequence[int]) -> None:
    """Print a line a way and size."""
    import eligibility as el

    books, flags = chosen_trials(file)
    print(
        f"{'':32} {'patients':>10} {'wall s':>8} {'CPU s':>8} {'of Java':>8} {'start, CPU s':>13} {'one machine, CPU s':>19}"
    )
    with TemporaryDirectory() as folder:
        rules = Path(folder, "rules.json")
        rules.write_text(json.dumps([write_rulebook(book) for book in books]))
        for rows in sizes:
            table = f"{folder}/{rows}.parquet"
            write_table(table, rows, flags)
            print(f"{'bytes a patient in Parquet':32} {rows:10,} {Path(table).stat().st_size / rows:8.0f}")
            for name, (trials, whole) in WAYS.items():
                command = [sys.executable, __file__, "--child", table, str(rules), str(trials), str(int(whole))]
                done = subprocess.run(command, capture_output=True, text=True, check=False, start_new_session=True)
                if done.returncode:
                    raise SystemExit(done.stderr[-3000:])
                found = json.loads(done.stdout.splitlines()[-1])
                cpu = time.process_time()
                here = el.screen(books[:trials], table, attrition=whole, output=f"{table}.csv" if whole else None)
                cpu = time.process_time() - cpu
                whole_cpu = found["java"] + found["python"]
                print(
                    f"{name:32} {rows:10,} {found['wall']:8.1f} {whole_cpu:8.1f} {found['java']:8.1f} "
                    f"{found['start']:13.1f} {cpu:19.1f}",
                    flush=True,
                )
                if [list(trial.counts.values()) for trial in here.trials] != found["counts"]:
                    print("  Spark counts otherwise")


if __name__ == "__main__":
    given = sys.argv[1:]
    if given[:1] == ["--child"]:
        print(json.dumps(child(given[1], given[2], int(given[3]), given[4] == "1")))
    else:
        chosen, given = sizes_of(given, SIZES)
        main(Path(given[0]) if given else TRIALS, chosen)
