"""The verb of this station: trials → one file, in which every distinct rule stands once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.registry.assembling import Counts, assemble
from eligibility.registry.draft import Draft, discard, draft, draft_path
from eligibility.registry.parsing import cores, parsed
from eligibility.registry.reader import reader_digest, words_digest
from eligibility.registry.rows import Row, digest_of
from eligibility.registry.store import FORMAT, about, again, opened, refuse_without_packages
from eligibility.rules.rulebook import Rulebook
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary as shipped

if TYPE_CHECKING:
    from eligibility.vocabulary.tables import Vocabulary

Progress = Callable[[int], object]
Parsing = Callable[[Iterable[Trial | Rulebook], "Vocabulary"], Iterator[list[Row]]]


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was done: how many trials were `read` into rules, how many stood there already, and what the file holds."""

    read: int
    unchanged: int
    holds: Counts


def index(
    trials: Iterable[Trial | Rulebook],
    output: str | Path,
    *,
    vocabulary: Vocabulary | None = None,
    workers: int | None = None,
    on_progress: Progress | None = None,
    parsing: Parsing | None = None,
) -> Indexed:
    """Write the registry of these trials; of an older one at `output` what has not changed is kept.

    `workers` processes read trials at once (None: one a core; a script that calls this must then be guarded by `if
    __name__ == "__main__"`). Whatever ends this early, what was finished stands in a file beside `output` that ends in
    `.part`, and the next call goes on from there. `on_progress` is called with numbers of trials that are done.
    `parsing` reads trials in another way than by `workers`: it makes rows, in batches, of trials and words.
    Raises InputError for a trial that comes twice, a full disk, a file at `output` that is no registry.
    """
    refuse_without_packages(output)
    output, words = Path(output), vocabulary if vocabulary is not None else shipped()
    reader, known_words = reader_digest(), words_digest(words)
    standing = _standing(output, reader, known_words)
    with draft(output, reader, known_words) as rows:
        job = _Job(rows, standing.digests, on_progress or (lambda _: None))
        changed = job.changed(trials)
        for batch in parsing(changed, words) if parsing else parsed(changed, words, workers or cores()):
            rows.add(batch)
            job.progress(len(batch))
        sources = [(draft_path(output), "rows")]
    if not job.wanted:
        discard(output)
        raise InputError(str(output), Fault("", "there is no trial to index", "give records, or a folder of them"))
    if job.wanted == standing.digests and standing.holds:
        holds = standing.holds
    else:
        sources += [(output, "trials")] if standing.digests else []
        holds = assemble(output, job.wanted, sources, reader=reader, words=known_words)
    discard(output)
    return Indexed(job.read, len(job.wanted) - job.read, holds)


class _Job:
    """Which trials are wanted, and which of them must be read."""

    def __init__(self, rows: Draft, standing: dict[str, str], progress: Progress) -> None:
        self._rows, self._standing, self.progress = rows, standing, progress
        self.wanted: dict[str, str] = {}
        self.read = 0

    def changed(self, trials: Iterable[Trial | Rulebook]) -> Iterator[Trial | Rulebook]:
        """The trials that stand neither in the registry nor in its draft as they are now."""
        for found in trials:
            id, digest = found.id if isinstance(found, Trial) else found.trial.id, digest_of(found)
            if id in self.wanted:
                raise InputError(id, Fault("", "this trial comes twice", "give each trial once"))
            self.wanted[id] = digest
            if digest in (self._rows.digests.get(id), self._standing.get(id)):
                self.progress(1)
            else:
                self.read += 1
                yield found


@dataclass(frozen=True, slots=True)
class _Standing:
    """What an older registry holds of use: the digests of its trials by id."""

    digests: dict[str, str]
    holds: Counts | None = None


def _standing(output: Path, reader: str, words: str) -> _Standing:
    """The registry that stands at `output`; of one that another reader or other words made nothing is of use.

    Raises InputError for a file that is no registry, so that it is not overwritten.
    """
    if not output.parent.is_dir():
        raise InputError(str(output), Fault("", "there is no such folder", "make it, or choose another"))
    if not output.exists():
        return _Standing({})
    with opened(output) as connection:
        known = about(connection)
        if "format" not in known:
            fault = Fault(
                "", "is something else than a registry", f"give another name, or remove it and {again(output)}"
            )
            raise InputError(str(output), fault)
        if (known["format"], known["reader"], known["words"]) != (FORMAT, reader, words):
            return _Standing({})
        digests = dict(connection.execute("SELECT id, digest FROM trials").fetchall())
    return _Standing(digests, Counts(**{name: int(known[name]) for name in Counts.__slots__}))
