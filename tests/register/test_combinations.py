"""Combinations are numbered once, in the order in which they appear, whatever the batches."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from vielfalt.register.columns import alike
from vielfalt.register.combinations import Combinations

TYPES = {"state": pa.string(), "place": pa.int32()}
ROWS = st.lists(st.tuples(st.sampled_from([None, "000", "163", ""]), st.sampled_from([None, 0, 1, 70_000])), max_size=6)


@given(st.lists(ROWS, max_size=4))
def test_numbers_and_table_are_those_of_a_dictionary(batches: list[list[tuple[str | None, int | None]]]) -> None:
    combinations = Combinations(TYPES)
    expected: dict[tuple[str | None, int | None], int] = {}
    for batch in batches:
        columns = [pa.array([row[at] for row in batch], type) for at, type in enumerate(TYPES.values())]
        places = [combinations.places(name, column) for name, column in zip(TYPES, columns, strict=True)]
        first, group = alike(places)
        found = combinations.numbers([place[first] for place in places])[group]
        assert found.tolist() == [expected.setdefault(row, len(expected)) for row in batch]
    table = combinations.table("number")
    assert table.schema.names == ["number", *TYPES]
    assert table.to_pylist() == [dict(zip(table.schema.names, (at, *row), strict=True)) for row, at in expected.items()]


@given(st.lists(st.tuples(st.integers(-3, 9), st.integers(0, 2**61)), max_size=12), st.booleans())
def test_rows_alike_are_numbered_as_they_appear(rows: list[tuple[int, int]], close: bool) -> None:
    """Values close together are counted off, others looked up: the numbers are the same."""
    wanted = [(one, other % 3 if close else other) for one, other in rows]
    columns = [np.array([row[at] for row in wanted], dtype=np.int64) for at in range(2)]
    first, group = alike(columns)
    expected = {row: number for number, row in enumerate(dict.fromkeys(wanted))}
    assert group.tolist() == [expected[row] for row in wanted]
    assert first.tolist() == [wanted.index(row) for row in expected]


def test_rows_whose_numbers_would_leave_64_bits_stay_apart() -> None:
    """Nine groups times 2^61 values: put into one number, the last row would be taken for the first."""
    far = np.array([0, 0, 0, 0, 2**61 - 1, 0, 0, 0, 0])
    first, group = alike([np.arange(9), far])
    assert first.tolist() == group.tolist() == list(range(9))
