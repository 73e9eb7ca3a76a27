"""The engine of towns that fit into memory: DuckDB cuts the file into columns, Polars does the rest.

It keeps texts as categories: all texts of a register are codes, few of which differ, and comparing and copying their
numbers takes a fifth of the time. What leaves it are texts again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import narwhals.stable.v2 as nw
import narwhals.stable.v2.selectors as ncs
import numpy as np
import polars as pl
import polars.selectors as cs
import pyarrow as pa

from vielfalt.engines.base import Batches, BrokenRow, FileForm, Frame
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
            self.load(stream.read_all(), name)

        with reported(path, self._scratch):
            broken = scan(self._connection, path, form, convert, keep, self._scratch)
        if broken:
            rows = self._tables[name]
            true = true_numbers(rows["record"].to_numpy(), np.array([row.record for row in broken], dtype=np.int64))
            self._tables[name] = rows.with_columns(pl.Series("record", true))
        return self._frame(name), broken

    def load(self, table: pa.Table, name: str) -> Frame:
        """See ``Engine.load``."""
        self._tables[name] = _with_categories(pl.DataFrame(pl.from_arrow(table)))
        return self._frame(name)

    def checkpoint(self, frame: Frame, name: str) -> Frame:
        """See ``Engine.checkpoint``."""
        super().checkpoint(frame, name)
        self._tables[name] = _with_categories(self._tables[name])
        return self._frame(name)

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str | None) -> Frame:
        """See ``Engine.map_batches``: sorted once, cut where the value of ``together`` changes."""
        rows = self._rows(frame, together, name)
        parts = map(arrow, _cut(rows, together)) if rows.height else iter([arrow(rows)])
        return self.load(pa.concat_tables(ahead(function, parts, AT_ONCE)), name)

    def write(self, frame: Frame, path: Path, *, order: str) -> None:
        """See ``Engine.write``."""
        super().write(frame.with_columns(ncs.categorical().cast(nw.String)), path, order=order)

    def close(self) -> None:
        """See ``Engine.close``."""
        super().close()
        self._connection.close()


def _with_categories(table: pl.DataFrame) -> pl.DataFrame:
    """The table with texts as categories; those that came as such stay as they are."""
    return table.with_columns(cs.string().cast(pl.Categorical))


def _cut(rows: pl.DataFrame, together: str | None) -> Iterator[pl.DataFrame]:
    """Parts of rows, sorted by ``together`` and cut so that no value of it is split."""
    if together is None:
        yield from rows.iter_slices(_BATCH)
        return
    values, start = rows[together].to_numpy(), 0
    while start < len(values):
        last = min(start + _BATCH, len(values)) - 1
        end = int(np.searchsorted(values, values[last], side="right"))
        yield rows[start:end]
        start = end
