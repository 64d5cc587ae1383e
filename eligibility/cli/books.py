"""Rulebooks on disk: a file a trial, read again without losing what a person locked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.cli.inputs import text_of

if TYPE_CHECKING:
    from eligibility.rules.revision import Change
    from eligibility.rules.rulebook import Rulebook
    from eligibility.vocabulary.tables import Vocabulary

_NAME = re.compile(r"[A-Za-z0-9][\w.\-]*")


def file_of(folder: Path, trial: str) -> Path:
    """Where a trial's rulebook lies in a folder. Raises InputError for an id that is no name of a file."""
    from eligibility.errors import Fault, InputError

    if not _NAME.fullmatch(trial):
        raise InputError(trial, Fault("", "no file can be called after this id", "give -o FILE for this trial alone"))
    return folder / f"{trial}.rules"


def renewed(
    file: Path, book: Rulebook, words: Vocabulary, overwrite: bool = False
) -> tuple[Rulebook, tuple[Change, ...] | None]:
    """(the book with the locked lines of the file, what is another line since); no changes where no file is there.

    Raises InputError for a file of another trial, one that cannot be read, and one with unlocked lines that were
    edited by hand and would be put aside, unless they may be (`overwrite`).
    """
    from eligibility.errors import Fault, InputError
    from eligibility.rules.revision import compare, edited, lost, revised
    from eligibility.rules.rulebook import read_rulebook

    if not file.exists():
        return book, None
    text = text_of(str(file))
    old = read_rulebook(text, str(file), words)
    if old.trial.id != book.trial.id:
        problem = f"holds the rules of {old.trial.id}, not of {book.trial.id}"
        raise InputError(str(file), Fault("", problem, "name the rulebook of this trial"))
    gone = lost(old, book, words) if edited(text, old) and not overwrite else ()
    if gone:
        named = ", ".join(f"#{line.criterion.id}" for line in gone)
        remedy = 'lock those that are right (locked "initials date"), or give --overwrite'
        raise InputError(str(file), Fault("", f"was edited, and unlocked lines would be lost: {named}", remedy))
    return revised(old, book), compare(old, book)


def write_book(file: Path, book: Rulebook) -> None:
    """Write a rulebook whole or not at all. Raises InputError where it cannot be written."""
    from eligibility.reports.rules_as_text import underlined_rulebook
    from eligibility.whole_file import whole_file

    with whole_file(file, "rulebook", private=False) as draft:
        draft.write_text(underlined_rulebook(book), encoding="utf-8", newline="")
