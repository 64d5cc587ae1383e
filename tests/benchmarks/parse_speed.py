"""Criteria parsed per CPU-second, cold: segmenting and rule building included, start-up excluded.

    python tests/benchmarks/parse_speed.py [ROWS.jsonl.gz ...]     default: ../shared/corpus/trials-dev.jsonl.gz

Each distinct criterion text counts once; trials whose sha256 is divisible by three are left out, as everywhere.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from eligibility.criteria.criterion import Criterion
from eligibility.criteria.segment import segment
from eligibility.rules.parse import parse
from eligibility.rules.rule import understanding
from eligibility.trials.trial import Trial

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "trials-dev.jsonl.gz"
LIMIT = 3000


def trials(file: Path) -> Iterator[Trial]:
    """The trials of a row file that are not held out."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if int(hashlib.sha256(row["nct_id"].encode()).hexdigest(), 16) % 3:
                yield Trial(row["nct_id"], criteria=row["criteria"] or "")


def main(files: list[Path]) -> None:
    """Print counts, CPU seconds and peak memory."""
    chosen = [trial for file in files for trial in list(trials(file))[::6][:LIMIT]]
    parse(Criterion("warm", "inclusion", "age ≥ 18 years"))
    started = time.process_time()
    cut = [criterion for trial in chosen for criterion in segment(trial)]
    segmented = time.process_time() - started
    seen: set[tuple[str, str]] = set()
    distinct = [c for c in cut if (c.side, c.text) not in seen and not seen.add((c.side, c.text))]  # type: ignore[func-returns-value]  # add returns None
    started = time.process_time()
    counts = Counter(understanding(parse(criterion)) for criterion in distinct)
    parsed = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"trials {len(chosen)}, criteria {len(cut)}, distinct {len(distinct)}")
    print(f"segment {segmented:.2f} s CPU, parse {parsed:.2f} s CPU")
    print(f"{len(distinct) / (parsed + segmented):,.0f} distinct criteria per CPU-second; peak memory {peak:.0f} MB")
    print(", ".join(f"{kind} {count / len(distinct):.1%}" for kind, count in counts.most_common()))


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [CORPUS])
