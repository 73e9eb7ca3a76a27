"""The engine of towns that fit into memory: DuckDB cuts the file into columns, Polars does the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from vielfalt.engines.base import Batches, BrokenRow, FileForm, Frame, Outcome, Task
from vielfalt.engines.duckdb import AT_ONCE, connected, reported
from vielfalt.engines.polars import Polars, arrow
from vielfalt.engines.rows import true_numbers
from vielfalt.engines.scanning import ahead, scan

_BATCH = 250_000
"""Rows that are grouped at once."""


class Memory(Polars):
    """Tables as data frames by name, like the reference engine, but for large files and many groups."""

    def __init__(self, scratch: Path) -> None:
        super().__init__()
        self._scratch = scratch
        self._connection = connected(scratch)

    def read(self, path: Path, form: FileForm, convert: Batches, name: str) -> tuple[Frame, tuple[BrokenRow, ...]]:
        """See ``Engine.read``."""

        def keep(stream: pa.RecordBatchReader) -> None:
            self._tables[name] = pl.DataFrame(pl.from_arrow(stream.read_all()))

        with reported(path, self._scratch):
            broken = scan(self._connection, path, form, convert, keep, self._scratch)
        if broken:
            rows = self._tables[name]
            true = true_numbers(rows["record"].to_numpy(), np.array([row.record for row in broken], dtype=np.int64))
            self._tables[name] = rows.with_columns(pl.Series("record", true))
        return self._frame(name), broken

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str) -> Frame:
        """See ``Engine.map_batches``: sorted once, cut where the value of ``together`` changes."""
        rows = self._sorted(frame, together, name)
        parts = map(arrow, _cut(rows, together)) if rows.height else iter([arrow(rows)])
        return self.load(pa.concat_tables(ahead(function, parts, AT_ONCE)), name)

    def each(self, function: Callable[[Task], Outcome], tasks: Iterable[Task]) -> list[Outcome]:
        """See ``Engine.each``: while Python prepares one, Polars works on another."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(function, tasks))

    def close(self) -> None:
        """See ``Engine.close``."""
        super().close()
        self._connection.close()


def _cut(rows: pl.DataFrame, together: str) -> Iterator[pl.DataFrame]:
    """Parts of sorted rows, cut so that no value of ``together`` is split."""
    values, start = rows[together].to_numpy(), 0
    while start < len(values):
        last = min(start + _BATCH, len(values)) - 1
        end = int(np.searchsorted(values, values[last], side="right"))
        yield rows[start:end]
        start = end
