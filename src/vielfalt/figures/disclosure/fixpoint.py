"""All one-dimensional tables of a run together: chains share tables, and some cells count the same people twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from vielfalt.cells import Protection
from vielfalt.figures.disclosure.attack import Exposed, attackers, exposed
from vielfalt.figures.disclosure.division import Division
from vielfalt.figures.disclosure.grids import Column, Grid, gathered_cells, same_cells, with_above
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.secondary import Chain, Hidden, Unprotectable, suppress


def suppress_all(
    grids: Mapping[str, Grid], division: Division, protection: Protection, fixed: Mapping[str, Hidden]
) -> dict[str, Hidden]:
    """What is hidden of every table with at most one dimension; each is protected after the table above it.

    ``fixed`` says what is hidden of tables that are published already; nothing more can be hidden of them.

    Starts again with more cells to be hidden first until every cell is protected, cells that count the same people
    are hidden together, and an attacker who compares such tables fails. That ends, because the cells hidden first
    only ever grow.
    """
    simple = {id: grid for id, grid in grids.items() if len(grid.table.dimensions) < 2}
    first = {id: primary(grid, grids, protection) for id, grid in simple.items()}
    _hide_rules(first, grids, protection)
    gathered = [(total, part, 1) for total, parts in gathered_cells(simple) for part in parts]
    pairs = [*same_cells(simple), *gathered]
    against = attackers(with_above(simple, {id for *pair, _ in pairs for id, _ in pair}), division)
    hidden: dict[str, Hidden] = {}
    pending = set(simple)
    while pending:
        for id, grid in simple.items():
            if id in pending:
                above = (simple[grid.parent], hidden[grid.parent]) if grid.parent else None
                obstacles: list[Unprotectable] = []
                if id in fixed:
                    hidden[id] = fixed[id]
                else:
                    hidden[id], obstacles = suppress(Chain(grid, above, first[id], division, protection.min_cell))
                pending.remove(id)
                pending |= {child for child in simple if simple[child].parent == id}
                pending |= _hide_first(first, [obstacle for obstacle in obstacles if obstacle.table not in fixed])
        pending |= _hide_twins(first, hidden, pairs) - set(fixed)
        if not pending and pairs:
            told = exposed(against, hidden, protection)
            open_ = {id: marks for id, marks in told.items() if id not in fixed}
            pending |= _hide_told(first, hidden, open_, simple, division)
    return hidden


def _hide_rules(first: dict[str, Hidden], grids: Mapping[str, Grid], protection: Protection) -> None:
    """Hides rules of the town first that add up to a figure of a crossing, where something of its line is primary."""
    for (id, column), parts in gathered_cells(grids):
        grid = grids[id]
        line = grid.slices(np.array([column]))
        if len(grid.table.dimensions) > 1 and primary(grid, grids, protection)[0][0, line].any():
            for other, part in parts:
                first[other][0][0, grids[other].beside([part])] = True


def _hide_first(first: dict[str, Hidden], obstacles: Iterable[Unprotectable]) -> set[str]:
    """Hides the totals that stand in the way; the tables to be protected anew."""
    for obstacle in obstacles:
        levels = tuple(marks.copy() for marks in first[obstacle.table])
        levels[obstacle.level][np.ix_(obstacle.areas, obstacle.columns)] = True
        first[obstacle.table] = levels
    return {obstacle.table for obstacle in obstacles}


def _hide_twins(
    first: dict[str, Hidden], hidden: Mapping[str, Hidden], pairs: Iterable[tuple[Column, Column, int]]
) -> set[str]:
    """Hides in one table what is hidden in another of the same people; the tables to be protected anew."""
    changed = set()
    for one, other, depth in pairs:
        for (source, from_column), (target, to_column) in ((one, other), (other, one)):
            levels = tuple(marks.copy() for marks in first[target])
            for marks, there, here in zip(levels[:depth], hidden[source], hidden[target], strict=False):
                new = there[:, from_column] & ~here[:, to_column]
                marks[new, to_column] = True
                if new.any():
                    changed.add(target)
            first[target] = levels
    return changed


def _hide_told(
    first: dict[str, Hidden],
    hidden: Mapping[str, Hidden],
    told: Mapping[str, Exposed],
    grids: Mapping[str, Grid],
    division: Division,
) -> set[str]:
    """Hides more around each cell that an attacker could tell; the tables to be protected anew.

    Each chain is safe by itself; tables of the same people tell more together only in rare cases.
    """
    changed = set()
    for id, levels in told.items():
        for level, (marks, _, _) in enumerate(levels):
            for area, column in np.argwhere(marks):
                if _widened(first, hidden, grids[id], level, area, column, division):
                    changed.add(id)
    return changed


def _widened(
    first: dict[str, Hidden],
    hidden: Mapping[str, Hidden],
    grid: Grid,
    level: int,
    area: int,
    column: int,
    division: Division,
) -> bool:
    """Hides the categories beside a cell, else those of the neighbouring areas, else those of the coarser area."""
    group = np.flatnonzero(grid.parent_column == grid.parent_column[column])
    above = int(division.parents[level][area])
    near = division.children(level, above)
    for at, rows in ((level, np.array([area])), (level, near), (level - 1, np.array([above]))):
        if at >= 0 and not hidden[grid.table.id][at][np.ix_(rows, group)].all():
            first[grid.table.id] = tuple(marks.copy() for marks in first[grid.table.id])
            first[grid.table.id][at][np.ix_(rows, group)] = True
            return True
    return False
