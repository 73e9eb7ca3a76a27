"""Secondary suppression (Sekundärsperrung): further cells, so that no hidden cell follows from published totals.

A cell has two totals: the same category in the coarser area, and the coarser category in the same area. Going from
the town down, the cells that share both totals form a small table, which the rectangle rule protects. Decisions are
made from coarse to fine and never touch what is decided already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vielfalt.figures.disclosure import rectangles
from vielfalt.figures.disclosure.division import Division
from vielfalt.figures.disclosure.grids import Category, Grid
from vielfalt.numbers import Ints, Marks

REMAINDERS = frozenset({"without", "none", "german", "germany", "undeterminable", "unknown", "none_or_unknown", "rest"})
"""Categories that hold everyone else. They become partners of a hidden cell first: the other figures say more."""

REMAINDER_COST = 0.01

Hidden = tuple[Marks, ...]
"""Per level of one table: which cells (areas, categories) are hidden."""


@dataclass(frozen=True)
class Chain:
    """One table with what its protection depends on.

    ``above`` is the coarser table and what is hidden of it (None for the root of a chain); ``first`` are the cells to
    be hidden before all others; ``smallest`` is the minimum cell.
    """

    grid: Grid
    above: tuple[Grid, Hidden] | None
    first: Hidden
    division: Division
    smallest: int


@dataclass(frozen=True)
class Unprotectable:
    """Totals that must be hidden before some cell can be protected: table, level, area rows, category columns."""

    table: str
    level: int
    areas: Ints
    columns: Ints


Step = tuple[Marks, list[Unprotectable]]
"""What is hidden on one level, and the totals that stand in the way."""


def suppress(chain: Chain) -> tuple[Hidden, list[Unprotectable]]:
    """What to hide of one table on every level, town first; and totals to be hidden first before starting again."""
    hidden: list[Marks] = []
    trouble: list[Unprotectable] = []
    for level in range(len(chain.grid.values)):
        if chain.above is None:
            marks, found = _areas(chain, level, hidden[-1]) if level else (chain.first[0], [])
        elif level == 0:
            marks, found = _categories(chain, *chain.above)
        else:
            marks, found = _tables(chain, *chain.above, level, hidden[-1])
        hidden.append(marks)
        trouble += found
    return tuple(hidden), trouble


def _areas(chain: Chain, level: int, coarser: Marks) -> Step:
    """A table without categories (residents, households): the areas within one coarser area are one line."""
    values, hidden = chain.grid.values[level][:, 0], chain.first[level][:, 0].copy()
    trouble = []
    for area in range(len(coarser)):
        rows = chain.division.children(level, area)
        if coarser[area, 0]:
            hidden[rows] = True
        elif hidden[rows].any():
            found = rectangles.line(values[None, rows], hidden[rows], values[rows].astype(np.float64), chain.smallest)
            hidden[rows] = True if found is None else found
            if found is None:
                trouble.append(Unprotectable(chain.grid.table.id, level - 1, np.array([area]), np.array([0])))
    return hidden[:, None], trouble


def _categories(chain: Chain, coarse: Grid, coarse_hidden: Hidden) -> Step:
    """The town as a whole: the categories within one coarser category are one line.

    They are a line for someone who knows the residents without an area, too.
    """
    values, hidden = chain.grid.values[0][0], chain.first[0][0].copy()
    cost, both = costs(chain.grid.categories, values), np.stack([values, values - chain.grid.outside])
    trouble = []
    for column in range(len(coarse.categories)):
        columns = np.flatnonzero(chain.grid.parent_column == column)
        if coarse_hidden[0][0, column]:
            hidden[columns] = True
        elif hidden[columns].any():
            found = rectangles.line(both[:, columns], hidden[columns], cost[columns], chain.smallest)
            hidden[columns] = True if found is None else found
            if found is None:
                trouble.append(Unprotectable(coarse.table.id, 0, np.array([0]), np.array([column])))
    return hidden[None, :], trouble


def _tables(chain: Chain, coarse: Grid, coarse_hidden: Hidden, level: int, coarser: Marks) -> Step:
    """One area level: a small table for each coarser area and coarser category that needs protection."""
    grid, values = chain.grid, chain.grid.values[level]
    dead = rectangles.Dead(coarse_hidden[level], coarser, chain.division.parents[level], grid.parent_column)
    hidden: Marks = np.logical_or(*dead.cells)
    merged = rectangles.merged(values[None], chain.first[level], costs(grid.categories, values), dead, chain.smallest)
    area_of = np.concatenate([dead.row_group, np.arange(len(dead.columns))])
    column_of = np.concatenate([dead.column_group, np.arange(dead.rows.shape[1])])
    needed = np.zeros((len(dead.columns), dead.rows.shape[1]), dtype=np.bool_)
    primary_rows, primary_columns = np.nonzero(merged.primary)
    needed[area_of[primary_rows], column_of[primary_columns]] = True
    trouble = []
    for area, column in np.argwhere(needed & ~coarse_hidden[level - 1]):
        rows, columns = np.flatnonzero(area_of == area), np.flatnonzero(column_of == column)
        small = merged.part(rows, columns)
        found = rectangles.pattern(small, chain.smallest)
        rows, columns = rows[:-1], columns[:-1]
        hidden[rows[:, None], columns] |= True if found is None else found
        if found is None:
            trouble.append(_obstacle(chain, coarse, level, rows, columns, small.primary[:-1, :-1]))
    return hidden, trouble


def costs(categories: Sequence[Category], values: Ints) -> rectangles.Costs:
    """What hiding cells (last axis: categories) would cost: more for larger counts, little for everyone else."""
    remainder = np.array([bool(REMAINDERS.intersection(category)) for category in categories], dtype=np.bool_)
    return (1.0 + np.log1p(values)) * np.where(remainder, REMAINDER_COST, 1.0)


def _obstacle(chain: Chain, coarse: Grid, level: int, rows: Ints, columns: Ints, primary: Marks) -> Unprotectable:
    """The totals to hide where no rectangle helps: a lone area or category counts the same people as its total."""
    grid, values = chain.grid, chain.grid.values[level][rows[:, None], columns]
    area, column = chain.division.parents[level][rows[:1]], grid.parent_column[columns[:1]]
    lone_column = np.count_nonzero(values.sum(axis=0)) < 2 <= np.count_nonzero(values.sum(axis=1))
    if not primary.any():
        return Unprotectable(coarse.table.id, level - 1, area, column)
    if lone_column:
        return Unprotectable(coarse.table.id, level, rows[primary.any(axis=1)], column)
    return Unprotectable(grid.table.id, level - 1, area, columns[primary.any(axis=0)])
