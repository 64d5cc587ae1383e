"""Writes docs/tour.md and its pictures from what the commands print: `python tests/tour.py`, from the top of the checkout."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from html import escape
from pathlib import Path

import running

import eligibility as el

DOCS = running.ROOT / "docs"
PAGE = DOCS / "tour.md"
_CHAR, _LINE, _EDGE = 8.0, 18, 16
_STYLE = """
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre; fill: #171b21; }
.back { fill: #f5f6f8; stroke: #d3d8e0; } .pass { fill: #0b6333; } .fail { fill: #a91f17; } .open { fill: #744700; }
.mark { fill: #1b4d9b; } .stay { fill: #1b4d9b; } .lost { fill: #fde9e7; stroke: #a91f17; stroke-dasharray: 5 3; }
.all { fill: #e4e7ec; }
@media (prefers-color-scheme: dark) {
  text { fill: #e7eaef; } .back { fill: #101419; stroke: #343d4a; } .pass { fill: #74d99a; } .fail { fill: #ff9d94; }
  .open { fill: #f2c063; } .mark, .stay { fill: #9cc2ff; } .lost { fill: #431a18; stroke: #ff9d94; } .all { fill: #222933; }
}
"""
_COLOURS = {"✓": "pass", "✗": "fail", "?": "open", "^": "mark"}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the tour: a command, and what of its output is shown: from a line on, so many lines."""

    title: str
    says: str
    command: str
    lines: int
    begin: str = ""
    picture: str = ""


STOPS = (
    Stop(
        "What a patient is",
        "A file of dated facts with units: a profile, FHIR, OMOP, or a table. What is not understood is listed here.",
        "eligibility patients liver-failure", 1,
    ),
    Stop(
        "What is read",
        "The words of a trial become rules. `^` marks what was read, `~` what was not; the line beneath is the rule,"
        " which a person may edit.",
        "eligibility parse NCT05940610 --wrap", 4, "inclusion I2",
    ),
    Stop(
        "The verdict",
        "One patient against all shipped trials, the best first. Unknown stays unknown: it is neither a yes nor a no.",
        "eligibility match liver-failure", 6, "Rank",
    ),
    Stop(
        "Why",
        "From the outcome down to the facts, with conversions and places in the record.",
        "eligibility explain liver-failure NCT05940610", 11, "✓ pass · inclusion I2", "explain.svg",
    ),
    Stop(
        "What if",
        "Nothing is written down; everything is computed anew.",
        'eligibility explain liver-failure NCT05940610 --what-if "bilirubin = 2 mg/dL"', 3, "NCT05940610",
    ),
    Stop(
        "What to ask next",
        "Which missing facts decide most trials, as questions; near misses; the day to look again.",
        "eligibility next liver-failure", 8, "Find out",
    ),
    Stop(
        "A page to keep",
        "The same as one file for screen and paper, that needs no network ([more](report.md)).",
        "eligibility match liver-failure NCT05940610 --html report.html", 1,
    ),
    Stop(
        "Many patients",
        "How many fit, and where the others are lost, criterion by criterion ([more](screening.md)).",
        "eligibility screen docs/cohort.csv docs/heart.rules --assume-absent conditions", 7, "Criterion",
        "attrition.svg",
    ),
)  # fmt: skip
_HEAD = """# A quick tour

Every command here runs as it stands from the top of a checkout; what is shown is what it prints, `…` stands for more.
This page is written by `python tests/tour.py`. `eligibility demo` tells the first half of it in one go.
"""


def page() -> str:
    """The page, from what the commands print now."""
    parts = [_HEAD]
    for number, stop in enumerate(STOPS, 1):
        shown = "\n".join((f"$ {stop.command}", *_shown(stop)))
        parts.append(f"## {number}. {stop.title}\n\n{stop.says}\n\n```console\n{shown}\n```\n")
        if stop.picture:
            parts.append(f"![{stop.title}](pictures/{stop.picture})\n")
    return "\n".join(parts)


def pictures() -> dict[str, str]:
    """The pictures by their names."""
    why = next(stop for stop in STOPS if stop.picture == "explain.svg")
    return {"explain.svg": terminal([f"$ {why.command}", "", *_excerpt(why)[0]]), "attrition.svg": attrition()}


def _shown(stop: Stop) -> list[str]:
    lines, before, after = _excerpt(stop)
    return [*(["…"] if before else []), *lines, *(["…"] if after else [])]


def _excerpt(stop: Stop) -> tuple[list[str], bool, bool]:
    """The lines that are shown, and whether others stand before and after them."""
    name, *words = shlex.split(stop.command)
    assert name == "eligibility"
    if "report.html" in words:
        return ["report.html: Patient liver-failure…"], False, False
    lines = running.run(*words).stdout.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith(stop.begin))
    end = first + stop.lines
    return lines[first:end], first > 0, end < len(lines)


def terminal(lines: list[str]) -> str:
    """Lines of output as they stand in a terminal, marks in colour."""
    rows = [
        f'<text class="{_COLOURS.get(line.strip()[:1], "words")}" x="{_EDGE}" y="{_EDGE + _LINE * (place + 0.8):g}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    ]
    return _svg(2 * _EDGE + _CHAR * max(map(len, lines)), 2 * _EDGE + _LINE * len(lines), rows, "\n".join(lines))


def attrition() -> str:
    """Who remains after each criterion of the screening of the tour."""
    book = el.read_rulebook((DOCS / "heart.rules").read_text(encoding="utf-8"))
    policy = el.Policy(assume_absent=frozenset(("conditions",)))
    found = el.screen(book, DOCS / "cohort.csv", policy=policy)
    rows, told, before, scale = [], [], found.patients, 300 / found.patients
    for place, row in enumerate(found.trials[0].attrition):
        top, gone = _EDGE + 28 * place, before - row.remaining
        left = f"{row.remaining} remain" + (f", {gone} lost here" if gone else "")
        told.append(f"{row.id} {row.notation}: {left}")
        rows += [
            f'<text x="{_EDGE}" y="{top + 14}">{escape(f"{row.id}  {row.notation}"[:44])}</text>',
            f'<rect class="all" x="390" y="{top + 2}" width="300" height="16"/>',
            f'<rect class="stay" x="390" y="{top + 2}" width="{scale * row.remaining:g}" height="16"/>',
            f'<rect class="lost" x="{390 + scale * row.remaining:g}" y="{top + 2.5}" width="{scale * gone:g}" height="15"/>',
            f'<text x="702" y="{top + 14}">{left}</text>',
        ]
        before = row.remaining
    return _svg(900, 2 * _EDGE + 28 * len(told), rows, "\n".join(told))


def _svg(width: float, height: float, rows: list[str], says: str) -> str:
    """A picture that is light or dark as the screen is, and says in words what it shows."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img">'
    back = f'<rect class="back" x=".5" y=".5" width="{width - 1:g}" height="{height - 1:g}" rx="8"/>'
    return "\n".join([head, f"<title>{escape(says)}</title>", f"<style>{_STYLE}</style>", back, *rows, "</svg>", ""])


def write(folder: Path = DOCS) -> None:
    """Write the page and its pictures."""
    (folder / PAGE.name).write_text(page(), encoding="utf-8")
    for name, picture in pictures().items():
        (folder / "pictures" / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    write()
