"""Patient–trial pairs judged per CPU-second, one patient at a time, rules parsed beforehand.

    python tests/benchmarks/match_speed.py [TRIALS]     default: ../shared/records/ctgov-v2.json

The patient is the shipped one with liver failure; trials whose sha256 is divisible by three are left out.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

from eligibility.matching import match
from eligibility.patients.read import read_patient
from eligibility.rules.rulebook import rulebook
from eligibility.shipped import case_dir
from eligibility.trials.read import read_trials

RECORDS = Path(__file__).resolve().parents[3] / "shared" / "records" / "ctgov-v2.json"


def main(file: Path) -> None:
    """Print pairs and criteria per CPU-second."""
    trials = [t for t in read_trials(file) if int(hashlib.sha256(t.id.encode()).hexdigest(), 16) % 3]
    books = [rulebook(trial) for trial in trials]
    patient = read_patient(case_dir() / "patients" / "liver-failure.json")
    match(patient, books)
    rounds = 50
    started = time.process_time()
    for _ in range(rounds):
        match(patient, books)
    spent = time.process_time() - started
    lines = sum(len(book.lines) for book in books)
    print(f"{len(books)} trials with {lines} criteria, {rounds} rounds, {spent:.2f} s CPU")
    print(
        f"{rounds * len(books) / spent:,.0f} patient-trial pairs, {rounds * lines / spent:,.0f} criteria per CPU-second"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
