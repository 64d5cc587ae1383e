"""One patient against a registry: indexing, loading, matching, and how they grow with trials.

    python tests/benchmarks/registry.py [--sizes 1000,9000] [TRIALS.jsonl.gz [PATIENT]]
        default: 1,000, 9,000 and 27,000 of ../shared/corpus/trials-dev.jsonl.gz, the largest of ../shared/patients/fhir

Each size is indexed by two processes and matched in a process of its own; the report of the best 20 is included.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sizes import sizes_of

import eligibility as el
from eligibility.registry.index import index

SHARED = Path(__file__).resolve().parents[3] / "shared"
TRIALS = SHARED / "corpus" / "trials-dev.jsonl.gz"
SIZES = (1_000, 9_000, 27_000)
ROUNDS = 5


def indexed(trials: Path, size: int, file: str) -> dict[str, float]:
    """Index so many trials, and index them again when nothing has changed."""
    records = list(islice(el.read_trials(trials, on_fault=lambda _: None), size))
    wall = time.perf_counter()
    done = index(records, file, workers=2)
    spent = time.perf_counter() - wall
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    wall = time.perf_counter()
    index(records, file, workers=2)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    holds = {"trials": done.holds.trials, "criteria": done.holds.criteria, "tests": done.holds.leaves}
    size_mb = Path(file).stat().st_size / 1e6
    return {**holds, "wall": spent, "cpu": cpu, "again": time.perf_counter() - wall, "peak": peak, "MB": size_mb}


def matched(file: str, patient: str) -> dict[str, float]:
    """Load a registry and match a patient to it; the vocabulary and the patient are read before."""
    one = next(iter(el.read_patients(patient)))
    el.match(one, [])
    import duckdb
    import numpy as np

    duckdb.connect(), np.zeros(1)
    cpu = time.process_time()
    registry = el.read_registry(file)
    load, spent = time.process_time() - cpu, []
    for _ in range(ROUNDS):
        cpu = time.process_time()
        report = el.match_registry(one, registry)
        spent.append(time.process_time() - cpu)
    assert report.whole is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"load": load, "first": spent[0], "next": min(spent), "peak": peak, "looked at": report.whole.looked_at}


def child(*arguments: str) -> dict[str, float]:
    """One measurement in a process of its own."""
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(trials: str, patient: str, sizes: Sequence[int]) -> None:
    """Print two lines a size."""
    with TemporaryDirectory() as folder:
        for size in sizes:
            file = f"{folder}/{size}.eligibility"
            for name, found in (
                ("index", child("--index", trials, str(size), file)),
                ("match", child("--match", file, patient)),
            ):
                told = ", ".join(f"{key} {value:,.3f}".removesuffix(".000") for key, value in found.items())
                print(f"{size:7,} {name}: {told}", flush=True)


def largest() -> str:
    """The largest record of a patient."""
    return str(max((SHARED / "patients" / "fhir").glob("*.json.gz"), key=lambda file: file.stat().st_size))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--index"]:
        print(json.dumps(indexed(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
    elif sys.argv[1:2] == ["--match"]:
        print(json.dumps(matched(sys.argv[2], sys.argv[3])))
    else:
        chosen, given = sizes_of(sys.argv[1:], SIZES)
        main(given[0] if given else str(TRIALS), given[1] if len(given) > 1 else largest(), chosen)
