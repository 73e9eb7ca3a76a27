"""Protects all tables of a run by changing their numbers: cell key method or rounding, never both.

Nothing is hidden because it is small; the change protects it. What a town does not want to show at all stays out as
under cell suppression: small areas, and larger numbers that one address makes up. Such a gap is no secret to the
last person: it can be estimated from the changed numbers around it, to within their changes added up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from vielfalt.cells import UNRESOLVED, Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure import cellkey, rounding
from vielfalt.figures.disclosure.division import Division, division, row_numbers
from vielfalt.figures.disclosure.grids import Grid, columns_of, grids
from vielfalt.figures.disclosure.perturbation import perturbation
from vielfalt.figures.disclosure.primary import at_one_address, small_areas
from vielfalt.geography import Geography
from vielfalt.methods import CELL_KEY, CELL_KEY_ADDITIVE, NEAREST, UP_OR_DOWN, CellKey, Rounding
from vielfalt.mixing import mixed
from vielfalt.numbers import Ints, Marks

RESIDENTS = "residents"
Changer = Callable[[Ints, Ints], Ints]
"""Makes changed counts of counts and key sums."""


def change(
    cells: Mapping[str, Cells], geography: Geography, protection: Protection, method: CellKey | Rounding
) -> dict[str, ProtectedCells]:
    """All tables of one run as they may be published, by table id, for the town and every area level.

    Each area times each category of which some number is above zero has a row. ``value`` is the changed count (status
    estimated; zero stays zero, but a zero may also have been a small count), null in areas of fewer than ``min_area``
    residents, in those beside which fewer live in a coarser area, and where at least ``min_cell_fine`` people are
    counted but tell of one address, by dominance or the p% rule (status suppressed).
    Under the cell key method the town's number of residents stays as it is (status ok): it is known from elsewhere.

    Raises TownError when no perturbation table meets the settings, and KeyError as ``protect`` does.
    """
    return without_nobody(with_nobody(cells, geography, protection, method))


def with_nobody(
    cells: Mapping[str, Cells], geography: Geography, protection: Protection, method: CellKey | Rounding
) -> dict[str, ProtectedCells]:
    """The same with every category that occurs, also where all its numbers are zero: not to be published."""
    areas = division(geography)
    tables = grids(cells, areas, {})
    additive = isinstance(method, CellKey) and method.additive
    small = _small_areas(cells.get(RESIDENTS), areas, protection, additive)
    changer = _changer(method)
    found = {}
    for id in cells:
        counted = _counted(tables[id], cells[id], areas)
        values = _values(counted, areas, changer, additive)
        known = id == RESIDENTS and isinstance(method, CellKey) and not additive
        if known:
            values[0] = tables[id].values[0]
        frames = [
            _frame(tables[id], areas, level, shown, _hidden(tables[id], level, small, protection), known and level == 0)
            for level, shown in enumerate(values)
        ]
        found[id] = ProtectedCells(cells[id].table, pl.concat(frames), title(method), protection)
    return found


def without_nobody(tables: Mapping[str, ProtectedCells]) -> dict[str, ProtectedCells]:
    """The tables without the categories of which no number of any table is above zero or left out for itself.

    Categories are those that occur. To list one whose numbers are all zero would say that there is somebody: rounded to
    the nearest multiple of 3, exactly one. In small areas everything is left out, which says nothing of a category.
    """
    somebody = (pl.col("value") > 0) | (
        pl.col("value").is_null() & pl.col("value").is_not_null().any().over("level", "area")
    )
    numbers = [
        cells.frame.filter(somebody).select(dimension=pl.lit(name), key=name)
        for cells in tables.values()
        for name in cells.table.dimensions
    ]
    found = dict.fromkeys(row for frame in numbers for row in frame.unique().iter_rows())
    shown = {id: cells.frame for id, cells in tables.items()}
    for id, cells in tables.items():
        for name in cells.table.dimensions:
            shown[id] = shown[id].filter(pl.col(name).is_in([key for dimension, key in found if dimension == name]))
    return {id: replace(cells, frame=shown[id]) for id, cells in tables.items()}


@dataclass(frozen=True)
class Counted:
    """One table: counts and key sums (areas of the finest level and, in the last row, those without an area)."""

    grid: Grid
    counts: Ints
    keys: Ints


def _counted(grid: Grid, cells: Cells, areas: Division) -> Counted:
    frame, outside = cells.frame, len(areas.keys[-1])
    rows = np.full(frame.height, outside, dtype=np.int64)
    inside = (frame["area"] != UNRESOLVED).to_numpy()
    rows[inside] = row_numbers(areas.keys[-1], frame["area"].filter(pl.Series(inside)))
    place = rows, columns_of(frame, grid.table, grid.categories)
    counts, keys = (np.zeros((outside + 1, len(grid.categories)), dtype=np.int64) for _ in range(2))
    np.add.at(counts, place, frame["n"].to_numpy())
    np.add.at(keys, place, frame["key_sum"].to_numpy())
    return Counted(grid, counts, keys)


def _summed(finest: Ints, level: int, areas: Division) -> Ints:
    """The sums for the areas of a level; the town holds those without an area, too."""
    rows = areas.up(np.arange(len(areas.keys[-1])), level)
    sums = np.zeros((len(areas.keys[level]), finest.shape[1]), dtype=np.int64)
    np.add.at(sums, rows, finest[:-1])
    return sums + finest[-1] if level == 0 else sums


def _small_areas(residents: Cells | None, areas: Division, protection: Protection, additive: bool) -> tuple[Marks, ...]:
    """Per level: the areas with fewer residents than may be shown, and those beside which fewer live in a coarser area.

    The same people have the same number. So where the number of such an area is another than that of the coarser one,
    it tells of the few beside it that they are among the counted. Areas that add up tell of them no more than of
    others. None in a run without a table of residents.
    """
    if residents is None:
        return tuple(np.zeros(len(keys), dtype=np.bool_) for keys in areas.keys)
    grid = grids({RESIDENTS: residents}, areas, {})[RESIDENTS]
    found = [small_areas(values[:, 0], protection) for values in grid.values]
    inside = [grid.values[0][:, 0] - grid.outside[0], *(values[:, 0] for values in grid.values[1:])]
    for level in range(1, 1 if additive else len(inside)):
        rows = np.arange(len(inside[level]))
        for above in range(level - 1, -1, -1):
            rows = areas.parents[above + 1][rows]
            found[level] |= small_areas(inside[above][rows] - inside[level], protection)
    return tuple(found)


def _hidden(grid: Grid, level: int, small: tuple[Marks, ...], protection: Protection) -> Marks:
    """What is not shown of a level: small areas whole, and larger numbers that tell of one address."""
    counts, tops = grid.values[level], grid.tops[level]
    told = at_one_address(counts, tops, protection) & (counts >= protection.min_cell_fine)
    hidden: Marks = small[level][:, None] | told
    return hidden


def _values(counted: Counted, areas: Division, changer: Changer, additive: bool) -> list[Ints]:
    """The changed counts per level of the table, whether shown or not."""
    levels = range(len(counted.grid.values))
    if additive:
        finest = changer(counted.counts, counted.keys)
        return [_summed(finest, level, areas) for level in levels]
    return [changer(_summed(counted.counts, level, areas), _summed(counted.keys, level, areas)) for level in levels]


def _changer(method: CellKey | Rounding) -> Changer:
    if isinstance(method, CellKey):
        table = perturbation(method)
        return lambda counts, sums: cellkey.changed(counts, mixed(sums), table)
    if method.by_chance:
        return lambda counts, sums: rounding.by_chance(counts, mixed(sums), method.base)
    return lambda counts, _: rounding.to_nearest(counts, method.base)


def title(method: CellKey | Rounding) -> str:
    """What the tables are marked with: the method in words, without the settings that must stay secret."""
    if isinstance(method, CellKey):
        return CELL_KEY_ADDITIVE if method.additive else CELL_KEY
    return (UP_OR_DOWN if method.by_chance else NEAREST)[method.base]


def _frame(grid: Grid, areas: Division, level: int, values: Ints, hidden: Marks, exact: bool) -> pl.DataFrame:
    """The rows of one level: areas in the order of the town, categories in the order of the codes."""
    keys, width = areas.keys[level], len(grid.categories)
    columns = {
        "level": pl.Series([areas.levels[level]]).gather(np.zeros(len(keys) * width, dtype=np.int64)),
        "area": pl.Series(keys, dtype=pl.Utf8).gather(np.arange(len(keys)).repeat(width)),
    }
    for place, dimension in enumerate(grid.table.dimensions):
        named = pl.Series([category[place] for category in grid.categories], dtype=pl.Utf8)
        columns[dimension] = named.gather(np.tile(np.arange(width), len(keys)))
    frame = pl.DataFrame(columns).with_columns(
        pl.Series("value", values.ravel()), pl.Series("hidden", np.broadcast_to(hidden, values.shape).ravel())
    )
    return frame.with_columns(
        value=pl.when("hidden").then(None).otherwise("value"),
        status=pl.when("hidden").then(pl.lit("suppressed")).otherwise(pl.lit("ok" if exact else "estimated")),
    ).drop("hidden")
