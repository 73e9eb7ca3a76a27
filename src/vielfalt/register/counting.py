"""From classified residents to counted cells: how many in each, the sum of their record keys, the largest addresses.

All tables are counted in one pass over the residents, and their largest addresses found in a second one: numpy counts
what a batch of residents holds, and the engine adds that up. To ask a database for one table after the other took half
as long again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from vielfalt.cells import LEAST_DOMINANCE
from vielfalt.engines.base import Engine, Frame
from vielfalt.numbers import Ints, Marks
from vielfalt.register.columns import DENSE, alike
from vielfalt.table import Table

Columns = Mapping[str, npt.NDArray[Any]]
"""What is known of residents, column by column."""
_FIRST = "household_first"
_MEASURED = ("key", "address")


@dataclass(frozen=True)
class Numbered:
    """A table whose cells are numbers from ``begin`` on, with the places of its columns as digits.

    ``columns``: area and dimensions, in the order of the digits; ``sizes``: how many places each has.
    """

    table: Table
    begin: int
    columns: tuple[str, ...]
    sizes: tuple[int, ...]

    @property
    def end(self) -> int:
        """The number behind the last cell."""
        return self.begin + prod(self.sizes)

    def cells(self, people: Columns) -> Ints:
        """The cell of each resident, counted from the first of this table."""
        cell = people["area"].astype(np.int64)
        for column, size in zip(self.columns[1:], self.sizes[1:], strict=True):
            cell *= size
            cell += people[column]
        return cell

    def frame(self, counted: pl.DataFrame) -> pl.DataFrame:
        """Those rows of ``counted`` (by ``cell``) that are cells of this table, with the places of their columns."""
        found = counted.filter(pl.col("cell").is_between(self.begin, self.end, closed="left"))
        digits, rest = {}, found["cell"] - self.begin
        for column, size in zip(reversed(self.columns), reversed(self.sizes), strict=True):
            digits[column], rest = rest % size, rest // size
        return found.with_columns(**digits)


def numbered(tables: Sequence[Table], sizes: Mapping[str, int]) -> list[Numbered]:
    """The tables with their cells numbered through; ``sizes``: how many places area and dimensions have."""
    found, begin = list[Numbered](), 0
    for table in tables:
        columns = ("area", *table.dimensions)
        found.append(Numbered(table, begin, columns, tuple(sizes[column] for column in columns)))
        begin = found[-1].end
    return found


def counted(engine: Engine, people: Frame, tables: Sequence[Numbered], *, second: bool) -> pl.DataFrame:
    """Per ``cell`` that somebody is in: ``n``, ``key_sum``, and how many live at its largest address (``top``).

    With ``second`` the two largest addresses of every cell are found, one table after the other, for these are many.
    Without it that is 0, and so is ``top`` where no address could dominate the cell.
    """
    counts = _counts(engine, people, tables)
    if second:
        every = np.ones(tables[-1].end, dtype=np.bool_)
        tops = pl.concat([_at_addresses(engine, people, [table], every, _two_largest) for table in tables])
    else:
        tops = _at_addresses(engine, people, tables, _dominable(engine, people, tables, counts), _largest)
    return counts.join(tops, on="cell", how="left").with_columns(pl.col("top", "second").fill_null(0))


def _counts(engine: Engine, people: Frame, tables: Sequence[Numbered]) -> pl.DataFrame:
    asked = people.select(*_columns(tables), "key")
    parts = engine.map_batches(asked, partial(_counted, tables=tables), "counts", together=None)
    found = _collected(engine, parts.group_by("cell").agg(nw.col("n", "key_sum").sum()))
    engine.drop("counts")
    return found


def _dominable(engine: Engine, people: Frame, tables: Sequence[Numbered], counts: pl.DataFrame) -> Marks:
    """Per cell whether its area has an address so large that it could dominate the cell."""
    addresses = people.group_by("area", "address").agg(nw.len().alias("n"))
    largest = _collected(engine, addresses.group_by("area").agg(nw.col("n").max().alias("largest")))
    marked = np.zeros(tables[-1].end, dtype=np.bool_)
    for table in tables:
        cells = table.frame(counts).join(largest, on="area")
        marked[cells.filter(pl.col("n") * LEAST_DOMINANCE <= pl.col("largest"))["cell"].to_numpy()] = True
    return marked


def _at_addresses(
    engine: Engine, people: Frame, tables: Sequence[Numbered], asked: Marks, largest: Callable[[Frame], Frame]
) -> pl.DataFrame:
    """Per cell that is asked for what ``largest`` makes of the numbers of its residents at each address (``here``)."""
    listed = partial(_listed, tables=tables, asked=asked)
    parts = engine.map_batches(people.select(*_columns(tables), "address"), listed, "at addresses", together=None)
    found = _collected(engine, largest(parts.group_by("cell", "address").agg(nw.len().alias("here"))))
    engine.drop("at addresses")
    return found


def _largest(here: Frame) -> Frame:
    tops = here.group_by("cell").agg(nw.col("here").max().alias("top"))
    return tops.with_columns(nw.lit(0).alias("second"))


def _two_largest(here: Frame) -> Frame:
    """Of every cell: which ones the p% rule needs cannot be told before.

    The rule holds of one cell only if x - x1 - x2 < p/100 x1, which with x2 <= x1 gives x1 > x / (2 + p/100). That
    tells which cells of the finest areas can break it, but in the sum of two areas x2 may live in the one and x1 in
    the other, so a cell with many small addresses decides there too.
    """
    beside = here.with_columns(nw.col("here").max().over("cell").alias("top")).with_columns(
        (nw.col("here") == nw.col("top")).cast(nw.Int64).alias("times"),
        nw.when(nw.col("here") < nw.col("top")).then(nw.col("here")).otherwise(nw.lit(0)).alias("less"),
    )
    found = beside.group_by("cell").agg(nw.col("top", "less").max(), nw.col("times").sum())
    second = nw.when(nw.col("times") > 1).then(nw.col("top")).otherwise(nw.col("less"))
    return found.select("cell", "top", second.alias("second"))


def _columns(tables: Sequence[Numbered]) -> list[str]:
    """What has to be known of residents to find their cells."""
    first = [_FIRST] if any(_of_households(table) for table in tables) else []
    return list(dict.fromkeys([*first, *(column for table in tables for column in table.columns)]))


def _of_households(table: Numbered) -> bool:
    return table.table.unit == "households"


def _placed(people: pa.Table, tables: Sequence[Numbered]) -> Iterator[tuple[Numbered, Columns, Ints]]:
    """Per table those of these residents whom it counts (of a household the first one), and the cell of each."""
    everyone = {
        name: people.column(name).combine_chunks().to_numpy(zero_copy_only=False) for name in people.column_names
    }
    firsts = np.flatnonzero(everyone.pop(_FIRST)) if _FIRST in everyone else ()
    of_households = {name for table in tables if _of_households(table) for name in (*table.columns, *_MEASURED)}
    heads = {name: column[firsts] for name, column in everyone.items() if name in of_households}
    for table in tables:
        concerned = heads if _of_households(table) else everyone
        yield table, concerned, table.cells(concerned)


def _counted(people: pa.Table, tables: Sequence[Numbered]) -> pa.Table:
    """The cells of all tables that hold some of these residents: ``cell``, ``n``, ``key_sum``."""
    found = []
    for table, concerned, cell in _placed(people, tables):
        cells, place = np.arange(table.end - table.begin), cell
        if len(cells) > DENSE * len(cell):
            first, place = alike([cell])
            cells = cell[first]
        n, key_sum = np.bincount(place, minlength=len(cells)), np.zeros(len(cells), dtype=np.int64)
        np.add.at(key_sum, place, concerned["key"])
        held = np.flatnonzero(n)
        found.append((table.begin + cells[held], n[held], key_sum[held]))
    return _table(("cell", "n", "key_sum"), found)


def _listed(people: pa.Table, tables: Sequence[Numbered], asked: Marks) -> pa.Table:
    """The residents in cells that are asked for, once per such cell: ``cell``, ``address``."""
    found = []
    for table, concerned, cell in _placed(people, tables):
        rows = np.flatnonzero(asked[table.begin : table.end][cell])
        found.append((table.begin + cell[rows], concerned["address"][rows]))
    return _table(("cell", "address"), found)


def _table(names: Sequence[str], parts: Sequence[Sequence[Ints]]) -> pa.Table:
    columns = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pa.table(dict(zip(names, columns, strict=True)))


def _collected(engine: Engine, frame: Frame) -> pl.DataFrame:
    """The frame in memory, all of it 64-bit integers."""
    return pl.DataFrame(pl.from_arrow(engine.collect(frame))).cast(pl.Int64)
