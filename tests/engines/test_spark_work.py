"""What the machines of a Spark keep, whatever becomes of them on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from vielfalt.engines.groups import gathered
from vielfalt.engines.spark_work import kept


def tables(*numbers: int) -> Iterator[pa.Table]:
    return (pa.table({"n": [number], "text": [str(number)]}) for number in numbers)


def test_work_that_is_repeated_leaves_its_rows_once(tmp_path: Path) -> None:
    for _ in range(2):
        assert kept(tables(1, 2), tmp_path, 7).to_pylist() == [{"rows": 2}]
    assert [path.name for path in tmp_path.iterdir()] == ["7.parquet"]
    assert pq.read_table(tmp_path / "7.parquet").to_pydict() == {"n": [1, 2], "text": ["1", "2"]}


def test_work_that_fails_leaves_no_file_that_would_be_read(tmp_path: Path) -> None:
    def failing() -> Iterator[pa.Table]:
        yield from tables(1)
        raise OSError("lost")

    with pytest.raises(OSError, match="lost"):
        kept(failing(), tmp_path, 1)
    # Spark reads no file whose name begins with a dot.
    assert all(path.name.startswith(".") for path in tmp_path.iterdir())


def test_without_rows_there_is_no_file(tmp_path: Path) -> None:
    assert kept(tables(), tmp_path, 1).to_pylist() == [{"rows": 0}]
    assert [*tmp_path.iterdir()] == []


def test_small_batches_are_put_together_in_their_order() -> None:
    batches = [pa.record_batch({"n": pa.array([number] * (number % 3), pa.int64())}) for number in range(1, 9)]
    larger = [pa.Table.from_batches(together) for together in gathered(batches, 3)]
    assert pa.concat_tables(larger).equals(pa.Table.from_batches(batches))
    assert all(rows.num_rows >= 3 for rows in larger[:-1]) and len(larger) < len(batches)
