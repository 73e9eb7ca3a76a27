"""One session of Apache Spark for all tests: starting one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from vielfalt.engines.spark_session import spark_session

QUICK = """\
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.sql.codegen.wholeStage false
"""
"""Java spends most of its time on a small town with compiling; a site may set the like in this very file."""


@pytest.fixture(scope="session")
def spark_settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the settings of the site."""
    folder = tmp_path_factory.mktemp("spark-settings")
    (folder / "spark-defaults.conf").write_text(QUICK)
    return folder


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory, spark_settings: Path) -> Iterator[SparkSession]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SPARK_CONF_DIR", str(spark_settings))
        with spark_session("local[2]", tmp_path_factory.mktemp("spark")) as session:
            yield session
