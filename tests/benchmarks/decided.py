"""How many criteria real coded patients decide, and why the rest stays open.

    python tests/benchmarks/decided.py [--trials N] [--assume-absent LISTS] [PATIENTS ...]

Default: the first 20 trials of ../shared/records/ctgov-v2.json whose sha256 is not divisible by three, every set of
patients in ../shared/patients. A criterion that is unresolved for several reasons counts by the first that a record
could mend: missing, stale, unit, no_reference_range, conflict; then judgement; then unclear.
"""

from __future__ import annotations

import argparse
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from eligibility.matching import match
from eligibility.patients.patient import Patient
from eligibility.patients.read import read_patients
from eligibility.rules.rulebook import Rulebook, rulebook
from eligibility.trials.read import read_trials
from eligibility.verdicts.policy import Policy
from eligibility.verdicts.verdict import CriterionVerdict

SHARED = Path(__file__).resolve().parents[3] / "shared"
REASONS = ("missing", "stale", "unit", "no_reference_range", "conflict", "judgement", "unclear")


def main() -> None:
    """One line a set of patients: patients, then pass, fail, not applicable, and each reason of the unresolved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("patients", nargs="*", type=Path)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--assume-absent", default="")
    asked = parser.parse_args()
    books = [rulebook(trial) for trial in read_trials(SHARED / "records" / "ctgov-v2.json") if _readable(trial.id)]
    books = books[: asked.trials]
    policy = Policy(assume_absent=frozenset(filter(None, asked.assume_absent.split(","))))
    print(
        f"{len(books)} trials, {sum(len(book.lines) for book in books)} criteria: {', '.join(b.trial.id for b in books)}"
    )
    for path in asked.patients or _sets():
        show(path, books, policy)


def _sets() -> Iterator[Path]:
    for folder in ("fhir", "mcode", "omop"):
        yield from sorted(
            p for p in (SHARED / "patients" / folder).iterdir() if not p.name.startswith(("LICENSE", "svc_"))
        )


def _readable(nct_id: str) -> bool:
    return bool(int(hashlib.sha256(nct_id.encode()).hexdigest(), 16) % 3)


def show(path: Path, books: list[Rulebook], policy: Policy) -> None:
    """One line for the patients of a file."""
    counts: Counter[str] = Counter()
    patients = 0
    for patient in read_patients(path, on_fault=lambda fault: None):
        patients += 1
        counts.update(_results(patient, books, policy))
    if patients:
        total = counts.total()
        shares = ", ".join(f"{name} {count} ({count / total:.1%})" for name, count in sorted(counts.items()))
        decided = counts["pass"] + counts["fail"] + counts["not_applicable"]
        print(f"{path.name}: {patients} patients, decided {decided} of {total} ({decided / total:.1%}); {shares}")


def _results(patient: Patient, books: list[Rulebook], policy: Policy) -> Iterator[str]:
    for verdict in match(patient, books, policy=policy).verdicts:
        for one in verdict.criteria:
            yield one.result if one.result != "unresolved" else f"open: {_reason(one)}"


def _reason(verdict: CriterionVerdict) -> str:
    reasons = {gap.reason for gap in verdict.missing}
    return next((reason for reason in REASONS if reason in reasons), "unclear")


if __name__ == "__main__":
    main()
