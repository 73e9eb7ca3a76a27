"""Primary suppression (primäre Geheimhaltung): the cells that disclose something by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vielfalt.cells import Protection
from vielfalt.figures.disclosure.division import Ints, Marks
from vielfalt.figures.disclosure.grids import Grid


def primary(grid: Grid, grids: Mapping[str, Grid], protection: Protection) -> tuple[Marks, ...]:
    """Per level: the cells that are too small, lie in too small an area, or live mostly at one address.

    Zeros are no primary cells. The area rule is left out when the run (``grids``) holds no table of residents; cells
    of the earlier reference date go by the residents of that date.
    """
    residents = grids.get("residents_before" if grid.table.unit == "earlier" else "residents")
    smallest = protection.min_cell_fine if grid.table.fine else protection.min_cell
    found = []
    for level, (values, tops) in enumerate(zip(grid.values, grid.tops, strict=True)):
        marks = _small(values, smallest) | ((values > 0) & (tops > protection.dominance * values))
        if residents is not None:
            marks |= small_areas(residents.values[level][:, 0], protection)[:, None] & (values > 0)
        found.append(marks)
    # An attacker who knows the residents without an area subtracts them from the town's figure.
    found[0] = found[0] | _small(grid.values[0] - grid.outside, smallest)
    return tuple(found)


def _small(values: Ints, smallest: int) -> Marks:
    marks: Marks = (values > 0) & (values < smallest)
    return marks


def small_areas(residents: Ints, protection: Protection) -> Marks:
    """The areas with fewer residents than ``min_area``. An area where nobody lives has nothing to hide."""
    marks: Marks = np.logical_and(residents > 0, residents < protection.min_area)
    return marks
