"""An attacker with linear programming, written apart from the program: exact for tables with one dimension."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from vielfalt import codes, programme
from vielfalt.cells import Cells, ProtectedCells
from vielfalt.geography import TOWN, Geography
from vielfalt.table import Table

Cell = tuple[str, str, str, str]
"""Table, level, area, category."""
Equation = tuple[Cell, list[Cell], int]
"""A total, its parts, and the residents without an area, whom the attacker knows."""


@dataclass(frozen=True)
class Interval:
    """One hidden cell: its true value and what the published figures allow."""

    cell: Cell
    value: int
    low: float
    high: float


def intervals(
    cells: Mapping[str, Cells],
    protected: Mapping[str, ProtectedCells],
    where: Geography,
    least: Callable[[Cell], int] = lambda _: 0,
    most: Callable[[Cell], int] = lambda _: 10_000,
    within: Iterable[tuple[Cell, Cell]] = (),
) -> Iterator[Interval]:
    """The exact interval of every hidden cell of the tables with one dimension that is not zero in the areas.

    ``least`` and ``most``: what the attacker knows a hidden cell to be at least, and at most. ``within``: pairs of
    cells of which the second counts everybody whom the first counts.
    """
    shown = {
        (id, level, area, "".join(category)): value
        for id, table in protected.items()
        for level, area, *category, value, _ in table.frame.iter_rows()
    }
    hidden = [cell for cell, value in shown.items() if value is None]
    place = {cell: number for number, cell in enumerate(hidden)}
    left, right = _matrix(list(equations(cells, where, shown)), shown, place)
    bounds = [(least(cell), most(cell)) for cell in hidden]
    inside = [(large, [small], 0) for small, large in within]
    above, below = _matrix(inside, shown, place) if inside else (None, None)
    for cell in hidden:
        if true(cells, where, cell) > _outside(cells, cell):
            objective = np.zeros(len(hidden))
            objective[place[cell]] = 1
            ends = [
                linprog(
                    sign * objective,
                    A_eq=left,
                    b_eq=right,
                    A_ub=None if above is None else -above,
                    b_ub=None if below is None else -below,
                    bounds=bounds,
                    method="highs",
                )
                for sign in (1, -1)
            ]
            assert all(end.status == 0 for end in ends)
            yield Interval(cell, true(cells, where, cell), ends[0].fun, -ends[1].fun)


def equations(cells: Mapping[str, Cells], where: Geography, shown: Mapping[Cell, int | None]) -> Iterator[Equation]:
    """Every sum over areas and categories, and the figures that count the same people."""
    levels = [TOWN, *(level.id for level in where.levels)]
    children: dict[tuple[str, str], list[str]] = {}
    for division in where.levels:
        for inner in division.areas:
            children.setdefault((division.id, inner.parent), []).append(inner.key)
    for cell in shown:
        id, level, area, category = cell
        if level != levels[-1]:
            below = levels[levels.index(level) + 1]
            parts = [(id, below, key, category) for key in children.get((below, area), [])]
            yield cell, parts, _outside(cells, cell) if level == TOWN else 0
        for table in (programme.table(id) for id in cells):
            if table.parent == id:
                yield cell, [part for part in shown if _lies_in(part, table, cell)], 0
    for left, right in (*programme.SAME, *programme.SAME_IN_TOWN):
        for cell in shown:
            everywhere = (left, right) in programme.SAME or cell[1] == TOWN
            if everywhere and (cell[0], cell[3]) == left and (right[0], cell[1], cell[2], right[1]) in shown:
                yield cell, [(right[0], cell[1], cell[2], right[1])], 0


def _lies_in(part: Cell, table: Table, cell: Cell) -> bool:
    """Whether a cell of a table is part of a cell of the table above it."""
    same_place = part[:3] == (table.id, *cell[1:3])
    return same_place and (not cell[3] or codes.category(table.dimensions[0], part[3]).parent == cell[3])


def _matrix(
    equations: list[Equation], shown: Mapping[Cell, int | None], place: Mapping[Cell, int]
) -> tuple[csr_array, np.ndarray]:
    """The equations with the hidden cells on the left and what is known on the right."""
    rows, columns, factors, right = [], [], [], np.zeros(len(equations))
    for number, (total, parts, added) in enumerate(equations):
        right[number] = added
        for cell, factor in [(total, 1), *((part, -1) for part in parts)]:
            if cell in place:
                rows.append(number)
                columns.append(place[cell])
                factors.append(factor)
            else:
                right[number] -= factor * int(shown[cell] or 0)
    return csr_array((factors, (rows, columns)), shape=(len(equations), len(place))), right


def true(cells: Mapping[str, Cells], where: Geography, cell: Cell) -> int:
    """The number of a cell."""
    id, level, area, category = cell
    above = where.ancestors(level) if level != TOWN else {}
    table = cells[id]
    return sum(
        row["n"]
        for row in table.frame.iter_rows(named=True)
        if (level == TOWN or above.get(row["area"]) == area)
        and (not category or row[table.table.dimensions[0]] == category)
    )


def _outside(cells: Mapping[str, Cells], cell: Cell) -> int:
    id, level, _, category = cell
    table = cells[id]
    return sum(
        row["n"]
        for row in table.frame.iter_rows(named=True)
        if level == TOWN and row["area"] == "" and (not category or row[table.table.dimensions[0]] == category)
    )
