"""The reference engine: everything in memory, row by row and group by group, so that it is plain to be right.

Every other engine must agree with it (tests/engines, tests/properties). It serves small tables, not whole towns:
``Memory`` reads and groups the rows of those.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import narwhals.stable.v2 as nw
import polars as pl
import pyarrow as pa

from vielfalt.engines.base import Batches, BrokenRow, FileForm, Frame
from vielfalt.engines.rows import cut_rows, nothing_read, plain, refuse_wrong_encoding, text_batch
from vielfalt.engines.trouble import trouble

_BATCH = 100_000
"""Rows that ``convert`` gets at once."""


class Polars:
    """Tables as data frames by name."""

    def __init__(self) -> None:
        self._tables: dict[str, pl.DataFrame] = {}

    def read(self, path: Path, form: FileForm, convert: Batches, name: str) -> tuple[Frame, tuple[BrokenRow, ...]]:
        """See ``Engine.read``: Python's own csv reader, one row after the other."""
        good: list[tuple[int, tuple[str, ...]]] = []
        broken: list[BrokenRow] = []
        with _reported(path):
            for record, row in enumerate(cut_rows(path, form), 1):
                if isinstance(row, str):
                    broken.append(BrokenRow(record, row))
                else:
                    good.append((record, row))
        refuse_wrong_encoding(path, form, tuple(broken), len(good) + len(broken))
        if not good:
            raise nothing_read(path, tuple(broken))
        starts = range(0, len(good), _BATCH)
        parts = [
            convert(text_batch([row for _, row in good[start : start + _BATCH]], form, start + 1)) for start in starts
        ]
        true = pl.Series("record", [record for record, _ in good], dtype=pl.Int64)
        table = pl.DataFrame(pl.from_arrow(plain(pa.concat_tables(parts))))
        self._tables[name] = table.with_columns(true.gather(table["record"] - 1))
        return self._frame(name), tuple(broken)

    def load(self, table: pa.Table, name: str) -> Frame:
        """See ``Engine.load``."""
        self._tables[name] = pl.DataFrame(pl.from_arrow(plain(table)))
        return self._frame(name)

    def checkpoint(self, frame: Frame, name: str) -> Frame:
        """See ``Engine.checkpoint``."""
        with _reported(name):
            self._tables[name] = frame.to_native().collect()
        return self._frame(name)

    def map_batches(self, frame: Frame, function: Batches, name: str, *, together: str | None) -> Frame:
        """See ``Engine.map_batches``: one call for each value of ``together``, in ascending order, or for some rows."""
        rows = self._rows(frame, together, name)
        if not rows.height:
            groups = [rows]
        elif together is None:
            groups = list(rows.iter_slices(_BATCH))
        else:
            groups = rows.partition_by(together, maintain_order=True)
        return self.load(pa.concat_tables([function(arrow(group)) for group in groups]), name)

    def collect(self, frame: Frame) -> pa.Table:
        """See ``Engine.collect``."""
        with _reported(""):
            return arrow(frame.to_native().collect())

    def write(self, frame: Frame, path: Path, *, order: str) -> None:
        """See ``Engine.write``."""
        content = io.BytesIO()
        with _reported(path):
            frame.sort(order).to_native().collect().write_parquet(content, compression="zstd")
            path.write_bytes(content.getvalue())

    def drop(self, name: str) -> None:
        """See ``Engine.drop``."""
        self._tables.pop(name, None)

    def close(self) -> None:
        """See ``Engine.close``."""
        self._tables.clear()

    def _rows(self, frame: Frame, order: str | None, where: str) -> pl.DataFrame:
        """The rows by a column, equal ones as they stood; Polars sorts faster when all rows lie in memory at once."""
        rows: pl.LazyFrame = frame.to_native()
        with _reported(where):
            return (rows.sort(order, maintain_order=True) if order else rows).collect(engine="in-memory")

    def _frame(self, name: str) -> Frame:
        return nw.from_native(self._tables[name].lazy())


@contextmanager
def _reported(where: object) -> Iterator[None]:
    """Turns exceptions of Polars and of the operating system into ours; their text may quote rows and is dropped."""
    try:
        yield
    except (OSError, MemoryError, pl.exceptions.PolarsError) as error:
        raise trouble(error, where) from None


def arrow(rows: pl.DataFrame) -> pa.Table:
    """As an Arrow table with the plain text type, as databases hand it out."""
    return plain(rows.to_arrow())
