"""Legacy ClinicalTrials.gov XML (`<clinical_study>`), text blocks kept exactly as given, wraps and all.

Read by expat as a stream. Entity declarations are refused, so neither external entities nor an
entity bomb can be named, and nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from eligibility.errors import Fault
from eligibility.trials.files import File
from eligibility.trials.record import trial_or_faults
from eligibility.trials.trial import Trial

_PLACES = {
    "id_info/nct_id": "id",
    "brief_title": "title",
    "overall_status": "status",
    "eligibility/minimum_age": "minimum_age",
    "eligibility/maximum_age": "maximum_age",
    "eligibility/gender": "sex",
    "eligibility/healthy_volunteers": "healthy_volunteers",
    "eligibility/criteria/textblock": "criteria",
    "detailed_description/textblock": "description",
    "condition": "conditions",
}
_STUDY = "clinical_study"
_MAX_DEPTH = 100


class _RefusedError(Exception):
    """Markup that a registry record never needs."""


class _Studies:
    """Collects the wanted fields of each study while expat walks the document."""

    def __init__(self) -> None:
        self.found: list[dict[str, object]] = []
        self._path: list[str] = []
        self._inside = 0
        self._text: list[str] | None = None

    def start(self, name: str, _: dict[str, str]) -> None:
        self._path.append(name)
        if len(self._path) > _MAX_DEPTH:
            raise _RefusedError("elements nested too deeply")
        if name == _STUDY:
            self._inside = len(self._path)
            self.found.append({"conditions": []})
        self._text = [] if self._field() else None

    def characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def end(self, name: str) -> None:
        field = self._field()
        if field and self._text is not None:
            self._keep(field, "".join(self._text))
        self._text = None
        self._path.pop()
        self._inside = self._inside if name != _STUDY else 0

    def _field(self) -> str | None:
        return _PLACES.get("/".join(self._path[self._inside :])) if self._inside else None

    def _keep(self, field: str, text: str) -> None:
        study, conditions = self.found[-1], self.found[-1]["conditions"]
        if field == "conditions" and isinstance(conditions, list):
            conditions.append(text)
        else:
            study.setdefault(field, text)


def looks_like(head: str) -> bool:
    """Whether the first characters of a file are markup."""
    return head.lstrip().startswith("<")


def trials(file: File) -> Iterator[Trial | Fault]:
    """Yield every `<clinical_study>` of the document as a trial, or its faults."""
    studies = _Studies()
    parser = _parser(studies)
    try:
        parser.Parse(file.text(), True)
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        yield Fault(place, f"broken XML: {expat.ErrorString(error.code)}", "fetch the record again")
        return
    except _RefusedError as refused:
        yield Fault(f"line {parser.CurrentLineNumber}", str(refused), "give the record without a document type")
        return
    if not studies.found:
        yield Fault("", "no <clinical_study> in it", "give a ClinicalTrials.gov record")
    for number, fields in enumerate(studies.found, start=1):
        yield from trial_or_faults(fields, f"study {number}" if len(studies.found) > 1 else "", file.name)


def _parser(studies: _Studies) -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = studies.start
    parser.EndElementHandler = studies.end
    parser.CharacterDataHandler = studies.characters
    parser.EntityDeclHandler = _refuse
    parser.SkippedEntityHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _refuse(*_: object) -> int:
    raise _RefusedError("entities are declared or used that are not plain XML")
