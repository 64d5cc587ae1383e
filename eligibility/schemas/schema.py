"""The verb of this station: the JSON Schema of a rule, a report or a patient profile.

They are files rather than made of the classes, so that one version is the same bytes with every release of pydantic;
`tests/test_schemas.py` holds them to the classes. A change that turns away what was valid, or lets out what was not
there, takes a new version in `$id`.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast

SCHEMAS = ("rule", "report", "patient")


def schema_text(of: str) -> str:
    """The schema of one of SCHEMAS as it is published; KeyError for others."""
    if of not in SCHEMAS:
        raise KeyError(of)
    return files("eligibility.schemas").joinpath(f"{of}.json").read_text(encoding="utf-8")


def schema(of: str) -> dict[str, Any]:
    """The same as plain values."""
    return cast(dict[str, Any], json.loads(schema_text(of)))
