"""Saved text pages of three web sites that reprint ClinicalTrials.gov records, told apart by their own headings.

* keyed:    "Study NCT ID: …", "Brief Title: …", "Detailed Description: …", one key a line;
* labelled: "CT.gov ID" / "Ages Eligible for Study:" with the value on the line below;
* bare:     sections with a tagline under the heading; ages, sex and healthy volunteers are bare lines
            under the last criterion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from eligibility.errors import Fault
from eligibility.trials.files import File
from eligibility.trials.record import AGE, STATUSES, trial_or_faults
from eligibility.trials.trial import Trial

Fields = dict[str, object]

_KEYED = {
    "Study NCT ID": "id",
    "Status": "status",
    "Brief Title": "title",
    "Detailed Description": "description",
    "Eligibility Criteria": "criteria",
    "Minimum Age": "minimum_age",
    "Maximum Age": "maximum_age",
    "Sex": "sex",
    "Healthy Volunteers": "healthy_volunteers",
}
_LABELLED = {
    "CT.gov ID": "id",
    "ClinicalTrials.gov Identifier:": "id",
    "Overall Status": "status",
    "Sexes Eligible for Study:": "sex",
    "Accepts Healthy Volunteers:": "healthy_volunteers",
}
_OTHER_KEYS = ("Brief Summary", "Official Title", "Sponsor", "Organization", "Acronym", "Keywords", "Conditions",
               "Standard Ages", "Study Population", "Sampling Method", "Gender Based")  # fmt: skip
_KEY = re.compile(rf"^({'|'.join(map(re.escape, (*_KEYED, *_OTHER_KEYS)))}):", re.M)
_KEYED_SECTION = re.compile(r"^Study(?: [A-Z][a-z]+)+[ \t\r]*$", re.M)
_AGE_RANGE = re.compile(
    rf"(?:({AGE.pattern}|N/A) to ({AGE.pattern}|N/A)|({AGE.pattern}) and older|up to ({AGE.pattern}))", re.I
)
_BARE_AGE = re.compile(rf"{AGE.pattern}|N/A", re.I)


class Layout(NamedTuple):
    """One site: the headings only it has, and how its pages are read."""

    signs: tuple[str, ...]
    fields: Callable[[str], Fields]


def looks_like(head: str) -> bool:
    """Whether the first characters of a file are plain text rather than JSON or markup."""
    return head.lstrip()[:1] not in {"{", "[", "<", ""}


def trials(file: File) -> Iterator[Trial | Fault]:
    """Yield the one trial of a saved page, or its faults."""
    text = file.text()
    lines = {line.strip() for line in text.split("\n")}
    for layout in LAYOUTS.values():
        if all(sign in lines or sign in text[:5000] for sign in layout.signs):
            try:
                yield from trial_or_faults(layout.fields(text), "", file.name)
            except _AmbiguousError as unclear:
                yield unclear.fault
            return
    yield Fault("", "not a trial record of a known kind", "give ClinicalTrials.gov JSON or XML, rows, or a saved page")


class _AmbiguousError(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def _keyed(text: str) -> Fields:
    found: Fields = {}
    ends = [match.start() for match in _KEY.finditer(text)]
    ends += [match.start() for match in _KEYED_SECTION.finditer(text)]
    ends = sorted([*ends, len(text)])
    for match in _KEY.finditer(text):
        end = next(end for end in ends if end > match.start())
        value = text[match.end() : end].strip()
        if (field := _KEYED.get(match[1])) and field not in found:
            found[field] = value if field in {"description", "criteria"} else value.partition("\n")[0].strip()
    return found


def _labelled(text: str) -> Fields:
    places = _lines(text)
    words = [text[start:end] for start, end in places]
    found: Fields = {"title": next((word for word in words if word), "")}
    for label, field in _LABELLED.items():
        if label in words[:-1]:
            found.setdefault(field, words[words.index(label) + 1])
    found["description"] = _between(text, places, "Detailed Description", ("Study Design",))
    last = max((words.index(label) for label in _ELIGIBILITY_LABELS if label in words), default=None)
    if last is not None:
        found["criteria"] = _section(text, places, last + 2, ("Contacts and Locations",))
    return found | _age_range(words)


_ELIGIBILITY_LABELS = ("Ages Eligible for Study:", "Sexes Eligible for Study:", "Accepts Healthy Volunteers:")


def _age_range(words: Sequence[str]) -> Fields:
    if "Ages Eligible for Study:" not in words[:-1]:
        return {}
    value = words[words.index("Ages Eligible for Study:") + 1]
    match = _AGE_RANGE.fullmatch(value)
    if not match:
        problem = f"cannot tell the ages in {value[:40]!r}"
        raise _AmbiguousError(Fault("Ages Eligible for Study", problem, "write '18 Years to 65 Years'"))
    low, high, older, younger = match.groups()
    return {"minimum_age": low or older, "maximum_age": high or younger}


def _bare(text: str) -> Fields:
    places = _lines(text)
    words = [text[start:end] for start, end in places]
    found: Fields = {"title": next((word for word in words if word), "")}
    found["id"] = next((word[7:].strip() for word in words if word.startswith("NCT ID:")), None)
    found["description"] = _between(text, places, "Detailed Description", ("Conditions",), tagline=1)
    if "Basic Information" in words:
        begin = words.index("Basic Information")
        found["status"] = next((word for word in words[begin : begin + 4] if word in STATUSES), None)
    if "Eligibility Criteria" in words:
        begin = words.index("Eligibility Criteria") + 2
        end = next((i for i in range(begin, len(words)) if words[i] == "Sponsors"), len(words))
        found |= _bare_eligibility(text, places[begin:end])
    return found


def _bare_eligibility(text: str, places: list[tuple[int, int]]) -> Fields:
    """Take the bare lines off the end, last first: healthy volunteers, sex, upper age, lower age."""
    rest = [place for place in places if place[0] < place[1]]
    found: Fields = {}
    if rest and text[slice(*rest[-1])] in {"Yes", "No"}:
        found["healthy_volunteers"] = text[slice(*rest.pop())]
    if rest and text[slice(*rest[-1])] in {"ALL", "FEMALE", "MALE"}:
        found["sex"] = text[slice(*rest.pop())]
    ages: list[str] = []
    while "sex" in found and rest and len(ages) < 2 and _BARE_AGE.fullmatch(text[slice(*rest[-1])]):
        ages.append(text[slice(*rest.pop())])
    if len(ages) == 1:
        problem = f"a single bare age, {ages[0]!r}: lower or upper limit?"
        raise _AmbiguousError(Fault("Eligibility Criteria", problem, "read this trial from the registry's JSON or XML"))
    if ages:
        found["maximum_age"], found["minimum_age"] = ages
    found["criteria"] = text[rest[0][0] : rest[-1][1]] if rest else ""
    return found


def _lines(text: str) -> list[tuple[int, int]]:
    """Return the [start, end) of every line without the blanks around it."""
    places, at = [], 0
    for line in text.split("\n"):
        start = at + len(line) - len(line.lstrip())
        places.append((start, max(start, at + len(line.rstrip()))))
        at += len(line) + 1
    return places


def _between(text: str, places: list[tuple[int, int]], heading: str, ends: tuple[str, ...], tagline: int = 0) -> str:
    begin = next((i for i, (start, end) in enumerate(places) if text[start:end] == heading), None)
    return "" if begin is None else _section(text, places, begin + 1 + tagline, ends)


def _section(text: str, places: list[tuple[int, int]], begin: int, ends: tuple[str, ...]) -> str:
    end = next((i for i in range(begin, len(places)) if text[slice(*places[i])] in ends), len(places))
    return text[places[begin][0] : places[end - 1][1]].strip() if begin < end else ""


LAYOUTS: dict[str, Layout] = {
    "keyed": Layout(("Study Overview", "Study NCT ID:"), _keyed),
    "labelled": Layout(("CT.gov ID", "Overall Status"), _labelled),
    "bare": Layout(("NCT ID:", "Basic Information"), _bare),
}
"""The sites whose saved pages are read."""
