"""Text columns as distinct values plus places: what lets Python look at each distinct text once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vielfalt.numbers import Ints

DENSE = 4
"""Up to so many times as many values as rows, each value has a place to be counted at; above, values are looked up."""
_LARGEST = 1 << 62
"""Up to here numbers can be added and multiplied without leaving 64 bits."""


@dataclass(frozen=True)
class Encoded:
    """One text column of a batch: its distinct ``texts`` and, per row, the place among them (int32, null for null)."""

    texts: pa.Array
    indices: pa.Array

    @cached_property
    def values(self) -> Sequence[str]:
        """The distinct texts as Python strings."""
        values: list[str] = self.texts.to_pylist()
        return values

    @cached_property
    def places(self) -> Ints:
        """The places as integers, -1 for null."""
        places: Ints = self.indices.fill_null(-1).to_numpy().astype(np.int64)
        return places

    def spread(self, per_value: pa.Array) -> pa.Array:
        """One result per distinct text, laid out over the rows; null where the row was null.

        Texts are laid out as a dictionary: each distinct one once, and its place per row.
        """
        if not pa.types.is_string(per_value.type):
            return per_value.take(self.indices)
        distinct = per_value.dictionary_encode()
        return pa.DictionaryArray.from_arrays(distinct.indices.take(self.indices), distinct.dictionary)

    def restated(self, meanings: Mapping[str, str | None]) -> Encoded:
        """The column with each text that is listed (outer blanks ignored) replaced by what it means; None is null."""
        place = pc.index_in(pc.utf8_trim_whitespace(self.texts), pa.array([*meanings], pa.string()))
        if place.null_count == len(place):
            return self
        meant = pa.array([*meanings.values()], pa.string()).take(place)
        again = pc.if_else(place.is_valid(), meant, self.texts).dictionary_encode()
        return Encoded(again.dictionary, again.indices.take(self.indices))

    def at(self, rows: Ints) -> list[str]:
        """The stripped texts of these rows; empty where a row is null."""
        found = self.texts.take(self.indices.take(pa.array(rows))).to_pylist()
        return ["" if text is None else text.strip() for text in found]

    def rows_with(self, places: Sequence[int]) -> Ints:
        """The positions of the rows that hold one of the distinct values."""
        wanted = np.zeros(len(self.texts) + 1, dtype=bool)
        wanted[np.asarray(places, dtype=np.int64)] = True
        return np.flatnonzero(wanted[self.places])


def encode(column: pa.ChunkedArray) -> Encoded:
    """The column as distinct values and places; an empty text stays a value of its own."""
    encoded = column.dictionary_encode()
    if not encoded.num_chunks:
        return absent(0)
    indices = pa.chunked_array([chunk.indices for chunk in encoded.chunks]).combine_chunks()
    return Encoded(encoded.chunk(0).dictionary, indices)


def absent(rows: int) -> Encoded:
    """A column the extract does not have: null in every row."""
    return Encoded(pa.array([], pa.string()), pa.nulls(rows, pa.int32()))


def blank_rows(batch: pa.Table) -> Ints:
    """The positions of the rows that hold nothing but blanks in any column."""
    rows = np.arange(batch.num_rows)
    for column in batch.columns:
        if not len(rows):
            break
        texts = column if len(rows) == batch.num_rows else column.take(pa.array(rows))
        blank = pc.equal(pc.utf8_trim_whitespace(texts), "").fill_null(True)
        rows = rows[blank.to_numpy()]
    return rows


def distinct_rows(columns: Sequence[Encoded]) -> tuple[Ints, Ints]:
    """The distinct combinations of several columns: the position of the first row of each, and per row which one."""
    return alike([column.places for column in columns])


def alike(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """The rows that agree in several columns of integers: the first row of each group, and per row which group.

    Groups are numbered from 0 in the order of their first rows. By hashing: sorting a million rows takes five times as
    long. As many columns at a time as fit into one number, because one hash takes as long as another.
    """
    group, groups = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        low, high = int(column.min(initial=0)), int(column.max(initial=0))
        if groups * (high - low + 1) > _LARGEST:
            group, groups = _numbered(group), len(group)
            column, low, high = _numbered(column), 0, len(column)
        group = group * (high - low + 1) + (column - low)
        groups *= high - low + 1
    group = _numbered(group)
    return np.flatnonzero(np.diff(np.maximum.accumulate(group), prepend=-1)), group


def _numbered(values: Ints) -> Ints:
    """Per row the number of its value; values are numbered in the order in which they appear first."""
    low, rows = int(values.min(initial=0)), len(values)
    if int(values.max(initial=0)) - low >= DENSE * rows:
        found: Ints = pa.array(values).dictionary_encode().indices.to_numpy().astype(np.int64)
        return found
    # Close together, the values themselves are places, which takes a fifth of the time of a search.
    place, row = values - low, np.arange(rows)
    first = np.zeros(int(place.max(initial=0)) + 1, dtype=np.int64)
    first[place[::-1]] = row[::-1]  # what is set last stays: the first row of each value
    first_row = first[place]
    numbers: Ints = (np.cumsum(first_row == row) - 1)[first_row]
    return numbers
