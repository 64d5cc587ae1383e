"""The verb for registries: trials read into rules by the tasks of Spark; the file is that of `registry.index`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eligibility.registry.index import Indexed, Progress, index
from eligibility.registry.rows import Row, row_of, rows_of
from eligibility.rules.rulebook import Rulebook
from eligibility.spark.failing import scrubbed, told
from eligibility.spark.session import session
from eligibility.spark.tasks import made_by, refuse_other_version
from eligibility.trials.trial import Trial
from eligibility.vocabulary.tables import vocabulary as shipped

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark import Broadcast
    from pyspark.sql import SparkSession

    from eligibility.vocabulary.tables import Vocabulary

_BATCH = 64
_TASKS_A_CORE = 4
_ROW = "id string, digest string, status string, rules binary"


def index_on_spark(
    trials: Iterable[Trial | Rulebook],
    output: str | Path,
    *,
    vocabulary: Vocabulary | None = None,
    on_progress: Progress | None = None,
) -> Indexed:
    """What `index` writes, row by row, with trials read by the tasks of Spark.

    The driver reads the records, and writes `output` and its draft, so both are paths of its machine; whatever ends
    this early, the next call goes on with what was finished. Raises InputError as `index` does, and when tasks fail.
    """
    place = str(output)
    with session(place, _BATCH) as spark, told(place):

        def parsing(some: Iterable[Trial | Rulebook], words: Vocabulary) -> Iterator[list[Row]]:
            return _parsed(spark, some, words)

        return index(trials, output, vocabulary=vocabulary, on_progress=on_progress, parsing=parsing)


def _parsed(spark: SparkSession, trials: Iterable[Trial | Rulebook], words: Vocabulary) -> Iterator[list[Row]]:
    """Rows in batches; as many trials at once as keep all cores busy, so that what is finished is soon kept."""
    import pyarrow as pa

    rest, own = iter(trials), None if words is shipped() else spark.sparkContext.broadcast(words)
    tasks = spark.sparkContext.defaultParallelism * _TASKS_A_CORE
    while some := list(islice(rest, tasks * _BATCH)):
        if books := [row_of(one, words) for one in some if isinstance(one, Rulebook)]:
            yield books
        texts = [_sent(one) for one in some if isinstance(one, Trial)]
        if texts:
            frame = spark.createDataFrame(pa.table({"trial": pa.array(texts, pa.string())}))
            found = frame.repartition(min(tasks, len(texts))).mapInArrow(Parse(made_by(), own), _ROW).collect()
            yield [Row(row.id, row.digest, row.status, bytes(row.rules)) for row in found]


@dataclass(frozen=True)
class Parse:
    """Reads the trials of one partition into rules, in the shipped words or in those of a site."""

    made_by: str
    words: Broadcast[Vocabulary] | None

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Of records as JSON the rows of a registry."""
        import pyarrow as pa

        with scrubbed():
            refuse_other_version(self.made_by)
            words = shipped() if self.words is None else self.words.value
            for batch in batches:
                rows = rows_of([_received(text) for text in batch.column(0).to_pylist()], words)
                columns = [pa.array([getattr(row, name) for row in rows]) for name in Row._fields[:2]]
                columns.append(pa.array([row.status for row in rows], pa.string()))
                columns.append(pa.array([row.rules for row in rows], pa.binary()))
                yield pa.RecordBatch.from_arrays(columns, list(Row._fields))


def _sent(trial: Trial) -> str:
    """A record as plain JSON; half a character of UTF-16, which some hold, is an escape in it."""
    return json.dumps({one.name: getattr(trial, one.name) for one in fields(trial)})


def _received(text: str) -> Trial:
    record: dict[str, Any] = json.loads(text)
    return Trial(**record | {"conditions": tuple(record["conditions"])})
