"""The ICD-10-CM classification: what a code is called, and which codes a name stands at.

The table holds every category and subcategory; codes that only add a seventh character by rule (encounter, eye, stage)
have the name of their stem. It is read at the first question and not before.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files

_TABLE = "icd10cm.tsv.gz"
_LONGEST = 300
_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_UNSPECIFIED = re.compile(r"(?:,? unspecified|,? NOS|,? not otherwise specified)$|^unspecified ", re.IGNORECASE)
_BETWEEN = re.compile(r"[^\w']+|_")
_BRITISH = re.compile(r"ae(?=m|tio|sth)|(?<=p|c|f)ae(?=d|c)|oe(?=d|so|liac|t|a)|(?<=tum)our")
_PLURAL = re.compile(r"(?<!e)([ao])ses$|(i)es$|(?<=[^usi])s$")
_WITH_SEVENTH = 7


def name(code: str) -> str | None:
    """What the classification calls a code, with or without its dot; None for what it does not hold."""
    plain = code.strip().upper().replace(".", "")
    if len(plain) == _WITH_SEVENTH and plain not in _entries():
        plain = plain[:-1].rstrip("X")
    entry = _entries().get(plain)
    return entry[0] if entry else None


def named(text: str) -> tuple[str, ...]:
    """The codes whose own name is `text`: who has one of them has what it says.

    Case, brackets, punctuation, plurals, "unspecified" and British spelling tell no names apart.
    """
    return _names().get(normal(text), ())


def filed_under(text: str) -> tuple[str, ...]:
    """The codes that list `text` as an inclusion term: who has it has the code; the code alone does not say it."""
    return _inclusion_terms().get(normal(text), ())


def normal(text: str) -> str:
    """A name without what does not tell the names of the classification apart."""
    bare = _UNSPECIFIED.sub("", " ".join(_BRACKETS.sub(" ", text[:_LONGEST]).split()))
    words = _BETWEEN.sub(" ", bare.casefold().replace("'s", "")).split()
    return " ".join(_BRITISH.sub(_american, _PLURAL.sub(_singular, word)) for word in words)


def _american(british: re.Match[str]) -> str:
    return {"ae": "e", "oe": "e", "our": "or"}[british[0]]


def _singular(plural: re.Match[str]) -> str:
    return f"{plural[1]}sis" if plural[1] else "y" if plural[2] else ""


# --- the table ------------------------------------------------------------------------------------------------------


@cache
def _entries() -> Mapping[str, tuple[str, ...]]:
    """Code without dot → its name and its inclusion terms, in the order of the classification."""
    lines = gzip.decompress(files("eligibility.vocabulary").joinpath(_TABLE).read_bytes()).decode().splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {code.replace(".", ""): tuple(names) for code, *names in rows}


@cache
def _names() -> Mapping[str, tuple[str, ...]]:
    return _index(lambda entry: entry[:1])


@cache
def _inclusion_terms() -> Mapping[str, tuple[str, ...]]:
    return _index(lambda entry: entry[1:])


def _index(terms: Callable[[tuple[str, ...]], Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for code, entry in _entries().items():
        for term in terms(entry):
            found[normal(term)][_dotted(code)] = None
    return {term: tuple(codes) for term, codes in found.items()}


def _dotted(code: str) -> str:
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code
