"""A table of patients as data frames of Spark: Parquet wherever Spark reads it, CSV by the driver, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.patients.asked import Asked
from eligibility.patients.formats import TABLE, format_of
from eligibility.patients.table.columns import Plan, plan_of
from eligibility.patients.table.parquet_sheet import is_parquet
from eligibility.population.from_table import Table
from eligibility.spark.tasks import PLACE

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

OnFault = Callable[[InputError], None]
_ELSE = "leave --engine spark out, or write a table with one patient a row"
_GLOB = "\\*?[]{}^,"


@dataclass(frozen=True, slots=True)
class Given:
    """The headings of a table, what its columns are, and its rows.

    A frame has the columns in their order, then the `row`, counted as a spreadsheet does, and the `file` it stands in.
    `checked`: ids have been looked at, and what is wrong with rows was told.
    """

    headings: tuple[str, ...]
    plan: Plan
    frames: Iterator[DataFrame]
    checked: bool


def table_on_spark(spark: SparkSession, path: str, asked: Asked, on_fault: OnFault, rows: int) -> Given:
    """The table at a path, or at an address that Spark knows (hdfs://, s3a://). Raises InputError for another kind."""
    here = path == "-" or Path(path).is_file()
    if here and path != "-" and format_of(path) != TABLE:
        raise InputError(path, Fault("", "is no table", _ELSE))
    if here and (path == "-" or not is_parquet(path)):
        return _csv(spark, path, asked, on_fault, rows)
    if path.casefold().endswith((".csv", ".csv.gz", ".tsv")):
        raise InputError(path, Fault("", "no such file", "CSV is read on this machine only: give Parquet"))
    frame = spark.read.parquet(address(spark, path, pattern=True))
    headings = tuple(frame.columns)
    plan = plan_of(path, headings, asked.vocabulary)
    if plan.tall:
        raise InputError(path, Fault("", "has one observation a row", _ELSE))
    if plan.one("id") is None and not here:
        raise InputError(path, Fault("row 1", "no column holds the ids of patients", "add one"))
    return Given(headings, plan, iter((_placed(frame),)), checked=False)


def address(spark: SparkSession, path: str, *, pattern: bool = False) -> str:
    """A path as Spark takes it; `pattern`: where it takes patterns, one that matches only this path.

    What is a path of this machine stays one where all tasks run on it. Anywhere else the file system of the cluster
    is meant.
    """
    if "://" in path:
        return path
    here = str(spark.sparkContext.master).split("[")[0] == "local"
    whole = str(Path(path).resolve()) if here else path
    if pattern:
        whole = "".join(f"\\{sign}" if sign in _GLOB else sign for sign in whole)
    return f"file:{whole}" if here else whole


def _placed(frame: DataFrame) -> DataFrame:
    from pyspark.sql import functions

    names = [name.replace("`", "``") for name in frame.columns]
    columns = [functions.col(f"`{name}`").alias(f"c{place}") for place, name in enumerate(names)]
    row = (functions.col("_metadata.row_index") + 2).alias(PLACE[0])
    return frame.select(*columns, row, functions.col("_metadata.file_path").alias(PLACE[1]))


def _csv(spark: SparkSession, path: str, asked: Asked, on_fault: OnFault, rows: int) -> Given:
    table = Table.of(path, asked)
    if table is None:
        raise InputError(path, Fault("", "may have several rows a patient", _ELSE))
    headings = tuple(column.heading for column in table.plan.columns)
    pieces = rows * spark.sparkContext.defaultParallelism
    return Given(headings, table.plan, _csv_frames(spark, table, on_fault, pieces), checked=True)


def _csv_frames(spark: SparkSession, table: Table, on_fault: OnFault, rows: int) -> Iterator[DataFrame]:
    import pyarrow as pa

    places = range(len(table.plan.columns))
    for found in table.pieces(rows):
        if isinstance(found, InputError):
            on_fault(found)
            continue
        _, cells = found
        columns = [pa.array(cells.texts(place), pa.string()) for place in places]
        columns += [pa.array(list(cells.rows), pa.int64()), pa.array([""] * len(cells.rows), pa.string())]
        yield spark.createDataFrame(pa.table(columns, names=[*(f"c{place}" for place in places), *PLACE]))
