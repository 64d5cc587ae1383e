"""The verb for populations: trials against a table by the tasks of Spark, with the results of `screening.screen`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.population.from_table import NO_ROW
from eligibility.population.read import ROWS
from eligibility.registry.rows import row_of
from eligibility.reports.screening import Screening
from eligibility.rules.rulebook import Rulebook, rulebook
from eligibility.screening.counting import Counting
from eligibility.screening.screen import CANDIDATES
from eligibility.spark.failing import told
from eligibility.spark.ids import rows_left_out
from eligibility.spark.listing import Listing, listing
from eligibility.spark.session import session
from eligibility.spark.tables import table_on_spark
from eligibility.spark.tasks import DAY, LISTED, READ, SCHEMA, SUM, Asking, Screen, made_by
from eligibility.trials.trial import Trial
from eligibility.verdicts.policy import DEFAULT, Policy
from eligibility.verdicts.verdict import Outcome
from eligibility.vocabulary.tables import vocabulary as shipped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from eligibility.vocabulary.tables import Vocabulary


def screen_on_spark(
    trials: Trial | Rulebook | Iterable[Trial | Rulebook],
    population: str | Path,
    *,
    output: str | None = None,
    outcomes: Sequence[Outcome] = CANDIDATES,
    attrition: bool = True,
    as_of: date | None = None,
    policy: Policy = DEFAULT,
    vocabulary: Vocabulary | None = None,
    on_fault: Callable[[InputError], None] | None = None,
) -> Screening:
    """What `screen` finds, by the tasks of Spark: of the active session, of `spark-submit`, else of all cores here.

    `population` is a table with one patient a row: a Parquet file or a folder of them, at a path or an address that
    Spark knows, or a CSV file, which this process reads. `output` is a folder of Parquet files. The other arguments
    are those of `screen`. Raises InputError, with what to do, for what cannot be screened so and when tasks fail.
    """
    path, words = str(population), vocabulary if vocabulary is not None else shipped()
    given = (trials,) if isinstance(trials, Trial | Rulebook) else trials
    books = [one if isinstance(one, Rulebook) else rulebook(one, words) for one in given]
    held: list[InputError] = []
    tell = on_fault or held.append
    with session(path, ROWS) as spark, told(path):
        job = _Job(spark, path, Asked(words, as_of), tell)
        with listing(spark, output) if output is not None else nullcontext() as list_:
            wanted = frozenset(outcomes) if list_ is not None else None
            screening = job.screened(books, policy, attrition, wanted, list_)
            if held:
                raise InputError(path, *(fault for error in held for fault in error.faults))
            if list_ is not None:
                list_.publish()
    return screening


class _Job:
    """One screening in one session."""

    def __init__(self, spark: SparkSession, path: str, asked: Asked, tell: Callable[[InputError], None]) -> None:
        self._spark, self._path, self._asked = spark, path, asked
        self._faults = 0
        self._tell = tell
        self._given = table_on_spark(spark, path, asked, self._on_fault, ROWS)

    def _on_fault(self, error: InputError) -> None:
        self._faults += 1
        self._tell(error)

    def screened(
        self,
        books: Sequence[Rulebook],
        policy: Policy,
        attrition: bool,
        outcomes: frozenset[Outcome] | None,
        list_: Listing | None,
    ) -> Screening:
        """Run the tasks of all frames, and sum what they counted."""
        context, words = self._spark.sparkContext, self._asked.vocabulary
        rows = context.broadcast([tuple(row_of(book, words)) for book in books])
        own = None if words is shipped() else context.broadcast(words)
        found: dict[tuple[str, str], int] = {}
        key, read = uuid4().hex, 0
        asking = Asking(policy, attrition, self._asked.as_of, outcomes)
        for frame in self._given.frames:
            left = rows_left_out(self._spark, self._path, self._given, frame, self._on_fault) if self._checks else None
            again = context.broadcast(left)
            task = Screen(key, made_by(), self._path, self._given.headings, ROWS, rows, own, again, asking)
            read += frame.count()
            tasks = frame.mapInArrow(task, SCHEMA)
            if list_ is None:
                _sum(found, tasks)
            else:
                list_.add(tasks)
        if list_ is not None and (numbers := list_.numbers()) is not None:
            _sum(found, numbers)
        return self._summed(Counting(books, policy, words, attrition=attrition), found, read, list_ is not None)

    @property
    def _checks(self) -> bool:
        return not self._given.checked

    def _summed(self, counting: Counting, found: dict[tuple[str, str], int], read: int, listed: bool) -> Screening:
        if found.get((SUM, READ), 0) != read:
            problem = "not all that tasks wrote is there: the place of the list is another one for each machine"
            raise InputError(self._path, Fault("", problem, "write it where all machines can (hdfs://, s3a:// …)"))
        counting.take([found.get((SUM, str(place)), 0) for place in range(len(counting.sums()))])
        counting.days = {date.fromisoformat(name) if name else None for kind, name in found if kind == DAY}
        if not counting.patients and not self._faults:
            self._tell(InputError(self._path, NO_ROW))
        return counting.screening(found.get((SUM, LISTED), 0) if listed else None)


def _sum(found: dict[tuple[str, str], int], tasks: DataFrame) -> None:
    """Add the numbers of tasks; floating-point numbers are exact for all that can be counted here."""
    from pyspark.sql import functions as of

    numbers = tasks.groupBy("kind", "patient").agg(of.sum("score").alias("number"))
    for row in numbers.collect():
        key = row.kind, row.patient
        found[key] = found.get(key, 0) + int(row.number)
