"""Protects all tables of one run together and writes them out as they may be published."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import computable
from vielfalt.figures.disclosure.crossings import suppress_crossings
from vielfalt.figures.disclosure.division import Division, division, row_numbers
from vielfalt.figures.disclosure.fixpoint import suppress_all
from vielfalt.figures.disclosure.grids import Grid, columns_of, grids
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.geography import Geography
from vielfalt.words import N_

METHOD = N_("Cell suppression: small cells, and the further cells from which they could be computed")


def protect(
    cells: Mapping[str, Cells],
    geography: Geography,
    protection: Protection,
    unknown: Mapping[str, pl.DataFrame] | None = None,
) -> dict[str, ProtectedCells]:
    """All tables of one run as they may be published, by table id, for the town and every area level.

    Each area times each category that occurs in the town has a row, zeros included; a table for the town only has rows
    for the town. ``value`` is null exactly where the cell is suppressed: because it is too small, in too small an area
    or dominated by one address (primary), because such a cell would follow from it (secondary; shown after all where
    everyone can compute it), or because nobody knows it: ``unknown`` lists such cells of imported tables (columns area
    and dimensions) by table id, and every sum over areas that contains one is unknown too.
    Residents without an area count in the town alone.

    Raises KeyError when a cell names an area or a category nobody declared, or a crossing comes without the table of
    its first dimension.
    """
    areas = division(geography)
    unknown = unknown or {}
    tables = grids(cells, areas, unknown)
    hidden = suppress_all(tables, areas, protection, {})
    hidden |= suppress_crossings(tables, hidden, areas, protection)
    anyway = computable(tables, hidden, areas, protection)
    hidden = {id: tuple(a & ~b for a, b in zip(hidden[id], anyway[id], strict=True)) for id in hidden}
    lost = missing({id: tables[id] for id in cells}, areas, unknown)
    return {
        id: published(tables[id], tuple(a | b for a, b in zip(hidden[id], lost[id], strict=True)), areas, protection)
        for id in cells
    }


def missing(
    tables: Mapping[str, Grid], division: Division, unknown: Mapping[str, pl.DataFrame] | None
) -> dict[str, Hidden]:
    """The cells that nobody knows, and every sum of them. They protect no other cell: their sender may know them."""
    found = {}
    for id, grid in tables.items():
        found[id] = levels = tuple(np.zeros(values.shape, np.bool_) for values in grid.values)
        frame = (unknown or {}).get(id)
        if frame is not None and not frame.is_empty():
            columns = columns_of(frame, grid.table, grid.categories)
            in_area = (frame["area"] != "").to_numpy()
            rows = row_numbers(division.keys[-1], frame["area"].filter(pl.Series(in_area)))
            for level, marks in enumerate(levels):
                marks[division.up(rows, level), columns[in_area]] = True
            levels[0][0, columns] = True
    return found


def published(grid: Grid, hidden: Hidden, division: Division, protection: Protection) -> ProtectedCells:
    """The frame of one table: level by level, areas in the order of the town, categories in the order of the codes."""
    levels, width = len(grid.values), len(grid.categories)
    sizes = [len(keys) for keys in division.keys[:levels]]
    level, area = np.repeat(np.arange(levels), sizes).repeat(width), np.arange(sum(sizes)).repeat(width)
    category = np.tile(np.arange(width), sum(sizes))
    areas = pl.Series("area", [key for keys in division.keys[:levels] for key in keys])
    columns = [pl.Series("level", division.levels).gather(level), areas.gather(area)]
    for place, dimension in enumerate(grid.table.dimensions):
        keys = pl.Series(dimension, [keys[place] for keys in grid.categories], dtype=pl.Utf8)
        columns.append(keys.gather(category))
    columns.append(pl.Series("value", np.concatenate([values.ravel() for values in grid.values])))
    columns.append(pl.Series("hidden", np.concatenate([marks.ravel() for marks in hidden])))
    frame = pl.DataFrame(columns).with_columns(
        value=pl.when("hidden").then(None).otherwise("value"),
        status=pl.when("hidden").then(pl.lit("suppressed")).otherwise(pl.lit("ok")),
    )
    return ProtectedCells(grid.table, frame.drop("hidden"), METHOD, protection)
