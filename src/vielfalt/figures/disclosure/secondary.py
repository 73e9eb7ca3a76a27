"""Secondary suppression (Ergänzungssperrung): further cells, so that no hidden cell follows from published totals.

A cell has two totals: the same category in the coarser area, and the coarser category in the same area. Going from
the town down, the cells that share both totals form a small table, which the rectangle rule protects. Decisions are
made from coarse to fine and never touch what is decided already.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vielfalt.figures.disclosure import rectangles
from vielfalt.figures.disclosure.division import Division, Ints, Marks
from vielfalt.figures.disclosure.grids import Category, Grid

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
    grid, division = chain.grid, chain.division
    dead_rows = coarse_hidden[level]
    hidden: Marks = dead_rows[:, grid.parent_column] | coarser[division.parents[level]]
    trouble = []
    for area, column in _needed(chain, level, dead_rows, coarser):
        if coarse_hidden[level - 1][area, column]:
            continue
        rows, columns = division.children(level, area), np.flatnonzero(grid.parent_column == column)
        block = np.ix_(rows, columns)
        values = grid.values[level][block]
        small = rectangles.Small(
            values[None],
            chain.first[level][block],
            dead_rows[rows, column],
            coarser[area, columns],
            costs([grid.categories[place] for place in columns], values),
        )
        found = rectangles.pattern(small, chain.smallest)
        hidden[block] = True if found is None else found
        if found is None:
            trouble.append(_obstacle(grid, coarse, level, area, rows, columns, small))
    return hidden, trouble


def _needed(chain: Chain, level: int, dead_rows: Marks, dead_columns: Marks) -> Iterator[tuple[int, int]]:
    """The small tables (coarser area, coarser category) in which something must be protected.

    That is where a cell is primary, and where the sum over dead rows or columns, which everyone can compute, is small.
    """
    values, parents, groups = chain.grid.values[level], chain.division.parents[level], chain.grid.parent_column
    areas, categories = len(dead_columns), dead_rows.shape[1]
    row_dead, column_dead = dead_rows[:, groups], dead_columns[parents]

    def thin(sums: Ints) -> Ints:
        return ((sums > 0) & (sums < chain.smallest)).astype(np.int64)

    def by_area(cells: Ints) -> Ints:
        return _sums(cells, parents, areas)

    def by_category(cells: Ints) -> Ints:
        return _sums(cells.T, groups, categories).T

    primary = (chain.first[level] & ~row_dead & ~column_dead).astype(np.int64)
    needed = by_category(by_area(primary)) + by_area(thin(by_category(np.where(column_dead & ~row_dead, values, 0))))
    needed += by_category(thin(by_area(np.where(row_dead & ~column_dead, values, 0))))
    needed += thin(by_category(by_area(np.where(row_dead & column_dead, values, 0))))
    return ((int(area), int(column)) for area, column in zip(*np.nonzero(needed), strict=True))


def _sums(values: Ints, groups: Ints, number: int) -> Ints:
    """Sums over the rows of each group."""
    sums = np.zeros((number, values.shape[1]), dtype=np.int64)
    np.add.at(sums, groups, values)
    return sums


def costs(categories: Sequence[Category], values: Ints) -> rectangles.Costs:
    """What hiding cells (last axis: categories) would cost: more for larger counts, little for everyone else."""
    remainder = np.array([bool(REMAINDERS.intersection(category)) for category in categories], dtype=np.bool_)
    return (1.0 + np.log1p(values)) * np.where(remainder, REMAINDER_COST, 1.0)


def _obstacle(
    grid: Grid, coarse: Grid, level: int, area: int, rows: Ints, columns: Ints, small: rectangles.Small
) -> Unprotectable:
    """The totals to hide where no rectangle helps: a lone area or category counts the same people as its total."""
    values, column = small.values[0], int(grid.parent_column[columns[0]])
    marks = small.primary & ~small.dead_rows[:, None] & ~small.dead_columns[None, :]
    lone_column = np.count_nonzero(values.sum(axis=0)) < 2 <= np.count_nonzero(values.sum(axis=1))
    if not marks.any():
        return Unprotectable(coarse.table.id, level - 1, np.array([area]), np.array([column]))
    if lone_column:
        return Unprotectable(coarse.table.id, level, rows[marks.any(axis=1)], np.array([column]))
    return Unprotectable(grid.table.id, level - 1, np.array([area]), columns[marks.any(axis=0)])
