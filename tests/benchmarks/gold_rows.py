"""Rules as flat bounds: the JSON Lines of `eligibility parse --json` → one row a bound, as a scorer compares them.

    eligibility parse --json TRIALS | python tests/benchmarks/gold_rows.py > rows.jsonl

A row is {"nct_id", "section": "inc"|"exc", "text", "start", "end" (offsets in the criteria text), "variable",
"op": < <= > >= = in, "value", "unit", "decides"}. Logic is walked through, and polarity stays as written: a negation
turns no sign. `decides` is false for a bound that was read inside an `unclear`, where it is shown and decides nothing.
A quantity that names its formula counts as the one that does not: the annotations know no formulas.
Left out are the scale `sex`, rises and falls, and what has no place in the criteria text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

Row = dict[str, Any]

# The rules write times in words, the scorer as UCUM codes; every other unit it knows in the house spelling.
UNITS = {"year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min"}

# The annotated variable of a quantity that the rules tell apart by its formula.
ANNOTATED = {
    "qtcb": "qtc",
    "qtcf": "qtc",
    "calcium_corrected": "calcium",
    "egfr_ckd_epi_2009": "egfr",
    "egfr_mdrd": "egfr",
}


def trial_rows(parsed: Row) -> Iterator[Row]:
    """The rows of one object of `parse --json`, in reading order."""
    for criterion in parsed["criteria"]:
        if criterion["source"] == "text":
            for row in criterion_rows(criterion):
                yield {"nct_id": parsed["trial"]["id"], **row}


def criterion_rows(criterion: Row) -> Iterator[Row]:
    """The rows of one criterion; a leaf without a span has the place of its criterion."""
    for leaf, decides in _leaves(criterion["rule"], True):
        start, end = leaf.get("span") or (0, len(criterion["text"]))
        place = {"start": criterion["start"] + start, "end": criterion["start"] + end}
        for bound in _bounds(leaf):
            yield {"section": criterion["side"][:3], "text": criterion["text"], **place, **bound, "decides": decides}


def _leaves(rule: Row, decides: bool) -> Iterator[tuple[Row, bool]]:
    """Every rule without rules inside, and whether it decides anything; whatever carries `rules` or `rule` is entered."""
    inner = [*(rule.get("rules") or ()), *([rule["rule"]] if rule.get("rule") else ())]
    if not inner:
        yield rule, decides
    for child in inner:
        yield from _leaves(child, decides and rule["kind"] != "unclear")


def _bounds(leaf: Row) -> Iterator[Row]:
    """The bounds of a leaf: both ends of an interval, one for a point; the levels of a scale."""
    if leaf["kind"] == "graded" and leaf["scale"] != "sex":
        yield {"variable": leaf["scale"], "op": "in", "value": leaf["levels"], "unit": None}
    if leaf["kind"] == "measured":
        low, high = leaf["low"], leaf["high"]
        ends = [("=", low)] if low == high else [(">", low), ("<", high)]
        for sign, bound in ends:
            if bound:
                op = sign if sign == "=" or not bound["inclusive"] else f"{sign}="
                unit = UNITS.get(bound["unit"], bound["unit"])
                name = ANNOTATED.get(leaf["variable"], leaf["variable"])
                yield {"variable": name, "op": op, "value": bound["value"], "unit": unit}


def main(lines: Iterable[str]) -> None:
    """Print the rows of all trials."""
    for line in lines:
        for row in trial_rows(json.loads(line)):
            print(json.dumps(row))


if __name__ == "__main__":
    main(sys.stdin)
