"""`eligibility cases`: show cases, run them, and rewrite what they mean for review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eligibility.cases import CaseResult


@click.command("cases", short_help="Show and run the shipped cases, or your own.")
@click.argument("pattern", default="")
@click.option("--accept", is_flag=True, help="Rewrite `means` and the rulebooks to what is read now; review it in git.")
@click.option("--quiet", "-q", is_flag=True, help="Show only cases that differ, and the count.")
@click.pass_context
def command(ctx: click.Context, pattern: str, accept: bool, quiet: bool) -> None:
    """Show and run the cases that hold PATTERN in their name or wordings (default: all).

    PATTERN may also be a case file or a folder. Exit code 1 when a case differs.
    """
    from eligibility.cases import accept_case, find_cases, run_case

    found = find_cases(pattern)
    if not found:
        raise click.UsageError(f"no case holds {pattern!r}; `eligibility cases` lists all")
    differing = 0
    for case in found:
        result = run_case(case)
        if accept and result.differences and (renewed := accept_case(result)):
            click.echo(f"rewritten: {case.name}", err=True)
            result = run_case(renewed)
        differing += bool(result.differences)
        if result.differences or not quiet:
            click.echo("\n".join(_lines(result)))
    click.echo(f"{len(found)} case{'s' * (len(found) != 1)}, {differing} differ")
    ctx.exit(1 if differing else 0)


def _lines(result: CaseResult) -> Iterator[str]:
    from eligibility.reports.underline import underlined
    from eligibility.reports.wording import printable
    from eligibility.rules.notation import notation

    yield f"{'✗ differs' if result.differences else '✓ same'}  {result.case.name}"
    shown = None
    for text, rule in result.readings:
        meaning = printable(notation(rule))
        if shown not in (None, meaning):
            yield f"      {shown}"
        yield from (f"  {line}" for line in underlined(text, rule))
        shown = meaning
    yield f"      {shown}"
    yield from (f"  ! {difference}" for difference in result.differences)
    yield ""
