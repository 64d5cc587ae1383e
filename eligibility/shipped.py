"""Where the data that ships with the package lies: the grammar chapters and the cases.

In a checkout (and an editable install) they stand beside the package, in a wheel inside it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def grammar_dir() -> Path:
    """The folder of the grammar chapters (`*.lark`)."""
    return _shipped("grammars")


def case_dir() -> Path:
    """The folder of the case files, the whole trials (`trials/`) and the example patients (`patients/`)."""
    return _shipped("cases")


def _shipped(name: str) -> Path:
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
