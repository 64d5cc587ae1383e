"""The verb of this station: read registry records into trials, whatever the file they stand in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from eligibility.errors import Fault, InputError
from eligibility.trials import from_ctgov_json, from_ctgov_xml, from_page, from_rows
from eligibility.trials.files import UNREADABLE, File, as_input_error, files
from eligibility.trials.trial import Trial

_MAX_FAULTS = 100


class Way(NamedTuple):
    """One format: whether the head of a file looks like it, and how to read its trials or faults."""

    looks_like: Callable[[str], bool]
    trials: Callable[[File], Iterator[Trial | Fault]]


WAYS: dict[str, Way] = {
    "rows": Way(from_rows.looks_like, from_rows.trials),
    "ctgov-json": Way(from_ctgov_json.looks_like, from_ctgov_json.trials),
    "ctgov-xml": Way(from_ctgov_xml.looks_like, from_ctgov_xml.trials),
    "page": Way(from_page.looks_like, from_page.trials),
}
"""The formats by name, asked in this order; rows first, since a row is JSON too."""


def read_trials(
    path: str | Path, *, format: str | None = None, on_fault: Callable[[InputError], None] | None = None
) -> Iterator[Trial]:
    """Yield the trials of a file, of all record files in a folder and its sub-folders, or of standard input (`-`).

    `format` is a name in `WAYS`; None finds it by content. Files may be gzipped. Every fault of a file comes in
    one `InputError`: without `on_fault` it is raised after the good trials that stand before the first fault;
    with it, it is handed over and reading goes on, so all good trials come. A trial id that was already read is
    a fault. A folder without records always raises.
    """
    if format is not None and format not in WAYS:
        raise ValueError(f"unknown format {format!r}: one of {', '.join(WAYS)}")
    seen: dict[str, str] = {}
    for file in files(path):
        try:
            yield from _file(file, format, seen, keep_going=on_fault is not None)
        except InputError as error:
            if on_fault is None:
                raise
            on_fault(error)


def read_trial(path: str | Path, *, format: str | None = None) -> Trial:
    """Return the only trial of a file. Raises `InputError` when there is none, or more than one."""
    trials = read_trials(path, format=format)
    trial = next(trials, None)
    if trial is None:
        raise InputError(str(path), Fault("", "no trial in it", "give a registry record"))
    if next(trials, None) is not None:
        raise InputError(str(path), Fault("", "more than one trial", "give one record, or read it as many"))
    return trial


def _file(file: File, format: str | None, seen: dict[str, str], keep_going: bool) -> Iterator[Trial]:
    faults: list[Fault] = []
    count = 0
    for found in _found(file, format):
        fault = found if isinstance(found, Fault) else _twice(found, file, seen)
        if fault is not None:
            count += 1
            faults += [fault] if count <= _MAX_FAULTS else []
        elif isinstance(found, Trial) and (keep_going or not faults):
            yield found
    if count > _MAX_FAULTS:
        faults.append(Fault("", f"and {count - _MAX_FAULTS} more faults"))
    if faults:
        raise InputError(file.name, *faults)


def _found(file: File, format: str | None) -> Iterator[Trial | Fault]:
    try:
        yield from WAYS[format or _format(file)].trials(file)
    except UNREADABLE as error:
        raise as_input_error(file.name, error) from None


def _format(file: File) -> str:
    head = file.head()
    if not head.strip("\ufeff\0 \t\r\n"):
        raise InputError(file.name, Fault("", "the file is empty", "give a registry record"))
    if file.name.removesuffix(".gz").endswith(".jsonl") and '"protocolSection"' not in head:
        return "rows"
    return next(name for name, way in WAYS.items() if way.looks_like(head))


def _twice(trial: Trial, file: File, seen: dict[str, str]) -> Fault | None:
    if trial.id in seen:
        return Fault(trial.id, f"this trial was already read from {seen[trial.id]}", "give each trial once")
    seen[trial.id] = file.name
    return None
