"""Text columns as distinct values plus places: what lets Python look at each distinct text once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Encoded:
    """One text column of a batch: its distinct ``values`` and, per row, the place among them (-1 for null)."""

    values: Sequence[str]
    places: Ints

    def spread(self, per_value: Iterable[Any], type: pa.DataType) -> pa.Array:
        """One result per distinct text, laid out over the rows; null where the row was null."""
        results = pa.array([*per_value, None], type=type)
        return results.take(pa.array(np.where(self.places < 0, len(results) - 1, self.places)))

    def text(self, row: int) -> str:
        """The stripped text of one row; empty where it is null."""
        place = int(self.places[row])
        return "" if place < 0 else self.values[place].strip()

    def rows_with(self, places: Sequence[int]) -> Ints:
        """The positions of the rows that hold one of the distinct values."""
        return np.flatnonzero(np.isin(self.places, np.asarray(places, dtype=np.int64)))


def encode(column: pa.Array) -> Encoded:
    """The column as distinct values and places; an empty text stays a value of its own."""
    encoded = column.dictionary_encode()
    return Encoded(encoded.dictionary.to_pylist(), encoded.indices.fill_null(-1).to_numpy().astype(np.int64))


def absent(rows: int) -> Encoded:
    """A column the extract does not have: null in every row."""
    return Encoded((), np.full(rows, -1, dtype=np.int64))


def distinct_rows(columns: Sequence[Encoded]) -> tuple[Ints, Ints]:
    """The distinct combinations of several columns: the position of the first row of each, and per row which one."""
    combined = np.zeros(len(columns[0].places), dtype=np.int64)
    for column in columns:
        combined = combined * (len(column.values) + 1) + column.places + 1
        _, combined = np.unique(combined, return_inverse=True)
    _, first, inverse = np.unique(combined, return_index=True, return_inverse=True)
    return first, inverse
