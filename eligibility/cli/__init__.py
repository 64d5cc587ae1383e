"""The command line: one file a verb; it parses arguments, calls, prints. Heavy imports wait until a verb runs."""

from eligibility.cli.group import main

__all__ = ["main"]
