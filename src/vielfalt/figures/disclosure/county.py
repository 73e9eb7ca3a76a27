"""Protects the figures of a county whose towns have published theirs already.

What a town hides stays hidden, and what it shows can no longer be hidden: the county can only choose which of its own
totals it shows. Where every town shows its figure, the total is known to everybody. Where towns hide theirs, the total
tells their sum; it is shown only if that sum protects each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.changing import with_nobody, without_nobody
from vielfalt.figures.disclosure.division import Division, division
from vielfalt.figures.disclosure.equations import second_table
from vielfalt.figures.disclosure.grids import Column, Grid, columns_of, grids, same_cells
from vielfalt.figures.disclosure.primary import at_one_address
from vielfalt.figures.disclosure.protecting import METHOD
from vielfalt.figures.disclosure.secondary import costs
from vielfalt.geography import TOWN, Geography
from vielfalt.methods import CellKey, Method, Rounding, Suppression
from vielfalt.numbers import Ints, Marks

FEWEST = 3
"""Towns that must hide a figure before their sum may be told: with two, each could subtract its own.

The minimum frequency rule with three contributors (Hundepool et al., *Statistical Disclosure Control*, 2012).
"""

Closed = Mapping[str, frozenset[str]]
"""By table id: the categories (keys joined by a blank) whose county total must stay hidden for other reasons."""


@dataclass(frozen=True)
class TownPart:
    """One town of the county: its key, its true totals by table id (``Cells`` whose only area is the town), and what
    it published of them."""

    key: str
    cells: Mapping[str, Cells]
    published: Mapping[str, ProtectedCells]


def protect_county(
    parts: Sequence[TownPart], geography: Geography, protection: Protection, method: Method, closed: Closed
) -> dict[str, ProtectedCells]:
    """The tables of a county as they may be published: its totals, and every town as it has published itself.

    ``geography`` has the towns as its only level. Raises KeyError when a town lacks a table of the first town.
    """
    cells, areas = joined(parts), division(geography)
    tables = grids(cells, areas, {})
    if isinstance(method, Suppression):
        totals = _suppressed(tables, parts, areas, protection, closed)
        shown = {id: _marked(~totals[id], tables[id].values[0][0], "ok") for id in cells}
        named = METHOD
    else:
        changed = with_nobody(cells, geography, protection, method)
        shown = {id: _changed(tables[id], changed[id], parts, method, closed.get(id, frozenset())) for id in cells}
        named = changed["residents"].method
    as_nobody = "ok" if isinstance(method, Suppression) else "estimated"
    found = {
        id: ProtectedCells(
            cells[id].table,
            pl.concat(
                [
                    _row(tables[id], areas.keys[0][0], *shown[id]),
                    *_towns(tables[id], parts, areas.levels[1], as_nobody),
                ]
            ),
            named,
            protection,
        )
        for id in cells
    }
    return found if isinstance(method, Suppression) else without_nobody(found)


def joined(parts: Sequence[TownPart]) -> dict[str, Cells]:
    """The totals of all towns as cells of the county, with the towns as its areas.

    Tables that towns publish for themselves as a whole have a figure for every area here.
    """
    first = parts[0].cells
    return {
        id: Cells(replace(first[id].table, town_only=False), pl.concat([part.cells[id].frame for part in parts]))
        for id in first
    }


def _suppressed(
    tables: Mapping[str, Grid], parts: Sequence[TownPart], areas: Division, protection: Protection, closed: Closed
) -> dict[str, Marks]:
    """Which totals of the county are hidden, by table id; a table that only adds others up has none."""
    hidden = {id: _hidden_by_towns(grid, parts, areas) for id, grid in tables.items()}
    totals = {id: _unsafe(grid, hidden[id], protection) for id, grid in tables.items()}
    for id, wanted in closed.items():
        names = [" ".join(category) for category in tables[id].categories]
        totals[id] |= np.array([name in wanted for name in names], dtype=np.bool_) & hidden[id].any(axis=0)
    pairs = [(one, other) for one, other, _ in same_cells(tables)]
    while any([_hide_beside(grid, tables, hidden, totals) for grid in tables.values()] + [_hide_both(pairs, totals)]):
        pass
    return totals


def _hide_both(pairs: Sequence[tuple[Column, Column]], totals: dict[str, Marks]) -> bool:
    """Hides the other one of two totals that tell each other."""
    lone = [pair for pair in pairs if len({bool(totals[id][column]) for id, column in pair}) > 1]
    for pair in lone:
        for id, column in pair:
            totals[id][column] = True
    return bool(lone)


def _hidden_by_towns(grid: Grid, parts: Sequence[TownPart], areas: Division) -> Marks:
    """What each town (row) hides of each category (column); totals that are not published are known to everybody."""
    marks = np.zeros(grid.values[1].shape, dtype=np.bool_)
    row = {key: number for number, key in enumerate(areas.keys[1])}
    for part in parts:
        if grid.table.id in part.published:
            frame = part.published[grid.table.id].frame.filter((pl.col("level") == TOWN) & pl.col("value").is_null())
            marks[row[part.key], columns_of(frame, grid.table, grid.categories)] = True
    return marks


def _unsafe(grid: Grid, hidden: Marks, protection: Protection) -> Marks:
    """The totals that would tell too much of the towns that hide theirs.

    Too few towns, a sum that leaves too little room beyond one person each, or a sum that tells of one address.
    """
    smallest = protection.min_cell_fine if grid.table.fine else protection.min_cell
    values = grid.values[1] * hidden
    count, sums = np.count_nonzero(values, axis=0), values.sum(axis=0)
    # An address lies in one town.
    tops = -np.sort(-np.concatenate(grid.tops[1] * hidden), axis=0)[:2]
    safe = (count >= FEWEST) & (sums - count >= smallest) & ~at_one_address(sums, tops, protection)
    unsafe: Marks = hidden.any(axis=0) & ~safe
    return unsafe


def _hide_beside(grid: Grid, tables: Mapping[str, Grid], hidden: Mapping[str, Marks], totals: dict[str, Marks]) -> bool:
    """Hides a further total wherever a hidden one follows from the category above it and those beside it."""
    marks, changed = totals[grid.table.id], False
    free = hidden[grid.table.id].any(axis=0) & ~marks
    cost = costs(grid.categories, grid.values[0][0])
    for above, columns in _lines(grid, tables, totals):
        lone = int(marks[columns].sum()) == (0 if above else 1)
        choice = columns[free[columns]]
        if lone and len(choice):
            marks[choice[np.argmin(cost[choice])]] = True
            free, changed = free & ~marks, True
    return changed


def _lines(grid: Grid, tables: Mapping[str, Grid], totals: Mapping[str, Marks]) -> Iterator[tuple[bool, Ints]]:
    """The categories that add up to one of a coarser table, and whether the county's total of that one is hidden."""
    if grid.parent:
        for column in range(len(tables[grid.parent].categories)):
            yield bool(totals[grid.parent][column]), np.flatnonzero(grid.parent_column == column)
    second = second_table(grid, tables)
    if second is not None:
        for column, category in enumerate(tables[second].categories):
            places = [place for place, each in enumerate(grid.categories) if each[1:] == category]
            yield bool(totals[second][column]), np.array(places, dtype=np.int64)


