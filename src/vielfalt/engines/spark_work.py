"""What the machines of a Spark do in Python: each function turns a stream of rows into tables.

What they make of the rows of a town they write into the scratch folder themselves: Java takes rows one by one, and
took longer to write them than Python to make them. A file appears whole or not at all, and under the same name when
the work is repeated.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from vielfalt.engines.base import Batches, Conversion, FileForm
from vielfalt.engines.groups import cut_between, gathered
from vielfalt.engines.parts import Part, Placed, look_through, readable_rows
from vielfalt.engines.rows import plain

FOUND = pa.schema(
    {
        "place": pa.int64(),
        "end": pa.int64(),
        "readable": pa.int64(),
        "plain": pa.bool_(),
        "record": pa.int64(),
        "reason": pa.string(),
    }
)
SEEN = pa.schema({"place": pa.int64(), "seen": pa.binary()})
DONE = pa.schema({"rows": pa.int64()})
_AT_ONCE = 500_000
"""Rows that are grouped at once."""

Work = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.Table]]
"""What a machine does with a stream of rows."""


def looked_through(
    batches: Iterable[pa.RecordBatch], path: Path, form: FileForm, parts: Sequence[Part]
) -> Iterator[pa.Table]:
    """What is found in the parts whose places come in: a row of FOUND for each, and one for each broken row."""
    for place in _numbered(batches):
        found = look_through(path, form, parts[place])
        told = [(0, None), *((row.record, row.reason) for row in found.broken)]
        records, reasons = zip(*told, strict=True)
        count = len(told)
        whole = ([each] * count for each in (place, found.end, found.readable, found.plain))
        columns = (*whole, records, reasons)
        yield pa.table(dict(zip(FOUND.names, columns, strict=True)), FOUND)


def converted(
    batches: Iterable[pa.RecordBatch],
    path: Path,
    form: FileForm,
    convert: Conversion,
    parts: Sequence[Placed],
    folder: Path,
) -> Iterator[pa.Table]:
    """Keeps the typed rows of parts in ``folder``, and tells what their conversions have seen (SEEN)."""
    for place in _numbered(batches):
        rows, true = readable_rows(path, form, parts[place])
        if not rows.num_rows:
            continue
        apart = convert.apart()
        table = apart(rows)
        records = pa.array(true[table.column("record").to_numpy() - parts[place].readable - 1])
        kept(iter([table.set_column(table.column_names.index("record"), "record", records)]), folder, place)
        yield pa.table({"place": [place], "seen": [apart.sealed()]}, SEEN)


def united(batches: Iterable[pa.RecordBatch], apart: Path, folder: Path) -> Iterator[pa.Table]:
    """Keeps the rows of parts with the numbers of the whole, which lie beside them, in ``folder``."""
    for place in _numbered(batches):
        if not numbers_of(apart, place).exists():
            continue  # nothing of that part could be read
        renumber: Batches = pickle.loads(numbers_of(apart, place).read_bytes())
        yield kept(map(renumber, [pq.read_table(apart / f"{place}.parquet")]), folder, place)


def numbers_of(apart: Path, place: int) -> Path:
    """Where what turns the numbers of a part into those of the whole lies, for ``united``."""
    return apart / f"{place}.numbers"


def grouped(
    batches: Iterable[pa.RecordBatch], function: Batches, together: str | None, folder: Path
) -> Iterator[pa.Table]:
    """Keeps in ``folder`` what the function makes of rows sorted by ``together``, of which no value is split."""
    from pyspark import TaskContext

    task = TaskContext.get()
    assert task is not None
    larger = map(pa.concat_batches, gathered(batches, _AT_ONCE))
    yield kept(map(function, cut_between(larger, together)), folder, int(task.partitionId()))


def kept(tables: Iterator[pa.Table], folder: Path, place: int) -> pa.Table:
    """Writes tables as one file of ``folder``, and tells of how many rows (DONE); without rows there is no file."""
    tables = map(plain, tables)
    first = next(tables, None)
    rows = 0
    if first is not None:
        repeated = [field.name for field in first.schema if pa.types.is_string(field.type)]
        whole = _whole(folder / f"{place}.parquet")
        with whole as path, pq.ParquetWriter(path, first.schema, use_dictionary=repeated) as writer:
            for table in chain((first,), tables):
                writer.write_table(table)
                rows += table.num_rows
    return pa.table({"rows": [rows]}, DONE)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A path beside this one, whose file takes its place when it is finished."""
    growing = path.with_name(f".{path.name}-{uuid4().hex}")
    yield growing
    growing.replace(path)


def _numbered(batches: Iterable[pa.RecordBatch]) -> Iterator[int]:
    for batch in batches:
        yield from batch.column(0).to_pylist()
