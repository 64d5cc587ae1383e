"""A loss report as plain text: the count of each grade, what is assumed, and why a criterion is not exact."""

from __future__ import annotations

from collections.abc import Iterator

from eligibility.exports.loss import ASSUMPTIONS, GRADES, MEANS, Loss, LossReport
from eligibility.reports.wording import shown

_WORDS = 100


def loss_as_text(report: LossReport) -> str:
    """The report, one paragraph a grade, safe to print on a terminal; ends with a line end."""
    return shown("\n".join(_lines(report)) + "\n")


def _lines(report: LossReport) -> Iterator[str]:
    counts = report.counts()
    yield f"{report.trial} as {report.dialect}: {len(report.lines)} criteria"
    for grade in GRADES:
        if counts[grade]:
            yield f"\n{grade} ({counts[grade]}): {MEANS[grade]}"
            for line in report.lines:
                if line.grade == grade:
                    yield from _criterion(line)
    assumed = report.assumed()
    if assumed:
        yield "\nassumed of the data:"
        yield from (f"  {key}: {ASSUMPTIONS[key]}" for key in assumed)


def _criterion(line: Loss) -> Iterator[str]:
    words = " ".join(line.criterion.text.split())
    text = words if len(words) <= _WORDS else f"{words[: _WORDS - 1]}…"
    assumed = f" [{', '.join(line.assuming)}]" if line.assuming else ""
    yield f"  {line.criterion.side} {line.criterion.id}  {text}{assumed}"
    yield from (f"      {why}" for why in line.why)
