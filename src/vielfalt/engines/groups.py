"""Cutting a sorted stream of rows so that rows of equal value stay together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa


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
