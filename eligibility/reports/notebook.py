"""What notebooks and data frames take of a report: a small table as HTML, and columns for pandas or polars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from eligibility.errors import Fault, InputError
from eligibility.reports.wording import one_line

Library = Literal["pandas", "polars"]
LIBRARIES: tuple[Library, ...] = ("pandas", "polars")
MOST = 50
_PLAIN = '<div class="mathjax_ignore tex2jax_ignore">'  # words between dollars are no mathematics
_LEFT = ' style="text-align:left"'


def html_table(caption: str, headings: Sequence[str], rows: Sequence[Sequence[str]], total: int) -> str:
    """A table for the output of a notebook cell: nothing in it acts, whatever stands in a record.

    `rows` are the first MOST of `total`; without style of its own, so that it is light or dark as the notebook is.
    """
    head = "".join(f'<th scope="col"{_LEFT}>{_safe(heading)}</th>' for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td{_LEFT}>{_safe(cell)}</td>' for cell in row)}</tr>" for row in rows)
    more = f"<p>… and {total - len(rows):,} more</p>" if total > len(rows) else ""
    told = f"<caption{_LEFT}>{_safe(caption)}</caption>"
    table = f"<table>{told}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"{_PLAIN}{table}{more}</div>"


def frame(columns: Mapping[str, Sequence[Any]], library: Library | None = None) -> Any:
    """A data frame of these columns, by the library that is asked for, else by the first that is installed.

    Raises InputError, naming what to install, where there is none, and ValueError for another library.
    """
    if library not in (None, *LIBRARIES):
        raise ValueError(f"no library {library!r}; one of {', '.join(LIBRARIES)}")
    wanted = (library,) if library else LIBRARIES
    found = next((name for name in wanted if find_spec(name)), None)
    if found is None:
        problem = f"a data frame needs {' or '.join(wanted)}, not installed here"
        raise InputError("to_frame", Fault("", problem, f"pip install {wanted[0]}"))
    return import_module(found).DataFrame(dict(columns))


def _safe(text: str) -> str:
    from markupsafe import escape

    return str(escape(one_line(text)))
