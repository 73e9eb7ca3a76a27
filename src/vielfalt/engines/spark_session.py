"""The connection to Apache Spark: on this machine or on a cluster, quiet, and with nothing readable on any disk."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vielfalt.engines.trouble import failed
from vielfalt.errors import EngineError
from vielfalt.steps import CLUSTER, Step, unseen
from vielfalt.words import N_

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MASTER = re.compile(r"local\[([1-9]\d*|\*)\]|spark://[\w.-]+:\d+")
"""Addresses of Spark that are understood."""
_LOOPBACK = re.compile(r"local\[.*|spark://(127\.0\.0\.1|localhost):\d+")
QUIET = "spark.executor.defaultJavaOptions"
"""What keeps the machines that work from logging; a single machine has none but its own."""
ALWAYS: Mapping[str, str] = {
    # Rows wait on the disks of the machines only encrypted, by a key of this run.
    "spark.io.encryption.enabled": "true",
    # Messages, the page and the log of events may quote values of rows.
    "spark.log.level": "OFF",
    # That is for the machine that steers alone. Those that work log nothing without a file of settings for logging, so
    # none is found, nor what the machine itself has (Spark's own way to hand the level on comes too early to last).
    QUIET: "-Dlog4j2.level=OFF -Dlog4j2.configurationFile=none",
    "spark.eventLog.enabled": "false",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    # No limit besides that: Spark would add up the bytes of a batch anew with each row.
    "spark.sql.execution.arrow.maxBytesPerBatch": "2147483647",
    # Parts of the smaller table up to so many bytes are looked up in memory, instead of both tables being sorted.
    "spark.sql.adaptive.maxShuffledHashJoinLocalMapThreshold": "64MB",
}
_COMPILED = "-XX:-DontCompileHugeMethods"
"""Spark writes the work of a step as one method of Java, and Java leaves methods above 8,000 bytes untranslated unless
told otherwise; to sort a million residents into the classes of all tables took three times as long then."""
_LOCAL: Mapping[str, str] = {
    # What Spark may hold on this machine before it spills; Python needs the rest.
    "spark.driver.memory": "4g",
    # An option of the site for Java goes into extraJavaOptions and stays.
    "spark.driver.defaultJavaOptions": _COMPILED,
    # So many that the parts of a large town fit into memory; of a small one Spark puts them together.
    "spark.sql.shuffle.partitions": "32",
    # Bytes of a file up to which all its rows are held in memory at once, where other rows look for them.
    "spark.sql.autoBroadcastJoinThreshold": "32MB",
}
"""Of a Spark on this machine alone, which is all the machines that there are."""
_JAVA = N_("Install Java 17 (Debian: apt install openjdk-17-jre-headless). Without Spark, leave “--engine” out.")
_REFUSED = re.compile(r"IllegalArgumentException: (?!requirement failed: Can only call)(\[(?P<name>\w+))?")
"""What Spark says of a setting that it cannot read, or that is too small; nothing of a town is known to it yet. The
requirement is none of a setting: whoever gives up a cluster may still be starting."""
_PATIENCE = 3600
"""Seconds to wait for a machine: towns of a county wait for each other, and others may be at work on the cluster."""


@contextmanager
def spark_session(master: str, scratch: Path, step: Step = unseen) -> Iterator[SparkSession]:
    """A session of the Spark at this address that ends afterwards; on a cluster one that has a machine.

    Raises EngineError when Java or Spark is missing, when nobody answers at the address or the cluster takes nobody
    without its secret, or when no machine comes free.
    """
    refuse_without("pyspark")
    _refuse_without_java()
    # It is about pandas itself, of which nothing is used here.
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if _LOOPBACK.fullmatch(master):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    chosen = {"spark.master": master, "spark.app.name": "vielfalt", **settings(master, scratch)}
    try:
        session = _started(chosen)
    except Exception as error:
        raise _not_started(error, master) from None
    try:
        if not master.startswith("local"):
            with step(CLUSTER):
                _wait_for_a_machine(session, master)
        yield session
    finally:
        session.stop()


def _started(chosen: Mapping[str, str]) -> SparkSession:
    """A session with these settings. What Java says itself is shown to nobody: it is English, and could quote rows."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf().setAll([*chosen.items()])
    if SparkContext._gateway is None:
        SparkContext._ensure_initialized(gateway=launch_gateway(conf, {"stderr": subprocess.DEVNULL}))
    return SparkSession.builder.config(conf=conf).getOrCreate()


def _wait_for_a_machine(session: SparkSession, master: str) -> None:
    """Returns when a machine of the cluster works for this session.

    Raises EngineError when none does so in time, or the cluster has given the session up.
    """
    context: Any = session.sparkContext._jsc.sc()
    end = time.monotonic() + _PATIENCE
    while context.getExecutorMemoryStatus().size() < 2:  # the one that steers counts, too
        if context.isStopped():
            raise _nobody(master)
        if time.monotonic() > end:
            raise EngineError(
                N_("No machine of the cluster has come free with the memory and cores that are asked for."),
                where=master,
                todo=N_("Compare spark-defaults.conf with what the cluster's page says of its machines, or run later."),
            )
        time.sleep(0.1)


def _not_started(error: Exception, master: str) -> EngineError:
    if "JAVA_GATEWAY_EXITED" in str(error):
        return EngineError(N_("Apache Spark could not start Java."), where="java", todo=_JAVA)
    if found := _REFUSED.search(str(error)):
        return EngineError(
            N_("Apache Spark does not accept one of its settings ({kind})."),
            where=Path(os.environ.get("SPARK_CONF_DIR", ""), "spark-defaults.conf"),
            kind=found["name"] or "IllegalArgumentException",
            todo=N_("Correct the file in the folder that SPARK_CONF_DIR names."),
        )
    return failed(error, master) if master.startswith("local") else _nobody(master)


def _nobody(master: str) -> EngineError:
    return EngineError(
        N_("Apache Spark cannot be reached, or does not take this run."),
        where=master,
        todo=N_(
            "Check the address, whether the cluster is running with the version of Spark that is installed here, and "
            "its secret in spark-defaults.conf (SPARK_CONF_DIR)."
        ),
    )


def settings(master: str, scratch: Path) -> Mapping[str, str]:
    """The settings of a session; what a cluster is given (memory, cores, secrets) stays as its own files say."""
    chosen = {**ALWAYS, QUIET: f"{ALWAYS[QUIET]} {_COMPILED}"}
    if _LOOPBACK.fullmatch(master):
        chosen |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if master.startswith("local"):
        chosen |= _LOCAL
    return chosen | {"spark.local.dir": str(scratch / "spark"), "spark.sql.warehouse.dir": str(scratch / "warehouse")}


def refuse_without(*modules: str) -> None:
    """Raises EngineError, naming the module, where one that Spark needs is not installed."""
    for module in modules:
        if find_spec(module) is None:
            raise EngineError(
                N_("Apache Spark is not installed."),
                where=module,
                todo=N_('Install it with: pip install "vielfalt[spark]". Without Spark, leave “--engine” out.'),
            )


def _refuse_without_java() -> None:
    java = Path(os.environ.get("JAVA_HOME", ""), "bin", "java")
    if not (os.environ.get("JAVA_HOME") and java.exists()) and shutil.which("java") is None:
        raise EngineError(
            N_("Apache Spark needs Java, which is not installed."),
            where="java",
            todo=_JAVA,
        )
