"""The verb of this station: a file with a cohort definition → its rulebook."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eligibility.cohorts.from_circe import from_circe
from eligibility.errors import Fault, InputError
from eligibility.rules.rulebook import Rulebook
from eligibility.vocabulary.tables import Vocabulary
from eligibility.vocabulary.tables import vocabulary as shipped_words

MAX_BYTES = 20_000_000
_TOP = frozenset(("PrimaryCriteria", "ConceptSets"))
_MARK = b'"PrimaryCriteria"'


def is_cohort(path: str) -> bool:
    """Whether a file is a cohort definition of Circe; False for what cannot be read, or is too long for one."""
    file = Path(path)
    try:
        if not path.endswith(".json") or not file.is_file() or file.stat().st_size > MAX_BYTES:
            return False
        data = file.read_bytes()
    except OSError:
        return False
    return _MARK in data and isinstance(found := _parsed(data), dict) and found.keys() >= _TOP


def read_cohort(path: str, words: Vocabulary | None = None) -> Rulebook:
    """The rulebook of a cohort definition: one criterion an inclusion rule, what is not understood as `unclear`.

    Raises InputError when the file is no cohort definition.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(path, Fault("", error.strerror or "cannot be read", "check the path")) from None
    found = _parsed(data) if len(data) <= MAX_BYTES else None
    if not isinstance(found, dict) or not found.keys() >= _TOP:
        raise InputError(path, Fault("", "is no cohort definition of Circe", "export it as JSON from ATLAS"))
    return from_circe(found, Path(path).stem, words or shipped_words())


def _parsed(data: bytes) -> Any:
    """The JSON value, None for what is none (or nested deeper than Python can read); halves of signs become "?"."""
    try:
        return json.loads(json.dumps(json.loads(data), ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        return None
