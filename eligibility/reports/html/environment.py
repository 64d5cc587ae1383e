"""The templates, with everything that goes into them made harmless: escaped, and signs that steer text shown."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.reports.wording import harmless, one_line, printable

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

FOLDER = Path(__file__).parent
_LIST_MARK = r"(?=(?:[-*•·‣◦–]|\(?(?:\d{1,2}|[A-Za-z]|[ivx]{1,4})[.)])\s)"
_SPECIAL = re.compile(rf"\\(?=[!-/:-@\[-`{{-~])|\n\s*{_LIST_MARK}|\n[^\S\n]*\n\s*|[^ -~\n]")


@cache
def environment() -> Environment:
    """Templates that escape all they are given and fail where something is not given."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    found = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"source": source_words, "oneline": one_line, "thousands": "{:,}".format}
    return found


@cache
def asset(name: str) -> str:
    """A style or a script of this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")


def hash_of(text: str) -> str:
    """What the policy of a page names a style or script by."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _shown(value: object) -> object:
    """What goes into a template: markup that was made here, or words without signs that could steer text."""
    return value if hasattr(value, "__html__") else printable(str(value))


def source_words(text: str) -> Markup:
    """Words of a record with every character of theirs in its place: as the page's text they are the record's.

    Escapes of the registry are there and not seen, a list inside begins each member on a line of its own. Control and
    bidi signs are spelled out, invisible ones dropped.
    """
    from markupsafe import Markup, escape

    return Markup(_SPECIAL.sub(_special, str(escape(text))))


def _special(found: re.Match[str]) -> str:
    sign = found[0]
    if sign == "\\":
        return "<span hidden>\\</span>"
    if sign[0] == "\n":
        return f"{sign}<br>"
    shown = " " if sign.isspace() else harmless(sign)
    return f'<span class="cp">&lt;{shown[1:-1]}&gt;</span>' if len(shown) > 1 else shown
