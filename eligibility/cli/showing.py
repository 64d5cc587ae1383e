"""How `match` shows its reports: on a terminal, as text, as JSON, as pages; redacted where that is asked for."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eligibility.cli.inputs import colour_wanted

if TYPE_CHECKING:
    from eligibility.patients.patient import Patient
    from eligibility.reports.overview_as_text import Line
    from eligibility.reports.report import Report
    from eligibility.reports.screening_log import ScreeningLog
    from eligibility.steps.next_steps import NextSteps

_UNSAFE = re.compile(r"[^\w.-]+")
LOGS = ("xlsx", "csv", "csv_criteria")
_OF_THE_REPORT = ("quiet", "only", "top", "html", *LOGS, "as_json", "redact", "no_color", "patient", "trials")
_OF_NOBODY = ("status", "format_", "others", "assume_absent", "max_age", "table_ranges")


def refuse_same_outputs(options: dict[str, Any], *inputs: str) -> None:
    """Raises UsageError where two reports would go to one file or over an input, or a log to standard output."""
    named = [options[name] for name in ("html", *LOGS) if options[name] is not None]
    if "" in named:
        raise click.UsageError("an empty path names nothing; name a file")
    if "-" in [options[name] for name in LOGS]:
        raise click.UsageError("a log is a file: name one instead of -")
    places = [os.path.realpath(name) for name in named]
    if len(set(places)) < len(places):
        raise click.UsageError("two of --html, --xlsx, --csv and --csv-criteria name the same file")
    read = {os.path.realpath(name) for name in (*inputs, options["answers"] or "-") if name != "-"}
    if over := [name for name, place in zip(named, places, strict=True) if place in read and not os.path.isdir(place)]:
        raise click.UsageError(f"{over[0]} is read here, and would be overwritten: name another file for the report")


@dataclass(slots=True)
class Showing:
    """What the options of `match` ask for; `given` is what was typed behind it, without what shapes the report."""

    options: dict[str, Any]
    given: str
    lines: list[Line] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)
    log: ScreeningLog | None = None

    @classmethod
    def of(cls, ctx: click.Context) -> Showing:
        """By the options of a command. Raises UsageError where two of them want standard output."""
        options = dict(ctx.params)
        if options["html"] == "-" and options["as_json"]:
            raise click.UsageError("--html - and --json both write to standard output: name a file for one of them")
        return cls(options, _given(ctx))

    @property
    def folder(self) -> Path | None:
        """The folder that pages go to, None where there is but one page or none."""
        html = self.options["html"]
        return Path(html) if html and html != "-" and Path(html).is_dir() else None

    @contextmanager
    def logging(self) -> Iterator[None]:
        """What is shown goes into the logs that were asked for, which are there when the block ends well."""
        wanted = {name: self.options[name] for name in LOGS if self.options[name]}
        if not wanted:
            yield
            return
        from eligibility.reports.screening_log import screening_log

        with screening_log(**wanted) as self.log:
            yield
        number = self.log.pairs
        told = f"{number:,} {'pair' if number == 1 else 'pairs'} of patient and trial"
        for file in wanted.values():
            click.echo(f"{file}: {told}", err=self.options["as_json"])

    def one_or_more(self, first: Patient, others: Iterator[Patient]) -> Iterator[Patient]:
        """The patients. Raises UsageError when there are several and one page: it would tell of one to another."""
        second = next(others, None) if self.options["html"] and self.folder is None else None
        if second is not None:
            problem = f"--html {self.options['html']} is one page, and there are several patients"
            raise click.UsageError(f"{problem}: name one with --patient ID, or a folder that takes a page of each")
        return chain((first,), others)

    def show(self, report: Report, steps: Callable[[], NextSteps]) -> None:
        """Show one patient's report, and keep a line of it; `steps` finds what to do next, which pages tell too."""
        from eligibility.reports.overview_as_text import line_of

        if self.options["redact"]:
            from eligibility.reports.redacting import redacted

            report = redacted(report, str(len(self.lines) + 1))
        self.lines.append(line_of(report))
        report = replace(report, verdicts=report.verdicts[: self.options["top"]])
        if self.options["html"]:
            self._page(report, steps())
        if self.log:
            self.log.add(report)
        if self.options["as_json"]:
            from eligibility.reports.as_json import as_json

            click.echo(as_json(report), nl=False)
        elif not (self.options["html"] or self.log):
            _print(report, colour_wanted(self.options["no_color"]))

    def overview(self) -> None:
        """Several patients at a glance, where people read it."""
        from eligibility.reports.overview_as_text import overview_as_text

        if len(self.lines) > 1 and not self.options["as_json"]:
            click.echo(overview_as_text(self.lines), nl=False)

    def _page(self, report: Report, steps: NextSteps) -> None:
        from eligibility.reports.as_html import as_html, write_html
        from eligibility.reports.frame import summary_line
        from eligibility.reports.html.page import More

        more = More(f"eligibility match {self.given} --only", f"eligibility next {self.given}")
        if self.options["html"] == "-":
            click.echo(as_html(report, more, steps), nl=False)
            return
        file = self.folder / self._name(report) if self.folder else Path(self.options["html"])
        write_html(report, file, more, steps)
        click.echo(f"{file}: {summary_line(report)}", err=self.options["as_json"])

    def _name(self, report: Report) -> str:
        """A file name for a patient, that no other patient has."""
        stem = _UNSAFE.sub("_", report.patient).strip(".")[:80] or "patient"
        stem = f"patient-{stem}" if report.redacted else stem
        name, number = f"{stem}.html", 1
        while name.casefold() in self.pages:
            number += 1
            name = f"{stem}-{number}.html"
        self.pages.add(name.casefold())
        return name


def _print(report: Report, colour: bool) -> None:
    if sys.stdout.isatty():
        from eligibility.reports.as_terminal import print_report

        print_report(report, sys.stdout, colour=colour)
    else:
        from eligibility.reports.as_text import as_text

        click.echo(as_text(report), nl=False)


def _given(ctx: click.Context) -> str:
    """What was typed, to be typed again; of a redacted report no path, id or day, which may tell whose it is."""
    options = {option.name or "": [*_typed(ctx, option)] for option in ctx.command.params}
    if ctx.params["redact"]:
        paths = ["PATIENT", "TRIALS"] if ctx.params["trials"] else ["PATIENT"]
        return shlex.join([*paths, *(word for name, words in options.items() if name in _OF_NOBODY for word in words)])
    paths = [ctx.params["patient"], *ctx.params["trials"]]
    return shlex.join([*paths, *(word for words in options.values() for word in words)])


def _typed(ctx: click.Context, option: click.Parameter) -> Iterator[str]:
    from click.core import ParameterSource

    name = option.name or ""
    if name in _OF_THE_REPORT or ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
        return
    value = ctx.params[name]
    if isinstance(option, click.Option) and option.is_flag:
        yield option.opts[0]
        return
    for one in value if option.multiple else (value,):
        yield from (option.opts[0], one.date().isoformat() if name == "as_of" else str(one))
