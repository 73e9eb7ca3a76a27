"""Tables as grids: areas times categories on every area level, and to which coarser table each category belongs.

Residents without an area count in the town's figures but in no area. An attacker is taken to know how many they are
(``outside``), so they protect nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from vielfalt import codes, programme
from vielfalt.cells import UNRESOLVED, Cells
from vielfalt.figures.disclosure.addresses import two_largest
from vielfalt.figures.disclosure.division import Division, row_numbers
from vielfalt.numbers import Ints, Marks
from vielfalt.table import Table

Category = tuple[str, ...]
TOTAL = ":total"
"""What the id of a total bears that no table of the run counts."""


@dataclass(frozen=True)
class Grid:
    """One table: ``values`` per level (town first) as areas times categories.

    ``parent`` is the id of the coarser grid (empty: this one is the root of its chain), ``parent_column`` the column
    there in which each category lies. ``tops`` are the numbers at the two largest addresses of each
    value, first axis (0: unknown).
    """

    table: Table
    categories: tuple[Category, ...]
    values: tuple[Ints, ...]
    tops: tuple[Ints, ...]
    outside: Ints
    parent: str
    parent_column: Ints

    def slices(self, columns: Ints | Marks) -> Marks:
        """The categories of a crossing whose first characteristic is that of one of the columns."""
        firsts = np.array([category[0] for category in self.categories])
        return np.isin(firsts, firsts[columns])

    def beside(self, columns: Sequence[int]) -> Marks:
        """The categories that lie in the same coarser category as one of the columns, which tells one by the others."""
        return np.isin(self.parent_column, self.parent_column[list(columns)])


def grids(cells: Mapping[str, Cells], division: Division, unknown: Mapping[str, pl.DataFrame]) -> dict[str, Grid]:
    """The grids of all tables, each after its parent. A table whose totals are not among them gets them added.

    Such a total (``ID:total``) is not published; it is taken as known to everyone, which residents of an area are.
    """
    found: dict[str, Grid] = {}
    for id in sorted(cells, key=lambda id: _depth(cells[id].table)):
        _add(found, cells[id], division, unknown.get(id))
    return found


def _add(found: dict[str, Grid], cells: Cells, division: Division, unknown: pl.DataFrame | None) -> None:
    table = cells.table
    categories = _categories(cells, unknown)
    values, tops, outside = levels_of(cells, categories, division, table.town_only)
    parent, columns = _parent(table, categories, found)
    if not parent and table.dimensions:
        total = Table(f"{table.id}{TOTAL}", table.title, (), table.definitions, unit=table.unit)
        sums = tuple(level.sum(axis=1, keepdims=True) for level in values)
        none = np.zeros(1, dtype=np.int64)
        found[total.id] = Grid(total, ((),), sums, no_tops(sums), outside.sum(keepdims=True), "", none)
        parent = total.id
    found[table.id] = Grid(table, categories, values, tops, outside, parent, columns)


def _depth(table: Table) -> tuple[int, int]:
    """How many tables of the programme lie above a table; crossings come after all others."""
    depth, current = 0, table.parent
    while current:
        depth, current = depth + 1, _parent_id(current)
    return len(table.dimensions), depth


def _parent_id(id: str) -> str:
    try:
        return programme.table(id).parent
    except KeyError:
        return ""


def _parent(table: Table, categories: tuple[Category, ...], found: Mapping[str, Grid]) -> tuple[str, Ints]:
    """The nearest coarser table among ``found`` and the column of it in which each category lies."""
    keys = [category[0] if category else "" for category in categories]
    if len(table.dimensions) > 1:
        return _lookup(found[table.parent], keys)
    id, dimension = table.parent, table.dimensions[0] if table.dimensions else ""
    while id:
        above = programme.table(id).dimensions
        if above:
            keys = [codes.category(dimension, key).parent for key in keys]
            dimension = above[0]
        if id in found:
            return _lookup(found[id], keys if above else [""] * len(keys))
        id = _parent_id(id)
    return "", np.zeros(len(categories), dtype=np.int64)


def _lookup(grid: Grid, keys: list[str]) -> tuple[str, Ints]:
    return grid.table.id, row_numbers(
        [category[0] if category else "" for category in grid.categories], pl.Series(keys)
    )


def _categories(cells: Cells, unknown: pl.DataFrame | None) -> tuple[Category, ...]:
    """The categories that occur anywhere in the town; for a crossing every pair of them. In the order of the codes."""
    per_dimension = []
    for dimension in cells.table.dimensions:
        keys = set(cells.frame[dimension].unique())
        if unknown is not None:
            keys |= set(unknown[dimension].unique())
        per_dimension.append(_ordered(dimension, keys))
    return tuple(product(*per_dimension))


def _ordered(dimension: str, keys: set[str]) -> list[str]:
    try:
        known = [category.key for category in codes.categories(dimension)]
    except KeyError:
        known = []
    return [key for key in known if key in keys] + sorted(keys.difference(known))


def levels_of(
    cells: Cells, categories: tuple[Category, ...], division: Division, town_only: bool
) -> tuple[tuple[Ints, ...], tuple[Ints, ...], Ints]:
    """Counts and tops per level, and the counts of those without an area, per category."""
    frame = cells.frame
    columns = columns_of(frame, cells.table, categories)
    n = frame["n"].to_numpy().astype(np.int64)
    inside = (frame["area"] != UNRESOLVED).to_numpy()
    rows = row_numbers(division.keys[-1], frame["area"].filter(pl.Series(inside)))
    within = frame.filter(pl.Series(inside))
    outside = np.bincount(columns[~inside], n[~inside], len(categories)).astype(np.int64)
    values, tops = [], []
    for level in range(1 if town_only else len(division.levels)):
        shape = len(division.keys[level]), len(categories)
        size = shape[0] * shape[1]
        place = division.up(rows, level) * len(categories) + columns[inside]
        count = np.bincount(place, n[inside], size).astype(np.int64)
        if level == 0:
            count += outside
        values.append(count.reshape(shape))
        tops.append(two_largest(within, place, shape) if level else two_largest(frame, columns, shape))
    return tuple(values), tuple(tops), outside


def no_tops(values: tuple[Ints, ...]) -> tuple[Ints, ...]:
    """The ``tops`` of a grid of which nobody knows addresses."""
    return tuple(np.zeros((2, *level.shape), dtype=np.int64) for level in values)


def columns_of(frame: pl.DataFrame, table: Table, categories: tuple[Category, ...]) -> Ints:
    """The column of the grid for each row of the frame."""
    columns = np.zeros(frame.height, dtype=np.int64)
    for place, dimension in enumerate(table.dimensions):
        keys = list(dict.fromkeys(category[place] for category in categories))
        columns = columns * len(keys) + row_numbers(keys, frame[dimension])
    return columns


Column = tuple[str, int]
"""One category: table id and column."""


def same_cells(grids: Mapping[str, Grid]) -> Iterator[tuple[Column, Column, int]]:
    """Pairs of categories in this run of which one tells the other, and on how many levels, from the town down."""
    for pairs, levels in ((programme.SAME, None), (programme.SAME_IN_TOWN, 1)):
        for pair in pairs:
            if all(id in grids and (key,) in grids[id].categories for id, key in pair):
                left, right = ((id, grids[id].categories.index((key,))) for id, key in pair)
                yield left, right, levels or len(grids[left[0]].values)


@dataclass(frozen=True)
class CrossedSum:
    """Figures of a crossing (``whole``) that are sums over several first categories of another one (``parts``).

    ``totals`` are their columns, ``inside`` the columns that add up to them, ``outside`` those of everyone else of the
    same second category; ``inside_of`` and ``outside_of`` tell to which of the totals each belongs.
    """

    whole: str
    totals: Ints
    parts: str
    inside: Ints
    inside_of: Ints
    outside: Ints
    outside_of: Ints


def crossed_sums(grids: Mapping[str, Grid]) -> Iterator[CrossedSum]:
    """All of them in this run, as ``programme.SAME_CROSSED`` declares them."""
    crossings = [grid for grid in grids.values() if len(grid.table.dimensions) > 1]
    for (one, key), (other, counterpart) in programme.SAME_CROSSED:
        for whole, parts in product(crossings, crossings):
            if whole.parent != other or parts is whole or whole.table.dimensions[1] != parts.table.dimensions[1]:
                continue
            totals = [number for number, (first, *_) in enumerate(whole.categories) if first == counterpart]
            place = {whole.categories[number][1]: n for n, number in enumerate(totals)}
            of = np.array([place.get(second, -1) for _, second in parts.categories], dtype=np.int64)
            names = _inside(grids, parts, one, key)
            within = np.array([first in names for first, _ in parts.categories], dtype=np.bool_)
            if names:
                inside, outside = np.flatnonzero(within & (of >= 0)), np.flatnonzero(~within & (of >= 0))
                columns = np.array(totals, dtype=np.int64)
                yield CrossedSum(whole.table.id, columns, parts.table.id, inside, of[inside], outside, of[outside])


def gathered_cells(grids: Mapping[str, Grid]) -> Iterator[tuple[Column, tuple[Column, ...]]]:
    """Figures of the town to which rules add up (``programme.GATHERED``), as far as they are in this run."""
    for (id, category), (other, keys) in programme.GATHERED:
        if id in grids and other in grids and category in grids[id].categories:
            parts = [number for number, (key, *_) in enumerate(grids[other].categories) if key in keys]
            if parts:
                yield (id, grids[id].categories.index(category)), tuple((other, part) for part in parts)


def _inside(grids: Mapping[str, Grid], crossing: Grid, above: str, key: str) -> set[str]:
    """The first categories of a crossing that lie in a category of a coarser table; none where that is not above it."""
    grid = grids[crossing.parent]
    columns = np.arange(len(grid.categories))
    names = [category[0] if category else "" for category in grid.categories]
    while grid.table.id != above:
        if not grid.parent:
            return set()
        columns, grid = grid.parent_column[columns], grids[grid.parent]
    return {name for name, column in zip(names, columns, strict=True) if grid.categories[column] == (key,)}


def with_above(grids: Mapping[str, Grid], wanted: set[str]) -> dict[str, Grid]:
    """The tables wanted and all those above them in their chains, in the order of the run."""
    while missing := {grids[id].parent for id in wanted if grids[id].parent} - wanted:
        wanted = wanted | missing
    return {id: grid for id, grid in grids.items() if id in wanted}
