"""What somebody can tell of the true counts behind changed numbers who knows the method, its settings and every sum.

Each changed number allows a range of true counts. True counts add up over areas and over categories, changed ones do
not; so the ranges narrow each other, as do those of figures of which one counts all people of the other. An area of
which anything is shown has ``min_area`` residents. Record keys are secret, so nothing else ties a number to its count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells
from vielfalt.figures.disclosure.attack import SCHEMA, placed
from vielfalt.figures.disclosure.changing import RESIDENTS
from vielfalt.figures.disclosure.division import Division, any_of, division
from vielfalt.figures.disclosure.equations import (
    Numbers,
    System,
    Twins,
    but_for_few,
    compare,
    families,
    numbered,
    twins,
)
from vielfalt.figures.disclosure.grids import Grid, columns_of, grids
from vielfalt.figures.disclosure.perturbation import perturbation
from vielfalt.figures.disclosure.rests import ORIGINS, REST, rests
from vielfalt.geography import Geography
from vielfalt.methods import CellKey, Rounding
from vielfalt.numbers import Ints, Marks

_ANY = np.int64(np.iinfo(np.int64).max >> 24)
"""Of a hidden number nothing is known."""
_ROUNDS = 200
Ranges = tuple[Ints, Ints]
"""The least and the largest true count behind each number."""


def tellable(
    protected: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    geography: Geography,
    method: CellKey | Rounding,
) -> pl.DataFrame:
    """The true counts, zeros aside, that follow exactly from the changed numbers: empty for a sound release.

    Where a category without rows follows, the number of the coarser category is listed, from which it does. The reader
    is taken to know the settings and how many residents of each category have no area; numbers that are published as
    they are (status ok) tell nothing new. Columns as those of ``recomputable``: for the vault.
    """
    areas = division(geography)
    tables = {id: grid for id, grid in grids(cells, areas, {}).items() if id in protected}
    left = rests(tables)
    numbers, size = numbered(tables | left)
    values, inside = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for id, grid in (tables | left).items():
        for level, place in enumerate(numbers[id]):
            values[place] = grid.values[level]
            inside[place] = grid.values[level] - (0 if level else grid.outside)
    low, high, exact = _by_themselves(tables, numbers, protected, areas, method, size)
    if RESIDENTS in tables:
        _narrow_residents(low, high, values, numbers[RESIDENTS], protected, areas)
    high = np.minimum(high, int(values.max(initial=0)))
    sums = System.of(values, but_for_few(families(tables | left, numbers, areas), values))
    _narrow(low, high, values, sums, twins(tables, numbers))
    told = (low == high) & (inside > 0) & ~exact
    _blame_larger(left, tables, numbers, told)
    for id, grid in reversed(tables.items()):
        _blame_above(grid, tables, numbers, told, _listed(grid, protected[id]))
    rows = [
        (*placed(grid, areas, level, area, column), *2 * (int(values[place][area, column]),))
        for id, grid in tables.items()
        for level, place in enumerate(numbers[id])
        for area, column in np.argwhere(told[place])
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _by_themselves(
    tables: Mapping[str, Grid],
    numbers: Mapping[str, Numbers],
    protected: Mapping[str, ProtectedCells],
    areas: Division,
    method: CellKey | Rounding,
    size: int,
) -> tuple[Ints, Ints, Marks]:
    """The least and the largest true count that each number allows by itself, and which numbers are the true ones."""
    low, high, exact = np.zeros(size, np.int64), np.full(size, _ANY), np.zeros(size, np.bool_)
    for id, grid in tables.items():
        for level, place in enumerate(numbers[id]):
            shown, marks, hidden = _shown(grid, protected[id], areas, level)
            # Where the town is one single area, its residents are those of the town, which everybody knows.
            exact[place] = marks | (id == RESIDENTS and len(areas.keys[level]) == 1)
            if isinstance(method, CellKey) and method.additive and level < len(areas.levels) - 1:
                # A sum of changed numbers has no range of its own; those of its parts say all.
                hidden = np.ones_like(hidden)
            low[place], high[place] = _ranges(shown, hidden, marks, method)
    return low, high, exact


def _narrow_residents(
    low: Ints, high: Ints, values: Ints, residents: Numbers, protected: Mapping[str, ProtectedCells], areas: Division
) -> None:
    """Who lives in an area of which anything is shown is one of ``min_area`` at least.

    An area of which nothing is shown has fewer as a rule. Where all numbers of a larger one tell of one address, or are
    withheld, the reader is taken to know nothing of it: nothing follows from what is false. Where nobody lives is
    known to everybody.
    """
    least = protected[RESIDENTS].protection.min_area
    frames = [cells.frame.filter(pl.col("status") != "suppressed") for cells in protected.values()]
    seen = pl.concat([frame.select("level", "area") for frame in frames]).unique()
    for name, keys, place in zip(areas.levels, areas.keys, residents, strict=True):
        open_ = pl.Series(keys, dtype=pl.Utf8).is_in(seen.filter(pl.col("level") == name)["area"].implode()).to_numpy()
        some, none = place[open_, 0], place[~open_, 0]
        low[some] = np.where(values[some] > 0, np.maximum(low[some], least), 0)
        high[some] = np.where(values[some] > 0, high[some], 0)
        low[none] = np.maximum(low[none], 1)
        high[none] = np.where(values[none] < least, np.minimum(high[none], least - 1), high[none])


def _blame_larger(
    left: Mapping[str, Grid], grids: Mapping[str, Grid], numbers: Mapping[str, Numbers], told: Marks
) -> None:
    """What one figure leaves of a larger one has no number of its own: that of the larger one goes.

    Only of residents by reference country is it anybody's secret; elsewhere other figures count the same people.
    """
    for id, rest in left.items():
        whole = id.removesuffix(REST)
        for column, category in enumerate(rest.categories if whole in ORIGINS else ()):
            at = grids[whole].categories.index(category)
            for place, those in zip(numbers[whole], numbers[id], strict=True):
                told[place[:, at]] |= told[those[:, column]]
    told[[number for id in left for place in numbers[id] for number in place.ravel()]] = False


def _listed(grid: Grid, protected: ProtectedCells) -> Marks:
    """Which categories have rows."""
    marks = np.zeros(len(grid.categories), dtype=np.bool_)
    marks[columns_of(protected.frame, grid.table, grid.categories)] = True
    return marks


def _blame_above(
    grid: Grid, grids: Mapping[str, Grid], numbers: Mapping[str, Numbers], told: Marks, listed: Marks
) -> None:
    """A category without rows has no number to withhold: the number of the coarser category told it, and goes."""
    missing = np.flatnonzero(~listed)
    if grid.parent in grids and missing.size:
        above = grid.parent_column[missing]
        for place, parents in zip(numbers[grid.table.id], numbers[grid.parent], strict=False):
            np.logical_or.at(told, parents[:, above].ravel(), told[place[:, missing]].ravel())
            told[place[:, missing]] = False


def _shown(grid: Grid, protected: ProtectedCells, areas: Division, level: int) -> tuple[Ints, Marks, Marks]:
    """The published numbers of a level in the shape of the grid, which of them are unchanged, and which are hidden.

    What has no row is a category of which all numbers are zero, but where a whole area is hidden. Hidden numbers are 0
    here.
    """
    frame = protected.frame.filter(pl.col("level") == areas.levels[level])
    shape, columns = grid.values[level].shape, columns_of(frame, grid.table, grid.categories)
    row = {key: number for number, key in enumerate(areas.keys[level])}
    place = np.array([row[key] for key in frame["area"]], dtype=np.int64), columns
    shown = np.zeros(shape, np.int64)
    exact, hidden = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    shown[place] = frame["value"].fill_null(0).to_numpy()
    exact[place] = (frame["status"] == "ok").to_numpy()
    hidden[place] = (frame["status"] == "suppressed").to_numpy()
    open_ = np.zeros(shape, np.bool_)
    open_[place] = (frame["status"] != "suppressed").to_numpy()
    return shown, exact, hidden | ~any_of(open_, 1)[:, None]


def _ranges(shown: Ints, hidden: Marks, exact: Marks, method: CellKey | Rounding) -> Ranges:
    """The true counts that a number allows by itself; a hidden one may be anything."""
    low, high = _behind(shown, method)
    low, high = np.where(exact, shown, low), np.where(exact, shown, high)
    return np.where(hidden, 0, low), np.where(hidden, _ANY, high)


def _behind(shown: Ints, method: CellKey | Rounding) -> Ranges:
    """The true counts that can have become each number, by the settings of the method alone."""
    if isinstance(method, Rounding):
        below = method.base - 1 if method.by_chance else method.base // 2
        above = method.base - 1 if method.by_chance else (method.base - 1) // 2
        return np.maximum(shown - below, 0), shown + above
    low, high = _behind_small(method)
    last = perturbation(method).chances[-1].nonzero()[0] - method.largest_shift
    place, small = np.minimum(shown, len(low) - 1), shown < len(low)
    return np.where(small, low[place], shown - last.max()), np.where(small, high[place], shown - last.min())


@cache
def _behind_small(method: CellKey) -> Ranges:
    """The true counts behind each number so small that more than the last row of the table can have made it."""
    table = perturbation(method)
    rows, largest = len(table.chances), table.largest
    counts = range(rows + 2 * largest)
    possible: Marks = np.zeros((rows + largest, len(counts)), dtype=np.bool_)
    for count in counts:
        results = count + table.chances[min(count, rows - 1)].nonzero()[0] - largest
        possible[results[results < len(possible)], count] = True
    return possible.argmax(axis=1), len(counts) - 1 - possible[:, ::-1].argmax(axis=1)


def _narrow(low: Ints, high: Ints, values: Ints, sums: System, same: Twins) -> None:
    """Passes every sum on until nothing changes: a total bounds its parts, and the parts their total.

    So do couples and the persons in them.
    """
    for _ in range(_ROUNDS):
        before = low.copy(), high.copy()
        sums.pass_on(low, high)
        compare(low, high, values, same)
        if (low == before[0]).all() and (high == before[1]).all():
            return


def withhold(protected: Mapping[str, ProtectedCells], told: pl.DataFrame) -> dict[str, ProtectedCells]:
    """The tables without the numbers that tell a true count."""
    found = dict(protected)
    for id in told["table"].unique():
        cells = protected[id]
        category = pl.concat_str(cells.table.dimensions, separator=" ") if cells.table.dimensions else pl.lit("")
        marks = told.filter(pl.col("table") == id).select("level", "area", "category", told=pl.lit(True))
        marked = cells.frame.with_columns(category=category).join(
            marks, on=["level", "area", "category"], how="left", maintain_order="left"
        )
        frame = marked.with_columns(
            value=pl.when("told").then(None).otherwise("value"),
            status=pl.when("told").then(pl.lit("suppressed")).otherwise("status"),
        )
        found[id] = replace(cells, frame=frame.select(cells.frame.columns))
    return found
