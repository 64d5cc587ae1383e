"""The ingredients in the name of a drug as records write it: "0.4 ML Enoxaparin sodium 100 MG/ML Prefilled Syringe"."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import tomli

_BRAND = re.compile(r"\s*\[[^\]]*\]\s*$")
_QUANTITY = re.compile(r"^\s*(?:NDA\d+\s+)?(?:\d+(?:\.\d+)?\s*(?:HR|HOUR|ML|ACTUAT|DAY|MG|MCG|UNT)\s+)+", re.IGNORECASE)
_STRENGTH = re.compile(r"\s+\d.*$", re.DOTALL)
_LONGEST = 500


def ingredients(name: str) -> tuple[tuple[str, ...], ...]:
    """For each ingredient the forms of its name, the fullest first: with its salt, and without.

    Quantities in front, strengths, dose forms and a brand in brackets are left out, and parts are divided at " / ", as
    in the normalised names of RxNorm. Nothing is looked up here.
    """
    parts = _BRAND.sub("", name[:_LONGEST]).split(" / ")
    return tuple(forms for part in parts if (forms := _forms(part)))


def _forms(part: str) -> tuple[str, ...]:
    words = _STRENGTH.sub("", _QUANTITY.sub("", part)).split()
    salts, dose_forms = _tables()
    while len(words) > 1 and words[-1].casefold() in dose_forms:
        words.pop()
    forms = [" ".join(words)]
    while len(words) > 1 and words[-1].casefold() in salts:
        words.pop()
        forms.append(" ".join(words))
    return tuple(form for form in forms if form)


@cache
def _tables() -> tuple[frozenset[str], frozenset[str]]:
    table = tomli.loads(files("eligibility.vocabulary").joinpath("drug_names.toml").read_text(encoding="utf-8"))
    return frozenset(table["salts"]), frozenset(table["forms"])
