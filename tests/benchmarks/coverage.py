"""How much of real records is understood: from the tables, by name alone, judgement, partly and unclear, by record.

python tests/benchmarks/coverage.py [PATH ...]     default: every folder of ../shared/records
"""

from __future__ import annotations

import hashlib
import sys
from collections import Counter
from pathlib import Path
from typing import get_args

from eligibility.rules.leaves import Understanding, understanding
from eligibility.rules.rulebook import rulebook
from eligibility.trials.read import read_trials

RECORDS = Path(__file__).resolve().parents[3] / "shared" / "records"
KINDS: tuple[Understanding, ...] = get_args(Understanding)


def main(paths: list[Path]) -> None:
    """Print one line a path and a sum."""
    whole: Counter[str] = Counter()
    for path in paths:
        counts: Counter[str] = Counter()
        trials = [t for t in read_trials(path, on_fault=lambda fault: None) if path.name == "seeds" or _readable(t.id)]
        for trial in trials:
            counts.update(understanding(line.rule) for line in rulebook(trial).lines)
        show(f"{path.name} ({len(trials)} trials)", counts)
        whole += counts
    show("all", whole)


def _readable(nct_id: str) -> bool:
    """Whether a trial is not held out for measuring; the five shipped records never are."""
    return bool(int(hashlib.sha256(nct_id.encode()).hexdigest(), 16) % 3)


def show(name: str, counts: Counter[str]) -> None:
    """One line of counts and shares."""
    total = counts.total() or 1
    print(
        f"{name}: {counts.total()} criteria; " + ", ".join(f"{k} {counts[k]} ({counts[k] / total:.0%})" for k in KINDS)
    )


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [RECORDS / "seeds", RECORDS / "ctgov-v2.json", RECORDS / "ctgov-xml"])
