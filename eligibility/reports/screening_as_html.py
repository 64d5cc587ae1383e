"""A screening as one HTML file that needs nothing else, with the numbers of the text as bars."""

from __future__ import annotations

from pathlib import Path

from eligibility.reports.html.screening_page import screening_page
from eligibility.reports.screening import Screening
from eligibility.whole_file import whole_file


def write_screening(screening: Screening, path: str | Path) -> int:
    """Write the page, whole or not at all, for its owner's eyes only (mode 0600); how many bytes it has.

    Raises InputError where it cannot be written.
    """
    content = screening_page(screening).encode()
    with whole_file(Path(path), "page") as draft:
        draft.write_bytes(content)
    return len(content)
