"""The command line run in this process: what it reads, writes and answers, without starting Python and its tables anew."""

from __future__ import annotations

import io
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess
from unittest.mock import patch

from eligibility.cli import main

ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: str | Path, stdin: str | bytes = "") -> CompletedProcess[str]:
    """Exit code, standard output and standard error of `eligibility ARGUMENTS`, run from the top of the checkout."""
    words = ["eligibility", *map(str, arguments)]
    given = io.TextIOWrapper(io.BytesIO(stdin.encode() if isinstance(stdin, str) else stdin), encoding="utf-8")
    out, err = written(), written()
    with (
        patch.object(sys, "argv", words), patch.object(sys, "stdin", given), chdir(ROOT),
        redirect_stdout(out), redirect_stderr(err),
    ):  # fmt: skip
        code = ended()
    return CompletedProcess(words, code, text_of(out), text_of(err))


def ended() -> int:
    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    raise AssertionError("the command line did not end with an exit code")


def written() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)


def text_of(stream: io.TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")
