"""A trial, read into rules, as one row of plain values, and back: what is stored, and sent from one process to another.

`rows_of` is a pure function over any number of trials: whoever spreads the work calls it with a part of them.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import astuple, fields
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from eligibility.criteria.criterion import Criterion
from eligibility.reports.rules_as_json import KINDS
from eligibility.rules.rule import Bound, Duration, Window
from eligibility.rules.rulebook import Line, Rulebook, rulebook, write_rulebook
from eligibility.trials.trial import Trial

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

_NOUNS: dict[str, type[Any]] = {**KINDS, "bound": Bound, "duration": Duration, "window": Window}
_NAMES = {noun: name for name, noun in _NOUNS.items()}
# the `kind` of a rule says nothing that the name does not say
_FIELDS = {
    noun: tuple(one.name for one in fields(noun) if one.name != "kind" or name not in KINDS)
    for name, noun in _NOUNS.items()
}
_SEVERAL = ""


class Row(NamedTuple):
    """One trial: `digest` of the record as it was given, and `rules`, its title and rulebook in compressed JSON."""

    id: str
    digest: str
    status: str | None
    rules: bytes


def rows_of(trials: Iterable[Trial | Rulebook], words: Vocabulary | None = None) -> list[Row]:
    """The rows of these trials, in their order: each is read into rules, in the words of a vocabulary."""
    return [row_of(one, words) for one in trials]


def row_of(found: Trial | Rulebook, words: Vocabulary | None = None) -> Row:
    """The row of one trial, or of a rulebook as a person left it."""
    book = found if isinstance(found, Rulebook) else rulebook(found, words)
    lines = [[*astuple(line.criterion), line.locked, _plain(line.rule)] for line in book.lines]
    text = json.dumps([book.trial.title, lines], separators=(",", ":"))
    return Row(book.trial.id, digest_of(found), book.trial.status, zlib.compress(text.encode()))


def book_of(row: Row) -> Rulebook:
    """The rulebook of a row, which says all that a report shows; the record's own text is not kept."""
    title, lines = json.loads(zlib.decompress(row.rules))
    made = tuple([Line(Criterion(*criterion), _noun(rule), locked) for *criterion, locked, rule in lines])
    return Rulebook(Trial(row.id, title, row.status), made)


def digest_of(found: Trial | Rulebook) -> str:
    """The digest of a record, or of a rulebook: it changes when anything changes that can change rules or report."""
    if isinstance(found, Rulebook):
        text = f"{write_rulebook(found)}\x1f{found.trial.title}"
    else:
        text = json.dumps([getattr(found, one.name) for one in fields(found) if one.name != "source"])
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> Any:
    """A noun as its name and fields, several values as such, anything else as it is."""
    name = _NAMES.get(type(value))
    if name is not None:
        return [name, *(_plain(getattr(value, field)) for field in _FIELDS[type(value)])]
    return [_SEVERAL, *map(_plain, value)] if isinstance(value, tuple) else value


def _noun(value: Any) -> Any:
    """What `_plain` made this of."""
    if not isinstance(value, list):
        return value
    parts = map(_noun, value[1:])
    return tuple(parts) if value[0] == _SEVERAL else _NOUNS[value[0]](*parts)
