"""The words of criteria that speak of malignancies and of nothing else."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def tumour_words() -> frozenset[str]:
    """Every word, in small letters, that tells of tumours and their treatment, or joins such words."""
    return frozenset(word for words in _table().values() for word in words)


@cache
def tumour_sites() -> frozenset[str]:
    """Where tumours grow; other diseases do so too ("bowel disease")."""
    return frozenset(_table()["sites"])


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads(files("eligibility.vocabulary").joinpath("tumour_words.toml").read_text(encoding="utf-8"))
