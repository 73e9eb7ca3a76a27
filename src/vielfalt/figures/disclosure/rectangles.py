"""The rectangle rule: which cells of one small table to hide so that no hidden cell can be recomputed.

A small table has rows and columns whose totals are published. If cells are hidden as a complete rectangle of rows R
and columns K, with hidden row sums r, column sums c and total N, then each hidden cell can be anything from
max(0, r + c - N) to min(r, c): an interval of the width min(r, c, N - r, N - c). The rule covers every cell to be
protected with a rectangle in which this width is at least the smallest publishable number
(proof: docs/explanation/disclosure-control.md). It takes two rows and two columns where that is enough, as the
hypercube method does (Repsilber 1994), and more where it is not.

Rows or columns whose own total is hidden ("dead") are hidden whole. Their sum is known, so they enter as one merged
row or column. ``values`` are stacks of tables (stack, rows, columns) that must be hidden in the same pattern; a chain
of tables has a stack of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from vielfalt.figures.disclosure.division import all_of, any_of
from vielfalt.numbers import Ints, Marks

Costs = npt.NDArray[np.float64]
Rectangle = tuple[Ints, Ints]
"""Its rows and its columns, as an index of the cells in it."""

AT_ONCE = 1_000_000
"""So many counts are looked at together when the partners of cells are sought; more would only take memory."""


@dataclass(frozen=True)
class Dead:
    """Whose totals are hidden: rows (row, group of columns) and columns (group of rows, column), and those groups.

    One group of rows and one group of columns are one small table; a grid holds many of them.
    """

    rows: Marks
    columns: Marks
    row_group: Ints
    column_group: Ints

    @property
    def cells(self) -> tuple[Marks, Marks]:
        """Which cells lie in dead rows, and which in dead columns."""
        return self.rows[:, self.column_group], self.columns[self.row_group]


@dataclass(frozen=True)
class Small:
    """Small tables after merging: counts, cells to be protected, and what hiding each cell would cost.

    Their own rows and columns come first, then the sum of the dead rows of each group of rows, and that of the dead
    columns of each group of columns. Every cell costs something unless it is hidden already.
    """

    values: Ints
    primary: Marks
    cost: Costs

    def part(self, rows: Ints, columns: Ints) -> Small:
        """Some rows and columns of it."""
        cells = rows[:, None], columns
        return Small(self.values[:, *cells], self.primary[cells], self.cost[cells])


def merged(values: Ints, primary: Marks, cost: Costs, dead: Dead, smallest: int) -> Small:
    """The counts of the dead rows and columns moved to their sums; zeros stay behind, and are never a partner.

    The sums cost nothing; they are as good as published, so they must be protected where they are too small.
    """
    stack, rows, columns = values.shape
    dead_row, dead_column = dead.cells
    size = rows + len(dead.columns), columns + dead.rows.shape[1]
    to_row = np.where(dead_row, rows + dead.row_group[:, None], np.arange(rows)[:, None])
    to_column = np.where(dead_column, columns + dead.column_group, np.arange(columns))
    counts = np.zeros((stack, *size), dtype=np.int64)
    np.add.at(counts.reshape(stack, -1).T, (to_row * size[1] + to_column).ravel(), values.reshape(stack, -1).T)
    small = any_of((counts > 0) & (counts < smallest), 0)
    small[:rows, :columns] = primary & ~dead_row & ~dead_column
    price = np.zeros(size)
    price[:rows, :columns] = cost
    return Small(counts, small, price)


def pattern(small: Small, smallest: int) -> Marks | None:
    """Which cells (rows, columns) to hide in one small table, its dead rows and columns left aside.

    None when the published totals leave no way to protect the cells.
    """
    left, cost = small.primary & any_of(small.values > 0, 0), np.where(small.primary, 0.0, small.cost)
    _pairs(small.values, left, cost, smallest)
    for row, column in zip(*left.nonzero(), strict=True):
        if left[row, column]:
            found = _grown(small.values, row, column, left, cost, smallest)
            if found is None:
                return None
            left[found], cost[found] = False, 0.0
    hidden: Marks = cost[:-1, :-1] == 0
    return hidden


def line(values: Ints, primary: Marks, cost: Costs, smallest: int) -> Marks | None:
    """Which cells of a single row or column with a known total to hide; None when there is no partner.

    At least two cells that are not empty, together at least ``smallest``: each can then be anything from 0 to the sum.
    Empty cells alone need no partner. ``values`` is a stack of lines (stack, cells) to be hidden alike.
    """
    hidden = primary.copy()
    partners = iter(
        [place for place in np.argsort(cost, kind="stable") if values[:, place].all() and not primary[place]]
    )
    while any(line.any() and _too_little(line, smallest) for line in values[:, hidden]):
        partner = next(partners, None)
        if partner is None:
            return None
        hidden[partner] = True
    return hidden


def _too_little(line: Ints, smallest: int) -> bool:
    """Whether the hidden cells of a line leave too little room, to somebody who knows which of them are not empty."""
    filled = np.count_nonzero(line)
    return bool(filled < 2 or line.sum() - filled < smallest)


def _pairs(values: Ints, left: Marks, cost: Costs, smallest: int) -> None:
    """Protects each cell ``left`` by the cheapest second row and second column, unless no two do."""
    rows, columns = left.nonzero()
    at_once = max(1, AT_ONCE // values.size)
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once], columns[start : start + at_once]
        partners = _partners(values, *some, smallest)
        useless, any_good = np.where(partners, 0.0, np.inf), any_of(partners, (1, 2))
        for row, column, extra, good in zip(*(each.tolist() for each in some), useless, any_good.tolist(), strict=True):
            if good and left[row, column]:
                price = cost[row] + cost[:, column, None] + cost + extra
                second_row, second_column = divmod(int(price.argmin()), len(price[0]))
                for cell in product((row, second_row), (column, second_column)):
                    left[cell], cost[cell] = False, 0.0


def _partners(values: Ints, rows: Ints, columns: Ints, smallest: int) -> Marks:
    """For each cell (first axis): which second row with which second column protects it.

    Each two cells that share a row or column must be enough together, or all four be empty.
    """
    cells = np.arange(len(rows))
    cell = values[:, rows, columns].T[:, :, None, None]
    beside = values[:, rows].transpose(1, 0, 2)[:, :, None, :]
    below = values[:, :, columns].transpose(2, 0, 1)[:, :, :, None]
    enough = np.minimum(cell, values) + np.minimum(beside, below) >= smallest
    empty = (cell + beside == 0) & (below == 0) & (values == 0)
    good = all_of(enough | empty, 1)
    good[cells, rows], good[cells, :, columns] = False, False
    return good


def _grown(values: Ints, row: int, column: int, left: Marks, cost: Costs, smallest: int) -> Rectangle | None:
    """A rectangle that protects a cell and those ``left`` in its row or column, grown as far as it takes."""
    rows, columns = np.arange(len(left)) == row, np.arange(left.shape[1]) == column
    if np.count_nonzero(left[:, column]) >= np.count_nonzero(left[row]):
        rows |= left[:, column]
    else:
        columns |= left[row]
    total = values.sum(axis=0)
    while True:
        in_rows, in_columns = values @ columns * rows, rows @ values * columns
        more_rows = _short(in_columns, in_rows, columns, smallest)
        if more_rows is not None and _grow(rows, total, cost, columns, more_rows, smallest):
            continue
        more_columns = _short(in_rows, in_columns, rows, smallest)
        if more_rows is None and more_columns is None:
            return np.flatnonzero(rows)[:, None], np.flatnonzero(columns)
        # Where the lines wanted are used up, more places may bring new ones into play.
        wanted = rows if more_columns is None else more_columns
        if not _grow(columns, total.T, cost.T, rows, wanted, smallest) and not _grow(
            rows, total, cost, columns, columns, smallest
        ):
            return None


def _short(across: Ints, along: Ints, places: Marks, smallest: int) -> Marks | None:
    """Where a rectangle needs more lines: at the ``places`` where the sums ``across`` the lines are too small.

    Each sum ``along`` a line must also leave enough in the other lines together. None where nothing is needed.
    """
    thin = any_of((across > 0) & (across < smallest), 0)
    if np.count_nonzero(thin):
        return thin
    others = np.add.reduce(along, axis=1, keepdims=True) - along
    return places if np.count_nonzero((along > 0) & (others < smallest)) else None


def _grow(chosen: Marks, values: Ints, cost: Costs, places: Marks, wanted: Marks, smallest: int) -> bool:
    """Adds a line to those chosen: one that holds something where it is wanted, rather enough of it, the cheapest.

    ``values`` and ``cost`` (line, place); ``places`` are those of the rectangle, ``wanted`` some of them. False when no
    line is left that is not empty there.
    """
    shared = values @ wanted
    free = ~chosen & (shared > 0)
    enough = free & (shared >= smallest)
    (lines,) = (enough if np.count_nonzero(enough) else free).nonzero()
    if not lines.size:
        return False
    chosen[lines[np.add.reduce(cost[:, places], axis=1)[lines].argmin()]] = True
    return True
