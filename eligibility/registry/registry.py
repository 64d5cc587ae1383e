"""The noun of this station: a registry as it stands in its file, loaded for matching."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.registry.reader import reader_digest, words_digest
from eligibility.registry.store import FORMAT, about, again, opened, refuse_without_packages, take
from eligibility.vocabulary.tables import vocabulary

if TYPE_CHECKING:
    import duckdb

    from eligibility.rules.rulebook import Rulebook
    from eligibility.verdicts.arrays.rule_arrays import RuleArrays, TrialArrays
    from eligibility.vocabulary.tables import Vocabulary


@dataclass(frozen=True)
class Registry:
    """Trials in the order of their ids, with `statuses`; what they ask as arrays. Rulebooks are read when asked for."""

    path: Path
    words: Vocabulary
    ids: Sequence[str]
    statuses: Sequence[str | None]
    rules: RuleArrays
    trials: TrialArrays

    def books(self, places: Iterable[int]) -> list[Rulebook]:
        """The rulebooks of some trials, in this order, as they were when they were indexed."""
        from eligibility.registry.rows import Row, book_of

        wanted = [self.ids[place] for place in places]
        with opened(self.path) as connection:
            query = "SELECT id, digest, status, rules FROM trials WHERE id IN (SELECT unnest(?))"
            found = {row[0]: row for row in connection.execute(query, [wanted]).fetchall()}
        if lacking := [id for id in wanted if id not in found]:
            raise InputError(str(self.path), Fault(lacking[0], "changed while it was read", "read it again"))
        return [book_of(Row(*found[id])) for id in wanted]


def read_registry(path: str | Path, words: Vocabulary | None = None) -> Registry:
    """The registry of a file that `index` wrote, in the words of the vocabulary that it was indexed with.

    Raises InputError, which says what to do, for a file that is damaged or unfinished, for one that another version or
    other words made, and when numpy or duckdb are not installed.
    """
    refuse_without_packages(path)
    path, words = Path(path), words if words is not None else vocabulary()
    with opened(path) as connection:
        known = about(connection)
        if fault := _strangeness(path, known, words):
            raise InputError(str(path), fault)
        found = take_trials(connection)
        return Registry(path, words, found["id"], found["status"], *_loaded(connection))


def _strangeness(path: Path, known: dict[str, str], words: Vocabulary) -> Fault | None:
    """Why a file cannot be used, None when it can."""
    if "draft" in known:
        return Fault("", "indexing was interrupted", "run the same command again: it goes on where it was")
    if "format" not in known:
        return Fault("", "is a database, but no registry", "eligibility index TRIALS -o FILE makes one")
    if known["format"] != FORMAT or known["reader"] != reader_digest():
        return Fault("", "was indexed by another version of this package", again(path))
    if known["words"] != words_digest(words):
        return Fault("", "was indexed with other words", f"give the same --vocabulary to both, or {again(path)}")
    return None


def take_trials(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Any]]:
    """Ids and statuses of the trials, in their order."""
    rows = connection.execute("SELECT id, status FROM trials").fetchall()
    return {"id": [row[0] for row in rows], "status": [row[1] for row in rows]}


def _loaded(connection: duckdb.DuckDBPyConnection) -> tuple[RuleArrays, TrialArrays]:
    import numpy as np

    from eligibility.verdicts.arrays.leaf_rows import Leaves
    from eligibility.verdicts.arrays.rule_arrays import RuleArrays, TrialArrays
    from eligibility.verdicts.arrays.silence import Group

    leaves = Leaves(list(take(connection, "texts")["text"]), take(connection, "leaves"))
    groups, called = take(connection, "groups"), take(connection, "called")
    combinations, parts = take(connection, "combinations"), take(connection, "parts")["rule"]
    named = zip(groups["sort"], groups["subject"], groups["anchor"], strict=True)
    rules = RuleArrays(
        leaves=leaves,
        groups=tuple([Group(*row) for row in named]),
        group_starts=np.append(groups["first"], leaves.size),
        called_leaf=called["leaf"],
        called_text=called["text"],
        needed=combinations["needed"],
        part_starts=np.append(combinations["first"], parts.size),
        parts=parts,
        level_starts=take(connection, "levels")["first"],
    )
    bound, cohorts = take(connection, "bound"), take(connection, "cohorts")["trial"]
    count = connection.execute("SELECT count(*) FROM trials").fetchone() or (0,)
    asked = bound["cohort"], bound["rule"], bound["guard"], bound["factual"]
    return rules, TrialArrays(count[0], cohorts, *asked)
