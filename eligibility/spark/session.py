"""The session of Spark: the one of `spark-submit`, or of this process, else all cores of this machine."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from eligibility.errors import Fault, InputError
from eligibility.registry.parsing import cores

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
_PACKAGES = ("pyspark", "pyarrow", "pandas", "numpy", "duckdb")
# A task that fails, or whose process is killed, is tried again: local masters do so only when they are told how often.
_MASTER = "local[*,4]"
_QUIET = Path(__file__).with_name("log4j2.properties")


@contextmanager
def session(place: str, rows: int) -> Iterator[SparkSession]:
    """A session that reads tables as this package does, `rows` at once; what was started for it ends with the block.

    Raises InputError, for `place`, where Spark or Java are not installed, with what to install.
    """
    lacking = [name for name in _PACKAGES if find_spec(name) is None]
    if lacking:
        problem = f"--engine spark needs {' and '.join(lacking)}, not installed here"
        raise InputError(place, Fault("", problem, "pip install 'eligibility[spark]'"))
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    given = active is not None or "PYSPARK_GATEWAY_PORT" in os.environ
    root = active or (SparkSession.builder.getOrCreate() if given else _started(place))
    if active is not None:
        yield _prepared(root, rows)
        return
    try:
        with _interruptible():
            yield _prepared(root, rows)
    finally:
        root.stop()


@contextmanager
def _interruptible() -> Iterator[None]:
    """An interruption ends the block at once, whose session is then stopped with its tasks.

    The way of pyspark asks Java from within a question to Java, which fails, and says so in many lines.
    """
    here, level = threading.current_thread() is threading.main_thread(), logging.root.manager.disable
    before = signal.signal(signal.SIGINT, signal.default_int_handler) if here else None
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
        if here:
            signal.signal(signal.SIGINT, before)


def _prepared(root: SparkSession, rows: int) -> SparkSession:
    """A session with settings of its own on the same cluster."""
    own = root.newSession()
    for name, value in {
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(rows),
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "true",
    }.items():
        own.conf.set(name, value)
    return own


def _started(place: str) -> SparkSession:
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    _refuse_without_java(place)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else tasks run in whatever python3 is on the path
    builder = SparkSession.builder.appName("eligibility").master(_MASTER)
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(2 * cores()),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_QUIET.as_uri()}",
    }.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        fault = Fault("", f"Spark does not start ({error.getCondition()})", f"it needs Java {JAVA} or newer and memory")
        raise InputError(place, fault) from None


def _refuse_without_java(place: str) -> None:
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else which("java")
    fault = Fault("", f"--engine spark needs Java {JAVA} or newer, not found here", "install it, or set JAVA_HOME")
    if java is None:
        raise InputError(place, fault)
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False, timeout=60).stderr
    except (OSError, subprocess.TimeoutExpired):
        raise InputError(place, fault) from None
    found = re.search(r'version "(\d+)(?:\.(\d+))?', said)
    if found is None or int(found[1]) < JAVA:
        what = f"Java {found[1] if found[1] != '1' else found[2]} is" if found else "what is called java is none"
        problem = (
            f"--engine spark needs Java {JAVA} or newer, and {what} {'' if found else '('}{java}{'' if found else ')'}"
        )
        raise InputError(place, Fault("", problem, "install it, or set JAVA_HOME"))
