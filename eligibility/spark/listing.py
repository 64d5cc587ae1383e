"""The list of candidates as a folder of Parquet parts, written by executors, and there only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from eligibility.errors import Fault, InputError
from eligibility.screening.candidates import HEADINGS
from eligibility.spark.tables import address
from eligibility.spark.tasks import DAY, LIST, SCHEMA, SUM

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


class Listing:
    """What tasks write: candidates and numbers, side by side in a folder that is hidden until it is taken apart."""

    def __init__(self, spark: SparkSession, output: str, staging: str) -> None:
        """Both are addresses."""
        self._spark, self._output, self._staging = spark, output, staging

    def add(self, found: DataFrame) -> None:
        """Run the tasks; a task that fails and is tried again leaves its rows once."""
        found.write.partitionBy("kind").mode("append").parquet(self._staging)

    def numbers(self) -> DataFrame | None:
        """What `add` wrote beside the candidates, None where nothing is."""
        from pyspark.sql import functions as of

        frames = [
            self._spark.read.schema(SCHEMA.replace("kind string, ", "")).parquet(place).withColumn("kind", of.lit(kind))
            for kind in (SUM, DAY)
            if _exists(self._spark, place := f"{self._staging}/kind={kind}")
        ]
        return frames[0].unionByName(frames[-1]) if len(frames) > 1 else next(iter(frames), None)

    def publish(self) -> None:
        """Give the list its name; raises InputError where something came to stand there."""
        listed = f"{self._staging}/kind={LIST}"
        if not _exists(self._spark, listed):
            columns = ", ".join(f"{name} {'double' if name == 'score' else 'string'}" for name in HEADINGS)
            self._spark.createDataFrame([], columns).coalesce(1).write.parquet(listed)
        files, (source, target) = _files(self._spark, listed, self._output)
        files.create(_path(self._spark, f"{listed}/_SUCCESS")).close()
        _keep_private(self._spark, listed)
        if files.exists(target) or not files.rename(source, target):
            raise InputError(self._output, _STANDS)


_STANDS = Fault("", "something stands there already", "remove it, or give the list another name")


@contextmanager
def listing(spark: SparkSession, output: str) -> Iterator[Listing]:
    """A list at this path or address. Whatever ends the block early, nothing is left of it.

    Nobody but its owner may read it. Raises InputError where something stands there, and for a CSV file, which many
    tasks cannot write.
    """
    if output.casefold().endswith(".csv"):
        remedy = "name a folder, by custom candidates.parquet"
        raise InputError(output, Fault("", "--engine spark lists candidates as a folder of Parquet files", remedy))
    target = address(spark, output.rstrip("/"))
    if _exists(spark, target):
        raise InputError(output, _STANDS)
    place = PurePosixPath(target.split("://", 1)[-1])
    staging = f"{target[: -len(place.name)]}.{place.name}.{os.getpid()}.part"
    files, (hidden,) = _files(spark, staging)
    try:
        files.mkdirs(hidden)
        _keep_private(spark, staging)
        yield Listing(spark, target, staging)
    finally:
        files.delete(hidden, True)


def _keep_private(spark: SparkSession, folder: str) -> None:
    """Nobody but its owner may look into a folder, where the storage knows owners."""
    files, (path,) = _files(spark, folder)
    assert spark.sparkContext._jvm is not None
    files.setPermission(path, spark.sparkContext._jvm.org.apache.hadoop.fs.permission.FsPermission("700"))


def _exists(spark: SparkSession, place: str) -> bool:
    files, (path,) = _files(spark, place)
    return bool(files.exists(path))


def _files(spark: SparkSession, *places: str) -> tuple[Any, list[Any]]:
    """The file system of these addresses, as Hadoop knows it: whichever storage the cluster has."""
    paths = [_path(spark, place) for place in places]
    return paths[0].getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()), paths


def _path(spark: SparkSession, place: str) -> Any:
    assert spark.sparkContext._jvm is not None
    return spark.sparkContext._jvm.org.apache.hadoop.fs.Path(place)
