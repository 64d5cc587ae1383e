"""The page: templates filled, style and script within it, and nothing in it that could load anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Any

from eligibility.reports.frame import judged_lines, of_day, whole_lines, whose
from eligibility.reports.html.environment import asset, environment, hash_of
from eligibility.reports.html.marks import SIGNS
from eligibility.reports.html.steps_view import steps_views
from eligibility.reports.html.view import Badge, outcome_badge, trial_view
from eligibility.reports.report import Report
from eligibility.reports.wording import MARKS, OUTCOMES, RESULTS
from eligibility.steps.next_steps import NextSteps
from eligibility.verdicts.judge import version

IN_FULL = 500
MOST_IN_FULL = 10_500_000  # bytes: five thousand trials still fit, with all but the first as rows
MOST_BYTES = 14_500_000
_FEW = 3
_LEGEND = {
    "pass": "as the criterion asks; an exclusion passes when it is not met",
    "fail": "not as the criterion asks",
    "unresolved": "a fact is missing, too old, or cannot be compared",
    "judgement": "only a person can say",
    "unclear": "read it: nothing was decided by these words",
    "not_applicable": "binds another sex, age group or cohort",
}


@dataclass(frozen=True, slots=True)
class More:
    """The commands that show more: one trial in full, with `trial` before its id, and all of what to do next."""

    trial: str
    steps: str = ""

    def command(self, trial: str) -> str:
        """The command for a trial, as a shell takes it."""
        return f"{self.trial} {quote(trial)}"


def page(report: Report, more: More | None = None, steps: NextSteps | None = None) -> str:
    """The whole file: the first IN_FULL trials in full (fewer, if they are very long), the rest as rows.

    What would not fit into a page that a browser opens well is named at its end.
    """
    trials = list(within(MOST_IN_FULL, _in_full(report)))
    rows = list(within(MOST_BYTES - sum(map(_size, trials)), _rows(report, len(trials), more)))
    todo = {"steps": steps_views(report, steps) if steps else (), "steps_command": more.steps if more else ""}
    filled = {"trials": _markup(trials), "rows": _markup(rows), "full": len(trials), "listed": len(trials) + len(rows)}
    return environment().get_template("page.html").render(_frame(report), **todo, **filled)


def _in_full(report: Report) -> Iterator[str]:
    template, few = environment().get_template("trial.html"), len(report.verdicts) <= _FEW
    for rank, verdict in enumerate(report.verdicts[:IN_FULL], 1):
        yield template.render(trial=trial_view(report, rank, verdict, whole=True), open=few, command="")


def _rows(report: Report, before: int, more: More | None) -> Iterator[str]:
    template = environment().get_template("trial.html")
    for rank, verdict in enumerate(report.verdicts[before:], before + 1):
        command = more.command(verdict.trial) if more else ""
        yield template.render(trial=trial_view(report, rank, verdict, whole=False), open=False, command=command)


def within(most: int, texts: Iterator[str]) -> Iterator[str]:
    """As many of the texts as there is room for, and at least one."""
    used = 0
    for place, text in enumerate(texts):
        used += _size(text)
        if used > most and place:
            return
        yield text


def _size(text: str) -> int:
    return len(text.encode())


def _markup(texts: list[str]) -> Any:
    from markupsafe import Markup

    return Markup("".join(texts))


def _frame(report: Report) -> dict[str, Any]:
    """What stands around the trials."""
    from markupsafe import Markup

    style, script = asset("report.css"), asset("report.js")
    counted = Counter(verdict.outcome for verdict in report.verdicts)
    return {
        "policy": f"default-src 'none'; style-src '{hash_of(style)}'; script-src '{hash_of(script)}'; base-uri 'none'; "
        "form-action 'none'",
        "style": Markup(style),
        "script": Markup(script),
        "title": f"{whose(report)} · eligibility report",
        "whose": whose(report),
        "summary": [of_day(report), *whole_lines(report)],
        "legend": [(Badge(key, *SIGNS[key]), says) for key, says in _LEGEND.items()],
        "outcomes": [(outcome_badge(outcome), counted[outcome]) for outcome in OUTCOMES if counted[outcome]],
        "results": [Badge(key, MARKS[key], word) for key, word in RESULTS.items()],
        "total": len(report.verdicts),
        "judged": judged_lines(report),
        "version": version(),
        "redacted": report.redacted,
    }
