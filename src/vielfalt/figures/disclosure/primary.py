"""Primary suppression (primäre Geheimhaltung): the cells that disclose something by themselves."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vielfalt.cells import Protection
from vielfalt.figures.disclosure.grids import Grid
from vielfalt.numbers import Ints, Marks


def primary(grid: Grid, grids: Mapping[str, Grid], protection: Protection) -> tuple[Marks, ...]:
    """Per level: the cells that are too small, lie in too small an area, or tell of one address.

    Zeros are no primary cells. The area rule is left out when the run (``grids``) holds no table of residents; cells
    of the earlier reference date go by the residents of that date.
    """
    residents = grids.get("residents_before" if grid.table.unit == "earlier" else "residents")
    smallest = protection.min_cell_fine if grid.table.fine else protection.min_cell
    found = []
    for level, (values, tops) in enumerate(zip(grid.values, grid.tops, strict=True)):
        marks = _small(values, smallest) | at_one_address(values, tops, protection)
        if residents is not None:
            marks |= small_areas(residents.values[level][:, 0], protection)[:, None] & (values > 0)
        found.append(marks)
    # An attacker who knows the residents without an area subtracts them from the town's figure.
    found[0] = found[0] | _small(grid.values[0] - grid.outside, smallest)
    return tuple(found)


def at_one_address(values: Ints, tops: Ints, protection: Protection) -> Marks:
    """The cells that tell too closely how many live at their largest address.

    ``tops``: the numbers at the two largest addresses, first axis; 0 where nobody knows. Dominance: the largest holds
    more than its part of the cell. The p% rule: what is left beside the two largest is less than p per cent of the
    largest, so whoever lives at the second address and subtracts its people from the cell comes closer than that to
    the number at the largest (Hundepool et al., *Statistical Disclosure Control*, 2012, ch. 4).
    """
    largest, second = tops
    dominated = (values > 0) & (largest > protection.dominance * values)
    marks: Marks = dominated | (100 * (values - largest - second) < protection.p_percent * largest)
    return marks


def _small(values: Ints, smallest: int) -> Marks:
    marks: Marks = (values > 0) & (values < smallest)
    return marks


def small_areas(residents: Ints, protection: Protection) -> Marks:
    """The areas with fewer residents than ``min_area``. An area where nobody lives has nothing to hide."""
    marks: Marks = np.logical_and(residents > 0, residents < protection.min_area)
    return marks
