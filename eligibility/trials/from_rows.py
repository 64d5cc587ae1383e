"""JSON Lines, one trial a row: `{"nct_id", "criteria", "title"?, "minimum_age"?, "maximum_age"?, "sex"?, ...}`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from eligibility.errors import Fault
from eligibility.trials.files import File
from eligibility.trials.record import trial_or_faults
from eligibility.trials.trial import Trial

_FIELDS = ("title", "status", "minimum_age", "maximum_age", "sex", "healthy_volunteers", "criteria", "description",
           "conditions")  # fmt: skip


def looks_like(head: str) -> bool:
    """Whether the first line of a file is an object that speaks of `nct_id` and has no API v2 section."""
    first = head.lstrip().partition("\n")[0]
    return first.startswith("{") and '"nct_id"' in first and '"protocolSection"' not in first


def trials(file: File) -> Iterator[Trial | Fault]:
    """Yield each row as a trial, or its faults; blank lines are skipped. A trial that stood before is a fault."""
    first: dict[str, int] = {}
    for number, line in file.rows():
        if isinstance(line, Fault):
            yield line
        elif line:
            for found in _trial(line, f"row {number}", file.name):
                yield found if isinstance(found, Fault) else _once(found, number, first)


def _once(trial: Trial, number: int, first: dict[str, int]) -> Trial | Fault:
    earlier = first.setdefault(trial.id, number)
    if earlier == number:
        return trial
    return Fault(f"row {number}", f"{trial.id} stands twice, first in row {earlier}", "give each trial once")


def _trial(line: str, place: str, source: str) -> Iterator[Trial | Fault]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        yield Fault(f"{place}, column {error.colno}", f"broken JSON: {error.msg}", "one JSON object per line")
        return
    except RecursionError:
        yield Fault(place, "nested too deep", "one flat JSON object per line")
        return
    except ValueError as error:
        yield Fault(place, f"unreadable JSON: {error}", "one JSON object per line")
        return
    if not isinstance(row, dict):
        yield Fault(place, "not a JSON object", 'write {"nct_id": ..., "criteria": ...}')
    elif "criteria" not in row:
        yield Fault(place, 'there is no "criteria"', "give the criteria text, empty if there is none")
    else:
        fields = {"id": row.get("nct_id"), **{name: row[name] for name in _FIELDS if name in row}}
        yield from trial_or_faults(fields, place, source)
