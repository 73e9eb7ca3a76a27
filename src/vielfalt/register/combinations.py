"""Combinations of values numbered while batches of a register pass, without a Python object for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vielfalt.numbers import Ints


@dataclass(frozen=True)
class Combinations:
    """The distinct combinations of some fields (name and type: text or int32) in the order of their first rows."""

    types: Mapping[str, pa.DataType]
    known: dict[str, dict[str, int]] = field(default_factory=dict)
    """Per text field the place of each value; an integer is its own place."""
    found: list[npt.NDArray[np.int32]] = field(default_factory=list)
    """The combinations, those of each batch that were new in it: one row each, a place per field; null is -1."""

    def places(self, name: str, values: pa.Array) -> Ints:
        """Integers (not negative) that stand for the values of one field, the same in every batch; -1 for null."""
        if pa.types.is_integer(values.type):
            integers: Ints = values.fill_null(-1).to_numpy().astype(np.int64)
            return integers
        known = self.known.setdefault(name, {})
        texts = values.to_pylist()
        return np.array([-1 if text is None else known.setdefault(text, len(known)) for text in texts], dtype=np.int64)

    def numbers(self, places: Sequence[Ints]) -> Ints:
        """The number of each combination, which must be distinct; ``places``: one array for each field, as above."""
        rows = np.stack(places, axis=1).astype(np.int32)
        earlier = self._rows()
        numbers: Ints = pc.index_in(_packed(rows), value_set=_packed(earlier)).fill_null(-1).to_numpy().astype(np.int64)
        new = numbers < 0
        numbers[new] = len(earlier) + np.arange(np.count_nonzero(new))
        self.found.append(rows[new])
        return numbers

    def table(self, number: str) -> pa.Table:
        """One row per combination: its number (int64) under that name, and the values of the fields."""
        places = self._rows()
        columns = {number: pa.array(np.arange(len(places)))}
        for place, (name, type) in zip(places.T, self.types.items(), strict=True):
            if pa.types.is_integer(type):
                columns[name] = pa.array(place, type, mask=place < 0)
            else:
                columns[name] = pa.array(self.known.get(name, {}), type).take(pa.array(place, mask=place < 0))
        return pa.table(columns)

    def clear(self) -> None:
        """Forgets all."""
        self.known.clear()
        self.found.clear()

    def _rows(self) -> npt.NDArray[np.int32]:
        return np.concatenate([np.empty((0, len(self.types)), np.int32), *self.found])


def _packed(rows: npt.NDArray[np.int32]) -> pa.Array:
    """Each row as one value that can be looked up."""
    width = pa.binary(rows.itemsize * rows.shape[1])
    return pa.Array.from_buffers(width, len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])
