"""Rows of a table in Spark that are no patients: those without an id, and those whose id stood in an earlier one."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.population.arrow_cells import arrow_cells
from eligibility.population.from_table import met_again, without_id
from eligibility.spark.tables import Given, OnFault
from eligibility.spark.tasks import PLACE, ReadIds, made_by

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row, SparkSession

MOST = 10_000


def rows_left_out(
    spark: SparkSession, path: str, given: Given, frame: DataFrame, on_fault: OnFault
) -> frozenset[tuple[int, str]] | None:
    """The rows whose id stood in an earlier row, by number and file; None where every row has an id of its own.

    What is wrong with a row goes to `on_fault`.

    Raises InputError for visits (rows of one id on different days), and where too many rows are no patients.
    """
    from pyspark.sql import functions as of

    id = given.plan.one("id")
    if id is None:
        return None
    ids = frame.select(f"c{id.index}", *PLACE).mapInArrow(ReadIds(made_by()), "id string, row long, file string")
    first = of.min(of.struct("file", "row")).alias("first")
    odd = ids.groupBy("id").agg(of.count("*").alias("many"), first).filter("many > 1 or id = ''")
    if odd.isEmpty():
        return None
    if given.plan.one("date") is not None and not odd.filter("id != ''").isEmpty():
        problem = "has several rows of one id, and dates: visits of patients"
        raise InputError(path, Fault("", problem, "leave --engine spark out, or write one row a patient"))
    left = ids.join(odd, "id").filter("id = '' or file != first.file or row != first.row")
    rows = left.select("id", *PLACE).orderBy("file", "row").limit(MOST + 1).collect()
    if len(rows) > MOST:
        problem = f"more than {MOST:,} rows have no id of their own"
        raise InputError(path, Fault("", problem, "write one row a patient, each with an id"))
    blank = _blank(spark, given, frame, [row for row in rows if not row.id])
    one_file = Path(path).is_file()
    for row in rows:
        place = f"row {row.row}" if one_file else f"{PurePosixPath(row.file).name} row {row.row}"
        if row.id:
            on_fault(InputError(path, met_again(place, row.id)))
        elif (row.row, row.file) not in blank:
            on_fault(InputError(path, without_id(place)))
    return frozenset((row.row, row.file) for row in rows if row.id)


def _blank(spark: SparkSession, given: Given, frame: DataFrame, rows: list[Row]) -> set[tuple[int, str]]:
    """Which of these rows say nothing at all."""
    if not rows:
        return set()
    places = spark.createDataFrame([(row.row, row.file) for row in rows], "row long, file string")
    found = frame.join(places, list(PLACE)).select(frame.columns).toArrow()
    width = len(given.headings)
    cells = arrow_cells(found.select(range(width)), range(found.num_rows), frozenset())
    known = zip(found.column(PLACE[0]).to_pylist(), found.column(PLACE[1]).to_pylist(), strict=True)
    return {place for number, place in enumerate(known) if cells.is_blank(number, width)}
