"""`eligibility completion`: what a shell needs to complete verbs, options, files, and ids of what is shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_VARIABLE = "_ELIGIBILITY_COMPLETE"
_PATIENTS = ("patient", "patients", "file")
_TRIALS = ("trial", "trials")


@click.command("completion", short_help="Print the script that completes this command in a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, /, shell: str) -> None:
    """Print the script by which SHELL completes verbs, options, files, and the ids of shipped patients and trials.

    \b
    bash  eval "$(eligibility completion bash)"      in ~/.bashrc (bash 4.4 or newer)
    zsh   eval "$(eligibility completion zsh)"       in ~/.zshrc
    fish  eligibility completion fish > ~/.config/fish/completions/eligibility.fish
    """
    from click.shell_completion import BashComplete, get_completion_class

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    script = found(ctx.find_root().command, {}, "eligibility", _VARIABLE)
    # bash's own would run bash to ask for its version; that is for the shell that reads the script to know
    click.echo(super(BashComplete, script).source() if isinstance(script, BashComplete) else script.source())


def complete_files(verb: click.Command) -> None:
    """Let a verb's arguments, and options that name a file, complete files, and ids of what is shipped."""
    for parameter in verb.params:
        if isinstance(parameter, click.Argument) and parameter.name in (*_PATIENTS, *_TRIALS, "names"):
            parameter._custom_shell_complete = _files_and_ids
        elif parameter.metavar == "FILE":
            parameter._custom_shell_complete = _files


def _files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def _files_and_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from eligibility.cli.inputs import shipped_patients, shipped_trials

    ids = shipped_patients() if parameter.name in _PATIENTS else shipped_trials()
    known = [CompletionItem(id) for id in ids if id.startswith(incomplete)]
    return [*known, *_files(ctx, parameter, incomplete)]
