"""Finished rows → the registry: distinct rules once, as tables of arrays, in a file that stands there only whole."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.registry.rows import Row, book_of
from eligibility.registry.store import FORMAT, opened, put, say, writing
from eligibility.verdicts.arrays.interning import TrialsInterner

if TYPE_CHECKING:
    import duckdb

    from eligibility.verdicts.arrays.rule_arrays import RuleArrays, TrialArrays

_KEPT = "no registry was written, what was read is kept: make room, and run the same command again"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """What a registry holds."""

    trials: int
    criteria: int
    leaves: int
    rules: int


def assemble(output: Path, wanted: Mapping[str, str], sources: Sequence[tuple[Path, str]], **made_by: str) -> Counts:
    """Write the registry of the `wanted` trials (their digests by id), whose rows stand in tables of other files.

    An older registry at `output` stands until the new one is whole. Raises InputError when the disk is full.
    """
    with _whole_or_nothing(output) as draft, writing(output, _KEPT):
        with opened(draft, write=True) as connection:
            _gather(connection, wanted, sources)
            rules, trials, criteria = _arrays(connection)
            _put_rules(connection, rules)
            _put_trials(connection, trials)
            counts = Counts(trials.trials, criteria, rules.leaves.size, rules.needed.size)
            told = {name: str(getattr(counts, name)) for name in Counts.__slots__}
            say(connection, format=FORMAT, **made_by, **told)
            connection.execute("CHECKPOINT")
        with draft.open("rb") as file:
            os.fsync(file.fileno())
    return counts


@contextmanager
def _whole_or_nothing(output: Path) -> Iterator[Path]:
    draft = output.with_name(f".{output.name}.{os.getpid()}.new")
    try:
        yield draft
        draft.replace(output)
    finally:
        for left in (draft, draft.with_name(f"{draft.name}.wal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _gather(
    connection: duckdb.DuckDBPyConnection, wanted: Mapping[str, str], sources: Sequence[tuple[Path, str]]
) -> None:
    """The rows of the wanted trials, by the order of their ids."""
    put(connection, "wanted", {"id": _texts(list(wanted)), "digest": _texts(list(wanted.values()))})
    selects = []
    for place, (path, table) in enumerate(sources):
        quoted = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS source{place} (READ_ONLY)")
        selects.append(f"SELECT id, digest, status, rules FROM source{place}.{table}")
    rows = f"FROM ({' UNION ALL '.join(selects)}) SEMI JOIN wanted USING (id, digest)"
    connection.execute(f"CREATE TABLE trials AS SELECT DISTINCT ON (id) * {rows} ORDER BY id")
    connection.execute("DROP TABLE wanted")
    for place in range(len(sources)):
        connection.execute(f"DETACH source{place}")


def _arrays(connection: duckdb.DuckDBPyConnection) -> tuple[RuleArrays, TrialArrays, int]:
    interner, criteria = TrialsInterner(), 0
    found = connection.execute("SELECT id, digest, status, rules FROM trials")
    while rows := found.fetchmany(_AT_ONCE):
        for row in rows:
            book = book_of(Row(*row))
            criteria += len(book.lines)
            interner.add(book.lines)
    return *interner.arrays(), criteria


def _put_rules(connection: duckdb.DuckDBPyConnection, rules: RuleArrays) -> None:
    put(connection, "texts", {"text": _texts([_sayable(text) for text in rules.leaves.texts])})
    put(connection, "leaves", dict(rules.leaves.columns))
    named = zip(*rules.groups, strict=True) if rules.groups else ((), (), ())
    sorts, subjects, anchors = (_texts(list(column)) for column in named)
    starts = rules.group_starts[:-1] if rules.groups else rules.group_starts[:0]
    put(connection, "groups", {"sort": sorts, "subject": subjects, "anchor": anchors, "first": starts})
    put(connection, "called", {"leaf": rules.called_leaf, "text": rules.called_text})
    put(connection, "combinations", {"needed": rules.needed, "first": rules.part_starts[:-1]})
    put(connection, "parts", {"rule": rules.parts})
    put(connection, "levels", {"first": rules.level_starts})


def _put_trials(connection: duckdb.DuckDBPyConnection, trials: TrialArrays) -> None:
    put(connection, "cohorts", {"trial": trials.cohort_trial})
    bound = {"cohort": trials.bound_cohort, "rule": trials.bound_rule, "guard": trials.bound_guard}
    put(connection, "bound", {**bound, "factual": trials.bound_factual})


def _texts(values: Sequence[str]) -> Any:
    import numpy as np

    cells = np.empty(len(values), object)
    cells[:] = values
    return cells


def _sayable(text: str) -> str:
    """A text as UTF-8 can say it: half a character of UTF-16 stands in some records."""
    return text.encode("utf-8", "backslashreplace").decode()
