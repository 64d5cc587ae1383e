"""The command `eligibility`: finds the verb, and turns what goes wrong into one message and an exit code.

Exit codes: 0 done, 1 a check failed, 2 misuse or unreadable input, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from eligibility.cli.inputs import QUIET
from eligibility.cli.visible import visible
from eligibility.errors import EligibilityError

VERBS = (
    "demo", "match", "explain", "next", "answer", "index", "screen", "patients", "parse", "review", "diff", "check",
    "export", "schema", "cases", "vocabulary", "completion",
)  # fmt: skip


class Verbs(click.Group):
    """A group whose commands are modules of this folder, imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order in which a newcomer needs them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's click command, None for a word that is no verb."""
        if cmd_name not in VERBS:
            return None
        command = import_module(f"eligibility.cli.{cmd_name}").command
        return _comfortable(command, cmd_name) if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the verb; when the reader of our output had enough (`| head`), end quietly."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return _close_quietly()


def _comfortable(verb: click.Command, name: str) -> click.Command:
    """A verb with what all have: --quiet, examples in its help, and files to complete."""
    from eligibility.cli.completion import complete_files
    from eligibility.cli.examples import epilog

    if verb.epilog is None:
        verb.epilog = epilog(name)
        complete_files(verb)
        if all(option.name != "quiet" for option in verb.params):
            verb.params.append(_quiet())
    return verb


def _set_quiet(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        ctx.meta[QUIET] = True


def _quiet() -> click.Option:
    return click.Option(
        ["--quiet", "-q"],
        is_flag=True,
        expose_value=False,
        callback=_set_quiet,
        help="No progress bars and no remarks: on standard error only what went wrong.",
    )


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"eligibility {version('eligibility')}")
        ctx.exit()


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show version."
)
def verbs() -> None:
    """Read trial eligibility criteria as rules and match patients against them, offline.

    `eligibility demo` is a first look, `eligibility VERB --help` has examples that run as they stand.

    Data goes to standard output, messages to standard error.
    Exit codes: 0 done, 1 a check failed, 2 misuse or unreadable input.
    """


verbs.params.append(_quiet())


def main() -> None:
    """Run the command line with the arguments of this process and exit."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a mark the terminal cannot show must not end the report
    sys.exit(_run())


def _run() -> int:
    try:
        code = verbs.main(prog_name="eligibility", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output had enough (`| head`)
        return _close_quietly()
    except click.Abort:
        return _say("interrupted", 130)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (EligibilityError, OSError) as error:
        return _say(str(error), 2)
    return code if isinstance(code, int) else 0


def _close_quietly() -> int:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _say(message: str, code: int) -> int:
    click.echo(f"eligibility: {visible(message)}", err=True)
    return code
