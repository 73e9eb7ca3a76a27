"""A real cluster of Spark on this machine: one that steers, two that work, one of which is lost on the way."""

from __future__ import annotations

import csv
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import run_on_cluster
from spark_servers import answers, free_port, process

from vielfalt import evaluation
from vielfalt.synthetic import write_town
from vielfalt.town import read_town

RUN = Path(run_on_cluster.__file__)
PATIENCE = 900
"""Seconds after which a run on a busy machine counts as hanging."""
SETTINGS = """\
spark.authenticate true
spark.authenticate.secret none-but-this-test-knows
spark.network.crypto.enabled true
spark.executor.memory 600m
spark.sql.shuffle.partitions 4
spark.shuffle.io.maxRetries 1
spark.shuffle.io.retryWait 1s
"""


@dataclass(frozen=True)
class Cluster:
    master: str
    workers: tuple[subprocess.Popen[bytes], ...]
    folder: Path


def wait_for(log: Path, words: str, count: int = 1) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if log.read_text(errors="replace").count(words) >= count:
            return
        time.sleep(0.1)
    pytest.fail(f"“{words}” does not come: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def cluster(tmp_path: Path, spark_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    settings, folder, port = tmp_path / "settings", tmp_path / "cluster", free_port()
    shutil.copytree(spark_settings, settings)
    with (settings / "spark-defaults.conf").open("a") as file:
        file.write(SETTINGS)
    monkeypatch.setenv("SPARK_CONF_DIR", str(settings))
    monkeypatch.setenv("SPARK_DAEMON_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
    monkeypatch.setenv("SPARK_DAEMON_MEMORY", "256m")
    folder.mkdir()
    address, loopback = f"spark://127.0.0.1:{port}", ("--host", "127.0.0.1", "--webui-port", "0")
    deploy = "org.apache.spark.deploy"
    with ExitStack() as stack:
        stack.enter_context(process(folder, f"{deploy}.master.Master", *loopback, "--port", str(port)))
        workers = []
        for number in ("1", "2"):
            (folder / number).mkdir()
            words = (*loopback, "--cores", "1", "--memory", "700m", "--work-dir", str(folder / number), address)
            workers.append(stack.enter_context(process(folder / number, f"{deploy}.worker.Worker", *words)))
        wait_for(folder / f"{deploy}.master.Master.log", "Registering worker", 2)
        yield Cluster(address, tuple(workers), folder)
    assert not answers(port)


def test_the_loss_of_a_machine_changes_no_cell(tmp_path: Path, cluster: Cluster) -> None:
    one, other, out = tmp_path / "one", tmp_path / "other", tmp_path / "out"
    write_town(one, residents=1_000, seed=5, dates=(run_on_cluster.DATE,), progress=lambda message: None)
    here = evaluation.derive_only(read_town(one), run_on_cluster.DATE, lambda name: nullcontext())
    shutil.copytree(one, other)
    out.mkdir()
    lost, kept = cluster.workers
    # The folder as a user names it, who stands beside it: the machines stand elsewhere.
    words: list[str | Path] = [sys.executable, RUN, other.name, cluster.master, str(lost.pid), out]
    told = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=False)
    assert told.returncode == 0, told.stderr.decode()[-3000:]
    assert b"WARN" not in told.stderr and b"log4j" not in told.stderr, told.stderr.decode()
    assert lost.wait(10) == -signal.SIGKILL and kept.poll() is None
    assert {path.stem for path in out.glob("*.parquet")} == {*here.cells}
    for id, cells in here.cells.items():
        assert cells.frame.equals(pl.read_parquet(out / f"{id}.parquet")), id
    assert (out / "findings.txt").read_text(encoding="utf-8") == repr(here.findings)
    for name in ("persons", "evidence"):
        files = [root / "vault" / "2024-12-31" / f"{name}.parquet" for root in (one, other)]
        assert pl.read_parquet(files[0]).equals(pl.read_parquet(files[1]))
    assert not (other / "vault" / "2024-12-31" / ".scratch").exists()
    assert traces(cluster.folder, one) == []
    logs = [log.read_text(errors="replace") for log in cluster.folder.glob("*/app-*/*/stderr")]
    assert len(logs) >= 2 and not any(" INFO " in log or " WARN " in log for log in logs)


def traces(folder: Path, root: Path) -> list[str]:
    """Family names and the key of the town in what the machines have left on disk: logs, and what a lost one kept."""
    with (root / "register" / "2024-12-31" / "register.csv").open(encoding="cp1252", newline="") as file:
        names = {row["Familienname"] for row in csv.DictReader(file, delimiter=";")}
    wanted = {name.encode() for name in names if len(name) > 6 and name.isascii()} | {
        (root / "vault" / "key").read_bytes()
    }
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert len(wanted) > 50 and len(contents) > 4
    return [word.decode(errors="replace") for word in wanted if any(word in content for content in contents)]
