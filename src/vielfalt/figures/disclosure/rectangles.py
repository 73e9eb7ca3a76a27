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

import numpy as np
import numpy.typing as npt

from vielfalt.figures.disclosure.division import Ints, Marks, any_of

Costs = npt.NDArray[np.float64]
Rectangle = tuple[Ints, Ints]
"""Its rows and its columns."""


@dataclass(frozen=True)
class Small:
    """One small table: counts, cells to be protected, dead rows and columns, and what hiding each cell would cost."""

    values: Ints
    primary: Marks
    dead_rows: Marks
    dead_columns: Marks
    cost: Costs


def pattern(small: Small, smallest: int) -> Marks | None:
    """Which cells (rows, columns) to hide; None when the published totals leave no way to protect the cells."""
    values, primary, cost = _merge(small, smallest)
    merged = primary.copy()
    left = primary & (values > 0).any(axis=0)
    for find in (_pair, _grown):
        for row, column in np.argwhere(left):
            if left[row, column]:
                found = find(values, int(row), int(column), left, np.where(merged, 0.0, cost), smallest)
                if found is not None:
                    merged[np.ix_(*found)], left[np.ix_(*found)] = True, False
    if left.any():
        return None
    hidden = small.dead_rows[:, None] | small.dead_columns[None, :]
    hidden[np.ix_(~small.dead_rows, ~small.dead_columns)] = merged[:-1, :-1]
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
    while any(line.any() and (np.count_nonzero(line) < 2 or line.sum() < smallest) for line in values[:, hidden]):
        partner = next(partners, None)
        if partner is None:
            return None
        hidden[partner] = True
    return hidden


def _merge(small: Small, smallest: int) -> tuple[Ints, Marks, Costs]:
    """Counts, primary cells and costs of the live rows and columns.

    The sum of the dead rows is the last row, the sum of the dead columns the last column. They cost nothing; a merged
    cell is as good as published, so it must be protected where it is too small.
    """
    rows, columns = ~small.dead_rows, ~small.dead_columns
    values = np.zeros((len(small.values), rows.sum() + 1, columns.sum() + 1), dtype=np.int64)
    live, dead = small.values[:, rows], small.values[:, ~rows].sum(axis=1)
    values[:, :-1, :-1], values[:, :-1, -1] = live[:, :, columns], live[:, :, ~columns].sum(axis=2)
    values[:, -1, :-1], values[:, -1, -1] = dead[:, columns], dead[:, ~columns].sum(axis=1)
    primary = any_of((values > 0) & (values < smallest), 0)
    cost = np.zeros(primary.shape)
    primary[:-1, :-1], cost[:-1, :-1] = small.primary[np.ix_(rows, columns)], small.cost[np.ix_(rows, columns)]
    return values, primary, cost


def _pair(values: Ints, row: int, column: int, left: Marks, cost: Costs, smallest: int) -> Rectangle | None:  # noqa: ARG001
    """The cheapest second row and second column that protect a cell; None when no two do."""
    cell, in_row, in_column = values[:, row, column, None, None], values[:, row, None, :], values[:, :, column, None]
    first_row, second_row = cell + in_row, in_column + values
    first_column, second_column = cell + in_column, in_row + values
    enough = (first_row >= smallest) & (second_row >= smallest)
    enough &= (first_column >= smallest) & (second_column >= smallest)
    good = (enough | (first_row + second_row == 0)).all(axis=0)
    good[row], good[:, column] = False, False
    if not good.any():
        return None
    price = np.where(good, cost[row][None, :] + cost[:, column][:, None] + cost, np.inf)
    second = np.unravel_index(int(price.argmin()), price.shape)
    return np.array([row, second[0]]), np.array([column, second[1]])


def _grown(values: Ints, row: int, column: int, left: Marks, cost: Costs, smallest: int) -> Rectangle | None:
    """A rectangle that protects a cell and those ``left`` in its row or column, grown as far as it takes."""
    rows, columns = np.arange(len(left)) == row, np.arange(left.shape[1]) == column
    if np.count_nonzero(left[:, column]) >= np.count_nonzero(left[row]):
        rows |= left[:, column]
    else:
        columns |= left[row]
    while True:
        hidden = values[:, rows][:, :, columns]
        in_rows, in_columns = hidden.sum(axis=2), hidden.sum(axis=1)
        more_rows, more_columns = _short(in_columns, in_rows, smallest), _short(in_rows, in_columns, smallest)
        if more_rows is None and more_columns is None:
            return np.flatnonzero(rows), np.flatnonzero(columns)
        turned = (values.transpose(0, 2, 1)[:, :, rows], cost.T[:, rows])
        if more_rows is not None and _grow(rows, values[:, :, columns], cost[:, columns], more_rows, smallest):
            continue
        # Where the lines wanted are used up, more places may bring new ones into play.
        if more_columns is None:
            more_columns = np.ones(len(turned[1].T), dtype=np.bool_)
        if not _grow(columns, *turned, more_columns, smallest) and not _grow(
            rows, values[:, :, columns], cost[:, columns], np.ones(columns.sum(), dtype=np.bool_), smallest
        ):
            return None


def _short(across: Ints, along: Ints, smallest: int) -> Marks | None:
    """Where a rectangle needs more lines: the sums ``across`` the lines that are too small; None where it needs none.

    Each sum ``along`` a line must also leave enough in the other lines together.
    """
    thin = any_of((across > 0) & (across < smallest), 0)
    others = along.sum(axis=1, keepdims=True) - along
    lonely = ((along > 0) & (others < smallest)).any()
    return np.ones_like(thin) if lonely and not thin.any() else thin if thin.any() else None


def _grow(chosen: Marks, values: Ints, cost: Costs, wanted: Marks, smallest: int) -> bool:
    """Adds a line to those chosen: one that holds something where it is wanted, rather enough of it, the cheapest.

    ``values`` (stack, line, place) and ``cost`` (line, place) are those of the places in the rectangle. False when no
    line is left that is not empty there.
    """
    shared = values[:, :, wanted].sum(axis=(0, 2))
    free = np.flatnonzero(~chosen & (shared > 0))
    if not free.size:
        return False
    order = np.lexsort((cost.sum(axis=1)[free], shared[free] < smallest))
    chosen[free[order[0]]] = True
    return True
