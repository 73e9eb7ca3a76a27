"""One town evaluated by Apache Spark and by the engine for what fits into memory: the same to the last row."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from click.testing import CliRunner
from cryptography.exceptions import InvalidTag
from pyspark.sql import SparkSession

from vielfalt import cli, evaluation
from vielfalt.engines import spark_session
from vielfalt.engines.base import Engine, FileForm
from vielfalt.engines.spark import Spark
from vielfalt.engines.spark_session import settings
from vielfalt.errors import EngineError, UsageError
from vielfalt.evaluation import Evaluation
from vielfalt.profiles import Profile
from vielfalt.register.apart import FromText
from vielfalt.register.reading import Reader
from vielfalt.steps import Step
from vielfalt.synthetic import write_town
from vielfalt.town import read_town
from vielfalt.vault import workspace

DATE = 20241231
import_module("pyspark.cloudpickle").register_pickle_by_value(sys.modules[__name__])


def evaluated(root: Path, opened: workspace.Opening) -> tuple[Evaluation, dict[str, pl.DataFrame]]:
    """What the run found, and the files it left in the vault."""
    found = evaluation.derive_only(read_town(root), DATE, lambda name: nullcontext(), opened)
    files = (root / "vault" / "2024-12-31").glob("*.parquet")
    return found, {path.name: pl.read_parquet(path) for path in files}


def test_spark_counts_a_town_like_the_other_engines(
    tmp_path: Path, spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_town(one, residents=1_500, seed=11, dates=(DATE,), progress=lambda message: None)
    in_memory, files = evaluated(one, workspace.by_size)
    shutil.copytree(one, other)
    # Half a dozen parts.
    monkeypatch.setattr("vielfalt.engines.spark.PART", 60_000)
    scratches: list[Path] = []

    @contextmanager
    def opened(extract: Path, scratch: Path) -> Iterator[Engine]:
        engine = Spark(spark, scratch)
        yield engine
        assert [*scratch.rglob("*.parquet")]
        engine.close()
        scratches.append(scratch)
        assert not [*scratch.rglob("*.parquet")]

    on_spark, same_files = evaluated(other, opened)
    assert in_memory.cells.keys() == on_spark.cells.keys()
    for id, cells in in_memory.cells.items():
        assert cells.frame.equals(on_spark.cells[id].frame), id
    assert in_memory.findings == on_spark.findings and in_memory.findings
    assert (in_memory.rows, in_memory.residents) == (on_spark.rows, on_spark.residents)
    assert in_memory.facts == on_spark.facts
    assert {*files} == {*same_files} and "persons.parquet" in files
    for name, frame in files.items():
        assert frame.equals(same_files[name]), name
    assert scratches and not scratches[0].exists()


PROFILE = Profile(
    ";", '"', "utf-8", {"family_name": "name", "birth_place": "place", "person_id": "id"}, ("iso",), {}, ()
)
FORM = FileForm(("name", "place", "id"), ";", '"', "utf-8")
COLUMNS = {"family_name": "name", "birth_place": "place", "person_id": "id"}


def text_rows(first: int, *rows: tuple[str | None, str | None, str | None]) -> pa.Table:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    return pa.table({**dict(zip(FORM.columns, columns, strict=True)), "record": [*range(first, first + len(rows))]})


def test_parts_are_numbered_like_the_whole_and_seal_what_they_have_seen() -> None:
    rows = [
        ("Adler", "Aachen", "1"),
        ("Bär", None, "2"),
        ("Adler", "Bonn", None),
        ("Cohn", "Bonn", "4"),
        ("Bär", "Aachen", "5"),
        (None, "Celle", "6"),
    ]
    key = bytes(range(32))
    whole, steering = (FromText(Reader(PROFILE, DATE, key), COLUMNS) for _ in range(2))
    expected = whole(text_rows(1, *rows))
    # The conversion travels to another process.
    parts = [pickle.loads(pickle.dumps(steering.apart())) for _ in range(2)]
    tables = [parts[0](text_rows(1, *rows[:3])), parts[1](text_rows(4, *rows[3:]))]
    sealed = [part.sealed() for part in parts]
    assert not any(word in part for part in sealed for word in (b"Aachen", b"aachen", b"Adler", b"adler", b"Bonn"))
    renumbered = [turn(table) for turn, table in zip(steering.united(sealed), tables, strict=True)]
    assert pa.concat_tables(renumbered).to_pylist() == expected.to_pylist()
    assert steering.reader.places() == whole.reader.places() == ("aachen", "bonn", "celle")
    assert steering.reader.evidences().equals(whole.reader.evidences())
    assert steering.reader.empty == whole.reader.empty
    assert {problem: [*map(list, found)] for problem, found in steering.reader.problems.items()} == {
        ("person_id", "person_id_missing"): [[3]]
    }
    assert not {"adler", "bär", "cohn"} & {*steering.reader.numberings["names"]}


def test_another_town_cannot_open_what_a_part_has_seen() -> None:
    part = FromText(Reader(PROFILE, DATE, bytes(32)), COLUMNS)
    part(text_rows(1, ("Adler", "Aachen", "1")))
    other = FromText(Reader(PROFILE, DATE, bytes(range(32))), COLUMNS)
    with pytest.raises(InvalidTag):
        other.united([part.sealed()])


def test_words_of_a_failing_machine_do_not_quote_rows(spark: SparkSession, tmp_path: Path) -> None:
    def fails(rows: pa.Table) -> pa.Table:
        if rows.num_rows:
            raise ValueError(f"secret {rows.to_pylist()}")
        return rows

    engine = Spark(spark, tmp_path)
    frame = engine.load(pa.table({"n": [1], "text": ["secret"]}), "rows")
    with pytest.raises(EngineError, match="The database failed") as raised:
        engine.map_batches(frame, fails, "out", together="n")
    assert "secret" not in str(raised.value) and raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    engine.close()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (FileNotFoundError(2, "secret", "secret"), "does not find"),
        (ModuleNotFoundError("No module named 'vielfalt'"), "lacks Vielfalt"),
    ],
    ids=["folder", "program"],
)
def test_what_a_machine_lacks_is_named(spark: SparkSession, tmp_path: Path, error: Exception, message: str) -> None:
    def fails(rows: pa.Table) -> pa.Table:
        if rows.num_rows:
            raise error
        return rows

    engine = Spark(spark, tmp_path)
    frame = engine.load(pa.table({"n": [1]}), "rows")
    with pytest.raises(EngineError, match=message) as raised:
        engine.map_batches(frame, fails, "out", together="n")
    assert "secret" not in str(raised.value) and raised.value.__suppress_context__
    engine.close()


@pytest.mark.parametrize(
    ("machines", "stopped", "message"),
    [(1, False, "No machine"), (1, True, "cannot be reached"), (2, False, "")],
    ids=["none", "given up", "one"],
)
def test_a_cluster_without_a_machine_is_given_up(
    monkeypatch: pytest.MonkeyPatch, machines: int, stopped: bool, message: str
) -> None:
    """``machines`` with the one that steers, as Spark counts them."""
    known = SimpleNamespace(size=lambda: machines)
    context = SimpleNamespace(getExecutorMemoryStatus=lambda: known, isStopped=lambda: stopped)
    session: Any = SimpleNamespace(sparkContext=SimpleNamespace(_jsc=SimpleNamespace(sc=lambda: context)))
    monkeypatch.setattr(spark_session, "_PATIENCE", 0)
    with pytest.raises(EngineError, match=message) if message else nullcontext():
        spark_session._wait_for_a_machine(session, "spark://127.0.0.1:7077")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("SparkIllegalArgumentException: [INVALID_EXECUTOR_MEMORY.CONFIG_MEMORY] too little", "INVALID_EXECUTOR_MEM"),
        ("java.lang.IllegalArgumentException: 12x", "one of its settings"),
        ("java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext", "cannot be reached"),
        (
            "IllegalArgumentException: requirement failed: Can only call getServletHandlers on a running MetricsSystem",
            "cannot be reached",
        ),
        ("[JAVA_GATEWAY_EXITED] Java gateway process exited", "could not start Java"),
    ],
    ids=["memory", "setting", "address", "address while starting", "java"],
)
def test_why_a_session_does_not_start(said: str, message: str) -> None:
    error = spark_session._not_started(RuntimeError(said), "spark://127.0.0.1:7077")
    assert message in str(error) and error.exit_code == 13


def test_settings_keep_rows_from_disks_logs_and_pages(tmp_path: Path) -> None:
    chosen = settings("spark://cluster.example:7077", tmp_path)
    assert chosen["spark.io.encryption.enabled"] == "true"
    assert chosen["spark.eventLog.enabled"] == chosen["spark.ui.enabled"] == "false"
    assert chosen["spark.log.level"] == "OFF" and "level=OFF" in chosen["spark.executor.defaultJavaOptions"]
    assert "spark.driver.host" not in chosen and "spark.driver.memory" not in chosen
    assert "spark.sql.autoBroadcastJoinThreshold" not in chosen, "rows would come to the machine that steers"
    assert settings("local[3]", tmp_path)["spark.driver.bindAddress"] == "127.0.0.1"


def test_what_a_machine_is_sent_holds_the_key_in_no_text(spark: SparkSession) -> None:
    """Plans are shown in pages, logs and errors; the key goes in the bytes of the function alone."""
    from vielfalt.engines.spark import _mapped

    key = b"a town's key of thirty-two bytes"
    conversion = FromText(Reader(PROFILE, DATE, key), COLUMNS)
    frame: Any = _mapped(spark.range(1), lambda batches: iter([conversion(pa.table({}))]), pa.schema({"n": pa.int64()}))
    explained = frame._jdf.queryExecution().toString()
    assert "town's key" not in explained and key.hex() not in explained and "mapped" in explained


@pytest.mark.parametrize(
    "asked", ["spark", "local", "local[0]", "spark://host", "http://host:7077", "sc://host", "duckdb"]
)
def test_an_engine_that_does_not_exist(asked: str) -> None:
    with pytest.raises(UsageError, match="There is no engine") as raised:
        workspace.opening(asked)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("command", ["check", "run"])
def test_commands_hand_the_engine_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    write_town(tmp_path, residents=1_000, seed=1, dates=(DATE,), progress=lambda message: None)
    asked: list[tuple[str, Path]] = []

    @contextmanager
    def stand_in(master: str, step: Step, extract: Path, scratch: Path) -> Iterator[Engine]:
        asked.append((master, extract))
        with step("cluster"):
            pass
        with workspace.by_size(extract, scratch) as engine:
            yield engine

    monkeypatch.setattr(workspace, "on_spark", stand_in)
    told = CliRunner().invoke(cli.commands, [command, str(tmp_path), "--engine", "spark://127.0.0.1:7077"])
    assert told.exit_code == 0, told.output
    assert "Auf einen Rechner des Clusters warten" in told.output
    assert asked == [("spark://127.0.0.1:7077", tmp_path / "register" / "2024-12-31" / "register.csv")]


@pytest.mark.parametrize(
    ("missing", "message", "todo"),
    [("pyspark", "Apache Spark is not installed", "vielfalt[spark]"), ("java", "needs Java", "openjdk-17")],
)
def test_what_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, message: str, todo: str
) -> None:
    if missing == "pyspark":
        monkeypatch.setattr("vielfalt.engines.spark_session.find_spec", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("vielfalt.engines.spark_session.shutil.which", lambda name: None)
    with pytest.raises(EngineError, match=message) as raised, workspace.opening("local[1]")(tmp_path, tmp_path):
        pass
    assert todo in raised.value.todo and raised.value.exit_code == 13


def test_vielfalt_starts_without_spark() -> None:
    """Spark is an extra: nothing may look for it before somebody asks for it."""
    asked = "import sys, vielfalt.commands.evaluate, vielfalt.vault.workspace, vielfalt.evaluation; "
    told = subprocess.run(
        [sys.executable, "-c", asked + "print('pyspark' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"
