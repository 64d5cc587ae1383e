"""Results of tests that are negative or positive: their levels, which are the same for all of them."""

from __future__ import annotations

from typing import Any, Final

RESULTS: Final = "results.toml"
RESULT_FIELDS: Final = ("result", "of", "method", "shows", "rules_out", "shown_by", "lasting")
NEGATIVE: Final = "negative"
POSITIVE: Final = "positive"
# What laboratories and records write for each level; what is neither is no proof of either.
_LEVELS: Final = (
    {
        "value": NEGATIVE,
        "aliases": [
            *("neg", "-", "not detected", "none detected", "undetected", "undetectable", "absent", "not present"),
            *("non-reactive", "non reactive", "nonreactive", "not reactive", "no", "false"),
        ],
    },
    {"value": "indeterminate", "aliases": ["equivocal", "borderline", "inconclusive"]},
    {
        "value": POSITIVE,
        "aliases": ["pos", "+", "detected", "detectable", "present", "reactive", "yes", "true"],
    },
)


def as_result(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table of results with its levels; `names = { negative = ["wild type"] }` are further ones."""
    further = row.get("names", {})
    levels = [{**level, "aliases": [*level["aliases"], *further.get(level["value"], ())]} for level in _LEVELS]
    return {**{name: value for name, value in row.items() if name != "names"}, "result": True, "levels": levels}
