"""Criteria parsed per CPU-second: segmenting and rule building included, start-up excluded.

    python tests/benchmarks/parse_speed.py [--repeats] [ROWS.jsonl.gz ...]   default: ../shared/corpus/trials-dev.jsonl.gz

Cold: no text was seen before, each distinct criterion text counts once. With `--repeats` also the rate for the same
trials as they come, from an empty memory, age and sex of the record among their criteria. Trials whose sha256 is
divisible by three are left out, as everywhere.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from eligibility.criteria.criterion import Criterion
from eligibility.criteria.segment import segment
from eligibility.rules import parse as parsing
from eligibility.rules.leaves import understanding
from eligibility.rules.parse import parse
from eligibility.trials.trial import Trial

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "trials-dev.jsonl.gz"
LIMIT = 3000


def trials(file: Path) -> Iterator[Trial]:
    """The trials of a row file that are not held out."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if int(hashlib.sha256(row["nct_id"].encode()).hexdigest(), 16) % 3:
                fields = {name: row.get(name) for name in ("minimum_age", "maximum_age", "sex")}
                yield Trial(row["nct_id"], criteria=row["criteria"] or "", **fields)


def cut(chosen: Iterable[Trial], records: bool) -> tuple[list[Criterion], float]:
    """The criteria of trials, with or without those of the record's fields, and the CPU seconds that cutting took."""
    started = time.process_time()
    criteria = [criterion for trial in chosen for criterion in segment(trial)]
    seconds = time.process_time() - started
    return [criterion for criterion in criteria if records or criterion.source != "record"], seconds


def cold(chosen: list[Trial]) -> None:
    """Print the rate at which texts are parsed that were never seen, and how many of them are understood."""
    criteria, segmented = cut(chosen, records=False)
    distinct = list({(criterion.side, criterion.text): criterion for criterion in reversed(criteria)}.values())[::-1]
    started = time.process_time()
    counts = Counter(understanding(parse(criterion)) for criterion in distinct)
    parsed = time.process_time() - started
    print(f"trials {len(chosen)}, criteria {len(criteria)}, distinct {len(distinct)}")
    print(f"segment {segmented:.2f} s CPU, parse {parsed:.2f} s CPU")
    print(f"{len(distinct) / (parsed + segmented):,.0f} distinct criteria per CPU-second, cold")
    print(", ".join(f"{kind} {count / len(distinct):.1%}" for kind, count in counts.most_common()))


def with_repeats(chosen: list[Trial]) -> None:
    """Print the rate for the criteria as they come, most of them once, some again and again."""
    parsing._parse.cache_clear()
    criteria, segmented = cut(chosen, records=True)
    started = time.process_time()
    for criterion in criteria:
        parse(criterion)
    seconds = time.process_time() - started + segmented
    remembered = parsing._parse.cache_info().hits / len(criteria)
    print(f"{len(criteria) / seconds:,.0f} criteria per CPU-second as they come, {remembered:.1%} of them repeated")


def main(words: list[str]) -> None:
    """Print counts, CPU seconds, rates and peak memory."""
    files = [Path(word) for word in words if not word.startswith("-")] or [CORPUS]
    chosen = [trial for file in files for trial in list(trials(file))[::6][:LIMIT]]
    parse(Criterion("warm", "inclusion", "hemoglobin ≥ 9 g/dL"))  # start-up: tables, grammar, units
    cold(chosen)
    if "--repeats" in words:
        with_repeats(chosen)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
