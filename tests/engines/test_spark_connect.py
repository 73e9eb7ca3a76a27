"""A real server of Spark Connect on this machine, which holds the Spark that a town is evaluated on."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pyarrow as pa
import pytest
from spark_servers import answers, free_port, process

from vielfalt import evaluation
from vielfalt.engines.base import Batches, Engine
from vielfalt.engines.spark_connect import WANTED, connect_session
from vielfalt.engines.spark_session import ALWAYS, QUIET
from vielfalt.errors import EngineError, StorageError, UsageError, VielfaltError
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.vault import workspace

DATE = 20241231
SET = {name: ALWAYS[name] for name in WANTED}
LOCAL = {**SET, "spark.master": "local[2]"}
SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"
SETTINGS = """\
spark.driver.memory 1g
spark.sql.shuffle.partitions 4
spark.connect.grpc.binding.address 127.0.0.1
"""
import_module("pyspark.cloudpickle").register_pickle_by_value(sys.modules[__name__])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, spark_settings: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server that is set as it must be, and the folder of what it leaves on disk."""
    settings, folder = (tmp_path_factory.mktemp(name) for name in ("connect-settings", "connect"))
    port = free_port()
    shutil.copytree(spark_settings, settings, dirs_exist_ok=True)
    with (settings / "spark-defaults.conf").open("a") as file:
        file.write(SETTINGS + f"spark.connect.grpc.binding.port {port}\n")
        file.writelines(f"{name} {value}\n" for name, value in SET.items())
    words = ("org.apache.spark.deploy.SparkSubmit", "--class", SERVER, "--master", "local[2]", "spark-internal")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SPARK_CONF_DIR", str(settings))
        patched.setenv("PYSPARK_PYTHON", sys.executable)
        with process(folder, *words) as started:
            end = time.monotonic() + 300
            while not answers(port):
                assert started.poll() is None and time.monotonic() < end
                time.sleep(0.1)
            yield f"sc://127.0.0.1:{port}", folder
    assert not answers(port)


def test_a_server_counts_a_town_like_the_other_engines(
    tmp_path: Path, server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, left = server
    one, other = tmp_path / "one", tmp_path / "other"
    write_town(one, residents=1_000, seed=5, dates=(DATE,), progress=lambda message: None)
    here = evaluation.derive_only(read_town(one), DATE, lambda name: nullcontext())
    shutil.copytree(one, other)
    monkeypatch.setenv("SPARK_REMOTE", f"{address}/;user_id=town")
    there = evaluation.derive_only(read_town(other), DATE, lambda name: nullcontext(), workspace.opening("connect"))
    assert here.cells.keys() == there.cells.keys()
    for id, cells in here.cells.items():
        assert cells.frame.equals(there.cells[id].frame), id
    assert here.findings == there.findings and here.findings
    vaults = [root / "vault" / "2024-12-31" for root in (one, other)]
    for name in ("persons", "evidence"):
        assert pl.read_parquet(vaults[0] / f"{name}.parquet").equals(pl.read_parquet(vaults[1] / f"{name}.parquet"))
    assert not (vaults[1] / ".scratch").exists()
    key = (one / "vault" / "key").read_bytes()
    kept = [path.read_bytes() for path in left.rglob("*") if path.is_file()]
    assert kept and not any(key in content or b"vault/2024" in content for content in kept)


@pytest.mark.parametrize(
    ("error", "expected"),
    [(ValueError("secret"), EngineError), (OSError(28, "secret"), StorageError), (OSError(13, "secret"), StorageError)],
    ids=["unknown", "full", "forbidden"],
)
def test_words_of_a_failing_server_do_not_quote_rows(
    tmp_path: Path, server: tuple[str, Path], error: Exception, expected: type[VielfaltError]
) -> None:
    with opened(server[0], tmp_path) as engine:
        frame = engine.load(pa.table({"n": [1]}), "rows")
        with pytest.raises(expected) as raised:
            engine.map_batches(frame, failing(error), "out", together="n")
    assert "secret" not in str(raised.value) and raised.value.__suppress_context__


def opened(address: str, scratch: Path) -> AbstractContextManager[Engine]:
    return workspace.opening(address)(scratch / "extract.csv", scratch)


def failing(error: Exception) -> Batches:
    def fails(rows: pa.Table) -> pa.Table:
        if rows.num_rows:
            raise error
        return rows

    return fails


@pytest.mark.filterwarnings("ignore:.*RETRIES_EXCEEDED")
def test_nobody_answers(tmp_path: Path) -> None:
    address = f"sc://127.0.0.1:{free_port()}"
    with pytest.raises(EngineError, match="cannot be reached") as raised, opened(address, tmp_path):
        pass
    assert raised.value.where == address
    assert "address" in raised.value.todo


@pytest.mark.parametrize(
    ("asked", "named", "message"),
    [
        ("connect", "", "names no server"),
        ("connect", "local[2]", "names no server"),
        ("connect", "sc://spark.example:15002/;token=secret", "unencrypted"),
        ("sc://spark.example:15002", "", "unencrypted"),
        ("sc://127.0.0.1.spark.example:15002", "", "unencrypted"),
    ],
)
def test_addresses_that_are_refused(monkeypatch: pytest.MonkeyPatch, asked: str, named: str, message: str) -> None:
    monkeypatch.setenv("SPARK_REMOTE", named)
    with pytest.raises(UsageError, match=message) as raised, opened(asked, Path()):
        pass
    assert "secret" not in str(raised.value)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vielfalt.engines.spark_session.find_spec", lambda name: None if name == "grpc" else name)
    with pytest.raises(EngineError, match="not installed") as raised, opened("sc://localhost:1", Path()):
        pass
    assert raised.value.where == "grpc"


@pytest.mark.parametrize(
    ("kept", "setting"),
    [
        ({}, "spark.io.encryption.enabled"),
        ({**LOCAL, "spark.log.level": "WARN"}, "spark.log.level"),
        ({**LOCAL, "spark.ui.enabled": "true"}, "spark.ui.enabled"),
        ({**LOCAL, "spark.eventLog.enabled": "true"}, "spark.eventLog.enabled"),
        ({**SET, "spark.master": "spark://spark.example:7077"}, QUIET),
        ({**SET, "spark.master": "spark://spark.example:7077", QUIET: ALWAYS[QUIET]}, None),
        ({name: value for name, value in LOCAL.items() if "eventLog" not in name}, None),
    ],
)
def test_a_server_that_would_keep_rows_readable_is_refused(
    monkeypatch: pytest.MonkeyPatch, kept: Mapping[str, str], setting: str | None
) -> None:
    stopped = []
    client = SimpleNamespace(get_retry_policies=list, set_retry_policies=lambda policies: None)
    conf = SimpleNamespace(get=lambda name, default: kept.get(name, default), set=lambda name, value: None)
    session = SimpleNamespace(client=client, conf=conf, stop=lambda: stopped.append(True))
    monkeypatch.setattr("pyspark.sql.connect.session.SparkSession", lambda address: session)
    if setting is None:
        with connect_session("sc://spark.example:15002/;use_ssl=true"):
            assert not stopped
    else:
        with pytest.raises(EngineError, match=setting), connect_session("sc://localhost:15002"):
            pass
    assert stopped == [True]
