"""How fast patient files are read: CPU milliseconds a megabyte of FHIR, and the memory of a long stream of bundles.

    python tests/benchmarks/patient_speed.py [BUNDLES]     default: the .json.gz of ../shared/patients/fhir

Each bundle is unpacked into a folder of its own and read seven times; the best counts, start-up (imports, tables) not.
Then 1,000 bundles are streamed from one file, and the peak memory after 100 is compared with that after all.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from eligibility.patients.read import read_patients

BUNDLES = Path(__file__).resolve().parents[3] / "shared" / "patients" / "fhir"
ROUNDS = 7


def best(path: Path) -> float:
    """CPU seconds of the fastest reading."""
    spent = []
    for _ in range(ROUNDS):
        started = time.process_time()
        list(read_patients(path))
        spent.append(time.process_time() - started)
    return min(spent)


def speed(files: Sequence[Path], folder: Path) -> None:
    """Print a line a bundle and the whole."""
    size, seconds = 0, 0.0
    for file in files:
        path = folder / file.name.removesuffix(".gz")
        path.write_bytes(gzip.decompress(file.read_bytes()))
        spent = best(path)
        size, seconds = size + path.stat().st_size, seconds + spent
        print(f"{path.stat().st_size / 1e6:6.2f} MB  {spent * 1e3:6.1f} ms")
    print(f"{size / 1e6:6.2f} MB  {seconds * 1e3:6.1f} ms  {seconds * 1e9 / size:.1f} ms CPU a MB")


def memory(file: Path, folder: Path) -> None:
    """Print the peak memory after 100 and after 1,000 bundles of one file."""
    bundle = json.loads(gzip.decompress(file.read_bytes()))
    text = json.dumps(bundle)
    own = next(row["resource"]["id"] for row in bundle["entry"] if row["resource"]["resourceType"] == "Patient")
    path = folder / "stream.ndjson"
    with path.open("w", encoding="utf-8") as lines:
        lines.writelines(text.replace(own, f"patient-{number:04}") + "\n" for number in range(1000))
    started = time.process_time()
    for number, _ in enumerate(read_patients(path), 1):
        if number in (100, 1000):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{number:5} bundles  {time.process_time() - started:6.1f} s CPU  {peak:.0f} MB at most")


def main(files: Sequence[Path]) -> None:
    """Read every bundle, then a stream of the smallest."""
    with tempfile.TemporaryDirectory() as name:
        speed(files, Path(name))
        memory(min(files, key=lambda file: file.stat().st_size), Path(name))


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or sorted(BUNDLES.glob("*.json.gz")))
