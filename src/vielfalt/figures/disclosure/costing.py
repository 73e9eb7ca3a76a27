"""True counts beside published ones, for judging what protection costs. This is for the vault alone."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure.division import division, row_numbers
from vielfalt.figures.disclosure.grids import columns_of, grids
from vielfalt.geography import Geography
from vielfalt.numbers import Ints

TRUE = "n"


def with_true_counts(
    protected: Mapping[str, ProtectedCells], cells: Mapping[str, Cells], geography: Geography
) -> dict[str, pl.DataFrame]:
    """The published frame of every table with the true count of each row in the column ``n``."""
    areas = division(geography)
    tables = grids(cells, areas, {})
    found = {}
    for id in cells:
        frame, grid = protected[id].frame, tables[id]
        columns = columns_of(frame, grid.table, grid.categories)
        true: Ints = np.zeros(frame.height, dtype=np.int64)
        for level, values in enumerate(grid.values):
            here = frame["level"] == areas.levels[level]
            rows = row_numbers(areas.keys[level], frame["area"].filter(here))
            true[here.to_numpy()] = values[rows, columns[here.to_numpy()]]
        found[id] = frame.with_columns(pl.Series(TRUE, true))
    return found
