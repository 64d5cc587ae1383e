"""Observation: results with their values, components, reference ranges and statuses."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from eligibility.patients.dates import When
from eligibility.patients.fhir.shape import (
    Broken,
    Resource,
    codes_of,
    concept,
    dated,
    moment,
    number,
    part,
    parts,
    time_of,
    words,
)
from eligibility.patients.interval import Interval, read_value
from eligibility.patients.patient import Sex
from eligibility.patients.record import UNDATED, Coding, Concept, Limits, Result, system_name

# What was never a result: http://hl7.org/fhir/R4/valueset-observation-status.html
DROPPED = frozenset(("entered-in-error", "cancelled", "registered"))
REPLACING = frozenset(("amended", "corrected"))
# No value was ever had; other reasons tell that there is one which is not shown:
# http://hl7.org/fhir/R4/valueset-data-absent-reason.html
_NO_VALUE = frozenset(
    ("error", "not-performed", "not-asked", "asked-declined", "asked-unknown", "not-applicable", "unsupported")
)
# Types of ranges that are what is normal: http://hl7.org/fhir/R4/valueset-referencerange-meaning.html
_NORMAL = frozenset(("normal", "normal range", "reference", "reference range"))
_OTHER = re.compile(
    r"critical|panic|alert|therap|treatment|target|recommend|absolute|\bpre-|puber|follicular|luteal", re.I
)
_NARROWED = frozenset(("age", "modifierExtension"))
# http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender, and SNOMED CT
_SEXES: dict[str, Sex] = {"f": "female", "248152002": "female", "m": "male", "248153007": "male"}
_ENDS = {"": (True, True), "<": (False, False), "<=": (False, True), ">": (False, False), ">=": (True, False)}
_UCUM = "http://unitsofmeasure.org"


def results(resource: Resource, place: str) -> Iterator[Result]:
    """The result of an Observation and those of its components; none of one that was withdrawn.

    Raises Broken where a part is not what FHIR says it is.
    """
    when, problem = _when(resource)
    note = "preliminary" if words(resource, "status") == "preliminary" else ""
    own = _result(resource, place, when, note)
    own = replace(own, problem=problem) if own is not None and problem else own
    components = parts(resource, "component")
    if own is not None and (not components or _says_something(own)):
        yield own
    for index, component in enumerate(components):
        inner = _result(component, f"{place}.component[{index}]", when, note)
        if inner is not None:
            whole = own.concept.name if own is not None else ""
            called = _part_of(whole, inner.concept)
            yield inner if called is inner.concept else replace(inner, concept=called)


def _part_of(whole: str, called: Concept) -> Concept:
    """A component, which only a LOINC code tells by itself: creatinine may be of urine, weight of an unborn child."""
    if any(system_name(item.system) == "LOINC" for item in called.codings):
        return called
    codings = tuple(Coding(item.system, item.code) for item in called.codings if item.code)
    return Concept(codings, f"{whole}: {called.name}")


def _says_something(row: Result) -> bool:
    return row.unread or row.value is not None or bool(row.text or row.answers)


def _when(resource: Resource) -> tuple[When, str]:
    """When it was so: the time of the specimen; of a period its end, which is when the value was known.

    Of a date that cannot be read, that it is of any day, and what is wrong.
    """
    try:
        start, end = time_of(resource, "effective")
        return dated(end or start or moment(resource, "issued")), ""
    except Broken as broken:
        return UNDATED, str(broken)


def _result(resource: Resource, place: str, when: When, note: str) -> Result | None:
    called = concept(part(resource, "code"))
    if not called.codings and not called.text:
        raise Broken("there is no code")
    if "modifierExtension" in resource:
        return Result(called, place, text="modifierExtension", when=when, note=note, unread=True)
    try:
        value, text, units = _number(resource)
        answers = () if value is not None else _answers(resource)
        unread = "" if value or text or answers else _other_value(resource)
    except Broken as broken:
        return Result(called, place, when=when, note=note, problem=str(broken), unread=True)
    limits, problem = None, ""
    try:
        limits = _limits(parts(resource, "referenceRange"))
    except Broken as broken:
        problem = str(broken)
    said = text or unread
    return Result(
        called,
        place,
        value,
        said,
        units,
        answers,
        when,
        limits,
        note,
        problem=problem,
        unread=bool(unread),
    )


def _other_value(resource: Resource) -> str:
    """Where a value stands that is of no kind that is read, or why the value that there is cannot be shown."""
    why = codes_of(resource, "dataAbsentReason")
    if not why.isdisjoint(_NO_VALUE):
        return ""
    kinds = (name for name in resource if name.lstrip("_").startswith("value") or name == "interpretation")
    return min(why, default="") or next(kinds, "")


def _number(resource: Resource) -> tuple[Interval | None, str, tuple[str, ...]]:
    """The number of valueQuantity, valueInteger, valueRange or a worded value, its text, and its unit."""
    if "valueQuantity" in resource:
        return _quantity(part(resource, "valueQuantity"))
    if "valueInteger" in resource:
        whole = number(resource, "valueInteger")
        return (None, "", ()) if whole is None else (Interval(whole, whole), f"{whole:g}", ())
    if "valueRange" in resource:
        return _range(part(resource, "valueRange"))
    return None, words(resource, "valueString"), ()


def _quantity(value: Resource) -> tuple[Interval | None, str, tuple[str, ...]]:
    size, comparator = number(value, "value"), words(value, "comparator")
    if size is None:
        return None, "", ()
    if comparator not in _ENDS:
        raise Broken("comparator is none of FHIR's")
    if not math.isfinite(size):
        raise Broken("value is no finite number")
    low = -math.inf if comparator.startswith("<") else size
    high = math.inf if comparator.startswith(">") else size
    return Interval(low, high, *_ENDS[comparator]), f"{comparator}{size:.12g}", _units(value)


def _units(value: Resource) -> tuple[str, ...]:
    """The UCUM code, then the unit as people see it."""
    code = words(value, "code") if words(value, "system") in (_UCUM, "") else ""
    return tuple(dict.fromkeys(text for text in (code, words(value, "unit")) if text))


def _range(value: Resource) -> tuple[Interval | None, str, tuple[str, ...]]:
    low, high = part(value, "low"), part(value, "high")
    first, last = number(low, "value"), number(high, "value")
    units = _units(low) or _units(high)
    if (first is None and last is None) or (_units(high) and _units(high) != units):
        return None, "", ()
    start, end = (-math.inf if first is None else first), (math.inf if last is None else last)
    if start > end:
        raise Broken("valueRange runs from high to low")
    ends = Interval(start, end, first is not None, last is not None)
    return ends, "-".join(f"{size:.12g}" for size in (first, last) if size is not None), units


def _answers(resource: Resource) -> tuple[str, ...]:
    """A coded answer as the codes and words for it; yes or no of a valueBoolean."""
    if isinstance(resource.get("valueBoolean"), bool):
        return ("yes",) if resource["valueBoolean"] else ("no",)
    answer = concept(part(resource, "valueCodeableConcept"))
    said = (answer.text, *(text for item in answer.codings for text in (item.display, item.code)))
    return tuple(dict.fromkeys(text for text in said if text))


def _limits(ranges: list[Resource]) -> Limits | None:
    """The one normal range, None where there are several, where one is for some people only, or none has numbers."""
    normal = [item for item in ranges if _is_normal(item)]
    sexes = {_sex_of(item) for item in normal if "appliesTo" in item}
    if any(not _NARROWED.isdisjoint(item) for item in normal) or None in sexes or (sexes and len(normal) > 1):
        return None  # whether it is for this patient, and then goes before another, is not known
    found = [limits for item in normal if (limits := _limits_of(item))]
    return replace(found[0], sex=next(iter(sexes), None)) if len(set(found)) == 1 else None


def _sex_of(item: Resource) -> Sex | None:
    """The sex that a range applies to, None when it applies to anything else."""
    said = [code.code.casefold() for one in parts(item, "appliesTo") for code in concept(one).codings]
    found = {_SEXES.get(code) for code in said}
    return found.pop() if len(found) == 1 else None


def _is_normal(item: Resource) -> bool:
    """Nothing says that it is another range: not its type, and no words as "critical"."""
    said = codes_of(item, "type")
    return _OTHER.search(words(item, "text")) is None and (not said or not said.isdisjoint(_NORMAL))


def _limits_of(item: Resource) -> Limits | None:
    low, high = part(item, "low"), part(item, "high")
    ends = number(low, "value"), number(high, "value")
    if ends != (None, None):
        units = _units(low) or _units(high)
        return Limits(*ends, units[0] if units else "")
    return _worded(words(item, "text"))


def _worded(text: str) -> Limits | None:
    """A range in words: "0.2-1.2 mg/dL", "< 40"."""
    try:
        value, unit = read_value(text)
    except ValueError:
        return None
    low, high = (None if math.isinf(end) else end for end in (value.low, value.high))
    return Limits(low, high, unit or "") if low != high else None
