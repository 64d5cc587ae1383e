"""How many bounds of annotated trials are read, and how many readings are right, by the scorer beside the corpus.

    python tests/benchmarks/reading_quality.py [--part read|unread|all] [--by-variable] [--json] [--keep FOLDER]

The whole road: rows → `eligibility parse --json` → `gold_rows.py` → `score.py`, each a process of its own. The unread
third (sha256 of the trial's id divisible by three) is only ever counted: no text of it is printed or kept. Each score
stands twice: for all bounds that were read, and for those outside `unclear`, which are the ones that decide.
`--keep FOLDER` leaves the files there, for the scorer's own `--show-misses` and `--show-extras`.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gold_rows

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
LEVELS = ("strict", "lenient", "detection")


def main() -> None:
    """Read the arguments, run the road, print the numbers."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--part", choices=("read", "unread", "all"), default="read")
    options.add_argument("--by-variable", action="store_true")
    options.add_argument("--json", action="store_true", help="the scorer's own numbers, one object")
    options.add_argument("--keep", type=Path, metavar="FOLDER")
    chosen = options.parse_args()
    if chosen.keep and chosen.part != "read":
        options.error("--keep is for the part that is read")
    with tempfile.TemporaryDirectory() as folder:
        where = chosen.keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        scores = run(where, chosen.part)
    if chosen.json:
        print(json.dumps({"part": chosen.part, **scores}))
    else:
        show(scores, chosen.part, chosen.by_variable)


def run(folder: Path, part: str) -> dict[str, Any]:
    """The scorer's numbers for all bounds read ("all") and for those that decide ("deciding"); files go to `folder`."""
    trials = [row for row in rows_of("docs_dev", part) if row["criteria"]]
    write(folder / "docs_part.jsonl", trials)  # the scorer finds the trials of `gold_part` by this name
    write(folder / "gold_part.jsonl", rows_of("gold_dev", part))
    write(folder / "trials.jsonl", ({"nct_id": row["nct_id"], "criteria": row["criteria"]} for row in trials))
    bounds = list(read_bounds(folder / "trials.jsonl"))
    write(folder / "all.jsonl", bounds)
    write(folder / "deciding.jsonl", (row for row in bounds if row["decides"]))
    return {name: scored(folder / "gold_part.jsonl", folder / f"{name}.jsonl") for name in ("all", "deciding")}


def rows_of(name: str, part: str) -> Iterator[dict[str, Any]]:
    """The rows of a corpus file that belong to a part."""
    with gzip.open(CORPUS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if part in ("all", "unread" if held_out(row["nct_id"]) else "read"):
                yield row


def held_out(nct_id: str) -> bool:
    """Whether a trial belongs to the third that is kept for measuring."""
    return int(hashlib.sha256(nct_id.encode()).hexdigest(), 16) % 3 == 0


def write(file: Path, rows: Any) -> None:
    """JSON Lines."""
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def read_bounds(trials: Path) -> Iterator[dict[str, Any]]:
    """What the command reads in the trials, as rows."""
    command = [sys.executable, "-m", "eligibility", "parse", "--json", str(trials)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as reading:
        for line in reading.stdout or ():
            yield from gold_rows.trial_rows(json.loads(line))
    if reading.returncode:
        sys.exit(f"eligibility parse ended with {reading.returncode}")


def scored(gold: Path, rows: Path) -> dict[str, Any]:
    """The scorer's numbers as it prints them with --json."""
    command = [sys.executable, str(CORPUS / "score.py"), str(gold), str(rows), "--json", "--boot", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def show(scores: dict[str, Any], part: str, by_variable: bool) -> None:
    """The scores as a table; variables by their number of annotated bounds."""
    print(f"part: {part}; {scores['all']['counts']['g']} annotated bounds")
    print(f"{'':22}{'precision':>10}{'recall':>8}{'F1':>8}{'gaps forgiven':>15}  right/read/annotated")
    for name, label in (("all", "all read"), ("deciding", "outside unclear")):
        for level in LEVELS:
            one = scores[name]["scores"][level]
            counts = f"{one['tp']}/{one['pred']}/{one['gold']}"
            print(f"{label if level == 'strict' else '':16}{level:>10}", end="")
            print(f"{one['P']:6.3f}{one['R']:8.3f}{one['F1']:8.3f}{one['P_gaps']:15.3f}  {counts}")
    if by_variable:
        show_variables(scores["all"]["by_variable"])


def show_variables(table: dict[str, dict[str, int]]) -> None:
    """Strict counts a variable, over all bounds read: annotated, right, missed, wrong on an annotated line, elsewhere."""
    print(f"\n{'variable':32}{'annotated':>10}{'right':>8}{'missed':>8}{'wrong':>8}{'elsewhere':>11}")
    for name, row in sorted(table.items(), key=lambda item: (-item[1].get("gold_strict", 0), item[0])):
        gold, right = row.get("gold_strict", 0), row.get("str", 0)
        print(f"{name:32}{gold:10}{right:8}{gold - right:8}{row.get('wrong', 0):8}{row.get('gap', 0):11}")


if __name__ == "__main__":
    main()
