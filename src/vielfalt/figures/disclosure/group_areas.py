"""Movements by group and area: who came and who went, on the levels where nothing more than the town's figures is told.

The attacker is taken to know the residents of both dates for every group of every area, all totals of movements by
area, and all totals by group that are published. An area and group (a *pair*) is hidden whole, coming and going, where
one of the two is small or where growth minus movements is: the people who changed the group or moved within the town.
So are the groups that the naturalised left and came into, where these are hidden, however many they are, and those
whose residents one of the dates hides in the area.

Each hidden pair stands in a *rectangle* of hidden pairs: two areas of the same coarser area times two groups. Adding a
number to coming and going of two opposite corners and taking it from the other two changes no total and no growth, so
every number in it is uncertain by the room of the rectangle, which must be at least the minimum cell. The room of a
pair in a coarse area is the sum over its areas on the finest level shown, since the shift has to be possible there.

Levels are shown from the coarsest down as far as that holds for all of them; else the town alone is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from vielfalt.cells import UNRESOLVED, Cells, ProtectedCells
from vielfalt.figures.disclosure import rectangles, secondary
from vielfalt.figures.disclosure.addresses import two_largest
from vielfalt.figures.disclosure.division import Division, division, row_numbers
from vielfalt.figures.disclosure.group_movements import (
    Residents,
    naturalised_hidden,
    primary_crossed,
    tells_naturalised,
)
from vielfalt.figures.disclosure.primary import small_areas
from vielfalt.geography import Geography
from vielfalt.numbers import Ints, Marks

_KINDS = ("new", "gone")


@dataclass(frozen=True)
class Pairs:
    """One level: counts (kind, area, group), which pairs are primary, their room, the cost of hiding them.

    ``told``: pairs that stand in a rectangle though they are empty, for they would tell residents of a date.
    """

    values: Ints
    primary: Marks
    told: Marks
    room: Ints
    costs: rectangles.Costs


def with_areas(
    cells: Cells,
    town: ProtectedCells,
    found: Mapping[str, ProtectedCells],
    residents: Residents,
    geography: Geography,
) -> ProtectedCells:
    """The table of the town with the rows of the area levels that can be shown; the town alone where none can."""
    kind, group = cells.table.dimensions
    groups = list(dict.fromkeys(town.frame[group]))
    crossing = town.frame.filter(pl.col(kind).is_in(_KINDS))
    hidden = np.array([(crossing.filter(pl.col(group) == key)["status"] == "suppressed").any() for key in groups])
    if not groups or hidden.all() or not {"came", "went"} <= set(found):
        return town
    areas = division(geography)
    levels = _levels(cells, residents, groups, areas, town, _naturalised(found, groups, areas))
    for depth in range(_deepest(found, areas), 0, -1):
        marks = _patterns(levels[: depth + 1], hidden, areas, town.protection.min_cell)
        if marks is not None:
            rows = [town.frame, *(_rows(levels[at], marks[at], at, groups, areas, town) for at in range(1, depth + 1))]
            return ProtectedCells(town.table, pl.concat(rows), town.method, town.protection)
    return town


def _deepest(found: Mapping[str, ProtectedCells], areas: Division) -> int:
    """The finest level down to which births, arrivals and departures of every area are published."""
    told = {"came": ("born", "arrived"), "went": ("gone",)}
    for number, level in enumerate(areas.levels):
        for id, wanted in told.items():
            frame = found[id].frame.filter((pl.col("level") == level) & pl.col(id).is_in(wanted))
            if (frame["status"] == "suppressed").any():
                return number - 1
    return len(areas.levels) - 1


def _naturalised(found: Mapping[str, ProtectedCells], groups: Sequence[str], areas: Division) -> list[Marks]:
    """Per level the areas times groups whose movements would tell naturalised who are hidden."""
    hidden, told = naturalised_hidden(found), tells_naturalised(groups)
    levels = zip(areas.levels, areas.keys, strict=True)
    return [np.outer([(level, key) in hidden for key in keys], told) for level, keys in levels]


def _levels(
    cells: Cells,
    residents: Residents,
    groups: Sequence[str],
    areas: Division,
    town: ProtectedCells,
    naturalised: Sequence[Marks],
) -> list[Pairs]:
    """Every level, the town first, with the rooms of that level alone; ``naturalised``: pairs that would tell them."""
    kind, group = cells.table.dimensions
    counted = [cells.frame.filter(pl.col(kind) == name) for name in _KINDS]
    new, gone = (_values(frame, group, groups, areas) for frame in counted)
    new_tops, gone_tops = (_tops(frame, group, groups, areas) for frame in counted)
    before, now = (_values(one.frame, group, groups, areas) for one in (residents.before, residents.now))
    protection, found = town.protection, []
    for level in range(len(areas.levels)):
        values, tops = np.stack([new[level], gone[level]]), np.stack([new_tops[level], gone_tops[level]], axis=1)
        changed = np.abs(now[level] - before[level] - new[level] + gone[level])
        primary = primary_crossed(values, tops, protection).any(axis=0) | naturalised[level]
        told = residents.told(values, areas.levels[level], areas.keys[level], groups)
        primary |= told | ((changed > 0) & (changed < protection.min_cell))
        for counts in (before[level], now[level]):
            primary |= small_areas(counts.sum(axis=1), protection)[:, None]
        costs = secondary.costs([(key,) for key in groups], values.sum(axis=0))
        found.append(Pairs(values, primary, told, values.min(axis=0), costs))
    return found


def _values(frame: pl.DataFrame, group: str, groups: Sequence[str], areas: Division) -> tuple[Ints, ...]:
    """Counts per level as areas times groups; those without an area are left out."""
    kept, rows, columns = _placed(frame, group, groups, areas)
    levels = []
    for level, keys in enumerate(areas.keys):
        found = np.zeros((len(keys), len(groups)), np.int64)
        np.add.at(found, (areas.up(rows, level), columns), kept["n"].to_numpy())
        levels.append(found)
    return tuple(levels)


def _tops(frame: pl.DataFrame, group: str, groups: Sequence[str], areas: Division) -> tuple[Ints, ...]:
    """The numbers at the two largest addresses (first axis) of the same."""
    kept, rows, columns = _placed(frame, group, groups, areas)
    return tuple(
        two_largest(kept, areas.up(rows, level) * len(groups) + columns, (len(keys), len(groups)))
        for level, keys in enumerate(areas.keys)
    )


def _placed(frame: pl.DataFrame, group: str, groups: Sequence[str], areas: Division) -> tuple[pl.DataFrame, Ints, Ints]:
    """The cells with an area and a group, the area of the finest level and the group of each."""
    kept = frame.filter((pl.col("area") != UNRESOLVED) & pl.col(group).is_in(list(groups)))
    return kept, row_numbers(areas.keys[-1], kept["area"]), row_numbers(groups, kept[group])


def _patterns(levels: Sequence[Pairs], dead: Marks, areas: Division, smallest: int) -> list[Marks] | None:
    """Which pairs to hide on every level (the town first, which is given); None where some cannot be protected."""
    rooms = _rooms(levels, areas)
    hidden = [dead[None, :].copy()]
    if not _town_holds(dead, rooms[0][0], smallest):
        return None
    for at in range(1, len(levels)):
        marks = levels[at].primary | hidden[-1][areas.parents[at]]
        for parent in range(len(hidden[-1])):
            rows = areas.children(at, parent)
            found = _covered(levels[at], rooms[at], marks, rows, smallest)
            if found is None:
                return None
            marks[rows] = found
        hidden.append(marks)
    return hidden


def _rooms(levels: Sequence[Pairs], areas: Division) -> list[Ints]:
    """Per level how many people every pair could exchange: the sum over its areas on the finest of these levels."""
    rooms = [levels[-1].room]
    for at in range(len(levels) - 1, 0, -1):
        above = np.zeros((len(areas.keys[at - 1]), rooms[0].shape[1]), np.int64)
        np.add.at(above, areas.parents[at], rooms[0])
        rooms.insert(0, above)
    return rooms


def _town_holds(dead: Marks, room: Ints, smallest: int) -> bool:
    """Whether the groups hidden in the town can exchange enough people within the areas too."""
    return not dead.any() or bool(room[dead].sum() >= smallest and np.count_nonzero(room[dead]) > 1)


def _covered(level: Pairs, room: Ints, marks: Marks, rows: Ints, smallest: int) -> Marks | None:
    """The hidden pairs of the areas (``rows``) of one coarser area, each that is not empty in a rectangle."""
    hidden, price = marks[rows].copy(), level.costs[rows]
    size, within = level.values[:, rows].sum(axis=0), room[rows]
    left = hidden & ((size > 0) | level.told[rows])
    while left.any():
        area, group = np.argwhere(left)[0]
        best = min(
            (
                (float(sum(price[pair] for pair in corners if not hidden[pair])), corners)
                for corners in _rectangles(area, group, hidden.shape)
                if _width(within, corners) >= smallest
            ),
            default=None,
        )
        if best is None:
            return None
        for pair in best[1]:
            hidden[pair], left[pair] = True, False
    return hidden


_Corners = tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]
"""Two opposite corners of a rectangle, then the other two."""


def _rectangles(area: int, group: int, shape: tuple[int, ...]) -> Sequence[_Corners]:
    return [
        ((area, group), (other, second), (area, second), (other, group))
        for other, second in product(range(shape[0]), range(shape[1]))
        if other != area and second != group
    ]


def _width(room: Ints, corners: _Corners) -> int:
    """How far the numbers of a rectangle can move: as much as two opposite corners can lose, both ways together."""
    return int(min(room[corners[0]], room[corners[1]]) + min(room[corners[2]], room[corners[3]]))


def _rows(
    level: Pairs, hidden: Marks, at: int, groups: Sequence[str], areas: Division, town: ProtectedCells
) -> pl.DataFrame:
    """The rows of one level; moves within the town are hidden, as they would tell who changed the group."""
    kinds = list(dict.fromkeys(town.frame[town.table.dimensions[0]]))
    rows = []
    for area, key in enumerate(areas.keys[at]):
        for name in kinds:
            crossing = name in _KINDS
            counts = level.values[_KINDS.index(name), area] if crossing else np.zeros(len(groups), np.int64)
            marks = hidden[area] if crossing else np.ones(len(groups), np.bool_)
            rows += [
                (areas.levels[at], key, name, group, None if mark else int(n), "suppressed" if mark else "ok")
                for group, n, mark in zip(groups, counts, marks, strict=True)
            ]
    return pl.DataFrame(rows, schema=dict(town.frame.schema), orient="row")
