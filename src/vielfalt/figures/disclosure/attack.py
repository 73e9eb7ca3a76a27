"""The self-check before a release: an attacker tries to compute what was suppressed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.division import Division, Ints, Marks, division, row_numbers
from vielfalt.figures.disclosure.equations import (
    Bounds,
    Family,
    Numbers,
    System,
    Twins,
    as_sums,
    bounds,
    families,
    numbered,
    twins,
)
from vielfalt.figures.disclosure.grids import Grid, columns_of, grids
from vielfalt.figures.disclosure.primary import primary
from vielfalt.figures.disclosure.programs import narrow
from vielfalt.figures.disclosure.secondary import Hidden
from vielfalt.geography import Geography

SCHEMA = {
    "table": pl.Utf8,
    "level": pl.Utf8,
    "area": pl.Utf8,
    "category": pl.Utf8,
    "low": pl.Int64,
    "high": pl.Int64,
}

EXACT = 0
"""Asks for exactly known figures alone: no number lies between 1 and 0."""


def recomputable(
    protected: Mapping[str, ProtectedCells], cells: Mapping[str, Cells], geography: Geography, protection: Protection
) -> pl.DataFrame:
    """The suppressed cells that somebody could compute from the published ones: empty for a sound release.

    A cell is listed when the published figures leave only its true value although it is not zero, or when it is
    smaller than the minimum cell and they show that. The attacker knows every sum over areas and over categories, which
    figures count the same people, how many residents have no area, and that no figure is negative. Of crossings only
    the primary cells are listed, and not those that he could tell without any crossing: if all residents of an area
    are of one age, so is each group there.

    Columns: table, level, area, category (keys of the dimensions joined by a blank), and the bounds low and high.
    This is for the vault: it tells what must stay hidden.
    """
    areas = division(geography)
    tables = {id: grid for id, grid in grids(cells, areas, {}).items() if id in protected}
    hidden = {id: hidden_cells(grid, protected[id], areas) for id, grid in tables.items()}
    found = exposed(tables, hidden, areas, protection)
    rows = [row for id, marks in found.items() for row in _rows(tables[id], marks, areas)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def hidden_cells(grid: Grid, protected: ProtectedCells, division: Division) -> Hidden:
    """Which cells of a published frame are suppressed, in the shape of the grid; so is what has no row."""
    frame, levels = protected.frame, []
    columns, suppressed = columns_of(frame, grid.table, grid.categories), (frame["status"] == "suppressed").to_numpy()
    for level, values in enumerate(grid.values):
        here = frame["level"] == division.levels[level]
        marks, rows = np.ones(values.shape, dtype=np.bool_), here.to_numpy()
        marks[row_numbers(division.keys[level], frame["area"].filter(here)), columns[rows]] = suppressed[rows]
        levels.append(marks)
    return tuple(levels)


Exposed = tuple[tuple[Marks, Ints, Ints], ...]
"""Per level of one table: which cells an attacker can tell, and the bounds he finds."""


def exposed(
    tables: Mapping[str, Grid], hidden: Mapping[str, Hidden], division: Division, protection: Protection
) -> dict[str, Exposed]:
    """Which hidden cells an attacker can tell, by table id.

    One attacker knows the residents without an area and uses all levels; another does not and has the town alone.
    What the first knows of a town's figure that lies in no area at all, he knew before.
    """
    found = _exposed(tables, hidden, division, protection)
    town = {
        id: replace(grid, values=grid.values[:1], tops=grid.tops[:1], outside=np.zeros_like(grid.outside))
        for id, grid in tables.items()
    }
    alone = _exposed(town, hidden, division, protection)
    for id, ((marks, low, high), *rest) in found.items():
        found[id] = ((marks | alone[id][0][0], low, high), *rest)
    return found


def _exposed(
    tables: Mapping[str, Grid], hidden: Mapping[str, Hidden], division: Division, protection: Protection
) -> dict[str, Exposed]:
    """Which hidden cells one attacker can tell, by table id."""
    figures = all_figures(tables, hidden)
    numbers, values, known, one_dimension = figures.numbers, figures.values, figures.known, figures.one_dimension
    sums, same = list(families(tables, numbers, division)), twins(tables, numbers)
    found = _attacked(known, values, sums, same, protection.min_cell, ~known)
    told = {id: _told(figures, id, found, hidden[id], protection.min_cell) for id in tables}
    crossings = [id for id in tables if len(tables[id].table.dimensions) > 1]
    if any(marks.any() for id in crossings for marks in told[id]):
        before = _attacked(known & one_dimension, values, sums, same, protection.min_cell, ~one_dimension)
        for id in crossings:
            already = _told(figures, id, before, hidden[id], protection.min_cell)
            secret = primary(tables[id], tables, protection)
            told[id] = tuple(now & ~old & own for now, old, own in zip(told[id], already, secret, strict=True))
    return {
        id: tuple((marks, found.low[place], found.high[place]) for marks, place in zip(told[id], places, strict=True))
        for id, places in numbers.items()
    }


def _attacked(known: Marks, values: Ints, sums: Sequence[Family], same: Twins, least: int, wanted: Marks) -> Bounds:
    """The bounds after the attack: sum by sum, then by linear programs where few figures hang together.

    The programs look for wanted figures that only one number fits, or only numbers from 1 to below ``least``.
    """
    found = bounds(known, values, sums, same)
    system = System.of(known, values, [*sums, *as_sums(same)])
    narrow(system, found.low, found.high, np.full(len(values), least), wanted)
    return found


def computable(
    tables: Mapping[str, Grid], hidden: Mapping[str, Hidden], division: Division, protection: Protection
) -> dict[str, Hidden]:
    """Hidden cells that everyone can compute from the published ones, by table id; primary cells only of crossings, and
    only where tables with one dimension tell them: all residents of an area are of one age, so is each group there.

    They hide nothing and protect nothing: mostly zeros, and partners of cells that were hidden more widely later.
    """
    figures = all_figures(tables, hidden)
    known, values, crossing = figures.known, figures.values, ~figures.one_dimension
    sums, same = list(families(tables, figures.numbers, division)), twins(tables, figures.numbers)
    own = np.zeros(len(values), np.bool_)
    for id, grid in tables.items():
        for number, marks in zip(figures.numbers[id], primary(grid, tables, protection), strict=True):
            own[number] = marks
    small = (values > 0) & (values < protection.min_cell)
    wanted = ~known & ~small & (crossing | ~own)
    found = _attacked(known, values, sums, same, EXACT, wanted)
    exact = (found.low == found.high) & wanted
    alone = _attacked(known & ~crossing, values, sums, same, EXACT, exact & own)
    anyway = exact & (~own | (alone.low == alone.high))
    return {id: tuple(anyway[place] for place in figures.numbers[id]) for id in tables}


@dataclass(frozen=True)
class AllFigures:
    """All figures of the run as one row of numbers: their values, those in areas, which are published, and where."""

    numbers: Mapping[str, Numbers]
    values: Ints
    in_areas: Ints
    known: Marks
    one_dimension: Marks


def all_figures(tables: Mapping[str, Grid], hidden: Mapping[str, Hidden]) -> AllFigures:
    """All figures of the tables, those hidden among them."""
    numbers, size = numbered(tables)
    values, in_areas = np.zeros(size, np.int64), np.zeros(size, np.int64)
    known, one_dimension = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    for id, grid in tables.items():
        for level, number in enumerate(numbers[id]):
            values[number] = grid.values[level]
            in_areas[number] = grid.values[level] - (0 if level else grid.outside)
            known[number] = ~hidden[id][level]
            one_dimension[number] = len(grid.table.dimensions) < 2
    return AllFigures(numbers, values, in_areas, known, one_dimension)


def _told(figures: AllFigures, id: str, found: Bounds, hidden: Hidden, smallest: int) -> Hidden:
    """Hidden cells that are not zero and either exactly known or known to be small."""
    exact, small = found.low == found.high, (figures.values < smallest) & (found.high < smallest)
    told = (exact | small) & (figures.in_areas > 0)
    return tuple(told[place] & marks for place, marks in zip(figures.numbers[id], hidden, strict=False))


def placed(grid: Grid, division: Division, level: int, area: int, column: int) -> tuple[str, str, str, str]:
    """Where a figure stands: table, level, area, category (keys of the dimensions joined by a blank)."""
    return grid.table.id, division.levels[level], division.keys[level][area], " ".join(grid.categories[column])


def _rows(grid: Grid, found: Exposed, division: Division) -> list[tuple[str, str, str, str, int, int]]:
    return [
        (
            *placed(grid, division, level, area, column),
            int(low[area, column]),
            int(high[area, column]),
        )
        for level, (told, low, high) in enumerate(found)
        for area, column in np.argwhere(told)
    ]