Shown = tuple[pl.Series, pl.Series]
"""Values and status of the county's own row, in the order of the categories."""


def _marked(shown: Marks, values: Ints, status: str) -> Shown:
    frame = pl.DataFrame({"value": values, "shown": shown}).select(
        value=pl.when("shown").then("value"),
        status=pl.when("shown").then(pl.lit(status)).otherwise(pl.lit("suppressed")),
    )
    return frame["value"], frame["status"]


def _changed(
    grid: Grid, changed: ProtectedCells, parts: Sequence[TownPart], method: CellKey | Rounding, closed: frozenset[str]
) -> Shown:
    """The county's own row under cell key method and rounding: from its true totals, or added up where areas add up."""
    frame = changed.frame.filter(pl.col("level") == TOWN)
    names = np.array([" ".join(category) in closed for category in grid.categories], dtype=np.bool_)
    shown: Marks = frame["value"].is_not_null().to_numpy() & ~names
    values = frame["value"].fill_null(0).to_numpy()
    if isinstance(method, CellKey) and method.additive:
        values, shown = np.zeros(len(names), dtype=np.int64), ~names
        for part in parts:
            own = part.published[grid.table.id].frame.filter(pl.col("level") == TOWN)
            columns = columns_of(own, grid.table, grid.categories)
            values[columns] += own["value"].fill_null(0).to_numpy()
            shown[columns] &= own["value"].is_not_null().to_numpy()
    exact = (frame["status"] == "ok").all()
    return _marked(shown, values, "ok" if exact else "estimated")


def _row(grid: Grid, key: str, values: pl.Series, status: pl.Series) -> pl.DataFrame:
    """The rows of the county itself."""
    size = len(grid.categories)
    places = {
        dimension: pl.Series([category[place] for category in grid.categories], dtype=pl.Utf8)
        for place, dimension in enumerate(grid.table.dimensions)
    }
    named = {"level": pl.Series([TOWN] * size), "area": pl.Series([key] * size), **places}
    return pl.DataFrame({**named, "value": values.cast(pl.Int64), "status": status})


def _towns(grid: Grid, parts: Sequence[TownPart], level: str, as_nobody: str) -> Iterator[pl.DataFrame]:
    """The rows of every town as it has published them; a category without a row there is nobody.

    ``as_nobody``: the status of that zero; where numbers are changed, it may be a few like any other zero.
    """
    names = list(grid.table.dimensions)
    for part in parts:
        own = part.published[grid.table.id].frame.filter(pl.col("level") == TOWN)
        if not names:
            yield own.with_columns(level=pl.lit(level))
            continue
        frame = _row(grid, part.key, *_nobody(len(grid.categories))).select("level", "area", *names)
        found = frame.join(own.select(*names, "value", "status"), on=names, how="left", maintain_order="left")
        absent = pl.col("status").is_null()
        yield found.with_columns(
            level=pl.lit(level),
            value=pl.when(absent).then(0).otherwise("value"),
            status=pl.when(absent).then(pl.lit(as_nobody)).otherwise("status"),
        )


def _nobody(size: int) -> Shown:
    return pl.Series([0] * size), pl.Series(["ok"] * size)


def without_towns(tables: Mapping[str, ProtectedCells], town_only: frozenset[str]) -> dict[str, ProtectedCells]:
    """The tables as a release holds them: those that are published for a whole alone, without the towns."""
    return {
        id: replace(each, table=replace(each.table, town_only=True), frame=each.frame.filter(pl.col("level") == TOWN))
        if id in town_only
        else each
        for id, each in tables.items()
    }
