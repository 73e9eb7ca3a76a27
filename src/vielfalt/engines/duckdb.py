"""DuckDB: the engine for towns that do not fit into memory. SQL text stands here and in ``scanning`` only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb
import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from vielfalt.engines.base import Batches, BrokenRow, FileForm, Frame
from vielfalt.engines.groups import cut_between
from vielfalt.engines.scanning import ahead, quoted, scan, streamed
from vielfalt.engines.trouble import trouble
from vielfalt.errors import VielfaltError

_BATCH = 1_000_000
"""Rows that are grouped at once: small enough for memory (200 MB)."""
AT_ONCE = 2
"""Batches that Python works on at once, while the next ones are sorted."""
_MEMORY = "1800MB"
"""What DuckDB may hold before it spills to ``workspace``.

Python, and what DuckDB does not count (rows on their way between the two), take 1.4 GB beside it while a million
residents are read, and 1.6 GB with twenty million.
"""


class DuckDB:
    """An in-memory database that spills into ``workspace``; nothing of it outlives ``close``."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._connection = connected(workspace)

    def read(self, path: Path, form: FileForm, convert: Batches, name: str) -> tuple[Frame, tuple[BrokenRow, ...]]:
        """See ``Engine.read``: as a stream, so that the rows of a large town are never in memory at once."""
        with reported(path, self._workspace):
            broken = scan(self._connection, path, form, convert, partial(self._keep, name), self._workspace)
            if broken:
                self._renumber(name, broken)
        return self._table(name), broken

    def load(self, table: pa.Table, name: str) -> Frame:
        """See ``Engine.load``."""
        with reported(name, self._workspace):
            self._keep(name, table)
        return self._table(name)

    def checkpoint(self, frame: Frame, name: str) -> Frame:
        """See ``Engine.checkpoint``."""
        with reported(name, self._workspace):
            frame.to_native().create(quoted(name))
        return self._table(name)

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str | None) -> Frame:
        """See ``Engine.map_batches``: one sorted stream, cut where the value of ``together`` changes."""
        with reported(name, self._workspace):
            rows = frame.to_native()
            reader = (rows.order(quoted(together)) if together else rows).to_arrow_reader(_BATCH)
            stream = streamed(ahead(function, cut_between(reader, together), AT_ONCE))
            self._keep(name, stream or function(reader.schema.empty_table()))
        return self._table(name)

    def collect(self, frame: Frame) -> pa.Table:
        """See ``Engine.collect``."""
        with reported("", self._workspace):
            return frame.to_native().to_arrow_table()

    def write(self, frame: Frame, path: Path, *, order: str) -> None:
        """See ``Engine.write``."""
        with reported(path, self._workspace):
            frame.sort(order).to_native().write_parquet(str(path), compression="zstd")

    def drop(self, name: str) -> None:
        """See ``Engine.drop``."""
        self._connection.execute(f"DROP TABLE IF EXISTS {quoted(name)}")

    def close(self) -> None:
        """See ``Engine.close``."""
        self._connection.close()

    def _table(self, name: str) -> Frame:
        return nw.from_native(self._connection.table(quoted(name))).lazy()

    def _keep(self, name: str, incoming: pa.Table | pa.RecordBatchReader) -> None:
        with self._connection.cursor() as beside:
            beside.register("_incoming", incoming)
            beside.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS SELECT * FROM _incoming")

    def _renumber(self, name: str, broken: tuple[BrokenRow, ...]) -> None:
        """Turns numbers among readable rows into true data row numbers: each broken row before shifts by one."""
        records = np.array([row.record for row in broken], dtype=np.int64)
        steps = pa.table({"since": records - np.arange(len(records)), "shift": np.arange(1, len(records) + 1)})
        self._connection.register("_steps", steps)
        self._connection.execute(
            f"UPDATE {quoted(name)} SET record = record + shift "
            "FROM (SELECT r.record AS old, s.shift "
            f"FROM {quoted(name)} r ASOF JOIN (SELECT since, max(shift) AS shift FROM _steps GROUP BY since) s "
            "ON r.record >= s.since) WHERE record = old"
        )
        self._connection.unregister("_steps")


def connected(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory; what it cannot hold goes to ``scratch`` and nowhere else."""
    connection = duckdb.connect(config={"memory_limit": _MEMORY, "temp_directory": str(scratch / "spill")})
    connection.execute("SET enable_progress_bar = false")
    return connection


@contextmanager
def reported(where: object, scratch: Path) -> Iterator[None]:
    """Turns DuckDB's exceptions into ours; their text may quote rows, so it is never passed on."""
    try:
        yield
    except VielfaltError:
        raise
    except (duckdb.Error, OSError) as error:
        raise trouble(error, where, scratch) from None
