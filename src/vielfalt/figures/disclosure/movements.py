"""Movements between two dates, protected so that they give away neither each other nor the figures of either date.

What is published of the two dates stays as it is; only movements are hidden. Three kinds of tables:

By area, the residents of each date are divided by how they came or what became of them. Their totals are the residents
of that date, and those who stayed are the same people in both, so the chains of tables are protected like any other,
with the published figures of both dates given.

By group, in the town as a whole (``group_movements``) and on the levels where it can be proved (``group_areas``), the
residents of both dates are taken as known for every group, hidden or not; and where one of the dates hides them, so
that nobody knows them, movements must not tell them either.

Between areas, the totals of rows and columns are known, so the rectangle rule applies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from vielfalt.cells import Cells, ProtectedCells, Protection
from vielfalt.figures.disclosure.attack import hidden_cells
from vielfalt.figures.disclosure.division import division
from vielfalt.figures.disclosure.fixpoint import suppress_all
from vielfalt.figures.disclosure.grids import grids
from vielfalt.figures.disclosure.group_areas import with_areas
from vielfalt.figures.disclosure.group_movements import (
    births_and_arrivals,
    by_group,
    matrix,
    primary_crossed,
    rectangle,
    residents_by,
    town_rows,
)
from vielfalt.figures.disclosure.protecting import published
from vielfalt.geography import Geography
from vielfalt.numbers import Marks

_FROM_DATE = {"residents": "residents_before"}
"""Table of the earlier release and the name it bears beside the movements."""


@dataclass(frozen=True)
class Dates:
    """What is known of the two dates: the cells and published tables of the later one, both of the earlier one.

    ``before`` holds the earlier residents by group, by dimension; ``earlier`` the tables of the earlier release.
    """

    now: Mapping[str, Cells]
    published: Mapping[str, ProtectedCells]
    before: Mapping[str, Cells]
    earlier: Mapping[str, ProtectedCells]


def protect_movements(
    cells: Mapping[str, Cells], dates: Dates, geography: Geography, protection: Protection
) -> dict[str, ProtectedCells]:
    """The tables of movements as they may be published, by table id, in the order given."""
    found = _by_area(cells, dates, geography, protection)
    if "moves_between" in cells:
        found["moves_between"] = _between(cells["moves_between"], found, geography, protection)
    return with_groups(found, cells, dates, geography, protection)


def with_groups(
    found: Mapping[str, ProtectedCells],
    cells: Mapping[str, Cells],
    dates: Dates,
    geography: Geography,
    protection: Protection,
) -> dict[str, ProtectedCells]:
    """The tables found and those by group beside them, by table id, in the order of ``cells``."""
    found = dict(found)
    for id in (id for id in cells if id not in found and not cells[id].table.parent):
        group = cells[id].table.dimensions[1]
        counts = dates.before[group], dates.now[group]
        residents = residents_by(group, counts, (dates.earlier, dates.published))
        town = by_group(cells[id], found, residents, geography, protection)
        found[id] = town if cells[id].table.town_only else with_areas(cells[id], town, found, residents, geography)
    for id in (id for id in cells if id not in found):
        found[id] = births_and_arrivals(cells[id], found, geography, protection)
    return {id: found[id] for id in cells}


def _by_area(
    cells: Mapping[str, Cells], dates: Dates, geography: Geography, protection: Protection
) -> dict[str, ProtectedCells]:
    """The chains of tables on every area level, protected with what is published of both dates given."""
    areas = division(geography)
    wanted = {id: table for id, table in cells.items() if len(table.table.dimensions) < 2}
    given = {id: dates.now[id] for id in ("residents", "foreigner") if id in dates.now}
    tables = grids({**given, **wanted}, areas, {})
    shown = published_of_dates(dates)
    fixed = {id: hidden_cells(tables[id], shown[id], areas) for id in (*given, "residents_before") if id in tables}
    hidden = suppress_all(tables, areas, protection, fixed)
    return {id: published(tables[id], hidden[id], areas, protection) for id in wanted}


def published_of_dates(dates: Dates) -> dict[str, ProtectedCells]:
    """What is published of both dates, under the names that the tables of movements refer to."""
    earlier = {new: dates.earlier[old] for old, new in _FROM_DATE.items() if old in dates.earlier}
    return dict(dates.published) | earlier


def _between(
    cells: Cells, found: Mapping[str, ProtectedCells], geography: Geography, protection: Protection
) -> ProtectedCells:
    """Moves from area to area of the coarsest level; what is hidden of an area's total hides its row or column."""
    level = geography.levels[0]
    keys = [area.key for area in level.areas]
    values, tops = matrix(cells.frame, cells.table.dimensions, (keys, keys))
    dead = (
        _hidden_totals(found["went"], level.id, "moved", keys),
        _hidden_totals(found["came"], level.id, "moved", keys),
    )
    marks = primary_crossed(values, tops, protection)
    hidden = rectangle(values, marks, dead, 1.0 + np.log1p(values), protection.min_cell)
    return town_rows(cells, (keys, keys), values, hidden, geography, protection)


def _hidden_totals(table: ProtectedCells, level: str, category: str, keys: list[str]) -> Marks:
    """The areas whose total of a category is hidden; none where nobody in the town is of it, which everyone can see."""
    chosen = (pl.col("level") == level) & (pl.col(table.table.dimensions[0]) == category)
    status = dict(table.frame.filter(chosen).select("area", "status").iter_rows())
    return np.array([status.get(key) == "suppressed" for key in keys], dtype=np.bool_)
