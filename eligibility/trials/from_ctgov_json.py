"""ClinicalTrials.gov API v2: one study, an array of studies, or a search page `{"studies": [...]}`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from eligibility.errors import Fault
from eligibility.trials.files import File
from eligibility.trials.record import trial_or_faults
from eligibility.trials.trial import Trial

_PLACES = {
    "id": ("identificationModule", "nctId"),
    "title": ("identificationModule", "briefTitle"),
    "status": ("statusModule", "overallStatus"),
    "minimum_age": ("eligibilityModule", "minimumAge"),
    "maximum_age": ("eligibilityModule", "maximumAge"),
    "sex": ("eligibilityModule", "sex"),
    "healthy_volunteers": ("eligibilityModule", "healthyVolunteers"),
    "criteria": ("eligibilityModule", "eligibilityCriteria"),
    "description": ("descriptionModule", "detailedDescription"),
    "conditions": ("conditionsModule", "conditions"),
}


def looks_like(head: str) -> bool:
    """Whether the first characters of a file are JSON."""
    return head.lstrip()[:1] in {"{", "["}


def trials(file: File) -> Iterator[Trial | Fault]:
    """Yield every study of the document as a trial, or its faults. Texts keep their escapes (`\\>` `\\[`)."""
    try:
        document = json.loads(file.text(), parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        yield Fault(place, f"broken JSON: {error.msg}", "one JSON document per file; one trial per line is .jsonl")
        return
    except RecursionError:
        yield Fault("", "JSON nested too deep to be a record", "give studies as ClinicalTrials.gov API v2 returns them")
        return
    except ValueError as error:
        yield Fault("", f"unreadable JSON: {error}", "give studies as ClinicalTrials.gov API v2 returns them")
        return
    for place, study in _studies(document):
        yield from _trial(study, place, file.name)


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")


def _studies(document: object) -> Iterator[tuple[str, object]]:
    inside = isinstance(document, dict) and "studies" in document
    studies = document["studies"] if isinstance(document, dict) and inside else document
    if not isinstance(studies, list):
        yield ("studies" if inside else ""), studies
        return
    for index, study in enumerate(studies):
        yield f"studies[{index}]" if inside else f"[{index}]", study
    if not studies:
        yield "", None


def _trial(study: object, place: str, source: str) -> Iterator[Trial | Fault]:
    protocol = study.get("protocolSection") if isinstance(study, dict) else None
    if not isinstance(protocol, dict):
        yield Fault(place, "no study with a protocolSection", "give studies as ClinicalTrials.gov API v2 returns them")
        return
    fields = {name: _at(protocol, *path) for name, path in _PLACES.items()}
    yield from trial_or_faults(fields, place, source)


def _at(protocol: dict[str, object], module: str, key: str) -> object:
    found = protocol.get(module)
    return found.get(key) if isinstance(found, dict) else None
