"""Streams of rows: batches put together, and cut so that rows of equal value stay together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa


def gathered(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[list[pa.RecordBatch]]:
    """Batches put together until they hold so many rows; the last ones may hold fewer, and none is empty.

    What has to be made ready for each is made less often then, and distinct values repeat among more rows.
    """
    waiting: list[pa.RecordBatch] = []
    for batch in filter(len, batches):
        waiting.append(batch)
        if sum(map(len, waiting)) >= rows:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def cut_between(batches: Iterable[pa.RecordBatch], together: str | None) -> Iterator[pa.Table]:
    """Parts of a stream sorted by ``together``, cut so that no value of it is split; without it, as they come."""
    waiting: pa.Table | None = None
    for batch in filter(len, batches):
        table = pa.Table.from_batches([batch])
        if together is None:
            yield table
            continue
        waiting = table if waiting is None else pa.concat_tables([waiting, table])
        values = waiting.column(together).to_numpy()
        end = int(np.searchsorted(values, values[-1], side="left"))
        if end:
            yield waiting.slice(0, end)
            waiting = waiting.slice(end)
    if waiting is not None and waiting.num_rows:
        yield waiting
