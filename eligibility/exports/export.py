"""The verb of this station: a rulebook → the text of another engine, with what each criterion loses there."""

from __future__ import annotations

from collections.abc import Callable

from eligibility.errors import Fault, InputError
from eligibility.exports.as_circe import as_circe
from eligibility.exports.loss import Export
from eligibility.exports.setting import Setting
from eligibility.rules.rulebook import Rulebook

DIALECTS: dict[str, Callable[[Rulebook, Setting], Export]] = {
    "circe": as_circe,
}


def export(book: Rulebook, *, to: str, setting: Setting | None = None) -> Export:
    """The trial in the dialect `to` (one of DIALECTS), and its loss report. Same inputs, same text.

    Every criterion has one line in the report; one that cannot be said there is left out of the text, which then
    turns nobody away by it. Raises InputError for a dialect that is not known.
    """
    if to not in DIALECTS:
        known = ", ".join(DIALECTS)
        raise InputError(to, Fault("", "no such format to export to", f"one of {known}"))
    return DIALECTS[to](book, setting or Setting())
