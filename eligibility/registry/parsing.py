"""Trials → rows, on all cores; rows come as they are finished."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.registry.rows import Row, rows_of
from eligibility.rules.rulebook import Rulebook
from eligibility.trials.trial import Trial

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from eligibility.vocabulary.tables import Vocabulary

_BATCH = 64
_words: Vocabulary | None = None


def parsed(trials: Iterable[Trial | Rulebook], words: Vocabulary, workers: int) -> Iterator[list[Row]]:
    """Rows in batches, in any order; with several workers each is a process of its own.

    Raises InputError when a process was killed.
    """
    rest = iter(trials)
    first = list(islice(rest, _BATCH))
    if first:
        yield rows_of(first, words)
    following = list(islice(rest, _BATCH))
    if workers == 1 or not following:  # a process needs a second to begin
        while following:
            yield rows_of(following, words)
            following = list(islice(rest, _BATCH))
        return
    yield from _by_processes(following, rest, words, workers)


def _by_processes(
    first: list[Trial | Rulebook], rest: Iterator[Trial | Rulebook], words: Vocabulary, workers: int
) -> Iterator[list[Row]]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # a new interpreter for each: a fork of a process in which a database has threads may stand still
    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (_sent(words),))
    try:
        yield from _finished(pool, first, rest, workers)
    except BrokenProcessPool:
        problem = "a process that read trials was killed, or found no memory"
        remedy = "run the same command again, with fewer --workers; what was finished is kept"
        raise InputError("index", Fault("", problem, remedy)) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _finished(
    pool: Executor, batch: list[Trial | Rulebook], rest: Iterator[Trial | Rulebook], workers: int
) -> Iterator[list[Row]]:
    from concurrent.futures import FIRST_COMPLETED, wait

    running: set[Future[list[Row]]] = set()
    while batch or running:
        while batch and len(running) < 3 * workers:
            running.add(pool.submit(_work, batch))
            batch = list(islice(rest, _BATCH))
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for one in done:
            yield one.result()


def cores() -> int:
    """How many processes can run here at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sent(words: Vocabulary) -> Vocabulary | None:
    """A vocabulary for another process, None for the shipped one, which every process reads itself."""
    from eligibility.vocabulary.tables import vocabulary

    return None if words is vocabulary() else words


def _begin(words: Vocabulary | None) -> None:
    """The first thing in a process: an interruption is the affair of the one that began it, whose end ends this too."""
    global _words
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _words = words


def _end_with_parent() -> None:
    """Nobody waits for a process whose beginner was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(batch: list[Trial | Rulebook]) -> list[Row]:
    return rows_of(batch, _words)
