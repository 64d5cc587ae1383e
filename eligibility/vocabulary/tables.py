"""The verb of this station: read the tables, check them, and find words by name and by code.

A row is `[key]` with the fields of `Word`; codes are written `loinc = [["code", "name", "status"]]`,
`icd10cm = ["E11", "F20-F29"]`. A row that contradicts itself or another raises `TableError` naming both.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import tomli

from eligibility.errors import TableError
from eligibility.vocabulary.consistency import check
from eligibility.vocabulary.local_toml import read_toml
from eligibility.vocabulary.results import RESULT_FIELDS, RESULTS, as_result
from eligibility.vocabulary.systems import HIERARCHICAL, SYSTEMS
from eligibility.vocabulary.word import Code, Kind, Level, Word

TABLES: dict[str, Kind] = {
    "measurements.toml": "quantity",
    "scales.toml": "scale",
    "results.toml": "scale",
    "conditions.toml": "condition",
    "treatments.toml": "treatment",
    "states.toml": "state",
}
CODE_FIELDS = {"loinc": "LOINC", "icd10cm": "ICD-10-CM", "atc": "ATC", "rxnorm": "RxNorm", "snomed": "SNOMED CT"}
_NOTES = ("source", "confidence")
_PLAIN = (
    "label",
    "unit",
    "molar_mass",
    "valence",
    "fixed",
    "higher_is_worse",
    "score",
    "bare",
    "bedside",
    "counted",
    "open",
    "formula_of",
    "question",
    *RESULT_FIELDS,
    *_NOTES,
)
_LISTS = ("synonyms", "exact", "parents", "units", "findings", "formula", "positive", "negative", "denied_by")
_SHAPED = ("near", "affine", "factors", "plausible", "assume", "reference", "levels", "groups")
_FIELDS = {*_PLAIN, *_LISTS, *_SHAPED, *CODE_FIELDS, "kind"}
_BETWEEN = re.compile(r"[_\-\u2010\u2011\u2013/\s]+")


@dataclass(frozen=True, slots=True)
class Group:
    """One name for several words: "transaminases" are ALT and AST, "blood pressure" is both pressures."""

    key: str
    label: str
    members: tuple[str, ...]
    synonyms: tuple[str, ...]
    exact: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """All words by key, and the groups; two vocabularies are equal only when they are the same object."""

    words: Mapping[str, Word]
    groups: Mapping[str, Group]

    def by_name(self, text: str) -> tuple[Word, ...]:
        """The words called `text`: by key, label or synonym, whatever the case; exact forms go first."""
        exact, folded = _names(self)
        return _once((*exact.get(text.strip(), ()), *folded.get(fold(text), ())))

    def by_code(self, system: str, code: str) -> tuple[Word, ...]:
        """The words a code stands for, the most specific first.

        `system` is a FHIR system URL or a plain name; ICD-10-CM and ATC codes are met by their categories (E11.9 by
        E11). Codes of status "unverified" do not answer. Unknown systems and codes give ().
        """
        house = SYSTEMS.get(system.strip().casefold())
        plain = code.strip().upper().replace(".", "") if house in HIERARCHICAL else code.strip()
        shorter = range(len(plain), 2, -1) if house in HIERARCHICAL else (len(plain),)
        index = _codes(self)
        within = (
            word for low, high, word in _ranges(self) if house == "ICD-10-CM" and low <= plain[: len(low)] <= high
        )
        return _once((*(word for end in shorter for word in index.get((house, plain[:end]), ())), *within))

    def descendants(self, key: str) -> frozenset[str]:
        """The keys of a word and of everything below it: diabetes is also type 1 and type 2 diabetes."""
        return _descendants(self).get(key, frozenset((key,)))


def _once(words: Iterable[Word]) -> tuple[Word, ...]:
    return tuple({word.key: word for word in words}.values())


def fold(text: str) -> str:
    """A name without what does not tell names apart: case, underscores, hyphens, runs of spaces."""
    return " ".join(_BETWEEN.sub(" ", text.casefold()).split())


@cache
def vocabulary(extra: Path | None = None) -> Vocabulary:
    """The shipped words, and those of a site's own table.

    `extra` is a file of rows in the same format, each with its `kind`; it adds words, and synonyms and codes to
    known keys, and removes nothing. Raises TableError when a row is wrong, InputError when the file cannot be read.
    """
    words: dict[str, Word] = {}
    groups: dict[str, Group] = {}
    for name, kind in TABLES.items():
        rows = tomli.loads(files("eligibility.vocabulary").joinpath(name).read_text(encoding="utf-8"))
        groups |= {key: _group(name, key, row) for key, row in rows.pop("groups", {}).items()}
        for key, row in rows.items():
            if key in words:
                raise TableError(name, key, "this key stands in two tables")
            words[key] = _word(name, key, row, kind)
    if extra is not None:
        _extend(words, extra)
    check(words, {key: group.members for key, group in groups.items()})
    return Vocabulary(words, groups)


def read_vocabulary(extra: str | Path | None = None) -> Vocabulary:
    """The same, by the name that it has in the public face, where `vocabulary` is this station; a path may be text."""
    return vocabulary() if extra is None else vocabulary(Path(extra))


# --- rows -----------------------------------------------------------------------------------------------------------


def _word(table: str, key: str, row: dict[str, Any], kind: Kind) -> Word:
    row = as_result(row) if table == RESULTS or row.get("result") else row
    unknown = row.keys() - _FIELDS
    if unknown:
        raise TableError(table, key, f"unknown field {sorted(unknown)[0]!r}")
    chosen = row.get("kind", kind)
    if chosen not in get_args(Kind):
        raise TableError(table, key, f"kind is {chosen!r}; it is one of {', '.join(get_args(Kind))}")
    if "label" not in row:
        raise TableError(table, key, "a row needs a label")
    try:
        return Word(key, chosen, **_plain_fields(row), **_shaped_fields(row), codes=tuple(_read_codes(row)))
    except (TypeError, ValueError, KeyError, AttributeError) as fault:
        raise TableError(table, key, f"a field has the wrong shape ({fault})") from fault


def _plain_fields(row: dict[str, Any]) -> dict[str, Any]:
    plain = {name: row[name] for name in _PLAIN if name in row}
    lists = {name: tuple(row[name]) for name in _LISTS if name in row}
    for name, forms in lists.items():
        if isinstance(row[name], str) or not all(isinstance(form, str) and form for form in forms):
            raise ValueError(f"{name} is a list of texts")
    return plain | lists


def _shaped_fields(row: dict[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = {}
    if "near" in row:
        shaped["near"] = {form: tuple(words) for form, words in row["near"].items()}
    if "affine" in row:
        shaped["affine"] = {unit: (float(scale), float(offset)) for unit, (scale, offset) in row["affine"].items()}
    if "factors" in row:
        shaped["factors"] = {unit: float(times) for unit, times in row["factors"].items()}
    if "plausible" in row:
        low, high = row["plausible"]
        shaped["plausible"] = (float(low), float(high))
    if "assume" in row:
        shaped["assume"] = tuple((float(low), float(high), str(unit)) for low, high, unit in row["assume"])
    if "reference" in row:
        shaped["reference"] = (row["reference"].get("low"), row["reference"].get("high"), row.get("unit"))
    if "levels" in row:
        shaped["levels"] = tuple(_level(level) for level in row["levels"])
    if "groups" in row:
        shaped["groups"] = {name: tuple(levels) for name, levels in row["groups"].items()}
    return shaped


def _level(level: dict[str, Any]) -> Level:
    low, high = level.get("score", (None, None))
    score = None if low is None else (float(low), float(high))
    return Level(level["value"], tuple(level.get("aliases", ())), level.get("label", level["value"]), score)


def _read_codes(row: dict[str, Any]) -> Iterator[Code]:
    for name, system in CODE_FIELDS.items():
        for entry in row.get(name, ()):
            yield Code(system, entry) if isinstance(entry, str) else Code(system, *entry)


def _group(table: str, key: str, row: dict[str, Any]) -> Group:
    try:
        lists = (tuple(row.get(name, ())) for name in ("exact", "findings"))
        return Group(key, row["label"], tuple(row["members"]), tuple(row["synonyms"]), *lists)
    except KeyError as missing:
        raise TableError(table, f"groups.{key}", f"a group needs {missing}") from missing


# --- a site's own words ---------------------------------------------------------------------------------------------


def _extend(words: dict[str, Word], file: Path) -> None:
    for key, row in read_toml(file, 10, "see the shipped tables").items():
        known = words.get(key)
        if not isinstance(row, dict):
            raise TableError(file.name, key, "a row is a table [key] with fields")
        if known is None and "kind" not in row:
            raise TableError(file.name, key, "a new word needs a kind")
        if known is None:
            words[key] = _word(file.name, key, row, row["kind"])
        else:
            words[key] = _widened(known, _word(file.name, key, {"label": known.label} | row, known.kind), file.name)


def _widened(known: Word, added: Word, table: str) -> Word:
    if added.kind != known.kind:
        raise TableError(table, known.key, f"is a {known.kind} in this package, not a {added.kind}")
    return replace(
        known,
        synonyms=(*known.synonyms, *added.synonyms),
        exact=(*known.exact, *added.exact),
        codes=(*known.codes, *added.codes),
        near=known.near | added.near,
    )


# --- finding --------------------------------------------------------------------------------------------------------


@cache
def _names(known: Vocabulary) -> tuple[dict[str, tuple[Word, ...]], dict[str, tuple[Word, ...]]]:
    exact: dict[str, list[Word]] = defaultdict(list)
    folded: dict[str, list[Word]] = defaultdict(list)
    for word in known.words.values():
        for form in word.exact:
            exact[form].append(word)
        for name in {fold(form) for form in (word.key, word.label, *word.synonyms, *word.exact)}:
            folded[name].append(word)
    return {name: tuple(found) for name, found in exact.items()}, {n: tuple(f) for n, f in folded.items()}


@cache
def _codes(known: Vocabulary) -> dict[tuple[str | None, str], tuple[Word, ...]]:
    index: dict[tuple[str | None, str], list[Word]] = defaultdict(list)
    for word in known.words.values():
        for code in word.codes:
            if code.status != "unverified":
                plain = code.code.replace(".", "") if code.system in HIERARCHICAL else code.code
                index[code.system, plain].append(word)
    return {place: tuple(found) for place, found in index.items()}


@cache
def _ranges(known: Vocabulary) -> tuple[tuple[str, str, Word], ...]:
    """The ICD-10-CM ranges of the tables as (first, last, word), without dots."""
    pairs = (
        (code.code.replace(".", "").split("-"), word)
        for word in known.words.values()
        for code in word.codes
        if code.system == "ICD-10-CM" and "-" in code.code
    )
    return tuple((low, high, word) for (low, high), word in pairs)


@cache
def _descendants(known: Vocabulary) -> dict[str, frozenset[str]]:
    below: dict[str, set[str]] = defaultdict(set)
    for word in known.words.values():
        for key in _ancestors(known.words, word):
            below[key].add(word.key)
    return {key: frozenset((key, *keys)) for key, keys in below.items()}


def _ancestors(words: Mapping[str, Word], word: Word) -> Iterable[str]:
    found: dict[str, None] = {}
    waiting = list(word.parents)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found[key] = None
            waiting.extend(words[key].parents)
    return found
