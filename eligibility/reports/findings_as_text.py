"""The findings of a trial as a coordinator reads them: the words, why, and what to check; plain text, 80 columns."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from eligibility.checks.finding import KINDS, Finding, Quote
from eligibility.reports.wording import one_line, shortened
from eligibility.trials.trial import Trial

WIDTH = 80
_MOST = 300


def findings_as_text(trial: Trial, findings: Iterable[Finding]) -> str:
    """One trial with its findings, each with the words of the criteria concerned (cut at 300 characters)."""
    found = list(findings)
    head = f"{one_line(trial.id)} · {_counted(len(found), 'finding')}"
    lines = [head, *_wrapped(one_line(trial.title), "", "")]
    for finding in found:
        lines += ["", *_finding(finding)]
    return "\n".join(lines) + "\n"


def summary(trials: int, findings: Iterable[Finding], with_findings: int) -> str:
    """How many trials were checked, how many have findings, and of which kinds."""
    counted = Counter(finding.kind for finding in findings)
    kinds = ", ".join(f"{counted[kind]} {kind}" for kind in KINDS if counted[kind])
    text = f"{_counted(trials, 'trial')} checked, {with_findings} with findings" + (f": {kinds}" if kinds else "")
    return "\n".join(_wrapped(text, "", "")) + "\n"


def _finding(finding: Finding) -> Iterator[str]:
    about = ", ".join(map(one_line, finding.about))
    yield from _wrapped(finding.kind + (f" · {about}" if about else ""), "! ", "  ")
    width = max((len(_place(quote)) for quote in finding.quotes), default=0)
    for quote in finding.quotes:
        yield from _wrapped(
            shortened(one_line(quote.text), _MOST), f"  {_place(quote).ljust(width)}  ", " " * (width + 4)
        )
    yield from _wrapped(finding.why, "  why    ", " " * 9)
    yield from _wrapped(finding.check, "  check  ", " " * 9)


def _place(quote: Quote) -> str:
    return shortened(one_line(quote.criterion.id), 12)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _counted(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"
