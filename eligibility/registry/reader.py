"""The version of the reader: rules that were read by another, or in other words, are not read now."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.shipped import grammar_dir
from eligibility.verdicts.facts import digest_of_words
from eligibility.verdicts.judge import version

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

_PACKAGE = Path(__file__).resolve().parent.parent
# All that stands between a record and its arrays, but for the words, which have a digest of their own.
_FOLDERS = ("trials", "criteria", "vocabulary", "rules", "verdicts/arrays", "registry")
_FILES = ("verdicts/applying.py", "verdicts/outcome.py")
_ENDINGS = (".py", ".lark", ".toml", ".txt", ".gz")


@cache
def reader_digest() -> str:
    """The digest of the code, grammar and tables by which records are read into arrays."""
    parts = [path for folder in _FOLDERS for path in sorted((_PACKAGE / folder).rglob("*"))]
    parts += [*(_PACKAGE / name for name in _FILES), *sorted(_PACKAGE.glob("unit*")), *sorted(grammar_dir().rglob("*"))]
    found = sha256(version().encode())
    for path in parts:
        if path.suffix in _ENDINGS and path.is_file():
            found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def words_digest(words: Vocabulary) -> str:
    """The digest of all words, a site's own included."""
    return digest_of_words(words)
