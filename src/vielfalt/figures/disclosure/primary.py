"""Primary suppression (primäre Geheimhaltung): the cells that disclose something by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vielfalt.cells import Protection
from vielfalt.figures.disclosure.division import Ints, Marks
from vielfalt.figures.disclosure.grids import Grid
from vielfalt.table import Table


def primary(grid: Grid, grids: Mapping[str, Grid], protection: Protection) -> tuple[Marks, ...]:
    """Per level: the cells that are too small, lie in too small an area, or live mostly at one address.

    Zeros are no primary cells. The area rule is left out when the run (``grids``) holds no table of residents; cells
    of the earlier reference date go by the residents of that date.
    """
    smallest = protection.min_cell_fine if grid.table.fine else protection.min_cell
    found = []
    for values, tops, areas in zip(grid.values, grid.tops, withheld(grid, grids, protection), strict=True):
        found.append(_small(values, smallest) | ((values > 0) & ((tops > protection.dominance * values) | areas)))
    # An attacker who knows the residents without an area subtracts them from the town's figure.
    found[0] = found[0] | _small(grid.values[0] - grid.outside, smallest)
    return tuple(found)


def withheld(grid: Grid, grids: Mapping[str, Grid], protection: Protection) -> tuple[Marks, ...]:
    """Per level one column: the areas below ``min_area``, of which nothing is shown; none without known residents."""
    residents = grids.get(residents_of(grid.table))
    if residents is None:
        return tuple(np.zeros((len(values), 1), np.bool_) for values in grid.values)
    return tuple(small_areas(values[:, 0], protection)[:, None] for values in residents.values[: len(grid.values)])


def residents_of(table: Table) -> str:
    """The id of the table that counts the residents of the same date."""
    return "residents_before" if table.unit == "earlier" else "residents"


def _small(values: Ints, smallest: int) -> Marks:
    marks: Marks = (values > 0) & (values < smallest)
    return marks


def small_areas(residents: Ints, protection: Protection) -> Marks:
    """The areas with fewer residents than ``min_area``. An area where nobody lives has nothing to hide."""
    marks: Marks = np.logical_and(residents > 0, residents < protection.min_area)
    return marks
