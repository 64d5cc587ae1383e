"""What goes wrong in a task or in Spark, as one message that says nothing of a patient."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb

from eligibility.errors import Fault, InputError

_TOLD = re.compile(r"TaskFailed: (.*)")
_AGAIN = "nothing was written: run the same command again"
_MEMORY = f"mostly they need more memory, or fewer cores an executor; {_AGAIN}"
_INSTALL = "install eligibility[spark] there, as docs/cluster.md shows"
_REWRITE = "write it again"
# What Spark says, and what it means: (a part of its words, the problem, the remedy).
_MEANINGS = (
    ("No space left on device", "a disk of Spark is full, nothing was written", "make room, or set spark.local.dir"),
    ("No module named", "the Python of an executor lacks a package", _INSTALL),
    ("Python worker exited unexpectedly", "processes of Python were killed again and again", _MEMORY),
    ("ExecutorLostFailure", "executors were lost again and again", _MEMORY),
    ("OutOfMemoryError", "Java had too little memory", f"raise spark.executor.memory, spark.driver.memory; {_AGAIN}"),
    ("PATH_NOT_FOUND", "no such file", "check the path, and that all executors can read it"),
    ("FileNotFoundException", "an executor found no file there", "put it where all executors can read it"),
    ("Permission denied", "cannot be read or written (Permission denied)", "choose another place"),
    ("is not a Parquet file", "is no Parquet file that can be read", _REWRITE),
    ("CANNOT_READ_FILE_FOOTER", "is no Parquet file that can be read", _REWRITE),
    ("FAILED_READ_FILE", "holds a Parquet file that cannot be read", _REWRITE),
    ("UNABLE_TO_INFER_SCHEMA", "holds no Parquet file", "give a Parquet file, or a folder of them"),
    ("COLUMN_ALREADY_EXISTS", "two columns have the same heading", "keep one"),
)


class TaskFailed(Exception):
    """What a task says of its end; the cells that it read are not in it."""


@contextmanager
def scrubbed() -> Iterator[None]:
    """In a task: an error as its kind and place only, since Spark writes the words of errors into logs."""
    try:
        yield
    except TaskFailed:
        raise
    except InputError as error:
        told = "; ".join(f"{fault.problem} ({fault.remedy})" for fault in error.faults)
        raise TaskFailed(told) from None
    except Exception as error:
        last = extract_tb(error.__traceback__)[-1]
        raise TaskFailed(f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}") from None


@contextmanager
def told(place: str) -> Iterator[None]:
    """In the driver: what Spark raises as an InputError of `place`."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        raise InputError(place, _fault(str(error), error.getCondition() or type(error).__name__)) from None
    except Py4JError as error:
        raise InputError(place, _fault(str(error), type(error).__name__)) from None


def _fault(said: str, kind: str) -> Fault:
    if found := _TOLD.search(said):
        return Fault("", f"a task failed: {found[1][:300]}", _AGAIN)
    for part, problem, remedy in _MEANINGS:
        if part in said:
            return Fault("", problem, remedy)
    return Fault("", f"Spark stopped ({kind})", f"its own log says more; {_AGAIN}")
